# SPDX-License-Identifier: GPL-2.0-only
"""What jail(2) itself costs, and the life of a process that calls it."""

from __future__ import annotations

from guest import Kernels, Samples, boot, merge
from kernel_source import say
from report import Figure, Limit, Section, Table, number, percent

BOOTS = 3


def run(kernels: Kernels) -> Section:
    section = Section("call")
    runs: dict[str, list[Samples]] = {"stock": [], "patched": []}
    for number_of_boot in range(BOOTS):
        for name, found in runs.items():
            say(f"{name}, boot {number_of_boot + 1} of {BOOTS}")
            found.append(boot(kernels[name], "/bench/call"))
    figures = {f"{kernel}.{name}": Figure.of(values) for kernel, found in runs.items()
               for name, values in merge(found).items()}
    section.figures = figures
    section.watched = [name for name in figures if name.startswith("patched.")]
    chroot, cycle = figures["stock.call.chroot+chdir"], figures["stock.cycle.fork+chroot+exec+exit"]
    calls = Table("The call: instructions", ["call", "minimum", "median", "over chroot+chdir on stock"])
    cycles = Table("A whole process, with what the kernel puts off: instructions",
                   ["process", "minimum", "median", "over fork+chroot+exec+exit on stock"])
    for name, figure in figures.items():
        kernel, kind, what = name.split(".", 2)
        row = [f"{what} ({kernel})", number(figure.minimum), number(figure.median)]
        if kind == "call":
            calls.rows.append([*row, f"{figure.minimum - chroot.minimum:+,.0f}".replace(",", " ")])
        else:
            cycles.rows.append([*row, percent(figure.median, cycle.median)])
    section.tables = [calls, cycles]
    jail = figures["patched.call.jail"]
    section.limits = [
        Limit("the call over chroot+chdir", jail.minimum - chroot.minimum, 12000),
        Limit("fork+jail+exec+exit of fork+chroot+exec+exit",
              figures["patched.cycle.fork+jail+exec+exit"].median / cycle.median, 1.03),
    ]
    return section
