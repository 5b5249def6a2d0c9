"""The non-saturating GAN loss: what a generator is trained with where no remedy is."""

from __future__ import annotations

from typing import Any


def nonsaturating_d(real: Any, fake: Any) -> Any:
    """Return the discriminator's loss: softplus(−D(x)) + softplus(D(G(z))), means over samples.

    Parameters
    ----------
    real, fake
        Logits of the discriminator for real and for generated samples, any shape each.

    Returns
    -------
    Tensor of shape ()

    Notes
    -----
    Goodfellow et al. 2014. Every sample is judged alone: nothing in it sees that the generated
    ones are all alike.

    Examples
    --------
    >>> import torch
    >>> nonsaturating_d(torch.zeros(4, 1), torch.zeros(4, 1))
    tensor(1.3863)
    """
    from torch.nn.functional import softplus

    return softplus(-real).mean() + softplus(fake).mean()


def nonsaturating_g(fake: Any) -> Any:
    """Return the generator's loss: softplus(−D(G(z))), the mean over samples.

    Parameters
    ----------
    fake
        Logits of the discriminator for generated samples, any shape.

    Returns
    -------
    Tensor of shape ()

    Notes
    -----
    Goodfellow et al. 2014, the form with strong gradients where the discriminator is sure.

    Examples
    --------
    >>> import torch
    >>> nonsaturating_g(torch.zeros(4, 1))
    tensor(0.6931)
    """
    from torch.nn.functional import softplus

    return softplus(-fake).mean()
