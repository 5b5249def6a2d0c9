"""Relativistic pairing: the discriminator says which of two samples is the more real one."""

from __future__ import annotations

from typing import Any

from fullmenu.train.gan._checks import alike


def relativistic_d(real: Any, fake: Any) -> Any:
    """Return the discriminator's loss: softplus(−(D(x) − D(G(z)))), the mean over pairs.

    Parameters
    ----------
    real, fake
        Logits of the discriminator, of one shape; the i-th real sample is paired with the i-th
        generated one.

    Returns
    -------
    Tensor of shape ()

    Raises
    ------
    BadInput
        The shapes differ.

    Notes
    -----
    Jolicoeur-Martineau 2018; Huang et al. 2024 (R3GAN). Each generated sample is judged against a
    real one, so that a generator that leaves a region of the data loses there to the real samples
    of that region. It need not converge by itself: add :func:`r1_penalty` and :func:`r2_penalty`.

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
    """Return the generator's loss: softplus(−(D(G(z)) − D(x))), the mean over pairs.

    Parameters
    ----------
    real, fake
        Logits of the discriminator, of one shape; those of the real samples need no gradient.

    Returns
    -------
    Tensor of shape ()

    Raises
    ------
    BadInput
        The shapes differ.

    Notes
    -----
    See :func:`relativistic_d`.

    Examples
    --------
    >>> import torch
    >>> relativistic_g(torch.zeros(4, 1), 20 * torch.ones(4, 1)) < 1e-6
    tensor(True)
    """
    return relativistic_d(fake, real)
