# SPDX-License-Identifier: GPL-2.0-only
"""The recorded run: what differs from it, and the page that shows it."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from kernel_source import Error
from report import Section, number, percent

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "recorded"
PAGE = HERE.parents[1] / "Documentation/performance.md"
PICTURES = PAGE.with_suffix("")
GROWTH = 1.02
BLOCK = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.S)


def read(name: str) -> tuple[Section, dict[str, str]] | None:
    """A section as it was recorded, and the kernels that it was measured on."""
    path = FOLDER / f"{name}.json"
    return Section.load(json.loads(path.read_text())) if path.exists() else None


def differences(section: Section) -> list[str]:
    """A line for each count that is more than 2 % over the recorded one, that is not there any more, or that is new."""
    old = read(section.name)
    if not old:
        return [f"{section.name}: nothing is recorded"] if section.watched else []
    now, then = section.figures, old[0].figures
    lines = [f"{section.name}: {name}: not measured, recorded {number(then[name].minimum)}"
             for name in old[0].watched if name not in section.watched]
    for name in section.watched:
        value = now[name].minimum
        if name not in old[0].watched:
            lines.append(f"{section.name}: {name}: {number(value)}, not recorded")
        elif value > then[name].minimum * GROWTH:
            lines.append(f"{section.name}: {name}: {number(value)}, recorded {number(then[name].minimum)}"
                         f" ({percent(value, then[name].minimum)})")
    return lines


def blocks() -> dict[str, str]:
    """What the page says of each section, as markdown."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        section, kernels = Section.load(json.loads(path.read_text()))
        pictures = "".join(f"![{name}](performance/{name}.svg)\n\n" for name in section.pictures)
        names = ", ".join(kernels.values())
        found[section.name] = f"\n```text\n{section.text()}```\n\n{pictures}Kernels: {names}.\n\n"
    return found


def page() -> str:
    """The page as it must be."""
    text, found = PAGE.read_text(), blocks()
    if missing := found.keys() - {match[2] for match in BLOCK.finditer(text)}:
        raise Error(f"{PAGE} has no place for {', '.join(sorted(missing))}")

    def block(match: re.Match[str]) -> str:
        return f"{match[1]}{found[match[2]]}{match[3]}" if match[2] in found else match[0]

    return BLOCK.sub(block, text)


def record(sections: list[Section], kernels: dict[str, str]) -> None:
    """Keeps sections as the recorded ones, and writes the page and its pictures."""
    FOLDER.mkdir(exist_ok=True)
    for section in sections:
        (FOLDER / f"{section.name}.json").write_text(section.dump(kernels))
    PAGE.write_text(page())
    PICTURES.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.json"):
        Section.load(json.loads(path.read_text()))[0].plot(PICTURES)


def check() -> None:
    """The page and its pictures are those of the recorded run."""
    wrong = [PAGE] if PAGE.read_text() != page() else []
    with tempfile.TemporaryDirectory() as temp:
        for path in FOLDER.glob("*.json"):
            Section.load(json.loads(path.read_text()))[0].plot(Path(temp))
        for made in sorted(Path(temp).glob("*.svg")):
            kept = PICTURES / made.name
            if not kept.exists() or kept.read_bytes() != made.read_bytes():
                wrong.append(kept)
    if wrong:
        raise Error(f"{wrong[0]} is not that of the recorded run: run 'make bench' with RECORD=1")
