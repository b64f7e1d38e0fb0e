#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# Test how a change is merged into a version that it was not made on.

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from kernel_source import Error, cherry_pick, git  # noqa: E402

BASE, OLD = "a\nb\nc\nd\ne\nf\n", "A\nb\nc\nd\ne\nf\n"
FIX = """What conflicts:

- file: the first line is another
---
--- a/file
+++ b/file
@@ -1,3 +1,3 @@
-A
+A, jailed
 b
 c
"""


class CherryPick(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.tree, self.fix = folder / "tree", folder / "1.patch"
        self.tree.mkdir()
        git("init", "-q", at=self.tree)
        self.base = self.commit(BASE)
        self.old = self.commit(OLD)

    def commit(self, text: str, at: str | None = None) -> str:
        if at:
            git("checkout", "-q", at, at=self.tree)
        (self.tree / "file").write_text(text)
        git("add", "file", at=self.tree)
        git("commit", "-q", "-m", "one", at=self.tree)
        return git("rev-parse", "HEAD", at=self.tree)

    def merged(self, change: str) -> str:
        git("checkout", "-q", self.old, at=self.tree)
        return git("show", cherry_pick(change, self.fix, self.tree) + ":file", at=self.tree)

    def test_a_change_elsewhere_is_merged(self) -> None:
        self.assertEqual("A\nb\nc\nd\ne\nf, jailed", self.merged(self.commit(BASE[:-1] + ", jailed\n", self.base)))

    def test_a_conflict_is_an_error_that_names_the_file(self) -> None:
        change = self.commit("a, jailed\nb\nc\nd\ne\nf, jailed\n", self.base)
        with self.assertRaisesRegex(Error, r"conflicts with this version in file, which \S*/1.patch does not name"):
            self.merged(change)

    def test_a_fix_does_what_the_conflicting_lines_would(self) -> None:
        self.fix.write_text(FIX)
        change = self.commit("a, jailed\nb\nc\nd\ne\nf, jailed\n", self.base)
        self.assertEqual("A, jailed\nb\nc\nd\ne\nf, jailed", self.merged(change))

    def test_a_fix_is_applied_without_a_conflict_too(self) -> None:
        self.fix.write_text(FIX)
        change = self.commit(BASE[:-1] + ", jailed\n", self.base)
        self.assertEqual("A, jailed\nb\nc\nd\ne\nf, jailed", self.merged(change))

    def test_a_fix_for_another_file_is_none(self) -> None:
        self.fix.write_text(FIX.replace("file", "other"))
        with self.assertRaises(Error):
            self.merged(self.commit("a, jailed\nb\nc\nd\ne\nf\n", self.base))


if __name__ == "__main__":
    unittest.main()
