"""Arms weighed: how varied, how good, how dear, and what else each changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from msgspec import UNSET, UnsetType
from msgspec.structs import replace as replaced

from fullmenu.cure.selection.choice import scaled
from fullmenu.cure.side_effects import side_effects
from fullmenu.cure.subset import select
from fullmenu.cure.trial import ArmLog
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate, Margins, VerdictName
from fullmenu.judge.description import about
from fullmenu.judge.two import compare
from fullmenu.judge.verdict import decide
from fullmenu.kernel.dishes import Dishes
from fullmenu.kernel.likeness import grams, share_of_pairs
from fullmenu.kernel.rates import mean_rate, rate_estimate
from fullmenu.report.cures import words
from fullmenu.report.cures.document import ArmCost, CuresDocument, PassAt, TriedArm
from fullmenu.report.cures.report import CureReport
from fullmenu.report.document import ComparedView, ComparisonDocument
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.jackknife import Replicates
from fullmenu.stats.means import mean, mean_difference
from fullmenu.stats.passes import Rights, over_prompts, passes
from fullmenu.text.amounts import amount
from fullmenu.views.registry import Encoder, View, chosen, eyes

Score: TypeAlias = "Callable[..., Any] | str | Any"
"""A function of an output, or of an output and its prompt; an object with ``scores``; or score."""

LEAST = 6
"""Prompts that all arms must share: outputs of one reply go together, so prompts are the units."""

PASS_AT = (1, 5, 10)
"""The k of pass@k, as far as there are so many outputs."""

UNREAD = 0.2
"""An arm with more unread replies is not recommended."""


def compare_arms(
    logs: Sequence[ArmLog] | Mapping[str, Samples],
    *,
    quality: Score | None = None,
    valid: Score | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> CureReport:
    """Weigh cures against the first arm: variety, quality, yield, cost, and what else changed.

    Parameters
    ----------
    logs
        What :func:`try_arms` brought, or samples by the arm's name; the first is the baseline.
    quality
        How good an output is: a function of an output, or of an output and its prompt, that
        returns a number; an object with ``scores(outputs, prompts)``; or ``"score"``: the logs'
        own scores.
    valid
        Whether an output is right, in the same forms: 1 or ``True``. Without it an output is valid
        unless it is empty; with it there is pass@k.
    encoder, ruler
        As in :func:`fullmenu.compare`.
    seed
        For the pairs that large logs are compared in.
    progress
        Called with the name of each step.

    Returns
    -------
    CureReport
        ``.content`` (typed), ``.document`` (JSON), ``.save("cures.html")``.

    Raises
    ------
    BadInput
        Fewer than two arms, or a score that is no finite number.
    NotEnoughData
        The arms share fewer than six prompts with two outputs each.

    Notes
    -----
    Answers are counted among the outputs that are served, as many of every arm: lists and picked
    outputs avoid each other, and are no sample of more. Intervals leave prompts out, and are
    corrected for the number of arms. Whether an answer is true, only a checker can say. A quality
    that an arm picks by is too kind to that arm.

    Examples
    --------
    >>> asked = [f"Town {i}?" for i in range(12)]
    >>> towns = ["Rome", "Oslo", "Lima", "Bern", "Kyiv", "Riga", "Cork", "Bonn"]
    >>> plain = Samples.of({q: ["Rome"] * 5 + [towns[i % 7 + 1]] for i, q in enumerate(asked)})
    >>> cured = Samples.of({q: [towns[(i + j) % 8] for j in range(6)] for i, q in enumerate(asked)})
    >>> compare_arms({"plain": plain, "cured": cured}).content.recommended
    'cured'
    """
    tell = progress or (lambda step: None)
    given = (
        [ArmLog(name, log) for name, log in logs.items()] if isinstance(logs, Mapping) else [*logs]
    )
    if len(given) < 2:
        raise BadInput(
            f"{amount(len(given), 'arm')}: give two or more, the first to compare the others to"
        )
    given = [_kept(log, quality, encoder, ruler) for log in given]
    given, prompts, left_out = _shared(given)
    level = 1 - 0.05 / (len(given) - 1)
    slots = min(log.keeps or log.asked or _median(log.samples) for log in given)
    samples = [_first(log.samples, prompts, slots) for log in given]
    scores = [None if quality is None else scores_of(quality, some) for some in samples]
    checked = [None if valid is None else scores_of(valid, some) for some in samples]
    view = eyes(chosen(None, "text", encoder, ruler))
    rights = [
        np.array([bool(text.strip()) for text in some.outputs], bool)
        if right is None
        else right > 0.5
        for some, right in zip(samples, checked, strict=True)
    ]
    judged = checked if quality is None else scores
    changes = [_change(samples, judged, k, prompts, level) for k in range(len(given))]
    yields = _yields(samples, rights, slots, view, prompts)
    served = [_served(some, prompts, slots, view) for some in samples]
    arms = []
    for k, (log, some) in enumerate(zip(given, samples, strict=True)):
        tell(log.name)
        codes = _codes(some, prompts)
        compared: ComparisonDocument | None = None
        if k:
            against_first = compare(
                samples[0], some, margins=Margins(alpha=1 - level), encoder=encoder, ruler=ruler,
                labels=(given[0].name, log.name), seed=seed,
            )  # fmt: skip
            assert isinstance(against_first.content, ComparisonDocument)
            compared = against_first.content
        gain = decide(served[0], served[k], tests=len(given) - 1) if k else None
        mine = scores[k]
        arms.append(
            TriedArm(
                log=about(some, log.name),
                about=log.about,
                unread=log.unread,
                answers=_number(served[k]),
                verdict=gain.name if gain else UNSET,
                ratio=gain.ratio if gain else UNSET,
                lengths=_lengths(compared.views[view.name]) if compared else UNSET,
                quality=UNSET if mine is None else _open(mean(mine, codes, "quality", level)),
                quality_change=changes[k],
                valid=UNSET
                if valid is None
                else over_prompts(_by_prompt(rights[k].astype(float), codes), "share"),
                yields=yields[k],
                pass_at=[] if valid is None else _pass_at(rights[k], codes, slots),
                cost=_cost(log, len(some)),
                effects=side_effects(samples[0], some, log.name, compared, level)
                if compared
                else [],
            )
        )
    arms = _frontier(arms)
    best, reason = words.advice(arms, UNREAD)
    return CureReport(
        CuresDocument(
            view=view.name,
            prompts=len(prompts),
            of=slots,
            arms=arms,
            recommended=best or UNSET,
            reason=[*reason, *left_out],
            caveats=[*words.caveats(arms, level, any(log.keeps for log in given)), *_told(given)],
        )
    )


def scores_of(score: Score, samples: Samples) -> Floats:
    """Return a number for each output, by a function, an object with ``scores``, or the log's own.

    Raises
    ------
    BadInput
        One is no finite number.
    """
    outputs, prompts = samples.outputs, samples.prompts
    if isinstance(score, str):
        if score != "score" or samples.table.column("score").null_count:
            raise BadInput(f"{score!r}: give a function, or 'score' where each output has a score")
        return samples.scores
    if hasattr(score, "scores"):
        given = score.scores(outputs, prompts)
    elif _takes_prompt(score):
        given = [score(text, prompt) for text, prompt in zip(outputs, prompts, strict=True)]
    else:
        given = [score(text) for text in outputs]
    try:
        values = np.array([float(x) for x in given], np.float64)
    except (TypeError, ValueError):
        values = np.array([np.nan])
    if len(values) != len(samples) or not np.isfinite(values).all():
        raise BadInput(
            "a score is no finite number: return a number, True or False for each output"
        )
    return values


def _takes_prompt(score: Callable[..., Any]) -> bool:
    try:
        needed = [
            p
            for p in inspect.signature(score).parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
        ]
    except (TypeError, ValueError):  # of C
        return False
    return len(needed) == 2


def _kept(log: ArmLog, quality: Score | None, encoder: Encoder | None, ruler: str) -> ArmLog:
    """Return an arm's log with the outputs that it picks."""
    if not log.keeps or not len(log.samples):
        return log
    scores = None if quality is None else scaled(scores_of(quality, log.samples), len(log.samples))
    made = select(
        log.samples, log.keeps, method=log.method, by_prompt=True, encoder=encoder, ruler=ruler,
        quality=None if scores is None else scores.tolist(),
    )  # fmt: skip
    return replace(log, samples=made.samples)


