"""Which field of a record is the output, the prompt, the model …"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from fullmenu.errors import BadInput, UnknownName
from fullmenu.readers import paths
from fullmenu.readers.account import NotALog, plural
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, is_list, is_object

NAMES = {
    name: tuple(columns.split())
    for name, columns in {
        "output": (
            "output response completion generation generated_text model_output llm_output "
            "prediction model_answer model_response predicted_answer outputs responses completions "
            "generations predictions answer answers reply samples texts resp generated output_text "
            "response_text predict actual_output text content messages conversations "
            "conversation solution"
        ),
        "prompt": (
            "prompt instruction question query user_prompt prompt_text input input_text request "
            "problem context prompts questions inputs instructions"
        ),
        "prompt_id": (
            "prompt_id question_id instruction_id problem_id example_id task_id doc_id qid "
            "prompt_idx prompt_index question_idx"
        ),
        "model": "model generator model_name model_id engine",
        "time": "time timestamp created_at created start_time",
        "score": "score reward scores rewards generation_scores rating",
        "sample_index": (
            "sample_index sample_idx sample_id sample completion_index generation_index epoch"
        ),
        "logprobs": "logprobs token_logprobs output_token_logprobs log_probs",
        "finish_reason": "finish_reason stop_reason",
        "system_fingerprint": "system_fingerprint",
        "parameters": (
            "parameters sampling_params sampling_parameters generation_config generation_kwargs "
            "model_parameters"
        ),
        "call_id": (
            "call_id request_id span_id response_id completion_id generation_id observation_id"
        ),
    }.items()
}
"""Common names of each field of a record, likeliest first."""
PARAMETERS = {
    "temperature", "top_p", "top_k", "min_p", "seed", "n", "max_tokens", "max_new_tokens",
    "max_output_tokens", "max_completion_tokens", "frequency_penalty", "presence_penalty",
    "repetition_penalty",
}  # fmt: skip
"""Names of a request's parameters."""
_NUMBERED = re.compile(r"(.*?)[_ .-]?(\d+)$")
_RANDOM = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}|^(chat)?cmpl-|^msg_|^resp_", re.I)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COMPARED = 200  # columns among which one of a name like it is looked for
_PAIR = re.compile(r'((?:[^,"]|"(?:[^"]|"")*"|")+|^$|(?<=,)(?=,|$))')
_MISSING = object()
Getter = Callable[[Object], Any]


def parse_map(text: str) -> dict[str, str]:
    """Read field names as a command line gives them.

    >>> parse_map("output=answer, prompt=request.question")
    {'output': 'answer', 'prompt': 'request.question'}
    >>> parse_map('output="answer, final",prompt=question')
    {'output': 'answer, final', 'prompt': 'question'}
    """
    found: dict[str, str] = {}
    for pair in _PAIR.findall(text):
        field, equals, name = (part.strip() for part in pair.partition("="))
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = name[1:-1].replace('""', '"')
        if not equals or not field or not name:
            raise BadInput(
                f"cannot read the map {text!r} at {pair.strip()!r}: write FIELD=COLUMN pairs with "
                "commas between, e.g. output=answer,prompt=question; a name with a comma in it "
                'stands in double quotes, output="answer, final"'
            )
        if field in found:
            raise BadInput(f"the map {text!r} names {field!r} twice")
        found[field] = name
    return check_map(found)


def check_map(map: dict[str, str]) -> dict[str, str]:
    """Return the map, or say which of its fields does not exist."""
    for field, name in map.items():
        if field not in NAMES:
            raise UnknownName("field", field, NAMES)
        if not isinstance(name, str):
            raise BadInput(f"the map gives {field!r} as {name!r}, which is not a column's name")
    return map


def find(
    records: Sequence[Object], map: dict[str, str], name: str, naming: str = "--map {}={}"
) -> dict[str, str]:
    """Return ``{field: column}`` for the first records of a file.

    ``naming`` is how a user says which column is what.
    """
    counts: dict[str, int] = {}
    for record in records:
        for column, value in record.items():
            counts[column] = counts.get(column, 0) + (value is not None)
    columns = list(counts)
    found = {}
    for field, column in map.items():
        _check_column(field, column, records, columns, name, naming)
        found[field] = column
    there_is = {plain(column): column for column in reversed(columns)}
    taken = set(found.values())
    for field, names in NAMES.items():
        if field in found:
            continue
        there = [there_is[n] for n in names if n in there_is and there_is[n] not in taken]
        if field == "prompt":  # and no list of tokens
            there = [c for c in there if not any(_is_numbers(r.get(c)) for r in records)]
        if field == "output":
            there = there or numbered(columns)
        if there:
            best = max(there, key=lambda c: counts.get(c, 0))
            found[field] = best
            taken.add(best)
    if "output" not in found:
        raise NotALog(_no_output(columns, records, name, naming))
    nameless = "prompt" not in found and "prompt_id" not in found
    if nameless and "id" in there_is and not _are_calls(records, there_is["id"]):
        found["prompt_id"] = there_is["id"]
    elif "id" in there_is and "call_id" not in found and _are_calls(records, there_is["id"]):
        found["call_id"] = there_is["id"]
    return {field: found[field] for field in NAMES if field in found}


