# SPDX-License-Identifier: GPL-2.0-only
"""From the branch to files: the patches, the series file, and what the project and the tree share."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from kernel_source import FORMAT_PATCH, IDENTITY, PROJECT, Error, clean_env, git, output

UAPI = "include/uapi/linux/jail.h"
UAPI_COPY = PROJECT / "userspace/include/linux/jail.h"
SELFTESTS = "tools/testing/selftests/jail"
DOCUMENTS = ("userspace-api", "security", "admin-guide")

# The commits that hold what the project keeps outside the tree, by subject.
SELFTESTS_COMMIT = "selftests/jail: add user space tests"
DOCUMENTS_COMMIT = "Documentation: jail: add user and kernel documentation"


def format_patches(repository: Path, base: str, tip: str) -> dict[str, bytes]:
    """The commits of a branch as patch files, in order."""
    with tempfile.TemporaryDirectory() as temp:
        # Which function a hunk is in depends on the attributes; a bare repository reads none by itself.
        attributes = Path(temp) / "attributes"
        attributes.write_bytes(blob(repository, tip, ".gitattributes") or b"")
        git("-c", f"core.attributesFile={attributes}", *FORMAT_PATCH, "-q", "-o", f"{temp}/out", f"{base}..{tip}",
            at=repository)
        return {path.name: path.read_bytes() for path in sorted(Path(temp).glob("out/*.patch"))}


def slug(name: str) -> str:
    return re.sub(r"^\d{4}-", "", name)


def series_text(old: str, names: list[str]) -> str:
    """The series file for new names: known patches stay under their heading, a new one joins the one before it."""
    headings: dict[str, str] = {}
    top, heading = [], ""
    for line in old.splitlines():
        if line.startswith("#"):
            heading = line
            if "SPDX" in line:
                top.append(line)
        elif line.strip():
            headings[slug(line.strip())] = heading
    lines, current = top or ["# SPDX-License-Identifier: GPL-2.0-only"], ""
    for name in names:
        wanted = headings.get(slug(name), current)
        if wanted != current and "SPDX" not in wanted:
            lines += ["", wanted]
            current = wanted
        lines.append(name)
    return "\n".join(lines) + "\n"


def shared_files() -> dict[str, dict[str, Path]]:
    """What the project keeps for the tree: subject of the commit -> path in the tree -> file of the project.

    Pages of the tree are those named jail*.rst: others are of the programs, or are pages that the tree has."""
    folder = PROJECT / "selftests/jail"
    tracked = output("git", "-C", PROJECT, "ls-files", "-co", "--exclude-standard", "selftests/jail").splitlines()
    tests = {f"{SELFTESTS}/{Path(name).relative_to('selftests/jail')}": PROJECT / name for name in tracked}
    pages = {}
    for area in DOCUMENTS:
        root = PROJECT / "Documentation" / area
        pages |= {f"Documentation/{p.relative_to(root.parent)}": p for p in sorted(root.rglob("jail*.rst"))}
    assert folder.is_dir() or not tests
    return {SELFTESTS_COMMIT: tests, DOCUMENTS_COMMIT: pages}


def blob(repository: Path, commit: str, path: str) -> bytes | None:
    """A file of a commit, or None."""
    done = subprocess.run(
        ["git", "-C", repository, "cat-file", "blob", f"{commit}:{path}"],
        check=False, capture_output=True, env=clean_env(),
    )
    return None if done.returncode else done.stdout


def synchronise(repository: Path, base: str, branch: str) -> str:
    """Rewrites the commits that hold the project's tests and pages; answers the tip.

    From the commit with the known subject on, each commit's tree gets the project's
    files; author, dates and message stay. Commits that would not change stay too.
    """
    commits = git("rev-list", "--reverse", f"{base}..{branch}", at=repository).split()
    shared = shared_files()
    subjects = {commit: git("log", "-1", "--format=%s", commit, at=repository) for commit in commits}
    missing = [subject for subject, files in shared.items() if files and subject not in subjects.values()]
    if missing:
        raise Error(f"branch {branch} has no commit '{missing[0]}' to hold the project's files")
    parent, active = base, {}
    with tempfile.TemporaryDirectory() as temp:
        env = clean_env(**IDENTITY) | {"GIT_INDEX_FILE": f"{temp}/index"}
        for commit in commits:
            active |= shared.get(subjects[commit], {})
            tree = git("rev-parse", f"{commit}^{{tree}}", at=repository)
            if active:
                tree = tree_with(repository, commit, active, env)
            if parent == git("rev-parse", f"{commit}^", at=repository) and tree == git(
                "rev-parse", f"{commit}^{{tree}}", at=repository
            ):
                parent = commit
                continue
            facts = git("log", "-1", "--format=%an%n%ae%n%ad%n%cn%n%ce%n%cd", "--date=raw", commit, at=repository)
            names = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL", "DATE")]
            message = git("log", "-1", "--format=%B", commit, at=repository)
            parent = git("commit-tree", tree, "-p", parent, at=repository, input=message.rstrip("\n") + "\n",
                         env=env | dict(zip(names, facts.split("\n"))))
    return parent


def tree_with(repository: Path, commit: str, files: dict[str, Path], env: dict[str, str]) -> str:
    """The tree of a commit with some files replaced; the folder of the selftests holds nothing else."""
    git("read-tree", commit, at=repository, env=env)
    if any(path.startswith(SELFTESTS + "/") for path in files):
        git("rm", "-rqf", "--cached", "--ignore-unmatch", SELFTESTS, at=repository, env=env)
    lines = []
    for path, source in files.items():
        name = git("hash-object", "-w", "--no-filters", source, at=repository)
        lines.append(f"{'100755' if source.stat().st_mode & 0o100 else '100644'} {name}\t{path}\n")
    git("update-index", "--add", "--index-info", at=repository, env=env, input="".join(lines))
    return git("write-tree", at=repository, env=env)
