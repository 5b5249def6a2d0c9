"""The parts that the documents of check, compare and trend share: logs, rates, decisions."""

from __future__ import annotations

import numpy as np
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate, Verdict
from fullmenu.judge.case import Case
from fullmenu.judge.judgement import Opinion, Opinions
from fullmenu.judge.look import QUESTIONS, Rate, Sights
from fullmenu.kernel.rates import effective_number, rarefied, rate_estimate
from fullmenu.report.document import (
    Change,
    CheckedView,
    ComparedView,
    Curve,
    Decision,
    ErrorRate,
    ErrorRates,
    FreePart,
    LogFacts,
    Rates,
)
from fullmenu.samples import Samples
from fullmenu.views.registry import View

CURVE = (1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 30, 50, 70, 100)
"""Numbers of outputs that a rarefaction curve is drawn at."""


def error_rates(case: Case, tests: int) -> ErrorRates:
    """Return how often chance finds a change, in so many decisions of the verdict and beside it."""
    alpha = case.margins.alpha
    return ErrorRates(
        verdict=ErrorRate(rate=alpha, decisions=tests),
        beside=ErrorRate(rate=alpha, decisions=case.tests_beside),
    )


def about(samples: Samples, label: str) -> LogFacts:
    """Say what was looked at: how much, of which models, read how."""
    per_prompt = np.bincount(samples.groups)
    return LogFacts(
        label=label,
        outputs=len(samples),
        prompts=len(per_prompt),
        outputs_per_prompt=float(np.median(per_prompt)),
        models=samples.models[:10],
        media=samples.media,
        empty=sum(
            not text.strip()
            for part in samples.table.column("output").chunks
            for text in part.to_pylist()
        ),
        read=list(samples.notes),
    )


def rates(rate: Rate, *, curve: bool = False) -> Rates:
    """Return a repeat rate and its effective number, or why there is none.

    Parameters
    ----------
    curve
        Whether the rarefaction curve D₂(m) belongs there too, with the band of the rate's interval.
    """
    drawn = _curve(rate) if curve else UNSET
    if rate.replicates is None:
        return Rates(undefined=rate.undefined, curve=drawn)
    estimate = rate_estimate(rate.replicates)
    return Rates(repeat_rate=estimate, effective_number=_inverse(estimate), curve=drawn)


def _curve(rate: Rate) -> Curve | None:
    if rate.replicates is None or rate.replicates.value <= 0:
        return None
    estimate = rate_estimate(rate.replicates)
    m = np.array(CURVE, float)
    high = rarefied(estimate.low, m) if estimate.low else m
    return Curve(
        m=list(CURVE),
        value=rarefied(estimate.value, m).tolist(),
        low=rarefied(estimate.high or 1.0, m).tolist(),
        high=high.tolist(),
    )


def _inverse(estimate: Estimate) -> Estimate | None:
    try:
        return effective_number(estimate)
    except NotEnoughData:
        return None


def decision(verdict: Verdict) -> Decision:
    """Return a verdict as a document holds it."""
    return Decision(verdict.name, verdict.reason, verdict.ratio, verdict.needed)


def change(opinion: Opinion, opinions: Opinions) -> Change:
    """Return what a view says to one question: rates before and after, and any decision."""
    before, after = (rates(rate, curve=opinion.question == "within") for rate in opinion.rates)
    if opinion.verdict is None or opinion.raw is None:
        return Change(before=before, after=after)
    measured = [rates(rate) for rate in opinions.rates(opinion)]
    free = opinion.free
    ruled = opinion.ruling is free
    elsewhere = opinion.at_matched_lengths and not ruled
    return Change(
        before=before,
        after=after,
        matched_before=measured[0] if elsewhere else UNSET,
        matched_after=measured[1] if elsewhere else UNSET,
        **asdict(decision(opinion.verdict)),
        raw=decision(opinion.raw),
        length_matched=decision(opinion.length_matched) if opinion.length_matched else None,
        free=_free(free, opinions, ruled) if free else UNSET,
    )


def _free(free: Opinion, opinions: Opinions, ruled: bool) -> FreePart | UnsetType:
    if free.verdict is None:
        return UNSET
    before, after = (rates(rate) for rate in opinions.rates(free, free=True))
    return FreePart(**asdict(decision(free.verdict)), before=before, after=after, ruling=ruled)


def compared(view: View, opinions: Opinions) -> ComparedView:
    """Return what a view says of two logs: within prompts, and in it, across them."""
    told = asdict(change(opinions.by_view[view.name]["within"], opinions))
    leading = opinions.leading(view.name)
    if leading and leading.verdict:
        told |= {**asdict(decision(leading.verdict)), "judged": leading.question}
    across = change(opinions.by_view[view.name]["across"], opinions)
    return ComparedView(sees=view.sees, blind=view.blind, ruler=view.ruler, across=across, **told)


def checked(view: View, sights: Sights) -> CheckedView:
    """Return what a view says of one log."""
    (within,), (across,) = (sights.rates(view.name, question) for question in QUESTIONS)
    return CheckedView(
        sees=view.sees,
        blind=view.blind,
        ruler=view.ruler,
        within=rates(within, curve=True),
        across=rates(across),
    )
