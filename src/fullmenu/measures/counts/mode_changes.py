"""Modes that one sample shows and another does not, beyond what chance would hide."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.counts._community import shrunk, unseen_share
from fullmenu.measures.counts._counts import Tally, summed, tally
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.draws import missed
from fullmenu.stats.quantile import t_quantile

Kitchen = tuple[Floats, int, float]
"""Shares of the modes; how many others are hidden from both samples; what these share."""


def vanished(
    before: Any, after: Any, size: int | None, bootstrap: int, level: float, seed: int
) -> Estimate:
    """Estimate how many modes ``size`` servings of before show and as many of after do not.

    What as many more servings of *before* would not show either is taken off.
    """
    b, a = tally(before, 3), tally(after)
    x, y = (np.asarray(c, np.float64) for c in (before, after))
    if len(x) != len(y):
        raise BadInput(
            f"{len(y)} and {len(x)} counts: give one for each dish, of the same dishes in the same "
            "order on both sides, with 0 for what was not served"
        )
    most = min(b.n // 2, a.n)
    m = most if size is None else size
    if m > most:
        raise NotEnoughData(
            f"size={size} servings of either side, and as many again of the side that shows the "
            f"modes, cannot be had from {b.n} and {a.n}; give more outputs, or size={most}"
        )
    kept = np.lexsort((y, x))  # draws must not depend on the order of dishes
    kept = kept[(x + y)[kept] > 0]
    x, y = x[kept], y[kept]
    value = _beyond_chance(x, y, b.n, a.n, m)
    sd = _deviation(x, y, (b, a), m, bootstrap, seed)
    half = t_quantile(level, min(a.n, b.n) - 1) * sd
    half = max(half, 1 - (1 - level) ** (m / b.n))  # one mode that nobody has seen yet
    method = f"among {m} servings, hypergeometric, bootstrap of both sides"
    return Estimate(value, value - half, value + half, min(a.n, b.n), "modes", method, level)


def _beyond_chance(x: Floats, y: Floats, n: int, other: int, m: float) -> float:
    """Σ [shown in m before] · [missed in m after], less the same for two samples of before.

    Products of hypergeometric chances, hence unbiased: before is drawn from twice, without
    replacement.
    """
    # P(missed in m) = C(n − x, m)/C(n, m), and what two samples of m miss is missed in 2m
    absent, twice = missed(x, n, m), missed(x, n, 2 * m)
    return float(((1 - absent) * missed(y, other, m) - (absent - twice)).sum())


def _deviation(
    x: Floats, y: Floats, sides: tuple[Tally, Tally], m: float, bootstrap: int, seed: int
) -> float:
    """Standard deviation over samples drawn anew: the larger of two.

    From both sides' own kitchens, where what one side has not seen goes first to the modes that
    only the other side shows; and from one kitchen for both, which knows more of rare modes.
    """
    rng = np.random.default_rng(seed)
    both = x + y
    one = _shares(both, summed(both), np.zeros(len(both), np.bool_))
    own = (_shares(x, sides[0], (x == 0) & (y > 0)), _shares(y, sides[1], (y == 0) & (x > 0)))
    sizes = (sides[0].n, sides[1].n)
    return max(_over_draws(rng, kitchens, sizes, m, bootstrap) for kitchens in (own, (one, one)))


def _over_draws(
    rng: np.random.Generator,
    kitchens: tuple[Kitchen, Kitchen],
    sizes: tuple[int, int],
    m: float,
    bootstrap: int,
) -> float:
    values = np.empty(bootstrap)
    for i in range(len(values)):
        first, thrown = _drawn(rng, sizes[0], *kitchens[0])
        second, caught = _drawn(rng, sizes[1], *kitchens[1])
        u, v = _aligned(thrown, caught)
        values[i] = _beyond_chance(
            np.concatenate([first, u]), np.concatenate([second, v]), sizes[0], sizes[1], m
        )
    return float(values.std(ddof=1))


def _shares(c: Floats, s: Tally, only_there: NDArray[np.bool_]) -> Kitchen:
    """Shares of the modes; how many others this side hides from both samples; what they share."""
    unseen, rest = unseen_share(s)
    shares = np.zeros(len(c))
    seen = c > 0
    shares[seen] = shrunk(s, rest)[np.searchsorted(s.x, c[seen])]
    there = int(only_there.sum())
    unseen = max(unseen, there)
    if unseen:
        shares[only_there] = rest / unseen
        return shares, unseen - there, rest * (unseen - there) / unseen
    return shares, 0, 0.0


def _drawn(
    rng: np.random.Generator, n: int, shares: Floats, hidden: int, rest: float
) -> tuple[Floats, Ints]:
    chances = np.append(shares, rest)
    drawn = rng.multinomial(n, chances / chances.sum())
    balls = int(drawn[-1])
    boxes = rng.integers(0, hidden, balls) if hidden else np.empty(0, np.int64)
    return drawn[:-1].astype(np.float64), boxes


def _aligned(a: Ints, b: Ints) -> tuple[Floats, Floats]:
    """Count balls by box, of both sides, in one order."""
    boxes, where = np.unique(np.concatenate([a, b]), return_inverse=True)
    counts = (np.bincount(w, minlength=len(boxes)) for w in (where[: len(a)], where[len(a) :]))
    u, v = (c.astype(np.float64) for c in counts)
    return u, v


@measure(unit="modes", paper="Hurlbert 1971; Chao & Jost 2012; Chao et al. 2014")
def modes_lost(
    counts: Any,
    reference: Any,
    *,
    size: int | None = None,
    bootstrap: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate how many modes of the reference the sample no longer shows.

    ``value`` may be below 0: by chance, or because the sample shows more of the reference's modes
    than the reference itself would.

    Of m servings of the reference and m of the sample, the value is how many modes the first show
    and the second do not, less the same for m servings of the reference and m others of the
    reference. Both are exact expectations over subsamples, so that nothing is a loss on average
    where nothing changed, whatever the menu and n. Without the second term a long tail always
    reads as a loss.

    Cannot see the loss of modes that are too rare to show in m servings, nor a mode that became
    rare but still shows; a mode half gone counts in part. Modes that only the sample has do not
    matter (``modes_gained``). Which ones were lost it does not say. Values compare at equal m.
    With the default m the interval holds the truth in about its share of samples
    (``benchmarks/intervals_counts.py``); it is never narrower than the room for one mode that no
    sample has shown.

    Parameters
    ----------
    size
        m, the number of servings in which a mode must show. By default the most that can be had:
        half of the reference's, or all of the sample's if these are fewer.
    level
        …: Student's t, with the standard deviation of the drawn pairs.

    Raises
    ------
    NotEnoughData
        Fewer than three servings of the reference or two of the sample, or fewer than ``size``
        asks for.

    >>> before = [20, 18, 15, 12, 10, 9, 8, 5, 2, 1]
    >>> after = [40, 30, 0, 20, 0, 0, 6, 3, 1, 0]
    >>> print(modes_lost(after, before))
    3.22 [2.24, 4.21]
    """
    return vanished(reference, counts, size, bootstrap, level, seed)


