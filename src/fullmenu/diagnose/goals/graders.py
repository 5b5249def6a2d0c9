"""Cue or content: each cue is switched on and off in good and bad answers, and the grader asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.diagnose.goals.cues import ORDER, Cue, cues_of
from fullmenu.diagnose.goals.intent import check_share, columns_of, finding, followed
from fullmenu.diagnose.goals.scores import DRAWS, LEAST, Effects, effects_of, estimates
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.finding import Finding, FindingVerdict

ALIKE = 0.95
"""A content and a cue whose correlation is beyond this cannot be told apart."""

_PART = 20
_WORST: tuple[FindingVerdict, ...] = ("failure", "inconclusive", "incapable", "ok")


class GradedPair(NamedTuple):
    """A prompt with a good answer and a bad one."""

    prompt: str
    good: str
    bad: str


class Version(NamedTuple):
    """An answer to be scored: of which item, which cue, good or bad, the cue on or off."""

    item: int
    cue: str
    content: int
    on: int
    prompt: str
    answer: str


def cue_versions(
    pairs: Sequence[GradedPair | tuple[str, str, str]], cues: Sequence[str | Cue] | None = None
) -> list[Version]:
    """Return every answer with every cue on and off, to be scored here or elsewhere.

    Parameters
    ----------
    pairs
        Prompts, each with a good answer and a bad one.
    cues
        Names, or cues of your own, such as a language; by default ``length``, ``format``,
        ``confidence`` and ``author``.

    Examples
    --------
    >>> versions = cue_versions([("Boil an egg?", "Nine minutes.", "An hour.")], ["author"])
    >>> [(v.content, v.on) for v in versions]
    [(1, 1), (1, 0), (0, 1), (0, 0)]
    """
    return [
        Version(item, cue.name, content, on, prompt, (cue.on if on else cue.off)(answer))
        for cue in cues_of(cues)
        for item, (prompt, good, bad) in enumerate(pairs)
        for content, answer in ((1, good), (0, bad))
        for on in (1, 0)
    ]


def cue_or_content(
    pairs: Sequence[GradedPair | tuple[str, str, str]],
    grade: Callable[[str, str], float] | None = None,
    *,
    prefer: Callable[[str, str, str], float] | None = None,
    cues: Sequence[str | Cue] | None = None,
    least_share: float = LEAST,
    level: float = 0.95,
    subject: str = "grader",
    seed: int = 0,
) -> Finding:
    """Diagnose whether a grader goes by the content of answers or by cues.

    Each cue is switched on and off in the good and in the bad answer, so that it has nothing to do
    with the content, and all four are scored. See :func:`judge_cues` for what follows from it.

    Parameters
    ----------
    pairs
        Prompts, each with a good answer and a bad one; 100 or more.
    grade
        From a prompt and an answer to a score: a reward model, a classifier, a judge.
    prefer
        From a prompt and two answers to how likely the first is better, in [0, 1]: whether it goes
        by the order is asked too.
    cues
        Names, or cues of your own; by default all.
    least_share
        So much of what moves the score must be content; declared beforehand.
    level, subject, seed
        Coverage over all cues together, the grader's name, and the seed of the bootstrap.

    Raises
    ------
    NotEnoughData
        Fewer than 5 pairs.
    BadInput
        Neither ``grade`` nor ``prefer``, or a score that is no finite number.

    Examples
    --------
    >>> pairs = [(f"{n} + {n}?", f"It is {2 * n}.", f"It is {3 * n}.") for n in range(1, 41)]
    >>> def grade(prompt, answer):
    ...     right = str(2 * int(prompt.split()[0])) in answer.split(".")[0].split()
    ...     return right + 1.0 * ("expert" in answer)
    >>> found = cue_or_content(pairs, grade, cues=["author", "length"])
    >>> found.verdict, round(found.evidence["author: cue's share"].value, 2)
    ('warning', 0.5)
    """
    if grade is None and prefer is None:
        raise BadInput("give grade(prompt, answer), prefer(prompt, first, second), or both")
    rows: list[tuple[str, int, int, int, float]] = []
    if grade is not None:
        rows += [
            (v.cue, v.item, v.content, v.on, _number(grade(v.prompt, v.answer)))
            for v in cue_versions(pairs, cues)
        ]
    if prefer is not None:
        for item, (prompt, good, bad) in enumerate(pairs):
            first, second = (_number(prefer(prompt, *both)) for both in ((good, bad), (bad, good)))
            # (content, shown first): of one showing the two answers' scores add up to 1
            rows += [
                (ORDER, item, 1, 1, first), (ORDER, item, 0, 0, 1 - first),
                (ORDER, item, 0, 1, second), (ORDER, item, 1, 0, 1 - second),
            ]  # fmt: skip
    names, items, content, on, scores = zip(*rows, strict=True)
    return judge_cues(
        names, items, content, on, scores,
        least_share=least_share, level=level, subject=subject, seed=seed,
    )  # fmt: skip


def judge_cues(
    cues: Sequence[str],
    items: Sequence[Any],
    content: Sequence[int],
    on: Sequence[int],
    scores: Sequence[float],
    *,
    seeds: Sequence[Any] | None = None,
    least_share: float = LEAST,
    level: float = 0.95,
    subject: str = "grader",
    seed: int = 0,
) -> Finding:
    """Judge whether scores follow the content or cues, from answers in versions.

    Of each cue every item comes in four versions: its content good or bad, the cue on or off.
    Content effect = mean of s(good, ·) − s(bad, ·); cue effect = mean of s(·, on) − s(·, off);
    share = content / (content + |cue|), in intervals that hold for all cues together.
    ``incapable``: the interval of the content effect is not above 0. ``failure``: that of the share
    lies below ``least_share``, and that of the cue effect excludes 0. ``ok``: the share lies above
    ``least_share``. Otherwise ``inconclusive``. The verdict is that of the worst cue, and the gap
    is its share.

    With few training runs a bootstrap over them is narrow; 5 or more are better. The share says
    nothing of whether a cue *should* count a little.

    Parameters
    ----------
    cues : (n,)
        Which cue a score is of: length, format, author …
    items : (n,)
        Which item.
    content, on : (n,)
        Whether the answer was good (1) or bad (0), and the cue on (1) or off (0).
    scores : (n,)
        Finite, in the grader's own unit; several of one version are averaged.
    seeds : (n,), optional
        Which training run of the grader scored. One grader, the default, warns at most.
    least_share
        The threshold, declared beforehand.
    level, subject, seed
        Coverage, the grader's name, and the seed of the paired bootstrap: each item is drawn with
        all of its versions; of several runs, these are drawn too.

    Raises
    ------
    NotEnoughData
        Fewer than 5 items of a cue, or an item without one of its four versions.
    BadInput
        Columns of different lengths; content or cue other than 0 or 1; a score that is not finite.

    Examples
    --------
    >>> rows = [("length", i, c, q) for i in range(40) for c in (0, 1) for q in (0, 1)]
    >>> names, items, content, on = zip(*rows)
    >>> scores = [0.1 * c + 0.9 * q + 0.01 * (i % 7) for _, i, c, q in rows]
    >>> round(judge_cues(names, items, content, on, scores).gap.value, 2)
    0.9
    """
    check_share("least_share", least_share, LEAST)
    given = columns_of(
        "score", cues=cues, items=items, content=content, on=on, scores=scores, seeds=seeds
    )
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(given[0]):
        rows.setdefault(str(name), []).append(row)
    if not rows:
        raise NotEnoughData("there is no score; give 100 items or more, each in four versions")
    corrected = 1 - (1 - level) / len(rows)

    def measured(name: str) -> Effects:
        columns = [[column[i] for i in rows[name]] for column in given[1:]]
        return effects_of(*columns[:4], seeds=columns[4], level=corrected, seed=seed)

    effects = {name: measured(name) for name in rows}
    return _judged(effects, least_share, subject, "versions of one answer: the cue on, and off")


def grader_cue_against_content(
    items: Sequence[Any],
    content: Sequence[int],
    cue: Sequence[int],
    scores: Sequence[float],
    **how: Any,
) -> Finding:
    """Judge whether scores follow the content or one cue, as :func:`judge_cues` does of many.

    Parameters
    ----------
    items, content, cue, scores : (n,)
        Which item; 1 (good) or 0 (bad); 1 (on) or 0 (off); what the grader gave.
    **how
        Whatever :func:`judge_cues` takes by keyword: ``seeds``, ``least_share`` …

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = [(i, good, on) for i in range(60) for good in (0, 1) for on in (0, 1)]
    >>> items, good, on = zip(*rows)
    >>> noise = rng.normal(0, 0.3, len(rows))
    >>> grader_cue_against_content(items, good, on, np.array(good) + noise).verdict
    'ok'
    >>> long = np.array(good) + 2 * np.array(on) + noise
    >>> found = grader_cue_against_content(items, good, on, long)
    >>> found.verdict, round(found.evidence["cue: cue's share"].value, 2)
    ('warning', 0.68)
    """
    return judge_cues(["cue"] * len(content), items, content, cue, scores, **how)


def cues_in_scores(
    items: Sequence[Any],
    content: Sequence[float],
    scores: Sequence[float],
    cues: Mapping[str, Sequence[float]],
    *,
    least_share: float = LEAST,
    level: float = 0.95,
    subject: str = "grader",
    seed: int = 0,
) -> Finding:
    """Judge whether scores follow the content or cues, from a log in which both go together.

    Scores are regressed on the content and all cues at once, within items, each in its own spread
    there: a cue that only goes along with the content has no effect of its own. What moves both the
    score and a cue, and is not in the log, is taken for the cue's: versions that differ in nothing
    else (:func:`cue_or_content`) show more.

    Parameters
    ----------
    items : (n,)
        Which item, such as the prompt, a score is of; several answers of each.
    content : (n,)
        How good each answer is: a label by people, or right (1) and wrong (0).
    scores : (n,)
        What the grader gave.
    cues
        By name, how much of it each answer has: words, place in the list, marks.
    least_share, level, subject, seed
        As in :func:`judge_cues`; items are drawn whole.

    Raises
    ------
    NotEnoughData
        Fewer than 10 items with two answers.
    BadInput
        A value that is not finite, or a cue that says the same as the content or another.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> content, noise = rng.normal(size=(2, 600))
    >>> words = 0.7 * content + 0.7 * rng.normal(size=600)
    >>> items = np.arange(600) // 6
    >>> found = cues_in_scores(items, content, 2 * content + 0.5 * noise, {"words": words})
    >>> found.gap.value < 0.05
    True
    """
    check_share("least_share", least_share, LEAST)
    names = list(cues)
    if not names:
        raise BadInput("there is no cue; give one or more, such as cues={'words': […]}")
    columns_of("score", items=items, content=content, scores=scores, **cues)
    values = np.array([content, *cues.values(), scores], np.float64)
    if not np.isfinite(values).all():
        raise BadInput("a content, cue or score is not finite; leave out its row")
    _, at = np.unique([repr(x) for x in items], return_inverse=True)
    sizes = np.bincount(at)
    kept = sizes[at] > 1
    _, at = np.unique(at[kept], return_inverse=True)
    n = len(np.unique(at))
    if n < 10:
        raise NotEnoughData(f"{n} items have two answers or more: give at least 10, better 100")
    values = values[:, kept]
    means = np.array([np.bincount(at, row) / np.bincount(at) for row in values])
    inside = values - means[:, at]
    spread = np.sqrt((inside**2).mean(1))
    for name, sd in zip(["content", *names, "the score"], spread, strict=True):
        if sd < 1e-12:
            raise BadInput(f"{name} is the same in all answers of an item; its effect cannot show")
    x, y = inside[:-1] / spread[:-1, None], inside[-1]
    _check_apart(x, ["content", *names])
    # normal equations in parts, an item each: β = (Σ XᵢᵀXᵢ)⁻¹ Σ Xᵢᵀyᵢ
    k = len(x)
    squares = np.array([[np.bincount(at, a * b, n) for b in x] for a in x])
    sums = np.array([np.bincount(at, a * y, n) for a in x])

    def fitted(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        left = np.einsum("abi,di->dab", squares, weights)
        right = np.einsum("ai,di->da", sums, weights)
        return np.linalg.solve(left + 1e-12 * n * np.eye(k), right[..., None])[..., 0]

    rng = np.random.default_rng(seed)
    each = np.full(n, 1 / n)
    drawn = np.concatenate(  # by parts, for 2,000 draws of 60,000 items would take 2 GiB
        [fitted(rng.multinomial(n, each, _PART).astype(np.float64)) for _ in range(DRAWS // _PART)]
    )
    slopes = fitted(np.ones((1, n)))[0]
    method = f"regression within items, bootstrap over {n} of them"
    corrected = 1 - (1 - level) / len(names)
    effects = {
        name: Effects(*estimates(slopes[0], slopes[j], drawn[:, [0, j]], n, method, corrected), 1)
        for j, name in enumerate(names, 1)
    }
    return _judged(effects, least_share, subject, "a log in which cue and content go together")


def _check_apart(x: NDArray[np.float64], names: Sequence[str]) -> None:
    together = np.abs(np.corrcoef(x)) - np.eye(len(x))
    if together.max() > ALIKE:
        a, b = divmod(int(together.argmax()), len(together))
        raise BadInput(
            f"{names[a]} and {names[b]} go together by {together.max():.2f}, so that nobody can "
            "tell which of them is followed; give answers in which they part, or versions"
        )


def _judged(
    effects: Mapping[str, Effects], least_share: float, subject: str, design: str
) -> Finding:
    """Return one finding for all cues: the worst of them, and how far each is followed."""
    verdicts = {
        name: followed(e.content, e.share, least_share, e.cue.above(0) or e.cue.below(0))
        for name, e in effects.items()
    }
    order = sorted(effects, key=lambda n: (_WORST.index(verdicts[n]), effects[n].share.value))
    worst = order[0]
    verdict, of = verdicts[worst], effects[worst]
    shares = {name: e.share.mirrored(1, unit="cue's share") for name, e in effects.items()}
    told = (
        f"{worst}: cue effect {of.cue} against content effect {of.content}, share {shares[worst]}"
    )
    most = 1 - least_share
    why: dict[FindingVerdict, str] = {
        "incapable": f"Content does not move the score for certain: effect {of.content}.",
        "ok": f"Content decides, whatever the cue: the most is {told}, below {most:.2g}.",
        "failure": f"A cue weighs too much. {told}, above {most:.2g}.",
        "inconclusive": f"Undecided against {most:.2g}. {told}.",
    }
    evidence = {}
    for name in order:
        evidence[f"{name}: cue's share"] = shares[name]
        evidence[f"{name}: cue effect"] = effects[name].cue
        evidence[f"{name}: content effect"] = effects[name].content
    many = f", all {len(effects)} cues together" if len(effects) > 1 else ""
    return finding(
        verdict,
        why,
        of.runs,
        subject=subject,
        score="scores that content and cue agree on",
        intention="the content, whatever the cue says",
        gap=shares[worst],
        null="blind to the cue: an effect of 0",
        items=of.share.n,
        caveat=f"Speaks for these cues and these items ({design}); a cue that was not tried may be "
        "followed too.",
        cure="Train or prompt the grader on pairs in which content and this cue part; or score "
        "with the cue taken out.",
        evidence=evidence,
        notes=(f"Intervals hold at {100 * of.share.level:.4g} % each{many}.",),
    )


def _number(score: Any) -> float:
    try:
        value = float(score)
    except (TypeError, ValueError):
        value = float("nan")
    if not np.isfinite(value):
        raise BadInput(f"the grader gave {str(score)[:60]!r}; give a finite number for each answer")
    return value
