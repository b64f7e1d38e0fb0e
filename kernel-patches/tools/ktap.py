# SPDX-License-Identifier: GPL-2.0-only
"""Checks that report in KTAP, and remember what passed by the content they looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from kernel_source import Error, cache_dir


class Skip(Exception):
    """A check that cannot be done here; the text says why."""


def content_key(*parts: str | bytes | Path) -> str:
    """A key over texts and the contents of files."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()[:32]


def passed_before(key: str) -> bool:
    return (cache_dir() / "passed" / key).exists()


def remember_pass(key: str) -> None:
    folder = cache_dir() / "passed"
    folder.mkdir(exist_ok=True)
    (folder / key).touch()


def report(program: str, checks: dict[str, Callable[[], str | None]]) -> int:
    """Runs checks; one that answers a text or raises Error failed. The output is one KTAP program."""
    print(f"### ktap {program}\nTAP version 13\n1..{len(checks)}", flush=True)
    failed = 0
    for number, (name, check) in enumerate(checks.items(), 1):
        try:
            problem = check()
        except Skip as reason:
            print(f"ok {number} {name} # SKIP {reason}", flush=True)
            continue
        except Error as error:
            problem = str(error)
        for line in (problem or "").splitlines():
            print(f"# {line}")
        print(f"{'not ok' if problem else 'ok'} {number} {name}", flush=True)
        failed += bool(problem)
    print(f"### exit {min(failed, 1)}", flush=True)
    return min(failed, 1)
