"""Features of a network behind the ``image`` view."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fullmenu import pictures
from fullmenu.errors import BadInput
from fullmenu.samples import Samples
from fullmenu.views.image import as_vectors
from fullmenu.views.registry import Encoder

_BATCH = 256


def image_encoder(
    module: Any,
    *,
    size: int = 224,
    transform: Callable[[Any], Any] | None = None,
    mean: Sequence[float] = (0.0, 0.0, 0.0),
    std: Sequence[float] = (1.0, 1.0, 1.0),
    batch: int = 64,
    background: Samples | None = None,
) -> Encoder:
    """Return an encoder for the ``image`` view from any torch module.

    Parameters
    ----------
    module
        From a batch of pictures, (n, 3, h, w), to features, (n, …). It is put in evaluation mode
        while it is used, without gradients, on the device that it is on.
    size, mean, std
        What a picture becomes: ``size`` by ``size`` pixels, three channels from 0 to 1, from which
        ``mean`` is taken and which are divided by ``std``.
    transform
        Instead of these: from a Pillow image to a tensor, as torchvision's transforms are.
    batch
        Pictures put through the module at a time.
    background
        Pictures whose mean features are taken off all others, such as the baseline's. Features
        that are never negative all point the same way; without a background, unlike pictures then
        look alike. Never give the sample that is measured alone.

    Returns
    -------
    Encoder
        For ``encoder=`` of :func:`fullmenu.check` and :func:`fullmenu.compare`; give ``ruler=`` the
        module's name, which the report then shows.

    Raises
    ------
    MissingExtra
        torch is not installed.
    BadInput
        The background holds no pictures.
    """
    backend = importlib.import_module("fullmenu.integrations.torch")
    encode: Encoder = backend.features(
        module, size=size, transform=transform, mean=mean, std=std, batch=batch
    )
    if background is None:
        return encode
    if background.media != "image" or not len(background):
        raise BadInput("background= holds no pictures; give Samples of pictures, as from fm.read")
    places = background.outputs
    total: Any = 0.0
    for a in range(0, len(places), _BATCH):
        part = places[a : a + _BATCH]
        total = total + as_vectors(encode([pictures.opened(p) for p in part]), len(part)).sum(0)
    centre = total / len(places)
    return lambda images: np.asarray(encode(images), np.float64) - centre
