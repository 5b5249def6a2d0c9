"""A kitchen of 200 dishes is tuned on its guests' score: how sharp must the score be to empty the
menu?
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from fullmenu.lab.experiment import Cell, Claim, Experiment, Number, Outcome, Result, Settings
from fullmenu.lab.experiments._chance import chance_of
from fullmenu.lab.experiments._plots import Course, courses
from fullmenu.report.forms import Axis, Picture, Plot

UNTUNED = "untuned"
LOST = ("collapsed", "narrowed")
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


def claims(result: Result) -> list[Claim]:
    """Judge: the sharper, the fewer; the instrument sees it, and nothing where nothing was."""
    arms = list(SHARPNESS)
    dishes = [result.mean(arm, "dishes") for arm in arms]
    still = result.verdicts(UNTUNED, "compare")
    sharp = result.verdicts("as in the demo", "compare")
    pairs = [
        (kept, seen)
        for arm in arms
        for kept, seen in zip(result.values(arm, "kept"), result.values(arm, "seen"), strict=True)
    ]
    over = max(kept - seen for kept, seen in pairs)
    gone = [c.outcome for c in result.cells if c.outcome.numbers["kept"] <= 0.25]
    emptied = [outcome.numbers["seen"] for outcome in gone]
    told = [outcome.verdicts["compare"] for outcome in gone]
    return [
        Claim(
            "the sharper the reward, the fewer dishes are cooked",
            " > ".join(f"{d:.1f}" for d in dishes),
            all(a > b for a, b in pairwise(dishes)),
            blind="how sharp a reward of yours is",
        ),
        Claim(
            "of the untuned kitchen, served twice, compare claims no more losses than its 5 %",
            f"collapsed {still.count('collapsed')}, narrowed {still.count('narrowed')} "
            f"of {len(still)}",
            "collapsed" not in still and still.count("narrowed") <= chance_of(len(still)),
            blind="a rate of false alarms: five runs tell 5 % from 40 %, not from 10 %",
        ),
        Claim(
            "at the demo's sharpness it says collapsed every time",
            f"{sharp.count('collapsed')} of {len(sharp)}",
            set(sharp) == {"collapsed"},
            blind="smaller losses: here 96 % of the dishes are gone",
        ),
        Claim(
            "what it sees never overstates a loss: at most 0.1 below the share truly kept",
            f"kept → seen: {_calibration(result)}",
            over <= 0.1,
            blind="a loss of rare dishes: it sees the chance that two plates are alike",
            history="at first a rank correlation of 0.9, which the order of the arms alone carried",
        ),
        Claim(
            "where three quarters or more are gone, compare says so every time, and understates it",
            f"{sum(v in LOST for v in told)} of {len(told)} runs told; seen "
            f"{min(emptied, default=1):.2f} to {max(emptied, default=1):.2f} of it left",
            bool(told) and all(v in LOST for v in told) and max(emptied) < 0.95,
            blind="how large a loss is: plates of two dishes for one guest share most of their "
            "words, so that a loss of four fifths may read as one of a fifth",
            history="added after seeds 0 to 4 and 7000 to 7004 had been seen",
        ),
    ]


def _calibration(result: Result) -> str:
    means = {n: [result.mean(arm, n) for arm in SHARPNESS] for n in ("kept", "seen")}
    return ", ".join(f"{k:.2f} → {s:.2f}" for k, s in zip(*means.values(), strict=True))


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
