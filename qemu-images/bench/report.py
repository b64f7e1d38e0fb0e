# SPDX-License-Identifier: GPL-2.0-only
"""What a section of the benchmarks found: figures, limits, tables, pictures."""

from __future__ import annotations

import json
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from kernel_source import clean_env


LICENSE = "SPDX-License-Identifier: GPL-2.0-only"


@dataclass(frozen=True)
class Figure:
    """One thing that was measured repeatedly; instructions if nothing else is said."""

    minimum: float
    median: float
    samples: int

    @staticmethod
    def of(samples: list[float]) -> Figure:
        return Figure(min(samples), statistics.median(samples), len(samples))


@dataclass(frozen=True)
class Limit:
    """A value that is promised to be at most another."""

    name: str
    value: float
    most: float
    unit: str = ""

    @property
    def held(self) -> bool:
        return self.value <= self.most

    def line(self) -> str:
        verdict = "held" if self.held else f"MISSED by {number(self.value - self.most)}{self.unit}"
        return f"{self.name}: {number(self.value)}{self.unit}, at most {number(self.most)}{self.unit}: {verdict}"


@dataclass
class Table:
    """Rows of text below a header; the first column is left-aligned."""

    title: str
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)

    def text(self) -> str:
        widths = [max(len(row[i]) for row in [self.header, *self.rows]) for i in range(len(self.header))]
        lines = [self.title]
        for row in [self.header, *self.rows]:
            cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
            lines.append("  ".join(["  " + row[0].ljust(widths[0]), *cells]).rstrip())
        return "\n".join(lines) + "\n"


@dataclass
class Section:
    """All that one section has to say; watched are the figures that repeat, and must not grow."""

    name: str
    figures: dict[str, Figure] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)  # name: what gnuplot is told

    def text(self) -> str:
        parts = [table.text() for table in self.tables]
        if self.limits:
            missed = sum(not limit.held for limit in self.limits)
            parts.append("\n".join([f"Limits: {len(self.limits) - missed} held, {missed} missed",
                                    *("  " + limit.line() for limit in self.limits)]) + "\n")
        return "\n".join(parts)

    def dump(self, kernels: dict[str, str]) -> str:
        """As JSON, with the kernels that it was measured on."""
        return json.dumps({
            "license": LICENSE,
            "section": self.name,
            "kernels": kernels,
            "figures": {name: vars(figure) for name, figure in self.figures.items()},
            "limits": [vars(limit) | {"held": limit.held} for limit in self.limits],
            "tables": [vars(table) for table in self.tables],
            "pictures": self.pictures,
            "watched": self.watched,
        }, indent=1) + "\n"

    @staticmethod
    def load(content: dict) -> tuple[Section, dict[str, str]]:
        """What dump() wrote."""
        limits = [Limit(*(limit[key] for key in ("name", "value", "most", "unit"))) for limit in content["limits"]]
        section = Section(
            content["section"], {name: Figure(**figure) for name, figure in content["figures"].items()},
            [Table(**table) for table in content["tables"]], limits, content["watched"], content["pictures"],
        )
        return section, content["kernels"]

    def plot(self, folder: Path) -> None:
        for name, script in self.pictures.items():
            plot(script, folder / f"{name}.svg")

    def write(self, folder: Path, kernels: dict[str, str]) -> None:
        """The text, the same as JSON, and the pictures."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.txt").write_text(self.text())
        (folder / f"{self.name}.json").write_text(self.dump(kernels))
        self.plot(folder)


def number(value: float) -> str:
    """A number as people read it: 12 345.6, with as many digits as tell something."""
    digits = 0 if abs(value) >= 1000 or value == int(value) else 1 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f}".replace(",", " ")


def percent(value: float, base: float) -> str:
    return f"{(value / base - 1) * 100:+.2f} %"


def plot(script: str, path: Path) -> None:
    head = "set terminal svg size 900,520 font 'sans,12' background '#ffffff'\nset encoding utf8\n"
    done = subprocess.run(["gnuplot"], input=head + script, check=True, text=True, env=clean_env(),
                          stdout=subprocess.PIPE)
    xml, rest = done.stdout.split("\n", 1)
    path.write_text(f"{xml}\n<!-- {LICENSE} -->\n{rest}")
