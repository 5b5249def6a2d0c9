"""What stands beside the views: length, caution, score, openings, distinct words …"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.case import Case, OrderedLog
from fullmenu.report.document import Sides, Signal, SignalChange
from fullmenu.stats.means import mean, mean_difference

SETS = {
    "distinct_n": "distinct word pairs",
    "openings": "effective openings",
    "repeated_phrases": "shared four-word phrases",
    "compression_ratio": "compression ratio",
}
"""Measures of a whole set of texts that every report carries; labels of 30 characters at most."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """A number for each output, or for each token.

    Parameters
    ----------
    label, unit
        What it is, in words.
    values, groups
        The numbers, without missing ones, and the prompt of each.
    """

    label: str
    unit: str
    values: Floats
    groups: NDArray[np.int64]

    def estimate(self) -> Estimate:
        """Mean over outputs, prompts as clusters; a share stays within [0, 1]."""
        if self.unit == "share":
            from fullmenu.stats.proportion import share

            several = len(np.unique(self.groups)) > 1
            return share(self.values, groups=self.groups if several else None)
        average = mean(self.values, self.groups, self.unit)
        positive = self.unit in ("words", "nats")
        return replace(average, low=max(average.low or 0.0, 0.0)) if positive else average


def columns(log: OrderedLog) -> dict[str, Column]:
    """Return length and caution of texts and, where they were recorded, scores and entropy."""
    from fullmenu.views.caution import cautious

    made: dict[str, Column] = {}
    if log.samples.media == "text":
        few = log.few()
        words = log.words.astype(np.float64)
        hedges = cautious(few.outputs).astype(float)
        made["length"] = Column("words per output", "words", words, log.groups)
        made["caution"] = Column("outputs that hedge or refuse", "share", hedges, few.groups)
    recorded = {"score": score(log), "entropy": entropy(log)}
    return made | {name: column for name, column in recorded.items() if column is not None}


def score(log: OrderedLog) -> Column | None:
    """Return the score of every output that has one; ``None`` where none has."""
    recorded = log.samples.table.column("score")
    known = np.asarray(recorded.is_valid())
    if not known.any():
        return None
    values = np.asarray(recorded.drop_null(), dtype=np.float64)
    return Column("score", "score", values, log.groups[known])


def entropy(log: OrderedLog) -> Column | None:
    """Return −log p of every token; ``None`` where not every output has all of them.

    Its mean is the entropy of a token where the model was sampled at temperature 1 without top-k or
    top-p.
    """
    recorded = log.samples.table.column("logprobs").combine_chunks()
    if recorded.null_count:
        return None
    sizes = np.diff(np.asarray(recorded.offsets))
    surprise = -np.asarray(recorded.flatten(), np.float64)
    # servers write −9999 where they know no probability
    if not sizes.all() or not ((surprise > -1e-3) & (surprise < 9999)).all():
        return None
    groups = np.repeat(log.groups, sizes)
    return Column("entropy of a token", "nats", np.maximum(surprise, 0.0), groups)


def of_sets(log: OrderedLog) -> dict[str, Estimate | None]:
    """Return the measures of :data:`SETS`, by name; ``None`` where one is undefined."""
    from fullmenu.measures.texts.compression_ratio import compression_ratio
    from fullmenu.measures.texts.distinct import distinct_n
    from fullmenu.measures.texts.openings import openings
    from fullmenu.measures.texts.repeated_phrases import repeated_phrases

    few = log.few()
    groups = few.groups if len(np.unique(few.groups)) > 1 else None

    def taken(measure: Callable[..., Estimate]) -> Estimate | None:
        return or_none(lambda: measure(few.outputs, groups=groups))

    # by these imports, not by name: the registry would import every measure
    return {
        "distinct_n": taken(distinct_n),
        "openings": taken(openings),
        "repeated_phrases": taken(repeated_phrases),
        "compression_ratio": taken(compression_ratio),
    }


def of_one(case: Case) -> dict[str, Signal]:
    """Return every signal of one log."""
    (log,) = case.logs
    signals = {
        name: Signal(label=column.label, unit=column.unit, value=or_none(column.estimate))
        for name, column in columns(log).items()
    }
    for name, value in of_sets(log).items() if case.media == "text" else ():
        signals[name] = Signal(label=SETS[name], unit=value.unit if value else "", value=value)
    return signals


def of_two(case: Case) -> dict[str, SignalChange]:
    """Return every signal before and after, and its change where prompts pair up."""
    before, after = (columns(log) for log in case.logs)
    signals: dict[str, SignalChange] = {}
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        some = was or now
        assert some is not None
        signals[name] = SignalChange(
            label=some.label,
            unit=some.unit,
            before=or_none(was.estimate) if was else None,
            after=or_none(now.estimate) if now else None,
            difference=_difference(was, now, case) if case.paired else None,
            deciles=Sides(_deciles(was), _deciles(now)) if name == "score" else UNSET,
        )
    if case.media == "text":
        first, second = map(of_sets, case.logs)
        for name, label in SETS.items():
            either = first[name] or second[name]
            signals[name] = SignalChange(
                label=label,
                unit=either.unit if either else "",
                before=first[name],
                after=second[name],
                difference=None,
            )
    return signals


def or_none(estimate: Callable[[], Estimate]) -> Estimate | None:
    """Return an estimate, or ``None`` where the sample is too small for it."""
    try:
        return estimate()
    except NotEnoughData:
        return None


def deciles(values: Floats) -> list[float]:
    """Return the 0, 10, … 100 % quantiles: a distribution in eleven numbers."""
    return [float(q) for q in np.quantile(values, np.linspace(0, 1, 11))]


def _deciles(column: Column | None) -> list[float] | None:
    return deciles(column.values) if column else None


def _difference(before: Column | None, after: Column | None, case: Case) -> Estimate | None:
    if before is None or after is None:
        return None
    sides = (before.values, before.groups), (after.values, after.groups)
    return or_none(lambda: mean_difference(*sides, before.unit, 1 - case.alpha_beside))
