"""One object from prompts to outputs: ``{"Name a fruit": ["fig", "kiwi"]}``."""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.readers.fields import NAMES, plain
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import is_object

_FIELDS = {name for names in NAMES.values() for name in names} | {"id", "name", "type", "role"}


def recognise(value: object) -> bool:
    """Tell by lists of texts under every name, or more than 20 texts."""
    if not is_object(value) or len(value) < 2 or any(plain(key) in _FIELDS for key in value):
        return False
    outputs = value.values()
    return (len(value) > 20 and all(isinstance(v, str) for v in outputs)) or all(
        isinstance(v, list) and v and all(isinstance(x, str) for x in v) for v in outputs
    )


def records(value: dict[str, str | list[str]], log: Ledger) -> Iterator[Record]:
    """Yield the outputs of every prompt."""
    for prompt, outputs in value.items():
        for output in [outputs] if isinstance(outputs, str) else outputs:
            yield Record(output, prompt)


FORMAT = Shape("prompt-map", "prompts to outputs", recognise, records)
