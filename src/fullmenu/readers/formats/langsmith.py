"""Runs of LangSmith; those of models are read."""

from __future__ import annotations

from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, first, holds
from fullmenu.text.wrappings import served


def recognise(value: object) -> bool:
    """Tell by ``run_type`` with ``inputs`` or ``outputs``."""
    return holds(value, "run_type") and ("outputs" in value or "inputs" in value)


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the generations of a run of a model."""
    kind = value.get("run_type")
    if kind != "llm":
        log.skip(f"runs of type {kind}, which are no model calls")
        return []
    outputs = value.get("outputs")
    if not outputs:
        log.skip("runs without output")
        return []
    about = at(value, "extra", "metadata")
    parameters = at(value, "extra", "invocation_params")
    trace, run = first(value, "trace_id"), first(value, "id", "run_id")
    parent = value.get("parent_run_id")
    return answers(
        served(outputs, sure=True),
        log,
        value.get("inputs"),
        model=first(about, "ls_model_name") or first(parameters, "model", "model_name"),
        time=value.get("start_time"),
        call_id=run,
        parameters=parameters,
        once=(trace or run, run),
        within=(trace or parent, parent) if parent else (),
    )


FORMAT = Shape("langsmith", "LangSmith runs", recognise, records)
