"""Of a large log: the whole prompts that are looked at closely, and the rates of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.judge.case import ENOUGH, Case, OrderedLog, by_text
from fullmenu.judge.look import rows_together, some_prompts
from fullmenu.kernel.likeness import PairSums
from fullmenu.kernel.prompt_rates import PromptRates
from fullmenu.kernel.rates import FIXED_PROMPTS, of_sums
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Ints, among
from fullmenu.text.tokens import kept_for_views
from fullmenu.views.pairs_within import pairs_within
from fullmenu.views.registry import View

Keys = NDArray[np.uint64]
Counted = dict[str, tuple[PromptRates, ...]]
"""By view, the repeat rates of all prompts of each log."""

SAMPLED = 20_000
"""Outputs of each log that are looked at closely, of whole prompts; of a smaller log all are."""

IN_PARTS = 20 * ENOUGH
"""The same of a log in parts, where 2,048 prompts have more than that and no more than this."""

LEAST = 2 * FIXED_PROMPTS
"""Prompts that are looked at closely whatever they hold."""


def closeup(logs: Sequence[Samples]) -> list[Samples]:
    """Return the outputs that are looked at closely: all, unless logs share very many prompts.

    Of more than 2,048 prompts, and 20,000 outputs in a log, they are those of the first prompts in
    an order by hash, as :func:`sampled` chooses them.

    Examples
    --------
    >>> log = Samples.of({f"Dish {n}?": ["soup", "stew"] for n in range(12_000)})
    >>> [part.n_prompts for part in closeup([log])]
    [10000]
    """
    if any(log.media != "text" for log in logs) or max(map(len, logs)) <= SAMPLED:
        return [*logs]
    keys = [keys_of(log.prompt_ids) for log in logs]
    shared = reduce(np.intersect1d, keys, keys[0])
    counts = np.array([
        np.bincount(log.groups, minlength=len(own))[np.argsort(own)][among(np.sort(own), shared)]
        for log, own in zip(logs, keys, strict=True)
    ])  # fmt: skip
    if len(shared) <= ENOUGH or 0 < (counts.min(axis=0) > 1).sum() < FIXED_PROMPTS:
        return [*logs]
    chosen = sampled(shared, counts.max(axis=0), SAMPLED, np.inf)
    return [log.take(np.isin(own, chosen)[log.groups]) for log, own in zip(logs, keys, strict=True)]


def sampled(keys: Keys, counts: np.ndarray, outputs: int, most: float) -> Keys:
    """Return the prompts that are looked at closely: the first by key, of so many outputs.

    ``keys`` are ascending, and say nothing of what a prompt is: so the first are a random few,
    the same however a log is cut. Up to 2,048 prompts they may be of ``most`` outputs; and twelve
    are taken in any case.

    >>> sampled(np.arange(99, dtype=np.uint64), np.full(99, 10), 200, 300).tolist()[-1]
    29
    """
    if not len(keys):
        raise NotEnoughData("the log holds no outputs, so there is nothing to check")
    wanted, enough = np.searchsorted(np.cumsum(counts), [outputs, most], side="right").tolist()
    return keys[: max(LEAST, wanted, min(ENOUGH, enough))]


def keys_of(prompt_ids: Sequence[str]) -> Keys:
    """Return the key of each prompt: a number that its id alone decides, (n,).

    >>> keys_of(["a", "b", "a"]).tolist()[0] == keys_of(["a"]).tolist()[0]
    True
    """
    digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in prompt_ids)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def row_keys(samples: Samples) -> Keys:
    """Return the key of the prompt of each output, (n,)."""
    return keys_of(samples.prompt_ids)[samples.groups]


def rates_of_all(log: Samples, views: Sequence[View]) -> dict[str, PromptRates]:
    """Return what each view sees of all prompts of a log; some prompts are read at a time."""
    states = [rates_of(views, [part]) for part in _some_prompts(log)]
    return {v.name: reduce(PromptRates.merge, (state[v.name] for state in states)) for v in views}


def _some_prompts(log: Samples) -> Iterator[Samples]:
    for rows in _rows_together(log):
        first, last = int(rows.min()), int(rows.max())
        held = np.zeros(last - first + 1, bool)
        held[rows - first] = True
        yield Samples(log.table.slice(first, len(held))).take(held)


def _rows_together(log: Samples) -> list[Ints]:
    groups = log.groups
    order = np.argsort(groups, kind="stable").astype(np.int32)
    places = rows_together(log.bytes_of_outputs[order], groups[order])
    return np.split(order, [place[0] for place in places[1:]])


def rates_of(views: Sequence[View], logs: Sequence[Samples]) -> dict[str, PromptRates]:
    """Return what each view sees of the prompts of some outputs, which hold each prompt whole.

    Prompts are told apart by id and text, as :func:`fullmenu.judge.case.by_text` does.
    """
    none = np.empty(0, np.int64)
    if not logs:
        nothing = PromptRates(np.empty(0, np.uint64), none, np.empty(0), np.empty(0))
        return dict.fromkeys((view.name for view in views), nothing)
    (samples,) = by_text([Samples.joined(logs)])
    names = keys_of(samples.prompt_ids)
    groups = samples.groups
    log = OrderedLog(samples, samples.outputs, samples.prompts, groups)
    log = log.at(np.argsort(groups, kind="stable"))
    sums = [PairSums(*np.zeros((2, len(log.groups)))) for _ in views]
    with kept_for_views():
        for rows in some_prompts(log):
            part = log.at(rows)
            found = pairs_within(views, part.outputs, part.prompts, part.groups)
            for of_view, of_part in zip(sums, found, strict=True):
                of_view.same[rows], of_view.partners[rows] = of_part
    return {
        view.name: PromptRates.partial(of_sums(of_view, log.groups, len(names)), names)
        for view, of_view in zip(views, sums, strict=True)
    }


def rates_of_both(case: Case, logs: Sequence[Samples]) -> Counted | None:
    """Return what each view sees of all prompts that two logs share, those of a case first.

    ``None``: in one of the logs alone an id stands for several prompts, in both for one
    (:func:`fullmenu.judge.case.by_text`).
    """
    rates = [rates_of_all(log, case.views) for log in logs]
    seen = reduce(np.intersect1d, (next(iter(of_log.values())).names for of_log in rates))
    shared = reduce(np.intersect1d, (keys_of(log.prompt_ids) for log in logs))
    return in_order_of(case, rates, shared) if np.array_equal(seen, shared) else None


def in_order_of(case: Case, rates: Sequence[Mapping[str, PromptRates]], prompts: Keys) -> Counted:
    """Return the rates of all prompts by view, those of the case first, in its order."""
    close = keys_of(case.ids)
    order = np.concatenate([close, np.setdiff1d(prompts, close)])
    return {view: tuple(log[view].of(order) for log in rates) for view in rates[0]}


def about_closeup(logs: Sequence[Samples], outputs: Sequence[int] | Ints) -> list[str]:
    """Say what is of a sample, where the logs hold more outputs."""
    n = [len(log) for log in logs]
    if n == [*outputs]:
        return []
    prompts = len(np.unique(np.concatenate([row_keys(log) for log in logs])))
    of = f"{sum(n):,} of {sum(map(int, outputs)):,}"
    if len(n) <= 2:
        of = " and ".join(f"{a:,} of {b:,}" for a, b in zip(n, outputs, strict=True))
    return [
        "Repeat rates within prompts and the numbers of outputs count every output. All else "
        f"rests on {of} outputs: those of {prompts:,} whole prompts, the first in an order by hash."
    ]
