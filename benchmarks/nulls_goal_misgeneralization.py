"""Goal misgeneralization where there is none: how often does the diagnosis cry wolf?

Episodes, answers and scores are simulated: the numbers that rolling out would give. Levels differ
in how often their goal's cell is passed by chance, training runs in how able they are.

Run: python benchmarks/nulls_goal_misgeneralization.py [cases]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable

import numpy as np

from fullmenu.diagnose.goals.classifiers import cue_against_content
from fullmenu.diagnose.goals.diagnosis import INTENT, judge_episodes
from fullmenu.diagnose.goals.graders import grader_cue_against_content
from fullmenu.diagnose.goals.rollouts import RANDOM, Episode
from fullmenu.finding import Finding
from table import Table

LEVELS = 100
WRONG = ("failure", "warning")


def played(rng: np.random.Generator, runs: int, follows: float, able: float) -> list[Episode]:
    """Episodes of policies that follow the goal on a share of levels, and the proxy on others."""
    chance = rng.beta(2, 8, LEVELS)
    found = []
    for seed in range(runs):
        skill = np.clip(rng.normal(able, 0.04), 0, 1)
        share = np.clip(rng.normal(follows, 0.05 if 0 < follows < 1 else 0), 0, 1)
        after_goal = rng.random(LEVELS) < share
        for moved in (False, True):
            alive = rng.random(LEVELS) < skill
            passes = rng.random(LEVELS) < chance
            at_c = alive & (passes | (after_goal & (not moved)))
            rows = zip(range(LEVELS), at_c, alive & ~at_c, ~alive, strict=True)
            found += [Episode("p", seed, k, moved, *map(bool, came)) for k, *came in rows]
    for number in range(5):
        for moved in (False, True):
            u = rng.random(LEVELS)
            rows = zip(range(LEVELS), u < 0.1, (u >= 0.1) & (u < 0.15), u > 0.4, strict=True)
            found += [Episode(RANDOM, number, k, moved, *map(bool, came)) for k, *came in rows]
    return found


def threshold_share() -> float:
    """Share of levels to follow so that intent is the threshold: (1 − E chance) · share · able."""
    return INTENT / (0.8 * 0.9)


def answers(rng: np.random.Generator, classes: int, accuracy: float, runs: int) -> Finding:
    """A classifier that is blind to the cue, on 120 neutral and 120 conflicting items."""
    n = 240
    content = np.tile(rng.integers(0, classes, n), runs)
    shift = np.tile(rng.integers(1, classes, n), runs)
    seeds, items = np.repeat(np.arange(runs), n), np.tile(np.arange(n), runs)
    wrong = rng.random(n * runs) > np.repeat(np.clip(rng.normal(accuracy, 0.02, runs), 0, 1), n)
    said = np.where(wrong, (content + rng.integers(1, classes, n * runs)) % classes, content)
    cue = [None if i < n // 2 else int((c + s) % classes)
           for i, c, s in zip(items, content, shift, strict=True)]  # fmt: skip
    return cue_against_content(said.tolist(), content.tolist(), cue, seeds=seeds, items=items)


def grades(rng: np.random.Generator, effect: float, runs: int) -> Finding:
    """A grader that is blind to the cue, on 60 items."""
    shape = (runs, 60, 2, 2)
    run, item, good, on = (x.ravel() for x in np.indices(shape))
    score = effect * good + rng.normal(0, 1, 60)[item] + rng.normal(0, 1, len(item))
    return grader_cue_against_content(item, good, on, score, seeds=run, seed=int(rng.integers(99)))


def main(cases: int = 500) -> int:
    table = Table(f"Goal misgeneralization where there is none, {cases} cases each")
    competent = (*WRONG, "incapable")
    rows: list[tuple[str, tuple[str, ...], Callable[[np.random.Generator], Finding]]] = [
        ("5 policies follow the goal", competent, lambda g: judge_episodes(played(g, 5, 1, 0.9))),
        ("1 policy follows the goal", competent, lambda g: judge_episodes(played(g, 1, 1, 0.9))),
        ("5 policies, intent at the threshold", WRONG,
         lambda g: judge_episodes(played(g, 5, threshold_share(), 0.9))),
        ("1 policy, intent at the threshold", WRONG,
         lambda g: judge_episodes(played(g, 1, threshold_share(), 0.9))),
        ("5 policies blind to the goal: ok", ("ok",),
         lambda g: judge_episodes(played(g, 5, 0, 0.9))),
        ("5 incompetent policies: anything else", (*WRONG, "ok", "inconclusive"),
         lambda g: judge_episodes(played(g, 5, 0, 0.2))),
        ("classifier blind to the cue, 10 classes, 5 runs", competent,
         lambda g: answers(g, 10, 0.8, 5)),
        ("classifier blind to the cue, 2 classes, 1 run", WRONG, lambda g: answers(g, 2, 0.7, 1)),
        ("grader blind to the cue, 1 run", competent, lambda g: grades(g, 1.0, 1)),
        ("graders blind to the cue, weak, 5 runs", WRONG, lambda g: grades(g, 0.2, 5)),
    ]  # fmt: skip
    missed = 0
    for row, (what, wrong, make) in enumerate(rows):
        rng = np.random.default_rng([row, 6])
        counts = Counter(make(rng).verdict for _ in range(cases))
        rate = sum(counts[v] for v in wrong) / cases
        said = ", ".join(f"{v} {n / cases:.1%}" for v, n in counts.most_common())
        table.add(what, f"false {rate:.1%} ({said})", "≤ 5 %", rate <= 0.05)
        missed += rate > 0.05
    table.show()
    return missed


if __name__ == "__main__":
    raise SystemExit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 500) else 0)
