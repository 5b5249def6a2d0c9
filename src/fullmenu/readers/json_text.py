"""JSON text to values: in bounded memory, and a name that stands twice is told."""

from __future__ import annotations

import json
from collections import Counter

import msgspec

from fullmenu.readers.ledger import Ledger
from fullmenu.readers.text_lines import decode
from fullmenu.text.json_values import MOST_MEMORY, memory

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
        value: object = msgspec.json.decode(text)
    except (ValueError, RecursionError):  # it may still be what Python takes for JSON
        value = json.loads(decode(text, log))
    names = len(value) if isinstance(value, dict) else 0
    if text.count(b":") > names and text.count(b'":') + text.count(b'" :') > names:
        tell_repeats(text.decode("utf-8", "replace"), value, log)
    return value


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


def tell_repeats(text: str, value: object, log: Ledger) -> None:
    """Remark on names that stand twice in one object of a text, of which the last was read.

    Behind each name stand a quote and a colon. Only where there are more of them than names in the
    value, the text is read once more, for they may stand in a text too.
    """
    marks = text.count('":') + text.count('" :') - text.count('\\":')
    if marks <= _names(value):
        return
    twice: Counter[str] = Counter()

    def paired(pairs: list[tuple[str, object]]) -> object:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            twice.update(name for name, n in counts.items() if n > 1)
        return found

    json.loads(text, object_pairs_hook=paired)
    for name, n in twice.items():
        log.remark(f"objects with the name {name[:60]!r} twice, of which the last was read", n)


def _names(value: object) -> int:
    """Return how many names the objects in a value have, all together."""
    if isinstance(value, dict):
        return len(value) + sum(map(_names, value.values()))
    return sum(map(_names, value)) if isinstance(value, list) else 0
