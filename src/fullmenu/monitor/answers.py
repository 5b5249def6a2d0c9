"""The answers of the last visits: which of them come again and again, and how often."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from fullmenu.kernel.dishes import Dishes
from fullmenu.monitor.visits import Visit
from fullmenu.report.watch.document import CommonAnswer
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.views.registry import View, eyes

WINDOW = 100
"""Visits whose answers are kept."""

MOST = 5
"""Answers kept of a visit, and answers that are listed."""

LONGEST = 8_000
"""Characters kept of each."""

SHOWN = 240
"""Characters shown of each."""

PROMPTS = 3
"""An answer is canned only where so many different prompts, or more, are given it."""

CHANCE = 1e-3
"""An answer is canned where it would come so often by chance, were it as common as the baseline's
commonest."""


class Kept(NamedTuple):
    """One answer: its visit, prompt and model."""

    visit: int
    prompt_id: str
    model: str | None
    text: str


class RecentAnswers:
    """The answers of the last hundred visits.

    >>> recent = RecentAnswers()
    >>> for i in range(4):
    ...     recent.add(i + 1, Visit(f"q{i}", ("Please ask again later.",)))
    >>> len(recent.kept)
    4
    """

    def __init__(self, kept: Iterable[Kept] = ()) -> None:
        self.kept = deque(kept)

    def add(self, number: int, visit: Visit) -> None:
        """Keep a visit's answers, and forget those of the visits before the last hundred."""
        for text in visit.outputs[:MOST]:
            self.kept.append(Kept(number, visit.prompt_id, visit.model, text[:LONGEST]))
        while self.kept and self.kept[0].visit <= number - WINDOW:
            self.kept.popleft()

    def of(self, model: str | None) -> list[Kept]:
        """Return those of one model."""
        return [x for x in self.kept if x.model == model]


def common(
    kept: Sequence[Kept], views: Sequence[View], usual: float = 1.0
) -> tuple[list[CommonAnswer], Ints]:
    """Return the commonest answers, each told from others by the view that tells dishes apart.

    Parameters
    ----------
    kept
        Answers of texts.
    views
        Those of the watch.
    usual
        How large a share the commonest answer may have had before (:func:`usual_share`).

    Returns
    -------
    answers
        Those that were given more than once, the commonest first; ``canned`` where that is
        more often than ``usual`` explains, to several prompts.
    of : (n,)
        Of each answer which of these it is, -1 for others.

    Examples
    --------
    >>> from fullmenu.views import registry
    >>> texts = ["Please ask again later."] * 6 + ["A fig.", "Two oaks."]
    >>> kept = [Kept(i, f"q{i}", None, text) for i, text in enumerate(texts)]
    >>> [top], of = common(kept, [registry.get("answer")], usual=0.05)
    >>> top.count, top.of, top.canned, of.tolist()
    (6, 8, True, [0, 0, 0, 0, 0, 0, -1, -1])
    """
    n = len(kept)
    of = np.full(n, -1, np.int64)
    if not n or not views:
        return [], of
    view = eyes(views)
    texts = [x.text for x in kept]
    dish = Dishes(view.rows(texts, [None] * n), texts, view.same_dish).of
    counts = np.bincount(dish)
    answers: list[CommonAnswer] = []
    for d in np.argsort(-counts, kind="stable")[:MOST].tolist():
        rows = np.flatnonzero(dish == d)
        if len(rows) < 2:
            break
        of[rows] = len(answers)
        prompts = len({kept[i].prompt_id for i in rows.tolist()})
        text = _most_frequent([texts[i] for i in rows.tolist()])
        canned = prompts >= PROMPTS and _chance(len(rows), n, usual) <= CHANCE
        shown = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
        answers.append(CommonAnswer(shown, len(rows), n, prompts, canned))
    return answers, of


def usual_share(visits: Sequence[Visit], views: Sequence[View]) -> float:
    """Bound the share that the commonest answer had in any hundred visits of the baseline."""
    highest = 0.0
    for a in range(0, min(len(visits), 10 * WINDOW), WINDOW):
        part = visits[a : a + WINDOW]
        if a and len(part) < WINDOW:
            break  # a rest is part of the same log: it would only be noisier
        kept = [Kept(i, v.prompt_id, v.model, t) for i, v in enumerate(part)
                for t in v.outputs[:MOST]]  # fmt: skip
        told = [x for x in common(kept, views)[0] if x.prompts >= PROMPTS]
        highest = max(highest, _bound(max((x.count for x in told), default=1), len(kept)))
    return highest


def canned_visits(kept: Sequence[Kept], answers: Sequence[CommonAnswer], of: Ints) -> set[int]:
    """Return the visits in which a canned answer was given."""
    return {
        x.visit for x, which in zip(kept, of.tolist(), strict=True)
        if which >= 0 and answers[which].canned
    }  # fmt: skip


def _most_frequent(texts: Sequence[str]) -> str:
    values, counts = np.unique(np.array(texts, object), return_counts=True)
    return str(values[int(np.argmax(counts))])


def _chance(count: int, n: int, share: float) -> float:
    from scipy.stats import binom

    return float(binom.sf(count - 1, n, share))


def _bound(count: int, n: int) -> float:
    """Upper 95 % bound of a share (Clopper & Pearson 1934)."""
    from scipy.stats import beta

    return float(beta.ppf(0.95, count + 1, n - count)) if count < n else 1.0


def indicator(numbers: Ints, visits: set[int], first: int) -> Floats:
    """Return 1 for each visit with a canned answer, 0 for others, NaN for those not kept."""
    return np.array([np.nan if v < first else float(v in visits) for v in numbers.tolist()])
