# SPDX-License-Identifier: GPL-2.0-only
"""The kernel source and the series: what the tools here and the kernel build share.

Everything lives in the cache folder, keyed by content:

  download/linux-source-6.12_VERSION.tar.xz   as the archive has it
  base.git                                    bare: a ref for each base, and for each state of the series
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

# Fixed, so that the same content has the same commit id on every machine.
IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "Linux"),
        ("EMAIL", "linux@localhost"),
        ("DATE", "2026-01-01T00:00:00+0000"),
    )
}

# What decides the bytes of the stored form.
FORMAT_PATCH = (
    "format-patch --no-numbered --zero-commit --no-signature --no-base --no-thread"
    " --full-index --diff-algorithm=histogram -M"
).split()


class Error(Exception):
    """A failure that the user can understand and act on."""


def say(message: str) -> None:
    print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr, flush=True)


def main(function) -> None:
    """Runs a tool: -h prints its first comment block, errors are printed once."""
    if "-h" in sys.argv[1:] or "--help" in sys.argv[1:]:
        for line in Path(sys.argv[0]).read_text().splitlines()[2:]:
            if not line.startswith("#"):
                break
            print(line[2:])
        sys.exit(0)
    try:
        sys.exit(function(sys.argv[1:]))
    except Error as error:
        say(str(error))
    except subprocess.CalledProcessError as error:
        say(f"'{' '.join(map(str, error.cmd))}' failed with status {error.returncode}")
        if error.stderr:
            print(error.stderr, file=sys.stderr)
    except KeyboardInterrupt:
        say("interrupted")
    sys.exit(1)


def cache_dir() -> Path:
    """The folder for sources, compiler cache and finished kernels."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(os.environ.get("IRONPENGUIN_CACHE") or Path(home) / "ironpenguin-jail").absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Holds a lock of the cache; it goes with the process, however that ends."""
    folder = cache_dir() / "locks"
    folder.mkdir(exist_ok=True)
    with open(folder / name, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run that holds '{name}'")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def clean_env(**more: str) -> dict[str, str]:
    """The environment without what an outer make or git would pass on."""
    drop = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "GNUMAKEFLAGS", "KERNEL", "CONFIG", "T", "ARCH"}
    env = {k: v for k, v in os.environ.items() if k not in drop and not k.startswith("GIT_")}
    return env | {"LC_ALL": "C.UTF-8"} | more


def output(*args: str | Path, **kwargs) -> str:
    kwargs.setdefault("env", clean_env())
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True, **kwargs).stdout


def git(*args: str | Path, at: Path | None = None, **kwargs) -> str:
    """Runs git in the repository `at` (default: base.git); answers its output."""
    kwargs.setdefault("env", clean_env(**IDENTITY))
    kwargs.setdefault("stderr", subprocess.PIPE)
    return output("git", "-C", at or repository(), *args, **kwargs).rstrip("\n")


def repository() -> Path:
    path = cache_dir() / "base.git"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=cache_dir(), prefix=".base.") as temp:
            subprocess.run(["git", "init", "-q", "--bare", temp + "/r"], check=True, env=clean_env())
            with contextlib.suppress(OSError):
                os.rename(temp + "/r", path)
    return path


