"""How far a policy is from its reference, from log-probabilities of what it said."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.stats.means import mean


def kl_divergence(
    logprobs: Any,
    reference: Any,
    *,
    groups: Any = None,
    estimator: Literal["k1", "k3"] = "k3",
    level: float = 0.95,
) -> Estimate:
    """Estimate KL(policy ‖ reference) from outputs of the policy, in nats an output.

    Parameters
    ----------
    logprobs, reference : (n,)
        Log-probability of each whole output under the policy that wrote it, and under the
        reference: sums over tokens, in nats.
    groups : (n,), optional
        Prompt of each output; prompts are then the units of the interval.
    estimator
        ``k1``: the mean of log p − log q, which may come out below 0. ``k3``: the mean of
        q/p − 1 − log(q/p), never below 0, and as unbiased; of smaller variance near the reference,
        of a much larger one far from it, where q/p is mostly 0 and rarely huge.
    level
        Coverage of the t interval.

    Raises
    ------
    BadInput
        Arrays of different lengths, or a log-probability above 0 or not finite.
    NotEnoughData
        Fewer than two outputs.

    Notes
    -----
    Schulman, "Approximating KL divergence" (2020). Neither can see outputs that the policy never
    wrote here. Far from the reference (more than a few nats) use ``k1``.

    Examples
    --------
    >>> print(kl_divergence([-1.0, -2.0, -1.5], [-1.2, -2.3, -1.4]))
    0.0216 [0, 0.0663]
    """
    p, q = (np.asarray(x, np.float64) for x in (logprobs, reference))
    if p.ndim != 1 or p.shape != q.shape:
        raise BadInput(f"log-probabilities of shapes {p.shape} and {q.shape}: give one an output")
    if not (np.isfinite(p).all() and np.isfinite(q).all() and max(p.max(), q.max()) <= 1e-6):
        raise BadInput("log-probabilities are finite and at most 0, in nats; give sums over tokens")
    if estimator not in ("k1", "k3"):
        raise BadInput(f"unknown estimator {estimator!r}; use 'k1' or 'k3'")
    with np.errstate(over="ignore"):
        each = p - q if estimator == "k1" else np.expm1(q - p) - (q - p)
    if not np.isfinite(each).all():
        raise BadInput("k3 overflows where the reference is e^700 times likelier; use 'k1'")
    g = np.zeros(len(p), np.int64) if groups is None else np.asarray(groups)
    found = mean(each, g, "nats", level)
    method = f"{estimator}, {found.method}"
    if estimator == "k3":
        return replace(found, low=max(found.low or 0.0, 0.0), method=method)
    return replace(found, method=method)


def kl_of_best_of(n: int) -> float:
    """Bound KL of the best of ``n`` from the distribution it is chosen from: ln n − (n − 1)/n.

    Exact where no two outputs have the same score (Gao et al. 2022; Beirami et al. 2024 show that
    it is an upper bound where some have).

    Examples
    --------
    >>> [round(kl_of_best_of(n), 3) for n in (1, 4, 16)]
    [0.0, 0.636, 1.835]
    """
    if n < 1:
        raise BadInput(f"n={n}: the best is chosen of 1 output or more")
    return math.log(n) - (n - 1) / n
