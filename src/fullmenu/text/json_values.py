"""What a JSON value is, and what stands in it, where nobody can be sure what a log holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, TypeGuard

Object: TypeAlias = Mapping[str, object]
_PLAIN = (str, int, float, bytes, bytearray, type(None))

MOST_MEMORY = 1 << 29
"""Bytes of memory that one JSON value may take, about, once it is loaded."""


def memory(text: str | bytes) -> int:
    """Return how many bytes of memory a JSON text takes at most once it is loaded, about.

    >>> memory("[{}, {}]")
    528
    """
    per = {"{": 200, "[": 80, ",": 40, '"': 25}  # of CPython, on 64 bits
    if isinstance(text, bytes):
        return len(text) + sum(n * text.count(mark.encode()) for mark, n in per.items())
    return len(text) + sum(n * text.count(mark) for mark, n in per.items())


def is_object(value: object) -> TypeGuard[Object]:
    """Tell whether a value is an object, of JSON or of whoever hands one over."""
    return isinstance(value, dict) or (
        not isinstance(value, _PLAIN) and isinstance(value, Mapping)  # slow
    )


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Tell whether a value is a list; a text is none."""
    return isinstance(value, list) or (
        not isinstance(value, _PLAIN) and isinstance(value, Sequence)  # slow
    )


def holds(value: object, *names: str, **kinds: type) -> TypeGuard[Object]:
    """Tell whether a value is an object with these fields, and with others of these kinds.

    >>> holds({"id": 1, "texts": []}, "id", texts=list), holds(["id"], "id")
    (True, False)
    """
    return (
        is_object(value)
        and all(name in value for name in names)
        and all(isinstance(value.get(name), kind) for name, kind in kinds.items())
    )


def at(value: object, *path: str) -> object:
    """Return what stands at a path of names; ``None`` where there is nothing.

    >>> at({"a": {"b": 3}}, "a", "b"), at({"a": []}, "a", "b")
    (3, None)
    """
    for name in path:
        value = value.get(name) if is_object(value) else None
    return value


def first(value: object, *names: str) -> object:
    """Return the first of these fields that is there and filled; ``None`` where none is.

    >>> first({"modelId": "", "model": "m"}, "modelId", "model")
    'm'
    """
    return next((found for name in names if (found := at(value, name))), None)


def listed(value: object) -> Sequence[object]:
    """Return a list; an empty one where there is none."""
    return value if is_list(value) else ()


def objects(value: object) -> Iterator[Object]:
    """Yield the objects of a list; nothing where there is no list.

    Raises
    ------
    TypeError
        It is something else than a list, or holds something else than objects.
    """
    if not value:
        return
    for item in value if is_list(value) else [value]:
        if not is_object(item):
            raise TypeError(f"an object was expected, not {type(item).__name__}")
        yield item
