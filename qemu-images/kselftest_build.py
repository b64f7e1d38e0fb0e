# SPDX-License-Identifier: GPL-2.0-only
"""Building the kernel's own selftests from the unpatched source, kept in the cache by content."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from kernel_build import tool_versions
from kernel_source import Error, Line, cache_dir, clean_env, locked, repository, say
from ktap import content_key

SOURCES = ["Makefile", "Kbuild", "scripts", "include", "arch/x86", "arch/Kconfig", "usr", "tools"]
SELFTESTS = "tools/testing/selftests"


def built(collections: list[str]) -> Path:
    """The folder into which the selftests are installed; built from BASE when the cache has it not."""
    line = Line()
    commit = line.base()
    key = content_key(commit, tool_versions(), " ".join(collections), Path(__file__))
    done = cache_dir() / "kselftests" / key
    with locked("kselftests"):
        if not done.exists():
            say(f"building the selftests of Linux {line.version.split('-')[0]}")
            done.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=done.parent, prefix=".") as temp:
                install(commit, collections, Path(temp))
                os.rename(f"{temp}/install", done)
            for old in done.parent.iterdir():
                if old.is_dir() and old != done:
                    shutil.rmtree(old)
    return done


def install(commit: str, collections: list[str], folder: Path) -> None:
    source = folder / "source"
    source.mkdir()
    with subprocess.Popen(
        ["git", "-C", repository(), "archive", commit, *SOURCES], stdout=subprocess.PIPE, env=clean_env()
    ) as archive:
        subprocess.run(["tar", "-x", "-C", source], stdin=archive.stdout, check=True)
    if archive.returncode:
        raise Error("cannot unpack the sources of the selftests")
    # BPF programs need clang, which nothing else here does.
    for program in source.glob(f"{SELFTESTS}/net/*.bpf.c"):
        program.unlink()
    jobs = f"-j{os.cpu_count()}"
    subprocess.run(["make", "-s", "-C", source, jobs, "headers"], check=True, env=clean_env(), stdout=subprocess.DEVNULL)
    # Some programs do not compile in this version: with -i the others do. What is missing, the caller finds out.
    log = cache_dir() / "kselftests/build.log"
    with open(log, "w", encoding="utf-8") as file:
        done = subprocess.run(
            ["make", "-i", "-C", source / SELFTESTS, jobs, f"TARGETS={' '.join(collections)}",
             f"KSFT_INSTALL_PATH={folder / 'install'}", "install"],
            check=False, env=clean_env(), stdout=file, stderr=subprocess.STDOUT,
        )
    if done.returncode or not (folder / "install/kselftest-list.txt").exists():
        raise Error(f"the selftests cannot be built; the log is {log}")
