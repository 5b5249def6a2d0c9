"""OpenInference spans, as Phoenix keeps and exports them; keys flat, nested or as columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fullmenu.readers import scalars
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.spans import is_otlp, nested, plain
from fullmenu.samples import Record
from fullmenu.text.chat import asked, said, served
from fullmenu.text.encoding import dump, unquote

_KIND = "openinference.span.kind"


def recognise(value: Any) -> bool:
    """Tell by a span kind, or by columns ``attributes.llm.*``."""
    if not isinstance(value, dict) or is_otlp(value):
        return False
    if any(str(k).startswith(("attributes.llm.", "attributes.openinference.")) for k in value):
        return True
    attributes = value.get("attributes")
    if not isinstance(attributes, (dict, list)) or isinstance(value.get("span_kind"), dict):
        return False
    try:
        attributes = plain(attributes)
    except Reject:
        return False
    return (
        _KIND in attributes
        or "span_kind" in value
        or isinstance(attributes.get("openinference"), dict)
        or any(k == "llm" or str(k).startswith("llm.") for k in attributes)
    )


def records(value: Any, log: Ledger) -> Iterator[Record]:
    """Yield the output messages of an LLM span; each is a choice."""
    if not isinstance(value, dict):
        raise Reject("not a span")
    attributes = _attributes(value)
    llm = attributes.get("llm") or {}
    kind = _at(attributes, "openinference", "span", "kind") or value.get("span_kind")
    kind = str(kind or ("LLM" if llm else "other")).upper()
    if kind != "LLM":
        log.skip(f"spans of kind {kind}, which are no model calls")
        return
    outputs = _served(llm, attributes, log)
    if outputs is None:
        log.skip("model calls without content")
        return
    prompt = asked(_asked(llm, attributes))
    model = llm.get("model_name")
    time = scalars.time(value.get("time") or value.get("start_time"))
    for text in outputs:
        yield Record(text, prompt, model=model, time=time)


def _attributes(value: dict[str, Any]) -> dict[str, Any]:
    if "attributes" in value:
        return nested(plain(value["attributes"]))
    columns = {k.removeprefix("attributes."): v for k, v in value.items() if "attributes." in k}
    return nested({k: unquote(v) if "messages" in k else v for k, v in columns.items()})


def _asked(llm: dict[str, Any], attributes: dict[str, Any]) -> Any:
    messages = _messages(llm.get("input_messages"))
    if messages:
        return messages
    prompts = llm.get("prompts")
    if prompts:
        return [_at(p, "prompt", "text") or p for p in prompts]
    return _at(attributes, "input", "value")


def _served(llm: dict[str, Any], attributes: dict[str, Any], log: Ledger) -> list[str] | None:
    messages = _messages(llm.get("output_messages"))
    if messages:
        return log.texts(map(said, messages))
    plain_ones = [_at(c, "completion", "text") for c in llm.get("choices") or []]
    if plain_ones:
        return [t for t in plain_ones if isinstance(t, str)]
    value = unquote(_at(attributes, "output", "value"))
    if isinstance(value, dict) and "choices" in value:
        return log.texts(served(value))
    return None if value is None else [dump(value)]


def _messages(listed: Any) -> list[dict[str, Any]]:
    """Return messages as ``{"role", "content"}`` from ``{"message": {…}}`` in a list."""
    if not isinstance(listed, list):
        return []
    found = []
    for one in listed:
        message = dict(one.get("message", one)) if isinstance(one, dict) else {"content": one}
        parts = message.pop("contents", None)
        if parts and not message.get("content"):
            message["content"] = [_part(p.get("message_content", p)) for p in parts]
        found.append(message)
    return found


def _part(part: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in part.items() if v is not None}


def _at(value: Any, *path: str) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


FORMAT = Shape(
    "openinference",
    "OpenInference spans",
    recognise,
    records,
    about="OpenInference spans of Phoenix",
    told_by="a span kind, or `attributes.llm.*`",
)
