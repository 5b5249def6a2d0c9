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
from fullmenu.report.watch.document import Alarm


@dataclass(frozen=True)
class Look:
    """What one look at a step of training shows: repeat rates and effective numbers by view.

    A view whose outputs were all different has no effective number. ``dishes``: those ``lost``
    since the baseline, of the dishes that it served twice or more to these prompts, and
    ``lost_by_chance``: as many would look lost had nothing changed. ``means`` of ``quality``,
    ``proxy`` and ``gold``, where they are given; ``agreement``: rank correlation of proxy and gold
    over these outputs (Spearman). ``evidence``: log of the monitor's statistic ÷ log of its run
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
    agreement: float | None = None
    evidence: float | None = None
    varied: bool = True
    alarms: tuple[Alarm, ...] = ()

    def scalars(self) -> dict[str, float]:
        """Return flat numbers by name, such as ``variety/answer/repeat_rate``."""
        found: dict[str, float] = {}
        for kind, by_view in (("repeat_rate", self.rates), ("effective_number", self.effective)):
            for view, x in by_view.items():
                name = f"variety/{view}/{kind}"
                ends = {name: x.value, f"{name}_low": x.low, f"{name}_high": x.high}
                found |= {k: v for k, v in ends.items() if v is not None}
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
