"""Log-probabilities of tokens, checked and laid end to end; sums by output and by prompt."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import listed
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.means import positive_interval

ROUNDING = 1e-4
"""A log-probability may be above 0 by so much: servers compute in 16 or 32 bits."""

STAND_IN = -9_998.0
"""What is below it stands for "unknown": some servers write −9999."""


class TokenLogprobs(NamedTuple):
    """Log-probabilities of the tokens of the outputs that have any, end to end, each at most 0.

    ``sizes`` are the tokens of each of these, and ``kept`` its place among all ``given``.
    """

    log_p: Floats
    sizes: Ints
    kept: Ints
    given: int

    def by_output(self, values: Floats) -> Floats:
        """Sum something that each token has over the tokens of every output."""
        return np.add.reduceat(values, np.cumsum(self.sizes) - self.sizes)


def tokens(logprobs: Any, least: int = 2) -> TokenLogprobs:
    """Check the log-probabilities of outputs; outputs without any are left out.

    >>> tokens([[-0.5, -1.0], None, [], [-2.0]]).sizes.tolist()
    [2, 1]
    """
    rows = sequences(logprobs, "logprobs")
    sizes = np.array([0 if row is None else len(row) for row in rows], np.int64)
    kept = np.flatnonzero(sizes)
    if len(kept) < least:
        raise NotEnoughData(
            f"{len(kept)} of {len(rows)} outputs have log-probabilities of their tokens; at least "
            f"{least} are needed; have the server record them"
        )
    flat = [rows[i] for i in kept.tolist()]
    return TokenLogprobs(
        log_probabilities(flat, int(sizes.sum()), "logprobs"), sizes[kept], kept, len(rows)
    )


def sequences(given: Any, name: str) -> list[Any]:
    """Return a sequence with one sequence (or ``None``) an output as a list."""
    of = "numbers, one a token"
    rows = listed(name, given, "lists, one an output (or None where none were recorded)")
    return [row if row is None else listed(f"an output of {name}", row, of) for row in rows]


def log_probabilities(rows: list[Any], count: int, name: str, *, sampled: bool = True) -> Floats:
    """Lay rows of numbers end to end, and check that each may be a token's log-probability.

    A token that was not sampled may be impossible, or unknown to be possible.
    """
    try:
        x = np.fromiter(itertools.chain.from_iterable(rows), np.float64, count)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadInput(f"{name} hold something that is no number ({error})") from None
    if not sampled:
        x = np.maximum(x, STAND_IN + 1)
    wrong = np.flatnonzero(~((x <= ROUNDING) & (x > STAND_IN)))
    if len(wrong):
        value = float(x[wrong[0]])
        if np.isnan(value):
            why = "which is no number; leave that output out"
        elif value > 0:
            why = "which is above 0; give natural logarithms of probabilities"
        else:
            why = "which no sampled token can have: it stands for 'unknown'; leave that output out"
        raise BadInput(f"{name} hold {value:g}, {why}")
    return np.minimum(x, 0.0)


def mean_of(
    sums: Floats, sizes: Floats, unit: Ints, names: str, kind: str, level: float
) -> Estimate:
    """Estimate Σ sums ÷ Σ sizes, at least 0: jackknife over units, t."""
    y, t = np.bincount(unit, sums), np.bincount(unit, sizes)
    value = max(float(y.sum() / t.sum()), 0.0)
    low, high = positive_interval(value, (y.sum() - y) / (t.sum() - t), level)
    return Estimate(value, low, high, len(y), "nats", f"mean {kind}, jackknife over {names}", level)
