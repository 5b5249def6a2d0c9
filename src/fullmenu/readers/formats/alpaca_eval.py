"""AlpacaEval's ``model_outputs.json``."""

from __future__ import annotations

from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import said
from fullmenu.text.json_values import Object, holds


def recognise(value: object) -> bool:
    """Tell by ``instruction``, ``output`` and ``generator``."""
    return holds(value, "instruction", "output", "generator")


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the one output of an instruction."""
    answer = said(value.get("output"))
    return answers([answer], log, value["instruction"], model=value.get("generator"))


FORMAT = Shape("alpaca-eval", "AlpacaEval outputs", recognise, records)
