"""Training logs as curves: train loss and test error by size, epochs or examples, seed by seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData

Axis = Literal["size", "epoch", "n"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curves:
    """Train loss and test error along one axis: ``size``, ``epoch``, or ``n`` (training examples).

    ``at``, (K,), is where on the axis, ascending; the curves are (S, K), of S seeds.
    """

    axis: Axis
    at: Floats
    train_loss: Floats
    test_error: Floats
    notes: tuple[str, ...] = ()


def curves_of(log: Iterable[Mapping[str, Any]] | Mapping[str, Any]) -> Curves:
    """Take a log as rows, or as columns.

    Rows are ``{"size": 10, "train_loss": 0.3, "test_error": 0.2, "seed": 0}``, columns a mapping of
    these names. ``epoch`` or ``n`` in place of ``size``; without ``seed`` it is one.

    >>> curves_of({"size": [1, 2, 3], "train_loss": [0.3, 0.1, 0], "test_error": [0.3] * 3}).at
    array([1., 2., 3.])
    """
    columns = dict(log) if isinstance(log, Mapping) else _columns(log)
    axes = [name for name in get_args(Axis) if name in columns]
    if len(axes) != 1:
        raise BadInput(
            f"a log with the columns {', '.join(map(str, columns))[:200] or 'none'}: give one of "
            "size, epoch and n, and train_loss, test_error, and seed where there are several"
        )
    axis: Axis = axes[0]
    at, loss, error = (_numbers(columns, name) for name in (axis, "train_loss", "test_error"))
    seeds = [str(s) for s in columns.get("seed", ["0"] * len(at))]
    if not len(at) == len(loss) == len(error) == len(seeds):
        raise BadInput("the columns of the log differ in length; give one value a row")
    cells: dict[tuple[str, float], tuple[float, float]] = {}
    for seed, x, one, other in zip(seeds, at, loss, error, strict=True):
        if (seed, x) in cells:
            raise BadInput(f"two rows of {axis}={x:g}, seed {seed[:40]}; keep one of them")
        cells[seed, x] = (one, other)
    names = list(dict.fromkeys(seeds))
    every = sorted({x for _, x in cells})
    kept = [x for x in every if all((s, x) in cells for s in names)]
    if len(kept) < 3:
        raise NotEnoughData(
            f"{len(kept)} values of {axis} that every seed has: a peak has one on either side, so "
            "give 3 or more"
        )
    notes: tuple[str, ...] = ()
    if len(kept) < len(every):
        notes = (f"{len(every) - len(kept)} of {len(every)} values of {axis} miss in some seed",)
    table = np.array([[cells[s, x] for x in kept] for s in names])
    return Curves(axis, np.array(kept), table[:, :, 0], table[:, :, 1], notes)


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
    sizes, axis
        What is passed as ``size``, and what that is: parameters or width, epochs, or examples.
    seeds
        How many, from 0 on, or which. Four or more: half of them pick the peak, half test it.

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


def _columns(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    listed = list(rows)
    if not listed or not all(isinstance(row, Mapping) for row in listed):
        raise BadInput("a log is a list of rows by column name, or a mapping of columns")
    return {name: [row.get(name) for row in listed] for name in listed[0]}


def _numbers(columns: Mapping[str, Any], name: str) -> list[float]:
    if name not in columns:
        raise BadInput(f"the log has no column {name}; it has {', '.join(map(str, columns))[:200]}")
    try:
        found = np.asarray(columns[name], np.float64)
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if found.ndim != 1 or not np.isfinite(found).all():
        raise BadInput(f"the column {name} holds something that is no finite number; leave it out")
    return [float(x) for x in found]
