"""Homogenization: how alike two outputs are on average, by the cosine of their embeddings."""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._distance import prepared
from fullmenu.measures.vectors._rows import at_least
from fullmenu.measures.vectors.mean_pairwise_distance import mean_over_pairs, sums_of_cosines
from fullmenu.measures.vectors.repeat_rate import pair_sums


@measure(takes="features", unit="cosine", paper="Padmakumar & He 2024; Shaib et al. 2024")
def homogenization_embedding(features: Any, *, level: float = 0.95) -> Estimate:
    """Estimate the mean cosine between two outputs: how alike they are on average.

    ``value`` in [−1, 1]; 1 means one dish only.

    Parameters
    ----------
    features
        …, embeddings say.
    level
        …: jackknife over outputs, t.

    Notes
    -----
    A mean over pairs of different outputs: unbiased, and the same at every n; 1 minus
    :func:`~fullmenu.measures.mean_pairwise_distance` by cosine, without comparing pairs one by
    one. Embeddings of unrelated texts have a cosine above 0, so only differences under one model
    mean something. But for the diagonal the mean cosine is the squared length of the mean row: it
    sees only where the middle lies. Two opposite dishes and a thousand in all directions both score
    about 0; what sees that is :func:`~fullmenu.measures.repeat_rate`.

    Examples
    --------
    >>> import numpy as np
    >>> round(homogenization_embedding(np.eye(3)[[0, 0, 1, 2]]).value, 4)
    0.1667
    """
    x = prepared(features, "cosine")
    n = x.shape[0]
    at_least(n, 2, "homogenization", "compares pairs")
    sums = sums_of_cosines(x)
    squares = pair_sums(x).rate * n * (n - 1)
    value, low, high = mean_over_pairs(sums, squares, level, (-1.0, 1.0))
    method = "mean cosine, U-statistic, jackknife over outputs"
    return Estimate(value, low, high, n, "cosine", method, level)
