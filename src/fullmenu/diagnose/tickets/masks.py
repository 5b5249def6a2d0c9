"""Masks on the weights of a torch module, by ``torch.nn.utils.prune``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fullmenu.errors import BadInput, extra

State = Mapping[str, Any]
"""Tensors by name, as ``state_dict`` gives them, copied."""


def torch_or_raise() -> Any:
    """Import torch, or say which extra has it."""
    with extra("diagnoses of a torch module", "diagnose"):
        import torch
        import torch.nn.utils.prune
    return torch


def prunable(model: Any) -> list[Any]:
    """Return the linear and convolutional layers of a module; their weights can be pruned."""
    nn = torch_or_raise().nn
    kinds = (nn.Linear, nn.modules.conv._ConvNd)
    found = [m for m in model.modules() if isinstance(m, kinds)]
    if not found:
        raise BadInput(f"{type(model).__name__} has no linear or convolutional layer to prune")
    return found


def masked(model: Any) -> Any:
    """Give every prunable weight a mask of ones, in place, and return the module."""
    prune = torch_or_raise().nn.utils.prune
    for layer in prunable(model):
        if not prune.is_pruned(layer):
            prune.identity(layer, "weight")
    return model


def prune_to(model: Any, density: float) -> None:
    """Prune the smallest weights of all layers together until a share ``density`` is left.

    Weights that are pruned already stay pruned.
    """
    prune = torch_or_raise().nn.utils.prune
    layers = prunable(model)
    pairs = [(layer, "weight") for layer in layers]
    # module.weight is only made anew by a forward pass, so the sizes are read from weight_orig
    sizes = {(layer, "weight"): layer.weight_orig.detach() * layer.weight_mask for layer in layers}
    prune.global_unstructured(
        pairs,
        pruning_method=prune.L1Unstructured,
        importance_scores=sizes,
        amount=max(1 - density / density_of(model), 0.0),
    )


def density_of(model: Any) -> float:
    """Return the share of prunable weights that are left."""
    masks = [layer.weight_mask for layer in prunable(model)]
    return float(sum(int(m.sum()) for m in masks) / sum(m.numel() for m in masks))


def state_of(model: Any) -> dict[str, Any]:
    """Copy every parameter and buffer, masks included."""
    return {name: x.detach().clone() for name, x in model.state_dict().items()}


def masks_of(state: State) -> dict[str, Any]:
    """Return the masks of a state."""
    return {name: x for name, x in state.items() if name.endswith("weight_mask")}


def wear(model: Any, weights: State, masks: State) -> None:
    """Rewind: write these weights, and these masks over them."""
    model.load_state_dict({**weights, **masks})


def shuffled(masks: State, seed: int) -> dict[str, Any]:
    """Shuffle every mask within its own layer, so that each keeps its density."""
    torch = torch_or_raise()
    chance = torch.Generator().manual_seed(seed)
    return {
        name: m.flatten()[torch.randperm(m.numel(), generator=chance).to(m.device)].reshape(m.shape)
        for name, m in masks.items()
    }
