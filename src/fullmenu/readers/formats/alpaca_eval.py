"""AlpacaEval's ``model_outputs.json``: one output for each instruction."""

from __future__ import annotations

from typing import Any

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record


def recognise(value: Any) -> bool:
    """Tell by ``instruction``, ``output`` and ``generator``."""
    return isinstance(value, dict) and {"instruction", "output", "generator"} <= value.keys()


def records(value: Any, log: Ledger) -> list[Record]:
    """Return the output, unless it is missing."""
    if value is None or value.get("output") is None:
        log.skip("null outputs")
        return []
    if not isinstance(value["output"], str):
        raise Reject("the output is no text")
    return [Record(value["output"], value["instruction"], model=value.get("generator"))]


FORMAT = Shape(
    "alpaca-eval",
    "AlpacaEval outputs",
    recognise,
    records,
    about="AlpacaEval's `model_outputs.json`",
    told_by="`instruction`, `output` and `generator`",
)
