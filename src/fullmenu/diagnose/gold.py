"""Over-optimisation as a finding: the proxy rises, the gold score has passed its peak."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.finding import Finding, FindingVerdict, failure
from fullmenu.stats.over_optimisation import OverOptimisation
from fullmenu.stats.over_optimisation import over_optimisation as judged_by_curve

_SAID: dict[str, FindingVerdict] = {
    "past the peak": "failure",
    "before the peak": "ok",
    "no peak": "ok",
    "unclear": "inconclusive",
}


def over_optimisation(
    kl: Any,
    proxy: Any,
    gold: Any,
    *,
    runs: Any = None,
    subject: str = "the run",
    level: float = 0.95,
    **how: Any,
) -> Finding:
    """Diagnose whether optimising a proxy has begun to cost what was wanted.

    The gap is what gold lost from its best part to the end. A fall that the proxy did not
    outlive is told as inconclusive: then nothing was over-optimised, something else broke.

    Source: Gao, Schulman & Hilton 2022 (2210.10760). One run warns at most.

    Parameters
    ----------
    kl, proxy, gold : (n,)
        Of each checkpoint: KL from the reference in nats, mean score under what was optimised, and
        under what was wanted (or a second scorer that training never saw).
    runs : (n,), optional
        Run or seed of each checkpoint.
    subject, level
        What is diagnosed; coverage of the intervals.
    **how
        Further arguments of :func:`fullmenu.train.over_optimisation`, which does the fitting.

    Raises
    ------
    BadInput, NotEnoughData
        As :func:`fullmenu.train.over_optimisation` raises them.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> kl = np.tile(np.linspace(0.1, 30, 30), 3)
    >>> d, run = np.sqrt(kl), np.repeat([0, 1, 2], 30)
    >>> gold = d * (2 - 1.1 * np.log(d)) + rng.normal(0, 0.1, 90)
    >>> over_optimisation(kl, d, gold, runs=run).verdict
    'failure'
    """
    judged = judged_by_curve(kl, proxy, gold, runs=runs, level=level, **how)
    seeds = 1 if runs is None else len(np.unique(np.asarray(runs)))
    verdict = _SAID[judged.verdict]
    if verdict == "failure" and judged.proxy.value <= 0:
        verdict = "inconclusive"
    evidence = {"proxy, change over the same stretch": judged.proxy}
    if judged.peak:
        evidence["peak of gold"] = judged.peak
    for name, fit in judged.fits.items():
        evidence[f"slope of gold at the end, form {name}"] = fit.end_slope
    return failure(
        "over-optimisation",
        subject,
        "the proxy's score",
        "the gold score",
        judged.gold.mirrored(unit="gold score"),
        "no fall of gold over the run: 0",
        items=len(np.asarray(kl)),
        seeds=seeds,
        verdict=verdict,
        why=f"{judged.verdict[0].upper()}{judged.verdict[1:]}: {judged.reason}.",
        caveat="Sees nothing beyond the last checkpoint, and not whether the second scorer is "
        "fooled too. The forms are the field's habit, not a law.",
        cure=_cure(judged),
        evidence=evidence,
    )


def _cure(judged: OverOptimisation) -> str:
    stop = "Stop where gold was best"
    if judged.peak:
        stop = f"Stop at a KL of about {judged.peak.value**2:.3g} nats"
    return (
        f"{stop}, or cap the proxy at good enough and pay for KL and variety "
        "(fullmenu.cure.mix); then score anew with people or a fresh scorer."
    )
