"""Answers of MT-Bench and Arena-Hard, as FastChat and Arena-Hard-Auto write them.

The turns of one answer reply to different questions, so each is a prompt of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import is_conversation, last_turn, said
from fullmenu.text.encoding import dump
from fullmenu.text.json_values import Object, at, first, is_object, listed


def recognise(value: object) -> bool:
    """Tell by ``choices`` with ``turns``, or by ``uid``, ``model`` and ``messages``."""
    if not is_object(value):
        return False
    if {"uid", "ans_id", "model", "messages"} <= value.keys():
        return True
    choices = listed(value.get("choices"))
    return bool(choices) and is_object(choices[0]) and "turns" in choices[0]


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield each turn of each choice."""
    if not recognise(value):
        raise Reject("no choices with turns")
    question = dump(first(value, "question_id", "uid") or log.position)
    model = first(value, "model_id", "model")
    time = first(value, "tstamp")
    messages = value.get("messages")
    if is_conversation(messages):
        last = last_turn(messages)
        if last is None:
            raise Reject("messages without a turn of the model")
        before = messages[:last] or None
        once = (value["ans_id"],)
        yield from answers(
            [said(_words(messages[last]))], log, before, question, model=model, time=time, once=once
        )
        return
    for choice in listed(value.get("choices")):
        for number, turn in enumerate(listed(at(choice, "turns")), 1):
            answer = said(at(turn, "content") if is_object(turn) else turn)
            prompt_id = f"{question}/{number}"
            yield from answers([answer], log, None, prompt_id, model=model, time=time)


def _words(message: object) -> object:
    """Return a message, or the text that Arena-Hard keeps in it as ``{"answer": …}``."""
    answer = at(message, "content", "answer")
    return answer if isinstance(answer, str) else message


FORMAT = Shape("mt-bench", "MT-Bench answers", recognise, records)
