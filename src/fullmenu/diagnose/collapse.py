"""Mode collapse as a finding, so that it stands beside its cousins."""

from __future__ import annotations

from typing import Any

from fullmenu.errors import BadInput
from fullmenu.estimate import VERDICTS, Estimate
from fullmenu.finding import Finding, FindingVerdict, capped

_SAID: dict[str, FindingVerdict] = {
    "collapsed": "failure",
    "narrowed": "failure",
    "unclear": "inconclusive",
    "held": "ok",
    "widened": "ok",
}


def mode_collapse(document: dict[str, Any], *, seeds: int = 1) -> Finding:
    """Put what ``compare`` says as a finding: how much of the variety is gone.

    Parameters
    ----------
    document
        Of a comparison: ``fullmenu.compare(…).document``, or its saved JSON.
    seeds
        How many independent training runs the two logs speak for; one, as a rule.

    Raises
    ------
    BadInput
        The document is not of a comparison.

    Examples
    --------
    >>> from fullmenu import Samples, compare
    >>> before = Samples.of({f"q{i}": [f"dish {i} {j}" for j in range(8)] for i in range(12)})
    >>> after = Samples.of({f"q{i}": [f"dish {i}"] * 8 for i in range(12)})
    >>> mode_collapse(compare(before, after).document).verdict
    'warning'
    """
    if not str(document.get("schema", "")).startswith("fullmenu/compare/"):
        raise BadInput(
            f"a document of schema {document.get('schema')!r} is not a comparison's; give the "
            "JSON of fullmenu compare"
        )
    views = {
        name: view["ratio"]
        for name, view in document["views"].items()
        if view.get("ratio") and view["ratio"].get("value") is not None
    }
    if not views:
        raise BadInput("no view of this comparison has a ratio; give logs with repeated prompts")
    worst = min(
        views, key=lambda v: (VERDICTS.index(document["views"][v]["verdict"]), views[v]["value"])
    )
    ratio = views[worst]
    value, low, high = (ratio[end] for end in ("value", "low", "high"))
    n = int(ratio.get("n", 0)) or int(document["after"].get("prompts", 0))
    gap = Estimate(value, low, high, n, "ratio", "", ratio.get("level", 0.95)).mirrored(
        1, unit="share of variety lost", method="1 − effective number after ÷ before"
    )
    said = document["verdict"]
    names = [document[side].get("label", side) for side in ("before", "after")]
    return Finding(
        "mode collapse",
        "failure",
        f"{names[1]} against {names[0]}",
        "what it was tuned on",
        "as many different answers as before",
        gap,
        "no change: 0",
        items=gap.n,
        seeds=seeds,
        verdict=capped(_SAID[said], seeds),
        why=f"compare says {said}: of the variety that {worst} sees, {gap.value:.0%} is gone.",
        caveat="Says what these two models do, not what the next training run would.",
        cure="A variety reward with a KL penalty in training, or diverse selection at inference.",
    )
