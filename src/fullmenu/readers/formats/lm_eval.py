"""lm-evaluation-harness: ``samples_*.jsonl``, as ``--log_samples`` writes them.

Read is ``resps``. ``filtered_resps`` is what a filter left of it, by default the first only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.scalars import number
from fullmenu.samples import Record
from fullmenu.text.chat import asked, messages_in


def recognise(value: Any) -> bool:
    """Tell by ``resps`` with ``doc`` or ``arguments``."""
    return isinstance(value, dict) and "resps" in value and ("doc" in value or "arguments" in value)


def records(value: Any, log: Ledger) -> list[Record]:
    """Return every response to every request of a document."""
    if not recognise(value):
        raise Reject("no resps with doc or arguments")
    if value.get("filter") != log.state.setdefault("filter", value.get("filter")):
        log.skip("records that repeat the same outputs under another filter")
        return []
    requests = list(_arguments(value.get("arguments")))
    responses = value["resps"]
    if requests and not any(generates for _, generates in requests):
        log.skip("documents of tasks that measure likelihoods and generate no text")
        return []
    if len(requests) != len(responses):
        requests = requests[:1] * len(responses) or [(None, True)] * len(responses)
    found = [
        Record(text, prompt)
        for (prompt, _), response in zip(requests, responses, strict=True)
        for text in _texts(response, log)
    ]
    if len(found) == 1:
        found = [found[0]._replace(score=_score(value))]
    return found


def _arguments(arguments: Any) -> Iterator[tuple[str | None, bool]]:
    """Yield prompts, and whether text was to be generated, not a likelihood measured.

    Written are ``{"gen_args_0": {"arg_0": prompt, "arg_1": options}}`` or ``[[prompt, options]]``.
    """
    listed: Iterable[Any] = arguments.values() if isinstance(arguments, dict) else arguments or []
    for one in listed:
        if isinstance(one, dict):
            one = list(one.values())
        first, *options = one if isinstance(one, list) and one else [one]
        if isinstance(first, list) and len(first) == 1:  # a chat as a wrapped JSON string
            first = first[0]
        yield asked(messages_in(first)), bool(options) and isinstance(options[0], dict)


def _texts(response: Any, log: Ledger) -> Iterator[str]:
    if isinstance(response, str):
        yield response
    elif isinstance(response, list):
        for one in response:
            yield from _texts(one, log)
    else:
        log.skip("null outputs" if response is None else "responses that are not text")


def _score(value: dict[str, Any]) -> float | None:
    for metric in value.get("metrics") or []:
        if isinstance(value.get(metric), (int, float)):
            return number(value[metric])
    return None


FORMAT = Shape(
    "lm-eval",
    "lm-eval samples",
    recognise,
    records,
    about="`samples_*.jsonl` of lm-evaluation-harness",
    told_by="`resps` with `doc` or `arguments`",
)
