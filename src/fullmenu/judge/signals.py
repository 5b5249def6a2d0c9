"""What stands beside the views: length, caution, score, openings, distinct words …"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.few import few_of_each
from fullmenu.samples import Samples
from fullmenu.stats.means import mean
from fullmenu.text.tokens import count_words

SETS = {
    "distinct_n": "distinct word pairs",
    "openings": "effective openings",
    "repeated_phrases": "shared four-word phrases",
    "compression_ratio": "compression ratio",
}
"""Measures of a whole set of texts that every report carries; labels of 30 characters at most."""


@dataclass(frozen=True, slots=True)
class Column:
    """A number for each output.

    Parameters
    ----------
    label, unit
        What it is, in words.
    values, groups
        The numbers, without missing ones, and the prompt of each.
    """

    label: str
    unit: str
    values: NDArray[np.float64]
    groups: NDArray[np.int64]

    def estimate(self) -> Estimate:
        """Mean over outputs, prompts as clusters; a share stays within [0, 1]."""
        if self.unit == "share":
            from fullmenu.stats.proportion import share

            several = len(np.unique(self.groups)) > 1
            return share(self.values, groups=self.groups if several else None)
        found = mean(self.values, self.groups, self.unit)
        return replace(found, low=max(found.low or 0.0, 0.0)) if self.unit == "words" else found


def columns(
    samples: Samples, outputs: Sequence[str], groups: NDArray[np.int64]
) -> dict[str, Column]:
    """Return length and caution of texts and, where it was recorded, score of every output."""
    from fullmenu.views.caution import cautious

    found: dict[str, Column] = {}
    if samples.media == "text":
        few = few_of_each(groups)
        words = count_words(outputs).astype(np.float64)
        found["length"] = Column("words per output", "words", words, groups)
        found["caution"] = Column(
            "outputs that hedge or refuse",
            "share",
            cautious([outputs[i] for i in few]).astype(float),
            groups[few],
        )
    score = samples.table.column("score")
    known = np.asarray(score.is_valid())
    if known.any():
        values = np.asarray(score.drop_null(), dtype=np.float64)
        found["score"] = Column("score", "score", values, groups[known])
    return found


def of_sets(outputs: Sequence[str], groups: NDArray[np.int64]) -> dict[str, dict[str, Any] | None]:
    """Return the measures of :data:`SETS`, by name; ``None`` where one is undefined."""
    from fullmenu import measures

    several = groups if len(np.unique(groups)) > 1 else None
    found: dict[str, dict[str, Any] | None] = {}
    for name in SETS:
        measure = getattr(measures, name)
        found[name] = or_none(partial(measure, outputs, groups=several))
    return found


def or_none(estimate: Callable[[], Estimate]) -> dict[str, Any] | None:
    """Return an estimate in JSON form, or ``None`` where the sample is too small for it."""
    try:
        return estimate().to_dict()
    except NotEnoughData:
        return None


def deciles(values: NDArray[np.float64]) -> list[float]:
    """Return the 0, 10, … 100 % quantiles: a distribution in eleven numbers."""
    return [float(q) for q in np.quantile(values, np.linspace(0, 1, 11))]


def pooled(samples: Samples, label: str) -> list[str]:
    """Return a caveat where a log holds the outputs of several models."""
    models = samples.models
    if len(models) < 2:
        return []
    some = ", ".join(models[:3])
    return [
        f"{label} pools {len(models)} models ({some}{' …' if len(models) > 3 else ''}): two "
        "outputs to one prompt may be of two models. --model NAME, or Samples.of_model, keeps one."
    ]


def about(samples: Samples, outputs: Sequence[str], label: str) -> dict[str, Any]:
    """Say what was looked at: how much, of which models, read how."""
    per_prompt = np.bincount(samples.groups)
    return {
        "label": label,
        "outputs": len(outputs),
        "prompts": len(per_prompt),
        "outputs_per_prompt": float(np.median(per_prompt)),
        "models": samples.models[:10],
        "media": samples.media,
        "empty": sum(not t.strip() for t in outputs),
        "read": list(samples.notes),
    }
