# SPDX-License-Identifier: GPL-2.0-only
"""The guest's files as an initramfs: written without root, the same bytes for the same files."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

from kernel_source import Error, clean_env, output

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"
TESTS = "/usr/lib/jail-tests"


class Archive:
    """A cpio archive in the kernel's "newc" format; every file belongs to root unless told."""

    def __init__(self, libraries: bool = True) -> None:
        self._with_libraries = libraries
        self._parts: list[bytes] = []
        self._names: set[str] = set()
        self._libraries: dict[str, Path] = {}

    def _entry(self, path: str, mode: int, data: bytes = b"", owner: tuple[int, int] = (0, 0),
               device: tuple[int, int] = (0, 0)) -> None:
        name = path.strip("/").encode() + b"\0"
        inode = len(self._parts) + 1
        fields = (inode, mode, *owner, 1, 0, len(data), 0, 0, *device, len(name), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        head += b"\0" * (-len(head) % 4)
        self._parts.append(head + data + b"\0" * (-len(data) % 4))
        self._names.add(path.rstrip("/"))

    def parents(self, path: str) -> None:
        for parent in reversed(Path(path).parents):
            if str(parent) != "/" and str(parent) not in self._names:
                self.directory(str(parent))

    def directory(self, path: str, mode: int = 0o755, owner: tuple[int, int] = (0, 0)) -> None:
        self._entry(path, stat.S_IFDIR | mode, owner=owner)

    def file(self, path: str, data: bytes, mode: int = 0o644, owner: tuple[int, int] = (0, 0)) -> None:
        self.parents(path)
        self._entry(path, stat.S_IFREG | mode, data, owner)

    def link(self, path: str, target: str) -> None:
        self.parents(path)
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def node(self, path: str, mode: int, kind: str, major: int, minor: int) -> None:
        self._entry(path, (stat.S_IFCHR if kind == "c" else stat.S_IFBLK) | mode, device=(major, minor))

    def copy(self, source: Path, target: str) -> None:
        """A file or folder of the host with its modes, and the shared libraries that programs need."""
        if source.is_symlink():
            self.link(target, os.readlink(source))
        elif source.is_dir():
            self.parents(target)
            if target.rstrip("/") not in self._names:
                self.directory(target, stat.S_IMODE(source.stat().st_mode))
            for entry in sorted(source.iterdir()):
                self.copy(entry, f"{target.rstrip('/')}/{entry.name}")
        elif source.is_file():
            data = source.read_bytes()
            self.file(target, data, stat.S_IMODE(source.stat().st_mode))
            if self._with_libraries and data[:4] == b"\x7fELF":
                self._note_libraries(source)

    def _note_libraries(self, program: Path) -> None:
        done = subprocess.run(["ldd", program], check=False, capture_output=True, text=True, env=clean_env())
        for line in done.stdout.splitlines() if not done.returncode else []:
            for word in line.split():
                if word.startswith("/"):
                    self._libraries[word] = Path(word).resolve()

    def finish(self) -> bytes:
        for name, source in sorted(self._libraries.items()):
            if name not in self._names and not name.startswith(str(BUILD)):
                self.file(name, source.read_bytes(), 0o755)
        self._entry("TRAILER!!!", 0)
        data = b"".join(self._parts)
        return data + b"\0" * (-len(data) % 512)


def build_init() -> Path:
    source, program = HERE / "init/init.c", BUILD / "init"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        temp = program.with_name(f".init.{os.getpid()}")
        subprocess.run(
            ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-o", temp, source],
            check=True, env=clean_env(),
        )
        temp.rename(program)
    return program


def find_busybox() -> Path:
    path = shutil.which("busybox", path="/bin:/usr/bin:/sbin")
    if not path:
        raise Error("busybox is missing: run 'make setup'")
    return Path(path)


def base_archive() -> Path:
    """The archive with what every guest holds; made again when one of its files changed."""
    sources = {"INIT": build_init(), "BUSYBOX": find_busybox()}
    folders = [(BUILD / f"stage/usr/{name}", f"/usr/{name}") for name in ("sbin", "libexec")]
    folders += [(BUILD / "selftests/bin", f"{TESTS}/ktap"), (BUILD / "gtest", f"{TESTS}/gtest")]
    inputs = [*sources.values(), HERE / "rootfs.list", Path(__file__), *(HERE / "init").iterdir()]
    for folder, _ in folders:
        inputs += sorted(path for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in inputs:
        info = path.stat()
        digest.update(f"{path} {info.st_mtime_ns} {info.st_size} {info.st_mode}\n".encode())
    done = BUILD / "rootfs" / f"{digest.hexdigest()[:16]}.cpio"
    if done.exists():
        return done
    archive = Archive()
    for line in (HERE / "rootfs.list").read_text().splitlines():
        match line.split():
            case ["dir", path, mode, uid, gid]:
                archive.directory(path, int(mode, 8), (int(uid), int(gid)))
            case ["nod", path, mode, _, _, kind, major, minor]:
                archive.node(path, int(mode, 8), kind, int(major), int(minor))
            case ["file", path, source, mode, uid, gid]:
                found = sources[source[1:]] if source.startswith("$") else HERE / source
                archive.file(path, found.read_bytes(), int(mode, 8), (int(uid), int(gid)))
            case ["slink", path, target]:
                archive.link(path, target)
    for applet in output(sources["BUSYBOX"], "--list-full").split():
        if applet != "bin/busybox":
            archive.link("/" + applet, "/bin/busybox")
    for folder, target in folders:
        if folder.is_dir():
            archive.copy(folder, target)
    done.parent.mkdir(exist_ok=True)
    temp = done.with_name(f".{done.name}.{os.getpid()}")
    temp.write_bytes(archive.finish())
    temp.rename(done)
    for old in done.parent.glob("*.cpio"):
        if old != done:
            old.unlink(missing_ok=True)
    return done
