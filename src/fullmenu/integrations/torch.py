"""torch, the extra ``images``: the features of any module behind the ``image`` view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu import pictures
from fullmenu.errors import BadInput, extra
from fullmenu.samples import Samples
from fullmenu.train.eval_mode import serving
from fullmenu.views.registry import Embedder, as_vectors

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
) -> Embedder:
    """Return an encoder for the ``image`` view from any torch module.

    It is for ``encoder=`` of :func:`fullmenu.check` and :func:`fullmenu.compare`; give
    ``ruler=`` the module's name, which the report then shows.

    Parameters
    ----------
    module
        From a batch of pictures, (n, 3, h, w), to features, (n, …); used in evaluation mode,
        without gradients, on the device that it is on.
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

    Raises
    ------
    MissingExtra
        torch is not installed.
    BadInput
        The background holds no pictures.
    """
    encode = _features(module, size, transform, mean, std, batch)
    if background is None:
        return encode
    if background.media != "image" or not len(background):
        raise BadInput("background= holds no pictures; give Samples of pictures, as from fm.read")
    places = background.outputs
    total: Any = 0.0
    for a in range(0, len(places), _BATCH):
        part = places[a : a + _BATCH]
        found = encode([pictures.opened(p) for p in part])
        total = total + as_vectors(found, len(part), "pictures").sum(0)
    centre = total / len(places)
    return lambda images: np.asarray(encode(images), np.float64) - centre


def _features(
    module: Any,
    size: int,
    transform: Callable[[Any], Any] | None,
    mean: Sequence[float],
    std: Sequence[float],
    batch: int,
) -> Embedder:
    with extra("features of a torch module", "images"):
        import torch

    def plain(picture: Any) -> Any:
        small = np.asarray(picture.resize((size, size)), np.float32) / 255
        scaled = (small - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
        return torch.from_numpy(np.ascontiguousarray(scaled.transpose(2, 0, 1)))

    prepare = transform or plain

    def encode(images: Sequence[Any]) -> NDArray[np.float32]:
        first = next(iter(module.parameters()), None) if hasattr(module, "parameters") else None
        with serving(module) if hasattr(module, "modules") else torch.inference_mode():
            parts = [
                _through(torch, module, [prepare(x) for x in images[a : a + batch]], first)
                for a in range(0, len(images), batch)
            ]
        return np.concatenate(parts)

    return encode


def _through(torch: Any, module: Any, tensors: Sequence[Any], like: Any) -> NDArray[np.float32]:
    given = torch.stack(list(tensors))
    if like is not None:
        given = given.to(device=like.device, dtype=like.dtype)
    found = module(given)
    if not isinstance(found, torch.Tensor):
        raise BadInput(
            f"the module returned a {type(found).__name__}, not a tensor; wrap it so that it "
            "returns features of shape (n, …)"
        )
    return np.asarray(found.flatten(1).float().cpu().numpy(), np.float32)
