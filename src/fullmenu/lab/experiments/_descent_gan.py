"""The modes that a GAN keeps on a grid of 25 Gaussians, by its optimizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.lab.experiments._gradients import descend

Floats = NDArray[np.float64]

SIDE = 5
SCALE = 8**-0.5
"""PacGAN's grid, Gaussians of deviation 0.05 two apart, brought to unit variance."""

SD = 0.05 * SCALE
WIDTH, BATCH, SAMPLES = 96, 128, 2500

LEAST = 10
"""Samples within three deviations of a mode for it to be kept."""

REAL, KERNEL = 1_000_000, 0.75 * SCALE
"""Real samples from which the instrument learns the modes, and the width of its kernel."""

_AXIS = SCALE * (2.0 * np.arange(SIDE) - (SIDE - 1))
CENTRES = np.stack(np.meshgrid(_AXIS, _AXIS), -1).reshape(-1, 2)


def kept(points: Floats, centres: Floats = CENTRES, sd: float = SD) -> int:
    """Count the modes that have ten samples within three standard deviations."""
    apart = np.linalg.norm(points[:, None] - centres, axis=-1)
    near = apart.argmin(1)[apart.min(1) < 3 * sd]
    return int((np.bincount(near, minlength=len(centres)) >= LEAST).sum())


def counted(points: Floats) -> int:
    """Count them as the instrument does, which is told neither centres nor deviation.

    The dishes of a real sample are found under a Gaussian kernel; their means and their common
    deviation are then those of the modes.
    """
    from fullmenu.lab.experiments._gan_2d import by_truth, menu_of

    means, sd = menu_of(tuple(map(tuple, CENTRES.tolist())), SD, KERNEL, REAL)
    return int((by_truth(points, means, sd)[0] >= LEAST).sum())


class Gan:
    """Generator and critic, each with an optimizer of its own, trained step by step."""

    def __init__(
        self, seed: int, latent: int, optimizer: str, rate: float, options: Mapping[str, Any]
    ) -> None:
        import torch

        from fullmenu.train import optimizer as make

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.generator, self.critic = _mlp(latent, 2), _mlp(2, 1)
        self.torch, self.latent = torch, latent
        self.random = torch.Generator().manual_seed(seed)
        self.centres = torch.tensor(CENTRES, dtype=torch.float32)
        self.optimizers = [
            make(optimizer, net, rate, **options) for net in (self.generator, self.critic)
        ]

    def step(self) -> None:
        """One step of the critic, then one of the generator (non-saturating)."""
        from fullmenu.train import gan

        of_generator, of_critic = self.optimizers
        fake = self._fake(BATCH)
        real = self.critic(self._real(BATCH))
        descend(of_critic, gan.nonsaturating_d(real, self.critic(fake.detach())))
        descend(of_generator, gan.nonsaturating_g(self.critic(fake)))

    def sample(self, n: int = SAMPLES) -> Floats:
        """Draw from the generator without touching the training's random numbers."""
        random = self.torch.Generator().manual_seed(2**20)
        with self.torch.no_grad():
            z = self.torch.randn(n, self.latent, generator=random)
            return self.generator(z).double().numpy()

    def score(self) -> float:
        """How many modes are kept."""
        return kept(self.sample())

    def details(self) -> dict[str, float]:
        """How many modes the instrument counts, which does not know where they are."""
        return {"counted": float(counted(self.sample()))}

    def _fake(self, n: int) -> Any:
        return self.generator(self.torch.randn(n, self.latent, generator=self.random))

    def _real(self, n: int) -> Any:
        which = self.torch.randint(len(CENTRES), (n,), generator=self.random)
        noise = self.torch.randn(n, 2, generator=self.random)
        return self.centres[which] + SD * noise


def _mlp(inputs: int, outputs: int) -> Any:
    from torch import nn

    sizes: Sequence[int] = (inputs, WIDTH, WIDTH, WIDTH)
    layers: list[Any] = []
    for a, b in pairwise(sizes):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(WIDTH, outputs))
