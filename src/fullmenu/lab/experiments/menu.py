"""A kitchen of 200 dishes is tuned on its guests' score: how sharp must the score be to empty the
menu?
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from fullmenu.lab.experiment import Cell, Claim, Experiment, Number, Outcome, Result, Settings
from fullmenu.lab.experiments._plots import Course, courses
from fullmenu.report.forms import Axis, Picture, Plot

UNTUNED = "untuned"
SHARPNESS = {
    UNTUNED: 0.0,
    "no favourites": 0.0,
    "a quarter": 0.25,
    "a half": 0.5,
    "as in the demo": 1.0,
    "double": 2.0,
}

COLOURS = ["#8a8a8a", "#4c78a8", "#54a24b", "#eeb422", "#e4572e", "#8c1c13"]


def cell(arm: str, seed: int, settings: Settings) -> Outcome:
    """Tune a menu on a reward of one sharpness, and ask the instrument what it sees."""
    from fullmenu.judge.two import compare
    from fullmenu.lab import restaurant

    rate = 0.0 if arm == UNTUNED else 0.1
    run = restaurant.run(seed=seed, sharpness=SHARPNESS[arm], learning_rate=rate, **settings)
    document: Any = compare(run.before, run.after).document
    first, last = run.history[0], run.history[-1]
    # plates of different dishes for one guest are not quite at k = 0, so the scale is the view's
    seen = {side: document["views"]["answer"][side]["repeat_rate"] for side in ("before", "after")}
    return Outcome(
        {
            "dishes": last.dishes,
            "kept": last.dishes / first.dishes,
            "seen": seen["before"]["value"] / seen["after"]["value"],
            "served": float(len(np.unique(run.after_dishes))),
            "reward": last.reward - first.reward,
        },
        {"compare": document["verdict"]},
        {"dishes": [point.dishes for point in run.history[:: max(len(run.history) // 60, 1)]]},
    )


def chance_of(runs: int, rate: float = 0.05) -> int:
    """Return the most false verdicts that so many runs show with probability at least 95 %.

    >>> chance_of(5), chance_of(20)
    (1, 3)
    """
    from scipy.stats import binom

    return int(binom.ppf(0.95, runs, rate))


def claims(result: Result) -> list[Claim]:
    """Judge: the sharper, the fewer; the instrument sees it, and nothing where nothing was."""
    arms = list(SHARPNESS)
    dishes = [result.mean(arm, "dishes") for arm in arms]
    still = result.verdicts(UNTUNED, "compare")
    sharp = result.verdicts("as in the demo", "compare")
    true = np.array([result.values(arm, "kept") for arm in arms]).ravel()
    seen = np.array([result.values(arm, "seen") for arm in arms]).ravel()
    agree = float(np.corrcoef(np.argsort(np.argsort(true)), np.argsort(np.argsort(seen)))[0, 1])
    return [
        Claim(
            "the sharper the reward, the fewer dishes are cooked",
            " > ".join(f"{d:.1f}" for d in dishes),
            all(a > b for a, b in pairwise(dishes)),
        ),
        Claim(
            "of the untuned kitchen, served twice, compare claims no more losses than its 5 %",
            f"collapsed {still.count('collapsed')}, narrowed {still.count('narrowed')} "
            f"of {len(still)}",
            "collapsed" not in still and still.count("narrowed") <= chance_of(len(still)),
        ),
        Claim(
            "at the demo's sharpness it says collapsed every time",
            f"{sharp.count('collapsed')} of {len(sharp)}",
            set(sharp) == {"collapsed"},
        ),
        Claim(
            "what it sees ranks the runs as the truth does: Spearman at least 0.9",
            f"{agree:.3f}",
            agree >= 0.9,
        ),
    ]


def draw(result: Result) -> Picture:
    """Draw the dishes cooked over the tuning, a line a seed."""

    def course(cell: Cell) -> Course:
        dishes = cell.outcome.traces["dishes"]
        return np.linspace(0, result.settings["steps"], len(dishes)).tolist(), dishes

    plot = Plot(
        x=Axis(title="tuning step"),
        y=Axis(title="dishes really cooked, per guest (effective number)"),
        lines=courses(result, SHARPNESS, course),
        height=300,
    )
    return Picture(
        title="A menu under its score",
        about="A line a seed; the names are the reward's favourites.",
        forms=[plot],
    )


EXPERIMENT = Experiment.of(
    __name__,
    arms={
        UNTUNED: "learning rate 0: the same kitchen serves twice",
        "no favourites": "nothing earns more; what is lost is lost to the noise of the tuning",
        **{arm: f"three dishes earn {0.027 * s:.1%} more" for arm, s in SHARPNESS.items() if s},
    },
    numbers={
        "dishes": Number("dishes really cooked per guest, effective number", "dishes", 1),
        "kept": Number("of those before tuning", "share"),
        "seen": Number("kept, as the instrument's answer view sees it", "share"),
        "served": Number("of 200 dishes, served at all", "dishes", 0),
        "reward": Number("gained in mean reward", "reward", 4),
    },
    settings={"steps": 240, "per_prompt": (12, 24), "seeds": (5, 20)},
    extras="",
    caveat="One small policy and one reward by hand; no language model is in it.",
)