def resolve(ref: str, at: Path | None = None) -> str | None:
    """The commit that a ref names, or None."""
    try:
        return git("rev-parse", "-q", "--verify", ref + "^{commit}", at=at)
    except subprocess.CalledProcessError:
        return None


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class Line:
    """A kernel line, such as v6.12: its folder of patches and its base."""

    def __init__(self, name: str = "v6.12") -> None:
        self.name = name
        self.folder = PROJECT / "kernel-patches" / name
        facts = dict(
            line.split(maxsplit=1)
            for line in (self.folder / "BASE").read_text().splitlines()
            if line and not line.startswith("#")
        )
        self.package, self.version, self.sha256 = facts["package"], facts["version"], facts["sha256"]
        self.branch = f"jail/{name}"

    def tag(self, version: str) -> str:
        """The kernel's name for a version: for trees to work in, as Debian's revisions share it."""
        return "v" + version.split("-")[0]

    def base_ref(self, version: str) -> str:
        return "refs/bases/" + version.replace("~", "_")

    def series(self) -> list[str]:
        lines = (self.folder / "series").read_text().splitlines()
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]

    def patches(self) -> list[Path]:
        paths = [self.folder / name for name in self.series()]
        for path in paths:
            if not path.exists():
                raise Error(f"{self.folder / 'series'} names '{path.name}', which does not exist")
        return paths

    def archive_versions(self) -> list[str]:
        """The versions that the archive serves, newest first."""
        text = output("apt-cache", "madison", self.package)
        versions = dict.fromkeys(line.split("|")[1].strip() for line in text.splitlines())
        return [version for version in versions if version.startswith(self.name[1:] + ".")]

    def tarball(self, version: str) -> Path:
        """The source tarball of a version, from the cache or the archive."""
        folder = cache_dir() / "download"
        folder.mkdir(exist_ok=True)
        path = folder / f"{self.package}_{version}.tar.xz"
        if path.exists():
            return path
        say(f"downloading {self.package} {version}")
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as temp:
            os.chmod(temp, 0o755)
            subprocess.run(
                ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", f"{self.package}={version}"],
                check=True, cwd=temp, env=clean_env(),
            )
            (deb,) = Path(temp).glob("*.deb")
            with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as unpack:
                subprocess.run(
                    ["tar", "-x", "-C", temp, f"./usr/src/{self.package}.tar.xz"], stdin=unpack.stdout, check=True
                )
            found = Path(temp) / f"usr/src/{self.package}.tar.xz"
            if version == self.version and sha256(found) != self.sha256:
                raise Error(f"the tarball of {self.package} {version} has not the sha256 that BASE names")
            os.rename(found, path)
        return path

    def base_version(self) -> str:
        """The version of BASE if the cache or the archive has it, else the newest."""
        if resolve(self.base_ref(self.version)) or (cache_dir() / "download" / f"{self.package}_{self.version}.tar.xz").exists():
            return self.version
        versions = self.archive_versions()
        if not versions:
            raise Error(f"no version of {self.package} in the archive: is Debian's security archive in sources.list?")
        if self.version in versions:
            return self.version
        say(f"the archive no longer has {self.version}, taking {versions[0]}")
        return versions[0]

    def base(self, version: str | None = None) -> str:
        """The commit of the unpatched source; made from the tarball when it is missing."""
        version = version or self.base_version()
        with locked("base"):
            commit = resolve(self.base_ref(version))
            if not commit:
                commit = self._import(version)
                git("update-ref", self.base_ref(version), commit)
        return commit

    def _import(self, version: str) -> str:
        tarball = self.tarball(version)
        say(f"importing {tarball.name} into git")
        command = ["git", "-C", repository(), "-c", "core.compression=1", "fast-import", "--quiet", "--force"]
        with subprocess.Popen(["xz", "-dc", "-T0", tarball], stdout=subprocess.PIPE) as unpack, subprocess.Popen(
            command, stdin=subprocess.PIPE, env=clean_env()
        ) as importer:
            stream = importer.stdin
            message = f"Linux {self.tag(version)[1:]}\n".encode()
            who = f"{IDENTITY['GIT_AUTHOR_NAME']} <{IDENTITY['GIT_AUTHOR_EMAIL']}> 1767225600 +0000"
            stream.write(f"commit refs/import/{self.tag(version)}\nauthor {who}\ncommitter {who}\n".encode())
            stream.write(b"data %d\n%s\n" % (len(message), message))
            with tarfile.open(fileobj=unpack.stdout, mode="r|") as archive:
                for member in archive:
                    name = member.name.split("/", 1)[1] if "/" in member.name else ""
                    if member.isfile():
                        mode = b"100755" if member.mode & 0o100 else b"100644"
                        data = archive.extractfile(member).read()
                    elif member.issym():
                        mode, data = b"120000", member.linkname.encode()
                    else:
                        continue
                    stream.write(b"M %s inline %s\ndata %d\n%s\n" % (mode, name.encode(), len(data), data))
            stream.close()
            if importer.wait() or unpack.wait():
                raise Error(f"cannot import {tarball}")
        return git("rev-parse", f"refs/import/{self.tag(version)}")

    def state(self, base: str) -> str:
        """The content key of the series on a base."""
        digest = hashlib.sha256(base.encode())
        for path in self.patches():
            digest.update(path.read_bytes())
        return digest.hexdigest()[:20]

    def patched(self, base: str | None = None) -> str:
        """The commit of the series applied on a base (`git am`, no fuzz)."""
        base = base or self.base()
        if not self.patches():
            return base
        ref = f"refs/series/{self.state(base)}"
        with locked("base"):
            commit = resolve(ref)
            if not commit:
                commit = apply_patches(base, self.patches())
                git("update-ref", ref, commit)
        return commit

    def oldest(self) -> str:
        """The commit of the series on the oldest version that the archive serves."""
        versions = self.archive_versions()
        if not versions:
            raise Error(f"no version of {self.package} in the archive: is Debian's security archive in sources.list?")
        return self.merged(versions[-1])

    def merged(self, version: str) -> str:
        """The commit of the series, as one change, merged into a version that it was not made on.

        Where that conflicts, the version keeps its own lines, and older/VERSION.patch beside the
        series must name the file, and do in this version what the lines do that are left out.
        It may do more that the version needs."""
        base, old, series = self.base(), self.base(version), self.patched()
        fix = self.folder / "older" / f"{self.tag(version)[1:]}.patch"
        fixes = [fix] if fix.exists() else []
        digest = hashlib.sha256("".join([self.state(old), *(path.read_text() for path in fixes)]).encode())
        ref = f"refs/merged/{digest.hexdigest()[:20]}"
        with locked("base"):
            commit = resolve(ref)
            if not commit:
                change = git("commit-tree", f"{series}^{{tree}}", "-p", base, input="jail: the series\n")
                with sparse_worktree(old, touched_files([*self.patches(), *fixes])) as tree:
                    commit = cherry_pick(change, fix, tree)
                git("update-ref", ref, commit)
        return commit


