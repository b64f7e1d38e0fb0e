# SPDX-License-Identifier: GPL-2.0-only
"""Many jails: what the next one takes, what those that are there hold, and who notices them."""

from __future__ import annotations

from guest import Kernels, boot
from kernel_source import say
from report import Figure, Limit, Section, Table, number

STEPS = (1, 10, 100, 1000, 10000)
NETNS_STEPS = (1, 10, 100)
PS = "/bin/busybox ps"
ROOT = "/srv/bench"
GUEST = ("--mem", "2048")
TIMES = {"next": "the next start", "jail -M": "the next jail -M", "ps": "ps inside one",
         "jexec": "jexec by name", "jls": "jls", "remove": "removing one"}

# Kernel memory of an idle process: what it is confined by, and how many are started.
MEMORY = {
    "no wall": ("plain", 500, ":none"),
    "chroot, ceiling": ("chroot", 500, ":ceiling"),
    "jail(2)": ("jail", 500, ":jail"),
    "IPC namespace, chroot, ceiling": ("ipcns", 500, ":ipcns"),
    "network, mount, IPC, UTS namespaces": ("netns", 100, ":netns"),
    "chroot(1)": ("chroot(1)", 200, f"chroot {ROOT} /bench/idle"),
    "jail -M": ("jail -M", 200, f"jail -M {ROOT} default 10.9.% /bench/idle"),
    "jail": ("jail default", 200, f"jail {ROOT} default 10.9.% /bench/idle"),
}


def times(kernels: Kernels) -> dict[str, list[float]]:
    """Starts, listings and removals at each number of jails."""
    script = [f"mount -t proc proc {ROOT}/proc",
              # A guest this small allows 8 000 namespaces of a kind.
              "for file in /proc/sys/user/max_*_namespaces; do echo 100000 >$file; done",
              f"jail -M -n inside {ROOT} default 10.2.3.5 /bench/idle </dev/null >/run/ready &",
              "until [ -s /run/ready ]; do sleep 0.1; done"]
    before = 1
    for count in STEPS:
        slow = count == STEPS[-1]
        script += [
            f"/bench/population fill {before} {count - before} :jail",
            f"/bench/start '{count} next' 6 8 :jail",
            f"/bench/start '{count} jail -M' 6 4 jail -M {ROOT} default 10.2.3.4 /bench/true",
            f"jail -M {ROOT} default 10.2.3.4 /bench/start '{count} ps' 4 4 {PS} </dev/null",
            f"/bench/start '{count} jexec' 3 2 jexec inside /bench/true",
            f"/bench/start '{count} jls' {'2 1' if slow else '3 2'} jls",
        ]
        removed = min(count - 1, 10)
        if removed:
            script += [f"/bench/population remove '{count} remove' {removed}"]
        before = count - removed
    return boot(kernels["patched"], "\n".join(script), *GUEST)


def network_times(kernels: Kernels) -> dict[str, list[float]]:
    script, before = [], 0
    for count in NETNS_STEPS:
        script += [f"/bench/population fill {before} {count - before} :netns",
                   f"/bench/start '{count} netns' 4 4 :netns"]
        before = count
    return boot(kernels["patched"], "\n".join(script), *GUEST)


def memory(kernels: Kernels) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, count, command in MEMORY.values():
        # A jail that is there already has made what all share.
        script = f"/bench/population fill 5000 1 :jail\n/bench/population memory '{name}' {count} {command}"
        found |= boot(kernels["patched"], script, *GUEST)
    return found


def listing(kernels: Kernels) -> dict[str, list[float]]:
    """ps in a jail of ten processes: on an empty host, and beside 10,000 processes of the host."""
    inside = ("for i in 1 2 3 4 5 6 7 8; do /bench/idle >/dev/null & done; "
              f"/bench/start \"$0\" 6 8 {PS}; kill $(jobs -p)")
    script = [f"mount -t proc proc {ROOT}/proc"]
    for name, more in (("empty", 0), ("full", 10000)):
        if more:
            script.append(f"/bench/population fill 0 {more} :none")
        script += [f"jail -M {ROOT} default 10.2.3.4 /bin/busybox sh -c '{inside}' '{name} listing' </dev/null",
                   f"/bench/start '{name} host listing' {'2 1' if more else '4 4'} {PS}"]
    return boot(kernels["patched"], "\n".join(script), *GUEST)


