"""Dishes that the model served before training, and serves no more."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.kernel.dishes import Dishes, lost_by_chance
from fullmenu.samples import Samples
from fullmenu.views.registry import View

MOST = 1_024
"""Plates of the baseline that are grouped; of a larger one so many are taken evenly."""


class DishLoss:
    """The dishes of a baseline, against which looks are held.

    >>> from fullmenu.views.registry import get
    >>> before = Samples.of({"Fruit?": ["fig", "fig", "kiwi", "kiwi"], "Tree?": ["oak", "oak"]})
    >>> now = Samples.of({"Fruit?": ["fig", "fig", "fig", "fig"]})
    >>> view = get("answer")
    >>> DishLoss(before, view).of(now, view.rows(now.outputs, now.prompts))
    {'served': 1.0, 'lost': 1.0, 'lost_by_chance': 0.2}
    """

    def __init__(self, before: Samples, view: View) -> None:
        self.before = before
        if len(before) > MOST:
            before = before.take(np.linspace(0, len(before) - 1, MOST).astype(np.int64))
        rows = view.rows(before.outputs, before.prompts)
        self.groups = before.groups
        self.number = {p: i for i, p in enumerate(before.prompt_ids)}
        self.dishes = Dishes(rows, before.outputs, view.same_dish, asked=_asked(before))

    def of(self, now: Samples, rows: Any) -> dict[str, float]:
        """Count the dishes served twice or more before, to the prompts of this look, and not now.

        ``rows`` are the look's unit rows in the view. Empty where the baseline holds none of its
        prompts; ``lost_by_chance`` as many would look lost had nothing changed.
        """
        prompts = np.array([self.number.get(p, -1) for p in now.prompt_ids])[now.groups]
        here = np.unique(prompts[prompts >= 0])
        if not len(here):
            return {}
        dish = self.dishes.assign(rows, now.outputs, _asked(now))
        then, after = np.isin(self.groups, here), prompts >= 0
        dishes = np.concatenate([self.dishes.of[then], dish[after]])
        asked = np.concatenate([self.groups[then], prompts[after]])
        before = np.repeat([True, False], [then.sum(), after.sum()])
        served = np.bincount(dishes[~before], minlength=int(dishes.max()) + 1)
        plates = np.bincount(dishes[before], minlength=len(served))
        return {
            "served": float((served > 0).sum()),
            "lost": float(((plates >= 2) & (served == 0)).sum()),
            "lost_by_chance": round(lost_by_chance(dishes, asked, before), 1),
        }


def _asked(samples: Samples) -> list[str]:
    ids = samples.prompt_ids
    return [ids[g] for g in samples.groups]
