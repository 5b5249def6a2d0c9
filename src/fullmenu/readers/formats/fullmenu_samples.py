"""Samples as Fullmenu writes them: ``Samples.to_arrow()``, and what ``fullmenu export`` makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fullmenu.readers import scalars
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.samples import SCHEMA, Record, ToolCall
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, holds, is_list, is_object


def recognise(value: object) -> bool:
    """Tell by all fifteen columns, among them ``prompt_id``, ``source`` and ``extra``."""
    return holds(value, *SCHEMA.names)


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the one output of a row, as it stands there."""
    output = value["output"]
    if not isinstance(output, str):
        raise Reject("the output is no text")
    return [
        Record(
            output,
            _text(value["prompt"]),
            _text(value["prompt_id"]),
            _text(value["model"]),
            scalars.time(value["time"]),
            scalars.number(value["score"]),
            scalars.index(value["sample_index"]),
            _text(value["source"]),
            _logprobs(value["logprobs"]),
            _calls(value["calls"]),
            _text(value["finish_reason"]),
            _text(value["system_fingerprint"]),
            _object(value["parameters"]),
            _text(value["call_id"]),
            _object(value["extra"]),
        )
    ]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _object(value: object) -> Mapping[str, Any] | None:
    inner = unquote(value)
    return inner if is_object(inner) else None


def _logprobs(value: object) -> list[float] | None:
    """Return numbers; ``-inf`` is one."""
    if not is_list(value) or not all(type(x) in (int, float) for x in value):
        return None
    return [float(x) for x in value if isinstance(x, (int, float))]


def _calls(value: object) -> list[ToolCall] | None:
    if not is_list(value):
        return None
    return [
        {"name": str(call.get("name", "")), "arguments": str(call.get("arguments", ""))}
        for call in value
        if is_object(call)
    ]


FORMAT = Shape("fullmenu-samples", "Fullmenu samples", recognise, records)
