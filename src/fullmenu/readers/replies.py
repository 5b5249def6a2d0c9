"""From what a model said to records: what every format of served answers does alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fullmenu.readers import scalars
from fullmenu.readers.fields import parameters as parameters_of
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.logprobs import logprobs
from fullmenu.samples import Record, ToolCall
from fullmenu.text.chat import Said, asked
from fullmenu.text.encoding import dump
from fullmenu.text.json_values import at, first, is_object
from fullmenu.text.wrappings import unwrapped


def answers(
    served: Iterable[Said],
    log: Ledger,
    prompt: object = None,
    prompt_id: str | None = None,
    *,
    model: object = None,
    time: object = None,
    score: object = None,
    call_id: object = None,
    parameters: object = None,
    fingerprint: object = None,
    extra: object = None,
    once: Sequence[object] = (),
    within: Sequence[object] = (),
) -> list[Record]:
    """Return a record for each answer that has a text, and count the others.

    Parameters
    ----------
    served
        As :func:`fullmenu.text.chat.said` and ``served`` find them, with log-probabilities.
    prompt, prompt_id
        What was asked, in any shape; and what names it, by default its text.
    model, time, score, call_id, parameters, fingerprint, extra
        As they stand in the log.
    once
        What names the call: another with the same name repeats it, and is counted only.
    within
        What names the call around it, which says the same.
    """
    served = [one for answer in served for one in opened(answer)]
    told = any(answer.text is not None or answer.calls for answer in served)
    if once and told and not log.once(once, within):
        return []
    question = asked(prompt)
    rest = (
        None if call_id is None else dump(call_id),
        extra if is_object(extra) else None,
    )
    name = None if model is None else dump(model)
    when = scalars.time(time)
    mark = scalars.number(score)
    mark_of = None if fingerprint is None else dump(fingerprint)
    asked_with = parameters_of(parameters)
    return [
        Record(
            text, question, prompt_id, name, when, mark, None, None,
            logprobs(answer.logprobs, log), calls_of(answer), reason_of(answer), mark_of,
            asked_with, *rest,
        )
        for answer in served
        if (text := log.text(answer)) is not None
    ]  # fmt: skip


def opened(answer: Said) -> list[Said]:
    """Return the answers inside an answer whose text is a body or a message as JSON."""
    inner = None if answer.text is None else unwrapped(answer.text)
    if inner is None:
        return [answer]
    return [
        one._replace(
            logprobs=one.logprobs or answer.logprobs,
            finish_reason=one.finish_reason or answer.finish_reason,
        )
        for one in inner
    ]


def calls_of(answer: Said) -> list[ToolCall] | None:
    """Return the tools that an answer calls, by name and with their arguments as JSON.

    >>> calls_of(Said(calls=({"function": {"name": "look_up", "arguments": "{}"}},)))
    [{'name': 'look_up', 'arguments': '{}'}]
    """
    return [_call(call) for call in answer.calls] or None


def reason_of(answer: Said) -> str | None:
    """Return why an answer ended."""
    return None if answer.finish_reason is None else dump(answer.finish_reason)


def _call(call: object) -> ToolCall:
    inner = first(call, "function", "functionCall", "function_call", "toolUse")
    held = inner if is_object(inner) else call
    name = first(held, "name", "toolName", "tool_name")
    given = first(held, "arguments", "args", "input", "parameters")
    return {"name": str(name or at(call, "type") or ""), "arguments": dump(given or {})}
