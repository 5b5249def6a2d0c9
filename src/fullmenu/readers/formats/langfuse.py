"""Observations of Langfuse, as JSONL, JSON or CSV; the generations are read."""

from __future__ import annotations

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, first, holds, is_object, listed, objects
from fullmenu.text.wrappings import served

_TYPES = {
    "GENERATION", "SPAN", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING",
    "GUARDRAIL",
}  # fmt: skip
_FURTHER = {
    "name", "environment", "version", "release", "promptName", "prompt_name", "promptVersion",
    "prompt_version", "level", "userId", "user_id", "sessionId", "session_id", "metadata", "tags",
}  # fmt: skip


def recognise(value: object) -> bool:
    """Tell by ``type`` and ``trace_id`` (or ``traceId``)."""
    if holds(value, observations=list) and ("output" in value or is_object(value.get("trace"))):
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
    trace = first(value, "trace_id", "traceId")
    parent = first(value, "parent_observation_id", "parentObservationId")
    return answers(
        served(output, sure=True),
        log,
        value.get("input"),
        model=first(value, "provided_model_name", "providedModelName", "model"),
        time=first(value, "start_time", "startTime"),
        call_id=value.get("id"),
        parameters=first(value, "modelParameters", "model_parameters"),
        extra={name: held for name, held in value.items() if name in _FURTHER},
        once=(trace, value.get("id")),
        within=(trace, parent) if parent else (),
    )


FORMAT = Shape("langfuse", "Langfuse observations", recognise, records)
