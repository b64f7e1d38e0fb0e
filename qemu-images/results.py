# SPDX-License-Identifier: GPL-2.0-only
"""Test results: read from the output of test programs, kept in a tests.tsv.

A runner announces each program with a line of its own, as KTAP does not say whose
output it is:

    ### ktap signal             a kselftest, whose tests become signal.FIXTURE.TEST
    ### gtest jail_spec_test    a GoogleTest, whose tests become jail_spec_test.SUITE.TEST
    ### exit 0                  the program's exit status

A program that ends before it has reported every test it planned, or that fails
without a failed test, is a failed test of its own, named PROGRAM.complete; one that
reports no test is skipped under that name.
"""

from __future__ import annotations

import re
from pathlib import Path

MARK = re.compile(r"^### (ktap|gtest|exit) (\S+)$")
KTAP = re.compile(r"^(not )?ok (\d+) (?:- )?(\S+)(?:.*?# (SKIP|XFAIL)\b)?", re.I)
PLAN = re.compile(r"^1\.\.(\d+)")
GTEST = re.compile(r"^\[ +(OK|FAILED|SKIPPED) +\] ([^\s,]+)(?: \(\d+ ms\)|, where .*\(\d+ ms\))$")
GTEST_PLAN = re.compile(r"^\[=+\] Running (\d+) tests? from")


class Parser:
    """Takes the output line by line; the results are in .results, in order."""

    def __init__(self) -> None:
        self.results: dict[str, str] = {}
        self._kind = self._program = ""
        self._plan: int | None = None
        self._seen = self._failed = 0

    def _add(self, name: str, result: str) -> None:
        if name in self.results:
            name, result = f"{name}.duplicate", "fail"
        self.results[name] = result

    def line(self, text: str) -> None:
        text = text.rstrip("\r\n")
        if mark := MARK.match(text):
            if mark[1] == "exit":
                self._end(int(mark[2]))
            else:
                self.end()
                self._kind, self._program = mark[1], mark[2]
                self._plan, self._seen, self._failed = None, 0, 0
        elif self._kind == "ktap":
            self._ktap(text)
        elif self._kind == "gtest":
            self._gtest(text)

    def _report(self, name: str, result: str) -> None:
        self._seen += 1
        self._failed += result == "fail"
        self._add(f"{self._program}.{name}", result)

    def _ktap(self, text: str) -> None:
        if plan := PLAN.match(text):
            self._plan = int(plan[1])
        elif test := KTAP.match(text):
            skipped = (test[4] or "").upper() == "SKIP"
            self._report(test[3], "fail" if test[1] else "skip" if skipped else "ok")

    def _gtest(self, text: str) -> None:
        if plan := GTEST_PLAN.match(text):
            self._plan = int(plan[1])
        elif test := GTEST.match(text):
            self._report(test[2], {"OK": "ok", "FAILED": "fail", "SKIPPED": "skip"}[test[1]])

    def _end(self, status: int) -> None:
        if not self._kind:
            return
        complete = self._plan is not None and self._seen == self._plan
        if not complete or (status not in (0, 4) and not self._failed):
            self._add(f"{self._program}.complete", "fail")
        elif not self._seen:
            self._add(f"{self._program}.complete", "skip")
        self._kind = ""

    def end(self) -> None:
        """The output is over: a program that is still open did not end."""
        self._end(125)


def count(results: dict[str, str]) -> tuple[int, int, int]:
    values = list(results.values())
    return values.count("ok"), values.count("fail"), values.count("skip")


def folded(names: list[str]) -> list[str]:
    """Names of tests, shorter: what they share stands once, as a shell expands a.{b,c}.d."""
    tests: dict[str, list[str]] = {}
    for name in names:
        place, _, test = name.rpartition(".")
        tests.setdefault(place, []).append(test)
    alike: dict[tuple[str, str], list[str]] = {}
    for place, found in tests.items():
        fixture, variant = ".".join(place.split(".")[:2]), ".".join(place.split(".")[2:])
        alike.setdefault((fixture, _braces(found)), []).append(variant)
    return [".".join(filter(None, (fixture, _braces(variants), last))) for (fixture, last), variants in alike.items()]


def _braces(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{{{','.join(words)}}}"


def read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return dict(line.split("\t") for line in path.read_text().splitlines())


def merge(path: Path, results: dict[str, str]) -> None:
    """Adds results to a file; a test that ran again replaces what it said before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    both = read(path) | results
    temp = path.with_name(f".{path.name}")
    temp.write_text("".join(f"{name}\t{result}\n" for name, result in both.items()))
    temp.rename(path)
