"""``gan-grid``: 25 Gaussians on a grid, as in PacGAN, and which of them a GAN keeps."""

from __future__ import annotations

from itertools import product

import numpy as np

from fullmenu.lab.experiment import Claim, Result
from fullmenu.lab.experiments._gan_2d import best, on_plane

MEANS = np.array(list(product(range(-4, 5, 2), repeat=2)), np.float64)


def claim(result: Result) -> Claim:
    """A remedy keeps 23 of 25 modes where the plain GAN keeps 17."""
    arm = best(result)
    ours, plain = result.mean(arm, "modes"), result.mean("vanilla", "modes")
    gain = result.difference(arm, "modes")
    return Claim(
        "a remedy keeps 23 of 25 modes or more where the plain GAN keeps 17 or fewer",
        f"{arm} {ours:.1f}, vanilla {plain:.1f}; paired difference {gain}",
        ours >= 23 and plain <= 17,
    )


EXPERIMENT = on_plane(
    "gan-grid",
    "A GAN learns 25 Gaussians on a grid and forgets some; which remedy keeps them?",
    MEANS,
    claim,
    {
        "vanilla": ("17.3±.8", "94.8±.7", ".70±.07"),
        "packing 2": ("23.8±.7", "91.3±.8", ".13±.04"),
        "packing 3": ("24.6±.4", "94.2±.4", ".06±.02"),
        "packing 4": ("24.8±.2", "93.6±.6", ".04±.01"),
    },
    title="25 Gaussians on a grid",
    sd=0.05,
    width=0.75,
)
