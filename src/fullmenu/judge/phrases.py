"""The turns of phrase, openings and outlines that came and went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fullmenu.judge.case import OrderedLog
from fullmenu.judge.look import Sights
from fullmenu.judge.plates import shortened
from fullmenu.judge.turns.turn_uses import telling, wording
from fullmenu.report.document import PromptCount, Turn, Turns
from fullmenu.stats.log_odds import log_odds

if TYPE_CHECKING:
    from fullmenu.measures.texts._phrase_table import Phrase

PHRASES = 12
"""Phrases listed as taken up, and as dropped."""

Z = 3.5
"""No opening or outline is listed below this z; where many are tested, it must be higher."""

PRIOR = 10.0
"""Weight of the pooled shares, in prompts."""


def took_over(sights: Sights) -> dict[str, Turns]:
    """Return the ``phrases``, ``openings`` and ``outlines`` that were gained and that faded.

    Phrases are counted at matched lengths: longer texts hold more of every one.
    """
    from fullmenu.measures.texts._phrase_table import phrase_table
    from fullmenu.views.outline import skeletons

    case = sights.case
    if case.media != "text":
        return {kind: Turns([], []) for kind in ("phrases", "openings", "outlines")}
    before, after = (log.few() for log in sights.matched or case.logs)
    table = phrase_table(
        before.outputs,
        after.outputs,
        before_groups=before.groups,
        after_groups=after.groups,
        top=5 * PHRASES,
        false=case.alpha_beside,
    )
    before, after = (log.few() for log in case.logs)
    return {
        "phrases": Turns(
            _phrases(table.taken_up, len(case.ids), after),
            _phrases(table.dropped, len(case.ids), before),
        ),
        "openings": came_and_went(before, after, _openings, alpha=case.alpha_beside),
        "outlines": came_and_went(before, after, skeletons, alpha=case.alpha_beside),
    }


def _phrases(phrases: Sequence[Phrase], prompts: int, log: OrderedLog) -> list[Turn]:
    turns = [p for p in phrases if telling(p.text)][:PHRASES]
    return [
        Turn(
            text=shortened(wording(p.text, log.outputs)),
            z=round(p.z, 2),
            before=PromptCount(p.before_prompts, p.before),
            after=PromptCount(p.after_prompts, p.after),
            of=prompts,
        )
        for p in turns
    ]


def _openings(texts: Sequence[str]) -> list[str]:
    return [" ".join(text.lower().split(None, 3)[:3]) for text in texts]


def came_and_went(
    before: OrderedLog,
    after: OrderedLog,
    labelled: Callable[[Sequence[str]], list[str]],
    top: int = 10,
    *,
    alpha: float = 0.05,
) -> Turns:
    """Return the labels of outputs whose share rose or fell most surely, prompt by prompt.

    ``alpha`` is the chance that any is listed where nothing changed, over all labels that two
    prompts or more have.

    A label counts with its share of the outputs of each prompt, summed over prompts: something
    said a hundred times to one prompt weighs one.
    """
    labels = [label for log in (before, after) for label in labelled(log.outputs)]
    names, codes = np.unique(np.asarray(labels, object).astype(str), return_inverse=True)
    was = _shares(before, codes[: len(before.outputs)], len(names))
    now = _shares(after, codes[len(before.outputs) :], len(names))
    totals = [float(len(np.unique(log.groups))) for log in (before, after)]
    z, _ = log_odds(
        was, now, (was + now) / sum(totals) * PRIOR,
        before_total=totals[0], after_total=totals[1], prior_total=PRIOR + 1e-6,
    )  # fmt: skip
    rank = np.argsort(-z, kind="stable")
    tested = max(int(((was + now) >= 2).sum()), 1)
    least = max(Z, -NormalDist().inv_cdf(alpha / tested / 2))

    def turn(k: int) -> Turn:
        return Turn(
            text=shortened(str(names[k])),
            z=round(float(z[k]), 2),
            before=PromptCount(round(float(was[k]))),
            after=PromptCount(round(float(now[k]))),
            of=int(max(totals)),
        )

    return Turns(
        [turn(k) for k in rank[:top] if z[k] >= least],
        [turn(k) for k in rank[::-1][:top] if z[k] <= -least],
    )


def _shares(log: OrderedLog, codes: NDArray[np.int64], labels: int) -> NDArray[np.float64]:
    # Σ over prompts of (outputs with the label) / (outputs of the prompt)
    sizes = np.bincount(log.groups)
    return np.bincount(codes, 1 / sizes[log.groups], minlength=labels).astype(np.float64)
