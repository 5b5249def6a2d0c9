"""Observations of Langfuse, as JSONL, JSON or CSV; the generations are read."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.readers.fields import parameters
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import Said, is_conversation, is_message, messages_in, said, served
from fullmenu.text.encoding import dump, unquote
from fullmenu.text.json_values import Object, at, first, holds, is_list, is_object, listed, objects

_TYPES = {
    "GENERATION", "SPAN", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING",
    "GUARDRAIL",
}  # fmt: skip
_FURTHER = {
    "name", "environment", "version", "release", "promptName", "prompt_name", "promptVersion",
    "prompt_version", "level", "userId", "user_id", "sessionId", "session_id", "metadata", "tags",
}  # fmt: skip
_TEXTS = ("completion", "text", "output", "response")


def recognise(value: object) -> bool:
    """Tell by ``type`` and ``trace_id`` (or ``traceId``)."""
    if holds(value, "output", observations=list):
        return all(map(is_object, listed(value["observations"])))  # a trace with its observations
    traced = holds(value, "trace_id") or holds(value, "traceId")
    return traced and str(at(value, "type")).upper() in _TYPES


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the output of a generation."""
    if not recognise(value):
        raise Reject("not an observation of Langfuse: no type and trace_id")
    if "observations" in value and "type" not in value:
        return [r for o in objects(value["observations"]) for r in records(o, log)]
    kind = str(value["type"]).upper()
    if kind != "GENERATION":
        log.skip(f"observations of type {kind}, which are no model calls")
        return []
    output = value.get("output")
    nulls = (None, "null", "") if log.packing in ("csv", "tsv") else (None, "null")
    if output in nulls:
        log.skip("generations without output")
        return []
    return answers(
        _served(output),
        log,
        _asked(value.get("input")),
        model=first(value, "provided_model_name", "providedModelName", "model"),
        time=first(value, "start_time", "startTime"),
        parameters=parameters(first(value, "modelParameters", "model_parameters")),
        call_id=value.get("id"),
        extra={name: value[name] for name in _FURTHER & value.keys()},
    )


def _asked(value: object) -> object:
    found = messages_in(value)
    prompt = None if is_message(found) else at(found, "prompt")
    return prompt if isinstance(prompt, str) else found


def _served(value: object) -> Sequence[Said]:
    """Return the outputs: a text, a message, choices, or any of these as JSON in a string."""
    inner = unquote(value)
    if is_conversation(inner):
        return [said(message) for message in inner]
    if is_object(inner):
        if "choices" in inner:
            return served(inner)
        if is_message(inner) or "tool_calls" in inner:
            return [said(inner)]
        text = next((t for name in _TEXTS if isinstance(t := inner.get(name), str)), None)
        if len(inner) <= 3 and text is not None:
            return [Said(text)]
    if is_list(value) and value and all(isinstance(text, str) for text in value):
        return [said(text) for text in value]
    return [Said(dump(value))]


FORMAT = Shape("langfuse", "Langfuse observations", recognise, records)
