"""``samples_*.jsonl`` of lm-evaluation-harness.

Read is ``resps``. ``filtered_resps`` is what a filter left of it, by default the first only.
"""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.readers.scalars import number
from fullmenu.samples import Record
from fullmenu.text.chat import said
from fullmenu.text.json_values import Object, holds, is_list, is_object


def recognise(value: object) -> bool:
    """Tell by ``resps`` with ``doc`` or ``arguments``."""
    return holds(value, "resps") and ("doc" in value or "arguments" in value)


def records(value: Object, log: Ledger) -> list[Record]:
    """Return every response to every request of a document."""
    if not recognise(value):
        raise Reject("no resps with doc or arguments")
    if value.get("filter") != log.state.setdefault("filter", value.get("filter")):
        log.skip("records that repeat the same outputs under another filter")
        return []
    requests = list(_requests(value.get("arguments")))
    if requests and not any(generates for _, generates in requests):
        log.skip("documents of tasks that measure likelihoods and generate no text")
        return []
    responses = value["resps"]
    if not is_list(responses):
        raise TypeError("resps is no list")
    if len(requests) != len(responses):
        requests = (requests[:1] or [(None, True)]) * len(responses)
    found = [
        record
        for (prompt, _), response in zip(requests, responses, strict=True)
        for record in answers(map(said, _each(response)), log, prompt)
    ]
    return [found[0]._replace(score=_score(value))] if len(found) == 1 else found


def _requests(arguments: object) -> Iterator[tuple[object, bool]]:
    """Yield prompts, and whether text was to be generated, not a likelihood measured.

    Written are ``{"gen_args_0": {"arg_0": prompt, "arg_1": options}}`` or ``[[prompt, options]]``.
    """
    if is_object(arguments):
        arguments = list(arguments.values())
    for one in arguments if is_list(arguments) else []:
        if is_object(one):
            one = list(one.values())
        prompt, *options = one if is_list(one) and one else [one]
        if is_list(prompt) and len(prompt) == 1:  # a chat as a wrapped JSON string
            prompt = prompt[0]
        yield prompt, bool(options) and is_object(options[0])


def _each(response: object) -> Iterator[object]:
    """Yield the responses in lists inside lists."""
    if is_list(response):
        for one in response:
            yield from _each(one)
    else:
        yield response


def _score(value: Object) -> float | None:
    metrics = value.get("metrics")
    scores = (value.get(str(metric)) for metric in (metrics if is_list(metrics) else ()))
    return next((number(score) for score in scores if isinstance(score, (int, float))), None)


FORMAT = Shape("lm-eval", "lm-eval samples", recognise, records)
