"""Minibatch discrimination: every sample is told how close the others of its batch are."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from fullmenu.errors import BadInput
from fullmenu.train.gan._checks import whole


class MinibatchDiscrimination(nn.Module):
    """A layer that appends to every sample how close the other samples of its batch are to it.

    Salimans et al. 2016. With a learned T of A × B × C and Mᵢ = xᵢT, sample i is given
    Σⱼ exp(−‖Mᵢ,b − Mⱼ,b‖₁) over the other samples j, for each b. It grows with the size of the
    batch: real and generated batches must be equally large, and judged apart. Memory n²·B·C.

    Parameters
    ----------
    features
        A, features of a sample that come in.
    kernels
        B, closenesses that are appended: the layer returns A + B features.
    width
        C, numbers that a closeness is computed on.

    Raises
    ------
    BadInput
        The batch is not (n, A).

    Examples
    --------
    >>> layer = MinibatchDiscrimination(8, kernels=5, width=3)
    >>> copies = layer(torch.ones(4, 8))
    >>> copies.shape, copies[0, 8:].detach()
    (torch.Size([4, 13]), tensor([3., 3., 3., 3., 3.]))
    """

    def __init__(self, features: int, kernels: int = 16, width: int = 8) -> None:
        super().__init__()
        self.features = whole(features, 1, "features", "the features of a sample")
        self.kernels = whole(kernels, 1, "kernels", "how many closenesses are appended")
        self.width = whole(width, 1, "width", "how many numbers a closeness is computed on")
        self.projection = nn.Linear(features, kernels * width, bias=False)

    def forward(self, batch: Any) -> Any:
        """Append the closenesses: (n, A) to (n, A + B)."""
        if batch.dim() != 2 or batch.shape[1] != self.features:
            raise BadInput(
                f"a batch of shape {tuple(batch.shape)}: this layer takes (n, {self.features}); "
                "flatten(1) images, and give their features"
            )
        m = self.projection(batch).view(-1, self.kernels, self.width)
        apart = (m[:, None] - m[None]).abs().sum(3)
        return torch.cat([batch, torch.exp(-apart).sum(1) - 1], 1)  # less itself
