"""Paths into a record: where its texts stand, and where records stand under a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice

from fullmenu.errors import BadInput
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item
from fullmenu.text.chat import is_conversation, is_parts
from fullmenu.text.json_values import Object, is_list, is_object

DEPTH = 5
"""Steps that are followed into a record."""

BREADTH = 200
"""Fields of one object that are looked at."""

MOST = 2_000
"""Values of one record that are looked at."""

OUTER = ("model", "model_name", "model_id", "system_fingerprint", "parameters", "temperature")
"""What is said once of all records under a key holds for each of them."""

_NO_TEXT = re.compile(
    r"[\W\d_]*|https?://\S+|[\w.+-]+@[\w.-]+"  # no letters, links, addresses
    r"|(?:[A-Za-z]:)?[\\/]\S+|\S*\.[A-Za-z]{2,5}"  # paths, files
    r"|[0-9a-fA-F-]{8,}|[A-Za-z]{1,12}[-_:.]?\d[\w.:-]*|\d[\w.:+-]*"  # hashes, numbered, dates
    r"|(?=\S*\d)(?=\S*[A-Za-z])\S{12,}|[\w-]*(?:[_/:@]|--)[\w/:@.-]*",  # tokens, names of things
    re.DOTALL,
)
_OTHER = re.compile(
    r"(^|_)(id|ids|uuid|guid|hash|sha\d*|url|uri|link|path|file|filename|date|time|timestamp|at|type|"
    r"kind|role|name|version|status|state|model|engine|provider|user|author|source|language|lang|"
    r"key|token|tokens|reason|seed|template|prompt|prompts|question|questions|query|instruction|"
    r"input|inputs|request|system|context|messages|reference|target|expected|gold|label|labels|"
    r"category|split|tag|tags|subset|dataset|task|error)s?$"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_text(value: object) -> bool:
    """Tell a text from an id, a number, a date, a link, a path or a token.

    >>> [is_text(x) for x in ("I would bake it.", "yes", "a1b2c3d4", "2025-05-12", "/srv/x.txt", 7)]
    [True, True, False, False, False, False]
    """
    return isinstance(value, str) and _NO_TEXT.fullmatch(value.strip()[:500]) is None


def texts(records: Sequence[Object]) -> dict[str, list[str]]:
    """Return the texts in records by dotted path; a path leads through lists by each item.

    >>> texts([{"id": "a1b2c3d4", "reply": {"parts": [{"text": "Bake it well."}]}}])
    {'reply.parts.text': ['Bake it well.']}
    """
    found: dict[str, list[str]] = {}
    for record in records:
        for path, value in islice(_leaves(record, (), DEPTH), MOST):
            if isinstance(value, str) and value.strip():
                found.setdefault(path, []).append(value)
    return {path: there for path, there in found.items() if all(map(is_text, there))}


def of_records(value: object) -> list[str]:
    """Return the paths of lists of objects in a value, the longest list first.

    >>> of_records({"run": {"samples": [{"q": 1}, {"q": 2}]}, "tags": ["a"]})
    ['run.samples']
    """
    found: list[tuple[int, str]] = []
    stack: list[tuple[object, tuple[str, ...]]] = [(value, ())]
    for _ in range(MOST):
        if not stack:
            break
        here, path = stack.pop()
        if len(path) >= DEPTH or not is_object(here):
            continue
        for key, inner in islice(here.items(), BREADTH):
            if is_list(inner) and inner and all(map(is_object, inner)):
                if not is_conversation(inner) and not is_parts(inner) and "." not in key:
                    found.append((-len(inner), ".".join((*path, key))))
            else:
                stack.append((inner, (*path, str(key))))
    return [path for _, path in sorted(found)]


def likely_output(records: Sequence[Object], names: Sequence[str]) -> str | None:
    """Return the path that most likely holds outputs: a text in these records, called like one.

    Parameters
    ----------
    records
        The first ones of a file.
    names
        Names of outputs, in lower case.
    """
    best: tuple[float, str] | None = None
    for path, there in texts(records).items():
        steps = [_CAMEL.sub("_", step).lower().replace("-", "_") for step in path.split(".")]
        last = steps[-1] if steps[-1] not in ("text", "content", "value") else steps[-2:][0]
        if _OTHER.search(last) or _OTHER.search(steps[0]):
            continue
        like = max(SequenceMatcher(None, last, name).ratio() for name in names)
        words = sum(text.count(" ") + 1 for text in there) / len(there)
        if like < 0.75 and words < 2:  # one word under any name may be anything
            continue
        score = (
            (2 * like if like >= 0.75 else 0.0) + min(words, 40) / 40 + len(there) / len(records)
        )
        if best is None or score > best[0]:
            best = (score, path)
    return best[1] if best else None


def under(items: Iterator[Item], path: str, log: Ledger) -> Iterator[Item]:
    """Yield the records that stand under a path of each value; what is no list is one record.

    Raises
    ------
    BadInput
        The first value holds nothing there.
    """
    first = True
    for line, value in items:
        there = list(_at(value, path.split(".")))
        if not there and first:
            lists = of_records(value)
            known = f"; lists of records stand under {', '.join(lists[:5])}" if lists else ""
            way = f"Give {log.naming_records.format(lists[0])}" if lists else "Leave it out"
            raise BadInput(f"{log.name} holds nothing under {path!r}{known}. {way}")
        if not there:
            log.skip(f"values without anything under {path!r}")
        first = False
        outer = {k: v for k, v in value.items() if k in OUTER} if is_object(value) else {}
        for record in there:
            yield line, {**outer, **record} if is_object(record) else record


def _at(value: object, steps: Sequence[str]) -> Iterator[object]:
    if is_list(value):
        for item in value:
            yield from _at(item, steps)
    elif not steps:
        if value is not None:
            yield value
    elif is_object(value):
        whole = ".".join(steps)
        yield from _at(value[whole], ()) if whole in value else _at(value.get(steps[0]), steps[1:])


def _leaves(value: object, path: tuple[str, ...], depth: int) -> Iterator[tuple[str, object]]:
    if is_object(value):
        for key, inner in islice(value.items(), BREADTH if depth else 0):
            if "." not in key or not path:
                yield from _leaves(inner, (*path, str(key)), depth - 1)
    elif is_list(value):
        for inner in value[:8]:
            yield from _leaves(inner, path, depth)
    elif path:
        yield ".".join(path), value
