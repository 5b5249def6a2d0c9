"""Zero-centred gradient penalties: a discriminator that does not slope where it cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.train.gan._checks import batch_of, weight_of


def r1_penalty(discriminator: Callable[[Any], Any], real: Any, gamma: float) -> Any:
    """Return γ/2 · mean ‖∇D(x)‖² over real samples, to be added to the discriminator's loss.

    Mescheder et al. 2018. Costs a second backward pass. Where a layer mixes the samples of a batch
    (minibatch layers, batch normalisation) the gradient of a sample is that of all logits.

    Parameters
    ----------
    discriminator
        From samples to logits; one that packs is penalised by the gradient of whole packs.
    real : (n, C, …)
        Real samples, of any shape.
    gamma
        γ, the weight. With 0 nothing is computed.

    Raises
    ------
    BadInput
        ``gamma`` is negative, or what the discriminator returns depends on no sample.

    Examples
    --------
    >>> import torch
    >>> r1_penalty(lambda x: 3 * x.sum(1), torch.zeros(5, 2), gamma=1.0).item()
    9.0
    """
    if weight_of(gamma, "gamma") == 0:
        return real.new_zeros(())
    return gamma / 2 * _squared_slope(discriminator, real)


def r2_penalty(discriminator: Callable[[Any], Any], fake: Any, gamma: float) -> Any:
    """Return γ/2 · mean ‖∇D(G(z))‖² over generated samples, as :func:`r1_penalty` of real ones.

    No gradient goes back to the generator. R3GAN (Huang et al. 2024) takes R1 and R2 with one γ,
    besides :func:`relativistic_d`.

    >>> import torch
    >>> r2_penalty(lambda x: x.pow(2).sum(1), torch.ones(5, 2), gamma=0.5).item()
    2.0
    """
    return r1_penalty(discriminator, fake, gamma)


def _squared_slope(discriminator: Callable[[Any], Any], samples: Any) -> Any:
    """Mean over logits of the squared length of their gradient."""
    import torch

    batch_of(samples, "samples")
    x = samples.detach().requires_grad_()
    with torch.enable_grad():
        logits = discriminator(x)
        (slope,) = torch.autograd.grad(logits.sum(), x, create_graph=True, allow_unused=True)
    if slope is None or logits.dim() == 0:
        raise BadInput(
            f"a discriminator that returns {tuple(logits.shape)} of samples {tuple(x.shape)}: it "
            "must give each sample, or each pack, a logit that depends on it"
        )
    return slope.pow(2).sum() / logits.shape[0]
