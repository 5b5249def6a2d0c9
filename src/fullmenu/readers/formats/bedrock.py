"""Responses of Amazon Bedrock: Converse, the output of batches, and logs of model invocations."""

from __future__ import annotations

from fullmenu.readers.bodies import batched
from fullmenu.readers.formats.openai_batch import read_requests
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, first, holds, is_object


def recognise(value: object) -> bool:
    """Tell by ``modelOutput`` with ``modelInput``, ``stopReason`` with a message, or bodies."""
    value = _invocation(value) or value
    return holds(value, "modelOutput", "modelInput") or _converse(value) is not None


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the text of a response; the request beside it is the prompt."""
    value = _invocation(value) or value
    body = value.get("modelOutput", _converse(value))
    request = first(value, "request", "modelInput", "input") or value
    model = first(value, "modelId", "model") or first(request, "modelId", "model")
    return batched({"request": request, **value}, body, value.get("error"), log, model)


def _invocation(value: object) -> Object | None:
    """Return a log of an invocation, whose bodies stand in ``inputBodyJson``, as a batch's row."""
    asked, told = at(value, "input", "inputBodyJson"), at(value, "output", "outputBodyJson")
    if not is_object(value) or not is_object(asked) or told is None:
        return None
    plain = {k: v for k, v in value.items() if k not in ("input", "output")}
    return {**plain, "modelInput": asked, "modelOutput": told}


def _converse(value: object) -> Object | None:
    for one in (value, None if holds(value, "prompt") else at(value, "response")):
        if holds(one, "stopReason") and is_object(at(one, "output", "message")):
            return one
    return None


FORMAT = Shape("bedrock", "Bedrock responses", recognise, records, read_requests)
