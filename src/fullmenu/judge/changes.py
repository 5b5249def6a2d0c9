"""What changed beside the verdict: signals, turns of phrase, and which prompts lost most."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from fullmenu.judge import signals as one
from fullmenu.judge.few import few_of_each
from fullmenu.judge.look import Look, of_prompts
from fullmenu.judge.pairing import Pair, Side
from fullmenu.judge.plates import example
from fullmenu.measures.texts._phrases import Phrase
from fullmenu.stats.log_odds import log_odds
from fullmenu.stats.means import mean_difference
from fullmenu.text.function_words import FUNCTION_WORDS

PHRASES = 12
"""Phrases listed as taken up, and as dropped."""

Z = 3.5
"""Openings and outlines are listed from this z on: 1 in 4,000 by chance, and there are many."""


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
    lost = np.flatnonzero(judged & (rise > 0))
    order = lost[np.argsort(-rise[lost], kind="stable")][:top].tolist()
    seen = {name: [of_prompts(x.within, order) for x in sides] for name, sides in looks.items()}
    text = dict(zip(both.after.groups.tolist(), both.after.prompts, strict=True))
    first = dict(zip(both.after.groups.tolist(), both.after.outputs, strict=True))
    return [
        {
            "prompt_id": both.ids[k],
            "prompt": example(text[k]),
            "example": example(first[k]),
            "rise": float(rise[k]),
            "views": {
                name: {"before": before[i], "after": after[i]}
                for name, (before, after) in seen.items()
            },
        }
        for i, k in enumerate(order)
    ]


def signals(both: Pair) -> dict[str, Any]:
    """Return every signal before and after, and its change where prompts pair up."""
    first, second = (one.columns(s.samples, s.outputs, s.groups) for s in both.sides)
    found: dict[str, Any] = {}
    for name in dict.fromkeys([*first, *second]):
        b, a = first.get(name), second.get(name)
        column = b or a
        assert column is not None
        found[name] = {
            "label": column.label,
            "unit": column.unit,
            "before": one.or_none(b.estimate) if b else None,
            "after": one.or_none(a.estimate) if a else None,
            "difference": _difference(b, a) if both.paired else None,
        }
        if name == "score":
            found[name]["deciles"] = {
                side: one.deciles(c.values) if c else None
                for side, c in (("before", b), ("after", a))
            }
    if both.media != "text":
        return found
    sets = [one.of_sets(s.outputs, s.groups) for s in map(few, both.sides)]
    for name, label in one.SETS.items():
        before, after = (s[name] for s in sets)
        unit = (before or after or {}).get("unit", "")
        found[name] = {
            "label": label, "unit": unit, "before": before, "after": after, "difference": None,
        }  # fmt: skip
    return found


def _difference(b: one.Column | None, a: one.Column | None) -> dict[str, Any] | None:
    if b is None or a is None:
        return None
    sides = (b.values, b.groups), (a.values, a.groups)
    return one.or_none(partial(mean_difference, *sides, b.unit))


def took_over(both: Pair, fair: tuple[Side, Side]) -> dict[str, Any]:
    """Return the turns of phrase, openings and outlines that came and went, with z.

    Parameters
    ----------
    fair
        Both sides at matched lengths: longer texts hold more of every phrase.
    """
    from fullmenu.measures.texts._phrases import phrase_table
    from fullmenu.views.outline import skeleton

    if both.media != "text":
        return {kind: {"gained": [], "faded": []} for kind in ("phrases", "openings", "outlines")}
    fair = few(fair[0]), few(fair[1])
    table = phrase_table(
        fair[0].outputs,
        fair[1].outputs,
        before_groups=fair[0].groups,
        after_groups=fair[1].groups,
        top=5 * PHRASES,
    )
    whole = few(both.before), few(both.after)
    openings = [[" ".join(t.lower().split()[:3]) for t in s.outputs] for s in whole]
    outlines = [[skeleton(t) for t in s.outputs] for s in whole]
    return {
        "phrases": {
            "gained": [_phrase(p, both) for p in table.taken_up if telling(p)][:PHRASES],
            "faded": [_phrase(p, both) for p in table.dropped if telling(p)][:PHRASES],
        },
        "openings": came_and_went(whole, openings),
        "outlines": came_and_went(whole, outlines),
    }


def telling(p: Phrase) -> bool:
    """Whether a phrase is a turn of phrase: three words, or two of which one carries meaning."""
    words = p.text.replace("’", "'").split()
    return p.words > 2 or (p.words == 2 and not FUNCTION_WORDS.issuperset(words))


def _phrase(p: Phrase, both: Pair) -> dict[str, Any]:
    return {
        "text": example(p.text),
        "z": round(p.z, 2),
        "before": {"prompts": p.before_prompts, "outputs": p.before},
        "after": {"prompts": p.after_prompts, "outputs": p.after},
        "of": len(both.ids),
    }


def came_and_went(
    sides: tuple[Side, Side], labels: Sequence[Sequence[str]], top: int = 10
) -> dict[str, Any]:
    """Return the labels (one an output) whose share rose or fell most surely, prompt by prompt.

    A label counts with its share of the outputs of each prompt, summed over prompts: something
    said a hundred times to one prompt weighs one.
    """
    names, codes = np.unique(np.concatenate([np.asarray(x, object) for x in labels]).astype(str),
                             return_inverse=True)  # fmt: skip
    split = np.split(codes, [len(labels[0])])
    before, after = (_shares(side, c, len(names)) for side, c in zip(sides, split, strict=True))
    totals = [float(len(np.unique(s.groups))) for s in sides]
    pooled = (before + after) / sum(totals)
    weight = 10.0
    z, _ = log_odds(
        before, after, pooled * weight,
        before_total=totals[0], after_total=totals[1], prior_total=weight + 1e-6,
    )  # fmt: skip
    rank = np.argsort(-z, kind="stable")

    def row(k: int) -> dict[str, Any]:
        return {
            "text": example(str(names[k])),
            "z": round(float(z[k]), 2),
            "before": {"prompts": round(float(before[k]))},
            "after": {"prompts": round(float(after[k]))},
            "of": int(max(totals)),
        }

    return {
        "gained": [row(k) for k in rank[:top] if z[k] >= Z],
        "faded": [row(k) for k in rank[::-1][:top] if z[k] <= -Z],
    }


def few(side: Side) -> Side:
    """Return a few outputs of every prompt, where a log is large."""
    rows = few_of_each(side.groups)
    texts, asked = ([x[i] for i in rows] for x in (side.outputs, side.prompts))
    return Side(side.samples, texts, asked, side.groups[rows])


def _shares(side: Side, codes: Any, n: int) -> Any:
    sizes = np.bincount(side.groups)
    return np.bincount(codes, 1 / sizes[side.groups], minlength=n)
