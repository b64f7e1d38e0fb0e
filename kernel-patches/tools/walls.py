# SPDX-License-Identifier: GPL-2.0-only
"""The walls of selftests/walls.tsv: what each looks like in the source, and the source without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kernel_source import PROJECT, Error

TABLE = PROJECT / "selftests/walls.tsv"
HEADING = re.compile(r"# [^:]+:((?: [a-z_]+)+)")
MARK = re.compile(r"\[-.+?-\]|\{\+.+?\+\}")
# Each piece is what is dropped, put in, or kept.
PIECES = re.compile(r"\[-(.+?)-\]|\{\+(.+?)\+\}|((?:(?!\[-|\{\+).)+)")


@dataclass
class Change:
    """One place in the source, written as 'git diff --word-diff' shows its removal."""

    path: str
    text: str

    def apply(self, source: str) -> str:
        """The source with this place changed; blanks stand for any white space."""
        pieces = PIECES.findall(self.text)
        words = [r"\s+".join(map(re.escape, (drop or keep).split())) for drop, put, keep in pieces if not put]
        pattern = "".join(rf"(\s*{word}\s*)" for word in words)
        found = list(re.finditer(pattern, source))
        if len(found) != 1:
            raise Error(f"{self.path} has {len(found) or 'no'} places like '{self.text}' where one is expected")
        old, new = iter(found[0].groups()), ""
        for drop, put, _ in pieces:
            text = put or next(old)
            new += " " if drop else text
        return source[: found[0].start()] + new + source[found[0].end():]


@dataclass
class Wall:
    """An enforcing hunk, or a few that only work together; only without its front anything gets there.

    Near are the programs whose tests are the likeliest to notice that it is gone."""

    name: str
    what: str
    near: list[str]
    front: Wall | None = None
    changes: list[Change] = field(default_factory=list)

    def removed(self, read: Callable[[str], str]) -> dict[str, str]:
        """The files that change when the wall, and its front, is removed, by path, with their new text."""
        files = self.front.removed(read) if self.front else {}
        for change in self.changes:
            files[change.path] = change.apply(files.get(change.path) or read(change.path))
        return files

    def misfit(self, read: Callable[[str], str]) -> str | None:
        """Why the wall cannot be removed from the source, or None."""
        try:
            self.removed(read)
        except Error as error:
            return f"{self.name}: {error}"
        return None


def read_walls(table: Path = TABLE) -> dict[str, Wall]:
    """The table: NAME, FILE, CHANGE, WHAT and maybe FRONT; a wall of more than one hunk has a line for each.

    A heading '# TITLE: PROGRAM...' names the programs near to the walls below it."""
    walls: dict[str, Wall] = {}
    near: list[str] = []
    for number, line in enumerate(table.read_text().splitlines(), 1):
        if heading := HEADING.fullmatch(line):
            near = [f"{name}_test" for name in heading[1].split()]
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) not in (4, 5) or not all(fields) or not MARK.search(fields[2]):
            raise Error(f"{table.name}:{number}: not NAME, FILE, CHANGE with [-...-] or {{+...+}}, WHAT and maybe FRONT")
        name, path, text, what, *front = fields
        if front and front[0] not in walls:
            raise Error(f"{table.name}:{number}: the front '{front[0]}' is no wall further up")
        wall = walls.setdefault(name, Wall(name, what, near, walls[front[0]] if front else None))
        if wall.what != what:
            raise Error(f"{table.name}:{number}: '{name}' is described in two ways")
        wall.changes.append(Change(path, text))
    return walls
