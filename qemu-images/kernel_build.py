# SPDX-License-Identifier: GPL-2.0-only
"""Building kernels: sources in persistent trees, configurations from fragments."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kernel_source import Error, cache_dir, clean_env, git, output, say

CONFIG = Path(__file__).resolve().parent / "config"
FRAGMENTS = {
    "small": ["base", "selftests", "userspace", "bpf"],
    "system": ["base", "selftests", "userspace", "bpf", "system"],
    "suite": ["base", "selftests", "userspace", "bpf", "suite"],
    "debug": ["base", "selftests", "userspace", "bpf", "debug"],
    "bench": ["base", "selftests", "userspace", "bpf", "bench"],
    "slot": ["base", "selftests", "userspace", "bpf", "bench", "slot"],
    "objects": ["base", "selftests", "userspace", "bpf", "suite", "objects"],
}
KEEP = 4  # finished kernels of each kind
SETTING = re.compile(r"^(?:# )?(CONFIG_\w+)(?:=(.*)| is not set)$", re.M)


def fragments(config: str, patched: bool) -> list[Path]:
    names = FRAGMENTS[config] + (["jail"] if patched else [])
    # The tests of the hooks are not there yet when the first patches are compiled, and are no part of what is compared.
    if patched and config not in ("objects", "bench", "slot"):
        names.append("kunit")
    return [CONFIG / f"{name}.config" for name in names]


def settings(parts: list[Path]) -> dict[str, str]:
    """What fragments ask for; a later one wins."""
    return {m[1]: m[2] or "n" for part in parts for m in SETTING.finditer(part.read_text())}


def compiled_content(commit: str) -> str:
    """The part of a source tree that decides what a kernel build makes."""
    ignored = {"Documentation", "samples", "tools", "MAINTAINERS", "CREDITS", "LICENSES"}
    top = [e for e in git("ls-tree", commit).splitlines() if e.split("\t")[1] not in ignored]
    tools = [e for e in git("ls-tree", commit, "tools/").splitlines() if not e.endswith("\ttools/testing")]
    return "\n".join(top + tools)


def tool_versions() -> str:
    return "\n".join(output(tool, "--version").splitlines()[0] for tool in ("gcc", "ld", "pahole"))


def make(source: Path, build: Path, *args: str, log: Path | None = None, quiet: bool = False) -> None:
    """Runs the kernel's make; with a log, shows how far it is and, if not quiet, what the compilers say."""
    env = clean_env(
        CCACHE_DIR=str(cache_dir() / "ccache"), CCACHE_NOHASHDIR="1", CCACHE_COMPILERCHECK="content",
        CCACHE_MAXSIZE="10G", KBUILD_BUILD_TIMESTAMP="Thu Jan  1 00:00:00 UTC 2026", KBUILD_BUILD_USER="jail",
        KBUILD_BUILD_HOST="localhost", KBUILD_BUILD_VERSION="1",
    )
    # The build folder lies in the source, named relatively: the compiler then sees the same paths
    # for every tree, so what one tree compiled is a hit of the compiler cache in another.
    command = ["make", "-C", str(source), f"O={build.relative_to(source)}", "CC=ccache gcc", "LOCALVERSION=", *args]
    if not log:
        subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
        return
    started = shown = time.monotonic()
    count = 0
    with open(log, "w", encoding="utf-8") as file, subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout:
            file.write(line)
            count += line.startswith("  CC ")
            if not quiet and not re.match(r"  [A-Z]|make\[?|#|$", line):
                print(line, end="", file=sys.stderr)
            if time.monotonic() - shown > 20:
                shown = time.monotonic()
                say(f"{count} files compiled, {int(shown - started)} s")
    if process.returncode:
        raise Error(f"the kernel build failed; its log is {log}")
    if not quiet:
        say(f"built in {int(time.monotonic() - started)} s, {count} files compiled")


def configure(source: Path, build: Path, parts: list[Path]) -> None:
    """Merges the fragments on allnoconfig, a later one wins; every line must have taken effect."""
    build.mkdir(exist_ok=True)
    want = settings(parts)
    merged = build / "merged.config"
    merged.write_text("".join(f"{name}={value}\n" for name, value in want.items()))
    make(source, build, "-s", f"KCONFIG_ALLCONFIG={merged}", "allnoconfig")
    have = {m[1]: m[2] or "n" for m in SETTING.finditer((build / ".config").read_text())}
    wrong = [f"{k}={v} (is {have.get(k, 'n')})" for k, v in want.items() if have.get(k, "n") != v]
    if wrong:
        raise Error("these lines of qemu-images/config have no effect: " + ", ".join(wrong))


def build_kernel(source: Path, config: str, targets: list[str]) -> Path:
    """Builds a source tree in its folder .build-CONFIG, incrementally."""
    build = source / f".build-{config}"
    patched = (source / "security/jail/Kconfig").exists()
    configure(source, build, fragments(config, patched))
    extra = [f"{name}={os.environ[name]}" for name in ("KCFLAGS", "C", "W") if name in os.environ]
    make(source, build, f"-j{os.cpu_count()}", *extra, *targets, log=build / "build.log")
    return build


def source_tree(name: str, commit: str) -> Path:
    """The persistent tree of one kind of kernel; files that did not change keep their time."""
    tree = cache_dir() / "kernel" / name / "src"
    if not (tree / ".git").exists():
        say(f"checking out the {name} source")
        shutil.rmtree(tree, ignore_errors=True)
        git("worktree", "prune")
        git("worktree", "add", "-q", "--detach", "--no-checkout", tree, commit)
    for stale in (Path(git("rev-parse", "--absolute-git-dir", at=tree)) / "index.lock",):
        stale.unlink(missing_ok=True)
    git("reset", "-q", "--hard", commit, at=tree)
    return tree


def publish(build: Path, done: Path) -> None:
    """Copies what a guest needs to its final place: all of it or nothing."""
    done.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=done.parent, prefix=".") as temp:
        for name in ("arch/x86/boot/bzImage", "vmlinux", "System.map", ".config"):
            shutil.copy2(build / name, temp)
        os.chmod(temp, 0o755)
        os.rename(temp, done)
        os.mkdir(temp)
    kind = done.name.rsplit("-", 1)[0]
    for old in sorted(done.parent.glob(kind + "-*"), key=lambda p: p.stat().st_mtime)[:-KEEP]:
        shutil.rmtree(old)
