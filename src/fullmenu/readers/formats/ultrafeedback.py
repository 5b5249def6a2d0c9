"""UltraFeedback: an instruction and the completions of several models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import said
from fullmenu.text.json_values import Object, at, first, holds, is_object, listed

_FURTHER = ("principle", "fine-grained_score")


def recognise(value: object) -> bool:
    """Tell by ``instruction`` and ``completions`` that each name a ``model``."""
    if not holds(value, "instruction"):
        return False
    completions = listed(value.get("completions"))
    return bool(completions) and all(holds(c, "model", "response") for c in completions)


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield each completion with the model that wrote it."""
    if not holds(value, "instruction"):
        raise Reject("no instruction and completions")
    read = partial(_completion, instruction=value["instruction"], log=log)
    return log.each(listed(value.get("completions")), "not a completion", read)


def _completion(completion: object, instruction: object, log: Ledger) -> list[Record]:
    if not is_object(completion):
        raise TypeError("no object")
    return answers(
        [said(completion.get("response"))],
        log,
        instruction,
        model=completion.get("model"),
        score=first(completion, "overall_score", "fine-grained_score"),
        extra={name: at(completion, name) for name in _FURTHER},
    )


FORMAT = Shape("ultrafeedback", "UltraFeedback completions", recognise, records)
