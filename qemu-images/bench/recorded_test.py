#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# Test what is said of a run that differs from the recorded one.

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "kernel-patches/tools")]
import recorded  # noqa: E402
from report import Figure, Section  # noqa: E402


def section(counts: dict[str, float], unwatched: tuple[str, ...] = ()) -> Section:
    figures = {name: Figure.of([count, 3 * count]) for name, count in counts.items()}
    return Section("syscalls", figures, watched=[name for name in counts if name not in unwatched])


class Differences(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(mock.patch.object(recorded, "FOLDER", folder))
        self.record(section({"open": 1000, "kill": 500}))

    def record(self, content: Section) -> None:
        (recorded.FOLDER / "syscalls.json").write_text(content.dump({"patched": "patched-bench-0"}))

    def test_the_same_counts_are_no_difference(self) -> None:
        self.assertEqual([], recorded.differences(section({"open": 1000, "kill": 500})))

    def test_growth_of_two_percent_is_none_and_more_is_named(self) -> None:
        self.assertEqual([], recorded.differences(section({"open": 1020, "kill": 510})))
        self.assertEqual(["syscalls: open: 1 021, recorded 1 000 (+2.10 %)"],
                         recorded.differences(section({"open": 1021, "kill": 510})))

    def test_each_count_that_grew_is_named(self) -> None:
        lines = recorded.differences(section({"open": 2000, "kill": 600}))
        self.assertEqual(["syscalls: open: 2 000, recorded 1 000 (+100.00 %)",
                          "syscalls: kill: 600, recorded 500 (+20.00 %)"], lines)

    def test_less_is_no_difference(self) -> None:
        self.assertEqual([], recorded.differences(section({"open": 10, "kill": 5})))

    def test_the_minimum_counts_and_not_the_median(self) -> None:
        now = section({"open": 1000, "kill": 500})
        now.figures["open"] = Figure(1000, 9000, 2)
        self.assertEqual([], recorded.differences(now))

    def test_a_count_that_is_not_measured_any_more_is_named(self) -> None:
        self.assertEqual(["syscalls: kill: not measured, recorded 500"], recorded.differences(section({"open": 1000})))

    def test_a_count_that_is_not_watched_any_more_is_named(self) -> None:
        now = section({"open": 1000, "kill": 500}, unwatched=("kill",))
        self.assertEqual(["syscalls: kill: not measured, recorded 500"], recorded.differences(now))

    def test_a_new_count_is_named(self) -> None:
        now = section({"open": 1000, "kill": 500, "stat": 2500})
        self.assertEqual(["syscalls: stat: 2 500, not recorded"], recorded.differences(now))

    def test_a_count_that_becomes_watched_is_new(self) -> None:
        self.record(section({"open": 1000, "kill": 500}, unwatched=("kill",)))
        self.assertEqual(["syscalls: kill: 9 000, not recorded"],
                         recorded.differences(section({"open": 1000, "kill": 9000})))

    def test_what_is_not_watched_may_be_anything(self) -> None:
        self.record(section({"open": 1000, "kill": 500}, unwatched=("kill",)))
        self.assertEqual([], recorded.differences(section({"open": 1000, "kill": 9000}, unwatched=("kill",))))

    def test_a_section_without_a_record_is_named(self) -> None:
        (recorded.FOLDER / "syscalls.json").unlink()
        self.assertEqual(["syscalls: nothing is recorded"], recorded.differences(section({"open": 1000})))
        self.assertEqual([], recorded.differences(section({"open": 1000}, unwatched=("open",))))


if __name__ == "__main__":
    unittest.main()
