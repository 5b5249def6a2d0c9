"""How many dimensions a feature has for itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.diagnose.units.effects import Floats, checked
from fullmenu.errors import BadInput, NotEnoughData


def feature_dimensionality(directions: Any) -> Floats:
    """Return D of every feature: ‖W_i‖² / Σ_j (Ŵ_i·W_j)².

    Elhage et al. 2022, Toy Models of Superposition. Where all features are equally important and
    dense, a network may turn its space at will and D of single features means nothing;
    :func:`dimensions_per_feature` then still does.

    1: a dimension of its own. ½: it shares one with its opposite (an antipodal pair). 2/5: one
    of five that share two. 0: not there at all.

    Parameters
    ----------
    directions : (n, m)
        One row for each of n features, in a space of m dimensions.

    Examples
    --------
    >>> feature_dimensionality([[1, 0], [0, 2], [0, -2], [0, 0]]).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    w = _matrix(directions)
    squared = (w**2).sum(1)
    shared = ((w @ w.T) ** 2).sum(1)
    return np.where(shared > 0, squared**2 / np.where(shared > 0, shared, 1.0), 0.0)


def dimensions_per_feature(directions: Any) -> float:
    """Return D* = m / ‖W‖²_F: dimensions for each feature that is represented.

    A row of ``directions``, (n, m), is of length about 1 where the feature is represented.

    >>> dimensions_per_feature([[1, 0], [0, 1], [0, -1], [-1, 0]])
    0.5
    """
    w = _matrix(directions)
    total = float((w**2).sum())
    if total == 0:
        raise NotEnoughData("all directions are 0: no feature is represented; train for longer")
    return w.shape[1] / total


def concept_directions(activations: Any, concepts: Any, *, shrink: float = 0.01) -> Floats:
    """Return the direction of each concept in whitened activations, (C, d).

    The difference of the mean where it holds and where it does not, where all directions vary
    alike: the covariance (with ``shrink`` of its mean variance added) is taken out.
    """
    x, y = checked(activations, concepts)
    x = x - x.mean(0)
    inside = y.sum(0)
    apart = (y.T @ x) / inside[:, None] - ((1 - y).T @ x) / (len(y) - inside)[:, None]
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    added = shrink * float(values.mean())
    if added == 0:
        raise NotEnoughData("no unit varies over the items; give other items or another layer")
    scale = 1 / np.sqrt(np.maximum(values, 0.0) + added)
    return np.asarray((apart @ vectors) * scale)


def _matrix(directions: Any) -> Floats:
    w = np.asarray(directions, np.float64)
    if w.ndim != 2 or not w.size or not np.isfinite(w).all():
        raise BadInput(f"directions of shape {w.shape}: give finite numbers, (features, dims)")
    return w
