"""Columns of any name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import compress, groupby
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.readers import fields, lists, scalars
from fullmenu.readers.account import NotALog, plural
from fullmenu.readers.ledger import Ledger, Reject, digest
from fullmenu.readers.logprobs import logprobs, of_outputs
from fullmenu.readers.registry import ColumnRun, Shape, Stretch
from fullmenu.readers.replies import answers, calls_of, opened, reason_of
from fullmenu.samples import Record, RecordColumns
from fullmenu.text.chat import (
    NO_TURN,
    NOT_OWN,
    NULL,
    Said,
    asked,
    is_conversation,
    is_own,
    is_parts,
    last_turn,
    said,
)  # fmt: skip
from fullmenu.text.encoding import dump, mend, unquote
from fullmenu.text.json_values import Object, first, is_list, is_object
from fullmenu.text.reasoning import apart, may_hold
from fullmenu.text.wrappings import NO_CHOICE, joined, served

_TEXT_KEYS = ("text", "content", "output", "response", "completion", "generated_text")
_QUOTES = ("{", "[", '"')
_MARKS = {*_QUOTES}
_NAMES = {str, int, float, bool, type(None)}
NAMELESS = "records without a prompt, taken as of one prompt"
_COLUMNS = 1_000  # different columns that are remembered


def recognise(value: object) -> bool:
    """Tell where nothing else fits."""
    return True


def prepare(head: Sequence[object], log: Ledger) -> None:
    """Find the columns once a file."""
    rows = [value for value in head if is_object(value)]
    if not rows:
        if log.map:
            raise BadInput(f"{log.name} holds no objects, so there is no column to map")
        if not any(isinstance(value, (str, list)) for value in head):
            held = _kind(head[0]) if head else "no record of this format"
            raise NotALog(f"{log.name} holds {held}, not objects or texts")
        log.say("a list of outputs: the position of each is taken as its prompt's id")
        return
    found = fields.find(rows, log.map, log.name, log.naming)
    log.fields = found
    log.state["known"] = frozenset(column for row in rows for column in row)
    log.state["cells"] = _cells(rows, found, log)
    log.state["row"] = _reader(found, log)
    if not any("." in c or "*" in c for c in found.values()):
        log.columns = {*found.values(), "input", "system", "system_prompt"}
    named = "prompt" in found or "prompt_id" in found
    if not named and not is_conversation(rows[0].get(found["output"])):
        log.say("no column names a prompt: all outputs are taken as those of one prompt")


def records(value: object, log: Ledger) -> Iterable[Record]:
    """Return the outputs of one row."""
    if is_object(value):
        if "row" not in log.state:
            raise Reject("an object among texts")
        if not value.keys() <= log.state["known"]:
            _widen(value, log)
        row: Callable[[Object], list[Record]] = log.state["row"]
        return row(value)
    if value is None:
        log.skip(NULL)
        return ()
    if log.fields:
        raise Reject(f"{_kind(value)} where an object was expected")
    return answers(said_in(value, log), log, prompt_id=str(log.position))


def columns(values: Sequence[Any], log: Ledger) -> Iterator[Stretch]:
    """Yield stretches of rows, by column where they hold nothing but plain texts as outputs."""
    known, column = log.state.get("known", frozenset()), log.fields.get("output", "")
    if not known or log.state.get("cells") or "role" in known:
        yield values, None
        return
    if isinstance(values, ColumnRun):
        outputs = values.held.get(column, ())
        if outputs and known.issuperset(values.held) and _all_are_plain(outputs):
            yield values, _by_column(values, log)
            return
        values = [*values]
    get = fields.getter(column)
    plain = [type(row) is dict and known.issuperset(row) and _is_plain(get(row)) for row in values]
    if all(plain):
        yield values, _by_column(values, log)
        return
    begin = 0
    for is_plain, group in groupby(plain):
        stretch = values[begin : (begin := begin + len([*group]))]
        yield stretch, _by_column(stretch, log) if is_plain else None


def _is_plain(output: object) -> bool:
    return type(output) is str and output[:1] not in _MARKS and apart(output) is None


def _all_are_plain(outputs: Sequence[Any]) -> bool:
    """Tell whether :func:`_is_plain` holds of all: at once, where no mark of another kind comes."""
    if {*map(type, outputs)} != {str}:
        return False
    begins = {text[:3] for text in outputs}
    plain = _MARKS.isdisjoint(begin[:1] for begin in begins) and "ana" not in begins
    return (plain and not may_hold("".join(outputs))) or all(map(_is_plain, outputs))


def _widen(value: Object, log: Ledger) -> None:
    """Take up columns that the first records did not have."""
    if len(log.state["known"]) < _COLUMNS:
        log.state["known"] |= value.keys()
        log.state["row"] = _reader(log.fields, log)
    for field in fields.NAMES.keys() - {"output"} - log.fields.keys():
        new = [c for c in value if fields.plain(c) in fields.NAMES[field]]
        if new and new[0] not in log.fields.values():
            log.fields[field] = new[0]
            log.say(f"{field}={new[0]} does not begin with the first records of {log.name}")
            log.state["row"] = _reader(log.fields, log)


def said_in(value: object, log: Ledger) -> list[Said]:
    """Return the answers in a value: a text, a message, a body, a list of them …"""
    if isinstance(value, str):
        return opened(Said(value))
    if isinstance(value, (bool, int, float)):
        return [Said(dump(value))]
    if is_list(value):
        if not value:
            log.skip("empty lists of outputs")
        if is_conversation(value) or is_parts(value):
            return [said(value)]
        if (streamed := joined(value)) is not None:
            return streamed
        return [answer for item in value for answer in said_in(item, log)]
    if value is None:
        return [Said(missing=NULL)]
    if not is_object(value):
        raise Reject(f"the output is {_kind(value)}")
    found = served(value)
    if found[0].missing != NO_CHOICE or "choices" in value:
        return found
    for key in _TEXT_KEYS:
        if isinstance(text := value.get(key), str):
            return opened(Said(text))
    raise Reject(
        f"the output is an object with {plural(value, 5)}; name a field in it, e.g. output.text"
    )


def _reader(found: dict[str, str], log: Ledger) -> Callable[[Object], list[Record]]:
    """Return a function from a row to its records."""
    get = {name: fields.getter(column) for name, column in found.items()}
    for name in log.state.get("cells", ()):
        get[name] = _unpacked(get[name])
    output, prompt = get["output"], _prompt_of(found)
    asks = "prompt" in found or "prompt_id" in found
    pid_of, model_of, time_of = (get.get(n, _nothing) for n in ("prompt_id", "model", "time"))
    score_of, index_of = get.get("score", _nothing), get.get("sample_index", _nothing)
    logprobs_of, id_of = get.get("logprobs", _nothing), get.get("call_id", _nothing)
    call = _call(found, log.state["known"])
    named = _is_named(found)
    column, source = found["output"], mend(log.name) or log.name

    def row(value: Object) -> list[Record]:
        out, question, pid = output(value), prompt(value), pid_of(value)
        if named and id_of(value) and not log.once((digest(map(str, value.values())),)):
            return []
        if "role" in value and type(value["role"]) is str and not is_own(value):
            log.skip(NOT_OWN)
            return []
        if pid is not None and type(pid) is not str:
            pid = dump(pid)
        if question is None and pid is None and asks:
            log.remark(NAMELESS)
        model, when = model_of(value), _time(time_of(value), log)
        if model is not None and type(model) is not str:
            model = dump(model)
        score, tokens = score_of(value), logprobs_of(value)
        if type(out) is str and out[:1] not in _QUOTES:
            text = log.text(Said(out))
            index = scalars.index(index_of(value))
            mark, each = _score(score, log), logprobs(tokens, log)
            if text is None:
                return []
            told = (text, question, pid, model, when, mark, index, source, each)
            return [Record(*told, None, *call(value))]
        if out is None and column not in value and "." not in column and "*" not in column:
            raise Reject(f"no field {column!r}; fields: {plural(map(str, value), 10)}")
        if model is None and model_of is _nothing:
            model = _model_in(out, value.get(found.get("prompt", "")), value.get("metadata"))
        turns = unquote(out) if type(out) is str and out[:2] == "[{" else out
        if is_conversation(turns):
            turn = last_turn(turns)
            if turn is not None and turn < len(turns) - 1:
                log.remark("conversations read up to the model's last turn")
            if question is None and turn:
                question = asked(turns[:turn])
            answers = [Said(missing=NO_TURN) if turn is None else said(turns[turn])]
        else:
            answers = said_in(out, log)
        n = len(answers)
        if isinstance(score, list) and len(score) == n:
            scores = [_score(one, log) for one in score]
        else:
            scores = [_score(score, log)] if n == 1 else [None] * n
            if score is not None and n > 1:
                log.remark("scores left out: one score for a list of outputs")
        index = scalars.index(index_of(value)) if n == 1 else None
        reason, *rest = call(value) or (None,)
        return [
            Record(
                text, question, pid, model, when, mark, index, source,
                one or logprobs(answer.logprobs, log), calls_of(answer),
                reason_of(answer) if reason is None else reason, *rest,
            )
            for answer, mark, one in zip(answers, scores, of_outputs(tokens, n, log), strict=True)
            if (text := log.text(answer)) is not None
        ]  # fmt: skip

    return row


def _by_column(rows: Sequence[Any], log: Ledger) -> RecordColumns | None:
    """Return what :func:`_reader` does, for many rows whose outputs are plain texts."""
    found, known = log.fields, log.state["known"]
    held = {name: _column(column, rows) for name, column in found.items()}
    if any({*map(type, held.get(name, ()))} - _NAMES for name in ("prompt_id", "model")):
        return None
    if "call_id" in found and _is_named(found):
        try:
            marks = [digest(map(str, row.values())) for row in rows]
        except RecursionError:
            return None
        fresh = [
            not name or log.once((mark,)) for name, mark in zip(held["call_id"], marks, strict=True)
        ]
        if not all(fresh):
            rows = [*compress(rows, fresh)]
            held = {name: [*compress(values, fresh)] for name, values in held.items()}
    n = len(rows)
    if "prompt" in held and not _are_plain(held["prompt"], found, known):
        held["prompt"] = list(map(_prompt_of(found), rows))
    for name in ("prompt_id", "model"):
        if {*map(type, held.get(name, ()))} - {str}:
            held[name] = [
                v if v is None or type(v) is str else str(v) if type(v) is int else dump(v)
                for v in held[name]
            ]
    if "prompt" in found or "prompt_id" in found:
        asked_by = (held.get(name, [None] * n) for name in ("prompt", "prompt_id"))
        if nameless := sum(p is None and i is None for p, i in zip(*asked_by, strict=True)):
            log.remark(NAMELESS, nameless)
    for name, read in _READ.items():
        if name in held:
            held[name] = [read(value, log) for value in held[name]]
    alone, extra = _further(found, known)
    parameters = {} if "parameters" in found else {c: _column(c, rows) for c in alone}
    if "parameters" in found:
        asked_with = zip(rows, held["parameters"], strict=True)
        held["parameters"] = [
            {**(fields.parameters(given) or {}), **{c: row.get(c) for c in alone}}
            for row, given in asked_with
        ]
    outputs = held.pop("output")
    source = mend(log.name) or log.name
    return RecordColumns(outputs, held, source, parameters, {c: _column(c, rows) for c in extra})


def _column(column: str, rows: Sequence[Any]) -> list[Any]:
    by_name = not ("." in column or "*" in column)
    if isinstance(rows, ColumnRun) and (by_name or column in rows.held):
        return rows.column(column)
    if not by_name:
        return list(map(fields.getter(column), rows))
    return [row.get(column) for row in rows]


def _are_plain(prompts: Sequence[Any], found: dict[str, str], known: frozenset[str]) -> bool:
    """Tell whether prompts are texts that :func:`_prompt_of` returns as they are."""
    if found["prompt"] == "instruction" and "input" in known:
        return False
    return (
        known.isdisjoint(("system", "system_prompt"))
        and {*map(type, prompts)} <= {str, type(None)}
        and not any(text[:1] in _MARKS for text in {*prompts} if text)
    )


def _cells(rows: Sequence[Object], columns: dict[str, str], log: Ledger) -> tuple[str, ...]:
    """Return the fields whose every cell is a list, written as text in a table that has no lists.

    A model may also have answered with a JSON list each time: so it is where prompts repeat and
    the column is not called by a plural.
    """
    column = columns["output"]
    cells = [value for row in rows if (value := fields.getter(column)(row)) not in (None, "")]
    if log.packing not in ("csv", "tsv") or not cells or not all(map(lists.in_cell, cells)):
        return ()
    asked = columns.get("prompt", columns.get("prompt_id"))
    repeats = asked is None or len({str(row.get(asked)) for row in rows}) < len(rows)
    written_by_json = all(isinstance(unquote(cell), list) for cell in cells)
    if repeats and written_by_json and not column.lower().endswith("s"):
        log.say(f"every cell of {column!r} is a JSON list, taken as one output")
        return ()
    log.say(f"every cell of {column!r} is a list: each item is an output")
    return ("output", "score") if "score" in columns else ("output",)


def _unpacked(get: fields.Getter) -> fields.Getter:
    def unpacked(row: Object) -> object:
        value = get(row)
        found = lists.in_cell(value)
        return value if found is None else found

    return unpacked


def _model_in(*values: object) -> str | None:
    """Return the model that a response, or else its request, names."""
    found = (first(unquote(value), "model", "modelId", "model_version") for value in values)
    return next((model for model in found if isinstance(model, str)), None)


def _call(found: dict[str, str], columns: frozenset[str]) -> Callable[[Object], tuple[Any, ...]]:
    """Return a function from a row to the last fields of its record, from ``finish_reason`` on."""
    reason_of, print_of, id_of, asked_with = (
        fields.getter(found[name]) if name in found else _nothing
        for name in ("finish_reason", "system_fingerprint", "call_id", "parameters")
    )
    alone, extra = _further(found, columns)
    if not (extra or alone or found.keys() & {*Record._fields[-5:]}):
        return lambda row: ()

    def call(row: Object) -> tuple[Any, ...]:
        asked = {c: row.get(c) for c in alone}
        if "parameters" in found:
            asked = {**(fields.parameters(asked_with(row)) or {}), **asked}
        return reason_of(row), print_of(row), asked, id_of(row), {c: row.get(c) for c in extra}

    return call


def _further(found: dict[str, str], columns: frozenset[str]) -> tuple[list[str], list[str]]:
    """Return the columns of parameters by themselves, and those that are no field."""
    read = [*found.values(), *(column.split(".")[0] for column in found.values())]
    further = [c for c in columns if not any(c == r or fnmatchcase(c, r) for r in read)]
    alone = [c for c in further if fields.plain(c) in fields.PARAMETERS]
    return alone, sorted({*further} - {*alone})


def _is_named(found: dict[str, str]) -> bool:
    """Tell whether ids are those of calls: in ``id`` they may be prompts', unless times tell."""
    return fields.plain(found.get("call_id", "id")) != "id" or "time" in found


