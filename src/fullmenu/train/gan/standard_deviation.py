"""Minibatch standard deviation: one more channel says how varied the batch is."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from fullmenu.errors import BadInput
from fullmenu.train.gan._checks import batch_of, whole

_EPSILON = 1e-8  # under the root, whose slope at 0 is infinite


def minibatch_std(batch: Any, group: int | None = None) -> Any:
    """Append the mean standard deviation over the batch to every sample, as one more channel.

    (n, C, …) becomes (n, C + 1, …). The last channel is constant in each group: the standard
    deviation of every feature over the group (of the population, 10⁻⁸ under the root), averaged
    over the features.

    Karras et al. 2018, progressive GANs; groups of 4 as in StyleGAN. It tells the discriminator
    how wide a batch is, not how many modes it has: two far modes look as varied as twenty. Give
    real and generated samples apart, and in groups of one size.

    Parameters
    ----------
    batch : (n, C, …)
        Features of samples of one origin, all real or all generated.
    group
        Samples over which the deviation is taken; n is a multiple of it. By default all n.

    Raises
    ------
    BadInput
        n is no multiple of ``group``, or the samples have no axis of features.

    Examples
    --------
    >>> import torch
    >>> minibatch_std(torch.tensor([[1.0], [3.0]]))
    tensor([[1., 1.],
            [3., 1.]])
    """
    n, _, *rest = batch_of(batch)
    size = n if group is None else whole(group, 1, "group", "samples in a group")
    if n % size:
        raise BadInput(f"a batch of {n} has no groups of {size}: give a multiple of {size} samples")
    grouped = batch.reshape(n // size, size, -1)
    deviation = (grouped.var(1, unbiased=False) + _EPSILON).sqrt().mean(1)
    spread = deviation.repeat_interleave(size).view(n, 1, *(1 for _ in rest))
    return torch.cat([batch, spread.expand(n, 1, *rest)], 1)


class MinibatchStd(nn.Module):
    """The layer of :func:`minibatch_std`, for the last blocks of a discriminator.

    >>> import torch
    >>> body = torch.nn.Sequential(torch.nn.Linear(2, 8), MinibatchStd(), torch.nn.Linear(9, 1))
    >>> body(torch.zeros(4, 2)).shape
    torch.Size([4, 1])
    """

    def __init__(self, group: int | None = None) -> None:
        super().__init__()
        self.group = None if group is None else whole(group, 1, "group", "samples in a group")

    def forward(self, batch: Any) -> Any:
        """Append the channel: (n, C, …) to (n, C + 1, …)."""
        return minibatch_std(batch, self.group)
