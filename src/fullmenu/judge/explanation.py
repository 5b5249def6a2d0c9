"""What explains a loss: the rest is judged again without what the pipe did, or a cause."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Verdict
from fullmenu.judge.case import Settings, pair
from fullmenu.judge.causes import LABEL_WORDS, Mask, Suspect, one_prompt, suspects
from fullmenu.judge.description import decision
from fullmenu.judge.judgement import Ruling, conclude, judge
from fullmenu.judge.look import look
from fullmenu.judge.pipe import Sign
from fullmenu.judge.premises import examine
from fullmenu.report.document import Cause, PipeCheck
from fullmenu.samples import Samples

HALF = 0.5
"""Of each log, so much must be left for an unclear verdict on the rest to weaken a loss."""

LEAST = 1e-3
"""A ratio is read as this where no two outputs were alike before."""

PART = 0.25
"""So much of the log ratio of a loss, or more, is gone without its cause."""


def explained(
    ruling: Ruling, signs: Sequence[Sign], logs: Sequence[Samples], settings: Settings
) -> tuple[Ruling, list[PipeCheck]]:
    """Say of each sign whether the loss is gone without it, and weaken the word where it is.

    Identical outputs on both sides hold whatever the model does, so nothing is shown to be held.

    A sign that leaves one output of each prompt says nothing of the model asked twice: the word
    stays, and its reason names the cause.
    """
    checks = []
    loss = ruling.verdict
    for sign in signs:
        rest = _without(sign, logs, settings) if loss.lost else None
        gone = None if rest is None else not rest.lost
        checks.append(sign.check(gone))
        if not gone or rest is None or not ruling.verdict.lost:
            continue
        said = f"{ruling.reason}. But it is {rest.name} without what the pipeline did ({sign.name})"
        if sign.name == "identical outputs":
            ruling = replace(ruling, reason=f"{said}, and asked twice it cannot be judged then")
        else:
            word = Verdict(
                "unclear" if rest.name == "unclear" else "held",
                f"{said}: {rest.reason}",
                rest.ratio,
                rest.needed,
            )
            ruling = replace(ruling, verdict=word, reason=word.reason)
    settled = loss.name != "unclear" and ruling.verdict.name != "held"
    if not settled and any(sign.name == "identical outputs" for sign in signs):
        reason = (
            f"{ruling.reason}. But a prompt's outputs are the same byte for byte, and a cache, one "
            "seed or temperature 0 holds whatever the model does: sample each output anew"
        )
        ruling = replace(
            ruling, verdict=replace(ruling.verdict, name="unclear", reason=reason), reason=reason
        )
    return ruling, checks


def _without(sign: Sign, logs: Sequence[Samples], settings: Settings) -> Verdict | None:
    """Return the verdict on what a sign leaves; ``None`` where it leaves too little to tell."""
    if sign.kept is None:
        return None
    ruling = judged_again(logs, sign.kept, settings)
    if ruling is None:
        return None
    verdict = ruling.verdict
    rest = [np.flatnonzero(kept) for kept in sign.kept]
    copies = sign.name in ("identical outputs", "repeated lines", "cached outputs")
    left = min(len(part) / len(whole) for part, whole in zip(rest, logs, strict=True))
    return None if verdict.name == "unclear" and left < HALF and not copies else verdict


def judged_again(
    logs: Sequence[Samples], kept: Sequence[Mask], settings: Settings
) -> Ruling | None:
    """Judge what is kept; ``None`` where that is too little."""
    rest = [samples.take(rows) for samples, rows in zip(logs, kept, strict=True)]
    quiet = replace(settings, measures=(), progress=None)
    try:
        case = replace(pair(rest[0], rest[1], settings=quiet), eyes=None)
        return conclude(judge(examine(look(case))))
    except NotEnoughData:
        return None


def causes(ruling: Ruling, settings: Settings) -> list[Cause]:
    """Name what a loss comes of: outputs of one kind, or one prompt, without which it is none.

    A kind is a cause where its share surely rose, the verdict without it is no loss (or
    ``narrowed`` in place of ``collapsed``), and a quarter of the log ratio is gone with it. Where
    too little is left to judge, it is one if half of all outputs are of that kind.
    """
    case = ruling.opinions.premises.sights.case
    if not ruling.verdict.lost or case.media != "text" or not case.paired:
        return []
    named = []
    for suspect in suspects(case.logs):
        rest = judged_again(
            [log.samples for log in case.logs], [~bad for bad in suspect.bad], settings
        )
        left = min(1 - suspect.before, 1 - suspect.after)
        if rest is not None and _gone(ruling, rest):
            named.append(_cause(ruling, suspect, rest))
        elif suspect.after > HALF and (
            rest is None or (rest.verdict.name == "unclear" and left < HALF)
        ):
            named.append(_cause(ruling, suspect, None))
    for prompt in () if named else one_prompt(ruling, PART):
        bad = tuple(log.groups == prompt for log in case.logs)
        rest = judged_again([log.samples for log in case.logs], [~rows for rows in bad], settings)
        if rest is not None and _gone(ruling, rest):
            shares = [float(rows.mean()) for rows in bad]
            called = case.logs[1].prompts[int(np.flatnonzero(bad[1])[0])] or case.ids[prompt]
            says = f"one prompt did, {called[:60]!r}"
            suspect = Suspect("one prompt", says, (bad[0], bad[1]), shares[0], shares[1])
            return [_cause(ruling, suspect, rest)]
    return named


def _gone(loss: Ruling, rest: Ruling) -> bool:
    """Tell whether a loss is another word without its cause, and a part of it is gone."""
    weaker = not rest.verdict.lost or (loss.verdict.name, rest.verdict.name) == (
        "collapsed",
        "narrowed",
    )
    logs: list[tuple[float, float]] = []
    for opinion in loss.opinions.judged:
        verdict = opinion.verdict
        again = rest.opinions.by_view[opinion.view][opinion.question].verdict
        if verdict and verdict.lost and verdict.ratio and again and again.ratio:
            was, rests = (max(x.ratio.value, LEAST) for x in (verdict, again) if x.ratio)
            logs.append((math.log(was), math.log(rests)))
    return weaker and bool(logs) and sum(b for _, b in logs) > (1 - PART) * sum(a for a, _ in logs)


def _cause(ruling: Ruling, suspect: Suspect, rest: Ruling | None) -> Cause:
    word = ruling.verdict.name
    case = ruling.opinions.premises.sights.case
    told = f"{suspect.before:.0%} of outputs before, {suspect.after:.0%} after"
    if suspect.name == "labels":
        was, now = (float(log.words.mean()) for log in case.logs)
        told = (
            f"{was:.0f} → {now:.1f} words; {suspect.after:.0%} of outputs have {LABEL_WORDS} words "
            "or fewer where there was an answer"
        )
    opening = f"{word.capitalize()} because {suspect.says}: {told}."
    if suspect.name == "one prompt":
        opening = f"{word.capitalize()} because {suspect.says}."
    n = sum(int(bad.sum()) for bad in suspect.bad)
    out = f"Without these {n:,} outputs"
    if case.logs and all(len(log.outputs) == len({*log.groups.tolist()}) for log in case.logs):
        either = {*case.logs[0].groups[suspect.bad[0]].tolist()}
        either |= {*case.logs[1].groups[suspect.bad[1]].tolist()}
        out = f"Without the {len(either):,} prompts where either does"
    if suspect.name == "one prompt":
        out = "Without that prompt"
    if rest is None:
        said = f"{opening} {out} too little is left to judge."
    else:
        ratio = rest.verdict.ratio
        shown = f" (ratio {ratio.value:.2f})" if ratio else ""
        said = f"{opening} {out} it is {rest.verdict.name}{shown}."
    without = decision(rest.verdict) if rest else None
    return Cause(suspect.name, said, before=suspect.before, after=suspect.after, without=without)
