"""Tables: any record with a field for the output, and perhaps for prompt, model, score …"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.readers import fields, scalars
from fullmenu.readers.ledger import Ledger, NotALog, Reject
from fullmenu.readers.logprobs import logprobs, of_outputs
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.chat import asked, is_conversation, is_message, last_turn, said
from fullmenu.text.encoding import dump, mend

_TEXT_KEYS = ("text", "content", "output", "response", "completion", "generated_text")
_COLUMNS = 1_000  # different columns that are remembered
_NULL = "null outputs"


def recognise(value: Any) -> bool:
    """Take anything: it is what a record is when it is nothing else."""
    return True


def prepare(head: list[Any], log: Ledger) -> None:
    """Find the columns once a file."""
    rows = [value for value in head if isinstance(value, dict)]
    if not rows:
        if log.map:
            raise BadInput(f"{log.name} holds no objects, so there is no column to map")
        if not any(isinstance(value, (str, list)) for value in head):
            raise NotALog(f"{log.name} holds {_kind(head[0])}, not objects or texts")
        log.say("a list of outputs: the position of each is taken as its prompt's id")
        return
    found = fields.find(rows, log.map, log.name)
    log.fields = found
    log.state["known"] = frozenset(column for row in rows for column in row)
    log.state["row"] = _reader(found, log)
    if not any("." in c or "*" in c for c in found.values()):
        log.columns = {*found.values(), "input", "system", "system_prompt"}
    named = "prompt" in found or "prompt_id" in found
    if not named and not is_conversation(rows[0].get(found["output"])):
        log.say("no column names a prompt: all outputs are taken as those of one prompt")


def records(value: Any, log: Ledger) -> Iterable[Record]:
    """Return the outputs of one row."""
    if isinstance(value, dict):
        if "row" not in log.state:
            raise Reject("an object among texts")
        if not value.keys() <= log.state["known"]:
            _widen(value, log)
        row = log.state["row"]
        found: Iterable[Record] = row(value)
        return found
    if value is None:
        log.skip(_NULL)
        return ()
    if log.fields:
        raise Reject(f"{_kind(value)} where an object was expected")
    pid = str(log.position)
    return [Record(text, prompt_id=pid) for text in texts(value, log)]


def _widen(value: dict[str, Any], log: Ledger) -> None:
    """Take up columns that the first records did not have."""
    if len(log.state["known"]) < _COLUMNS:
        log.state["known"] |= value.keys()
        log.state["row"] = _reader(log.fields, log)
    for field in [name for name in fields.NAMES if name != "output"]:
        new = [c for c in value if fields.plain(c) in fields.NAMES[field]]
        if field not in log.fields and new and new[0] not in log.fields.values():
            log.fields[field] = new[0]
            log.say(f"{field}={new[0]} does not begin with the first records of {log.name}")
            log.state["row"] = _reader(log.fields, log)


def texts(value: Any, log: Ledger) -> list[str]:
    """Return the outputs in a value: a text, a message, a list of them …"""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for t in [_inner(value, log)] if t is not None]
    if isinstance(value, (bool, int, float)):
        return [dump(value)]
    if isinstance(value, list):
        if not value:
            log.skip("empty lists of outputs")
        return [text for item in value for text in _item(item, log)]
    if value is None:
        log.skip(_NULL)
        return []
    raise Reject(f"the output is {_kind(value)}")


def _item(item: Any, log: Ledger) -> Sequence[str]:
    if is_conversation(item):  # a completion as a list of messages: the last is the output
        return log.texts([said(item)])
    return texts(item, log)


def _inner(value: dict[str, Any], log: Ledger) -> str | None:
    if is_message(value):
        return log.text(said(value))
    if isinstance(value.get("message"), dict):
        return log.text(said(value["message"]))
    for key in _TEXT_KEYS:
        if isinstance(value.get(key), str):
            return str(value[key])
    raise Reject(
        f"the output is an object with {fields.plural(value, 5)}; name a field in it, "
        "e.g. output.text"
    )


def _reader(found: dict[str, str], log: Ledger) -> Callable[[dict[str, Any]], list[Record]]:
    """Return a function from a row to its records."""
    output = fields.getter(found["output"])
    prompt = _prompt_of(found)
    get = {name: fields.getter(column) for name, column in found.items()}
    pid_of, model_of, time_of = get.get("prompt_id"), get.get("model"), get.get("time")
    score_of, index_of = get.get("score"), get.get("sample_index")
    logprobs_of = get.get("logprobs")
    column, source = found["output"], mend(log.name) or log.name
    about = _about(found, log.state["known"])

    def row(value: dict[str, Any]) -> list[Record]:
        out = output(value)
        question = prompt(value) if prompt else None
        pid = pid_of(value) if pid_of else None
        if pid is not None and type(pid) is not str:
            pid = dump(pid)
        if question is None and pid is None and (prompt or pid_of):
            log.remark("records without a prompt, taken as of one prompt")
        model = model_of(value) if model_of else None
        if model is not None and type(model) is not str:
            model = dump(model)
        when = _time(time_of(value), log) if time_of else None
        score = score_of(value) if score_of else None
        if type(out) is str:
            index = scalars.index(index_of(value)) if index_of else None
            score = _score(score, log)
            tokens = logprobs(logprobs_of(value), log) if logprobs_of else None
            return [
                Record(
                    out, question, pid, model, when, score, index, source, tokens, **about(value)
                )
            ]
        if out is None:
            if column not in value and "." not in column and "*" not in column:
                raise Reject(f"no field {column!r}; fields: {fields.plural(map(str, value), 10)}")
            log.skip(_NULL)
            return []
        if is_conversation(out):
            turn = last_turn(out)
            if turn < len(out) - 1:
                log.remark("conversations read up to the model's last turn")
            if question is None:
                question = asked(out[:turn]) or None
            found_texts = log.texts([said(out[turn])])
        else:
            found_texts = texts(out, log)
        scores = score if isinstance(score, list) and len(score) == len(found_texts) else None
        one = _score(score, log) if scores is None and len(found_texts) == 1 else None
        if score is not None and scores is None and one is None and len(found_texts) > 1:
            log.remark("scores left out: one score for a list of outputs")
        count = len(found_texts)
        each = of_outputs(logprobs_of(value), count, log) if logprobs_of else [None] * count
        rest = about(value)
        return [
            Record(
                t, question, pid, model, when, _score(scores[i], log) if scores else one, None,
                source, each[i], **rest,
            )
            for i, t in enumerate(found_texts)
        ]  # fmt: skip

    return row


def _about(
    found: dict[str, str], columns: frozenset[str]
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a function from a row to what it says of the call, and its further columns."""
    texts = {
        name: fields.getter(found[name])
        for name in ("finish_reason", "system_fingerprint", "call_id")
        if name in found
    }
    of_request = fields.getter(found["parameters"]) if "parameters" in found else None
    read = {*found.values(), *(column.split(".")[0] for column in found.values())}
    further = [
        c for c in columns if c not in read and not any(fnmatchcase(c, r) for r in read if "*" in r)
    ]
    alone = [c for c in further if fields.plain(c) in fields.PARAMETERS]
    extra = sorted(set(further) - set(alone))

    def about(value: dict[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = {
            name: dump(text) for name, get in texts.items() if (text := get(value)) is not None
        }
        if of_request or alone:
            beside = {c: value.get(c) for c in alone}
            said["parameters"] = fields.parameters(of_request and of_request(value), beside)
        if extra:
            said["extra"] = {c: value.get(c) for c in extra}
        return said

    return about


def _prompt_of(found: dict[str, str]) -> Callable[[dict[str, Any]], str | None] | None:
    if "prompt" not in found:
        return None
    column = found["prompt"]
    get = fields.getter(column)
    also = "input" if column == "instruction" and "input" not in found.values() else ""

    def prompt(value: dict[str, Any]) -> str | None:
        question = get(value)
        if type(question) is not str:
            question = asked(question)
        if also and question and isinstance(more := value.get(also), str) and more:
            question = f"{question}\n\n{more}"
        system = value.get("system_prompt") or value.get("system")
        if system and question and type(system) is str:
            question = f"system: {system}\nuser: {question}"
        return question

    return prompt


def _time(value: Any, log: Ledger) -> Any:
    time = scalars.time(value)
    if time is None and value not in (None, ""):
        log.remark("times left out: neither ISO 8601 nor a number")
    return time


def _score(value: Any, log: Ledger) -> float | None:
    if value is None:
        return None
    score = scalars.number(value)
    if score is None and value != "":
        log.remark("scores left out: no finite number")
    return score


def _kind(value: Any) -> str:
    kinds = {type(None): "null", bool: "a truth value", int: "a number", float: "a number"}
    kinds |= {str: "a text", list: "a list", dict: "an object"}
    return kinds.get(type(value), f"a {type(value).__name__}")


FORMAT = Shape(
    "table",
    "table",
    recognise,
    records,
    prepare,
    about="columns of any name",
    told_by="nothing else fits",
)
