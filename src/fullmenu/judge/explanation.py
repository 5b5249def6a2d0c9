"""Whether what the pipe did explains a loss: the rest is judged again without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Verdict
from fullmenu.judge.case import Settings, pair
from fullmenu.judge.judgement import Ruling, conclude, judge
from fullmenu.judge.look import look
from fullmenu.judge.pipe import Sign
from fullmenu.judge.premises import examine
from fullmenu.report.document import PipeCheck
from fullmenu.samples import Samples

HALF = 0.5
"""Of each log, so much must be left for an unclear verdict on the rest to weaken a loss."""


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
        said = f"{ruling.reason}. But it is {rest.name} without the pipe's doing ({sign.name})"
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
    if ruling.verdict.name == "held" and any(sign.name == "identical outputs" for sign in signs):
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
    rest = [samples.take(kept) for samples, kept in zip(logs, sign.kept, strict=True)]
    quiet = replace(settings, measures=(), progress=None)
    try:
        case = replace(pair(rest[0], rest[1], settings=quiet), eyes=None)
        verdict = conclude(judge(examine(look(case)))).verdict
    except NotEnoughData:
        return None
    copies = sign.name in ("identical outputs", "repeated lines", "cached outputs")
    left = min(len(part) / len(whole) for part, whole in zip(rest, logs, strict=True))
    return None if verdict.name == "unclear" and left < HALF and not copies else verdict
