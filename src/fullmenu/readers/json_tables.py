"""Tables as one JSON document: lists of columns, or a header and rows."""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.readers.fields import NAMES, plain
from fullmenu.readers.ledger import Ledger
from fullmenu.text.chat import is_conversation
from fullmenu.text.json_values import Object, is_list, is_object, listed

_HEADERS = ("columns", "column_names", "headers", "header")
_BODIES = ("data", "rows")


def rows(value: object, log: Ledger, line: int = 1) -> Iterator[Object] | None:
    """Return the rows of a table that a document is, or ``None`` where it is none.

    Known are ``Dataset.to_dict()``, every ``orient`` of ``DataFrame.to_json``, and the tables of
    MLflow and Weights & Biases, which are as ``orient="split"``.
    """
    if not is_object(value) or not value:
        return None
    header = next((key for key in _HEADERS if _is_header(value.get(key))), None)
    body = next((key for key in _BODIES if _is_body(value.get(key))), None)
    if header and body:
        log.say(f"a table: its columns are named under {header!r}, its rows are under {body!r}")
        return _split(listed(value[header]), listed(value[body]), log, line)
    if _are_columns(value, log):
        log.say("a table: each list of the JSON object is a column")
        lists = {key: listed(column) for key, column in value.items() if is_list(column)}
        rest = {key: same for key, same in value.items() if key not in lists}
        each = zip(*lists.values(), strict=True)
        return ({**rest, **dict(zip(lists, row, strict=True))} for row in each)
    inner = [one for one in value.values() if is_object(one)]
    if len(inner) != len(value) or any(one.keys() != inner[0].keys() for one in inner):
        return None
    if _has_output(value, log) and len(value) > 1 and all(map(_is_number, inner[0])):
        log.say("a table: each object of the JSON object is a column")
        return (
            {key: one[index] for key, one in zip(value, inner, strict=True)} for index in inner[0]
        )
    if _has_output(inner[0], log) and all(map(_is_number, value)):
        log.say("a table: each object of the JSON object is a row")
        return iter(inner)
    return None


def _split(header: object, body: object, log: Ledger, line: int) -> Iterator[Object]:
    names = [str(".".join(map(str, name)) if is_list(name) else name) for name in listed(header)]
    for row in listed(body):
        cells = listed(row)
        if len(cells) == len(names):
            yield dict(zip(names, cells, strict=True))
        else:
            reason = f"{len(cells)} cells where the table has {len(names)} columns"
            log.malformed(line, reason, str(row)[:2_000])


def _is_header(value: object) -> bool:
    return bool(listed(value)) and all(isinstance(name, (str, list)) for name in listed(value))


def _is_body(value: object) -> bool:
    return bool(listed(value)) and all(map(is_list, listed(value)))


def _are_columns(value: Object, log: Ledger) -> bool:
    """Tell columns from one record with a list in it, and from prompts with their outputs."""
    lists = {key: listed(column) for key, column in value.items() if is_list(column)}
    if len(lists) < 2 or len({len(column) for column in lists.values()}) != 1:
        return False
    asked = any(plain(key) in NAMES["prompt"] + NAMES["prompt_id"] for key in lists)
    alone = len(lists) == len(value)
    if not (asked or alone) or any(map(is_conversation, lists.values())):
        return False
    return _has_output(lists, log)


def _has_output(columns: Object, log: Ledger) -> bool:
    mapped = log.map.get("output", "").partition(".")[0]
    return any(key == mapped or plain(key) in NAMES["output"] for key in columns)


def _is_number(key: object) -> bool:
    return str(key).isdigit()
