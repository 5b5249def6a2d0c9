"""Checking one log: how varied is it, and what does it serve most?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.judge import materials, measured, signals
from fullmenu.judge.few import few_of_each
from fullmenu.judge.gallery import gallery, with_pictures
from fullmenu.judge.look import Look, curve, look, of_prompts, rates, within_or_none
from fullmenu.judge.order import in_order
from fullmenu.judge.plates import example, group_plates, most_served, summary, thinned
from fullmenu.measures.registry import Measure
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views import registry
from fullmenu.views.registry import Encoder, View

SCHEMA = "fullmenu/check/1"


def check(
    samples: Samples,
    *,
    views: Sequence[str] | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    label: str = "log",
    measures: Sequence[str] = (),
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Measure how varied one log is, within prompts and across them.

    Parameters
    ----------
    samples
        A log; best with ten outputs of each prompt.
    views, encoder, ruler, measures, seed, progress
        As in :func:`fullmenu.compare`.
    label
        How the report calls the log.

    Returns
    -------
    Report
        No verdict: a log alone says how varied it is, not whether that is less than it was.

    Raises
    ------
    NotEnoughData
        The log is empty.

    Examples
    --------
    >>> r = check(Samples.of({"Fruit?": ["fig", "fig", "kiwi", "plum"]}), views=["phrasing"])
    >>> round(r.document["views"]["phrasing"]["within"]["repeat_rate"]["value"], 3)
    0.167
    """
    if not len(samples):
        raise NotEnoughData("the log holds no outputs, so there is nothing to check")
    asked = registry.chosen(views, samples.media, encoder, ruler)
    more = measured.named(measures, comparing=False)
    tell = progress or (lambda step: None)
    samples = in_order(samples)
    outputs, prompts, groups = samples.outputs, samples.prompts, samples.groups
    ids = samples.prompt_ids
    looks: dict[str, Look] = {}
    seen: dict[str, Any] = {}
    for view in asked:
        name = view.name
        tell(f"view {name}")
        looks[name] = look(view, outputs, prompts, groups, len(ids), seed)
        inside, why = within_or_none(looks[name].within)
        seen[name] = {
            "sees": view.sees,
            "blind": view.blind,
            "ruler": view.ruler,
            "within": {**rates(inside, why), "curve": curve(inside)},
            "across": rates(looks[name].across, "fewer than six prompts"),
        }
    tell("dishes")
    eyes = registry.eyes(asked)
    plates = group_plates(
        [(outputs, prompts, groups, looks[eyes.name].features)], eyes.same_dish, samples.media
    )
    tell("signals")
    columns = signals.columns(samples, outputs, groups)
    sets = {}
    if samples.media == "text":
        few = few_of_each(groups)
        sets = signals.of_sets([outputs[i] for i in few], groups[few])
    return Report(
        {
            "schema": SCHEMA,
            "log": signals.about(samples, outputs, label),
            "views": seen,
            "signals": {
                **{
                    k: {"label": c.label, "unit": c.unit, "value": signals.or_none(c.estimate)}
                    for k, c in columns.items()
                },
                **{
                    k: {"label": label, "unit": (sets[k] or {}).get("unit", ""), "value": sets[k]}
                    for k, label in signals.SETS.items()
                    if k in sets
                },
            },
            "dishes": summary(plates, 0),
            "fallback": most_served(plates, 0),
            "prompts": with_pictures(_prompts(samples, looks), {"log": samples}),
            **_measures(more, samples, asked, tell),
            **gallery({"log": samples}),
            "caveats": [
                *signals.pooled(samples, label),
                *thinned([len(outputs)], samples.media),
                *_caveats(looks),
            ],
        }
    )


def _measures(
    more: Sequence[Measure], samples: Samples, views: Sequence[View], tell: Callable[[str], None]
) -> dict[str, Any]:
    if not more:
        return {}
    tell("measures")
    groups = samples.groups
    log = materials.Log(samples, groups, views, materials.chosen(groups))
    return {"measures": measured.measured(more, log)}


def _prompts(samples: Samples, looks: dict[str, Look], top: int = 400) -> list[dict[str, Any]]:
    """Return repeat rates of single prompts, the most repetitive first."""
    judged = np.logical_and.reduce([x.within.judged for x in looks.values()])
    rate = np.mean([x.within.rates for x in looks.values()], axis=0)
    order = np.flatnonzero(judged)[np.argsort(-rate[judged], kind="stable")][:top].tolist()
    seen = {name: of_prompts(x.within, order) for name, x in looks.items()}
    ids = samples.prompt_ids
    groups = samples.groups.tolist()
    text = dict(zip(groups, samples.prompts, strict=True))
    last = dict(zip(groups, samples.outputs, strict=True))
    return [
        {
            "prompt_id": ids[k],
            "prompt": example(text[k]),
            "example": example(last[k]),
            "views": {name: listed[i] for name, listed in seen.items()},
        }
        for i, k in enumerate(order)
    ]


def _caveats(looks: dict[str, Look]) -> list[str]:
    if any(x.within.judged.any() for x in looks.values()):
        return []
    return [
        "One output per prompt: variety within a prompt cannot be judged, only whether the model "
        "says the same across prompts. Sample each prompt about ten times to know more."
    ]
