"""What batches may look like."""

from __future__ import annotations

from typing import Any

from fullmenu.errors import BadInput


def whole(value: Any, least: int, name: str, what: str) -> int:
    """Return a whole number of at least ``least``, or say what it is for."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadInput(f"{name}={value!r}: give {what}, {least} or more")
    return value


def batch_of(x: Any, name: str = "batch") -> tuple[int, ...]:
    """Return the shape of samples with an axis of features or channels, (n, C, …)."""
    shape = tuple(x.shape)
    if len(shape) < 2 or not all(shape):
        raise BadInput(f"{name} of shape {shape}: give samples of shape (n, features) or (n, C, …)")
    return shape


def alike(a: Any, b: Any, names: str) -> None:
    """Refuse two tensors that would be broadcast against each other."""
    if a.shape != b.shape:
        raise BadInput(
            f"{names} of shapes {tuple(a.shape)} and {tuple(b.shape)}: they are compared one by "
            "one; give as many of each, of one shape"
        )


def weight_of(value: float, name: str) -> float:
    """Return a weight, which is finite and not negative."""
    if not 0 <= value < float("inf"):
        raise BadInput(f"{name}={value!r}: a weight is 0 or more")
    return value
