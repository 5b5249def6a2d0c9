"""Are planted loops found, and polling and honest work left in peace?

Runs are made by the generators of ``tests/agents/test_loops.py``, on seeds that the tests do not
use: loops of four kinds, five kinds of polling, and four of honest work, each among other steps,
with and without results in the log.

Run: python benchmarks/agents.py [--runs 1000]
"""

from __future__ import annotations

import argparse
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from typing import Any

from fullmenu.agents import loops_in
from table import Table

HONEST = ("paging", "editing", "asking", "retrying")


def planted() -> Any:
    path = Path(__file__).parents[1] / "tests" / "agents" / "test_loops.py"
    spec = spec_from_file_location("planted", path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    n = parser.parse_args().runs
    made = planted()
    table, ok = Table(f"Runs with a loop found, of {n}"), True

    def add(what: str, run: Any, logged: bool, least: float, most: float) -> bool:
        told = f"{what}, {'with' if logged else 'without'} results"
        runs = (made.around(rng, run(rng), logged)
                for rng in (Random(f"other {what} {k}") for k in range(n)))  # fmt: skip
        found = sum(bool(loops_in(steps)) for steps in runs)
        good = least * n <= found <= most * n
        table.add(told, f"{found}", ">= 95 %" if least else "<= 2 %", good)
        return good

    for logged in (True, False):
        for kind, run in made.KINDS.items():
            ok &= add(kind, run, logged, 0.95, 1)
        for run in made.POLLING:
            ok &= add(f"polling: {run.__name__}", run, logged, 0, 0.02)
    for name in HONEST:
        ok &= add(f"work: {name}", getattr(made, name), True, 0, 0.02)
    table.show()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
