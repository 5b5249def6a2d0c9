"""The output of an OpenAI batch.

The prompts are in the request file.
"""

from __future__ import annotations

from fullmenu.readers.bodies import batched, read_requests
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, holds


def recognise(value: object) -> bool:
    """Tell by ``custom_id`` and ``response``."""
    return holds(value, "custom_id") and ("response" in value or "body" in value)


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the choices of one response of a batch."""
    if not recognise(value):
        raise Reject("no custom_id and response")
    if "response" not in value:
        raise Reject("a batch's request, not its output: give this file as --requests")
    response = value["response"]
    status = at(response, "status_code")
    failed = value.get("error") or (None if status == 200 else status)
    return batched(value, at(response, "body"), failed, log)


FORMAT = Shape("openai-batch", "OpenAI batch output", recognise, records, read_requests)
