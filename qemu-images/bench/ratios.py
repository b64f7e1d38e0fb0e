# SPDX-License-Identifier: GPL-2.0-only
"""What instructions do not show, by the clock on two processors: stock against patched, two workers against one."""

from __future__ import annotations

import os
import statistics

import pairs
from guest import Kernels, Samples, boot
from pairs import quartiles
from report import Figure, Limit, Section, Table

ROUNDS, COUNT = 50, 40
# Two ratios by the clock that are closer are called the same.
SLACK = 1.1


def rounds(samples: Samples, over: str, under: str) -> list[float]:
    """The ratios of two things that were measured in the same rounds."""
    return [a / b for a, b in zip(samples[over], samples[under])]


def run(kernels: Kernels) -> Section:
    section = Section("ratios")
    pairs.add(section, kernels)
    samples = boot(kernels["patched"], f"/bench/workers {ROUNDS} {COUNT}", icount=False)
    kinds = [name.removeprefix("one.") for name in samples if name.startswith("one.")]
    speedup = {kind: [2 * ratio for ratio in rounds(samples, f"one.{kind}", f"two.{kind}")] for kind in kinds}
    section.figures |= {f"two workers, {kind}": Figure.of(values) for kind, values in speedup.items()}
    workers = Table("Two workers, as many times as much as one: median (and quartiles) of paired runs",
                    ["what", "times"], [[kind, quartiles(values)] for kind, values in speedup.items()])
    beside = Table("By the clock, one worker, of pairs in the same round", ["what", "ratio"])
    for over, under in (("fork+jail+exec", "fork+chroot+exec"), ("fork+chroot+exec", "fork+exec"),
                        ("socket+close UDP, inside", "socket+close UDP"), ("open+close, inside", "open+close")):
        values = rounds(samples, f"one.{over}", f"one.{under}")
        section.figures[f"{over} / {under}"] = Figure.of(values)
        beside.rows.append([f"{over} of {under}", quartiles(values)])
    load, processors = os.getloadavg()[0], os.cpu_count()
    state = Table("The machine that emulated the guest: with more to do than that, nothing is judged", ["", ""],
                  [["processors", str(processors)], ["load at the end", f"{load:.1f}"]])
    section.tables += [workers, beside, state]
    if load > processors + 1:
        return section
    gains = [chroot / jail for chroot, jail in zip(speedup["fork+chroot+exec"], speedup["fork+jail+exec"])]
    section.limits = [Limit("what a second worker gives with chroot, of what it gives with jail()",
                            statistics.median(gains), SLACK)]
    return section
