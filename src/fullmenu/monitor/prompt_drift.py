"""Are live prompts of the same kind as the baseline's? A bet against it, at every visit."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import numpy as np

from fullmenu.kernel.sketch import sketch
from fullmenu.monitor import codec
from fullmenu.monitor.prompt_draws import SURE, began
from fullmenu.stats.arrays import Floats
from fullmenu.text.tokens import count_words
from fullmenu.views.registry import View

WIDTH = 512

MOST = 5_000
"""Prompts that a new one is ranked among."""

FEWEST = 30
"""With fewer prompts in the baseline nothing is tested."""

DIGITS = 9
"""Of likenesses: what is smaller depends on how many prompts are read at once."""

POWER = 0.5
"""A bet on small ranks u multiplies by ½·u^(−½), which has mean 1 where ranks are even."""


class PromptKind(NamedTuple):
    """What the baseline's prompts are like: the mean of their features, and each one's scores."""

    center: Floats
    scores: Floats


class SavedDrift(TypedDict):
    """A test as it is saved."""

    scores: Floats
    log_wealth: Floats
    highest: float
    seen: codec.Count


def kind_of(prompts: Sequence[str | None], view: View) -> PromptKind | None:
    """Return what prompts are like; ``None`` where they are too few, or their texts unknown."""
    texts = [p for p in dict.fromkeys(prompts) if p][:MOST]
    n = len(texts)
    if n < FEWEST or None in prompts:
        return None
    rows = sketch(view.rows(texts, [None] * n), WIDTH)
    center = rows.mean(axis=0, dtype=np.float64)
    # likeness to the mean of the others: (n ⟨x, c⟩ − ⟨x, x⟩)/(n − 1)
    like = (n * (rows @ center) - (rows * rows).sum(axis=1)) / (n - 1)
    return PromptKind(center, np.stack([like.round(DIGITS), _lengths(texts)], axis=1))


def _lengths(texts: Sequence[str]) -> Floats:
    return np.asarray(count_words(texts), np.float64)


class PromptDrift:
    """Bets that prompts become longer or shorter, or more or less like the baseline's.

    Where live prompts are fresh draws of what the baseline's were, the rank of each new one among
    all earlier ones is even, and independent of the ranks before it (conformal prediction; Vovk,
    Nouretdinov & Gammerman 2003): bets on low and on high ranks then have mean 1.

    >>> from fullmenu.views import registry
    >>> view = registry.get("phrasing")
    >>> kind = kind_of([f"Name {n} fruits, please." for n in range(60)], view)
    >>> drift = PromptDrift(kind, view)
    >>> drift.add([f"Tell me a long story about the number {n} and me" for n in range(40)])
    >>> drift.same
    False
    """

    def __init__(self, kind: PromptKind, view: View) -> None:
        self.kind, self.view = kind, view
        self.ranked = [sorted(column) for column in kind.scores.T.tolist()]
        self.log_wealth = np.full(4, -np.inf)
        self.highest = -np.inf
        self.seen = 0

    def add(self, prompts: Sequence[str | None]) -> None:
        """See the prompts of the next visits; those without a text are left out."""
        texts = [p for p in prompts if p]
        if not texts:
            return
        like = sketch(self.view.rows(texts, [None] * len(texts)), WIDTH) @ self.kind.center
        like = like.round(DIGITS)
        for scores in zip(like.tolist(), _lengths(texts).tolist(), strict=True):
            self._bet(
                [self._rank(ranked, x) for ranked, x in zip(self.ranked, scores, strict=True)]
            )

    def _rank(self, ranked: list[float], score: float) -> float:
        """The share of scores below this one, ties broken at random; it joins them."""
        low, high = bisect_left(ranked, score), bisect_right(ranked, score)
        tie = float(np.random.default_rng(self.seen).random())  # the same after a restart
        rank = (low + (high - low + 1) * tie) / (len(ranked) + 1)
        if len(ranked) < 2 * MOST:
            insort(ranked, score)
        return rank

    def _bet(self, ranks: Sequence[float]) -> None:
        # M ← (M + γₜ)·p u^(p − 1), for every score on low ranks and on high ones
        self.seen += 1
        u = np.array([x for rank in ranks for x in (rank, 1 - rank)]).clip(1e-9, 1)
        factor = math.log(POWER) + (POWER - 1) * np.log(u)
        self.log_wealth = np.logaddexp(self.log_wealth, math.log(began(self.seen))) + factor
        total = float(np.logaddexp.reduce(self.log_wealth)) - math.log(len(factor))
        self.highest = max(self.highest, total)

    @property
    def same(self) -> bool:
        """Whether nothing has shown so far that prompts are of another kind."""
        return bool(self.highest < np.log(SURE))

    def to_dict(self) -> SavedDrift:
        """Return the state."""
        return {
            "scores": np.array(self.ranked),
            "log_wealth": self.log_wealth,
            "highest": self.highest,
            "seen": self.seen,
        }

    def restore(self, state: SavedDrift) -> None:
        """Go on where :meth:`to_dict` stopped."""
        self.ranked = [sorted(row) for row in state["scores"].tolist()]
        self.log_wealth = codec.fitting(state["log_wealth"], self.log_wealth)
        self.highest, self.seen = state["highest"], state["seen"]
