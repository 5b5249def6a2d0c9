"""Reading any log of outputs into :class:`~fullmenu.samples.Samples`.

A log is two things: how records are *packed* (JSON lines, CSV, Parquet, a zip …) and what *shape* a
record has (columns, a chat completion, a span …). Each is one file in ``formats/``; adding a file,
or an entry point in the group ``fullmenu.readers``, adds a format.

========================  =========================================================
``reader``                ``read``: from a source to ``Samples``
``follow``                the lines of a file that grows
``sources``, ``streams``  paths, globs, directories, stdin; compression
``registry``              what formats there are; guessing one
``ledger``                what was read, skipped and rejected, and when to stop
``text_lines``            bytes to lines of text, bounded
``fields``                which column is the output, the prompt …
``scalars``               numbers, times, indices
``spans``                 OTLP envelopes to spans
========================  =========================================================
"""

from __future__ import annotations

from typing import Any

_HOMES = {
    "read": "reader",
    "parse_map": "fields",
    "known_formats": "registry",
    "Shape": "registry",
    "Packing": "registry",
    "Ledger": "ledger",
    "Reject": "ledger",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
