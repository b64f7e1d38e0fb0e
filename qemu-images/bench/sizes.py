# SPDX-License-Identifier: GPL-2.0-only
"""Bytes of the kernel and of its structures, stock and patched."""

from __future__ import annotations

import re
from pathlib import Path

from guest import Kernels
from kernel_source import Error, output
from report import Figure, Limit, Section, Table, number

STRUCTURES = ("task_struct", "cred", "sock", "pid", "inode", "signal_struct", "nsproxy")


def measure(kernel: Path) -> dict[str, int]:
    """Bytes of each part of vmlinux, and of each structure."""
    vmlinux = kernel / "vmlinux"
    fields = output("size", vmlinux).splitlines()[1].split()
    found = {f"vmlinux {name}": int(value) for name, value in zip(("text", "data", "bss"), fields)}
    found["bzImage"] = (kernel / "bzImage").stat().st_size
    for name in STRUCTURES:
        size = re.search(r"/\* size: (\d+),", output("pahole", "-F", "btf", "-C", name, vmlinux))
        if not size:
            raise Error(f"pahole finds no struct {name} in {vmlinux}")
        found[f"struct {name}"] = int(size[1])
    return found


def run(kernels: Kernels) -> Section:
    section = Section("sizes")
    stock, patched = measure(kernels["stock"]), measure(kernels["patched"])
    table = Table("Sizes: bytes", ["what", "stock", "patched", "more"])
    for name, value in stock.items():
        table.rows.append([name, number(value), number(patched[name]), f"{patched[name] - value:+,}".replace(",", " ")])
        for kernel, bytes_ in (("stock", value), ("patched", patched[name])):
            section.figures[f"{kernel}.{name}"] = Figure(bytes_, bytes_, 1)
    section.watched = [name for name in section.figures if name.startswith("patched.")]
    section.tables = [table]
    section.limits = [Limit("struct task_struct", patched["struct task_struct"], stock["struct task_struct"], " bytes")]
    return section
