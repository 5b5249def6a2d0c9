"""Reading any log of outputs into :class:`~fullmenu.samples.Samples`.

A log is two things: how records are *packed* (JSON lines, CSV, Parquet, a zip …) and what *shape* a
record has (columns, a chat completion, a span …). Each is one file in ``formats/``; adding a file,
or an entry point in the group ``fullmenu.readers``, adds a format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.readers.fields import parse_map as parse_map
    from fullmenu.readers.ledger import Ledger as Ledger
    from fullmenu.readers.ledger import Reject as Reject
    from fullmenu.readers.reader import read as read
    from fullmenu.readers.registry import Packing as Packing
    from fullmenu.readers.registry import Shape as Shape
    from fullmenu.readers.registry import known_formats as known_formats
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)
