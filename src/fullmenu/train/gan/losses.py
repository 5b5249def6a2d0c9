"""Losses of a GAN: the non-saturating one, where no remedy is, and relativistic pairing."""

from __future__ import annotations

from typing import Any

from fullmenu.train.gan._checks import alike


def nonsaturating_d(real: Any, fake: Any) -> Any:
    """Return the discriminator's loss: softplus(−D(x)) + softplus(D(G(z))), means over samples.

    Goodfellow et al. 2014. Every sample is judged alone: nothing in it sees that the generated
    ones are all alike.

    Parameters
    ----------
    real, fake
        Logits of the discriminator for real and for generated samples, any shape each.

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

    Goodfellow et al. 2014, the form with strong gradients where the discriminator is sure.

    Parameters
    ----------
    fake
        Logits of the discriminator for generated samples, any shape.

    Examples
    --------
    >>> import torch
    >>> nonsaturating_g(torch.zeros(4, 1))
    tensor(0.6931)
    """
    from torch.nn.functional import softplus

    return softplus(-fake).mean()


def relativistic_d(real: Any, fake: Any) -> Any:
    """Return the discriminator's loss: softplus(−(D(x) − D(G(z)))), the mean over pairs.

    Each generated sample is judged against a real one, so that a generator that leaves a region of
    the data loses there to the real samples of that region (Jolicoeur-Martineau 2018; R3GAN, Huang
    et al. 2024). It need not converge by itself: add :func:`r1_penalty` and :func:`r2_penalty`.

    Parameters
    ----------
    real, fake
        Logits of one shape; the i-th real sample is paired with the i-th generated one.

    Raises
    ------
    BadInput
        The shapes differ.

    Examples
    --------
    >>> import torch
    >>> relativistic_d(torch.ones(4, 1), torch.ones(4, 1))
    tensor(0.6931)
    """
    from torch.nn.functional import softplus

    alike(real, fake, "logits")
    return softplus(fake - real).mean()


def relativistic_g(real: Any, fake: Any) -> Any:
    """Return the generator's loss of :func:`relativistic_d`: softplus(−(D(G(z)) − D(x))).

    Logits of the real samples need no gradient.

    >>> import torch
    >>> relativistic_g(torch.zeros(4, 1), 20 * torch.ones(4, 1)) < 1e-6
    tensor(True)
    """
    return relativistic_d(fake, real)