@measure(unit="modes", paper="Hurlbert 1971; Chao & Jost 2012; Chao et al. 2014", rises=None)
def modes_gained(
    counts: Any,
    reference: Any,
    *,
    size: int | None = None,
    bootstrap: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate how many modes the sample shows that the reference did not have.

    Parameters
    ----------
    size
        m, the number of servings in which a mode must show. By default the most that can be had:
        half of the sample's, or all of the reference's if these are fewer.
    level
        …: that of ``modes_lost``.

    Raises
    ------
    NotEnoughData
        Fewer than three servings of the sample or two of the reference, or fewer than ``size``
        asks for.

    Notes
    -----
    ``modes_lost`` with the sides exchanged: what m servings of the sample show and m of the
    reference do not, less the same for two samples of the sample's own. It says nothing of
    variety by itself, since a model that swaps one menu for another gains as much as it loses;
    and a mode that was too rare before to show counts as gained when it becomes common.

    >>> before = [20, 18, 15, 12, 10, 9, 8, 5, 2, 1, 0]
    >>> after = [10, 15, 10, 12, 10, 9, 8, 5, 2, 1, 30]
    >>> print(modes_gained(after, before))
    0.597 [-0.514, 1.71]
    """
    return vanished(counts, reference, size, bootstrap, level, seed)
