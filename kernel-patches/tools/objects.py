# SPDX-License-Identifier: GPL-2.0-only
"""Compiling the files that the series touches: warnings and machine code, kept by content."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from kernel_source import PROJECT, Error, cache_dir, clean_env, git, output
from ktap import content_key

sys.path.insert(0, str(PROJECT / "qemu-images"))
from kernel_build import compiled_content, configure, fragments, make, settings, tool_versions  # noqa: E402

CONFIG = "objects"
VERSION = "4"  # of what is kept here
# A new system call is in the table of stubs, whatever the option.
UNAVOIDABLE = {"kernel/sys_ni.c"}
WARNING = re.compile(r"^(?:\.\./)?([\w./-]+):\d+(?::\d+)?: (?:warning|error): (.*)$")
# Of other architectures, or of none.
NOT_COMPILED = re.compile(r"^(tools|samples|Documentation|scripts|arch/(?!x86/)|fs/binfmt_elf_fdpic\.c)")


def touched(base: str, commit: str) -> list[str]:
    """The C files for this architecture that differ between two commits and exist in the second."""
    names = git("diff", "--name-only", "--diff-filter=d", base, commit, "--", "*.c").splitlines()
    return [name for name in names if not NOT_COMPILED.match(name)]


def compile_objects(tree: Path, build: Path, option: bool, files: list[str], *flags: str) -> str:
    """Compiles files of a tree afresh, with the option on or off; answers what the compilers said."""
    build.mkdir(exist_ok=True)
    parts = fragments(CONFIG, option)
    configure(tree, build, parts)
    objects = [re.sub(r"\.c$", ".o", name) for name in files]
    for name in objects:
        (build / name).unlink(missing_ok=True)
    log = build / "objects.log"
    try:
        make(tree, build, f"-j{os.cpu_count()}", "-k", *flags, *objects, log=log, quiet=True)
    except Error:
        errors = [line for line in log.read_text().splitlines() if re.search(r"error:|\*\*\*|Error ", line)]
        raise Error("\n".join(errors[:20]) + f"\n(the log is {log})") from None
    return log.read_text()


def from_guard(path: Path, warning: str) -> bool:
    """Whether sparse counts locks wrongly because it knows no cleanup attribute, on which guard() rests."""
    match = re.match(r"context imbalance in '(\w+)'", warning)
    if not match or not path.exists():
        return False
    function = re.search(rf"^(?![ \t]*/?\*)[^\n]*\b{match[1]}\([^;{{]*{{.*?^}}", path.read_text(), re.M | re.S)
    return bool(function and re.search(r"\b(scoped_)?guard\(|\bCLASS\(|\b__free\(", function[0]))


def from_kfunc(path: Path, warning: str) -> bool:
    """Whether sparse misses the declaration of a function that only BPF programs call: it has none anywhere."""
    match = re.match(r"symbol '(\w+)' was not declared", warning)
    return bool(match and path.exists() and re.search(rf"^__bpf_kfunc .*\b{match[1]}\(", path.read_text(), re.M))


def is_false(path: Path, warning: str) -> bool:
    return from_guard(path, warning) or from_kfunc(path, warning)


class Compiled:
    """What came of compiling files of a commit with sparse and W=1."""

    def __init__(self, warnings: dict[str, int], folder: Path) -> None:
        self.warnings, self._folder = Counter(warnings), folder

    def code(self, name: str) -> str:
        """The disassembly of a file's object."""
        return (self._folder / name.replace("/", "%")).read_text()


def compiled(tree_of, commit: str, option: bool, files: list[str]) -> Compiled:
    """Compiles, or takes what an earlier run with the same content left; tree_of() answers the tree."""
    asked = str(settings(fragments(CONFIG, option)))
    key = content_key(compiled_content(commit), asked, tool_versions(), output("sparse", "--version"), VERSION, *files)
    folder = cache_dir() / "objects" / key
    done = folder / "warnings.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        tree = tree_of()
        build = tree / f".build-objects-{'on' if option else 'off'}"
        log = compile_objects(tree, build, option, files, "C=2", "W=1")
        matches = [m for m in map(WARNING.match, log.splitlines()) if m]
        found = Counter(f"{m[1]}: {m[2]}" for m in matches if not is_false(tree / m[1], m[2]))
        for name in files:
            (folder / name.replace("/", "%")).write_text(disassemble(build / re.sub(r"\.c$", ".o", name)))
        temp = done.with_suffix(".tmp")
        temp.write_text(json.dumps(found))
        temp.rename(done)
    return Compiled(json.loads(done.read_text()), folder)


def disassemble(path: Path) -> str:
    """The machine code with its relocations, without addresses and the file's own name."""
    text = subprocess.run(
        ["objdump", "-dr", "--no-show-raw-insn", "--no-addresses", path],
        check=True, stdout=subprocess.PIPE, text=True, env=clean_env(),
    ).stdout
    text = "\n".join(line for line in text.splitlines() if "file format" not in line) + "\n"
    # Numbers that the compiler gives out as it goes.
    text = re.sub(r"(__UNIQUE_ID_\w*?)\d+\b", r"\1", text)
    text = re.sub(r"\.(isra|constprop|part|cold)\.\d+\b", "", text)
    # Which operand a comparison for equality names first is chance.
    operand = r"([-\w%:]*(?:\([^)]*\))?)"
    return re.sub(
        rf"(\tcmp +){operand},{operand}(\n\tj(?:e|ne) )",
        lambda m: m[1] + ",".join(sorted((m[2], m[3]))) + m[4], text,
    )


def functions(code: str) -> dict[str, str]:
    """The functions of a disassembly."""
    return {m[1]: m[2] for m in re.finditer(r"^<([^\n]+)>:\n(.*?)(?=^<|^Disassembly|\Z)", code, re.M | re.S)}


def instructions(function: str) -> Counter[str]:
    """What a function does, without the order and the places of what it keeps: mnemonics and relocations."""
    found: Counter[str] = Counter()
    for line in function.splitlines():
        words = line.split()
        if words and words[0].startswith("R_"):
            found[" ".join(words)] += 1
        elif words and not words[0].startswith(("nop", "data16", "cs")):  # padding
            found["j" if words[0][0] == "j" else words[0]] += 1
    return found


def undefined_symbols(build: Path, files: list[str], word: str) -> set[str]:
    """The symbols with a word in their name that objects use and none of them defines."""
    objects = [build / re.sub(r"\.c$", ".o", name) for name in files]
    objects += build.glob("security/jail/*.o")
    used, defined = set(), set()
    for line in output("nm", "-A", *dict.fromkeys(objects)).splitlines():
        kind, name = line.split()[-2:]
        if word in name:
            (used if kind in "Uvw" else defined).add(name)
    return used - defined
