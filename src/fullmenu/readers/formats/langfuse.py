"""Langfuse exports: observations, of which the generations are read."""

from __future__ import annotations

from typing import Any

from fullmenu.readers import fields, scalars
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.chat import asked, is_conversation, is_message, messages_in, said, served
from fullmenu.text.encoding import dump, unquote

_TYPES = {
    "GENERATION", "SPAN", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING",
    "GUARDRAIL",
}  # fmt: skip
_TEXTS = ("completion", "text", "output", "response")


_FURTHER = {
    "name", "environment", "version", "release", "promptName", "prompt_name", "promptVersion",
    "prompt_version", "level", "userId", "user_id", "sessionId", "session_id", "metadata", "tags",
}  # fmt: skip


def recognise(value: Any) -> bool:
    """Tell by an observation's type and trace, or by a trace with its observations."""
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("observations"), list) and "output" in value:
        return all(isinstance(o, dict) for o in value["observations"])
    traced = "trace_id" in value or "traceId" in value
    return traced and str(value.get("type")).upper() in _TYPES


def records(value: Any, log: Ledger) -> list[Record]:
    """Return the output of a generation."""
    if not recognise(value):
        raise Reject("not an observation of Langfuse: no type and trace_id")
    if "observations" in value and "type" not in value:
        return [r for o in value["observations"] for r in records(o, log)]
    kind = str(value["type"]).upper()
    if kind != "GENERATION":
        log.skip(f"observations of type {kind}, which are no model calls")
        return []
    prompt = asked(_asked(value.get("input")))
    model = _first(value, "provided_model_name", "providedModelName", "model")
    time = scalars.time(_first(value, "start_time", "startTime"))
    output = value.get("output")
    if output == "" and log.packing in ("csv", "tsv"):  # where null is written so
        output = None
    parameters = fields.parameters(_first(value, "modelParameters", "model_parameters"))
    extra = {k: v for k, v in value.items() if k in _FURTHER}
    return [
        Record(
            t,
            prompt,
            model=model,
            time=time,
            parameters=parameters,
            call_id=value.get("id"),
            extra=extra,
        )
        for t in _served(output, log)
    ]


def _asked(value: Any) -> Any:
    found = messages_in(value)
    if isinstance(found, dict) and not is_message(found) and isinstance(found.get("prompt"), str):
        return found["prompt"]
    return found


def _served(value: Any, log: Ledger) -> list[str]:
    """Return the outputs: a text, a message, choices, or any of these as JSON in a string."""
    if value is None or value == "null":
        log.skip("generations without output")
        return []
    inner = unquote(value)
    if isinstance(inner, list) and is_conversation(inner):
        return log.texts(map(said, inner))
    if isinstance(inner, dict):
        if "choices" in inner:
            return log.texts(served(inner))
        if is_message(inner) or "tool_calls" in inner:
            return log.texts([said(inner)])
        for key in _TEXTS:
            if len(inner) <= 3 and isinstance(inner.get(key), str):
                return [inner[key]]
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return list(value)
    return [dump(value)]


def _first(value: dict[str, Any], *names: str) -> Any:
    return next((value[n] for n in names if value.get(n)), None)


FORMAT = Shape(
    "langfuse",
    "Langfuse observations",
    recognise,
    records,
    about="observations of Langfuse, as JSONL, JSON or CSV",
    told_by="`type` and `trace_id` (or `traceId`)",
)
