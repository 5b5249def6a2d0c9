"""Values written as text, JSON inside strings, and text that no encoding takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence


def dump(value: object) -> str:
    """Write a value as text, the same for the same value."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return (
        list(value) if isinstance(value, Sequence) and not isinstance(value, bytes) else str(value)
    )


def unquote(value: object, texts: bool = False) -> object:
    """Return the JSON inside a string, or the string itself where there is none.

    Parameters
    ----------
    value
        Anything; what is no string is returned as it is.
    texts
        A JSON string is its text, as where everything is written as JSON.

    Examples
    --------
    >>> unquote('{"a": 1}'), unquote("[sic] plain"), unquote("7")
    ({'a': 1}, '[sic] plain', '7')
    >>> unquote(json.dumps('{"a": 1}')), unquote('"quoted"')
    ({'a': 1}, '"quoted"')
    >>> unquote('"quoted"', texts=True)
    'quoted'
    """
    if isinstance(value, str) and value[:1] == value[-1:] == '"':
        if not texts and value[:2] not in ('"{', '"['):
            return value
        try:
            inner = unquote(json.loads(value), texts)
        except (ValueError, RecursionError):
            return value
        return value if isinstance(inner, str) and not texts else inner
    if isinstance(value, str) and value[:1] in "{[" and value[-1:] in "}]":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def mend(text: str) -> str | None:
    """Return the text with lone surrogates as U+FFFD, or ``None`` if it has none.

    >>> mend("caf\\u00e9") is None, mend("\\ud800!")
    (True, '\\ufffd!')
    """
    if text.isascii():
        return None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return None
