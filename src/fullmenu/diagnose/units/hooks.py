"""Activations of any layer of a torch module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, UnknownName, extra


def activations(
    module: Any,
    layer: str,
    inputs: Any,
    *,
    batch: int = 256,
    pool: Callable[[Any], Any] | None = None,
) -> NDArray[np.float32]:
    """Read what a layer of a torch module gives, item by item, (n, d).

    A plain mean over positions includes padding; pool by the attention mask where there is any.

    Parameters
    ----------
    module
        A ``torch.nn.Module``; read in eval mode, and given back as it was.
    layer
        Its name, as ``module.named_modules()`` has it.
    inputs
        A tensor or array (n, …), cut into batches; or batches: each a tensor, a tuple of
        arguments, or a mapping of named ones, such as a tokenizer gives.
    batch
        Items at a time, where ``inputs`` is a tensor or array.
    pool
        From the layer's output, a tensor (or the first of a tuple), to (items, units); needed
        where it has more than two dimensions: ``lambda h: h.mean(1)`` is the mean over positions.

    Raises
    ------
    MissingExtra
        torch is not installed.
    UnknownName
        There is no such layer.
    BadInput
        The output has other than two dimensions, or the layer was not used.

    Examples
    --------
    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU())
    >>> activations(net, "1", np.ones((5, 4), np.float32)).shape
    (5, 8)
    """
    with extra("activations of a torch module", "diagnose"):
        import torch
    layers = dict(module.named_modules())
    if layer not in layers:
        raise UnknownName("layer", layer, [name for name in layers if name])
    seen: list[Any] = []
    hook = layers[layer].register_forward_hook(lambda m, args, out: seen.append(out))
    modes = [(m, m.training) for m in module.modules()]
    found = []
    try:
        module.eval()
        with torch.inference_mode():
            device = next((p.device for p in module.parameters()), "cpu")
            for part in _batches(inputs, batch, torch, device):
                seen.clear()
                _call(module, part)
                if len(seen) != 1:
                    raise BadInput(
                        f"layer {layer!r} was used {len(seen)} times: give one used once"
                    )
                found.append(_two_dimensional(seen[0], pool, layer))
    finally:
        hook.remove()
        for m, training in modes:
            m.training = training
    if not found:
        raise BadInput("inputs are empty: give one batch or more")
    return np.concatenate(found)


def _batches(inputs: Any, batch: int, torch: Any, device: Any) -> Iterator[Any]:
    if isinstance(inputs, (torch.Tensor, np.ndarray)):
        if batch < 1:
            raise BadInput(f"batch={batch}: give 1 item or more")
        for a in range(0, len(inputs), batch):
            yield torch.as_tensor(inputs[a : a + batch]).to(device)
    elif isinstance(inputs, Iterable) and not isinstance(inputs, (str, bytes, Mapping)):
        yield from inputs
    else:
        raise BadInput(
            f"inputs of type {type(inputs).__name__}: give a tensor, an array, or batches of them"
        )


def _call(module: Any, part: Any) -> None:
    if isinstance(part, Mapping):
        module(**part)
    elif isinstance(part, (tuple, list)):
        module(*part)
    else:
        module(part)


def _two_dimensional(out: Any, pool: Callable[[Any], Any] | None, layer: str) -> Any:
    out = out[0] if isinstance(out, (tuple, list)) else out
    out = pool(out) if pool else out
    if getattr(out, "ndim", None) != 2:
        shape = tuple(getattr(out, "shape", ()))
        raise BadInput(
            f"layer {layer!r} gives {type(out).__name__} of shape {shape}, not (items, units); "
            "give pool=, such as lambda h: h.mean(1)"
        )
    return out.detach().float().cpu().numpy()
