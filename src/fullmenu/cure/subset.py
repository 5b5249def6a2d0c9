"""The k outputs of a log that are most varied, or most varied and good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from fullmenu.cure.collection import qualities, see
from fullmenu.cure.docstrings import documented
from fullmenu.cure.variety import Cured
from fullmenu.errors import BadInput, UnknownName
from fullmenu.kernel.rows import Ints
from fullmenu.samples import Record, Samples
from fullmenu.views.registry import Encoder

METHODS = ("mmr", "dpp", "facility_location", "cluster_best")


@dataclass(frozen=True, slots=True)
class Selected(Cured):
    """What :func:`select` gives.

    Parameters
    ----------
    samples, rows
        The outputs chosen, in the order of the log, and their rows there in the order of choice,
        by prompt one prompt after another.
    quality_before, quality_after
        Mean quality of all and of the chosen, where quality was given.
    """

    samples: Samples
    rows: Ints
    quality_before: float | None
    quality_after: float | None


@documented
def select(
    samples: Samples,
    k: int | None = None,
    *,
    share: float | None = None,
    method: str = "mmr",
    quality: Sequence[float] | str | None = None,
    trade_off: float = 0.5,
    by_prompt: bool = False,
    view: str | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
) -> Selected:
    """Choose k outputs of a log that repeat each other little, and are good.

    Of equals, the first in the log is chosen. Without quality, ``mmr`` and
    ``dpp`` seek what is unlike all else, malformed outputs among it. What is chosen is no sample,
    so ``after`` has no intervals.

    Parameters
    ----------
    k, share
        How many, or which share of them, rounded, at least one. With ``by_prompt`` of each prompt;
        a prompt with fewer keeps all.
    method
        ``mmr`` (maximal marginal relevance: far from what is chosen), ``dpp`` (greedy MAP of a
        determinantal point process: a large volume), ``facility_location`` (every output has one
        like it among the chosen) or ``cluster_best`` (the best of each of k clusters).
    quality
        One number for each output, or ``"score"``: the log's own.
    trade_off
        The share of quality in what is maximised.
    by_prompt
        Choose from each prompt's outputs. By default from all together.

    Raises
    ------
    BadInput
        Not one of ``k`` and ``share``, or more than there are.
    UnknownName
        There is no such method.

    Examples
    --------
    >>> log = Samples.of({"Fruit?": ["fig", "fig", "kiwi", "fig", "plum"]})
    >>> select(log, 3).samples.outputs
    ['fig', 'kiwi', 'plum']
    >>> select(log, 2, quality=[1, 2, 0, 0, 2]).rows.tolist()
    [1, 4]
    """
    if (k is None) == (share is None):
        raise BadInput(f"k={k} and share={share}: give one of the two")
    if share is not None and not 0 < share <= 1:
        raise BadInput(f"share={share}: give the share to keep, above 0 and up to 1")
    choose = _method(method)
    if k is not None and (k < 1 or (not by_prompt and k > len(samples) > 0)):
        raise BadInput(f"k={k} of {len(samples)} outputs: choose between 1 and {len(samples)}")
    q = None if quality is None else qualities(samples, quality)
    seen = see(samples, view, encoder, ruler, by_prompt)
    picked = []
    for rows in seen.parts():
        size = min(k, len(rows)) if k is not None else max(1, round(len(rows) * (share or 0)))
        mine = None if q is None else q[rows]
        picked.append(rows[choose(seen.features[rows], size, quality=mine, trade_off=trade_off)])
    chosen = np.concatenate(picked)
    kept = np.sort(chosen)
    return Selected(
        seen.variety(),
        seen.variety_of(kept),
        samples.take(kept),
        chosen,
        None if q is None else float(q.mean()),
        None if q is None else float(q[chosen].mean()),
    )


def pick(
    outputs: Sequence[str],
    k: int,
    *,
    quality: Sequence[float] | Callable[[str], float] | None = None,
    method: str = "mmr",
    trade_off: float = 0.5,
    prompt: str | None = None,
    view: str | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
) -> list[str]:
    """Return k of several outputs to one prompt that are unlike each other, and good.

    Parameters
    ----------
    outputs
        What a model said; empty outputs are never picked while there are others.
    k
        How many.
    quality
        A number for each output, or a function of an output that gives one; the higher the better.
    method, trade_off, view, encoder, ruler
        As in :func:`select`.
    prompt
        What was asked: what it says already does not make two outputs alike.

    Returns
    -------
    list of str
        In the order of choice.

    Raises
    ------
    BadInput
        ``k`` is not between 1 and the number of outputs, or quality is not a finite number for
        each.
    UnknownName
        There is no such method.

    Notes
    -----
    Two outputs that say one thing in words without a word in common are two: give an ``encoder``
    where that matters. Without quality a malformed output is as good as any, and unlike all.

    Examples
    --------
    >>> pick(["fig", "fig", "kiwi", "fig", "plum"], 3)
    ['fig', 'kiwi', 'plum']
    >>> pick(["fig", "a fig", "kiwi"], 2, quality=len)
    ['a fig', 'kiwi']
    """
    choose = _method(method)
    if not 1 <= k <= len(outputs):
        raise BadInput(f"k={k} of {len(outputs)} outputs: choose between 1 and {len(outputs)}")
    samples = Samples.from_records(Record(text, prompt, "prompt") for text in outputs)
    if callable(quality):
        quality = [quality(text) for text in outputs]
    q = None if quality is None else qualities(samples, quality)
    features = see(samples, view, encoder, ruler, by_prompt=True).features
    said = np.array([bool(text.strip()) for text in outputs], bool)
    full, empty = np.flatnonzero(said), np.flatnonzero(~said)
    size = min(k, len(full))
    rows = empty[: k - size]
    if size:
        mine = None if q is None else q[full]
        best = full[choose(features[full], size, quality=mine, trade_off=trade_off)]
        rows = np.concatenate([best, rows])
    return [outputs[row] for row in rows.tolist()]


def _method(name: str) -> Callable[..., Any]:
    """Return the function that chooses."""
    if name not in METHODS:
        raise UnknownName("method", name, METHODS)
    return getattr(import_module(f"fullmenu.cure.selection.{name}"), name)  # type: ignore[no-any-return]
