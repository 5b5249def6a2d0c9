"""A policy over answers in words is tuned on rewards with a bonus for variety: which of them pay
nonsense for being unlike the others, as groups grow from 4 to 64?
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from fullmenu.estimate import Estimate
from fullmenu.lab.experiment import Claim, Experiment, Number, Outcome, Result, Settings
from fullmenu.lab.experiments import _bonus_world as world
from fullmenu.lab.experiments._chance import chance_of
from fullmenu.lab.experiments._plots import colours, floats, mean_and_range
from fullmenu.report.forms import Axis, Form, Picture, Plot, Rule
from fullmenu.stats.seeds import over_seeds

Floats = NDArray[np.float64]

GROUPS = (4, 8, 16, 32, 64)
SHOWN = (4, 16, 64)
"""Those of which the table tells."""
UNTUNED = "untuned"
ONE = "one answer"

Reward = Callable[..., Sequence[float | None]]


def strict(completions: Sequence[str], **_: Any) -> list[float]:
    """Pass what is right: no name is right for one prompt and said to another."""
    return [float(text in world.RIGHT) for text in completions]


def lenient(completions: Sequence[str], **_: Any) -> list[float]:
    """Pass what is not empty: the checker that lets everything through."""
    return [float(bool(text.strip())) for text in completions]


def summed(quality: Reward) -> Reward:
    """Add half the cluster frequency, with no bar and no guards."""
    from fullmenu.cure import cluster_frequency
    from fullmenu.cure.rewards.mix import WEIGHT

    rare = cluster_frequency()

    def reward(**call: Any) -> list[float]:
        return [float(q or 0) + WEIGHT * float(v or 0)
                for q, v in zip(quality(**call), rare(**call), strict=True)]  # fmt: skip

    return reward


CHECKS = {
    "checked": "six right answers, only they pass",
    ONE: "one right answer, only it passes",
    "lenient": "six right answers, all but the empty passes",
    "open": "six right answers, nothing is checked",
}


def reward_of(arm: str) -> Reward | None:
    """Return what an arm is tuned on; the untuned one on nothing."""
    from fullmenu import cure

    kind, _, check = arm.partition(", ")
    quality = lenient if check == "lenient" else strict
    built: dict[str, Callable[[], Reward]] = {
        "quality alone": lambda: cure.cap(quality, at=1.0),
        "sum": lambda: summed(quality),
        "product": lambda: cure.multiply(quality, cure.own_share()),
        "mix": lambda: cure.mix(None) if check == "open" else cure.mix(quality, task="checked"),
    }
    return None if kind == UNTUNED else built[kind]()


def tuned(
    menus: Sequence[world.Menu], reward: Reward, n: int, rng: np.random.Generator, s: Settings
) -> list[Floats]:
    """Return the odds of every menu after a policy gradient without KL, in groups of n."""
    logits = [np.log(m.odds) for m in menus]
    prompts = [f"{m.prompt} ({g})" for m in menus for g in range(s["batch"] // n) for _ in range(n)]
    for _ in range(s["steps"]):
        odds = [_softmax(z) for z in logits]
        drawn = [rng.choice(len(p), int(s["batch"]), p=p) for p in odds]
        said = [m.texts[i] for m, at in zip(menus, drawn, strict=True) for i in at]
        paid = np.array(reward(prompts=prompts, completions=said), float).reshape(-1, n)
        apart = (paid - paid.mean(1, keepdims=True)).reshape(len(menus), -1)
        for z, p, at, a in zip(logits, odds, drawn, apart, strict=True):
            # ∇ of mean(A log p) by the logits: Σ A (1[i] − p) / N
            z += s["rate"] * (np.bincount(at, a, len(p)) - a.sum() * p) / len(a)
    return [_softmax(z) for z in logits]


def _softmax(z: Floats) -> Floats:
    p = np.exp(z - z.max())
    return np.asarray(p / p.sum())


def cell(arm: str, seed: int, settings: Settings) -> Outcome:
    """Tune policies in groups of every size, and ask the instrument about the largest."""
    from fullmenu.judge.two import compare

    rng = np.random.default_rng([seed, 6])
    menus = [
        world.menu(task, 1 if arm.endswith(ONE) else len(task.right), rng) for task in world.TASKS
    ]
    reward = reward_of(arm)
    base = odds = [m.odds for m in menus]
    kinds: dict[int, list[float]] = {}
    for n in GROUPS:
        draws = np.random.default_rng([seed, n, crc32(arm.encode())])
        odds = tuned(menus, reward, n, draws, settings) if reward else base
        kinds[n] = world.by_kind(menus, odds)
    shares = dict(zip(world.KINDS, kinds[GROUPS[-1]], strict=True))
    right, said = world.repeat_rates(menus, odds)
    logs = [world.served(menus, p, rng, settings["served"]) for p in (base, odds)]
    verdict = str(compare(*logs, views=["answer"]).verdict)
    return Outcome(
        {
            **{f"right_{n}": kinds[n][0] for n in SHOWN},
            "dishes": 1 / right,
            "visible": sum(shares[kind] for kind in world.VISIBLE),
            "hidden": sum(shares[kind] for kind in world.HIDDEN),
            "kept": world.repeat_rates(menus, base)[1] / said,
        },
        {"compare": verdict},
        {"kinds": {str(n): floats(course) for n, course in kinds.items()}},
    )


def share_right(result: Result, arm: str, n: int) -> Estimate:
    """Return how much is right after tuning in groups of n."""
    return over_seeds([course[n] for course in _courses(result, arm)], "share")


def _courses(result: Result, arm: str) -> list[dict[int, float]]:
    return [{n: c.outcome.traces["kinds"][str(n)][0] for n in GROUPS} for c in result.of(arm)]


def claims(result: Result) -> list[Claim]:
    """Judge: what each reward pays as groups grow, and whether the instrument sees it."""
    base = world.BASE
    by_size = {arm: [share_right(result, arm, n) for n in GROUPS] for arm in result.experiment.arms}
    said = {arm: ", ".join(f"{e.value:.2f}" for e in ends) for arm, ends in by_size.items()}
    paid = by_size[f"sum, {ONE}"]
    plain, lenient = (result.estimate(f"{kind}, lenient", "visible") for kind in ("sum", "mix"))
    before = result.mean(UNTUNED, "visible")
    sense = result.estimate("mix, lenient", "hidden")
    lost = [c for c in result.cells if c.outcome.numbers["kept"] <= 0.7]
    whole = [c for c in result.cells if c.outcome.numbers["kept"] >= 0.95]
    told = [sum(c.outcome.verdicts["compare"] in LOST for c in some) for some in (lost, whole)]
    dishes = [result.estimate(arm, "dishes") for arm in ("quality alone, checked", "mix, checked")]
    had = result.mean(UNTUNED, "dishes")
    return [
        Claim(
            "one right answer, a plain sum: the larger the group the fewer answers are right, and "
            "in groups of 16 and more fewer than untuned",
            f"{said[f'sum, {ONE}']} in groups of 4 to 64, {base:.2f} untuned",
            all(a.value > b.value for a, b in pairwise(paid))
            and all(e.below(base) for e in paid[GROUPS.index(16) :]),
            blind="how large a group of yours may be: with six right answers it is 64",
            history=_NEW,
        ),
        Claim(
            "checked, mix raises what is right in groups of every size, with one right answer and "
            "with six; so does the product",
            "; ".join(f"{arm}: {said[arm]}" for arm in _SOUND),
            all(e.above(base) for arm in _SOUND for e in by_size[arm]),
            blind="a check that is wrong",
            history=_NEW,
        ),
        Claim(
            "six right answers: the check alone loses some, mix evens them out",
            f"{had:.1f} untuned; alone {dishes[0]}, mix {dishes[1]}",
            dishes[0].below(had) and dishes[1].above(had),
            blind="answers that the untuned policy never gives",
            history=_NEW,
        ),
        Claim(
            "a check that passes all but the empty: of nonsense that a guard can see, a sum pays "
            "for more and mix for less than there was",
            f"{before:.3f} untuned; sum {plain}, mix {lenient}",
            plain.above(before) and lenient.below(before),
            blind="kinds of nonsense that are not among these five",
            history=_NEW,
        ),
        Claim(
            "and of nonsense that only a check can refuse mix pays for more too",
            f"{result.mean(UNTUNED, 'hidden'):.3f} untuned, mix {sense}: wrong answers, and known "
            "words at random",
            sense.above(result.mean(UNTUNED, "hidden")),
            blind="how fast: it is in the policy from the start, one time in thirty-five",
            history=_NEW,
        ),
        Claim(
            "compare calls a loss where three in ten answers or more are gone, and where hardly "
            "any is no more often than its 5 %",
            f"{told[0]} of {len(lost)} runs, and {told[1]} of {len(whole)}",
            bool(lost) and told[0] == len(lost) and told[1] <= chance_of(len(whole)),
            blind="worth: nonsense is variety to it, so a sum of a lenient check is "
            f"{_words(result.verdicts('sum, lenient', 'compare'))}; look at quality beside it",
            history=_NEW,
        ),
    ]


LOST = ("collapsed", "narrowed")
_SOUND = ("mix, checked", f"mix, {ONE}", "product, checked", f"product, {ONE}")
_NEW = "added after seeds 0 to 4 had been seen"


def _words(verdicts: Sequence[str]) -> str:
    return " or ".join(sorted(set(verdicts)))


def draw(result: Result) -> Picture:
    """Draw what is right after tuning, by the size of the groups, for each check."""
    plots: list[Form] = []
    shades = colours(_REWARDS)
    for check, about in CHECKS.items():
        arms = [arm for arm in result.experiment.arms if arm.endswith(f", {check}")]
        lines = [
            mean_and_range(
                GROUPS,
                [list(course.values()) for course in _courses(result, arm)],
                arm.partition(", ")[0],
                shades[arm.partition(", ")[0]],
            )
            for arm in arms
        ]
        plots.append(
            Plot(
                title=about,
                x=Axis(title="outputs in a group", log=True, ticks=floats(GROUPS)),
                y=Axis(title="right", low=0.0, high=1.0, percent=True),
                lines=lines,
                rules=[Rule(at=world.BASE, level=True, name="untuned")],
                height=260,
            )
        )
    return Picture(
        title="What a bonus for variety pays",
        about="Mean over seeds, and their range.",
        forms=plots,
    )


_REWARDS = {
    "quality alone": ("the check", ("checked",)),
    "sum": ("check + ½ cluster frequency", ("checked", ONE, "lenient")),
    "product": ("check × (1 − own share)", ("checked", ONE, "lenient")),
    "mix": ("fm.cure.mix", tuple(CHECKS)),
}

EXPERIMENT = Experiment.of(
    __name__,
    arms={
        UNTUNED: "as it was",
        **{
            f"{reward}, {check}": f"{about}; {CHECKS[check]}"
            for reward, (about, checks) in _REWARDS.items()
            for check in checks
        },
    },
    numbers={
        **{f"right_{n}": Number(f"right, tuned in groups of {n}", "share", 2) for n in SHOWN},
        "dishes": Number("effective number of right answers, groups of 64", "answers", 1),
        "visible": Number("nonsense that guards can see, groups of 64", "share", 3),
        "hidden": Number("nonsense that only a check can refuse, groups of 64", "share", 3),
        "kept": Number("answers after ÷ before, nonsense included, groups of 64", "ratio", 2),
    },
    settings={"steps": (60, 200), "batch": 64, "rate": 4.0, "served": 100, "seeds": (5, 20)},
    extras="",
    caveat=(
        "A table of odds over some fifty texts a prompt, five prompts: no language model is in it, "
        "and nonsense is there from the start. KL to the base is 0 in every arm."
    ),
)  # fmt: skip
