"""OpenInference spans of Phoenix; keys flat, nested or as columns."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.readers.spans import NO_CONTENT, is_otlp, nested, plain, span_key
from fullmenu.samples import Record
from fullmenu.text.chat import Said, said
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, at, first, is_list, is_object, objects
from fullmenu.text.wrappings import served

_COLUMNS = ("attributes.llm.", "attributes.openinference.")


def recognise(value: object) -> bool:
    """Tell by a span kind, or ``attributes.llm.*``."""
    if not is_object(value) or is_otlp(value):
        return False
    if any(str(name).startswith(_COLUMNS) for name in value):
        return True
    attributes = value.get("attributes")
    if not (is_object(attributes) or is_list(attributes)) or is_object(value.get("span_kind")):
        return False
    try:
        attributes = plain(attributes)
    except Reject:
        return False
    return (
        "openinference.span.kind" in attributes
        or "span_kind" in value
        or is_object(attributes.get("openinference"))
        or any(name == "llm" or str(name).startswith("llm.") for name in attributes)
    )


def records(value: object, log: Ledger) -> list[Record]:
    """Return the output messages of an LLM span; each is a choice."""
    if not is_object(value):
        raise Reject("not a span")
    attributes = _attributes(value)
    llm = attributes.get("llm") or {}
    kind = at(attributes, "openinference", "span", "kind") or value.get("span_kind")
    kind = str(kind or ("LLM" if llm else "other")).upper()
    if kind != "LLM":
        log.skip(f"spans of kind {kind}, which are no model calls")
        return []
    outputs = _served(llm, attributes)
    if outputs is None:
        log.skip(NO_CONTENT)
        return []
    trace, span = span_key(value)
    parent = first(value, "parent_id", "parentSpanId", "parent_span_id", "parent")
    return answers(
        outputs,
        log,
        _asked(llm, attributes),
        model=at(llm, "model_name"),
        time=first(value, "time", "start_time"),
        call_id=f"{trace}/{span}" if trace and span else span,
        parameters=at(llm, "invocation_parameters"),
        once=(trace or span, span),
        within=(trace or parent, parent) if parent else (),
    )


def _attributes(value: Object) -> Object:
    if "attributes" in value:
        return nested(plain(value["attributes"]))
    columns = {k.removeprefix("attributes."): v for k, v in value.items() if "attributes." in k}
    return nested({k: unquote(v) if "messages" in k else v for k, v in columns.items()})


def _asked(llm: object, attributes: Object) -> object:
    if messages := _messages(at(llm, "input_messages")):
        return messages
    if is_list(prompts := at(llm, "prompts")) and prompts:
        return [at(prompt, "prompt", "text") or prompt for prompt in prompts]
    return at(attributes, "input", "value")


def _served(llm: object, attributes: Object) -> Sequence[Said] | None:
    if messages := _messages(at(llm, "output_messages")):
        return list(map(said, messages))
    if texts := [at(choice, "completion", "text") for choice in objects(at(llm, "choices"))]:
        return [Said(text) for text in texts if isinstance(text, str)]
    value = at(attributes, "output", "value")
    return None if value is None else served(value, sure=True)


def _messages(listed: object) -> list[Object]:
    """Return the messages in a list of ``{"message": {…}}``, with their parts as content."""
    found: list[Object] = []
    for one in listed if is_list(listed) else []:
        inner = one.get("message", one) if is_object(one) else {"content": one}
        if not is_object(inner):
            raise TypeError("a message is no object")
        message = {**inner}
        parts = list(objects(message.pop("contents", None)))
        if parts and not message.get("content"):
            message["content"] = [_part(part.get("message_content", part)) for part in parts]
        found.append(message)
    return found


def _part(part: object) -> Object:
    return {k: v for k, v in part.items() if v is not None} if is_object(part) else {}


FORMAT = Shape("openinference", "OpenInference spans", recognise, records)
