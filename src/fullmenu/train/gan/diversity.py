"""The diversity-sensitive loss: different latents must give different samples."""

from __future__ import annotations

from typing import Any

from fullmenu.errors import BadInput
from fullmenu.train.gan._checks import alike

_LEAST = 1e-12  # apart two latents are at least, so that two equal ones divide nothing by zero


def diversity_sensitive(a: Any, b: Any, z_a: Any, z_b: Any, cap: float) -> Any:
    """Return −min(|G(z) − G(z′)| / |z − z′|, τ), the mean over pairs; add it to the generator's.

    |·| is the mean of absolute values, whatever the size of samples.

    Yang et al. 2019, diversity-sensitive conditional GANs; Mao et al. 2019, mode seeking, divide
    by it instead. It rewards spread, wherever it leads: without a discriminator that holds against
    it, samples leave the data. For a conditional GAN both samples have one condition.

    Parameters
    ----------
    a, b : (n, …)
        Samples, of any shape.
    z_a, z_b : (n, …)
        The latents that they were generated from.
    cap
        τ, beyond which more difference earns nothing.

    Raises
    ------
    BadInput
        The shapes do not fit together, or ``cap`` is not above 0.

    Examples
    --------
    >>> import torch
    >>> z = torch.tensor([[0.0], [1.0]])
    >>> diversity_sensitive(2 * z, 2 * z.flip(0), z, z.flip(0), cap=10)
    tensor(-2.)
    """
    alike(a, b, "samples")
    alike(z_a, z_b, "latents")
    if len(a) != len(z_a):
        raise BadInput(f"{len(a)} samples from {len(z_a)} latents: give one latent a sample")
    if not cap > 0:
        raise BadInput(f"cap={cap!r}: give the largest ratio that is rewarded, above 0")
    apart = (a - b).abs().flatten(1).mean(1)
    latent = (z_a - z_b).abs().flatten(1).mean(1).clamp_min(_LEAST)
    return -(apart / latent).clamp_max(cap).mean()
