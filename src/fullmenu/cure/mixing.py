"""Real data among a model's own outputs: how much of them keeps variety for how long."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fullmenu.cure.docstrings import documented
from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Floats


@documented
def expected_repeat_rate(
    rate: float, n: int, generations: int | None, *, real: float = 0.0, accumulate: bool = False
) -> float:
    """Return the expected repeat rate of the model after generations of training on outputs.

    The model is a copyist: each generation draws n outputs from exactly the distribution of its
    training data (genetic drift, Wright–Fisher); a network that also forgets, or sharpens what it
    learns, loses more. With b = 1 − real, replacing gives
    ``E[U_g] = U* + (U₀ − U*) · (b² − b/n)^g`` where ``1 − U* = (1 − U₀)(1 − 1/(n(1 − b²) + b))``.
    Accumulating gives ``1 − (1 − U₀) Π_{t ≤ g} (1 − 1/(n t²))``, and tends to
    ``1 − (1 − U₀) sin(π/√n) / (π/√n)``. So replacing data collapses and accumulating them does not
    (Shumailov et al. 2024; Gerstgrasser et al. 2024). Holds for every kernel with k(x, x) = 1.

    Parameters
    ----------
    rate
        U₀, the repeat rate of the real distribution, in [0, 1].
    n
        Outputs of one prompt in each generation's training set (with ``accumulate``: that each one
        adds). The first set is n real outputs.
    generations
        How many models are trained one after another; ``None`` for the limit.
    real
        Share of real data in each training set: drawn afresh, or again from one collection, with
        U₀ its own repeat rate, draws with replacement included.
    accumulate
        Every set is added to those before, instead of replacing them.

    Raises
    ------
    BadInput
        A number is out of its range, or ``real`` is given with ``accumulate``.

    Examples
    --------
    >>> [round(expected_repeat_rate(0.1, 100, g), 3) for g in (1, 10, 100)]
    [0.109, 0.186, 0.671]
    >>> round(expected_repeat_rate(0.1, 100, None, real=0.1), 3)
    0.145
    >>> round(expected_repeat_rate(0.1, 100, None, accumulate=True), 3)
    0.115
    """
    _check(rate, n, real)
    if generations is not None and generations < 0:
        raise BadInput(f"generations={generations}: give 0 or more, or None for the limit")
    if accumulate:
        if real:
            raise BadInput(f"real={real} with accumulate: the first set stays anyway; give one")
        return 1 - (1 - rate) * _kept(n, generations)
    b = 1 - real
    room = n * (1 - b * b) + b
    limit = 1 - (1 - rate) * (1 - 1 / room)
    left = 0.0 if generations is None else (b * b - b / n) ** generations
    return limit + (rate - limit) * left


@documented
def mixing_share(rate: float, n: int, keep: float, generations: int | None = None) -> float:
    """Return the least share of real data that keeps a share of the effective number of modes.

    Inverts :func:`expected_repeat_rate`. Of rare modes it says little: one of share p is among m
    real outputs with chance 1 − (1 − p)^m.

    Parameters
    ----------
    rate
        U₀, the repeat rate of the real distribution, in (0, 1).
    n
        Outputs in each generation's training set, of one prompt.
    keep
        Share of the effective number 1/U₀ to be left, in (0, 1).
    generations
        After how many; by default for ever.

    Raises
    ------
    BadInput
        Not even real data alone keep so much with n outputs.

    Examples
    --------
    >>> round(mixing_share(0.05, 200, keep=0.9), 3), round(mixing_share(0.05, 200, keep=0.5), 3)
    (0.617, 0.046)
    >>> mixing_share(0.05, 200, keep=0.5, generations=5)
    0.0
    """
    _check(rate, n, 0.0)
    if not 0 < keep < 1 or not 0 < rate < 1:
        raise BadInput(f"keep={keep} of 1/{rate}: both lie between 0 and 1, ends not included")
    most = rate / keep

    def holds(real: float) -> bool:
        return expected_repeat_rate(rate, n, generations, real=real) <= most

    if holds(0.0):
        return 0.0
    if not holds(1.0):
        needed = math.ceil((1 - rate) / (most - rate))
        raise BadInput(
            f"keep={keep}: a copy of n={n} real outputs alone loses more; train on {needed:,} of "
            "a prompt or more"
        )
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


@documented
def mixing_weights(real: Sequence[bool], share: float) -> Floats:
    """Return weights under which real records make up a share of a mixed collection.

    Their mean is 1; :func:`effective_sample_size` says what they cost.

    Parameters
    ----------
    real : (n,)
        Which records are real.
    share
        Of the total weight, in [0, 1].

    Raises
    ------
    BadInput
        ``share`` is not in [0, 1], or calls for a kind of record that is not there.

    Examples
    --------
    >>> mixing_weights([True, False, False, False], 0.5).round(3).tolist()
    [2.0, 0.667, 0.667, 0.667]
    """
    is_real = np.asarray(real, bool)
    n, m = len(is_real), int(is_real.sum())
    if not 0 <= share <= 1:
        raise BadInput(f"share={share}: give the share of real data, from 0 to 1")
    if (m == 0 and share > 0) or (m == n and share < 1) or not n:
        raise BadInput(
            f"share={share} of real data in {n} records, {m} of them real: give both kinds"
        )
    return np.where(is_real, share * n / max(m, 1), (1 - share) * n / max(n - m, 1))


def _kept(n: int, generations: int | None) -> float:
    if generations is None:
        x = math.pi / math.sqrt(n)
        return math.sin(x) / x if n > 1 else 0.0
    return float(np.prod(1 - 1 / (n * np.arange(1, generations + 1, dtype=np.float64) ** 2)))


def _check(rate: float, n: int, real: float) -> None:
    if not 0 <= rate <= 1:
        raise BadInput(f"rate={rate}: a repeat rate lies in [0, 1]")
    if n < 1:
        raise BadInput(f"n={n}: a training set holds 1 output or more")
    if not 0 <= real <= 1:
        raise BadInput(f"real={real}: give the share of real data, from 0 to 1")
