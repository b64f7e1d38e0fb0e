# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's own selftests: which of them run, and what they print."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from kernel_source import Error

LIST = Path(__file__).resolve().parent / "kselftests.list"

RUN = re.compile(r"^### run (\S+)$")
EXIT = re.compile(r"^### exit (\d+) (\d+)$")
CASE = re.compile(r"^[ \t#]*(not )?ok (\d+)\b[ \t-]*(.*?)(?:[ \t]*# ?(SKIP|XFAIL|TODO)\b.*)?$", re.I)
SHELL_CASE = re.compile(r"^[ \t]*(?:TEST: )?(\S.*?)[ \t.]*\[ ?(OK|PASS|FAIL|SKIP|XFAIL)\w* ?\][ \t]*$")
WORDS = {"OK": "ok", "PASS": "ok", "FAIL": "fail", "SKIP": "skip", "XFAIL": "skip"}
KILLED = 137


class Plan:
    """What kselftests.list says: the collections, and which programs are special."""

    def __init__(self) -> None:
        self.collections: list[str] = []
        self.seconds: list[tuple[str, int]] = []
        self.omitted: list[tuple[str, str]] = []
        self.flaky: list[tuple[str, str]] = []
        self.intended: list[tuple[str, str]] = []
        for line in LIST.read_text().splitlines():
            match line.split(maxsplit=2):
                case []:
                    pass
                case [word, *_] if word.startswith("#"):
                    pass
                case ["collection", name]:
                    self.collections.append(name)
                case ["seconds", glob, number]:
                    self.seconds.append((glob, int(number)))
                case ["omit", glob, reason]:
                    self.omitted.append((glob, reason))
                case ["flaky", glob, reason]:
                    self.flaky.append((glob, reason))
                case ["intended", glob, reason]:
                    self.intended.append((glob, reason))
                case _:
                    raise Error(f"{LIST}: cannot understand '{line}'")

    def limit(self, program: str) -> int:
        return next((number for glob, number in self.seconds if fnmatch(program, glob)), 120)

    def why_omitted(self, program: str) -> str | None:
        return next((reason for glob, reason in self.omitted if fnmatch(program, glob)), None)

    def why_intended(self, test: str) -> str | None:
        return next((reason for glob, reason in self.intended if fnmatch(test, glob)), None)

    def why_flaky(self, test: str) -> str | None:
        return next((reason for glob, reason in self.flaky if fnmatch(test, glob)), None)


def programs(folder: Path) -> list[str]:
    """All programs as COLLECTION:PROGRAM, in the order in which the kernel runs them."""
    return (folder / "kselftest-list.txt").read_text().split()


def is_built(folder: Path, program: str) -> bool:
    return (folder / program.replace(":", "/")).is_file()


def plain(name: str) -> str:
    """A test's description without what is different in every run: numbers of processes, addresses, times."""
    name = re.sub(r"0x[0-9a-f]{5,}|\b\d+\.\d+\b|\b\d{3,}\b", "N", re.sub(r"\x1b\[[\d;]*m", "", name))
    name = re.sub(r"\btestns-\w+", "testns-N", name)
    return re.sub(r"\b((?:pid|tid|process|child|fd)[ :=]*)\d+", r"\1N", name, flags=re.I)[:120].strip()


class Output:
    """What guests print: per program its exit status, and its tests in order.

    A test is PROGRAM.NUMBER NAME, counted over the whole output of the program as some
    print several plans. PROGRAM alone is its exit status: ok, fail, skip, timeout, or
    broken where the guest ended under it.
    """

    def __init__(self) -> None:
        self.results: dict[str, dict[str, str]] = {}
        self._tests: dict[str, str] | None = None
        self._program = ""
        self.ended = False

    def line(self, text: str) -> None:
        text = text.rstrip("\r\n")
        if mark := RUN.match(text):
            self._program, self._tests = mark[1], {mark[1]: "broken"}
            self.results[mark[1]] = self._tests
        elif text == "### end":
            self.ended = True
        elif self._tests is None:
            return
        elif mark := EXIT.match(text):
            status = int(mark[1])
            self._tests[self._program] = {0: "ok", 4: "skip", KILLED: "timeout"}.get(status, "fail")
            self._tests = None
        elif test := CASE.match(text):
            self._add(test[3], "fail" if test[1] and not test[4] else "skip" if test[4] else "ok")
        elif test := SHELL_CASE.match(re.sub(r"\x1b\[[\d;]*m", "", text)):
            self._add(test[1], WORDS[test[2]])

    def _add(self, name: str, result: str) -> None:
        self._tests[f"{self._program}.{len(self._tests)} {plain(name)}".strip()] = result
