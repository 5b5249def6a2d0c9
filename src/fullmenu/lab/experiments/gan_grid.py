"""``gan-grid``: 25 Gaussians on a grid, as in PacGAN, and which of them a GAN keeps."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from fullmenu.lab.experiment import Claim, Experiment, Outcome, Published, Result, Settings
from fullmenu.lab.experiments import _gan_2d
from fullmenu.lab.experiments._gan_2d import NUMBERS

MEANS = np.array(list(product(range(-4, 5, 2), repeat=2)), np.float64)

_PACGAN = (
    "Lin et al. 2018 (PacGAN), their code's table: 10 trials, 400,000 steps, simultaneous updates; "
    "mean ± standard error"
)


def cell(arm: str, seed: int, settings: Settings) -> Outcome:
    """Train one arm on the grid."""
    return _gan_2d.cell(arm, seed, MEANS, settings)


def claims(result: Result) -> list[Claim]:
    """A remedy keeps 23 of 25 modes where the plain GAN keeps 17."""
    best = _gan_2d.best(result)
    ours, plain = result.mean(best, "modes"), result.mean("vanilla", "modes")
    gain = result.difference(best, "modes")
    return [
        Claim(
            "a remedy keeps 23 of 25 modes or more where the plain GAN keeps 17 or fewer",
            f"{best} {ours:.1f}, vanilla {plain:.1f}; paired difference {gain}",
            ours >= 23 and plain <= 17,
        ),
        *_gan_2d.claims_of_all(result, len(MEANS)),
    ]


def draw(result: Result) -> Any:
    """Samples over the grid, and modes by arm."""
    return _gan_2d.drawn(result, MEANS, "25 Gaussians on a grid")


EXPERIMENT = Experiment(
    name="gan-grid",
    about="A GAN learns 25 Gaussians on a grid and forgets some; which remedy keeps them?",
    arms=_gan_2d.ARMS,
    numbers=NUMBERS,
    cell=cell,
    claims=claims,
    draw=draw,
    settings={**_gan_2d.QUICK, "sd": 0.05, "width": 0.75},
    full=_gan_2d.FULL,
    published=[
        Published(arm, number, value, _PACGAN)
        for arm, values in {
            "vanilla": ("17.3±.8", "94.8±.7", ".70±.07"),
            "packing 2": ("23.8±.7", "91.3±.8", ".13±.04"),
            "packing 3": ("24.6±.4", "94.2±.4", ".06±.02"),
            "packing 4": ("24.8±.2", "93.6±.6", ".04±.01"),
        }.items()
        for number, value in zip(("modes", "high_quality", "reverse_kl"), values, strict=True)
    ],
    caveat=_gan_2d.CAVEAT,
)
