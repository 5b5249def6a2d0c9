"""Is what a model said read as it said it? One row for each thing that must hold.

Cases, frameworks and damaged files are the tests of the readers, run and counted. Equality, the
pipe, mutated files and speed are the benchmarks ``reading_equal``, ``reading_pipe``,
``reading_damage`` and ``reading_speed``, which say more of each when they are run alone.

Run: python benchmarks/reading.py [--only ROW] [--seed SEED] [--mutants FILES] [--prompts PROMPTS]
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import reading_damage
import reading_equal
import reading_pipe
import reading_speed
from fullmenu.readers import Packing, known_formats
from table import Table

HERE = Path(__file__).parent
GENERAL = {
    "table",
    "prompt-map",
    "text",
    "json",
    "jsonl",
    "csv",
    "tsv",
    "parquet",
    "arrow",
    "excel",
}
"""Formats that are no tool's own."""

Add = Callable[[Table, argparse.Namespace], None]


def counted(table: Table, what: str, module: str, chosen: str = "") -> None:
    """Add how many tests of a module pass; a test that is skipped does not."""
    test = HERE.parent / "tests" / "readers" / f"{module}.py"
    command = [sys.executable, "-m", "pytest", "-rfEs", "--tb=no", str(test)]
    done = subprocess.run(
        [*command, *(["-k", chosen] if chosen else [])],
        cwd=HERE.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    last = (done.stdout.splitlines() or [done.stderr])[-1]
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
    ran = sum(counts.values())
    passed = counts.get("passed", 0)
    table.add(what, f"{passed} of {ran}", f"{ran}", 0 < passed == ran)
    for line in done.stdout.splitlines():
        if line.startswith(("FAILED", "ERROR", "SKIPPED")):
            table.add(f"  {line[:110]}", "")


def cases(table: Table, given: argparse.Namespace) -> None:
    chosen = "read_right or as_it_is_meant or prompts_alone"
    counted(table, "cases of logs: each answered right", "test_cases", chosen)


def frameworks(table: Table, given: argparse.Namespace) -> None:
    counted(
        table, "frameworks under Langfuse, as values and as text", "test_frameworks",
        "s_generation",
    )  # fmt: skip


def formats(table: Table, given: argparse.Namespace) -> None:
    own = [one for name, one in known_formats().items() if name not in GENERAL]
    packings = sum(isinstance(one, Packing) for one in own)
    table.add(
        f"formats of tools read by name ({len(own) - packings} shapes, {packings} packings)",
        len(own), "≥ 27", len(own) >= 27,
    )  # fmt: skip
    every = known_formats().values()
    packings = sum(isinstance(one, Packing) for one in every)
    table.add(f"  with the general ones ({len(every) - packings} shapes, {packings} packings)",
              len(every))  # fmt: skip


def equality(table: Table, given: argparse.Namespace) -> None:
    reading_equal.equal(table, given.prompts)


def pipe(table: Table, given: argparse.Namespace) -> None:
    reading_pipe.pipe(table, given.seed)


def mutated(table: Table, given: argparse.Namespace) -> None:
    reading_damage.mutated(table, given.mutants, given.seed * given.mutants)


def damaged(table: Table, given: argparse.Namespace) -> None:
    counted(table, "damaged files: tests that hold", "test_damage_cases")


def speed(table: Table, given: argparse.Namespace) -> None:
    reading_speed.measured(table, rounds=5)


ROWS: dict[str, Add] = {
    "cases": cases, "frameworks": frameworks, "formats": formats, "equality": equality,
    "pipe": pipe, "mutated": mutated, "damaged": damaged, "speed": speed,
}  # fmt: skip


def main() -> None:
    told = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    told.add_argument("--only", default="", metavar="ROW", help=f"part of one of {', '.join(ROWS)}")
    told.add_argument("--seed", type=int, default=0)
    told.add_argument("--mutants", type=int, default=2_000, metavar="FILES")
    told.add_argument("--prompts", type=int, default=20, metavar="PROMPTS")
    given = told.parse_args()
    rows = {name: add for name, add in ROWS.items() if given.only in name}
    if not rows:
        told.error(f"no row {given.only!r}: choose from {', '.join(ROWS)}")
    table = Table(f"Reading (seed {given.seed})")
    for add in rows.values():
        add(table, given)
    table.show()


if __name__ == "__main__":
    main()
