"""Ids, numbers, labels and lists of items: what is judged as the same or not, and not as text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.judge import signals
from fullmenu.judge.case import Case, Ints, OrderedLog, Settings
from fullmenu.judge.judgement import Ruling
from fullmenu.judge.signals import Column
from fullmenu.kernel.rates import effective_number
from fullmenu.measures.pairs import between_units, in_common, rate_of_pairs
from fullmenu.measures.registry import get
from fullmenu.readers.lists import in_cell, names_of
from fullmenu.report.document import Notice, Signal, SignalChange
from fullmenu.samples import Samples
from fullmenu.stats.means import mean, mean_difference
from fullmenu.views.exact import NEARLY_ALL, VIEWS_OF, Kind, kind_of, plain
from fullmenu.views.registry import defaults


class Prepared(NamedTuple):
    """Logs as they are judged, and why so."""

    logs: list[Samples]
    settings: Settings
    notices: list[Notice]


def prepared(logs: Sequence[Samples], settings: Settings) -> Prepared:
    """Choose the views of logs that hold ids, numbers or labels; take lists of items apart.

    All logs must hold such. Where a measure of lists is asked for by name, and a prompt has several
    lists, they stay whole. Views that are named are kept.
    """
    given = [*logs]
    notices = []
    if all(log.n_prompts == len(log) for log in given) or not _of_lists(settings):
        lists = [_items(log) for log in given]
        if all(lists):
            given = [log.apart(items) for log, items in zip(given, lists, strict=True) if items]
            sizes = [len(row) for items in lists if items for row in items if row]
            notices.append(
                Notice(
                    "lists of items",
                    f"The outputs are lists ({np.median(sizes):.0f} items each): every item counts "
                    "as an output of its prompt (its user), so that “different prompts” says what "
                    "two users have in common.",
                )
            )
    if settings.views is not None or any(log.media != "text" for log in given):
        return Prepared(given, settings, notices)
    kinds = {kind_of(log.outputs) for log in given}
    if None in kinds:
        return Prepared([*logs] if notices else given, settings, [])
    kind: Kind = "labels" if "labels" in kinds else "codes"
    named = {"codes": "ids or numbers", "labels": "labels: few short answers, again and again"}
    beside = " and answer" if kind == "labels" else ""
    notices.append(
        Notice(
            "exact",
            f"Nearly all outputs are {named[kind]}, so they are judged by the view exact{beside} "
            "(two are the same or they are not), not by spelling; "
            f"--views {','.join(defaults('text'))} overrules.",
        )
    )
    return Prepared(given, replace(settings, views=VIEWS_OF[kind]), notices)


ITEMS = {
    "items_effective": "effective items, all outputs",
    "items_shown": "different items, all prompts",
    "items_in_common": "items that two prompts share",
}
"""What is said of items beside the view ``exact``; prompts are the users of a recommender."""


def of_items(log: OrderedLog) -> dict[str, Estimate | None]:
    """Return the numbers of :data:`ITEMS`, by name; ``None`` where one is undefined."""
    from fullmenu.measures import aggregate_diversity, user_overlap

    names = [plain(text) for text in log.outputs]
    lists: dict[int, list[str]] = {}
    for prompt, name in zip(log.groups.tolist(), names, strict=True):
        lists.setdefault(prompt, []).append(name)
    shown = list(lists.values())
    return {
        "items_effective": signals.or_none(lambda: effective_number_of(names, log.groups)),
        "items_shown": signals.or_none(lambda: aggregate_diversity(shown)),
        "items_in_common": signals.or_none(lambda: user_overlap(shown)),
    }


def effective_number_of(names: Sequence[str], groups: Ints) -> Estimate:
    """Estimate the effective number of items over all outputs, each counting alike.

    One over the chance that two outputs of different prompts (users) are one item; of a single
    prompt, that any two outputs are. In the view, and in ``measures.effective_items``, users count
    alike; here one with many outputs counts more, and what comes again counts again. Of users with
    1 to 90 outputs its interval held the truth in 94 to 100 % (``benchmarks/recommenders.py``).

    >>> print(effective_number_of(["a", "b", "c", "d"] * 25, np.repeat(np.arange(50), 2)))
    4.08 [3.69, 4.52]
    """
    several = len(np.unique(groups)) > 1
    _, unit = np.unique(groups if several else np.arange(len(groups)), return_inverse=True)
    _, item = np.unique(names, return_inverse=True)
    sizes = np.bincount(unit)
    alike = in_common(item, unit, np.ones(len(item)), len(sizes))
    value, without = between_units(float(alike.sum()), 2 * alike, sizes)
    by = "prompts" if several else "outputs"
    rate = rate_of_pairs(
        value, without, by, "probability", "pairs that are one item", 0.95, graded=several
    )
    return effective_number(rate, "items")


def signals_of_one(case: Case) -> dict[str, Signal]:
    """Return what is said of the items of one log."""
    if not _exact(case):
        return {}
    return {
        name: Signal(label=ITEMS[name], unit=value.unit if value else "", value=value)
        for name, value in of_items(case.logs[0]).items()
    }


def signals_of_two(case: Case) -> dict[str, SignalChange]:
    """Return what is said of the items before and after."""
    if not _exact(case):
        return {}
    before, after = map(of_items, case.logs)
    made = {}
    for name, label in ITEMS.items():
        was, now = before[name], after[name]
        unit = next((x.unit for x in (was, now) if x), "")
        made[name] = SignalChange(label=label, unit=unit, before=was, after=now, difference=None)
    return made


def _exact(case: Case) -> bool:
    return case.media == "text" and any(view.name == "exact" for view in case.views)


def traded(ruling: Ruling, shown: Mapping[str, SignalChange]) -> list[Notice]:
    """Say what a score, such as clicks, did while the variety of items changed.

    ``shown`` is what :func:`signals_of_two` says of them. The score's interval is that of one
    number asked for beforehand, at the error rate of the verdict, over prompts (users) where these
    pair up, and else over outputs.
    """
    case = ruling.opinions.premises.sights.case
    before, after = map(signals.score, case.logs)
    if not _exact(case) or before is None or after is None:
        return []
    change = signals.or_none(lambda: _difference(before, after, case))
    if change is None:
        return []
    low, high = change.low or 0.0, change.high or 0.0
    moved = "gained" if low > 0 else "lost" if high < 0 else "not shown to change"
    variety = {"held": "held", "widened": "gained", "unclear": "not shown to change"}
    called = _score_name(case.logs[1].samples)
    sizes = shown["items_effective"]
    both = sizes.before and sizes.after
    items = f"effective items {sizes.before} → {sizes.after}; " if both else ""
    sentence = (
        f"Variety {variety.get(ruling.verdict.name, 'lost')}, {called} {moved}: {items}{called} "
        f"{before.values.mean():.3g} → {after.values.mean():.3g} an output, "
        f"{change.value:+.2g} [{low:+.2g}, {high:+.2g}]."
    )
    return [Notice("variety and score", sentence)]


def _difference(before: Column, after: Column, case: Case) -> Estimate:
    level = 1 - case.margins.alpha
    sides = (before.values, before.groups), (after.values, after.groups)
    if case.paired and len(case.ids) > 1:
        return mean_difference(*sides, before.unit, level)
    was, now = (mean(*side, before.unit, level) for side in sides)
    half = math.hypot((was.high or 0.0) - was.value, (now.high or 0.0) - now.value)
    value = now.value - was.value
    return replace(now, value=value, low=value - half, high=value + half)


def _score_name(samples: Samples) -> str:
    """Return the column that the score was read from, as the reader noted it, in the plural."""
    read = re.search(r"\bscore=([\w.]+)", " ".join(samples.notes))
    name = read[1] if read else "score"
    return f"{name}s" if name.isalpha() and not name.endswith("s") else name


def _of_lists(settings: Settings) -> bool:
    return any(get(name).takes == "lists" for name in settings.measures)


def _items(log: Samples) -> list[list[str]] | None:
    """Return the items of every output; ``None`` where not nearly all are lists of short ones."""
    if log.media != "text" or not len(log):
        return None
    rows = [_list(text) for text in log.outputs]
    return [row or [] for row in rows] if _nearly_all(rows) else None


def _nearly_all(rows: Sequence[list[str] | None]) -> bool:
    return sum(row is not None for row in rows) >= NEARLY_ALL * len(rows)


def _list(text: str) -> list[str] | None:
    items = in_cell(text)
    if items is None or any(isinstance(x, dict | list) for x in items):
        return None
    return names_of(items)
