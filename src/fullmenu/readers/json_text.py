"""JSON text to values: in bounded memory, and a name that stands twice is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import msgspec

from fullmenu.readers.ledger import Ledger
from fullmenu.readers.text_lines import decode
from fullmenu.text.json_values import MOST_MEMORY, memory

_decode = msgspec.json.Decoder().decode
_LONG = 1 << 20  # shorter texts never take too much memory


def loads(text: bytes, log: Ledger) -> object:
    """Return the value of a JSON text; bytes that are not UTF-8 become U+FFFD.

    Raises
    ------
    ValueError, RecursionError
        It is not JSON, takes too much memory, or is nested too deeply.
    """
    check_memory(text)
    try:
        value: object = _decode(text)
    except (ValueError, RecursionError):  # it may still be what Python takes for JSON
        value = json.loads(decode(text, log))
    tell_repeats(text, value, log)
    return value


def loads_all(texts: Sequence[bytes], log: Ledger) -> list[object] | None:
    """Return the values of many JSON texts; ``None`` where one of them needs :func:`loads`."""
    try:
        if any(len(text) > _LONG for text in texts):
            return None
        values = list(map(_decode, texts))
    except (ValueError, RecursionError):
        return None
    return None if _repeat(b"".join(texts), values) else values


def check_memory(text: str | bytes) -> None:
    """Refuse a text that would take too much memory once it is loaded.

    Raises
    ------
    ValueError
        It would.
    """
    if len(text) > _LONG and (size := memory(text)) > max(MOST_MEMORY, 4 * len(text)):
        raise ValueError(
            f"one value that would take about {size >> 20:,} MB of memory, more than the "
            f"{MOST_MEMORY >> 20:,} allowed; split it into records, one a line"
        )


def tell_repeats(text: bytes, value: object, log: Ledger) -> None:
    """Remark on names that stand twice in one object of a text, of which the last was read."""
    if not _repeat(text, [value]):
        return
    twice: Counter[str] = Counter()

    def paired(pairs: list[tuple[str, object]]) -> object:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            twice.update(name for name, n in counts.items() if n > 1)
        return found

    json.loads(text.decode("utf-8", "replace"), object_pairs_hook=paired)
    for name, n in twice.items():
        log.remark(f"objects with the name {name[:60]!r} twice, of which the last was read", n)


def _repeat(text: bytes, values: Sequence[object]) -> bool:
    """Tell whether more names may stand in a text than in its values.

    A colon stands behind each name, and the others stand in texts: written anew, the values have as
    many as before unless a name was lost. Only a colon written by its number is counted too late.
    """
    colons = text.count(b":")
    if colons <= sum(len(value) for value in values if isinstance(value, dict)):
        return False
    if b"\\u003" in text and b"\\u003a" in text.lower():
        return True
    try:
        written = msgspec.json.encode(values)
    except (OverflowError, UnicodeEncodeError, RecursionError):
        written = json.dumps(values).encode()
    return colons > written.count(b":")
