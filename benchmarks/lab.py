"""What must every experiment of the lab show, and what did it show, on unseen seeds too?

python benchmarks/lab.py [NAME …]     the shipped seeds; what fullmenu-lab/ holds is kept
  --seeds 31000-31004                 other seeds
  --keep                              keep what was seen in the lab, which prints it beside each run
python benchmarks/lab.py seeds        what is kept: claims that hold by experiment and set of seeds,
                                      and how long a quick run of all of them takes
python benchmarks/lab.py smear        rings and grids with modes lost and smears between them: what
                                      a user is told, with real vectors as the reference and without
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import FullmenuError
from fullmenu.judge.two import compare
from fullmenu.lab.experiments import _gan_2d, gan_grid, gan_ring
from fullmenu.lab.registry import experiment, names
from fullmenu.lab.runs import run, seeds_in
from fullmenu.lab.seed_sets import keep, kept_of
from fullmenu.report.lab.document import SeedSet
from fullmenu.report.lab.words import elsewhere, figure
from fullmenu.samples import Samples
from table import Table

FOLDER = Path("fullmenu-lab")
Floats = NDArray[np.float64]

SMEARS = (0.0, 0.3, 0.6)
RUNS = 3
LONGEST = 25
"""Minutes that a quick run of all may take."""

PLANES = {
    "ring": (gan_ring, (8, 6, 4)),
    "grid": (gan_grid, (25, 19, 12, 8, 6, 4)),
}
"""Where the modes lie, and how many are kept."""


def main(chosen: list[str], seeds: str | None, kept: bool) -> int:
    missed = 0
    for name in chosen or names():
        found = experiment(name)
        try:
            result = run(found, seeds=seeds_in(seeds) if seeds else None, folder=FOLDER / name)
        except FullmenuError as error:
            print(f"\n{name}: not run: {error}")
            continue
        seconds = sum(cell.seconds for cell in result.cells)
        table = Table(f"{name}: {len(result.seeds)} seeds, {seconds:.0f} CPU seconds")
        for arm in result.experiment.arms:
            shown = [
                f"{number} {figure(result.estimate(arm, number), about.digits)}"
                for number, about in found.numbers.items()
            ]
            table.add(arm, ", ".join(shown))
        claims = list(found.claims(result))
        for claim in claims:
            table.add(claim.says, claim.shown, "must hold", claim.holds)
            missed += not claim.holds
        table.show()
        if kept:
            keep(name, SeedSet(result.seeds, claims, round(seconds, 1)))
    return missed


def seed_table() -> int:
    """Print what is kept of every experiment; return how many claims failed."""
    table = Table("Claims on the seeds that are kept")
    failed, every = 0, 0.0
    left_out = []
    for name in names():
        sets = kept_of(name)
        for one in sets:
            missed = sum(not claim.holds for claim in one.claims)
            table.add(name, f"{elsewhere(one)}, {one.cpu_seconds:.0f} CPU s", "all", not missed)
            failed += missed
        if not sets:
            table.add(name, "none kept")
            left_out.append(name)
        every += max((one.cpu_seconds for one in sets), default=0.0)
    on_two = every / 60 / 2
    of_all = f"all but {', '.join(left_out)}" if left_out else "all"
    table.add(f"{of_all}, quick", f"{every:,.0f} CPU s, {on_two:.0f} minutes on two cores", "≤ 25",
              on_two <= LONGEST)  # fmt: skip
    table.show()
    return failed


def smeared(means: Floats, sd: float, kept: int, smear: float, rng: np.random.Generator) -> Floats:
    """Draw 2,500 samples of some modes, a share of them on lines between two of these."""
    modes = means[rng.permutation(len(means))[:kept]]
    x = _gan_2d.drawn_from(modes, sd, 2500, rng)
    a, b = (modes[rng.integers(kept, size=len(x))] for _ in range(2))
    t = rng.random((len(x), 1))
    line = t * a + (1 - t) * b + 2 * sd * rng.standard_normal(x.shape)
    return np.where(rng.random((len(x), 1)) < smear, line, x)


def smear_table() -> int:
    """Print what a user is told; return how often it is wrong."""
    table = Table(f"Off-manifold smear: verdicts of {RUNS} runs, without and with the reference")
    wrong = 0
    for place, (module, counts) in PLANES.items():
        s = module.EXPERIMENT.settings
        for kept in counts:
            lost = kept < len(module.MEANS)
            right = {"narrowed", "collapsed"} if lost else {"held"}
            for smear in SMEARS:
                told: list[list[str]] = [[], []]
                for seed in range(RUNS):
                    rng = np.random.default_rng([seed, kept, round(10 * smear), 77])
                    real, made = (
                        Samples.of_images(_gan_2d.kernel_rows(x, s["width"]))
                        for x in (
                            _gan_2d.drawn_from(module.MEANS, s["sd"], 2500, rng),
                            smeared(module.MEANS, s["sd"], kept, smear, rng),
                        )
                    )
                    for verdicts, reference in zip(told, (None, real), strict=True):
                        found = compare(real, made, views=["vector"], reference=reference)
                        verdicts.append(str(found.verdict))
                plain, told_real = (set(verdicts) for verdicts in told)
                holds = plain <= right | {"unclear"} and told_real <= right
                wrong += not holds
                print(place, kept, smear, *sorted(plain | told_real), file=sys.stderr, flush=True)
                table.add(
                    f"{place}, {kept} of {len(module.MEANS)} modes, {smear:.0%} smear",
                    f"{', '.join(sorted(plain))} | {', '.join(sorted(told_real))}",
                    f"{' or '.join(sorted(right))}; without one unclear too",
                    holds,
                )
    table.show()
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds")
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    tables = {"seeds": seed_table, "smear": smear_table}
    if given.names and given.names[0] in tables:
        raise SystemExit(1 if tables[given.names[0]]() else 0)
    raise SystemExit(1 if main(given.names, given.seeds, given.keep) else 0)
