# SPDX-License-Identifier: GPL-2.0-only
"""Guests that measure: kernels, boots, and the samples that programs print."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kernel_source import Error, say

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
BUILD = PROJECT / "build"

# Without random addresses a process touches the same pages in every run.
APPEND = "norandmaps"

Samples = dict[str, list[float]]


class Kernels:
    """The kernels that are compared, built when they are asked for: stock, slot, patched."""

    def __init__(self) -> None:
        self._found: dict[str, Path] = {}

    def __getitem__(self, name: str) -> Path:
        if name not in self._found:
            kind, config = {"slot": ("stock", "slot")}.get(name, (name, "bench"))
            done = subprocess.run([PROJECT / "qemu-images/kernel", "--kernel", kind, "--config", config],
                                  check=True, stdout=subprocess.PIPE, text=True)
            self._found[name] = Path(done.stdout.splitlines()[-1])
        return self._found[name]

    def names(self) -> dict[str, str]:
        return {name: path.name for name, path in self._found.items()}


def parse(text: str) -> Samples:
    """Lines of a name, a tab, and samples."""
    found: Samples = {}
    for line in text.splitlines():
        name, tab, values = line.partition("\t")
        if tab:
            found.setdefault(name, []).extend(float(value) for value in values.split())
    return found


def boot(kernel: Path, command: str, *options: str, icount: bool = True, timeout: int = 600) -> Samples:
    """Runs a command in a guest that has the benchmarks' programs in /bench."""
    done = subprocess.run(
        [PROJECT / "qemu-images/run", "--kernel", kernel, *(["--icount"] if icount else []), "--append", APPEND,
         "--timeout", str(timeout), "--add", f"{BUILD}/bench/bin:/bench", *options,
         "--", f"set -e\n/bench/prepare\n{command}"],
        check=False, stdout=subprocess.PIPE, text=True,
    )
    if done.returncode:
        say(done.stdout)
        raise Error(f"the guest ended with status {done.returncode}")
    return parse(done.stdout)


def merge(runs: list[Samples]) -> Samples:
    """The samples of several boots together."""
    found: Samples = {}
    for run in runs:
        for name, values in run.items():
            found.setdefault(name, []).extend(values)
    return found
