"""A JSON object from prompts to outputs: ``{"Name a fruit": ["fig", "kiwi"]}``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fullmenu.readers.fields import NAMES, plain
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record

_FIELDS = {name for names in NAMES.values() for name in names} | {"id", "name", "type", "role"}


def recognise(value: Any) -> bool:
    """Tell by texts, or lists of texts, throughout, under names that are no field's."""
    return (
        isinstance(value, dict)
        and len(value) > 1
        and not any(plain(key) in _FIELDS for key in value)
        and (
            (all(isinstance(v, str) for v in value.values()) and len(value) > 20)
            or all(
                isinstance(v, list) and v and all(isinstance(x, str) for x in v)
                for v in value.values()
            )
        )
    )


def records(value: Any, log: Ledger) -> Iterable[Record]:
    """Yield the outputs of every prompt."""
    for prompt, outputs in value.items():
        for output in [outputs] if isinstance(outputs, str) else outputs:
            yield Record(output, prompt)


FORMAT = Shape(
    "prompt-map",
    "prompts to outputs",
    recognise,
    records,
    about="one object from prompts to outputs",
    told_by="lists of texts under every name, or more than 20 texts",
)
