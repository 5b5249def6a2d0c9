"""Leinster and Cobbold's diversity: Hill numbers where outputs may be partly alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.kernel.gram import ROWS, blocks, similarities
from fullmenu.kernel.rows import Features, as_features, dense, unit, unit_dense
from fullmenu.measures.arguments import shown
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._order import (
    TIED,
    chance,
    number_estimate,
    snapped_order,
)
from fullmenu.measures.vectors._subsets import at_least
from fullmenu.measures.vectors.vendi import snapped
from fullmenu.stats.arrays import Floats, numbers_of
from fullmenu.stats.effective_number import log_number
from fullmenu.stats.proportion import jackknife_se

Similarity = str | Callable[[Any, Any], Any]
Blocks = Callable[[], Iterator[tuple[slice, Floats]]]


@measure(unit="dishes", paper="Leinster & Cobbold 2012", rises=True)
def leinster_cobbold(
    features: Any,
    order: float = 1.0,
    *,
    similarity: Similarity = "cosine",
    level: float = 0.95,
) -> Estimate:
    """Estimate Leinster and Cobbold's similarity-sensitive Hill number.

    ``value`` between 1 and n: (Σᵢ pᵢ (Zp)ᵢ^(q−1))^(1/(1−q)).

    A cousin of :func:`~fullmenu.measures.vendi`, not its equal: this asks how unusual each output
    is, that in how many directions they spread. They agree where outputs are alike fully or not at
    all, and at order 2 the Vendi score is this number under k². Unlike the Vendi score it needs no
    eigenvalues: O(n²d) time, 256 rows at a time.

    Each row is compared with itself too, as the definition has it, so the number grows with n. The
    interval is for its expected value on n rows. Its limit at order 2 under ``squared`` is
    1/:func:`~fullmenu.measures.repeat_rate`, which does not drift. Cannot see what the
    similarity cannot see; of negative cosines ``cosine`` makes "not alike".

    Parameters
    ----------
    features
        Rows of one sample, each of weight 1/n; of unit length for ``cosine`` and ``squared``. With
        ``similarity="precomputed"``, the (n, n) matrix Z of how alike they are.
    order
        The higher, the less the unusual outputs count; any number of at least 0, or ``inf``.
    similarity
        ``cosine``: max(k, 0). ``squared``: k². ``precomputed``: ``features`` is Z. Or a function of
        two sets of rows, (a, d) and (b, d), to their similarities (a, b). Between 0 and 1, with 1
        for a row and itself; it need not be symmetric, nor a kernel.
    level
        …: every row left out in turn, t on the log scale.

    >>> z = [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]]
    >>> for q in (0, 1, 2, float("inf")):
    ...     print(round(leinster_cobbold(z, q, similarity="precomputed").value, 4))
    2.0526
    1.9556
    1.875
    1.5789
    """
    q = snapped_order(order)
    x, blocks = _compared(features, similarity)
    n = x.shape[0]
    at_least(n, 2, "Leinster and Cobbold's number", "is about how outputs differ")
    commonness, agreement = _commonness(blocks, n)
    log = snapped(log_number(commonness, q, np.full(n, 1 / n)))
    missed = chance(agreement, float(commonness.mean()), q, n)
    variance = 0.0 if log == 0.0 else _variance(commonness, blocks, q) + missed
    name = similarity if isinstance(similarity, str) else "own similarity"
    method = f"order {q:g}, {name}, jackknife over outputs"
    return number_estimate(log, variance, q, n, most=n, level=level, method=method)


def _compared(features: Any, similarity: Similarity) -> tuple[Features, Blocks]:
    """Return rows, and how to walk over the rows of Z."""
    if isinstance(similarity, str) and similarity == "precomputed":
        z = similarities(features, "similarity")
        return z, lambda: ((at, _checked(z[at], at)) for at in _cuts(len(z)))
    x = as_features(features)
    if callable(similarity):
        own = similarity
        return x, lambda: ((at, _checked(_called(own, x, at), at)) for at in _cuts(x.shape[0]))
    if not isinstance(similarity, str) or similarity not in ("cosine", "squared"):
        raise BadInput(
            f'similarity={shown(similarity)}: give "cosine", "squared", "precomputed", or a '
            "function of two sets of rows"
        )
    x = unit(x) if hasattr(x, "indptr") else unit_dense(x)

    def walk() -> Iterator[tuple[slice, Floats]]:
        for at, k in blocks(x):
            yield at, np.minimum(k**2 if similarity == "squared" else np.maximum(k, 0.0), 1.0)

    return x, walk


def _called(similarity: Callable[[Any, Any], Any], x: Features, at: slice) -> Any:
    try:
        return similarity(x[at], x)
    except Exception as error:  # of the caller's own function
        raise BadInput(f"similarity failed on two sets of rows ({error!r})") from error


def _cuts(n: int) -> Iterator[slice]:
    return (slice(a, min(a + ROWS, n)) for a in range(0, n, ROWS))


def _checked(part: Any, at: slice) -> Floats:
    z = dense(part) if hasattr(part, "toarray") else numbers_of(part, "similarities")
    if z.ndim != 2 or len(z) != at.stop - at.start or z.shape[1] < at.stop:
        raise BadInput(f"similarities of shape {z.shape}: give one for each row and each row")
    if not (z.min() >= -1e-9 and z.max() <= 1 + 1e-9):  # NaN is neither
        raise BadInput(
            f"similarities from {z.min():.4g} to {z.max():.4g}: give numbers between 0 and 1"
        )
    if not (abs(z[np.arange(len(z)), np.arange(at.start, at.stop)] - 1) < 1e-6).all():
        raise BadInput("a row must be like itself by 1; divide by √(Zᵢᵢ·Zⱼⱼ)")
    return np.asarray(np.clip(z, 0.0, 1.0))


def _commonness(blocks: Blocks, n: int) -> tuple[Floats, float]:
    """Return (Zp)ᵢ, and the variance of Z over pairs of different rows."""
    sums, squares = np.empty(n), 0.0
    for at, z in blocks():
        sums[at] = z.sum(1)
        squares += float((z**2).sum())
    pairs = n * (n - 1)
    mean = float(sums.sum() - n) / pairs
    return sums / n, max((squares - n) / pairs - mean**2, 0.0)


def _variance(u: Floats, blocks: Blocks, q: float) -> float:
    """Return the variance of the log number: each row is left out in turn.

    Without row i row j has the commonness (n·uⱼ − Zⱼᵢ)/(n − 1). At order 0 one more row may stand
    for all that is like it.
    """
    if np.isinf(q):
        return _variance_of_top(u, blocks)
    n = len(u)
    top = float(np.log(n * u.max()))
    sums = np.zeros(n)
    for at, z in blocks():
        logs = np.log(np.maximum(n * u[at, None] - z, 1e-300))
        part = logs if q == 1 else np.exp((q - 1) * (logs - top))
        part[np.arange(len(z)), np.arange(at.start, at.stop)] = 0.0
        sums += part.sum(0)
    if q > 1 and not sums.all():  # so high an order that only the commonest row is left
        return _variance_of_top(u, blocks)
    without = -sums / (n - 1) if q == 1 else np.log(sums) / (1 - q)
    one_more = max(1 - q, 0.0) * float(u.mean()) ** 2
    return jackknife_se(without) ** 2 + one_more


def _variance_of_top(u: Floats, blocks: Blocks) -> float:
    # of max u only: the mean over the rows tied for it of what row i adds to each, Z_ti/max u
    first = (u > u.max() * (1 - TIED)).astype(np.float64)
    met = np.zeros(len(u))
    for at, z in blocks():
        met += first[at] @ z
    return float((met / (first.sum() * u.max())).var(ddof=1)) / len(u)
