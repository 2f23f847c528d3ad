"""Deletes permission checks one at a time, in a copy of the project, and tells whether a test turned red.

Run by hand: ``python -m tests.architecture.guard_mutants --count 12``. Takes a minute or so for each.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIRE = re.compile(r"^(\s+)require\((by|user), .*\)$", re.M)
PAGE = re.compile(r"@page\(Permission\.\w+\)")
TESTS = ["tests/architecture/test_action_guards.py", "tests/architecture/test_access_matrix.py"]


@dataclass(frozen=True)
class Mutant:
    """A check that is taken away: in which file, where, and what stands there instead."""

    path: Path
    start: int
    end: int
    instead: str

    def named(self) -> str:
        text = (ROOT / self.path).read_text("utf-8")
        line = text.count("\n", 0, self.start) + 1
        return f"{self.path}:{line} {text[self.start : self.end].strip()}"


def mutants() -> list[Mutant]:
    """Every ``require`` in the package, replaced by ``pass``, and every declared permission, by any session."""
    found = []
    for path in sorted((ROOT / "marketplace").rglob("*.py")):
        text, name = path.read_text("utf-8"), path.relative_to(ROOT)
        if name.name in ("access.py", "page.py"):
            continue
        found += [Mutant(name, m.start(), m.end(), f"{m[1]}pass") for m in REQUIRE.finditer(text)]
        found += [Mutant(name, m.start(), m.end(), "@page(Access.SIGNED_IN)") for m in PAGE.finditer(text)]
    return found


def killed(mutant: Mutant, copy: Path) -> bool:
    """Whether a test turns red without the check."""
    target = copy / mutant.path
    whole = target.read_text("utf-8")
    text = whole[: mutant.start] + mutant.instead + whole[mutant.end :]
    if "Access.SIGNED_IN" in mutant.instead and not re.search(r"import .*\bAccess\b", text):
        text = text.replace("from marketplace.web.page import", "from marketplace.web.page import Access,", 1)
    target.write_text(text, "utf-8")
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS],
            cwd=copy,
            capture_output=True,
            text=True,
        )
    finally:
        target.write_text(whole, "utf-8")
    if run.returncode not in (0, 1):
        raise RuntimeError(run.stdout[-2000:] + run.stderr[-2000:])
    return run.returncode == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    chosen = random.Random(wanted.seed).sample(mutants(), wanted.count)
    copy = Path(tempfile.mkdtemp(prefix="mutants-")) / "project"
    left_out = shutil.ignore_patterns(".git", ".venv", "node_modules", "instance", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=left_out)
    survivors = 0
    for mutant in chosen:
        dead = killed(mutant, copy)
        survivors += not dead
        print("killed  " if dead else "SURVIVED", mutant.named(), flush=True)
    shutil.rmtree(copy.parent)
    print(f"{wanted.count - survivors} of {wanted.count} killed, out of {len(mutants())} checks")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
