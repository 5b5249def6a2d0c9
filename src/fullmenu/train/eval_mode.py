"""Sampling from a torch module as one serves it, and giving it back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def serving(module: Any) -> Iterator[None]:
    """Put a torch module in eval mode, without gradients; restore each part's own mode after."""
    import torch

    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        for part, training in modes:
            part.training = training
