"""Plates grouped into dishes: how many are served, how often the leading ones, and which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.judge.few import ENOUGH
from fullmenu.judge.gallery import PLATES, of_dish
from fullmenu.judge.signals import or_none
from fullmenu.kernel.dishes import Dishes
from fullmenu.kernel.rows import Features, stacked
from fullmenu.pictures import name_of
from fullmenu.samples import Media
from fullmenu.stats.proportion import share

MOST_PLATES = 8_000
"""Plates grouped at most, all logs together; larger ones are thinned evenly."""

EXAMPLE = 400
"""Characters of an example kept in a report."""

Ints = NDArray[np.int64]
Log = tuple[Sequence[str], Sequence[str | None], Ints, Features]
"""Outputs, prompts, prompt numbers and unit rows of one log."""


@dataclass(frozen=True, slots=True)
class Plates:
    """The outputs of one or more logs, grouped into dishes on one numbering.

    Parameters
    ----------
    texts, prompts
        Of each plate, all logs joined.
    media
        What the outputs are; ``texts`` are places where they are no texts.
    groups : (n,)
        Prompt of each plate.
    log : (n,)
        Which log the plate is from.
    dish : (n,)
        Its dish, 0 … D − 1.
    counts : (logs, D)
        Plates of each dish in each log.
    """

    texts: list[str]
    prompts: list[str | None]
    groups: Ints
    log: Ints
    dish: Ints
    counts: Ints
    media: Media = "text"

    def ranked(self, log: int) -> Ints:
        """Dishes of one log, most plates first."""
        return np.argsort(-self.counts[log], kind="stable")


def group_plates(logs: Sequence[Log], threshold: float, media: Media = "text") -> Plates:
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
    kept = [_thin(len(outputs), MOST_PLATES // len(logs)) for outputs, *_ in logs]
    pairs = list(zip(logs, kept, strict=True))
    texts = [outputs[i] for (outputs, _, _, _), k in pairs for i in k]
    prompts = [asked[i] for (_, asked, _, _), k in pairs for i in k]
    names = texts if media == "text" else [name_of(place) for place in texts]
    rows = stacked([x[k] for (_, _, _, x), k in pairs])
    dish = Dishes(rows, texts, threshold, names=names).of
    log = np.repeat(np.arange(len(logs)), [len(k) for k in kept])
    most = int(dish.max()) + 1
    counts = np.stack([np.bincount(dish[log == a], minlength=most) for a in range(len(logs))])
    groups = np.concatenate([g[k] for (_, _, g, _), k in pairs])
    return Plates(texts, prompts, groups, log, dish, counts, media)


def thinned(sizes: Sequence[int], media: Media = "text") -> list[str]:
    """Return a caveat where logs of these sizes were not read whole.

    >>> thinned([200, 200])
    []
    """
    if max(sizes) <= ENOUGH:
        return []
    rest = "Signals, phrases and what is said" if media == "text" else "What is served"
    notes = [
        f"Within prompts every output was read. {rest} across prompts "
        f"rest{'' if media == 'text' else 's'} on the first few outputs of each prompt, about "
        f"{ENOUGH:,} a log."
    ]
    if max(sizes) > MOST_PLATES // len(sizes):
        notes.append(f"Dishes are counted on {MOST_PLATES // len(sizes):,} plates, taken evenly.")
    return notes


def summary(plates: Plates, log: int) -> dict[str, Any]:
    """Return how many dishes one log serves, sees and hides, in JSON form."""
    from fullmenu import measures

    mine = plates.log == log
    counts = plates.counts[log]
    rank = plates.ranked(log)
    shown = counts[counts > 0]
    leading = np.isin(plates.dish[mine], rank[:3])
    several = len(np.unique(plates.groups[mine])) > 1
    groups = plates.groups[mine] if several else None
    total = int(counts.sum())
    running = np.cumsum(counts[rank])
    return {
        "plates": total,
        "seen": len(shown),
        "coverage": or_none(lambda: measures.sample_coverage(shown)),
        "unseen": or_none(lambda: measures.unseen(shown)),
        "top_3_share": or_none(lambda: share(leading, groups=groups)),
        "half_of_plates": int(np.searchsorted(running, total / 2) + 1),
        "cumulative": (running[:200] / total).round(6).tolist(),
    }


def most_served(plates: Plates, log: int, top: int = 10) -> list[dict[str, Any]]:
    """Return the dishes that make up most plates of one log: those served twice or more."""
    rank = plates.ranked(log)[:top]
    total = int(plates.counts[log].sum())
    return [
        {
            **shown(plates, dish, log, place),
            "plates": int(plates.counts[log][dish]),
            "share": plates.counts[log][dish] / total,
        }
        for place, dish in enumerate(rank.tolist())
        if plates.counts[log][dish] >= 2
    ]


def shown(plates: Plates, dish: int, log: int, place: int = 0) -> dict[str, Any]:
    """Return one plate of a dish as served in one log, with its prompt and how many prompts.

    Parameters
    ----------
    place
        Of the dish in its list: the first few show several pictures.
    """
    mine = np.flatnonzero((plates.dish == dish) & (plates.log == log))
    pictures = of_dish([plates.texts[i] for i in mine[:PLATES]], place, plates.media)
    return {
        **pictures,
        "example": example(plates.texts[mine[0]]),
        "prompt": example(plates.prompts[mine[0]]),
        "prompts": len(np.unique(plates.groups[mine])),
    }


def example(text: str | None) -> str | None:
    """Shorten a text for a report: models may write without end."""
    return text if text is None or len(text) <= EXAMPLE else text[: EXAMPLE - 1] + "…"


def _thin(n: int, most: int) -> Ints:
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)
