"""Dishes that the model served before training, and serves no more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.measures.vectors.grouping import group
from fullmenu.samples import Samples
from fullmenu.stats.deals import log_all_before
from fullmenu.views.registry import View

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST = 1_024
"""Plates of the baseline that are grouped; of a larger one so many are taken evenly."""


class Dishes:
    """The dishes of a baseline, against which looks are held.

    Parameters
    ----------
    before
        The baseline's outputs; 1,024 of them at most, taken evenly, are grouped.
    view
        What tells dishes apart.

    Examples
    --------
    >>> from fullmenu.views.registry import get
    >>> before = Samples.of({"Fruit?": ["fig", "fig", "kiwi", "kiwi"], "Tree?": ["oak", "oak"]})
    >>> now = Samples.of({"Fruit?": ["fig", "fig", "fig", "fig"]})
    >>> view = get("answer")
    >>> Dishes(before, view).lost(now, view.rows(now.outputs, now.prompts))
    {'served': 1.0, 'lost': 1.0, 'lost_by_chance': 0.2}
    """

    def __init__(self, before: Samples, view: View) -> None:
        self.before, self.view = before, view
        if len(before) > MOST:
            before = before.take(np.linspace(0, len(before) - 1, MOST).astype(np.int64))
        texts, self.groups = before.outputs, before.groups
        rows = view.rows(texts, before.prompts)
        order = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
        leaders, self.dish = np.unique(group(rows, view.same_dish, order), return_inverse=True)
        self.leaders = rows[leaders]
        self.number = {p: i for i, p in enumerate(before.prompt_ids)}

    def lost(self, now: Samples, rows: Any) -> dict[str, float]:
        """Count the dishes served twice or more before, to the prompts of this look, and not now.

        Parameters
        ----------
        now, rows
            The outputs of the look, and their unit rows in the view.

        Returns
        -------
        dict
            ``served`` now, ``lost``, and ``lost_by_chance``: as many would look lost had nothing
            changed. Empty where the baseline holds none of these prompts.
        """
        prompts = np.array([self.number.get(p, -1) for p in now.prompt_ids])[now.groups]
        here = np.unique(prompts[prompts >= 0])
        if not len(here):
            return {}
        first = self.leaders.shape[0]
        lead = group(_stacked(self.leaders, rows), self.view.same_dish)
        then = _table(self.groups, lead[:first][self.dish], here, len(lead))
        after = _table(prompts, lead[first:], here, len(lead))
        totals = then.sum(0), after.sum(0)
        return {
            "served": float((totals[1] > 0).sum()),
            "lost": float(((totals[0] >= 2) & (totals[1] == 0)).sum()),
            "lost_by_chance": lost_by_chance(then, after),
        }


def lost_by_chance(before: Floats, now: Floats) -> float:
    """Count the dishes that would look lost had nothing changed: an expectation.

    Parameters
    ----------
    before, now : (prompts, dishes)
        Plates.

    Examples
    --------
    >>> lost_by_chance(np.array([[2.0, 0.0]]), np.array([[0.0, 2.0]]))  # each: 1 of 6 deals
    0.3
    """
    served = before + now
    seen = served.sum(0) >= 2
    plates = before.sum(1, keepdims=True)
    log_p = log_all_before(served[:, seen], plates, plates + now.sum(1, keepdims=True))
    return float(round(np.exp(log_p.sum(0)).sum(), 1))


def _table(prompts: Ints, dishes: Ints, here: Ints, most: int) -> Floats:
    """Plates of the prompts ``here`` by prompt and dish."""
    kept = np.isin(prompts, here)
    at = np.searchsorted(here, prompts[kept]) * most + dishes[kept]
    return np.bincount(at, minlength=len(here) * most).reshape(len(here), most).astype(np.float64)


def _stacked(a: Any, b: Any) -> Any:
    if hasattr(a, "indptr"):
        from scipy.sparse import vstack

        return vstack([a, b], format="csr")
    return np.concatenate([a, b])
