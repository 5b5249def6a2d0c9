"""Plates grouped into dishes: which are served, how often, which were lost, what took over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from fullmenu.judge.case import OrderedLog
from fullmenu.judge.gallery import DISHES, PLATES, of_dish
from fullmenu.judge.look import Sights
from fullmenu.judge.signals import or_none
from fullmenu.kernel.dishes import Dishes, chances_of_loss, range_of_losses
from fullmenu.kernel.rows import Features, taken_from
from fullmenu.pictures import name_of
from fullmenu.report.document import (
    ChangedDish,
    DishChange,
    DishCounts,
    ServedDish,
    Serving,
    TrendAnswer,
    TrendAnswers,
)
from fullmenu.samples import Media
from fullmenu.stats.proportion import share
from fullmenu.views.registry import View, eyes

BEFORE, AFTER = 0, 1

LISTED = 10
"""Dishes listed of each kind."""

LOST = 400
"""Lost dishes listed, and those of many versions; more would make a report large."""

EXAMPLE = 400
"""Characters of an example kept in a report."""

Ints = NDArray[np.int64]
Table = tuple[Sequence[str], Sequence[str | None], Ints, Features]
"""Outputs, prompts, prompt numbers and unit rows of one log."""


@dataclass(frozen=True, slots=True)
class Plates:
    """The outputs of one or more logs, grouped into dishes on one numbering."""

    texts: list[str]  # of each plate, all logs joined
    prompts: list[str | None]
    groups: Ints  # (n,): prompt of each plate
    log: Ints  # (n,): which log the plate is from
    dish: Ints  # (n,): its dish, 0 … D − 1
    counts: Ints  # (logs, D): plates of each dish in each log
    media: Media = "text"  # what the outputs are; ``texts`` are places where they are no texts

    def ranked(self, log: int) -> Ints:
        """Dishes of one log, most plates first."""
        return np.argsort(-self.counts[log], kind="stable")

    def half(self, log: int) -> int:
        """Return the fewest dishes that make up half of all plates of one log."""
        running = np.cumsum(self.counts[log][self.ranked(log)])
        return int(np.searchsorted(running, running[-1] / 2) + 1)

    def serving(self, dish: int, log: int) -> Serving:
        """Return how often a log serves a dish."""
        plates = int(self.counts[log][dish])
        return Serving(plates, plates / int(self.counts[log].sum()))


def served(sights: Sights) -> Plates:
    """Group the outputs of a case into dishes, through the view that tells them apart."""
    case = sights.case
    return group_plates(tables(sights), eyes(case.views).same_dish, case.media)


def tables(sights: Sights) -> list[Table]:
    """Return the outputs of each log that are grouped."""
    logs = [log.at(log.plates(len(sights.case.logs))) for log in sights.case.logs]
    return [
        (log.outputs, log.prompts, log.groups, rows)
        for log, rows in zip(logs, sights.rows, strict=True)
    ]


def grouped(logs: Sequence[Table], threshold: float, media: Media = "text") -> Dishes:
    """Return the dishes of the outputs of some logs, on one numbering."""
    texts = [text for outputs, *_ in logs for text in outputs]
    names = texts if media == "text" else [name_of(place) for place in texts]
    return Dishes(taken_from([x for *_, x in logs]), texts, threshold, names=names)


def group_plates(logs: Sequence[Table], threshold: float, media: Media = "text") -> Plates:
    """Group the outputs of logs into dishes.

    Plates are taken in an order that depends on their text alone, so the order of a log does not
    matter.

    Parameters
    ----------
    logs
        Each with its unit rows in one view (``answer``, where it was looked at).
    threshold
        Least likeness to a dish's leader: the view's ``same_dish``.
    media
        What the outputs are.
    """
    texts = [text for outputs, *_ in logs for text in outputs]
    prompts = [prompt for _, asked, *_ in logs for prompt in asked]
    dish = grouped(logs, threshold, media).of
    log = np.repeat(np.arange(len(logs)), [len(outputs) for outputs, *_ in logs])
    most = int(dish.max()) + 1
    counts = np.stack([np.bincount(dish[log == a], minlength=most) for a in range(len(logs))])
    groups = np.concatenate([groups for _, _, groups, _ in logs])
    return Plates(texts, prompts, groups, log, dish, counts, media)


def counts(plates: Plates, log: int) -> DishCounts:
    """Return how many dishes one log serves, sees and hides."""
    # by these imports, not by name: the registry would import every measure
    from fullmenu.measures.counts.richness import unseen
    from fullmenu.measures.counts.sample_coverage import sample_coverage

    mine = plates.log == log
    served = plates.counts[log]
    rank = plates.ranked(log)
    seen = served[served > 0]
    leading = np.isin(plates.dish[mine], rank[:3])
    several = len(np.unique(plates.groups[mine])) > 1
    groups = plates.groups[mine] if several else None
    total = int(served.sum())
    running = np.cumsum(served[rank])
    return DishCounts(
        plates=total,
        seen=len(seen),
        coverage=or_none(lambda: sample_coverage(seen)),
        unseen=or_none(lambda: unseen(seen)),
        top_3_share=or_none(lambda: share(leading, groups=groups)),
        half_of_plates=plates.half(log),
        cumulative=(running[:200] / total).round(6).tolist(),
    )


def most_served(plates: Plates, log: int) -> list[ServedDish]:
    """Return the dishes that make up most plates of one log: those served twice or more."""
    rank = [d for d in plates.ranked(log)[:LISTED].tolist() if plates.counts[log][d] >= 2]
    return [served_dish(plates, dish, log, place) for place, dish in enumerate(rank)]


def served_dish(plates: Plates, dish: int, log: int, place: int = 0) -> ServedDish:
    """Return a dish as served in one log: a plate of it, its prompt and how many prompts.

    Parameters
    ----------
    place
        Of the dish in its list: the first few show several pictures.
    """
    mine = np.flatnonzero((plates.dish == dish) & (plates.log == log))
    prompt = plates.prompts[mine[0]]
    pictures = [plates.texts[i] for i in mine[:PLATES]]
    serving = plates.serving(dish, log)
    return ServedDish(
        example=shortened(plates.texts[mine[0]]),
        prompt=None if prompt is None else shortened(prompt),
        prompts=len(np.unique(plates.groups[mine])),
        plates=serving.plates,
        share=serving.share,
        pictures=of_dish(pictures, place) if plates.media == "image" else UNSET,
    )


def over_versions(versions: Sequence[OrderedLog], view: View, media: Media) -> TrendAnswers:
    """Return the commonest answers of many logs, with how often each log gives them."""
    tables: list[Table] = []
    for version in versions:
        log = version.at(version.plates(len(versions)))
        rows = view.rows(log.outputs, log.prompts)
        tables.append((log.outputs, log.prompts, log.groups, rows))
    plates = group_plates(tables, view.same_dish, media)
    most = plates.counts.max(axis=0)
    common = [d for d in np.argsort(-most, kind="stable")[:LOST].tolist() if most[d] >= 2]
    found = []
    for place, dish in enumerate(common):
        shown = served_dish(plates, dish, int(plates.counts[:, dish].argmax()), place + DISHES)
        found.append(
            TrendAnswer(
                example=shown.example,
                prompt=shown.prompt,
                outputs=plates.counts[:, dish].tolist(),
                pictures=shown.pictures,
            )
        )
    return TrendAnswers(counted=plates.counts.sum(axis=1).tolist(), answers=found)


def dish_change(plates: Plates) -> DishChange:
    """Return how many dishes two logs serve, and how many were lost."""
    gone = len(lost(plates))
    chances = chances_of_loss(plates.dish, plates.groups, plates.log == BEFORE)
    before, after = counts(plates, BEFORE), counts(plates, AFTER)
    return DishChange(
        before=before,
        after=after,
        lost=gone,
        by_chance_lost=round(float(chances.sum()), 1),
        by_chance_range=range_of_losses(chances),
    )


def lost_dishes(plates: Plates) -> list[ChangedDish]:
    """Return dishes served twice or more before and never after, most plates first."""
    return [_changed(plates, d, BEFORE, i) for i, d in enumerate(lost(plates)[:LOST])]


def risen_dishes(plates: Plates) -> list[ChangedDish]:
    """Return dishes of after that take a larger share than before, most plates first."""
    after = plates.counts[AFTER]
    risen = [
        d
        for d in plates.ranked(AFTER).tolist()
        if after[d] >= 2 and plates.serving(d, AFTER).share > plates.serving(d, BEFORE).share
    ]
    return [_changed(plates, d, AFTER, i) for i, d in enumerate(risen[:LISTED])]


def lost(plates: Plates) -> list[int]:
    """Return the dishes served twice or more before and never after, most plates first."""
    before, after = plates.counts
    gone = np.flatnonzero((before >= 2) & (after == 0))
    most_first: list[int] = gone[np.argsort(-before[gone], kind="stable")].tolist()
    return most_first


def _changed(plates: Plates, dish: int, log: int, place: int) -> ChangedDish:
    dishes = served_dish(plates, dish, log, place)
    return ChangedDish(
        example=dishes.example,
        prompt=dishes.prompt,
        prompts=dishes.prompts,
        pictures=dishes.pictures,
        before=plates.serving(dish, BEFORE),
        after=plates.serving(dish, AFTER),
    )


def shortened(text: str) -> str:
    """Shorten a text for a report: models may write without end."""
    return text if len(text) <= EXAMPLE else text[: EXAMPLE - 1] + "…"
