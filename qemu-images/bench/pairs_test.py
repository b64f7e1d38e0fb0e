#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# Test what is made of boots that are compared by the clock.

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "kernel-patches/tools")]
import pairs  # noqa: E402


class Pairs(unittest.TestCase):
    def test_a_round_turns_the_order_of_the_last_one_about(self) -> None:
        self.assertEqual(["stock", "patched", "slot", "slot", "patched", "stock", "stock", "patched", "slot"],
                         [name for number in range(3) for name in pairs.order(number)])

    def test_the_least_sample_counts(self) -> None:
        found = pairs.reduce({"one.open+close": [30, 10, 20], "two.open+close": [12, 15]})
        self.assertEqual({"open+close": 10}, found["one"])
        self.assertEqual({"open+close": 12}, found["two"])
        self.assertEqual({"open+close": 1.2}, found["second"])

    def test_a_kernel_is_over_the_stock_of_its_round(self) -> None:
        rounds = [{"stock": {"one": {"open": stock}}, "patched": {"one": {"open": patched}}}
                  for stock, patched in ((100, 110), (200, 240))]
        self.assertEqual([1.1, 1.2], pairs.ratios(rounds, "patched", "one", "open"))

    def test_a_host_that_becomes_slower_steadily_makes_no_difference(self) -> None:
        times, rounds = iter(range(1000, 1240, 10)), []
        for number in range(8):
            rounds.append({name: {"one": {"open": next(times)}} for name in pairs.order(number)})
        for kernel in ("patched", "slot"):
            found = pairs.ratios(rounds, kernel, "one", "open")
            self.assertAlmostEqual(1, sum(found) / len(found), places=2)


if __name__ == "__main__":
    unittest.main()
