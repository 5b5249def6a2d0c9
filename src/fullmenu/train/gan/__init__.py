"""Remedies against mode collapse in GANs, as plain functions and modules of torch.

``packing``, ``standard_deviation`` and ``discrimination`` let the discriminator see several samples
at once, so that sameness gives a generator away; ``pairing`` and ``penalties`` together make a
well-behaved loss; ``unrolling`` lets the generator look ahead; ``seeking`` pays it for difference.
``losses`` are the plain ones. Spectral normalisation is torch's own,
``torch.nn.utils.parametrizations.spectral_norm``.

A training loop with packing and penalties, of anything that torch can train::

    >>> import torch
    >>> from fullmenu.train import gan
    >>> g, d = torch.nn.Linear(2, 2), gan.Packed(torch.nn.Linear(4, 1), 2)
    >>> opt_g, opt_d = (torch.optim.Adam(net.parameters(), lr=1e-3) for net in (g, d))
    >>> for _ in range(3):
    ...     real, fake = torch.randn(64, 2), g(torch.randn(64, 2))
    ...     loss_d = gan.nonsaturating_d(d(real), d(fake.detach())) + gan.r1_penalty(d, real, 0.1)
    ...     opt_d.zero_grad()
    ...     loss_d.backward()
    ...     opt_d.step()
    ...     loss_g = gan.nonsaturating_g(d(fake))
    ...     opt_g.zero_grad()
    ...     loss_g.backward()
    ...     opt_g.step()
    >>> loss_d.shape, loss_g.shape
    (torch.Size([]), torch.Size([]))
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "MinibatchDiscrimination": "discrimination",
    "MinibatchStd": "standard_deviation",
    "Packed": "packing",
    "diversity_sensitive": "seeking",
    "minibatch_std": "standard_deviation",
    "nonsaturating_d": "losses",
    "nonsaturating_g": "losses",
    "pack": "packing",
    "r1_penalty": "penalties",
    "r2_penalty": "penalties",
    "relativistic_d": "pairing",
    "relativistic_g": "pairing",
    "unrolled": "unrolling",
}
"""Public name → module of this package it lives in."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fullmenu.train.gan' has no attribute {name!r}")
    return getattr(importlib.import_module(f"fullmenu.train.gan.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
