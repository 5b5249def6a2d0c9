"""Results of promptfoo: ``eval -o`` as JSONL, JSON or CSV.

``promptId`` names the template: the prompt is what was made of it, ``prompt.raw``. A CSV file has a
column for each variable, then for each prompt and provider a column of outputs and some on them,
with the same names each time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, at, first, holds, is_object, listed
from fullmenu.text.wrappings import served


def recognise(value: object) -> bool:
    """Tell by ``provider``, ``response`` and ``vars`` or ``testCase``, or ``Grader Reason``."""
    if not is_object(value):
        return False
    return _is_result(value) or any(map(_is_result, _results(value))) or _is_row(value)


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the output of each result, with the model that gave it."""
    if _is_result(value):
        return _output(value, log)
    if _is_row(value):
        return [record for one in _outputs(tuple(value)) for record in _cell(value, one, log)]
    results = _results(value)
    if not results:
        raise Reject("no provider and response")
    return [*log.each(results, "not a result of promptfoo", lambda one: _output(one, log))]


def _is_result(value: object) -> bool:
    return holds(value, "provider", "response") and bool({"vars", "testCase"} & value.keys())


def _results(value: object) -> list[object]:
    """Return the results in a whole file: ``{"results": {"results": […]}}``."""
    inner = at(value, "results")
    return [*listed(at(inner, "results") if is_object(inner) else None)]


def _output(value: object, log: Ledger) -> list[Record]:
    if not is_object(value):
        raise TypeError("no object")
    response = value.get("response")
    output = at(response, "output")
    if output is None:
        failed = value.get("error") or at(response, "error")
        log.skip("calls that ended in an error" if failed else "results without output")
        return []
    provider = value["provider"]
    prompt = value.get("prompt")
    return answers(
        served(output, sure=not isinstance(output, str)),
        log,
        at(prompt, "raw") if is_object(prompt) else prompt,
        model=first(provider, "id", "label") if is_object(provider) else provider,
        score=value.get("score"),
        call_id=value.get("id"),
        extra=value.get("namedScores"),
        once=(value["id"],) if value.get("id") else (),
    )


# CSV

_REASON = "Grader Reason"
_TOLD = {"Reasoning", "Status", "Score", "Named Scores", _REASON, "Comment", "Latency (ms)"}
_PROVIDER = re.compile(r"\[([^\]]*)\] (.*)", re.DOTALL)
_NUMBER = re.compile(r" \(\d+\)$")
_VARIABLE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
_MARK = re.compile(r"\[(PASS|FAIL|ERROR)\] ")


class _Outputs(NamedTuple):
    """A column of outputs, the columns that tell of them by name, and those of the variables."""

    column: str
    told: dict[str, str]
    variables: tuple[str, ...]


def is_header(names: Sequence[str]) -> bool:
    """Tell the header of a CSV file: names may stand in it more than once."""
    return _REASON in names and bool(_outputs(tuple(apart(names))))


def apart(names: Sequence[str]) -> list[str]:
    """Return names with the second and later of the same name numbered.

    >>> apart(["topic", "Score", "Score"])
    ['topic', 'Score', 'Score (2)']
    """
    met: Counter[str] = Counter()
    numbered = []
    for name in names:
        met[name] += 1
        numbered.append(name if met[name] == 1 else f"{name} ({met[name]})")
    return numbered


@lru_cache(maxsize=8)
def _outputs(names: tuple[str, ...]) -> tuple[_Outputs, ...]:
    """Return the columns of outputs: those before columns on them, ``Grader Reason`` among them."""
    groups: list[tuple[str, dict[str, str]]] = []
    for name in names:
        bare = _bare(name, names)
        if groups and (bare in _TOLD or bare.startswith("Metric: ")):
            groups[-1][1].setdefault(bare, name)
        else:
            groups.append((name, {}))
    first = next((at for at, (_, told) in enumerate(groups) if _REASON in told), len(groups))
    before = [column for group, told in groups[:first] for column in (group, *told.values())]
    variables = tuple(before[1:] if before[:1] == ["Description"] else before)
    return tuple(_Outputs(name, told, variables) for name, told in groups if _REASON in told)


def _bare(name: str, names: Sequence[str]) -> str:
    bare = _NUMBER.sub("", name)
    return bare if bare in names else name


def _is_row(value: Object) -> bool:
    return _REASON in value and bool(_outputs(tuple(value)))


def _cell(row: Object, one: _Outputs, log: Ledger) -> list[Record]:
    """Return the output in one cell of a row."""
    told = {name: row[column] for name, column in one.told.items()}
    text, status = str(row[one.column] or ""), told.get("Status")
    if status is None and (mark := _MARK.match(text)):  # as older versions tell it
        status = mark[1]
        text = text[mark.end() :].removeprefix(f"{told[_REASON]}\n---\n")
    if status == "ERROR" or not (text or status):
        log.skip("calls that ended in an error" if status else "results without output")
        return []
    named = _PROVIDER.fullmatch(_bare(one.column, tuple(row)))
    label = named[2] if named else one.column
    scores = unquote(told.get("Named Scores"))
    return answers(
        [said._replace(reasoning=str(told.get("Reasoning") or "")) for said in served(text)],
        log,
        _filled(label, {name: str(row[name]) for name in one.variables}),
        model=named[1] if named else None,
        score=told.get("Score"),
        extra=scores,
    )


def _filled(label: str, variables: dict[str, str]) -> str:
    """Return a template with its variables in place, and those that it does not name below it."""
    text = _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), label)
    used = {found[1] for found in _VARIABLE.finditer(label)}
    rest = [f"{name}: {value}" for name, value in variables.items() if name not in used]
    return "\n".join([text, *rest])


FORMAT = Shape("promptfoo", "promptfoo results", recognise, records)
