"""Classifiers: does the label follow the content, or a cue that went with it in training?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fullmenu.diagnose.goals.crossed_mean import crossed
from fullmenu.diagnose.goals.intent import check_share, columns_of, finding, followed
from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict

LEAST = 0.5
"""Where cue and content conflict, content decides at least three times as often as the cue."""


def cue_against_content(
    answers: Sequence[Any],
    content: Sequence[Any],
    cue: Sequence[Any],
    *,
    seeds: Sequence[Any] | None = None,
    items: Sequence[Any] | None = None,
    classes: int | None = None,
    least_intent: float = LEAST,
    level: float = 0.95,
    subject: str = "classifier",
) -> Finding:
    """Diagnose whether a classifier answers by the content or by a cue.

    Three conditions, told by the labels themselves: *aligned* (the cue says what the content
    says), *neutral* (no cue: ``None``) and *conflict* (they differ). On conflict, intent =
    (P(content) − P(cue)) / (P(content) + P(cue)), from −1 (cue only) to 1 (content only).
    ``incapable``: accuracy without help of the cue (neutral; without neutral items, aligned) is
    not above chance. ``failure``: the interval of intent lies below ``least_intent``, and the
    cue's label is given more often than errors alone would. ``ok``: intent lies above
    ``least_intent``. Otherwise ``inconclusive``.

    Intervals take training runs and items as drawn at random. The rate of giving one wrong label
    by mistake is read off the neutral items, (1 − accuracy) / (classes − 1); without those, off
    the errors on conflict that are not the cue's label.

    Parameters
    ----------
    answers, content, cue : (n,)
        What was answered, what the content says, and what the cue says (``None``: no cue).
    seeds : (n,), optional
        Which training run answered; by default one, which warns at most.
    items : (n,), optional
        Which item a row is of, where several runs answered the same; by default every row is one.
    classes
        How many labels there are; by default those in ``content``.
    least_intent, level, subject
        The threshold, declared beforehand; coverage of the intervals; the classifier's name.

    Raises
    ------
    NotEnoughData
        Fewer than two items in conflict, or no aligned and no neutral ones; or two classes without
        neutral items, where every error on conflict is the cue's label.
    BadInput
        Columns of different lengths, or a threshold outside (0, 1).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> content = rng.integers(0, 10, 600)
    >>> cue = [None] * 200 + content[200:400].tolist() + ((content[400:] + 3) % 10).tolist()
    >>> by_content = content.tolist()
    >>> cue_against_content(by_content, by_content, cue).verdict
    'ok'
    >>> by_cue = [c if q is None else q for c, q in zip(by_content, cue)]
    >>> found = cue_against_content(by_cue, by_content, cue, seeds=[0, 1] * 300)
    >>> found.verdict, found.evidence["intent"].value
    ('failure', -1.0)
    """
    at_row = range(len(answers)) if items is None else items
    said, right, cued, trained, at_item = columns_of(
        "row", answers=answers, content=content, cue=cue, seeds=seeds, items=at_row
    )
    runs, at = (np.array([repr(x) for x in column]) for column in (trained, at_item))
    check_share("least_intent", least_intent, 0.5)
    count = classes or len(set(right))
    absent = np.array([q is None for q in cued])
    same = np.array([q == r for q, r in zip(cued, right, strict=True)])
    conflict, aligned = ~absent & ~same, ~absent & same
    gate, gated = (absent, "neutral") if absent.sum() >= 2 else (aligned, "aligned")
    if conflict.sum() < 2 or gate.sum() < 2 or count < 2:
        raise NotEnoughData(
            f"{conflict.sum()} items in conflict, {absent.sum()} neutral, {aligned.sum()} aligned, "
            f"{count} classes: give 2 classes and 2 items or more in conflict, and 2 neutral or "
            "aligned"
        )
    if gated == "aligned" and count < 3:
        raise NotEnoughData(
            "with 2 classes every error on a conflict is the cue's label: give neutral items "
            "(cue None) too, which show how often errors fall by themselves"
        )
    hit = np.array([a == r for a, r in zip(said, right, strict=True)], float)
    led = np.array([a == q for a, q in zip(said, cued, strict=True)], float)

    def mean(values: Any, where: Any, unit: str = "share of items") -> Estimate:
        return crossed(values, runs[where], at[where], unit=unit, what="items", level=level)

    able = mean(hit[gate], gate)
    above = mean(hit[gate] - 1 / count, gate)
    c, q = hit[conflict], led[conflict]
    both = float((c + q).mean())
    if both == 0:
        raise NotEnoughData(
            "on conflict neither the content's label nor the cue's was ever given, so intent is "
            "undefined; give more items, or a classifier that answers with these labels"
        )
    ratio = float((c - q).mean()) / both
    line = np.clip(ratio + (c - q - ratio * (c + q)) / both, -1, 1)
    intent = replace(mean(line, conflict, "intent"), value=ratio)
    if gated == "neutral":
        slips = (1 - hit) / (count - 1)
        by_mistake = float(slips[absent].mean())
        excess = mean(_difference(led, conflict, slips, absent), conflict | absent)
    else:
        by_mistake = float((1 - c - q).mean()) / (count - 2)
        excess = mean(q - (1 - c - q) / (count - 2), conflict)
    why: dict[FindingVerdict, str] = {
        "incapable": f"Accuracy on {gated} items {able} is not above chance, {1 / count:.2f}.",
        "ok": f"Content decides: intent {intent}, above {least_intent}.",
        "failure": f"The cue decides too much: intent {intent}, below {least_intent}; its label is "
        f"given {excess} more often than by mistake.",
        "inconclusive": f"Intent {intent} against {least_intent}; cue beyond mistakes {excess}.",
    }
    return finding(
        followed(above, intent, least_intent, excess.above(0)),
        why,
        len(np.unique(runs)),
        subject=subject,
        score="labels that content and cue agree on",
        intention="the content, whatever the cue says",
        gap=intent.mirrored(1, unit="1 − intent"),
        null=f"blind to the cue: its label by mistake in {by_mistake:.1%}; chance {1 / count:.1%}",
        items=intent.n,
        caveat="Speaks for this cue only, and for conflicts made like these.",
        cure="Break the cue's link with the label in training: even some conflicts help.",
        evidence={
            f"accuracy, {gated}": able,
            "content on conflict": mean(c, conflict),
            "cue on conflict": mean(q, conflict),
            "cue beyond mistakes": excess,
            "intent": intent,
        },
    )


def _difference(x: Any, of: Any, y: Any, against: Any) -> Any:
    """Return values whose mean is mean(x, of) − mean(y, against), with the spread of both."""
    # each row's influence, n/n_of (x − x̄) or −n/n_against (y − ȳ), about the difference of means
    n = of.sum() + against.sum()
    line = np.full(len(of), float(x[of].mean() - y[against].mean()))
    line[of] += n / of.sum() * (x[of] - x[of].mean())
    line[against] -= n / against.sum() * (y[against] - y[against].mean())
    return line[of | against]
