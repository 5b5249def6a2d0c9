"""Lists that were written into the cells of a table, as JSON, Python or numpy writes them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from warnings import catch_warnings, simplefilter

from fullmenu.text.encoding import unquote

_LONGEST = 1 << 20  # characters of a cell that are read as Python
_TEXT = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_TEXTS = re.compile(_TEXT, re.DOTALL)
_LIST = re.compile(
    rf"(?:array\()?\[\s*{_TEXT}(?:\s*,\s*{_TEXT}|\s+{_TEXT})*\s*,?\s*\](?:, dtype=\w+\))?",
    re.DOTALL,
)


def in_cell(value: object) -> list[object] | None:
    """Return the list in a cell, of texts, objects or numbers; ``None`` where there is none.

    >>> in_cell("['a', 'b']"), in_cell("['a' 'b']"), in_cell('["a"]'), in_cell("[sic]")
    (['a', 'b'], ['a', 'b'], ['a'], None)
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, str) or not 2 <= len(value := value.strip()) <= _LONGEST:
        return None
    if not value.startswith(("[", "array([")):
        return None
    found = unquote(value)
    if isinstance(found, list):
        return found
    try:
        with catch_warnings():
            simplefilter("ignore")  # on escapes that Python does not know
            return _python(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def names_of(items: Sequence[object]) -> list[str]:
    """Return what the items of a list are called: texts as they are, others as JSON.

    >>> names_of(["a", 7, None])
    ['a', '7', 'null']
    """
    return [x if isinstance(x, str) else json.dumps(x) for x in items]


def _python(value: str) -> list[object] | None:
    if _LIST.fullmatch(value):  # to Python, ['a' 'b'] is one text
        return [ast.literal_eval(text.replace("\n", "\\n")) for text in _TEXTS.findall(value)]
    found = ast.literal_eval(value)
    return found if isinstance(found, list) else None
