"""From a table of trained networks to a finding: is there a ticket, and how sparse?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fullmenu.diagnose.tickets.accuracies import Trained, densities, paired
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict
from fullmenu.stats.holm import adjusted
from fullmenu.stats.quantile import check_level
from fullmenu.stats.seeds import over_seeds

UNIT = "accuracy"
FEWEST = 2
"""Seeds below which a difference has no interval."""

CONTROLS = {"reinitialised": "re-initialised", "shuffled": "shuffled mask", "dense": "dense"}


def judge_tickets(
    runs: Sequence[Trained],
    *,
    tolerance: float = 0.002,
    worth: float = 0.01,
    level: float = 0.95,
    subject: str = "model",
    barriers: Mapping[str, Estimate] | None = None,
    notes: Sequence[str] = (),
) -> Finding:
    """Judge from accuracies whether sparse networks need the initial weights they were found with.

    Of kind ``structure``. ``present``: at some density the ticket is above its control, the
    whole interval of the difference above 0 with Bonferroni's correction over densities (the
    first step of Holm's). ``absent``: at every density the interval ends below ``worth``. Else
    ``inconclusive``. The gap is the difference at the density where its interval lies highest.

    The sparsest matching ticket is found by non-inferiority to the dense network, one-sided and
    paired by seed, from the densest on: the first density that fails ends it, so that no
    correction is needed. After Frankle & Carbin 2019 (arXiv:1803.03635). Cannot see tickets that
    another way of pruning would find. Seeds that all give one difference leave no spread to judge
    by, and count for nothing.

    Parameters
    ----------
    runs
        One row for each trained network; tickets and their re-initialised controls, paired by
        seed, at one density or more. Dense and shuffled ones add what is said of them.
    tolerance
        A ticket matches where it is worse than the dense network by less than this (0.2 percentage
        points, as Frankle et al. 2020 have it).
    worth
        A gain over re-initialised weights that is smaller than this counts as none.
    level, subject
        Coverage of the intervals, all of them over seeds; what was pruned.
    barriers, notes
        Error barriers by name, to be shown as evidence; sentences to add.

    Raises
    ------
    NotEnoughData
        No density with two seeds or more of both ticket and control.
    BadInput
        Margins or a level that are none.

    Examples
    --------
    >>> reached = {"ticket": [0.94, 0.951, 0.952], "reinitialised": [0.9, 0.901, 0.912]}
    >>> runs = [Trained(0.1, arm, seed, accuracy)
    ...     for arm, of_arm in reached.items() for seed, accuracy in enumerate(of_arm)]
    >>> found = judge_tickets(runs)
    >>> found.verdict, round(found.gap.value, 3)
    ('present', 0.043)
    """
    for name, x in (("tolerance", tolerance), ("worth", worth)):
        if not x >= 0:
            raise BadInput(f"{name}={x}: give a difference in accuracy of at least 0")
    check_level(level)
    gains = {d: paired(runs, "reinitialised", d) for d in densities(runs)}
    gains = {d: x for d, x in gains.items() if len(x) >= FEWEST}
    if not gains:
        raise NotEnoughData(
            "no density has a ticket and a re-initialised control on 2 seeds; "
            "train both on 3 seeds or more, better 5"
        )
    shared = 1 - (1 - level) / len(gains)
    sure = {d: over_seeds(x, UNIT, shared) for d, x in gains.items()}
    plain = {d: over_seeds(x, UNIT, level) for d, x in gains.items()}
    # an open interval comes last
    best = max(sure, key=lambda d: (sure[d].low is not None, sure[d].low or 0.0, sure[d].value))
    gap = sure[best]
    verdict: FindingVerdict = "inconclusive"
    told = (
        f"The intervals of {len(gains)} densities neither exclude 0 nor a gain of {worth:g}; more "
        "seeds would tell"
    )
    if gap.above(0):
        verdict = "present"
        told = (
            f"At density {best:.3g} the ticket is {gap.value:+.4f} above its control, interval "
            f"above 0 over {len(gains)} densities at once"
        )
    elif all(e.below(worth) for e in plain.values()):
        verdict = "absent"
        told = f"At none of {len(gains)} densities does the interval reach a gain of {worth:g}"
    matching = _matching(runs, tolerance, level)
    seeds = max(len(x) for x in gains.values())
    return Finding(
        cousin="lottery ticket",
        kind="structure",
        subject=subject,
        score="accuracy of the network as trained",
        intention="the same from fewer weights",
        gap=gap,
        null="the same mask on other initial weights: 0",
        items=len(runs),
        seeds=seeds,
        verdict=verdict,
        why=f"{told}; {_match_told(matching, tolerance)}.",
        caveat="Says nothing of tickets that another way of pruning would find, nor of larger "
        "networks. Intervals are over seeds, not over test items.",
        cure="Nothing to cure. A matching ticket can be served in place of the dense network where "
        "sparse weights are cheaper.",
        evidence={**_evidence(runs, level), **_sparsest(matching, level), **(barriers or {})},
        notes=[*_above(gains, level), *notes],
    )


def _above(gains: Mapping[float, Sequence[float]], level: float) -> list[str]:
    p = adjusted([_p_value(x) for x in gains.values()])
    fallen = [
        d for d, each in zip(gains, p, strict=True) if each <= 1 - level and sum(gains[d]) > 0
    ]
    if not fallen:
        return []
    listed = ", ".join(f"{d:.3g}" for d in sorted(fallen, reverse=True))
    return [f"Above re-initialised by Holm's test at density {listed}."]


def _p_value(x: Sequence[float]) -> float:
    import numpy as np
    from scipy.special import stdtr

    spread = float(np.std(x, ddof=1))
    if spread == 0:
        return 1.0
    t = abs(float(np.mean(x))) * len(x) ** 0.5 / spread
    return float(2 * stdtr(len(x) - 1, -t))


def _matching(
    runs: Sequence[Trained], tolerance: float, level: float
) -> tuple[float, Estimate] | None:
    """Return the sparsest density that is not inferior, and its difference to dense."""
    found = None
    for density in densities(runs):
        x = paired(runs, "dense", density)
        if len(x) < FEWEST:
            break
        e = over_seeds(x, UNIT, 2 * level - 1 if level > 0.5 else level)
        if not e.above(-tolerance):
            break
        found = density, e
    return found


def _sparsest(matching: tuple[float, Estimate] | None, level: float) -> dict[str, Estimate]:
    if matching is None:
        return {}
    density, e = matching
    how = f"non-inferior to dense by a one-sided paired test at {level:.0%}, over seeds"
    return {"sparsest matching density": Estimate(density, None, None, e.n, "density", how, level)}


def _evidence(runs: Sequence[Trained], level: float) -> dict[str, Estimate]:
    found = {}
    for density in densities(runs):
        for arm, name in CONTROLS.items():
            x = paired(runs, arm, density)
            if x:
                found[f"ticket − {name}, density {density:.3g}"] = over_seeds(x, UNIT, level)
        early = paired(runs, "reinitialised", density, "early")
        if early:
            name = f"learning speed: ticket − re-initialised, density {density:.3g}"
            found[name] = over_seeds(early, "accuracy after a few steps", level)
    return found


def _match_told(matching: tuple[float, Estimate] | None, tolerance: float) -> str:
    if matching is None:
        return f"no ticket is shown to match the dense network within {tolerance:g}"
    return (
        f"the sparsest ticket shown to match the dense network (within {tolerance:g}) keeps "
        f"{matching[0]:.3g} of the weights"
    )