def _nothing(row: Object) -> None:
    """Return what stands in a column that is not there."""


def _prompt_of(found: dict[str, str]) -> Callable[[Object], str | None]:
    if "prompt" not in found:
        return _nothing
    column = found["prompt"]
    get = fields.getter(column)
    also = "input" if column == "instruction" and "input" not in found.values() else ""

    def prompt(row: Object) -> str | None:
        question = asked(get(row))
        if also and question and isinstance(more := row.get(also), str) and more:
            question = f"{question}\n\n{more}"
        system = row.get("system_prompt") or row.get("system")
        if question and isinstance(system, str):
            question = f"system: {system}\nuser: {question}"
        return question

    return prompt


def _time(value: object, log: Ledger) -> datetime | None:
    time = scalars.time(value)
    if time is None and value not in (None, ""):
        log.remark("times left out: neither ISO 8601 nor a number")
    return time


def _score(value: object, log: Ledger) -> float | None:
    if is_object(value) and len(value) == 1:  # the one score, by its name
        (value,) = value.values()
    score = scalars.number(value, comma=bool(log.state.get("comma")))
    if score is None and value not in (None, ""):
        log.remark("scores left out: no finite number")
    return score


def _kind(value: object) -> str:
    kinds = {type(None): "null", bool: "a truth value", int: "a number", float: "a number"}
    kinds |= {str: "a text", list: "a list", dict: "an object"}
    return kinds.get(type(value), f"a {type(value).__name__}")