def parameters(value: object, beside: object = None) -> dict[str, object] | None:
    """Return a request's parameters: an object (or its JSON), and those that stand by themselves.

    >>> parameters('{"temperature": 1}', {"top_p": 0.9, "prompt": "A fruit?"})
    {'temperature': 1, 'top_p': 0.9}
    """
    found: dict[str, object] = {}
    if is_object(inner := unquote(value)):
        found |= inner
    if is_object(beside):
        found |= {c: v for c, v in beside.items() if v is not None and plain(c) in PARAMETERS}
    return found or None


def is_random(name: object) -> bool:
    """Tell whether an id is long and random, as those of calls are.

    >>> is_random("chatcmpl-0b6c791114acb826a59b"), is_random("chatcmpl-1"), is_random("p7")
    (True, False, False)
    """
    return isinstance(name, str) and len(name) >= 16 and _RANDOM.search(name) is not None


def getter(column: str) -> Getter:
    """Return a function from a record to the value in a column, or at a dotted path.

    >>> getter("response.text")({"response": {"text": "hi"}}), getter("a")({})
    ('hi', None)
    """
    if "*" in column:
        return lambda record: [v for k, v in record.items() if fnmatchcase(k, column)] or None
    if "." not in column:
        return lambda record: record.get(column)
    steps = column.split(".")

    def at(record: Object) -> object:
        value = record.get(column, _MISSING)
        return walk(record, steps) if value is _MISSING else value

    return at


def walk(value: object, steps: list[str]) -> object:
    """Follow a path into nested values; a name met at a list is followed in each of its items."""
    for i, step in enumerate(steps):
        if is_object(value):
            value = value.get(step)
        elif is_list(value):
            if step.lstrip("-").isdigit():
                value = value[int(step)] if -len(value) <= int(step) < len(value) else None
            else:
                return [walk(item, steps[i:]) for item in value]
        else:
            return None
    return value


@lru_cache(maxsize=1_000)
def plain(column: str) -> str:
    """Return a column's name in lower case with underscores: ``modelId`` is ``model_id``."""
    return _CAMEL.sub("_", str(column)).strip().lower().replace(" ", "_").replace("-", "_")


_EITHER = {"text", "content", "messages", "conversations", "conversation", "solution"}


def names_output(columns: Iterable[str]) -> bool:
    """Tell whether a column is named as an output, and not as what may also be asked.

    >>> names_output(["text", "modelResponse"]), names_output(["text"])
    (True, False)
    """
    return not {plain(column) for column in columns}.isdisjoint({*NAMES["output"]} - _EITHER)


def numbered(columns: list[str]) -> list[str]:
    """Return ``resp_*`` for columns ``resp_0, resp_1 …``: many outputs of one prompt."""
    stems: dict[str, int] = {}
    for column in columns:
        match = _NUMBERED.match(column)
        if match and plain(match[1]) in NAMES["output"]:
            stem = column[: match.start(2)]
            stems[stem] = stems.get(stem, 0) + 1
    return [f"{stem}*" for stem, n in stems.items() if n > 1][:1]


def _is_numbers(value: object) -> bool:
    """Tell whether a value is a list of numbers, such as the ids of tokens."""
    return is_list(value) and bool(value) and all(isinstance(x, (int, float)) for x in value)


def _are_calls(records: Sequence[Object], column: str) -> bool:
    """Tell whether ids are those of calls: long and random, and never twice."""
    ids = [str(r.get(column)) for r in records]
    return len(set(ids)) == len(ids) and all(_RANDOM.search(i) for i in ids)


def _check_column(
    field: str, column: str, records: Sequence[Object], columns: list[str], name: str, naming: str
) -> None:
    get = getter(column)
    if column in columns or any(get(r) is not None for r in records):
        return
    close = get_close_matches(column, columns[:_COMPARED], n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    raise BadInput(
        f"{name} has no column {column!r} (for {field}){hint} {_found(columns)}. "
        f"Correct {naming.format(field, close[0] if close else 'COLUMN')}"
    )


def _no_output(columns: list[str], records: Sequence[Object], name: str, naming: str) -> str:
    likely = paths.likely_output(records, NAMES["output"])
    hint = f"; did you mean {likely!r}?" if likely else "."
    under = next((path for r in records for path in paths.of_records(r)), None)
    other = f", or name where records stand under a key: --records {under}" if under else ""
    return (
        f"{name} has no column that is known to hold outputs ({plural(NAMES['output'], 6)})"
        f"{hint} {_found(columns)}. "
        f"Name it with {naming.format('output', likely or 'COLUMN')}{other}"
    )


def _found(columns: list[str]) -> str:
    return f"Columns found: {plural(columns)}" if columns else "It has no columns"