def full_house(kernels: Kernels) -> dict[str, list[float]]:
    """10,000 idle jails by jail -M, each with an address of its own."""
    script = f"""/bench/population fill 0 10000 jail -M {ROOT} default 10.9.% /bench/idle || true
alive=$(($(wc -l </proc/jails) - 1))
printf 'alive\\t%s\\n' $alive
awk '/^(MemTotal|MemAvailable):/ {{ printf "%s\\t%s\\n", $1, $2 }}' /proc/meminfo"""
    return boot(kernels["patched"], script, *GUEST, timeout=900)


def run(kernels: Kernels) -> Section:
    section = Section("scale")
    samples = {}
    for name, part in (("times", times), ("network namespaces", network_times), ("memory", memory), ("ps", listing)):
        say(name)
        samples |= part(kernels)
    figures = section.figures = {name.split(".", 1)[1]: Figure.of(values) for name, values in samples.items()}
    # The least of a removal is one that had nothing to walk past.
    section.watched = [*(name for name in figures if name.split(" ", 1)[-1] in TIMES and not name.endswith("remove")),
                       "full listing"]
    say("10,000 jails by jail -M")
    house = full_house(kernels)

    table = Table("With so many jails alive: instructions, median", ["what", *(number(n) for n in STEPS)])
    for key, words in (TIMES | {"netns": "the next with a network namespace"}).items():
        cells = [figures.get(f"{n} {key}") for n in STEPS]
        table.rows.append([words, *(number(figure.median) if figure else "-" for figure in cells)])
    chroot = figures["chroot"].median
    held = Table("Kernel memory of an idle process: bytes", ["walls", "bytes", "more than a chroot"])
    for words, (name, _, _) in MEMORY.items():
        base = figures["chroot(1)"].median if name in ("jail -M", "jail default") else chroot
        held.rows.append([words, number(figures[name].median), number(figures[name].median - base)])
    ps = Table("ps: instructions, minimum", ["where", "empty host", "beside 10 000 processes"])
    for words, key in (("in a jail of 10 processes", "listing"), ("on the host", "host listing")):
        ps.rows.append([words, number(figures[f"empty {key}"].minimum), number(figures[f"full {key}"].minimum)])
    full = Table("10 000 idle jails by jail -M in a guest of 2 GiB", ["", "KiB"])
    full.rows = [[name.rstrip(":"), number(house[name][0])] for name in ("MemTotal:", "MemAvailable:")]
    section.tables = [table, held, ps, full]
    section.limits = [
        *(Limit(f"{TIMES[key]}, with {STEPS[-1]} jails of it with {first}",
                figures[f"{STEPS[-1]} {key}"].median / figures[f"{first} {key}"].median, 1.1)
          for key, first in (("next", STEPS[0]), ("jail -M", STEPS[0]), ("ps", STEPS[0]), ("remove", STEPS[1]))),
        Limit("ps in a jail beside 10 000 processes of the host, of the same on an empty host",
              figures["full listing"].minimum / figures["empty listing"].minimum, 1.5),
        Limit("memory of jail(2) over a chroot", figures["jail"].median - chroot, 2048, " bytes"),
        Limit("jails that are missing of 10 000", 10000 - house["alive"][0], 0),
    ]
    section.pictures["scale"] = picture(figures)
    return section


def picture(figures: dict[str, Figure]) -> str:
    cells = [[figures.get(f"{n} {key}") for key in TIMES] for n in STEPS]
    rows = "\n".join(" ".join([str(n), *(str(figure.median) if figure else "?" for figure in row)])
                     for n, row in zip(STEPS, cells))
    lines = ", ".join(f"$data using 1:{column} with linespoints lw 2 title '{words}'"
                      for column, words in enumerate(TIMES.values(), 2))
    return f"""set datafile missing '?'
$data << EOD
{rows}
EOD
set title 'Instructions, with so many jails alive'
set xlabel 'jails'
set ylabel 'instructions'
set logscale xy
set format y '10^{{%T}}'
set grid
set key top left
plot {lines}
"""
