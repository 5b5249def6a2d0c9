"""A terrain with several valleys, walked in fog: two numbers, as a matrix of one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

START = (0.2, 2.9)
FOG = 0.4
"""Standard deviation of what is added to each slope."""

EDGE = 3.2
_VALLEYS = (
    # depth, where, long and short radius, direction
    (2.6, (1.9, -1.6), 1.5, 0.45, 0.6),
    (1.9, (-1.5, -1.4), 1.2, 0.4, -0.9),
    (1.5, (-1.0, 1.5), 1.4, 0.35, -0.5),
    (1.3, (1.7, 1.6), 0.9, 0.5, 0.2),
)


def _shapes() -> list[tuple[float, Floats, Floats]]:
    found = []
    for depth, where, long, short, turn in _VALLEYS:
        c, s = np.cos(turn), np.sin(turn)
        axes = np.array([[c, s], [-s, c]]) / np.array([[long], [short]])
        found.append((depth, np.array(where), axes.T @ axes))
    return found


def height(points: Floats) -> Floats:
    """Height of the terrain at points of shape (…, 2)."""
    high = 0.06 * (points**2).sum(-1)
    for depth, where, form in _shapes():
        away = points - where
        high = high - depth * np.exp(-np.einsum("...i,ij,...j->...", away, form, away) / 2)
    return np.asarray(high)


def slope(point: Floats) -> Floats:
    """Slope of the terrain at one point, (2,)."""
    found = 0.12 * point
    for depth, where, form in _shapes():
        away = point - where
        found = found + depth * np.exp(-(away @ form @ away) / 2) * (form @ away)
    return np.asarray(found)


class Walk:
    """One walk down, a step at a time."""

    def __init__(self, seed: int, optimizer: str, rate: float, options: Mapping[str, Any]) -> None:
        import torch

        from fullmenu.train import optimizer as make

        self.random = np.random.default_rng(seed)
        self.torch = torch
        self.net = torch.nn.Module()
        self.net.at = torch.nn.Parameter(torch.tensor([START]))
        self.optimizer = make(optimizer, self.net, rate, **options)

    @property
    def at(self) -> list[float]:
        """Where the walk is."""
        return [float(x) for x in self.net.at.detach()[0]]

    def step(self) -> None:
        """Take one step by the slope as the fog shows it."""
        seen = slope(np.array(self.at)) + FOG * self.random.normal(size=2)
        self.net.at.grad = self.torch.tensor(seen, dtype=self.torch.float32)[None]
        self.optimizer.step()

    def score(self) -> float:
        """How deep the walk is."""
        return -float(height(np.array(self.at)))
