"""Pairs of Chatbot Arena: one prompt, the answers of two models, and which one won."""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import is_conversation, last_turn, said
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, first, holds, listed


def recognise(value: object) -> bool:
    """Tell by ``model_a`` and ``model_b`` with ``conversation_a`` or ``response_a``."""
    return holds(value, "model_a", "model_b") and (
        {"conversation_a", "conversation_b"} <= value.keys()
        or {"response_a", "response_b"} <= value.keys()
    )


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield the model's last turn of each side; a side that won has the score 1, of a tie 0.5."""
    if not recognise(value):
        raise Reject("no model_a and model_b with a conversation or a response each")
    for side in "ab":
        asked, answer = _side(value, side)
        if answer is None:
            log.skip("sides of a pair without a turn of the model")
            continue
        yield from answers(
            [said(answer)],
            log,
            asked,
            model=value[f"model_{side}"],
            time=first(value, "tstamp", "timestamp"),
            score=_score(value, side),
        )


def _side(value: Object, side: str) -> tuple[object, object]:
    """Return what a model was asked last, with the turns before, and what it answered."""
    turns = unquote(value.get(f"conversation_{side}"))
    if not is_conversation(turns):
        prompts, replies = unquote(value.get("prompt")), unquote(value.get(f"response_{side}"))
        if not listed(replies):
            return prompts, replies
        pairs = zip(listed(prompts), listed(replies), strict=False)
        turns = [
            {"role": role, "content": text}
            for pair in pairs
            for role, text in zip(("user", "assistant"), pair, strict=True)
        ]
    last = last_turn(turns)
    return (None, None) if last is None else (turns[:last] or None, turns[last])


def _score(value: Object, side: str) -> float | None:
    winner = value.get("winner")
    if winner is None and f"winner_model_{side}" in value:
        tied = str(value.get("winner_tie")) in ("1", "True")
        return 0.5 if tied else float(str(value[f"winner_model_{side}"]) in ("1", "True"))
    if not isinstance(winner, str) or not winner:
        return None
    if winner.startswith("tie") or winner == "both_bad":
        return 0.5
    return float(winner == f"model_{side}")


FORMAT = Shape("arena-pairs", "Arena pairs", recognise, records)