_READ: dict[str, Callable[[object, Ledger], Any]] = {
    "time": _time,
    "score": _score,
    "sample_index": lambda value, log: scalars.index(value),
    "logprobs": logprobs,
}


def shows(value: object, key: str, *beside: str) -> bool:
    """Tell an object that was shown to people, under a key, with their answers beside it."""
    if not is_object(value) or not is_object(value.get(key)):
        return False
    return any(isinstance(value.get(name), (list, dict)) for name in beside)


def of_shown(
    key: str,
    recognise: Callable[[object], bool],
    rows: Callable[[Object, Object], Iterable[Object]],
) -> tuple[Callable[[Any, Ledger], Iterable[Record]], Callable[[Sequence[object], Ledger], None]]:
    """Return ``records`` and ``prepare`` of a format in which what was shown is a table's row.

    ``rows`` makes of a value, and of that row, the rows that are read.
    """

    def every(value: Any) -> Iterable[Object]:
        return rows(value, {**value[key], key: value[key]})

    def of_value(value: Any, log: Ledger) -> Iterable[Record]:
        if not recognise(value):
            raise Reject(f"no {key}")
        return [record for row in every(value) for record in records(row, log)]

    def of_head(head: Sequence[object], log: Ledger) -> None:
        prepare([row for value in head if recognise(value) for row in every(value)], log)

    return of_value, of_head


FORMAT = Shape("table", "table", recognise, records, prepare, columns=columns)
