"""A small sparse autoencoder: activations as few, one-sided parts of a larger dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fullmenu.diagnose.units.effects import Floats
from fullmenu.errors import BadInput, NotEnoughData, extra


@dataclass(frozen=True)
class Dictionary:
    """A trained sparse autoencoder.

    Parameters
    ----------
    encoder, bias
        (k, d) and (k,): latents are relu((x − centre) encoderᵀ + bias).
    directions, centre
        (k, d), of unit length, and (d,): x is rebuilt as latents · directions + centre.
    fvu
        Fraction of variance left unexplained on items that were held out.
    l0
        Latents that are above 0 on an item, mean over the same.
    """

    encoder: Floats
    bias: Floats
    directions: Floats
    centre: Floats
    fvu: float
    l0: float

    def latents(self, activations: Any) -> Floats:
        """Return the latents of activations, (n, k)."""
        x = np.asarray(activations, np.float64)
        if x.ndim != 2 or x.shape[1] != len(self.centre):
            raise BadInput(
                f"activations of shape {x.shape}: this dictionary is of {len(self.centre)} units"
            )
        return np.maximum((x - self.centre) @ self.encoder.T + self.bias, 0.0)


def sparse_autoencoder(
    activations: Any,
    latents: int,
    *,
    fvu: float = 0.05,
    steps: int = 4000,
    batch: int = 256,
    learning_rate: float = 3e-3,
    held_out: float = 0.2,
    seed: int = 0,
) -> Dictionary:
    """Train a sparse autoencoder on activations, as sparse as a fixed reconstruction allows.

    One hidden layer, ReLU, decoder rows of unit length, the L1 norm of the latents as the price
    (Bricken et al. 2023, Towards Monosemanticity). Small data and CPU are what it is for; for
    language models at large use a package made for them. That a dictionary was found does not say
    that it is the right one: see :func:`dictionary_gain`.

    Parameters
    ----------
    activations : (n, d)
        Of d units on n items.
    latents
        Size of the dictionary; more than d, as a rule.
    fvu
        Fraction of variance that may stay unexplained. The weight of sparsity is moved in training
        until this is reached, so that dictionaries are compared at one reconstruction.
    steps, batch, learning_rate
        Of Adam; the rate falls to 0 over the last fifth.
    held_out, seed
        Share of the items on which ``fvu`` and ``l0`` of the result are measured; seed of weights,
        batches and the split.

    Raises
    ------
    MissingExtra
        torch is not installed.
    NotEnoughData
        Fewer than 50 items, or activations that do not vary.
    BadInput
        Not a matrix of finite numbers, or settings out of range.

    Examples
    --------
    >>> import torch
    >>> rng = np.random.default_rng(0)
    >>> activations = rng.standard_normal((200, 4)) @ rng.standard_normal((4, 6))
    >>> found = sparse_autoencoder(activations, latents=12, steps=60)
    >>> found.l0 <= 12
    True
    """
    with extra("sparse autoencoders", "diagnose"):
        import torch
    x = np.asarray(activations, np.float64)
    if x.ndim != 2 or not x.shape[1] or not np.isfinite(x).all():
        raise BadInput(f"activations of shape {x.shape}: give finite numbers, (items, units)")
    if latents < 1 or steps < 10 or batch < 1 or not 0 < fvu < 1 or not 0 < held_out < 1:
        raise BadInput(
            f"latents={latents}, steps={steps}, batch={batch}, fvu={fvu}, held_out={held_out}: "
            "give at least 1, 10, 1, and shares within (0, 1)"
        )
    if len(x) < 50:
        raise NotEnoughData(f"a dictionary needs 50 items or more, not {len(x)}")
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    cut = max(int(len(x) * held_out), 10)
    test, train = x[order[:cut]], x[order[cut:]]
    variance = float(((train - train.mean(0)) ** 2).sum(1).mean())
    if variance == 0 or float(((test - test.mean(0)) ** 2).sum()) == 0:
        raise NotEnoughData("the activations do not vary; give other items or another layer")
    scale = variance**0.5
    # FVU + weight · L1 is minimised; the weight grows while FVU is below its target, else falls
    data = torch.from_numpy((train / scale).astype(np.float32))
    chance = torch.Generator().manual_seed(int(rng.integers(2**62)))
    w = torch.randn(latents, data.shape[1], generator=chance)
    w = w / w.norm(dim=1, keepdim=True)
    decoder, encoder = w.clone().requires_grad_(), w.clone().requires_grad_()
    bias, centre = torch.zeros(latents, requires_grad=True), data.median(0).values.requires_grad_()
    adam = torch.optim.Adam([encoder, bias, decoder, centre], lr=learning_rate)
    price, seen = 0.01, 1.0
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = learning_rate * min(1.0, 5 * (1 - step / steps))
        at = torch.randint(len(data), (batch,), generator=chance)
        part = data[at]
        z = torch.relu((part - centre) @ encoder.T + bias)
        unexplained = ((part - z @ decoder - centre) ** 2).sum(1).mean()
        loss = unexplained + price * z.sum(1).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        with torch.no_grad():
            decoder /= decoder.norm(dim=1, keepdim=True).clamp_min(1e-8)
        seen = 0.98 * seen + 0.02 * float(unexplained.detach())
        price = min(max(price * (1.01 if seen < fvu else 0.99), 1e-5), 10.0)
    encoder, bias, decoder, centre = (
        p.detach().numpy().astype(np.float64) for p in (encoder, bias, decoder, centre)
    )
    bias, centre = bias * scale, centre * scale
    z = np.maximum((test - centre) @ encoder.T + bias, 0.0)
    left = ((test - z @ decoder - centre) ** 2).sum() / ((test - test.mean(0)) ** 2).sum()
    return Dictionary(encoder, bias, decoder, centre, float(left), float((z > 0).sum(1).mean()))
