# SPDX-License-Identifier: GPL-2.0-only
"""What it takes to start a program: jails, and what else Debian has to confine it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from guest import BUILD, Kernels, Samples, boot
from kernel_source import say
from report import Figure, Limit, Section, Table, number

FEW, MANY = 24, 5000  # mounts on the host
CEILING = ("CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE IPC_OWNER SYS_CHROOT").split()
ROOT, PROGRAM = "/srv/bench", "/bench/true"
PEERS = ("/usr/sbin/chroot", "/usr/bin/unshare", "/usr/bin/bwrap", "/usr/bin/crun", "/usr/sbin/runc")


@dataclass(frozen=True)
class Way:
    """A way to start a program: its command, how often it is measured, and what walls it has."""

    name: str
    command: str
    rounds: int
    starts: int
    walls: str


CAPS = " ".join(f"--cap-add CAP_{name}" for name in CEILING)
WAYS = [
    Way("fork+exec", ":none", 8, 32, "none"),
    Way("fork+chroot+exec", ":chroot", 8, 32, "root"),
    Way("fork+jail()+exec", ":jail", 8, 32, "all of a jail but the mounts"),
    Way("jail -M", f"jail -M {ROOT} default 10.2.3.4 {PROGRAM}", 6, 16, "all of a jail but the mounts"),
    Way("jail", f"jail {ROOT} default 10.2.3.4 {PROGRAM}", 6, 16, "all of a jail"),
    Way("chroot(1)", f"/bench/peers/chroot {ROOT} {PROGRAM}", 6, 16, "root"),
    Way("chroot of busybox", f"/bin/busybox chroot {ROOT} {PROGRAM}", 6, 16, "root"),
    Way("unshare -R", f"/bench/peers/unshare -R {ROOT} {PROGRAM}", 6, 16, "root"),
    Way("unshare -muipf -R", f"/bench/peers/unshare -muipf -R {ROOT} {PROGRAM}", 5, 8,
        "root; mount, UTS, IPC and PID namespaces"),
    Way("bwrap --bind", f"/bench/peers/bwrap --bind {ROOT} / {PROGRAM}", 5, 8, "root in a mount namespace"),
    Way("bwrap, as alike", f"/bench/peers/bwrap --bind {ROOT} / --proc /proc --dev /dev --unshare-pid --unshare-ipc "
        f"--unshare-uts --cap-drop ALL {CAPS} {PROGRAM}", 5, 8, "+ /proc, /dev; PID, IPC, UTS; capabilities"),
    Way("crun", "/bench/peers/crun --cgroup-manager=disabled run -b /bench/bundle bench", 4, 4,
        "the same, masked files of /proc"),
    Way("runc", "/bench/peers/runc run -b /bench/bundle bench", 3, 2, "the same, and a control group"),
]


def bundle() -> dict:
    """The configuration for crun and runc, with the walls of a jail as far as they have them."""
    caps = [f"CAP_{name}" for name in CEILING]
    safe = ["nosuid", "noexec", "nodev"]
    return {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": 0, "gid": 0}, "args": [PROGRAM], "cwd": "/", "env": ["PATH=/bin"],
            "capabilities": {name: caps for name in ("bounding", "effective", "permitted")},
        },
        "root": {"path": ROOT},
        "hostname": "bench",
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
            {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
             "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
            {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": [*safe, "mode=1777"]},
        ],
        "linux": {
            "namespaces": [{"type": name} for name in ("pid", "ipc", "uts", "mount")],
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    }


def measure(kernels: Kernels, mounts: int) -> Samples:
    folder = BUILD / "bench/bundle"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(bundle()))
    options = [option for path in PEERS for option in ("--add", f"{path}:/bench/peers/{path.rsplit('/', 1)[1]}")]
    script = [f"/bench/mounts {mounts}"]
    # A jail lives meanwhile, as on a host that has some: the first one pays for all others.
    script.append("jail -M /srv/bench default 10.2.3.5 /bench/idle & sleep 1")
    script += [f"/bench/start '{way.name}' {way.rounds} {way.starts} {way.command}" for way in WAYS]
    return boot(kernels["patched"], "\n".join(script), *options, "--add", f"{folder}:/bench/bundle", "--mem", "1024")


def run(kernels: Kernels) -> Section:
    section = Section("start")
    found: dict[int, dict[str, Figure]] = {}
    for mounts in (FEW, MANY):
        say(f"{mounts} mounts")
        samples = measure(kernels, mounts)
        found[mounts] = {name.split(".", 1)[1]: Figure.of(values) for name, values in samples.items()}
        section.figures |= {f"{name}, {mounts} mounts": figure for name, figure in found[mounts].items()}
    few, many = found[FEW], found[MANY]
    chroot = few["fork+chroot+exec"].median
    table = Table(f"Starting a program and waiting for its end: instructions, with {FEW} and {MANY} mounts on the host",
                  ["way", "minimum", "median", "of chroot", f"{MANY} mounts", "growth", "walls"])
    for way in WAYS:
        one, more = few[way.name], many[way.name]
        table.rows.append([way.name, number(one.minimum), number(one.median), f"{one.median / chroot:.2f}",
                           number(more.median), f"{more.median / one.median:.2f}", way.walls])
    ours = ("fork+jail()+exec", "jail -M", "jail")
    section.watched = [f"{name}, {mounts} mounts" for name in ours for mounts in (FEW, MANY)]
    section.tables = [table]
    section.limits = [
        Limit("fork+jail()+exec of fork+chroot+exec", few["fork+jail()+exec"].median / chroot, 1.03),
        Limit("jail -M of chroot(1)", few["jail -M"].median / few["chroot(1)"].median, 1),
        Limit("jail of bwrap --bind", few["jail"].median / few["bwrap --bind"].median, 0.5),
        Limit("jail of crun", few["jail"].median / few["crun"].median, 0.2),
        Limit(f"jail -M with {MANY} mounts of it with {FEW}", many["jail -M"].median / few["jail -M"].median, 1.5),
    ]
    section.pictures["start"] = picture(few, many)
    return section


def picture(few: dict[str, Figure], many: dict[str, Figure]) -> str:
    rows = "\n".join(f'"{way.name}" {few[way.name].median} {many[way.name].median}' for way in WAYS)
    return f"""$data << EOD
{rows}
EOD
set title 'Instructions from the start of a program to its end'
set ylabel 'instructions'
set logscale y
set yrange [100000:]
set format y '10^{{%T}}'
set style data histograms
set style histogram clustered gap 1
set style fill solid
set grid ytics
set xtics rotate by -40
set key top left
plot $data using 2:xtic(1) title '{FEW} mounts on the host', '' using 3 title '{MANY} mounts'
"""
