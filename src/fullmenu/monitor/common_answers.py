"""The answers of the last visits: which of them come again and again, and how often."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from fullmenu.kernel.dishes import Dishes
from fullmenu.monitor.visits import Visit, shortened
from fullmenu.report.watch.document import CommonAnswer
from fullmenu.stats.arrays import Ints
from fullmenu.views.registry import View

WINDOW = 100
"""Visits whose answers are kept."""

MOST = 5
"""Answers kept of a visit, and answers that are listed."""

LONGEST = 8_000
"""Characters kept of each."""

SEARCHED = 1_000
"""Answers of the baseline that are searched for common ones."""

NEAR = 0.9
"""Two texts at least so alike, in the first view, are all but equal."""

PROMPTS = 3
"""An answer is canned only where so many different prompts, or more, are given it."""

LATELY = (20, 50, 100)
"""Answers looked back to for canned ones."""

CHANCE = 0.01
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
    """Return the commonest answers: texts that are all but equal count as one.

    Parameters
    ----------
    kept
        Answers of texts, in their order.
    views
        Those of the watch; the first one compares them.
    usual
        How large a share the commonest answer had before (:func:`usual_share`).

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
    >>> texts = ["A fig.", "Two oaks.", *["Please ask again later."] * 6]
    >>> kept = [Kept(i, f"q{i}", None, text) for i, text in enumerate(texts)]
    >>> [top], of = common(kept, [registry.get("phrasing")], usual=0.01)
    >>> top.count, top.of, top.canned, of.tolist()
    (6, 8, True, [-1, -1, 0, 0, 0, 0, 0, 0])
    """
    n = len(kept)
    of = np.full(n, -1, np.int64)
    answers: list[CommonAnswer] = []
    dish = _alike([x.text for x in kept], views)
    counts = np.bincount(dish, minlength=1)
    for d in np.argsort(-counts, kind="stable")[:MOST].tolist():
        rows = np.flatnonzero(dish == d)
        if len(rows) < 2:
            break
        of[rows] = len(answers)
        asked = np.array([kept[i].prompt_id for i in rows.tolist()], object)
        lately = [rows >= n - m for m in LATELY]
        canned = any(
            len({*asked[late]}) >= PROMPTS
            and _chance(int(late.sum()), min(m, n), usual) <= CHANCE / len(LATELY)
            for m, late in zip(LATELY, lately, strict=True)
        )
        text = Counter(kept[i].text for i in rows.tolist()).most_common(1)[0][0]
        answers.append(CommonAnswer(shortened(text), len(rows), n, len({*asked.tolist()}), canned))
    return answers, of


def usual_share(visits: Sequence[Visit], views: Sequence[View]) -> float:
    """Return the share of the answer that most prompts of the baseline were given, plus one."""
    kept = [Kept(i, v.prompt_id, v.model, t[:LONGEST]) for i, v in enumerate(visits)
            for t in v.outputs[:MOST]][:SEARCHED]  # fmt: skip
    dish = _alike([x.text for x in kept], views)
    prompts: dict[int, set[str]] = {}
    for d, x in zip(dish.tolist(), kept, strict=True):
        prompts.setdefault(d, set()).add(x.prompt_id)
    counts = np.bincount(dish, minlength=1)
    several = [int(counts[d]) for d, ids in prompts.items() if len(ids) >= PROMPTS]
    return (max(several, default=1) + 1) / (len(kept) + 1)


def _alike(texts: Sequence[str], views: Sequence[View]) -> Ints:
    """Group texts that are all but equal; without a view, equal ones."""
    if not texts:
        return np.zeros(0, np.int64)
    if not views:
        return np.unique(np.array(texts, object), return_inverse=True)[1]
    return Dishes(views[0].rows(texts, [None] * len(texts)), texts, NEAR).of


def canned_since(
    kept: Sequence[Kept], answers: Sequence[CommonAnswer], of: Ints, usual: float
) -> tuple[int, int] | None:
    """Return the visit from which canned answers come, and the earliest that it may have been.

    ``None`` where none are canned, or where they began before the answers that are kept.

    >>> texts = ["A fig.", "Two oaks.", "An elm."] + ["Please ask again later."] * 6
    >>> from fullmenu.views import registry
    >>> kept = [Kept(i, f"q{i}", None, text) for i, text in enumerate(texts)]
    >>> canned_since(kept, *common(kept, [registry.get("phrasing")], 0.01), 0.01)
    (3, 3)
    """
    visits = np.array([x.visit for x in kept])
    x = np.array([which >= 0 and answers[which].canned for which in of.tolist()], np.float64)
    if not x.any():
        return None
    # the step s with the largest Σ_{t ≥ s} (x − h), h halfway between the shares before and now
    lately = float(x[-LATELY[0] :].mean())
    tails = (x - (usual + lately) / 2)[::-1].cumsum()[::-1]
    first = int(np.argmax(tails))
    if first == 0:
        return None
    # k answers pass without a canned one with chance (1 − share)^k: 1 in 20 at the low end
    share = min(float(x[first:].mean()), 1 - 1e-9)
    early = int(np.log(0.05) / np.log1p(-share))
    return int(visits[first]), int(visits[max(first - early, 0)])


def _chance(count: int, n: int, share: float) -> float:
    from scipy.stats import binom

    return float(binom.sf(count - 1, n, share))
