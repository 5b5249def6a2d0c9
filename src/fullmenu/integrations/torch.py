"""torch, the extra ``images``: the features of any module behind the ``image`` view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, MissingExtra


def features(
    module: Any,
    *,
    size: int,
    transform: Callable[[Any], Any] | None = None,
    mean: Sequence[float] = (0.0, 0.0, 0.0),
    std: Sequence[float] = (1.0, 1.0, 1.0),
    batch: int = 64,
) -> Callable[[Sequence[Any]], NDArray[np.float32]]:
    """Return a function from Pillow images to the module's output, flattened, (n, d).

    Parameters
    ----------
    module
        A ``torch.nn.Module`` (or what calls like one), on whatever device it is on.
    size, mean, std
        What a picture becomes: ``size`` by ``size`` pixels, three channels from 0 to 1, from which
        ``mean`` is taken and which are divided by ``std``.
    transform
        Instead of these: from a Pillow image to a tensor.
    batch
        Pictures put through the module at a time.

    Raises
    ------
    MissingExtra
        torch is not installed.
    """
    try:
        import torch
    except ModuleNotFoundError as error:
        raise MissingExtra("features of a torch module", "images") from error

    def plain(picture: Any) -> Any:
        small = np.asarray(picture.resize((size, size)), np.float32) / 255
        scaled = (small - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
        return torch.from_numpy(np.ascontiguousarray(scaled.transpose(2, 0, 1)))

    prepare = transform or plain

    def encode(images: Sequence[Any]) -> NDArray[np.float32]:
        first = next(iter(module.parameters()), None) if hasattr(module, "parameters") else None
        learning = getattr(module, "training", False)
        if learning:
            module.eval()
        try:
            with torch.no_grad():
                return np.concatenate(
                    [
                        _through(torch, module, [prepare(x) for x in images[a : a + batch]], first)
                        for a in range(0, len(images), batch)
                    ]
                )
        finally:
            if learning:
                module.train()

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
