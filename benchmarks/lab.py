"""The lab's experiments, run in their quick setting: what each must show, and what it showed.

python benchmarks/lab.py [NAME …]     what is kept in fullmenu-lab/ is not trained again
"""

from __future__ import annotations

import sys
from pathlib import Path

from fullmenu.errors import FullmenuError
from fullmenu.lab.registry import experiment, names
from fullmenu.lab.runs import run
from fullmenu.report.lab.words import figure
from table import Table

FOLDER = Path("fullmenu-lab")


def main(chosen: list[str]) -> int:
    missed = 0
    for name in chosen or names():
        found = experiment(name)
        try:
            result = run(found, folder=FOLDER / name)
        except FullmenuError as error:
            print(f"\n{name}: not run: {error}")
            continue
        seconds = sum(cell.seconds for cell in result.cells)
        table = Table(f"{name}: {len(result.seeds)} seeds, {seconds:.0f} CPU seconds")
        for arm in found.arms:
            shown = [
                f"{number} {figure(result.estimate(arm, number), about.digits)}"
                for number, about in found.numbers.items()
            ]
            table.add(arm, ", ".join(shown))
        for claim in found.claims(result):
            table.add(claim.says, claim.shown, "must hold", claim.holds)
            missed += not claim.holds
        table.show()
    return missed


if __name__ == "__main__":
    raise SystemExit(1 if main(sys.argv[1:]) else 0)
