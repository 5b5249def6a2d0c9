"""How well a dictionary matches known directions, beside a random one of equal size."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fullmenu.diagnose.units.effects import Floats
from fullmenu.errors import BadInput


class Match(NamedTuple):
    """Mean over known directions of the largest cosine with any direction of the dictionary.

    ``found`` of the dictionary; ``chance`` the mean of random dictionaries of equal size, and
    ``chance_high`` what 97.5 % of them stay below. One without the others says nothing.
    """

    found: float
    chance: float
    chance_high: float


def mean_max_cosine(directions: Any, truth: Any, *, draws: int = 200, seed: int = 0) -> Match:
    """Compare a dictionary to known directions, and random dictionaries of its size too.

    The mean of maximal cosine similarities (MMCS; Sharkey et al. 2022). In few dimensions a random
    dictionary reaches a high one too, which is why it never stands alone here.

    Parameters
    ----------
    directions : (k, d)
        Of the dictionary.
    truth : (n, d)
        The known ones; rows of zeros are left out.
    draws, seed
        Random dictionaries.

    Raises
    ------
    BadInput
        Matrices that do not fit together, or no known direction.

    Examples
    --------
    >>> found, chance, high = mean_max_cosine(np.eye(3), np.eye(3))
    >>> found, found > high
    (1.0, True)
    """
    w, t = np.asarray(directions, np.float64), np.asarray(truth, np.float64)
    if w.ndim != 2 or t.ndim != 2 or w.shape[1] != t.shape[1] or not len(w):
        raise BadInput(f"directions of shape {w.shape} and {t.shape}: give (k, d) and (n, d)")
    t = t[np.linalg.norm(t, axis=1) > 0]
    if not len(t):
        raise BadInput("truth holds no direction other than 0")
    rng = np.random.default_rng(seed)
    by_chance = [_mmcs(rng.standard_normal(w.shape), t) for _ in range(draws)]
    return Match(_mmcs(w, t), float(np.mean(by_chance)), float(np.quantile(by_chance, 0.975)))


def _mmcs(w: Floats, t: Floats) -> float:
    lengths = np.linalg.norm(w, axis=1, keepdims=True)
    w = w / np.where(lengths > 0, lengths, 1.0)
    t = t / np.linalg.norm(t, axis=1, keepdims=True)
    return float((t @ w.T).max(1).mean())
