"""Across versions: each against the one before it, and the last against the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.estimate import Margins
from fullmenu.judge import measured_pair
from fullmenu.judge.judging import Judgement, judge
from fullmenu.judge.measured import named
from fullmenu.judge.pairing import Pair, pair
from fullmenu.judge.signals import about
from fullmenu.judge.two import caveats
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views import registry
from fullmenu.views.registry import Encoder

SCHEMA = "fullmenu/trend/1"


def trend(
    versions: Sequence[Samples],
    *,
    labels: Sequence[str] | None = None,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    measures: Sequence[str] = (),
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Follow variety over three or more versions of a model.

    Parameters
    ----------
    versions
        Logs of the same prompts, oldest first.
    labels
        How the report calls them; ``v1 v2 …`` by default.
    views, margins, encoder, ruler, measures, seed, progress
        As in :func:`fullmenu.compare`; measures are taken of the first and the last version.

    Returns
    -------
    Report
        Its verdict is that of the last version against the first. The error rate of the steps in
        between is shared among them.

    Raises
    ------
    BadInput
        Fewer than three versions, or not one label for each.
    NotEnoughData
        A log is empty, or nothing in it can be judged.

    Examples
    --------
    >>> menu = ["soup", "fish", "rice", "cake", "stew", "figs"]
    >>> def served(k):
    ...     days = {f"Day {i}?": [menu[(i + j) % k] for j in range(6)] for i in range(12)}
    ...     return Samples.of(days)
    >>> trend([served(6), served(6), served(1)], views=["phrasing"]).verdict
    'collapsed'
    """
    if len(versions) < 3:
        raise BadInput(f"a trend needs three versions or more, not {len(versions)}; use compare")
    labels = list(labels or (f"v{i + 1}" for i in range(len(versions))))
    if len(labels) != len(versions):
        raise BadInput(f"{len(labels)} labels for {len(versions)} versions: give one for each")
    more = named(measures, comparing=True)
    tell = progress or (lambda step: None)
    margins = margins or Margins()
    ends = pair(versions[0], versions[-1])
    asked = registry.chosen(views, ends.media, encoder, ruler)
    steps: list[Judgement] = []
    for k, (before, after) in enumerate(pairwise(versions)):
        tell(f"{labels[k]} to {labels[k + 1]}")
        steps.append(_judge(pair(before, after), asked, margins, seed, len(versions) - 1))
    tell(f"{labels[0]} to {labels[-1]}")
    whole = _judge(ends, asked, margins, seed, 1)
    return Report(
        {
            "schema": SCHEMA,
            "verdict": whole.overall.name,
            "reason": f"{labels[-1]} against {labels[0]}: {whole.reason}",
            "margins": margins.to_dict(),
            "versions": [about(v, v.outputs, n) for v, n in zip(versions, labels, strict=True)],
            "views": {view.name: _view(view.name, steps, whole) for view in asked},
            **measured_pair.of_pair(more, ends, asked, tell),
            "caveats": [
                *ends.caveats,
                *caveats(ends, whole, (labels[0], labels[-1])),
                "What was lost, and what took over: compare two of these versions.",
            ],
        }
    )


def _judge(
    both: Pair,
    views: Sequence[registry.View],
    margins: Margins,
    seed: int,
    comparisons: int,
) -> Judgement:
    return judge(
        both,
        views,
        margins,
        seed=seed,
        tell=lambda step: None,
        comparisons=comparisons,
    )


def _view(name: str, steps: list[Judgement], whole: Judgement) -> dict[str, Any]:
    blocks = [found.blocks[name] for found in steps]
    return {
        "sees": whole.blocks[name]["sees"],
        "blind": whole.blocks[name]["blind"],
        "ruler": whole.blocks[name]["ruler"],
        "judged": whole.blocks[name].get("judged"),
        "versions": [_rates(blocks[0], "before"), *(_rates(b, "after") for b in blocks)],
        "steps": [_decision(b) for b in blocks],
        "overall": _decision(whole.blocks[name]),
    }


def _rates(block: dict[str, Any], side: str) -> dict[str, Any]:
    found = block if block.get("judged") == "within" else block["across"]
    return {k: v for k, v in found[side].items() if k != "curve"}


def _decision(block: dict[str, Any]) -> dict[str, Any]:
    if "verdict" not in block:
        why = block["before"].get("undefined") or block["after"].get("undefined")
        return {"verdict": "unclear", "reason": f"not judged: {why}", "ratio": None}
    at = block if block["judged"] == "within" else block["across"]
    return {
        **{k: block[k] for k in ("verdict", "reason", "ratio")},
        "at_matched_lengths": bool(at["length_matched"]) and at["ratio"] != at["raw"]["ratio"],
    }
