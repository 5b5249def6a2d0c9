"""Messages and choices to text: what was asked, and what was served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fullmenu.readers.ledger import Ledger
from fullmenu.readers.logprobs import logprobs
from fullmenu.readers.values import dump, unquote

_TEXT_PARTS = {"text", "input_text", "output_text", None}
_TOOLS = {"tool_call", "tool_use", "function_call"}
_USERS = {"user", "human", None, ""}


def render(messages: Any) -> str | None:
    """Write what was asked as one text.

    A conversation becomes ``role: content`` lines; a single user message just its content.

    >>> render([{"role": "user", "content": "Hi"}])
    'Hi'
    >>> print(render([{"role": "system", "content": "Short!"}, {"role": "user", "content": "Hi"}]))
    system: Short!
    user: Hi
    """
    if messages is None or isinstance(messages, str):
        return messages
    if isinstance(messages, dict):
        if isinstance(messages.get("messages"), list):
            return render(messages["messages"])
        if "content" not in messages and "parts" not in messages:
            return dump(messages)
        messages = [messages]
    if not isinstance(messages, list):
        return dump(messages)
    if not all(isinstance(m, dict) for m in messages):
        return (
            messages[0] if len(messages) == 1 and isinstance(messages[0], str) else dump(messages)
        )
    spoken = [(_role(m), _shown(m)) for m in messages]
    if len(spoken) == 1 and spoken[0][0] in _USERS:
        return spoken[0][1]
    return "\n".join(f"{role or 'user'}: {text}" for role, text in spoken)


def said(message: Any, log: Ledger) -> str | None:
    """Return the text of an output message, or ``None`` after counting why there is none."""
    if isinstance(message, str):
        return message
    if not isinstance(message, dict):
        log.skip("null outputs" if message is None else "outputs that are not text")
        return None
    text = content(message)
    if text:
        return text
    if isinstance(message.get("refusal"), str):
        return str(message["refusal"])
    if (
        message.get("tool_calls")
        or message.get("function_call")
        or any(isinstance(p, dict) and p.get("type") in _TOOLS for p in _parts(message))
    ):
        log.skip("messages with tool calls and no text")
    elif text is not None:
        return text
    elif _parts(message):
        log.skip("messages without a text part")
    else:
        log.skip("null outputs")
    return None


def choices(body: dict[str, Any], log: Ledger) -> list[str]:
    """Return the texts that a response body holds: chat or plain completions, or responses."""
    return [text for text, _ in served(body, log)]


def served(body: dict[str, Any], log: Ledger) -> list[tuple[str, Sequence[float] | None]]:
    """Return the texts that a response body holds, and the log-probabilities of their tokens."""
    found: list[tuple[str | None, Any]] = []
    if isinstance(body.get("choices"), list):
        for choice in body["choices"]:
            if not isinstance(choice, dict):
                log.skip("choices that are not objects")
            elif isinstance(choice.get("text"), str):
                found.append((choice["text"], choice.get("logprobs")))
            else:
                found.append((said(choice.get("message"), log), choice.get("logprobs")))
        if not body["choices"]:
            log.skip("responses without a choice")
    elif isinstance(body.get("output"), list):
        items = [o for o in body["output"] if isinstance(o, dict) and o.get("type") == "message"]
        found = [(said(item, log), _of_parts(item)) for item in items]
        if not items:
            log.skip("responses without a message")
    else:
        log.skip("responses without a choice")
    return [(t, p if p is None else logprobs(p, log)) for t, p in found if t is not None]


def _of_parts(message: dict[str, Any]) -> list[Any] | None:
    """Join the log-probabilities of a message's text parts, if all have some."""
    each = [part.get("logprobs") for part in _parts(message) if _is_text(part)]
    if not all(isinstance(one, list) and one for one in each):
        return None
    return [token for one in each for token in one or ()] or None


def content(message: dict[str, Any]) -> str | None:
    """Join the text parts of a message; other parts (reasoning, tools, images) are left out."""
    value = message.get("content", message.get("value") if "from" in message else None)
    if isinstance(value, str):
        return value
    texts = list(_texts(_parts(message)))
    return "".join(texts) if texts else None


def is_message(value: Any) -> bool:
    """Tell whether a value is a message of a conversation."""
    return isinstance(value, dict) and (
        ("role" in value and ("content" in value or "parts" in value or "tool_calls" in value))
        or ("from" in value and "value" in value)
    )


def is_conversation(value: Any) -> bool:
    """Tell whether a value is a list of messages."""
    return isinstance(value, list) and bool(value) and all(is_message(m) for m in value)


def messages_in(value: Any) -> Any:
    """Return the messages inside a JSON string; any other text stays itself."""
    inner = unquote(value)
    if is_conversation(inner) or is_message(inner):
        return inner
    if isinstance(inner, dict) and is_conversation(inner.get("messages")):
        return inner["messages"]
    return value


def _role(message: dict[str, Any]) -> str | None:
    role = message.get("role", message.get("from"))
    return None if role is None else str(role)


def _shown(message: dict[str, Any]) -> str:
    """Write a prompt's message: text as it is, anything else as a stand-in that tells it apart."""
    text = content(message)
    others = [p for p in _parts(message) if not _is_text(p)]
    shown = [] if text is None else [text]
    if text is None or not isinstance(message.get("content"), str):
        shown += [f"[{p.get('type', 'part')} {_mark(p)}]" for p in others]
    if message.get("tool_calls"):
        shown.append(f"[tool_calls {_mark(message['tool_calls'])}]")
    return "".join(shown)


def _mark(part: Any) -> str:
    from hashlib import blake2b

    return blake2b(dump(part).encode("utf-8", "replace"), digest_size=4).hexdigest()


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    parts = message.get("parts")
    if parts is None:
        parts = message.get("content")
    if isinstance(parts, dict):
        parts = [parts]
    if not isinstance(parts, list):
        return []
    return [
        {"type": "text", "text": p} if isinstance(p, str) else p for p in parts if p is not None
    ]


def _texts(parts: Iterable[Any]) -> Iterable[str]:
    for part in parts:
        if _is_text(part):
            text = part.get("text", part.get("content"))
            if isinstance(text, str):
                yield text


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") in _TEXT_PARTS
