"""A sweep over sizes and seeds for any ``fit``: the log that double descent is read from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fullmenu.diagnose.descents.curves import Axis
from fullmenu.errors import BadInput


def sweep(
    fit: Callable[[Any, int], tuple[float, float]],
    sizes: Sequence[Any],
    seeds: int | Iterable[int] = 5,
    *,
    axis: Axis = "size",
) -> list[dict[str, Any]]:
    """Train at every size on every seed, and return the log for :func:`double_descent`.

    Parameters
    ----------
    fit
        ``fit(size, seed) -> (train loss, test error)``: trains one model. The seed should draw
        the training data and the initial weights; the same seed, the same data at every size.
    sizes
        What is passed as ``size``: parameters, width, epochs, or training examples.
    seeds
        How many, from 0 on, or which. Four or more: half of them pick the peak, half test it.
    axis
        What the sizes are.

    Raises
    ------
    BadInput
        ``fit`` gave something else than two finite numbers.

    Examples
    --------
    >>> log = sweep(lambda size, seed: (1 / size, 0.2 + seed), sizes=[1, 2], seeds=1)
    >>> log[1]
    {'size': 2, 'seed': 0, 'train_loss': 0.5, 'test_error': 0.2}
    """
    chosen = range(seeds) if isinstance(seeds, int) else seeds
    log: list[dict[str, Any]] = []
    for seed in chosen:
        for size in sizes:
            try:
                loss, error = map(float, fit(size, seed))
            except (TypeError, ValueError):
                loss = error = math.nan
            if not (math.isfinite(loss) and math.isfinite(error)):
                raise BadInput(
                    f"fit({size!r:.40}, {seed}) gave no two finite numbers; it returns the train "
                    "loss and the test error"
                )
            log.append({axis: size, "seed": seed, "train_loss": loss, "test_error": error})
    return log
