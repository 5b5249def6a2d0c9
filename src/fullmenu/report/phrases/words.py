"""Turns of phrase in words, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UnsetType

from fullmenu.cleaner import one_line
from fullmenu.estimate import Estimate
from fullmenu.report.phrases.document import (
    HeldOut,
    MovedTurns,
    OverusedTurn,
    OverusingLog,
    PhrasesDocument,
)
from fullmenu.report.plain import interval, label, number
from fullmenu.text.amounts import amount

ENOUGH = 0.5
"""Of the uses that went, so many that came say that the turns moved."""


def name(log: OverusingLog) -> str:
    """Return what a log is called."""
    return label(log.log, "the log")


def baseline(document: PhrasesDocument) -> str:
    """Return what the baseline is called."""
    return one_line(document.baseline or "the baseline", 40)


def headline(document: PhrasesDocument) -> str:
    """Say in one sentence what was found."""
    first = document.logs[0]
    if document.gone:
        return _moved(document, first, document.gone)
    if len(document.logs) > 1 and all(log.score for log in document.logs):
        order = " > ".join(f"{name(x)} {number(x.score.value)}" for x in document.logs if x.score)
        return f"Uses of overused turns in 1,000 words: {order}."
    if not first.turns:
        return f"No turn of phrase of {name(first)} is surely overused."
    who = "people" if document.against == "people" else "the others"
    turn = first.turns[0]
    return (
        f"{name(first)} says “{one_line(turn.text, 60)}” under {turn.prompts} of {turn.of:,} "
        f"prompts, {times(turn)} as often as {who}."
    )


def _moved(document: PhrasesDocument, came: OverusingLog, gone: MovedTurns) -> str:
    if not (came.turns or gone.turns):
        return f"No turn of phrase surely came or went since {baseline(document)}."
    change = _change(gone.held_out, came.held_out)
    if not change:
        change = f"{amount(len(gone.turns), 'turn')} surely went and {len(came.turns)} came"
    told = [f"from {baseline(document)} to {name(came)}, {change}"]
    if came.turns:
        turn = came.turns[0]
        told.append(
            f"above all “{one_line(turn.text, 60)}” ({turn.other_prompts or 0} → {turn.prompts} "
            "prompts)"
        )
    said = "; ".join(told)
    return f"{said[0].upper()}{said[1:]}."


def _change(gone: HeldOut | UnsetType, came: HeldOut | UnsetType) -> str:
    if not (gone and came):
        return ""
    fell = gone.rate.value - gone.other_rate.value
    rose = came.rate.value - came.other_rate.value
    if fell <= 0 and rose <= 0:
        return ""
    if fell <= 0:
        return f"new turns came: {number(rose)} more uses in 1,000 words"
    moved = f"for every 10 uses that went, {number(max(10 * rose / fell, 0))} came of new turns"
    return f"{'turns of phrase moved: ' if rose >= ENOUGH * fell else ''}{moved}"


def times(turn: OverusedTurn) -> str:
    """Say how many times as often one side uses a turn as the other."""
    most = turn.other_rate.value
    if not most:
        return "which the other never says, not"
    ratio = number(turn.rate.value / most)
    return f"{'at least ' if turn.other_rate.low == 0 and most else ''}{ratio} times"


def rates(document: PhrasesDocument) -> Iterator[tuple[str, str, str]]:
    """Yield what 1,000 words hold, before and after a cure or update: a line each."""
    came, gone = document.logs[0], document.gone
    if not gone:
        return
    if gone.score and came.score:
        yield "overused against people", interval(gone.score), interval(came.score)
    if gone.held_out:
        yield "turns that went", interval(gone.held_out.rate), interval(gone.held_out.other_rate)
    if came.held_out:
        yield "turns that came", interval(came.held_out.other_rate), interval(came.held_out.rate)


def check(held_out: HeldOut | UnsetType) -> str:
    """Say what the check on other prompts found."""
    if not held_out:
        return "Too few prompts to check on others what was found on some."
    if not held_out.found:
        return "On half of the prompts no turn was found."
    return (
        f"Found on half of the prompts: {amount(held_out.found, 'turn')}; "
        f"{held_out.again} of them surely again on the other half, where 1,000 words hold "
        f"{interval(held_out.rate)} uses of them all, against {rate(held_out.other_rate)}."
    )


def rate(e: Estimate) -> str:
    """Return a rate; where only a bound is known, that."""
    if e.low == 0 and e.high == e.value:
        return f"at most {number(e.value)}"
    return interval(e)


def other(document: PhrasesDocument) -> str:
    """Return what the other side is called in a table's head."""
    return {"people": "people", "others": "the others", "baseline": baseline(document)}[
        document.against
    ]


def prompts(turn: OverusedTurn) -> str:
    """Return under how many prompts a turn comes up."""
    if isinstance(turn.other_prompts, int):
        return f"{turn.other_prompts} → {turn.prompts} of {turn.of:,}"
    return f"{turn.prompts} of {turn.of:,}"


def fallen(turn: OverusedTurn) -> str:
    """Return the same of a turn that went, before and after."""
    return f"{turn.prompts} → {turn.other_prompts or 0} of {turn.of:,}"
