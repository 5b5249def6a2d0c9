"""Linear mode connectivity: does the error rise between two trained networks?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fullmenu.diagnose.tickets.masks import masks_of, state_of, torch_or_raise
from fullmenu.diagnose.tickets.network import Evaluate, score
from fullmenu.errors import BadInput


@dataclass(frozen=True)
class Path:
    """The errors, 1 − accuracy, on the line (1 − α)·first + α·second between two networks."""

    alphas: tuple[float, ...]
    errors: tuple[float, ...]

    @property
    def barrier(self) -> float:
        """How far the largest error lies above the mean of the ends.

        >>> round(Path((0.0, 0.5, 1.0), (0.1, 0.4, 0.2)).barrier, 3)
        0.25
        """
        return max(self.errors) - (self.errors[0] + self.errors[-1]) / 2


def linear_mode_connectivity(
    first: Any,
    second: Any,
    evaluate: Evaluate,
    *,
    recompute: Callable[[Any], Any] | None = None,
    points: int = 30,
) -> Path:
    """Walk on the straight line between two trained networks of one make.

    A flat line says something only where the line between two *other* networks (from different
    initial weights) is not flat: small networks on easy data may have no barrier at all.

    Parameters
    ----------
    first, second
        Torch modules with the same parameters, and the same masks if pruned. ``first`` is used to
        hold the weights in between, and given back as it was.
    evaluate
        ``evaluate(model)`` returns an accuracy.
    recompute
        Puts training inputs through a module (``recompute(model)``), so that BatchNorm finds its
        statistics anew at every point; needed where there is any.
    points
        How many, the ends included; 30 as Frankle et al. 2020 (arXiv:1912.05671) have it.

    Raises
    ------
    BadInput
        Modules that do not fit together, fewer than 3 points, or BatchNorm without ``recompute``.
    """
    torch = torch_or_raise()
    if points < 3:
        raise BadInput(f"points={points}: a path needs 3 points or more")
    norms = batch_norms(first)
    if norms and recompute is None:
        raise BadInput(
            f"{type(first).__name__} has BatchNorm: its statistics must be found anew on the path; "
            "give recompute=, a function that puts training inputs through the model"
        )
    ends = state_of(first), state_of(second)
    _fit_together(*ends)
    alphas = np.linspace(0, 1, points).tolist()
    errors = []
    try:
        for alpha in alphas:
            first.load_state_dict(_between(*ends, alpha))
            if recompute is not None:
                _renew(first, norms, recompute, torch)
            errors.append(1 - score(first, evaluate))
    finally:
        first.load_state_dict(ends[0])
    return Path(tuple(alphas), tuple(errors))


def batch_norms(model: Any) -> list[Any]:
    """Return the BatchNorm layers of a module that keep statistics."""
    kind = torch_or_raise().nn.modules.batchnorm._BatchNorm
    return [m for m in model.modules() if isinstance(m, kind) and m.running_mean is not None]


def _between(first: dict[str, Any], second: dict[str, Any], alpha: float) -> dict[str, Any]:
    return {
        name: (1 - alpha) * x + alpha * second[name] if x.is_floating_point() else x
        for name, x in first.items()
    }


def _fit_together(first: dict[str, Any], second: dict[str, Any]) -> None:
    shapes = [{name: tuple(x.shape) for name, x in state.items()} for state in (first, second)]
    if shapes[0] != shapes[1]:
        differ = sorted({n for n, _ in set(shapes[0].items()) ^ set(shapes[1].items())})
        raise BadInput(f"there is no line between two modules that differ in {differ[0]!r}")
    other = masks_of(second)
    if any(not bool((m == other[name]).all()) for name, m in masks_of(first).items()):
        raise BadInput("there is no line between two masks; give networks pruned by one mask")


def _renew(model: Any, norms: list[Any], recompute: Callable[[Any], Any], torch: Any) -> None:
    usual = [m.momentum for m in norms]
    for m in norms:
        m.reset_running_stats()
        m.momentum = None  # a plain mean over batches
    model.train()
    with torch.no_grad():
        recompute(model)
    for m, momentum in zip(norms, usual, strict=True):
        m.momentum = momentum
