# SPDX-License-Identifier: GPL-2.0-only
"""Stock against patched by the clock: boots side by side, on two processors."""

from __future__ import annotations

import statistics

from guest import Kernels, Samples, boot
from kernel_source import say
from report import Figure, Section, Table

ROUNDS, SAMPLES = 8, 40
KERNELS = ("stock", "patched", "slot")
# The columns of the table: what kernel, and whether with one process, with two at a time, or what the second makes of it.
COLUMNS = {"one process": ("patched", "one"), "two at a time": ("patched", "two"), "the second's part": ("patched", "second"),
           "a slot: two at a time": ("slot", "two"), "the second's": ("slot", "second")}

Boot = dict[str, dict[str, float]]  # one, two, second -> operation -> nanoseconds, or their ratio


def quartiles(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def reduce(samples: Samples) -> Boot:
    """What one boot measured: the least of its samples, which the host disturbed least."""
    found: Boot = {"one": {}, "two": {}}
    for name, values in samples.items():
        processes, operation = name.split(".", 1)
        found[processes][operation] = min(values)
    found["second"] = {name: found["two"][name] / one for name, one in found["one"].items()}
    return found


def order(number: int) -> tuple[str, ...]:
    """The kernels in the order of a round, which turns about: what changes steadily meanwhile cancels out."""
    return KERNELS if number % 2 == 0 else KERNELS[::-1]


def ratios(rounds: list[dict[str, Boot]], kernel: str, what: str, operation: str) -> list[float]:
    """A kernel over stock, in each round."""
    return [boots[kernel][what][operation] / boots["stock"][what][operation] for boots in rounds]


def add(section: Section, kernels: Kernels) -> None:
    """Adds the figures, the table and the picture to a section."""
    rounds: list[dict[str, Boot]] = []
    for number in range(ROUNDS):
        say(f"round {number + 1} of {ROUNDS}")
        rounds.append({name: reduce(boot(kernels[name], f"/bench/clock {SAMPLES}", icount=False))
                       for name in order(number)})
    table = Table(f"What everyone pays, by the clock: over stock, median (and quartiles) of {ROUNDS} pairs of boots",
                  ["operation", *COLUMNS])
    for operation in rounds[0]["stock"]["one"]:
        found = {what: ratios(rounds, *what, operation) for what in COLUMNS.values()}
        section.figures |= {f"{operation}, {' '.join(what)}, over stock": Figure.of(values)
                            for what, values in found.items()}
        table.rows.append([operation, *map(quartiles, found.values())])
    section.tables.append(table)
    section.pictures["ratios"] = picture(table)


def picture(table: Table) -> str:
    """Medians and quartiles of two at a time: patched, and the slot."""
    rows = []
    for operation, _, patched, _, slot, _ in table.rows:
        cells = [cell.replace("(", "").replace(")", "").replace("to ", "") for cell in (patched, slot)]
        rows.append(f'"{operation}" {" ".join(cells)}')
    data = "\n".join(rows)
    return f"""$data << EOD
{data}
EOD
set title 'By the clock, two processes at a time, over stock: median and quartiles'
set ylabel 'ratio'
set xrange [-0.7:{len(rows) - 0.3}]
set grid ytics
set xtics rotate by -40
set key above
plot 1 with lines lc 'gray' notitle, \\
  $data using ($0-0.15):2:3:4:xtic(1) with yerrorbars pt 7 title 'patched', \\
  '' using ($0+0.15):5:6:7 with yerrorbars pt 7 title 'stock with a slot: the same code at other places'
"""
