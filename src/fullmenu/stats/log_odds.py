"""Which words came and which went: log-odds ratios with an informative Dirichlet prior."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.stats.arrays import Floats


def log_odds(
    before_counts: Any,
    after_counts: Any,
    prior_counts: Any,
    *,
    before_total: Any = None,
    after_total: Any = None,
    prior_total: Any = None,
) -> tuple[Floats, Floats]:
    """Compare how often each of many words, (w,), occurs before and after.

    Counts may be fractions (divided by a design effect). ``prior_counts`` are pseudo-counts: the
    pooled counts, scaled to what the prior shall weigh. Totals are by default the sums (words of a
    text); give the number of outputs or prompts where a count says in how many of them the word
    occurs.

    Returns
    -------
    z : (w,)
        Log-odds ratio divided by its standard error; positive where the word became commoner.
    delta : (w,)
        Log-odds ratio, after against before.

    Raises
    ------
    BadInput
        Shapes that differ, negative counts, a prior of 0, or a count above its total.
    NotEnoughData
        No words.

    Notes
    -----
    Monroe, Colaresi & Quinn 2008, with the variance in full: 1/count + 1/(total − count) of both
    sides, where the paper leaves out the second term, which vanishes for rare words. The prior
    pulls rare words to the pooled share, so z is cautious: it shrinks, and never invents a change.

    Examples
    --------
    >>> z, delta = log_odds([50, 950], [100, 900], [7.5, 92.5])
    >>> z.round(2).tolist(), delta.round(2).tolist()
    ([3.99, -3.99], [0.67, -0.67])
    """
    b, a, prior = (np.asarray(x, np.float64) for x in (before_counts, after_counts, prior_counts))
    if not b.shape == a.shape == prior.shape or b.ndim != 1:
        raise BadInput(f"counts of shapes {b.shape}, {a.shape} and {prior.shape}: give (w,) thrice")
    if not len(b):
        raise NotEnoughData("no words to compare; give counts of at least one")
    totals = [
        np.asarray(counts.sum() if total is None else total, np.float64)
        for counts, total in ((b, before_total), (a, after_total), (prior, prior_total))
    ]
    odds, variance = [], []
    for counts, total in ((b, totals[0]), (a, totals[1])):
        inside, outside = counts + prior, total - counts + totals[2] - prior
        if counts.min() < 0 or prior.min() <= 0 or np.min(outside) <= 0:
            raise BadInput(
                "counts must be at least 0, priors above 0, and no count plus its prior may reach "
                "the total: give totals that are larger than every count"
            )
        odds.append(np.log(inside / outside))
        variance.append(1 / inside + 1 / outside)
    delta = odds[1] - odds[0]
    return delta / np.sqrt(variance[0] + variance[1]), delta
