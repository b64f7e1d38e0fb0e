# SPDX-License-Identifier: GPL-2.0-only
"""The commands that pages show, and the answers they promise.

Markdown: blocks marked ```console. After ```console recorded the answers are those
of some day: a number, with its fraction and its unit, stands for any, and so do blanks;
an IP address stands for itself. reStructuredText: blocks after "::" or of
".. code-block:: console". Manual pages: .Dl and .Bd -literal of the section
EXAMPLES. A line with a prompt is a command:

    #          in a root shell of the host; so does host#
    NAME#      in the jail NAME, which a line before has opened a shell in

A trailing \\ continues a command, and so do the lines of a here-document. What
the reader takes for granted, such as an interface of that name, stands as a
comment that is not shown: ".. # COMMAND", '.\\" # COMMAND' or "<!-- # COMMAND -->"; it
answers nothing. Where that begins a here-document, the block that follows is the
document: a file that the page shows.

In an answer an … stands for anything in the line, and a line of only … for any
lines. In a manual page a number stands for any number and blanks for any blanks,
and a command that shows no answer has to succeed, whatever it prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PROMPT = re.compile(r"^(?:([a-z][a-z0-9]*))?# (.*)$")
SESSION = re.compile(r"(?:jail .*-n (\w+) .*\bsh|jailctl console (\w+)|jexec -l (\w+))$")
# In a pattern, where a point has a backslash; not in an IP address or a word.
NUMBER = re.compile(r"(?<![\w.])\d+(\\\.\d+)?[KMG]?(?![\w]|\\\.\d)")
HERE_DOCUMENT = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
ROFF = {r"\e": "\\", r"\&": "", r"\-": "-", r"\(aq": "'", r"\(dq": '"'}


@dataclass
class Step:
    """A command, where it is typed, and the answer it must get."""

    page: str
    heading: str
    where: str
    command: str
    wanted: list[str] = field(default_factory=list)
    hidden: bool = False
    # Manual pages need not show an answer; then the command has to succeed.
    terse: bool = False
    recorded: bool = False

    def session(self) -> str | None:
        """The jail whose shell this command opens."""
        name = SESSION.match(self.command)
        return next(filter(None, name.groups())) if name and self.where == "host" else None

    def waits(self) -> bool:
        """Whether the next line belongs to the command."""
        if self.wanted:
            return False
        mark = HERE_DOCUMENT.search(self.command.partition("\n")[0])
        return self.command.endswith("\\") or bool(mark) and self.command.splitlines()[-1] != mark[2]

    def close(self) -> None:
        """Ends the here-document that the command may wait for."""
        if (mark := HERE_DOCUMENT.search(self.command.partition("\n")[0])) and self.waits():
            self.extend(mark[2])

    def extend(self, line: str) -> None:
        if self.command.endswith("\\"):
            self.command = f"{self.command[:-1].rstrip()} {line.strip()}"
        else:
            self.command += "\n" + line

    def holds(self, got: list[str], status: int | None) -> bool:
        free = self.terse and not self.wanted
        if (self.hidden or free) and self.where == "host" and not self.session() and status != 0:
            return False
        if free:
            return True
        pattern = [r"(?:[^\n]*\n)*" if line.strip() == "…" else
                   ".*".join(re.escape(part) for part in line.split("…")) + r"\n" for line in self.wanted]
        if self.terse:
            pattern = [re.sub(r"(\\ )+", " +", re.sub(r"\d+", r"\\d+", line)) for line in pattern]
        if self.recorded:
            pattern = [re.sub(r"(\\ )+", " +", NUMBER.sub(r"\\d+(\\.\\d+)?[KMG]?", line)) for line in pattern]
        return re.fullmatch("".join(pattern), "".join(f"{line}\n" for line in got)) is not None


def slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")


# Each reader gives (kind, text): "heading", "line" of a block, "hidden" command, "end" of a block,
# "recorded" where the next block is.
def markdown(lines: list[str]) -> Iterator[tuple[str, str]]:
    inside = fenced = False
    for line in lines:
        if line.startswith("```"):
            inside, fenced = line.startswith("```console") and not fenced, not fenced
            yield "end", ""
            if line == "```console recorded":
                yield "recorded", ""
        elif line.startswith("<!-- # ") and not fenced:
            yield "hidden", line.removeprefix("<!-- ").removesuffix(" -->")
        elif inside:
            yield "line", line
        elif line.startswith("#") and not fenced:
            yield "heading", line.lstrip("# ")


def restructured(lines: list[str]) -> Iterator[tuple[str, str]]:
    indent: int | None = None
    blank = 0
    for number, line in enumerate(lines):
        shift = len(line) - len(line.lstrip())
        if indent is not None and line.strip() and shift < max(indent, 1):
            indent = None
            yield "end", ""
        if indent is not None:
            indent = indent or shift
            yield from [("line", "")] * blank if line.strip() else []
            blank = blank + 1 if indent and not line.strip() else 0
            if line.strip():
                yield "line", line[indent:]
        elif line.startswith(".. ") and PROMPT.match(line[3:]):
            yield "hidden", line[3:]
        elif line.endswith("::") and not line.startswith("..") or line.startswith(".. code-block:: console"):
            indent = blank = 0
        elif re.fullmatch(r"([=\-~])\1+", line) and number and lines[number - 1].strip():
            yield "heading", lines[number - 1].strip()


def manual(lines: list[str]) -> Iterator[tuple[str, str]]:
    inside = shown = False
    for line in lines:
        if line.startswith(".Sh "):
            inside = line == ".Sh EXAMPLES"
            yield "heading", line[4:]
        elif not inside:
            continue
        elif line.startswith('.\\" ') and PROMPT.match(line[4:]):
            yield "hidden", line[4:]
        elif line.startswith(".Bd -literal"):
            shown = True
        elif line == ".Ed":
            shown = False
            yield "end", ""
        elif shown or line.startswith(".Dl "):
            text = line if shown else line[4:]
            yield "line", re.sub(r"\\(?:\(..|.)", lambda found: ROFF[found[0]], text)


def read_page(page: Path) -> list[Step]:
    reader = {".md": markdown, ".rst": restructured}.get(page.suffix, manual)
    name = page.name if reader is manual else page.parent.name if page.stem == "index" else page.stem
    heading, steps, last, recorded = "start", [], None, False
    for kind, text in reader(page.read_text().splitlines()):
        if kind == "heading":
            heading, last = text, None
        elif kind == "end":
            if last:
                last.close()
            last, recorded = None, False
        elif kind == "recorded":
            recorded = True
        elif last and last.waits():
            last.extend(text)
        elif prompt := PROMPT.match(text):
            last = Step(slug(name), heading, prompt[1] or "host", prompt[2], hidden=kind == "hidden",
                        terse=reader is manual, recorded=recorded)
            steps.append(last)
        elif last:
            last.wanted.append(text)
    return steps
