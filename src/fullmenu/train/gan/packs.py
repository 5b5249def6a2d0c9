"""Packing: the discriminator judges several samples of one origin at once."""

from __future__ import annotations

from typing import Any

from torch import nn

from fullmenu.errors import BadInput
from fullmenu.train.gan._checks import batch_of, whole


def pack(batch: Any, m: int) -> Any:
    """Join every m samples of a batch into one, along the features or channels.

    (n, C, …) becomes (n / m, m·C, …).

    PacGAN (Lin et al. 2018). A pack from a collapsed generator is m copies, which no pack of real
    samples is. The discriminator's first layer must take m·C features, and a step needs m times
    the samples for as many packs.

    Parameters
    ----------
    batch : (n, C, …)
        Samples of one origin, all real or all generated, in random order.
    m
        How many are joined; n is a multiple of it.

    Raises
    ------
    BadInput
        n is no multiple of m, or the samples have no axis of features.

    Examples
    --------
    >>> import torch
    >>> pack(torch.arange(8).view(4, 2), 2)
    tensor([[0, 1, 2, 3],
            [4, 5, 6, 7]])
    >>> pack(torch.zeros(6, 3, 8, 8), 2).shape
    torch.Size([3, 6, 8, 8])
    """
    n, channels, *rest = batch_of(batch)
    if n % whole(m, 1, "m", "how many samples make a pack"):
        raise BadInput(f"a batch of {n} cannot be packed by {m}: give a multiple of {m} samples")
    return batch if m == 1 else batch.reshape(n // m, m * channels, *rest)


class Packed(nn.Module):
    """A discriminator that packs what it is given.

    It takes packs of m samples, with m times the features or channels (:func:`pack`), and returns
    n / m logits.

    >>> import torch
    >>> Packed(torch.nn.Linear(6, 1), 3)(torch.zeros(12, 2)).shape
    torch.Size([4, 1])
    """

    def __init__(self, discriminator: nn.Module, m: int) -> None:
        super().__init__()
        self.discriminator = discriminator
        self.m = whole(m, 1, "m", "how many samples make a pack")

    def forward(self, batch: Any) -> Any:
        """Pack and judge: (n, C, …) to what the discriminator returns of n / m packs."""
        return self.discriminator(pack(batch, self.m))
