# SPDX-License-Identifier: GPL-2.0-only
"""What everyone pays, and what a jail pays: single operations."""

from __future__ import annotations

from guest import Kernels, boot, merge
from kernel_source import say
from report import Figure, Section, Limit, Table, number, percent

BOOTS = 3
PLACES = ("host", "crowd", "inside")
SCRIPT = "mount -t proc proc /srv/bench/proc\n" + "\n".join(f"/bench/operations {place}" for place in PLACES)
# What a jail may cost its own processes, of the same outside: 5 %.
INSIDE = ("kill", "bind UDP", "bind TCP", "bind UDP to any", "bind TCP to any", "connect UDP")


def measure(kernels: Kernels) -> dict[str, dict[str, Figure]]:
    """For each kernel: the figure of each place and operation."""
    runs: dict[str, list] = {"stock": [], "slot": [], "patched": []}
    for number_of_boot in range(BOOTS):
        for name, found in runs.items():
            say(f"{name}, boot {number_of_boot + 1} of {BOOTS}")
            found.append(boot(kernels[name], SCRIPT))
    return {name: {key: Figure.of(values) for key, values in merge(found).items()} for name, found in runs.items()}


def run(kernels: Kernels) -> Section:
    section = Section("syscalls")
    found = measure(kernels)
    for kernel, figures in found.items():
        section.figures |= {f"{kernel}.{name}": figure for name, figure in figures.items()}
    operations = [name.split(".", 1)[1] for name in found["stock"] if name.startswith("host.")]
    section.tables += [everyone(found, operations), inside(found, operations)]
    section.watched = [name for name in section.figures if name.startswith("patched.")]
    section.limits += limits(found, operations)
    section.pictures["syscalls"] = picture(found, operations)
    return section


def everyone(found: dict[str, dict[str, Figure]], operations: list[str]) -> Table:
    table = Table(
        "What everyone pays: instructions of one operation, minimum (and median)",
        ["operation", "stock", "(median)", "+ a slot", "patched", "(median)", "", "100 jails", ""],
    )
    for name in operations:
        stock, patched = found["stock"][f"host.{name}"], found["patched"][f"host.{name}"]
        crowds = [found[kernel][f"crowd.{name}"].minimum for kernel in ("stock", "patched")]
        table.rows.append([
            name, number(stock.minimum), number(stock.median),
            f"{found['slot'][f'host.{name}'].minimum - stock.minimum:+.1f}",
            number(patched.minimum), number(patched.median), percent(patched.minimum, stock.minimum),
            number(crowds[1]), percent(crowds[1], crowds[0]),
        ])
    return table


def inside(found: dict[str, dict[str, Figure]], operations: list[str]) -> Table:
    table = Table(
        "What a jail pays: the same inside, beside outside and beside a chroot under the same ceiling on stock",
        ["operation", "outside", "in a jail", "(median)", "", "stock's chroot", ""],
    )
    for name in operations:
        outside, jailed = found["patched"][f"host.{name}"], found["patched"][f"inside.{name}"]
        chroot = found["stock"][f"inside.{name}"]
        table.rows.append([
            name, number(outside.minimum), number(jailed.minimum), number(jailed.median),
            percent(jailed.minimum, outside.minimum), number(chroot.minimum), percent(jailed.minimum, chroot.minimum),
        ])
    return table


def limits(found: dict[str, dict[str, Figure]], operations: list[str]) -> list[Limit]:
    result = []
    for place, share, least, words in (("host", 0.005, 10, "no jail"), ("crowd", 0.01, 20, "100 jails")):
        for name in operations:
            stock, slot, patched = (found[kernel][f"{place}.{name}"].minimum for kernel in ("stock", "slot", "patched"))
            allowed = max(stock, slot) + max(stock * share, least)
            result.append(Limit(f"{name}, {words}", patched, allowed))
    for name in INSIDE:
        outside = found["patched"][f"host.{name}"].minimum
        result.append(Limit(f"{name}, inside", found["patched"][f"inside.{name}"].minimum, outside * 1.05))
    return result


def picture(found: dict[str, dict[str, Figure]], operations: list[str]) -> str:
    rows = []
    for name in operations:
        stock = {place: found["stock"][f"{place}.{name}"].minimum for place in PLACES}
        shares = [(found["patched"][f"{place}.{name}"].minimum / stock[place] - 1) * 100 for place in stock]
        rows.append(f'"{name}" ' + " ".join(f"{share:.3f}" for share in shares))
    data = "\n".join(rows)
    return f"""$data << EOD
{data}
EOD
set title 'Instructions of an operation: patched over stock'
set ylabel '%'
set style data histograms
set style histogram clustered gap 1
set style fill solid
set grid ytics
set xtics rotate by -40
set key top left
plot $data using 2:xtic(1) title 'no jail', '' using 3 title 'beside 100 jails', \\
  '' using 4 title 'in a jail (stock: in a chroot)'
"""
