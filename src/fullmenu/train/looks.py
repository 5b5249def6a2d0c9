"""One look at a model in training: what was sampled, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.rates import effective_number, rate_estimate, within
from fullmenu.measures import token_entropy
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Samples
from fullmenu.stats.passes import MassChange, Rights, mass_change, over_prompts, passes, yields


@dataclass(frozen=True)
class Look:
    """What one look at a step of training shows: repeat rates and effective numbers by view.

    A view whose outputs were all different has no effective number. ``dishes``: those ``lost``
    since the baseline, of the dishes that it served twice or more to these prompts, and
    ``lost_by_chance``: as many would look lost had nothing changed. ``means`` of ``quality``,
    ``proxy`` and ``gold``, where they are given; ``grades``: of the quality, the share of prompts
    whose outputs all score the same and so give no gradient and, where it is 0 and 1 only, pass@1,
    pass@k and the share of outputs that are right and different (yield); of log-probabilities the
    ``entropy`` of a token, in nats; ``mass``: of outputs that are right or wrong, whether more is
    right than in the baseline because more can be solved, or because less is tried, where prompts
    come again (:func:`mass`); ``agreement``: rank
    correlation of proxy and gold over these outputs (Spearman). ``evidence``: log of the monitor's
    statistic ÷ log of its run
    length, at 1 the alarm is raised. ``varied``: no view has lost more than the margin allows, and
    no alarm was raised.
    """

    step: int
    rates: Mapping[str, Estimate]
    effective: Mapping[str, Estimate]
    outputs: int
    prompts: int
    dishes: Mapping[str, float] = field(default_factory=dict)
    means: Mapping[str, float] = field(default_factory=dict)
    grades: Mapping[str, Estimate] = field(default_factory=dict)
    mass: MassChange | None = None
    agreement: float | None = None
    evidence: float | None = None
    varied: bool = True
    alarms: tuple[Alarm, ...] = ()

    def scalars(self) -> dict[str, float]:
        """Return flat numbers by name, such as ``variety/answer/repeat_rate``."""
        found: dict[str, float] = {}
        estimates = {f"{view}/repeat_rate": x for view, x in self.rates.items()}
        estimates |= {f"{view}/effective_number": x for view, x in self.effective.items()}
        if self.mass is not None:
            estimates["pass_1_change"] = self.mass.once
            estimates[f"pass_{self.mass.k}_change"] = self.mass.often
            concentrated = self.mass.word == "concentrated mass"
            found["variety/concentrated_mass"] = float(concentrated)
        for name, x in (estimates | dict(self.grades)).items():
            ends = {name: x.value, f"{name}_low": x.low, f"{name}_high": x.high}
            found |= {f"variety/{k}": v for k, v in ends.items() if v is not None}
        found |= {f"variety/dishes_{k}": v for k, v in self.dishes.items()}
        found |= {f"variety/{k}": v for k, v in self.means.items()}
        if self.agreement is not None:
            found["variety/proxy_gold_agreement"] = self.agreement
        if self.evidence is not None:
            found["variety/evidence"] = self.evidence
            found["variety/alarm"] = float(bool(self.alarms))
        return found


def rates(
    features: Mapping[str, Any], groups: NDArray[np.int64], n_groups: int
) -> tuple[dict[str, Estimate], dict[str, Estimate]]:
    """Return repeat rates and effective numbers within prompts, by view."""
    by_view, inverse = {}, {}
    for view, x in features.items():
        w = within(x, groups, n_groups)
        try:
            rate = rate_estimate(w.replicates())
        except NotEnoughData:
            if not w.judged.any():
                raise
            value, n = float(w.rates[w.judged].mean()), int(w.judged.sum())
            how = "mean over prompts; too few outputs for an interval"
            rate = Estimate(value, None, None, n, "probability", how)
        by_view[view] = rate
        if rate.high is None and rate.value > 0:
            method = f"1 / ({rate.method})"
            inverse[view] = Estimate(1 / rate.value, None, None, rate.n, "dishes", method)
        elif rate.value > 0:
            inverse[view] = effective_number(rate)
    return by_view, inverse


def grades(
    scores: Sequence[Sequence[float | None]], dishes: NDArray[np.int64]
) -> dict[str, Estimate]:
    """Return what the scores of each prompt's outputs show, by name; ``dishes`` of all in a row.

    >>> found = grades([[1, 0], [1, 1], [0, 0]], np.array([0, 1, 2, 2, 3, 4]))
    >>> {name: round(x.value, 2) for name, x in found.items()}
    {'without_gradient': 0.67, 'pass_1': 0.5, 'pass_2': 0.67, 'yield': 0.33}
    """
    if len(scores) < 2 or any(x is None for of in scores for x in of):
        return {}
    values = [np.array(of, np.float64) for of in scores]
    even = np.array([float(np.ptp(of) == 0) for of in values])
    found = {"without_gradient": over_prompts(even, "share")}
    if not np.isin(np.concatenate(values), (0.0, 1.0)).all():
        return found
    rights = Rights(*np.array([(len(of), int(of.sum())) for of in values]).T)
    for k in dict.fromkeys((1, rights.most)):
        found[f"pass_{k}"] = passes(rights, k)
    prompts = np.repeat(np.arange(len(values)), rights.n)
    found["yield"] = over_prompts(yields(prompts, dishes, np.concatenate(values) > 0), "share")
    return found


def mass(before: Samples, now: Samples) -> MassChange | None:
    """Say what rose since the baseline, on prompts that both have; ``None``: it cannot be told.

    Of each look by itself: in many looks a word is said by chance now and then.

    >>> from fullmenu.samples import Record
    >>> def log(*right):
    ...     given = [(p, float(j < r)) for p, r in enumerate(right) for j in range(8)]
    ...     return Samples.from_records(Record("fig", f"{p}?", score=score) for p, score in given)
    >>> mass(log(*[2] * 40), log(*[8, 0] * 20)).word
    'concentrated mass'
    >>> mass(log(2, 2), log(8)) is None
    True
    """
    sides = [_rights(log) for log in (before, now)]
    shared = sorted(set.intersection(*map(set, sides)))
    first, second = (Rights(*np.array([side[p] for p in shared] or [(0, 0)]).T) for side in sides)
    if len(shared) < 2 or min(first.n.min(), second.n.min()) < 2:
        return None
    return mass_change(first, second)


def _rights(samples: Samples) -> dict[str, tuple[int, int]]:
    """Return how many outputs of each prompt there are, and are right; nothing without grades."""
    scores = samples.table.column("score")
    if scores.null_count or not np.isin(values := np.asarray(scores, np.float64), (0.0, 1.0)).all():
        return {}
    n, right = np.bincount(samples.groups), np.bincount(samples.groups, values).astype(int)
    return dict(zip(samples.prompt_ids, zip(n.tolist(), right.tolist(), strict=True), strict=True))


def entropy(samples: Samples) -> dict[str, Estimate]:
    """Return the mean entropy of a token, −log p of those that were sampled; prompts are the units.

    That of the model where it was sampled at temperature 1 without top-k or top-p.

    >>> from fullmenu.samples import Record
    >>> made = [Record("fig", f"{i}?", logprobs=[-0.5, -1.5]) for i in range(3)]
    >>> entropy(Samples.from_records(made))["entropy"].value
    1.0
    """
    logprobs = samples.column("logprobs")
    if samples.n_prompts < 2 or not all(logprobs):
        return {}
    return {"entropy": token_entropy(logprobs, groups=samples.groups)}


def agreement(proxy: Sequence[float | None], gold: Sequence[float | None]) -> float | None:
    """Return Spearman's rank correlation over the outputs that have both; ``None``: undefined.

    >>> agreement([1, 2, 3, 4], [10, 20, 30, 40]), agreement([1, 2, 3], [5, 5, 5])
    (1.0, None)
    """
    from scipy.stats import rankdata

    both = [(p, g) for p, g in zip(proxy, gold, strict=True) if p is not None and g is not None]
    if len(both) < 3:
        return None
    a, b = (rankdata(x) for x in zip(*both, strict=True))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(round(np.corrcoef(a, b)[0, 1], 12))