def touched_files(patches: list[Path]) -> set[str]:
    """The files that patches name."""
    files: set[str] = set()
    for path in patches:
        for match in re.finditer(r"^diff --git a/(\S+) b/(\S+)$", path.read_text(errors="replace"), re.M):
            files.update(match.groups())
    return files


@contextlib.contextmanager
def sparse_worktree(commit: str, files: set[str]) -> Iterator[Path]:
    """A throw-away worktree of base.git that holds only the named files: the whole tree takes a minute."""
    folder = Path(tempfile.mkdtemp(dir=cache_dir(), prefix=".worktree."))
    path = folder / "tree"
    try:
        git("worktree", "add", "-q", "--detach", "--no-checkout", path, commit)
        git("sparse-checkout", "set", "--no-cone", "--stdin", at=path, input="".join(f"/{f}\n" for f in sorted(files)))
        git("read-tree", "-mu", "HEAD", at=path)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        git("worktree", "prune")


def apply_patches(base: str, patches: list[Path]) -> str:
    """Applies patches on a commit of base.git with `git am`; answers the new commit."""
    env = clean_env(**IDENTITY)
    with sparse_worktree(base, touched_files(patches)) as tree:
        try:
            git("-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "am", "-q", "--keep-cr",
                "--committer-date-is-author-date", *patches, at=tree, env=env)
        except subprocess.CalledProcessError as error:
            raise Error(f"the series does not apply on {base[:12]}:\n{error.stdout}{error.stderr}") from None
        return git("rev-parse", "HEAD", at=tree)


def cherry_pick(change: str, fix: Path, tree: Path) -> str:
    """Applies a commit in a worktree, and what an older version needs beside it; answers the new commit."""
    known = fix.read_text() if fix.exists() else ""
    try:
        git("cherry-pick", change, at=tree)
    except subprocess.CalledProcessError:
        conflicts = git("diff", "--name-only", "--diff-filter=U", at=tree).splitlines()
        if unknown := [name for name in conflicts if name not in known]:
            raise Error(f"the series conflicts with this version in {', '.join(unknown)}, which {fix} does not name") from None
        git("cherry-pick", "--abort", at=tree)
        git("cherry-pick", "-X", "ours", change, at=tree)
    if known:
        git("apply", "--index", fix, at=tree)
        git("commit", "-q", "--amend", "--no-edit", at=tree)
    return git("rev-parse", "HEAD", at=tree)
