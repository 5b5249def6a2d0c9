"""Results of promptfoo: ``eval -o`` as JSONL or JSON.

``promptId`` names the template: the prompt is what was made of it, ``prompt.raw``.
"""

from __future__ import annotations

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, first, holds, is_object, listed
from fullmenu.text.wrappings import served


def recognise(value: object) -> bool:
    """Tell by ``provider``, ``response`` and ``vars`` or ``testCase``, or a list of such."""
    return _is_result(value) or any(map(_is_result, _results(value)))


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the output of each result, with the model that gave it."""
    if _is_result(value):
        return _output(value, log)
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


FORMAT = Shape("promptfoo", "promptfoo results", recognise, records)
