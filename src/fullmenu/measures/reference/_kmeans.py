"""k-means: rows sorted into bins around centres of their own."""

from __future__ import annotations

import numpy as np

from fullmenu.measures.reference._samples import Floats, Ints

_BLOCK = 4_096


def bins(x: Floats, count: int, rng: np.random.Generator, *, starts: int, steps: int) -> Ints:
    """Sort rows into at most ``count`` bins, by the best of several starts (k-means++).

    Parameters
    ----------
    x : (n, d)
        Rows.
    count
        Bins asked for; a bin that loses all rows stays empty.
    starts, steps
        How often to begin anew, and how often to move the centres at most.

    Examples
    --------
    >>> x = np.array([[0.0], [9.0], [0.1], [9.1]])
    >>> b = bins(x, 2, np.random.default_rng(0), starts=2, steps=10)
    >>> b[0] == b[2] != b[1] == b[3]
    np.True_
    """
    best, least = np.zeros(len(x), np.int64), np.inf
    for _ in range(starts):
        centres = _first(x, count, rng)
        found, loss = _nearest(x, centres)
        for _ in range(steps):
            sums = np.zeros_like(centres)
            np.add.at(sums, found, x)
            sizes = np.bincount(found, minlength=count)
            full = sizes > 0
            centres[full] = sums[full] / sizes[full, None]
            before = found
            found, loss = _nearest(x, centres)
            if (found == before).all():
                break
        if loss < least:
            best, least = found, loss
    return best


def _first(x: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Draw centres one after another, each with chance as its squared distance to those before."""
    chosen = [int(rng.integers(len(x)))]
    far = ((x - x[chosen[0]]) ** 2).sum(1)
    while len(chosen) < count:
        total = far.sum()
        p = far / total if total > 0 else None
        chosen.append(int(rng.choice(len(x), p=p)))
        far = np.minimum(far, ((x - x[chosen[-1]]) ** 2).sum(1))
    return x[chosen].copy()


def _nearest(x: Floats, centres: Floats) -> tuple[Ints, float]:
    found, loss = np.empty(len(x), np.int64), 0.0
    size = (centres**2).sum(1)
    for a in range(0, len(x), _BLOCK):
        part = x[a : a + _BLOCK]
        d2 = size - 2 * (part @ centres.T)
        found[a : a + _BLOCK] = d2.argmin(1)
        loss += float(d2.min(1).sum() + (part**2).sum())
    return found, loss
