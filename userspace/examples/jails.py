#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""List the jails, or kill one: libjail from Python.

usage: jails.py [kill NAME]
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator


class Entry(ctypes.Structure):
    """struct jail_list_entry"""

    _fields_ = [
        ("jid", ctypes.c_uint32), ("parent_jid", ctypes.c_uint32), ("nr_processes", ctypes.c_uint32),
        ("dying", ctypes.c_int), ("cap_ceiling", ctypes.c_uint64), ("address", ctypes.c_char_p),
        ("name", ctypes.c_char_p), ("hostname", ctypes.c_char_p), ("path", ctypes.c_char_p),
    ]


LIB = ctypes.CDLL("libjail.so.1", use_errno=True)
LIB.jail_errmsg.restype = ctypes.c_char_p
LIB.jail_list_open.restype = ctypes.c_void_p
LIB.jail_list_next.argtypes = LIB.jail_list_close.argtypes = [ctypes.c_void_p]
LIB.jail_list_next.restype = ctypes.POINTER(Entry)


def checked(answer: int | None) -> int:
    """What a call answered, or an OSError with the library's sentence."""
    if answer is None or answer < 0:
        raise OSError(ctypes.get_errno(), LIB.jail_errmsg().decode(errors="replace"))
    return answer


def jails() -> Iterator[Entry]:
    """An entry is good until the next one is asked for."""
    listing = checked(LIB.jail_list_open())
    try:
        while entry := LIB.jail_list_next(listing):
            yield entry.contents
    finally:
        LIB.jail_list_close(listing)


def kill(name: str) -> None:
    """Kills every process of a jail, and comes back when it is empty."""
    jail = checked(LIB.jail_open_name(os.fsencode(name)))
    try:
        checked(LIB.jail_kill(jail))
    finally:
        os.close(jail)


def main(argv: list[str]) -> int:
    try:
        if len(argv) == 2 and argv[0] == "kill":
            kill(argv[1])
        elif argv:
            print(__doc__, file=sys.stderr)
            return 2
        else:
            for jail in jails():
                print(jail.jid, os.fsdecode(jail.name), os.fsdecode(jail.address) or "-", jail.nr_processes)
    except OSError as error:
        print(f"jails.py: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
