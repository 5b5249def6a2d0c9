"""Outputs that come in memory and not in a file: JSON or JSONL, or a value of a known format."""

from __future__ import annotations

import io

from fullmenu.errors import BadInput
from fullmenu.readers import registry
from fullmenu.readers.formats import json_document, jsonl
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.reader import LOOK, Intake, understood
from fullmenu.readers.registry import Shape
from fullmenu.readers.streams import HEAD, Opened
from fullmenu.samples import Record


class UploadLedger(Ledger):
    """The account of what was sent at once: broken JSON is refused whole, so that nothing is lost.

    A single record that cannot be read is a reject, as in a file.
    """

    def __init__(self, name: str) -> None:
        super().__init__(tolerate=True)
        self.begin(name)
        self.naming, self.naming_records = '"{0}" instead of "{1}"', "{!r}"

    def broken(self, line: int, reason: str, record: object) -> None:
        """Refuse all of it."""
        raise BadInput(f"line {line}: {reason}; nothing of this was taken")


def records_in(data: bytes, log: UploadLedger) -> list[Record]:
    """Return the outputs in JSON or JSONL of whatever shape :func:`fullmenu.read` knows.

    Parameters
    ----------
    data
        UTF-8, whole.
    log
        Counts what was no output, and why.

    Raises
    ------
    BadInput
        It is neither, or breaks off, or nothing in it looks like an output.

    Examples
    --------
    >>> log = UploadLedger("api")
    >>> [r.output for r in records_in(b'{"prompt": "A fruit?", "response": ["fig", "kiwi"]}', log)]
    ['fig', 'kiwi']
    """
    name = log.name
    file = Opened(name, data[:HEAD], io.BytesIO(data), None, len(data), io.BytesIO(data))
    packings = (jsonl.FORMAT, json_document.FORMAT)
    sure, packing = max(((p.recognise(file), p) for p in packings), key=lambda pair: pair[0])
    if sure <= 0:
        raise BadInput(
            "this is neither JSON nor JSONL: send an object such as "
            '{"prompt": "A fruit?", "output": "fig"}, a list of them, or one a line'
        )
    items = list(packing.items(file, log))
    intake = Intake(log, packing)
    shape = understood([value for _, value in items[:LOOK]], intake) if items else None
    records: list[Record] = []
    for position, (line, value) in enumerate(items):
        log.position = position
        if shape is not None:
            records += intake.records(line, value, shape)
    if shape is not None and shape.finish is not None:
        shape.finish(log)
    return records


def records_of(value: object, format: str, log: UploadLedger) -> list[Record]:
    """Return the outputs in one value of the format of that name."""
    shape = registry.named(format)[1]
    assert isinstance(shape, Shape)
    return Intake(log, None, shape).records(0, value, shape)
