"""Is the house in order? One of each thing, names that tell, rules that the machine holds.

Prints what stands in `src/fullmenu` now beside what it must be: how often one thing is written, lines,
types, names, imports, the way of a log through `compare`, and how many files a change touches (the
sample patches in `benchmarks/structure/patches` are applied to a copy, and tested there).

Mutants have a table of their own: `python benchmarks/mutants.py`.

Run: python benchmarks/house.py [--patches]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from structure import imports, source, way
from table import Table

import fullmenu as fm

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "fullmenu"

SAME_KIND = {
    "registry": "each lists what its own room offers by name",
}
"""Names that files of several rooms bear for the same kind of thing, and why that is one kind."""

PATCHES = {
    "column": ("a column of a report", 3, ["tests/report", "tests/judge/test_two.py"]),
    "view": ("a view", 3, ["tests/views"]),
    "format": ("a format (with its fixture and the fixture's script)", 3, ["tests/readers"]),
}
"""Sample patches: what each adds, how many files it may touch, the tests that must pass with it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patches", action="store_true", help="apply and test the sample patches")
    asked = parser.parse_args()
    sources = source.files(PACKAGE)
    table = Table("The house")
    copies(table, sources)
    types(table, sources)
    names(table, sources)
    lines(table, sources)
    ways(table, sources)
    if asked.patches:
        for name in PATCHES:
            patch(table, name)
    table.show()


def at_most(table: Table, what: str, count: float, most: float, more: str = "") -> None:
    """Add a row that may not be larger than so much."""
    shown = f"{count:,}" if isinstance(count, int) else f"{count:.1f}"
    table.add(what, f"{shown}{more}", f"≤ {most:,}", count <= most)
