"""What a verdict rests on: how often does it say the wrong word where a premise fails?

One function a row, registered with ``@row("name")``: it takes the number of simulations and adds
its lines to the table, each rate with its standard error.

Run: python benchmarks/premises.py [--runs 1000] [--only name,name]
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

from table import Table

Row = Callable[[Table, int], None]
ROWS: dict[str, Row] = {}
"""Every row by name; ``--only`` picks some."""


def row(name: str) -> Callable[[Row], Row]:
    """Register a row under a name."""

    def register(function: Row) -> Row:
        ROWS[name] = function
        return function

    return register


def rate(hits: int, runs: int) -> str:
    """Return a share of runs with its standard error.

    >>> rate(50, 1000)
    '.050 ± .007'
    """
    p = hits / runs
    return f"{p:.3f} ± {math.sqrt(p * (1 - p) / runs):.3f}".replace("0.", ".")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--only", default=",".join(ROWS))
    asked = parser.parse_args()
    table = Table(f"What verdicts rest on, {asked.runs} simulations a rate")
    for name in filter(None, asked.only.split(",")):
        ROWS[name](table, asked.runs)
    table.show()


if __name__ == "__main__":
    main()