def _shared(logs: Sequence[ArmLog]) -> tuple[list[ArmLog], list[str], list[str]]:
    """Return the arms that can be weighed, the prompts that they share, and who is left out.

    An arm counts where it has two outputs or more to half of the first arm's prompts, and to six.
    """
    several: list[set[str]] = []
    for log in logs:
        sizes = np.bincount(log.samples.groups) if len(log.samples) else np.zeros(0)
        ids = zip(log.samples.prompt_ids, sizes, strict=True)
        several.append({name for name, n in ids if n > 1})
    least = max(LEAST, len(several[0]) / 2)
    kept = [k for k, some in enumerate(several) if not k or len(some & several[0]) >= least]
    shared = [name for name in logs[0].samples.prompt_ids if all(name in several[k] for k in kept)]
    if len(kept) < 2 or len(shared) < LEAST:
        told = ", ".join(
            f"{log.name} {len(some):,}" + f" ({log.unread:,} replies not parsed)" * (log.unread > 0)
            for log, some in zip(logs, several, strict=True)
        )
        raise NotEnoughData(
            f"too few prompts have two outputs or more: {told}. Two arms must share {LEAST}, best "
            "50 with ten outputs each"
        )
    left_out = [
        f"{log.name} is left out: it has two outputs or more to {len(some):,} prompts only"
        + (f", as {log.unread:,} of {log.replies:,} replies cannot be read." if log.unread else ".")
        for k, (log, some) in enumerate(zip(logs, several, strict=True))
        if k not in kept
    ]
    return [logs[k] for k in kept], shared, left_out


