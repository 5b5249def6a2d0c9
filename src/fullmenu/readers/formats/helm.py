"""``scenario_state.json`` of HELM."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import said
from fullmenu.text.json_values import Object, at, first, holds, is_object, listed


def recognise(value: object) -> bool:
    """Tell by ``adapter_spec`` and ``request_states``."""
    return holds(value, "adapter_spec", request_states=list)


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield the completions of every request."""
    if not recognise(value):
        raise Reject("no adapter_spec and request_states")
    model = at(value, "adapter_spec", "model")
    read = partial(_completions, model=model, log=log)
    return log.each(listed(value["request_states"]), "not a request of HELM", read)


def _completions(state: object, model: object, log: Ledger) -> list[Record]:
    if not is_object(state):
        raise TypeError("no object")
    request, result = state.get("request"), state.get("result")
    completions = listed(at(result, "completions"))
    if at(result, "success") is False or not completions:
        log.skip("requests that failed or were not run")
        return []
    if state.get("request_mode") == "original" or at(request, "max_tokens") == 0:
        log.skip("requests that measure likelihoods and generate no text")
        return []
    return answers(
        [said(at(completion, "text")) for completion in completions],
        log,
        first(request, "messages", "prompt") or at(state, "instance", "input", "text"),
        model=at(request, "model") or model,
        parameters={name: at(request, name) for name in ("temperature", "top_p", "max_tokens")},
        time=at(result, "request_datetime"),
    )


FORMAT = Shape("helm", "HELM scenario state", recognise, records)
