"""The repeat rate: how likely are two outputs the same dish?

``U`` = mean of k(x, x')² over pairs of different outputs, k the inner product of unit feature
rows. An unbiased U-statistic: it does not drift with sample size. ``1/U`` is the effective number
of modes of order 2.
"""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.kernel.likeness import Route, pair_sums
from fullmenu.kernel.rates import interval_over_outputs
from fullmenu.kernel.rows import as_features
from fullmenu.measures.registry import measure


@measure(unit="probability", paper="Chao & Jost 2012; Pasarkar & Dieng 2024")
def repeat_rate(
    features: Any, *, route: Route = "auto", level: float = 0.95, seed: int = 0
) -> Estimate:
    """Estimate how likely two outputs of one sample are the same dish.

    ``value`` in [0, 1]; 1 means one dish only.

    Cannot see what the kernel cannot see. With all rows equal, or no two alike at all, the
    jackknife is blind; the interval is then the exact one for a leading dish: the largest (or
    smallest) rate under which such a sample has at least a chance of 1 − level.

    Parameters
    ----------
    features
        Unit rows of one sample (one prompt's outputs, say).
    route
        ``moments``: ‖XᵀX‖²_F, for d below n. ``gram``: all pairs, a block of rows at a time; the
        same number. ``pairs``: each row against the others of its random block, for large n; the
        interval then includes the pairs not looked at. ``auto`` chooses.
    level
        …: jackknife over outputs, t on the log scale.
    seed
        For the ``pairs`` route.

    >>> import numpy as np
    >>> x = np.eye(3)[[0, 0, 1, 2]]
    >>> round(repeat_rate(x).value, 4)
    0.1667
    >>> repeat_rate(x[:1])
    Traceback (most recent call last):
    ...
    fullmenu.errors.NotEnoughData: the repeat rate compares pairs: it needs 2 outputs, not 1
    """
    x = as_features(features)
    n = x.shape[0]
    sums = pair_sums(x, route=route, seed=seed)
    rate = sums.rate
    low, high = interval_over_outputs(sums, level)
    return Estimate(rate, low, high, n, "probability", "U-statistic, jackknife over outputs", level)