def _median(samples: Samples) -> int:
    return int(np.median(np.bincount(samples.groups)))


def _first(samples: Samples, prompts: Sequence[str], slots: int) -> Samples:
    """Return the outputs to some prompts that came in the first ``slots`` places of each."""
    kept, ids = set(prompts), samples.column("prompt_id")
    index = np.array(samples.column("sample_index"))
    order = np.argsort(index, kind="stable")
    seen = dict.fromkeys(prompts, 0)
    rows = []
    for row in order.tolist():
        if ids[row] in kept and seen[ids[row]] < slots:
            seen[ids[row]] += 1
            rows.append(row)
    return samples.take(np.sort(np.array(rows, np.int64)))


def _served(samples: Samples, prompts: Sequence[str], slots: int, view: View) -> Replicates:
    """Return the chance that two of m outputs to a prompt are one dish, one drawn twice included.

    Outputs of a list, of a memory, or picked, are no independent draws: they avoid each other, so
    that 1/U would promise more answers than there are. What m outputs hold is a fact of them alone:
    D₂(m) = 1 / (1/m + (1 − 1/m) · U), the number that this rate is one divided by.
    """
    order = np.argsort(_codes(samples, prompts), kind="stable")
    texts, asked = samples.outputs, samples.prompts
    sizes = np.bincount(_codes(samples, prompts), minlength=len(prompts))
    x = view.rows([texts[i] for i in order], [asked[i] for i in order])
    rates = np.array([share_of_pairs(k**2) for k in grams(x, [0, *np.cumsum(sizes).tolist()])])
    return mean_rate(1 / slots + (1 - 1 / slots) * rates, sizes)


def _number(rate: Replicates) -> Estimate:
    """Return the effective number that a rate stands for."""
    r = rate_estimate(rate)
    assert r.low is not None and r.high is not None
    most = float(1 / max(r.low, 1e-12))
    return Estimate(
        1 / r.value, 1 / r.high, most, r.n, "answers", f"1 / ({r.method}), of the outputs served"
    )


def _lengths(view: ComparedView) -> VerdictName | UnsetType:
    """Return the verdict at matched lengths, where lengths changed."""
    return view.length_matched.verdict if view.length_matched else UNSET


def _codes(samples: Samples, prompts: Sequence[str]) -> Ints:
    place = {name: k for k, name in enumerate(prompts)}
    return np.array([place[name] for name in samples.column("prompt_id")], np.int64)


