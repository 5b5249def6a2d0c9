"""Mode collapse as a finding, so that it stands beside its cousins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fullmenu.errors import BadInput
from fullmenu.estimate import VERDICTS
from fullmenu.finding import Finding, FindingVerdict, failure
from fullmenu.report.document import ComparisonDocument, read

_SAID: dict[str, FindingVerdict] = {
    "collapsed": "failure",
    "narrowed": "failure",
    "unclear": "inconclusive",
    "held": "ok",
    "widened": "ok",
}


def mode_collapse(
    document: ComparisonDocument | Mapping[str, object], *, seeds: int = 1
) -> Finding:
    """Put what ``compare`` says as a finding: how much of the variety is gone.

    Parameters
    ----------
    document
        Of a comparison: ``fullmenu.compare(…).content``, or its JSON.
    seeds
        How many independent training runs the two logs speak for; one, as a rule.

    Raises
    ------
    BadInput
        The document is not of a comparison, or no view of it has a ratio.

    Examples
    --------
    >>> from fullmenu import Samples, compare
    >>> before = Samples.of({f"q{i}": [f"dish {i} {j}" for j in range(8)] for i in range(12)})
    >>> after = Samples.of({f"q{i}": [f"dish {i}"] * 8 for i in range(12)})
    >>> mode_collapse(compare(before, after).document).verdict
    'warning'
    """
    if not isinstance(document, ComparisonDocument):
        document = read(document, ComparisonDocument)
    judged = {
        name: (VERDICTS.index(view.verdict), view.ratio)
        for name, view in document.views.items()
        if view.verdict and view.ratio
    }
    if not judged:
        raise BadInput("no view of this comparison has a ratio; give logs with repeated prompts")
    worst = min(judged, key=lambda name: (judged[name][0], judged[name][1].value))
    ratio = judged[worst][1]
    gap = replace(ratio, n=ratio.n or document.after.prompts).mirrored(
        1, unit="share of variety lost", method="1 − effective number after ÷ before"
    )
    return failure(
        "mode collapse",
        f"{document.after.label} against {document.before.label}",
        "what it was tuned on",
        "as many different answers as before",
        gap,
        "no change: 0",
        items=gap.n,
        seeds=seeds,
        verdict=_SAID[document.verdict],
        why=f"compare says {document.verdict}: of the variety that {worst} sees, "
        f"{gap.value:.0%} is gone.",
        caveat="Says what these two models do, not what the next training run would.",
        cure="A variety reward with a KL penalty in training, or diverse selection at inference.",
    )
