"""The results of an Anthropic message batch.

The prompts are in the request file.
"""

from __future__ import annotations

from fullmenu.readers.bodies import batched
from fullmenu.readers.formats.openai_batch import read_requests
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, holds


def recognise(value: object) -> bool:
    """Tell by ``custom_id`` and ``result``."""
    return holds(value, "custom_id") and ("result" in value or "params" in value)


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the one message of a result."""
    if not recognise(value):
        raise Reject("no custom_id and result")
    if "result" not in value:
        raise Reject("a batch's request, not its output: give this file as --requests")
    result = value["result"]
    failed = at(result, "type") != "succeeded" and not at(result, "message")
    return batched(value, at(result, "message"), failed, log)


FORMAT = Shape("anthropic-batch", "Anthropic batch results", recognise, records, read_requests)