def _yields(
    samples: Sequence[Samples],
    rights: Sequence[Any],
    slots: int,
    view: View,
    prompts: Sequence[str],
) -> list[Estimate]:
    """Return the different valid outputs of each arm, as a share of those asked for."""
    texts = [text for some in samples for text in some.outputs]
    asked = [prompt for some in samples for prompt in some.prompts]
    ids = [name for some in samples for name in some.column("prompt_id")]
    dishes = Dishes(view.rows(texts, asked), texts, view.same_dish, asked=ids).of
    found, begin = [], 0
    for some, right in zip(samples, rights, strict=True):
        mine = dishes[begin : begin + len(some)]
        begin += len(some)
        served: list[set[int]] = [set() for _ in prompts]
        index, codes = np.array(some.column("sample_index")), _codes(some, prompts)
        for code in range(len(prompts)):
            rows = np.flatnonzero(codes == code)
            rows = rows[np.argsort(index[rows], kind="stable")][:slots]
            served[code] = {int(mine[i]) for i in rows if right[i]}
        shares = np.array([len(one) / slots for one in served])
        found.append(over_prompts(shares, "share"))
    return found


def _change(
    samples: Sequence[Samples],
    scores: Sequence[Floats | None],
    k: int,
    prompts: Sequence[str],
    level: float,
) -> Estimate | UnsetType:
    """Return how much better an arm is than the first, by prompt."""
    first, mine = scores[0], scores[k]
    if not k or first is None or mine is None:
        return UNSET
    sides = (first, _codes(samples[0], prompts)), (mine, _codes(samples[k], prompts))
    return _open(mean_difference(*sides, "quality", level))


def _open(estimate: Estimate) -> Estimate:
    """Return an estimate without an interval where all prompts gave the same: nothing is known."""
    if estimate.low != estimate.high:
        return estimate
    return replace(estimate, low=None, high=None, method="all prompts alike: no interval")


def _by_prompt(values: Floats, codes: Ints) -> Floats:
    return np.asarray(np.bincount(codes, values) / np.bincount(codes))


def _pass_at(right: Any, codes: Ints, slots: int) -> list[PassAt]:
    n = np.bincount(codes)
    c = np.bincount(codes, right.astype(float)).astype(np.int64)
    most = int(min(n.min(), slots))
    return [
        PassAt(k=k, chance=passes(Rights(n, c), k))
        for k in dict.fromkeys([*(k for k in PASS_AT if k <= most), most])
    ]


def _cost(log: ArmLog, outputs: int) -> ArmCost:
    tokens = log.read + log.written
    return ArmCost(
        replies=log.replies,
        read=log.read,
        written=log.written,
        tokens=tokens / outputs if tokens else UNSET,
        seconds=float(np.median(log.seconds)) if len(log.seconds) else UNSET,
    )


def _frontier(arms: Sequence[TriedArm]) -> list[TriedArm]:
    """Mark the arms that none beats: in both by value, or surely in one and not surely less in one.

    Without the second, an arm with one valid output in ten stands there for a hundredth of an
    answer that it may not even have.
    """
    places = [words.place(arm) for arm in arms]
    return [
        replaced(arm, frontier=not any(_beats(other, mine) for other in places))
        for arm, mine in zip(arms, places, strict=True)
    ]


def _beats(other: words.Place, mine: words.Place) -> bool:
    values = [(a.value, b.value) for a, b in zip(other, mine, strict=True)]
    if all(a >= b for a, b in values) and any(a > b for a, b in values):
        return True
    surely_more = [_least(a) > _most(b) for a, b in zip(other, mine, strict=True)]
    surely_less = [_most(a) < _least(b) for a, b in zip(other, mine, strict=True)]
    return any(surely_more) and not any(surely_less)


def _least(e: Estimate) -> float:
    return e.value if e.low is None else e.low


def _most(e: Estimate) -> float:
    return e.value if e.high is None else e.high


def _told(logs: Sequence[ArmLog]) -> list[str]:
    told = [f"{log.name} ended early: {log.stopped}." for log in logs if log.stopped]
    return told + [f"{log.name}: {remark}." for log in logs for remark in log.remarks]
