"""What providers and frameworks wrap around a message, as objects or as JSON inside a string.

Known are the bodies of OpenAI (chat, completions, responses, streams), Anthropic, Gemini, Bedrock,
Cohere, Ollama, vLLM and servers like them, and what LangChain, the Vercel AI SDK and pydantic-ai
write.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TypeGuard

from fullmenu.text.chat import (
    ENDS,
    NULL,
    TEXT,
    MessagePart,
    Said,
    is_call,
    is_conversation,
    is_message,
    is_own,
    is_parts,
    part_of,
    parts_of,
    said,
    weighed,
)
from fullmenu.text.encoding import dump, unquote
from fullmenu.text.json_values import Object, at, first, is_list, is_object, listed

NO_CHOICE = "responses without a choice"
NO_MESSAGE = "responses without a message"
NO_OBJECT = "choices that are not objects"
UNKNOWN = "outputs in a provider's wrapping that is not known"

_USAGE = {
    "usage", "usage_metadata", "usageMetadata", "token_usage", "tokenUsage", "prompt_tokens",
    "completion_tokens", "total_tokens", "input_tokens", "output_tokens", "eval_count",
    "token_count", "inputTextTokenCount", "llm_output",
}  # fmt: skip
_IDS = {
    "response_id", "responseId", "request_id", "requestId", "completion_id", "system_fingerprint",
    "model_version", "modelVersion", "response_metadata", "sdk_http_response", "created",
    "created_at",
}  # fmt: skip
_ID_BEGINS = ("chatcmpl-", "cmpl-", "msg_", "resp_", "gen-", "run-", "call_")
_WITHIN = ("response", "result", "output", "outputs", "modelOutput", "body", "message", "data")
"""Where the answer stands in a wrapping that is not known itself."""
_TEXTS = (
    "output_text", "outputText", "generated_text", "generation", "completion", "response", "text",
    "output",
)  # fmt: skip
"""Where a text stands by itself in a wrapping."""
_KNOWN = {"content", "parts", "tool_calls", "toolCalls", "reasoning_content"}
_BESIDE = {*_TEXTS, *ENDS, *_USAGE, *_IDS, "id", "model"}
_MARKS = {*ENDS, "done", "tool_calls", "toolCalls", "token_ids", "generated_text", "outputText"}
_SIGNS = {
    *_BESIDE, *_MARKS, *_KNOWN, *_WITHIN, "choices", "candidates", "generations", "results", "role",
    "from", "messages", "function", "toolCallId", "tool_call_id", "type", "delta", "lc",
}  # fmt: skip
"""At least one of these is in whatever is known."""
_QUOTES = ("{", "[", '"')
_DEPTH = 8  # wrappings inside wrappings


def served(value: object, sure: bool = False) -> list[Said]:
    """Return the answers in whatever stands where an output should.

    Parameters
    ----------
    value
        A text, a message, or a list of them; the body of a response; what a framework writes; or
        one of these as JSON inside a string. A list of messages is one answer, the model's last
        turn, unless all are the model's: then each is a choice.
    sure
        The place is a framework's: an object of few fields in a string is its, not the model's, and
        one that is not known is an output with fields.

    Examples
    --------
    >>> [answer.text for answer in served({"choices": [{"text": "fig"}, {"text": "kiwi"}]})]
    ['fig', 'kiwi']
    >>> served('{"candidates": [{"content": {"parts": [{"text": "fig"}]}}]}')[0].text
    'fig'
    >>> served('{"fruit": "fig"}')[0].text
    '{"fruit": "fig"}'
    >>> served({"output": [{"type": "reasoning", "summary": []}]})[0].missing
    'responses without a message'
    """
    text = value if isinstance(value, str) else None
    inner = unquote(value, texts=sure)
    if isinstance(inner, str):
        return [Said(inner)]
    if text is not None and not sure and _is_plain(inner):
        return [Said(text)]
    listed_texts = text is not None and is_list(inner)
    found = _answers(inner, _DEPTH, listed_texts or (text is not None and not sure))
    if found is not None:
        return found or [Said(missing=NO_CHOICE)]
    if is_wrapped(inner):
        shown = ", ".join(str(name)[:40] for name in [*inner][:5])
        return [Said(missing=f"{UNKNOWN} (its fields: {shown})")]
    if value is None:
        return [Said(missing=NULL)]
    return [Said(dump(value)) if sure or text is not None else Said(missing=NO_CHOICE)]


def _is_plain(value: object) -> bool:
    """Tell at once that an object is no wrapping, as most that a model writes are none."""
    return (
        is_object(value)
        and not _SIGNS & value.keys()
        and not any(is_object(one) or is_list(one) for one in value.values())
    )


def unwrapped(text: str) -> list[Said] | None:
    """Return the answers in a text that is a body or a message as JSON, ``None`` if it is neither.

    >>> unwrapped("fig") is unwrapped('{"fruit": "fig"}') is None
    True
    >>> unwrapped('{"role": "assistant", "content": "fig"}')[0].text
    'fig'
    """
    if text[:1] not in _QUOTES:
        return None
    answers = served(text)
    return None if len(answers) == 1 and answers[0].text == text else answers


def is_wrapped(value: object) -> TypeGuard[Object]:
    """Tell whether a value looks like what a provider writes around a text.

    It has two of: the id or version of a call, its usage, why it ended.

    >>> is_wrapped({"id": "msg_01", "stop_reason": "end_turn"}), is_wrapped({"id": 1, "usage": "x"})
    (True, False)
    """
    if not is_object(value):
        return False
    near = [value, *filter(is_object, value.values())]
    near += [one for v in value.values() for one in listed(v)[:3] if is_object(one)]
    counts = (one[name] for one in near for name in _USAGE & one.keys())
    marks = (
        any(name in one for one in near for name in ENDS),
        any(is_object(count) or isinstance(count, int) for count in counts),
        any(_IDS & one.keys() or str(one.get("id")).startswith(_ID_BEGINS) for one in near),
    )
    return sum(marks) > 1


def _answers(value: object, depth: int, quoted: bool) -> list[Said] | None:
    """Return the answers in what a provider or a framework writes; ``None`` if it is no such.

    What was a string may be JSON that the model itself wrote, and needs a surer sign.
    """
    if depth and is_list(value):
        return _of_list(value, depth, quoted) if value else None
    if not depth or not is_object(value):
        return None
    for name in ("choices", "candidates", "generations"):
        if is_list(choices := value.get(name)):
            flat = [*chain(*(one if is_list(one) else [one] for one in choices))]
            if not flat or any(map(is_object, flat)) or (name == "generations" and not quoted):
                return joined([value]) or list(map(_choice, flat))
    if is_message(value) or is_call(value):
        return [said(value)]
    if is_conversation(messages := value.get("messages")):
        return [said(messages)]
    items = value.get("output")
    if is_list(items) and (_are_items(items) or not (items or quoted)):
        return [_response(items, at(value, "incomplete_details", "reason"))]
    content = value.get("content")
    for inner in (value.get("message"), value.get("delta"), content):
        if is_object(inner) and (is_message(inner) or _KNOWN & inner.keys()):
            return [_choice(value)]
    if is_parts(content) or is_parts(value.get("parts")):
        return [said(value)]
    return _within(value, depth, quoted)


def _within(value: Object, depth: int, quoted: bool) -> list[Said] | None:
    """Return the answers in a wrapping: deeper in it, or a text beside what else is known."""
    for name in _WITHIN:
        if (inner := value.get(name)) is not None:
            opened = unquote(inner)
            below = _answers(opened, depth - 1, quoted or opened is not inner)
            if below is not None and not isinstance(opened, str):
                return below
    for name in ("results", "outputs"):
        if (each := listed(value.get(name))) and all(map(is_object, each)):
            found = [_answers(one, depth - 1, quoted) for one in each]
            if None not in found:
                return list(chain(*(one or () for one in found)))
    few = not quoted and len(value) <= 3 and value.keys() <= _BESIDE
    if few or _MARKS & value.keys():
        for name in _TEXTS:
            if isinstance(text := value.get(name), str):
                return [weighed([MessagePart(TEXT, text, text)], value)]
    return None


def _of_list(value: Sequence[object], depth: int, quoted: bool) -> list[Said] | None:
    if _are_items(value):
        return [_response(value)]
    if is_conversation(value):
        return [said(one) for one in value] if all(map(is_own, value)) else [said(value)]
    if is_parts(value):
        return [said(value)]
    if (streamed := joined(value)) is not None:
        return streamed
    if all(isinstance(text, str) for text in value):
        return None if quoted or depth < _DEPTH else list(map(said, value))
    found = [_answers(one, depth - 1, quoted) for one in value]
    return None if None in found else list(chain(*(one or () for one in found)))


def _choice(choice: object) -> Said:
    """Read a choice of OpenAI, a candidate of Gemini, a generation of LangChain, and their like."""
    if isinstance(choice, str):
        return Said(choice)
    if not is_object(choice):
        return Said(missing=NO_OBJECT)
    inner = first(choice, "message", "content", "delta")
    text = choice.get("text")
    if isinstance(text, str) and not is_object(inner):
        answer = weighed([MessagePart(TEXT, text, text)], choice)
    else:
        answer = said(inner)
    reason = first(choice, *ENDS) or at(choice, "generation_info", "finish_reason")
    return answer._replace(
        logprobs=choice.get("logprobs"), finish_reason=reason or answer.finish_reason
    )


def _are_items(value: Sequence[object]) -> bool:
    """Tell whether a list holds the items of a response: messages in parts, calls, reasoning."""
    kinds = [at(item, "type") for item in value]
    return all(isinstance(kind, str) for kind in kinds) and (
        any(k == "message" and is_list(at(i, "content")) for k, i in zip(kinds, value, strict=True))
        or (bool(kinds) and all(kind in ("reasoning", "function_call") for kind in kinds))
    )


def _response(items: Sequence[object], reason: object = None) -> Said:
    """Read the items of a response as the parts of one message, as its ``output_text`` does."""
    objects = [item for item in items if is_object(item)]
    messages = [o for o in objects if o.get("type") == "message" and is_own(o)]
    parts = [part for message in messages for part in parts_of(message)]
    others = (part_of(o) for o in objects if o.get("type") != "message")
    answer = weighed([*parts, *filter(None, others)], messages[-1] if messages else {})
    answer = answer._replace(finish_reason=reason)
    if not messages:
        return answer._replace(missing=NO_MESSAGE)
    each = [at(part.whole, "logprobs") for part in parts if part.kind == TEXT]
    if not all(map(listed, each)):
        return answer
    return answer._replace(logprobs=[token for tokens in each for token in listed(tokens)] or None)


def joined(chunks: Sequence[object]) -> list[Said] | None:
    """Return the answers in the pieces of a stream, joined by choice; ``None`` if it is none.

    >>> pieces = [{"choices": [{"delta": {"content": text}}]} for text in ("A ", "fig.")]
    >>> [answer.text for answer in joined(pieces)]
    ['A fig.']
    """
    deltas: dict[object, list[Object]] = {}
    for chunk in chunks:
        choices = at(chunk, "choices")
        if not is_list(choices):
            return None
        for choice in choices:
            if not is_object(delta := at(choice, "delta")):
                return None
            deltas.setdefault(at(choice, "index"), []).append(delta)
    return [_said_in_pieces(pieces) for pieces in deltas.values()] or None


def _said_in_pieces(pieces: Sequence[Object]) -> Said:
    message: dict[str, object] = {}
    for name in ("content", "reasoning_content", "reasoning"):
        texts = [text for piece in pieces if isinstance(text := piece.get(name), str)]
        message[name] = "".join(texts) if texts else None
    message["tool_calls"] = [c for piece in pieces for c in listed(piece.get("tool_calls"))]
    return said(message)
