"""What changed beside the verdict: signals, turns of phrase, and which prompts lost most."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.checkup.look import Look
from fullmenu.comparison.menu import example
from fullmenu.comparison.pairing import Pair


def prompts(
    both: Pair, looks: dict[str, tuple[Look, Look]], top: int = 400
) -> list[dict[str, Any]]:
    """Return repeat rates of single prompts before and after, those that lost most first.

    A loss is the rise of the repeat rate, averaged over views.
    """
    if not both.paired:
        return []
    pairs = list(looks.values())
    judged = np.logical_and.reduce([x.within.judged for p in pairs for x in p])
    if not judged.any():
        return []
    rise = np.mean([after.within.rates - before.within.rates for before, after in pairs], axis=0)
    order = np.flatnonzero(judged)[np.argsort(-rise[judged], kind="stable")]
    text = {int(g): p for g, p in zip(both.after.groups, both.after.prompts, strict=True)}
    first = {int(g): o for g, o in zip(both.after.groups, both.after.outputs, strict=True)}
    return [
        {
            "prompt_id": both.ids[k],
            "prompt": None if text[k] is None else example(text[k] or ""),
            "example": example(first[k]),
            "rise": float(rise[k]),
            "views": {
                name: {
                    "before": float(before.within.rates[k]),
                    "after": float(after.within.rates[k]),
                }
                for name, (before, after) in looks.items()
            },
        }
        for k in order[:top].tolist()
    ]


def signals(both: Pair) -> dict[str, Any]:
    return {}


def took_over(both: Pair) -> dict[str, Any]:
    return {
        "phrases": {"gained": [], "faded": []},
        "openings": {"gained": [], "faded": []},
        "outlines": {"gained": [], "faded": []},
    }
