"""Traces of MLflow; ``request`` and ``response`` may be JSON inside a string."""

from __future__ import annotations

from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, at, first, holds, is_object
from fullmenu.text.wrappings import served

_FAILED = ("ERROR", "TraceStatus.ERROR", "TraceState.ERROR")


def recognise(value: object) -> bool:
    """Tell by ``request`` and ``response`` with ``trace_id`` (or ``request_id``) and ``spans``."""
    return holds(value, "request", "response") and (
        "spans" in value and ("trace_id" in value or "request_id" in value)
    )


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the answers in a trace's response."""
    request, response = unquote(value.get("request"), texts=True), value.get("response")
    if first(value, "state", "status") in _FAILED or response in (None, "", "null"):
        log.skip("traces without a response")
        return []
    name = first(value, "trace_id", "request_id")
    body = unquote(response)
    return answers(
        served(response, sure=True),
        log,
        request,
        model=_model(body) or _model(request),
        time=first(value, "request_time", "timestamp_ms"),
        call_id=name,
        parameters=request if is_object(request) else None,
        once=(name,),
    )


def _model(value: object) -> object:
    return first(value, "model", "model_name") or at(value, "kwargs", "model")


FORMAT = Shape("mlflow", "MLflow traces", recognise, records)
