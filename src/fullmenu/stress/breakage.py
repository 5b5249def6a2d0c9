"""Which shifts of the prompts break what: outputs outside against those inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, exp, expm1, log
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import UNSET

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.estimate import Estimate, Margins
from fullmenu.judge import items
from fullmenu.judge.case import Progress, Settings, pair
from fullmenu.judge.description import about
from fullmenu.judge.judgement import Ruling, conclude, judge
from fullmenu.judge.look import look
from fullmenu.judge.pipe import look_for
from fullmenu.judge.premises import examine
from fullmenu.readers.inputs import Log
from fullmenu.readers.reader import read
from fullmenu.report.plain import percent
from fullmenu.report.stress import words
from fullmenu.report.stress.document import (
    STRESS_VERDICTS,
    Contrast,
    StressDocument,
    StressedPrompt,
    StressedShift,
    StressedView,
    StressVerdict,
)
from fullmenu.report.stress.report import StressReport
from fullmenu.samples import Samples
from fullmenu.sampling.budget import Budget
from fullmenu.sampling.functions import Function, FunctionTarget, target_of
from fullmenu.sampling.prompts import Prompts, prompts_of
from fullmenu.sampling.request import Prompt, Target
from fullmenu.sampling.run import Progress as Asking
from fullmenu.sampling.run import sample
from fullmenu.stats import holm
from fullmenu.stats.arrays import Floats
from fullmenu.stress.outcomes import FAULTS, LABELS, MARGINS, OutcomeChange, Side, outcomes_of
from fullmenu.stress.registry import catalogue
from fullmenu.stress.scorers import Scorer, scorer_of
from fullmenu.stress.versions import INSIDE, ORIGIN, SHIFT, Own, shifted
from fullmenu.views.registry import Encoder, chosen, eyes

HALVES = 2
"""Of the error rate: one for variety, one for all that stands beside it."""
LEAST_PROMPTS = 2
"""Prompts that a shift needs; one with fewer is not judged."""
WORST, EXAMPLES = 3, 2
"""Prompts shown of a shift that broke something, and outputs of each side."""


def stress_test(
    prompts: Prompts,
    target: Target | Function,
    n: int = 10,
    *,
    shifts: Sequence[str] | None = None,
    strength: float = 0.5,
    seed: int = 0,
    own: str | Path | Own | None = None,
    scorer: Scorer | Callable[..., Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    path: str | PathLike[str] | None = None,
    concurrency: int = 8,
    budget: Budget | None = None,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    progress: Progress | None = None,
    asking: Asking | None = None,
) -> StressReport:
    """Ask a model the same prompts as they are and shifted, and say which shift breaks what.

    Parameters
    ----------
    prompts, shifts, strength, seed, own
        What is asked, as :func:`shifted` takes it.
    target, n, parameters, path, concurrency, budget
        Who is asked, and how often, as :func:`fullmenu.sampling.sample` takes it; ``asking`` is its
        ``progress``.
    scorer, views, margins, progress
        As :func:`judge_shifts` takes them.

    Returns
    -------
    StressReport
        ``.verdict``, ``.content.shifts``, ``.save("stress.html")``.

    Raises
    ------
    BadInput, Unreachable, NotEnoughData
        As the three functions named above.

    Examples
    --------
    >>> from random import Random
    >>> draw = Random(0)
    >>> def model(prompt):
    ...     return "" if prompt.startswith("{") else draw.choice(["fig", "kiwi", "plum", "pear"])
    >>> asked = [f"Name fruit {k}." for k in range(8)]
    >>> report = stress_test(asked, model, shifts=["json_object"], views=["phrasing"])
    >>> report.verdict, "empty" in report.content.shifts[0].broken
    ('broken', True)
    """
    versions = shifted(prompts, shifts, strength=strength, seed=seed, own=own)
    notes = []
    if isinstance(target_of(target), FunctionTarget) and not all(v.chat for v in versions):
        versions = [v for v in versions if v.chat]
        notes.append("no_template was left out: a function has no chat template to be left out.")
    log = sample(
        versions, target, n, parameters=parameters, path=path, concurrency=concurrency,
        budget=budget, progress=asking,
    )  # fmt: skip
    return judge_shifts(
        log, versions=versions, scorer=scorer, views=views, margins=margins, progress=progress,
        notes=notes,
    )  # fmt: skip


def judge_shifts(
    log: Log,
    *,
    versions: Prompts | None = None,
    scorer: Scorer | Callable[..., Any] | None = None,
    columns: Mapping[str, str] | None = None,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    label: str = "inside",
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> StressReport:
    """Say which shifts of its prompts break what, from a log of outputs inside and outside.

    Every shift is held against the same prompts as they are, paired by prompt: variety in every
    view and both questions, failures, caution, length, the scorer, and how far the answers moved.
    A shift *broke* something where variety was lost, or a failure, caution or the score surely got
    worse by the margin; it *changed* something where length or answers surely moved. Half of the
    error rate is for variety, shared by all shifts; half for the rest, by Holm's rule.

    It cannot see what no view and no scorer looks at, nor whether what a shift keeps is enough for
    the same answer to be right.

    Parameters
    ----------
    log
        Samples with the columns ``shift`` (``inside`` for prompts as they are) and ``origin`` (the
        id of the prompt as it is), as :func:`shifted` gives them; or anything that
        :func:`fullmenu.read` takes.
    versions
        The prompts that were asked, where the log does not say ``shift`` and ``origin``: a file
        that ``fullmenu stress --write`` wrote, or what :func:`shifted` returned. Outputs are found
        by prompt id, else by the prompt's text; versions without any output count as missing.
    scorer
        Is an output right? A function of an output (or of it and the prompt) that returns a number
        or a truth value, or one of :func:`pattern_scorer`, :func:`schema_scorer`,
        :func:`judge_scorer`. By default the scores in the log, where there are any.
    columns, views, margins, encoder, ruler, progress
        As :func:`fullmenu.compare` takes them.
    label
        What the outputs inside are called.
    notes
        Sentences that the report repeats.

    Raises
    ------
    BadInput
        The log does not say which outputs are of which shift, or has none inside.
    NotEnoughData
        No shift has two prompts with outputs on both sides.

    Examples
    --------
    >>> import numpy as np
    >>> from fullmenu.samples import Record
    >>> rng = np.random.default_rng(0)
    >>> dishes = ["soup", "fish", "rice", "cake", "stew", "figs", "plum", "eggs"]
    >>> rows = [
    ...     Record("soup" if shift == "typos" else rng.choice(dishes), f"Dinner {p}?",
    ...            f"{p} {shift}", extra={"shift": shift, "origin": str(p)})
    ...     for p in range(12) for shift in ("inside", "typos", "casing") for _ in range(8)
    ... ]
    >>> report = judge_shifts(Samples.from_records(rows), views=["phrasing"])
    >>> [(x.name, x.verdict, x.variety) for x in report.content.shifts]
    [('typos', 'broken', 'collapsed'), ('casing', 'unclear', 'unclear')]
    """
    tell = progress or (lambda step: None)
    samples = read(log, columns=columns)
    if not len(samples):
        raise NotEnoughData("the log holds no outputs, so there is nothing to judge")
    known = None if versions is None else prompts_of(versions)
    shifts, origins = _placed(samples, known)
    names = [s for s in dict.fromkeys(shifts) if s not in (INSIDE, None)]
    if known is not None:
        named = (str(v.extra.get(SHIFT, "")) for v in known)
        names = [s for s in dict.fromkeys(named) if s not in (INSIDE, "")]
    used = scorer_of(scorer) if scorer is not None else None
    log_of = _Log(samples, shifts, origins, used, known)
    settings = Settings(views, margins, encoder, ruler)
    looked = [one for name in names if (one := log_of.of(name)) is not None]
    if not looked:
        raise NotEnoughData(
            f"no shift has {LEAST_PROMPTS} prompts with outputs both inside and outside; the log "
            f"has {len(names)} shifts: {', '.join(names[:8]) or 'none'}"
        )
    told = [*notes, *(said for name in names if (said := log_of.left_out(name)))]
    view = eyes(chosen(views, "text", encoder, ruler))
    alpha = (margins or Margins()).alpha
    rulings, outcomes = [], []
    for shift in looked:
        tell(shift.name)
        rulings.append(_ruling(shift, settings, HALVES * len(looked)))
        outcomes.append([*outcomes_of(shift.inside, shift.outside, view, len(shift.prompts))])
    p_values = [t.change.p for tests in outcomes for t in tests]
    levels = iter(holm.levels(p_values, alpha / HALVES / 2))
    of_these = [t.here.p for tests in outcomes for t in tests if t.here]
    levels_here = iter(holm.levels(of_these, alpha / HALVES / 2))
    judged = [
        _judged(
            shift,
            ruling,
            [_outcome(t, next(levels), next(levels_here) if t.here else None) for t in tests],
            tests,
        )
        for shift, ruling, tests in zip(looked, rulings, outcomes, strict=True)
    ]
    judged.sort(key=lambda x: (STRESS_VERDICTS.index(x.verdict), -len(x.broken), -len(x.changed)))
    inside = log_of.inside
    decisions = sum(ruling.opinions.decisions for ruling in rulings if ruling)
    return StressReport(
        StressDocument(
            verdict=judged[0].verdict,
            reason=_reason(judged),
            inside=about(inside, label),
            shifts=judged,
            scorer=used.about if used else "scores in the log" if log_of.scored else UNSET,
            scorer_errors=dict(used.errors()) if used and used.errors() else UNSET,
            margins=margins or Margins(),
            alpha=alpha,
            tests=decisions + len(p_values) + len(of_these),
            caveats=[*told, *_caveats(inside, looked, used)],
        )
    )


@dataclass(frozen=True, slots=True)
class _Shift:
    """The two sides of a shift."""

    name: str
    prompts: list[str]  # origins, in the numbering of both sides
    inside: Side
    outside: Side
    shifted: dict[str, str | None]  # the shifted text of each


class _Log:
    """A log, its outputs found by shift and origin."""

    def __init__(
        self,
        samples: Samples,
        shifts: Sequence[str | None],
        origins: Sequence[str | None],
        scorer: Scorer | None,
        versions: Sequence[Prompt] | None,
    ) -> None:
        self.samples, self.versions = samples, versions
        self.rows: dict[str, dict[str, list[int]]] = {}
        for row, (shift, origin) in enumerate(zip(shifts, origins, strict=True)):
            if shift is not None and origin is not None:
                self.rows.setdefault(shift, {}).setdefault(origin, []).append(row)
        if INSIDE not in self.rows:
            raise BadInput(
                f"no output is of a prompt as it is: their {SHIFT} is {INSIDE!r}, and the log has "
                f"{', '.join(list(self.rows)[:8]) or 'none'}"
            )
        texts = samples.prompts
        self.texts = {name: texts[rows[0]] for name, rows in self.rows[INSIDE].items()}
        scores = samples.column("score")
        if scorer is not None:
            asked = [None if o is None else self.texts.get(o) for o in origins]
            scores = scorer.scores(samples.outputs, asked)
        self.scores = np.array([np.nan if s is None else s for s in scores], np.float64)
        self.scored = bool(np.isfinite(self.scores).any())

    @property
    def inside(self) -> Samples:
        """The outputs to prompts as they are."""
        return self.samples.take([r for rows in self.rows[INSIDE].values() for r in rows])

    def of(self, name: str) -> _Shift | None:
        """Return both sides of a shift; ``None`` where too few prompts have both."""
        outside = self.rows.get(name, {})
        asked = self._asked(name)
        prompts = [p for p in self.rows[INSIDE] if p in outside or p in asked]
        if len(prompts) < LEAST_PROMPTS:
            return None
        texts = self.samples.prompts
        shifted_texts = {p: texts[outside[p][0]] if p in outside else None for p in prompts}
        return _Shift(
            name, prompts, self._side(INSIDE, prompts), self._side(name, prompts), shifted_texts
        )

    def left_out(self, name: str) -> str:
        """Say why a shift is not judged; nothing where it is."""
        if self.of(name) is not None:
            return ""
        return f"{name} is not judged: fewer than {LEAST_PROMPTS} of its prompts have outputs."

    def _asked(self, name: str) -> set[str]:
        return {str(v.extra.get(ORIGIN)) for v in self.versions or () if v.extra.get(SHIFT) == name}

    def _side(self, shift: str, prompts: Sequence[str]) -> Side:
        rows = [(r, k) for k, p in enumerate(prompts) for r in self.rows.get(shift, {}).get(p, ())]
        at = np.array([r for r, _ in rows], np.int64)
        # by the prompt as it is on both sides: what an output takes from it is the same question
        table = self.samples.take(at).with_prompt_ids([prompts[k] for _, k in rows])
        asked = [self.texts[prompts[k]] for _, k in rows]
        groups = np.array([k for _, k in rows], np.int64)
        return Side(table.with_prompts(asked), groups, self.scores[at] if self.scored else None)


def _placed(
    samples: Samples, versions: Sequence[Prompt] | None
) -> tuple[list[str | None], list[str | None]]:
    """Return the shift and the origin of each output; ``None`` where it is of no version."""
    try:
        found = samples.column(SHIFT), samples.column(ORIGIN)
    except UnknownName:
        if versions is None:
            raise BadInput(
                f"the outputs do not say of which {SHIFT} and {ORIGIN} they are; ask the file that "
                "fullmenu stress --write wrote with fullmenu sample, or give that file beside the "
                "log: --prompts FILE (versions=)"
            ) from None
    else:
        return tuple([None if x is None else str(x) for x in column] for column in found)  # type: ignore[return-value]
    by_id = {v.prompt_id: v for v in versions}
    by_text = {v.text: v for v in versions}
    pairs = zip(samples.column("prompt_id"), samples.prompts, strict=True)
    of = [by_id.get(name) or by_text.get(text or "") for name, text in pairs]
    if not any(of):
        raise BadInput("no output is of one of these versions, by prompt id or by its text")
    return tuple(
        [None if v is None else str(v.extra.get(key, "")) for v in of] for key in (SHIFT, ORIGIN)
    )  # type: ignore[return-value]


def _ruling(shift: _Shift, settings: Settings, comparisons: int) -> Ruling | None:
    """Judge the variety outside against inside; ``None`` where nothing can be judged."""
    logs, settings, _ = items.prepared([shift.inside.samples, shift.outside.samples], settings)
    try:
        case = pair(logs[0], logs[1], (INSIDE, shift.name), settings)
        case = replace(case, eyes=None, comparisons=comparisons)
        return conclude(judge(examine(look(case))))
    except NotEnoughData:
        return None


def _judged(
    shift: _Shift, ruling: Ruling | None, outcomes: list[Contrast], tests: Sequence[OutcomeChange]
) -> StressedShift:
    outcomes.sort(key=lambda x: [*LABELS].index(x.name))
    variety = ruling.verdict if ruling else None
    broken = [x.name for x in outcomes if x.verdict == "broken"]
    broken += ["variety"] * bool(variety and variety.lost)
    changed = [x.name for x in outcomes if x.verdict == "changed"]
    changed += ["variety"] * bool(variety and variety.name == "widened")
    unclear = [x.name for x in outcomes if x.verdict == "unclear" and x.name in FAULTS]
    verdict: StressVerdict = (
        "broken" if broken else "changed" if changed
        else "unclear" if unclear or variety is None or variety.name == "unclear" else "held"
    )  # fmt: skip
    about_it = {t.name: t for t in catalogue()}.get(shift.name)
    said = [_said(x) for x in outcomes if x.verdict in ("broken", "changed")]
    if ruling and ("variety" in broken or "variety" in changed):
        said.append(f"variety {ruling.reason}")
    if not said:
        told = f"variety {ruling.reason}" if ruling else "variety could not be judged"
        said = [told if verdict == "unclear" and not unclear else "nothing surely changed"]
        said += [f"unclear: {', '.join(LABELS[x] for x in unclear)}{_settled_by(outcomes)}"] * bool(
            unclear
        )
    return StressedShift(
        name=shift.name,
        about=about_it.about if about_it else "",
        same=about_it.same if about_it else "",
        prompts=len(np.intersect1d(shift.inside.groups, shift.outside.groups)),
        outputs=len(shift.outside.samples),
        verdict=verdict,
        broken=broken,
        changed=changed,
        reason="; ".join(said),
        variety=variety.name if variety else "unclear",
        variety_reason=ruling.reason if ruling else "there are too few outputs to judge it",
        views=[
            StressedView(
                view=x.view, question=x.question, verdict=x.verdict.name, reason=x.verdict.reason,
                ratio=x.verdict.ratio or UNSET,
            )
            for x in (ruling.opinions.judged if ruling else ())
            if x.verdict
        ],
        outcomes=outcomes,
        worst=_worst(shift, tests, broken or changed),
    )  # fmt: skip


def _outcome(test: OutcomeChange, level: float, level_here: float | None) -> Contrast:
    """Judge an outcome: over prompts like these or, where that is not sure, over these only."""
    unit = {"length": "ratio", "score": "score", "answers": "share"}.get(test.name, "share")
    change = test.change.estimate(unit, level)
    margin = MARGINS[test.name]
    inside, outside = test.inside, test.outside
    if test.name == "length":
        # differences of mean log(1 + words): outside ÷ inside, of geometric means
        verdict = _moved(change, log(margin), log(margin))
        change = change.through(exp, "ratio", change.method.replace("difference", "ratio"))
        inside, outside = (None if x is None else expm1(x) for x in (inside, outside))
    elif test.name == "answers":
        verdict = _moved(change, margin, 2 * margin)
    else:
        verdict = _worse(change, test.name == "score", margin)
    only_here = False
    if verdict != "broken" and test.here and level_here:
        here = test.here.estimate(unit, level_here)
        if only_here := _worse(here, test.name == "score", margin) == "broken":
            change, verdict = here, "broken"
    return Contrast(
        these_prompts_only=only_here,
        name=test.name, label=LABELS[test.name], change=change, margin=margin, verdict=verdict,
        inside=UNSET if inside is None else inside, outside=UNSET if outside is None else outside,
    )  # fmt: skip


def _worse(change: Estimate, falls: bool, margin: float) -> StressVerdict:
    worse = change.mirrored(unit=change.unit) if falls else change
    if worse.above(0) and worse.value >= margin:
        return "broken"
    # the score has no margin: whatever its unit, a fall that is not sure is none that counts
    return "held" if margin == 0 or worse.below(2 * margin) or worse.below(0) else "unclear"


def _settled_by(outcomes: Sequence[Contrast]) -> str:
    """Say about how many prompts would settle what is unclear, if all else stays as it is."""
    wanted = 0
    for x in outcomes:
        change = x.change
        over_prompts = change.method.endswith("over prompts")
        if x.verdict != "unclear" or x.name not in FAULTS or not over_prompts:
            continue
        assert change.high is not None
        half = change.high - change.value
        # broken where the interval is above 0, held where it is below twice the margin
        room = change.value if change.value >= x.margin else 2 * x.margin - change.value
        if room > 0:
            wanted = max(wanted, ceil(change.n * (half / room) ** 2))
    return f" (about {wanted:,} prompts would settle it)" if wanted else ""


def _moved(change: Estimate, margin: float, most: float) -> StressVerdict:
    surely = change.above(0) or change.below(0)
    if surely and abs(change.value) >= margin:
        return "changed"
    return "held" if change.below(most) and change.above(-most) else "unclear"


def _said(outcome: Contrast) -> str:
    """Say a change in a few words, with its interval."""
    told = words.change(outcome)
    if outcome.name == "answers":
        return f"the answers moved by {told}"
    levels = f"{words.level(outcome, 'inside')} → {words.level(outcome, 'outside')}"
    here = " on these prompts" if outcome.these_prompts_only else ""
    return f"{outcome.label} {levels} ({told}){here}"


def _worst(
    shift: _Shift, tests: Sequence[OutcomeChange], names: Sequence[str]
) -> list[StressedPrompt]:
    """Return the prompts that what broke rests on most, the worst first."""
    if not names:
        return []
    total = np.zeros(len(shift.prompts))
    worse = np.zeros(len(shift.outside.groups))
    for test in tests:
        if test.name in names or (names == ["variety"] and test.name == "answers"):
            size = max(map(abs, test.by_prompt.values()), default=0.0) or 1.0
            for p, by in test.by_prompt.items():
                total[p] += (abs(by) if test.name == "length" else by) / size
            if test.worse is not None:
                worse += np.nan_to_num(test.worse)
    order = [int(p) for p in np.argsort(-total, kind="stable")][:WORST]
    return [
        StressedPrompt(
            origin=shift.prompts[p],
            prompt=_text_of(shift.inside, p),
            shifted=shift.shifted[shift.prompts[p]],
            inside=_examples(shift.inside, p, np.zeros(len(shift.inside.groups))),
            outside=_examples(shift.outside, p, worse),
        )
        for p in order
    ]


def _text_of(side: Side, prompt: int) -> str | None:
    at = np.flatnonzero(side.groups == prompt)
    return side.samples.prompts[int(at[0])] if len(at) else None


def _examples(side: Side, prompt: int, worse: Floats) -> list[str]:
    """Return the worst outputs of a prompt."""
    outputs = side.samples.outputs
    rows = np.flatnonzero(side.groups == prompt)
    order = rows[np.argsort(-worse[rows], kind="stable")]
    return [outputs[int(i)][:600] for i in order[:EXAMPLES]]


def _reason(judged: Sequence[StressedShift]) -> str:
    first = judged[0]
    n = sum(x.verdict == first.verdict for x in judged)
    of = f"{n} of {len(judged)} shift{'s' * (len(judged) != 1)}"
    worst = f"{one_line(first.name, 40)}: {first.reason}"
    return {
        "broken": f"{of} broke something; worst is {worst}",
        "changed": f"nothing broke, but {of} changed the answers; most {worst}",
        "unclear": f"nothing surely broke; {of} could not be settled, such as {worst}",
        "held": f"it held: none of {len(judged)} shifts broke anything",
    }[first.verdict]


def _caveats(inside: Samples, looked: Sequence[_Shift], scorer: Scorer | None) -> list[str]:
    said = [sign.sentence for sign in look_for([inside], [INSIDE])]
    few = min(len(x.prompts) for x in looked)
    if few < 6:
        said.append(
            f"With {few} prompts the intervals are over their outputs: the verdict is about these "
            "prompts, and says nothing of others."
        )
    for name, error in scorer.errors().items() if scorer else ():
        said.append(
            f"The judge contradicts itself: {name} in {percent(error.value)} of "
            f"{error.n} outputs. That makes differences of the score look smaller than they are."
        )
    said.append(
        "A shift is held against what it keeps: where another answer is right to the shifted "
        "prompt, a change is no fault."
    )
    return said
