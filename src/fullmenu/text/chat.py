"""Chat messages as text: what was asked, and what was said, whoever's shape they have.

Every message is brought to a role and a list of parts, each of one kind: text, reasoning, a tool's
call or result, or something else. Known are OpenAI chat completions and responses, Anthropic
messages, Gemini contents, LangChain messages (as they are and serialised), ShareGPT turns, and the
parts of the Vercel AI SDK, pydantic-ai and OpenTelemetry. ``wrappings`` knows what is around them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple, TypeGuard

from fullmenu.errors import BadInput
from fullmenu.text.encoding import dump, unquote
from fullmenu.text.json_values import Object, first, is_list, is_object, listed

NULL = "null outputs"
NOT_TEXT = "outputs that are not text"
ONLY_CALLS = "messages with tool calls and no text"
ONLY_THOUGHTS = "outputs with reasoning and no answer"
NO_TEXT_PART = "messages without a text part"
NO_TURN = "conversations without a turn of the model: prompts, not outputs"
NOT_OWN = "messages of a user or a tool, not of the model"

TEXT, REASONING, CALL, RESULT = "text", "reasoning", "tool calls", "tool results"
_TEXT_TYPES = {"text", "input_text", "output_text", "refusal", None}
_PART_TYPES = {
    "text", "input_text", "output_text", "refusal", "thinking", "redacted_thinking", "reasoning",
    "image", "image_url", "input_image", "input_audio", "audio", "file", "document",
    "tool_result", "tool-result", "web_search_tool_result", "function_call_output",
}  # fmt: skip
_CALL_TYPES = {"function_call", "tool_use", "server_tool_use", "tool-call", "tool_call"}
_ROLES = {"human": "user", "": "user"} | dict.fromkeys(
    ("ai", "gpt", "chatgpt", "model", "bot", "chatbot"), "assistant"
)
_LANGCHAIN = {"human", "ai", "system", "tool", "function", "chat"}
_WORDS = ("text", "thinking", "reasoning", "reasoningText", "content", "summary")
_CALLS = ("tool_calls", "toolCalls", "function_call")
_THOUGHTS = ("reasoning_content", "reasoning", "reasoningText", "thinking")
_BESIDE = (*_CALLS, *_THOUGHTS, "additional_kwargs")
_HELD = ("[{", '{"')  # how parts and calls begin that are JSON inside a content
_RULES = {
    "messages": ("system", "systemPrompt"),
    "contents": ("systemInstruction", "system_instruction"),
    "input": ("instructions",),
    "prompt": ("system",),
}
"""Where the system prompt stands in a request, by where its turns stand."""
_TURNS = ("messages", "contents", "new_message", "prompt", "prompts", "input", "args", "kwargs")
_QUESTIONS = ("question", "query", "instruction", "user_input", "input_text", "inputText")
_REQUEST = {
    *_TURNS, *_QUESTIONS, *chain(*_RULES.values()), "model", "modelId", "config", "tools",
    "tool_choice", "toolConfig", "temperature", "top_p", "top_k", "max_tokens", "max_new_tokens",
    "max_output_tokens", "maxTokens", "seed", "n", "stop", "stream", "metadata", "formatted",
    "options", "generation_config", "generationConfig", "inferenceConfig", "safety_settings",
    "safetySettings", "labels", "user", "user_id", "session_id", "state_delta", "run_config",
    "response_format", "thinking",
}  # fmt: skip
"""Fields of a request; an object with others too may be a prompt as it stands."""

ENDS = (
    "finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason", "completionReason",
)  # fmt: skip
"""Where it stands why an answer ended."""


class Said(NamedTuple):
    """What one answer says, and what of it is no text.

    Parameters
    ----------
    left_out
        How many parts of each kind are not in the text.
    """

    text: str | None = None  # ``None`` where there is none; an empty text is an answer
    calls: tuple[object, ...] = ()  # the tools that it calls, in order, as they stand
    reasoning: str = ""  # its thoughts, where they stand apart from the text
    left_out: Mapping[str, int] = MappingProxyType({})
    missing: str = ""  # why there is no text
    logprobs: object = None  # the log-probabilities of its tokens, as they stand
    finish_reason: object = None  # why it ended, as it stands


class MessagePart(NamedTuple):
    """One part of a message, of which kind, with the text that is in it."""

    kind: str
    text: str
    whole: object


def asked(conversation: object) -> str | None:
    """Return what was asked as one text.

    Parameters
    ----------
    conversation
        A text, a message, a list of messages, or the body of a request. Anything else is written
        as JSON.

    Returns
    -------
    str or None
        A single message of the user is its content. Several become lines of ``role: content``, with
        a short hash in place of what is no text, so that two pictures are two prompts.

    Examples
    --------
    >>> asked([{"role": "user", "content": "Hi"}])
    'Hi'
    >>> print(asked([{"role": "system", "content": "Short!"}, {"type": "human", "content": "Hi"}]))
    system: Short!
    user: Hi
    """
    if isinstance(conversation, str):
        inner = unquote(conversation)
        known = is_conversation(inner) or is_message(inner) or is_request(inner)
        if isinstance(inner, str) or not known:
            return conversation
        conversation = inner
    if conversation is None:
        return None
    if is_object(conversation):
        if is_request(conversation):
            return requested(conversation)
        message = _opened(conversation)
        if not ("content" in message or "parts" in message or is_message(message)):
            return dump(conversation)
        conversation = [message]
    if not is_list(conversation):
        return dump(conversation)
    if len(conversation) == 1 and not is_object(conversation[0]):
        alone = conversation[0]  # a batch of one
        return asked(alone) if isinstance(alone, str) or is_list(alone) else dump(conversation)
    turns = [_opened(turn) for turn in conversation if is_object(turn)]
    if len(turns) < len(conversation):
        return dump(conversation)
    if len(turns) == 1 and _role(turns[0]) == "user":
        return _shown(turns[0])
    return "\n".join(f"{_role(m)}: {_shown(m)}" for m in turns)


def is_request(value: object) -> TypeGuard[Object]:
    """Tell whether a value is the body of a request, or the arguments of a call of a model.

    >>> is_request({"model": "m", "contents": "Hi"}), is_request({"args": ["Hi"]})
    (True, True)
    >>> is_request({"topic": "figs", "prompt": "Hi"})
    False
    """
    if not is_object(value):
        return False
    for name in ("messages", "contents"):
        turns = value.get(name)
        if is_list(turns) and turns and (is_object(turns[0]) or is_list(turns[0])):
            return True
    there = any(value.get(name) for name in (*_TURNS, *_QUESTIONS))
    return there and "role" not in value and value.keys() <= _REQUEST


def requested(body: object) -> str | None:
    """Return what a request's body asks: its messages, prompt or input, under its system prompt.

    >>> print(requested({"system": "Be brief.", "messages": [{"role": "user", "content": "Hi"}]}))
    system: Be brief.
    user: Hi
    """
    body = unquote(body)
    if not is_object(body):
        return None
    name = next((n for n in (*_TURNS, *_QUESTIONS) if body.get(n)), None)
    if name is None:
        return None
    turns = body[name]
    if name == "kwargs":
        return requested(turns)
    if name == "args" and is_list(turns):
        turns = turns[0]
    if name == "contents" and is_list(turns) and not is_conversation(turns):
        turns = turns if _all_turns(turns) else [{"role": "user", "parts": turns}]
    if is_list(turns) and len(turns) == 1 and is_list(turns[0]):
        turns = turns[0]  # a batch of one
    names = _RULES.get(name, ())
    rules = next((r for held in (body, body.get("config")) if (r := first(held, *names))), None)
    if rules is None:
        return asked(turns)
    system = rules if is_object(rules) and "parts" in rules else {"content": rules}
    if not _all_turns(turns):
        turns = [{"role": "user", "content": asked(turns)}]
    return asked([{**system, "role": "system"}, *listed(turns)])


def _all_turns(value: object) -> bool:
    return is_list(value) and all(
        is_object(turn) and ("role" in turn or "parts" in turn or is_message(turn))
        for turn in value
    )


def said(answer: object) -> Said:
    """Return what was said: a text, a message, or the model's last turn in a list of messages.

    The answer may be a text, a message, or a list of messages or of one message's parts.

    >>> said({"role": "assistant", "content": [{"type": "text", "text": "A fig."}]}).text
    'A fig.'
    >>> blocks = [{"type": "thinking", "thinking": "…"}, {"type": "tool_use", "name": "look_up"}]
    >>> answer = said({"role": "assistant", "content": blocks})
    >>> answer.text, answer.missing, dict(answer.left_out)
    (None, 'messages with tool calls and no text', {'reasoning': 1, 'tool calls': 1})
    >>> said([{"role": "user", "content": "A fruit?"}]).missing
    'conversations without a turn of the model: prompts, not outputs'
    """
    if isinstance(answer, str):
        return Said(answer)
    if is_object(answer):
        message = _opened(answer)
        if not is_own(message):
            return Said(missing=NOT_OWN)
        if (text := _alone(message)) is not None:
            return Said(text, finish_reason=first(message, *ENDS))
        return weighed(parts_of(message), message)
    if is_list(answer) and answer:
        if not is_conversation(answer):
            return said({"content": answer})
        turn = last_turn(answer)
        return Said(missing=NO_TURN) if turn is None else said(answer[turn])
    return Said(missing=NULL if answer is None else NOT_TEXT)


def is_call(value: object) -> bool:
    """Tell whether a value is the call of a tool, by itself.

    >>> is_call({"toolCallId": "c1", "toolName": "look_up", "input": "{}"}), is_call({"id": "c1"})
    (True, False)
    """
    if not is_object(value) or "role" in value:
        return False
    function = value.get("function")
    if is_object(function) and "name" in function:
        return "arguments" in function or "id" in value
    if "toolCallId" in value or "tool_call_id" in value:
        return "content" not in value
    kind = value.get("type")
    return isinstance(kind, str) and kind in _CALL_TYPES


def is_parts(value: object) -> TypeGuard[Sequence[Object]]:
    """Tell whether a value is a list of the parts of one message, each with its type.

    >>> is_parts([{"type": "text", "text": "fig"}]), is_parts([{"text": "fig"}])
    (True, False)
    """
    return is_list(value) and bool(value) and all(map(_is_part, value))


def _is_part(value: object) -> bool:
    if not is_object(value) or is_call(value):
        return is_object(value)
    kind = value.get("type", value.get("part_kind"))
    return isinstance(kind, str) and kind in _PART_TYPES


def prompt_text(prompt: object) -> str:
    """Return a prompt that a trainer hands over as text: itself, or what :func:`asked` writes.

    Raises
    ------
    BadInput
        It is neither a text nor a chat.

    >>> prompt_text([{"role": "user", "content": [{"type": "text", "text": "Fish?"}]}])
    'Fish?'
    """
    return asked(_handed(prompt)) or ""


def completion_text(completion: object) -> str:
    """Return a completion that a trainer hands over as text: itself, or what :func:`said` finds.

    A completion without text, such as a tool call, is empty.

    Raises
    ------
    BadInput
        It is neither a text nor a chat.

    >>> completion_text([{"role": "assistant", "content": "Trout."}]), completion_text(None)
    ('Trout.', '')
    """
    return said(_handed(completion)).text or ""


def _handed(value: object) -> object:
    for one in value if is_list(value) else [value]:
        if not (one is None or isinstance(one, str) or is_object(one)):
            within = "" if one is value else f" that holds a {type(one).__name__}"
            raise BadInput(
                f"a prompt or completion of type {type(value).__name__}{within}: give a string, or "
                'a chat as a list of {"role", "content"}'
            )
    return value


def is_message(value: object) -> bool:
    """Tell whether a value is a message of a conversation."""
    if not is_object(value):
        return False
    if "role" in value:
        return "content" in value or "parts" in value or "tool_calls" in value
    if "from" in value:
        return "value" in value
    message = _opened(value)
    return "content" in message and _langchain(message) is not None


def is_conversation(value: object) -> TypeGuard[Sequence[Object]]:
    """Tell whether a value is a list of messages."""
    return is_list(value) and bool(value) and all(map(is_message, value))


def last_turn(messages: Sequence[Object]) -> int | None:
    """Return the place of the model's last turn; ``None`` where no turn is the model's.

    >>> last_turn([{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"},
    ...            {"from": "human", "value": "Bye"}])
    1
    """
    places = range(len(messages) - 1, -1, -1)
    return next((p for p in places if _role(_opened(messages[p])) == "assistant"), None)


def weighed(parts: Sequence[MessagePart], message: Object) -> Said:
    """Join the text of parts, and count the others, and what stands beside them in the message."""
    texts = [p.text for p in parts if p.kind == TEXT]
    text = "".join(texts) if texts else None
    refusal = message.get("refusal")
    if not text and isinstance(refusal, str):
        text = refusal
    calls = _calls(message) or [p.whole for p in parts if p.kind == CALL]
    thoughts = _words(_beside(message, _THOUGHTS))
    thoughts = thoughts or "".join(p.text for p in parts if p.kind == REASONING)
    left_out: dict[str, int] = {}
    if calls or thoughts or len(texts) < len(parts):
        counts = Counter(p.kind for p in parts if p.kind != TEXT)
        left_out = dict(counts | Counter({CALL: len(calls), REASONING: int(bool(thoughts))}))
    missing = ""
    if not text:
        if calls:
            text, missing = None, ONLY_CALLS
        elif thoughts:
            text, missing = None, ONLY_THOUGHTS
        elif text is None:
            missing = NO_TEXT_PART if parts else NULL
    reason = first(message, *ENDS)
    return Said(text, tuple(calls), thoughts, left_out, missing, None, reason)


def _opened(message: Object) -> Object:
    """Return a message out of LangChain's wrapping: ``{"lc", "id", "kwargs"}`` or ``{"data"}``."""
    if "lc" in message and is_object(kwargs := message.get("kwargs")):
        path = message.get("id")
        return {"type": path[-1] if is_list(path) and path else None, **kwargs}
    if is_object(data := message.get("data")) and _langchain(message) is not None:
        return {**data, "type": message["type"]}
    return message


def _langchain(message: Object) -> str | None:
    """Return the role that a message of LangChain has for its type: ``ai``, ``AIMessageChunk``."""
    kind = str(message.get("type")).lower().removesuffix("chunk").removesuffix("message")
    return kind if kind in _LANGCHAIN else None


def _role(message: Object) -> str:
    role = message.get("role", message.get("from"))
    role = _langchain(message) if role is None else str(role)
    return _ROLES.get((role or "").lower(), role or "user")


def is_own(message: Object) -> bool:
    """Tell whether a message is the model's, as one without a role is where outputs stand."""
    message = _opened(message)
    named = message.get("role", message.get("from")) or _langchain(message)
    return not named or _role(message) == "assistant"


def _alone(message: Object) -> str | None:
    """Return the content of a message that is a text and nothing else, as most are."""
    content = message.get("content")
    if not content or not isinstance(content, str) or content[:2] in _HELD:
        return None
    return None if any(map(message.get, _BESIDE)) else content


def parts_of(message: Object) -> list[MessagePart]:
    """Return the parts of a message, or the one that it is itself."""
    content = message.get("content", message.get("value") if "from" in message else None)
    parts = message.get("parts")
    if isinstance(content, str) and content[:2] in _HELD:
        inner = unquote(content)
        content = inner if is_parts(inner) else [inner] if is_call(inner) else content
    if isinstance(content, str):
        listed = [content, *(parts if is_list(parts) and not content else ())]
    else:
        either = content if parts is None else parts
        listed = [*either] if is_list(either) else [either]
        if not any(name in message for name in ("role", "from", "content", "parts")):
            listed = [message]  # a part alone, such as an item of a response
    return [read for part in listed if part is not None and (read := part_of(part)) is not None]


def part_of(part: object) -> MessagePart | None:
    """Return a part of a message as what it is; ``None`` for a text that is null."""
    if isinstance(part, str):
        return MessagePart(TEXT, part, part)
    if not is_object(part):
        return MessagePart(type(part).__name__, "", part)
    if part.get("thought") is True:  # Gemini
        return MessagePart(REASONING, _words(part), part)
    kind = part.get("type", part.get("part_kind"))
    if kind in _TEXT_TYPES:
        text = next((part[n] for n in ("text", "content", "refusal") if n in part), None)
        if isinstance(text, str):
            return MessagePart(TEXT, text, part)
        if kind is not None:
            return None
    names = [str(n) for n in part if part[n] is not None] if kind is None else [str(kind)]
    if is_call(part):
        return MessagePart(CALL, "", part)
    for name in names:
        plain = name.lower().replace("_", "").replace("-", "")
        if plain.startswith(("reasoning", "thinking", "redactedthinking")):
            return MessagePart(REASONING, _words(part[name] if kind is None else part), part)
        if plain.endswith(("result", "response", "output")):
            return MessagePart(RESULT, "", part)
        if plain.endswith(("call", "tooluse", "toolinvocation")) or "toolCallId" in part:
            return MessagePart(CALL, "", part)
    return MessagePart(names[0] if names else "part", "", part)


def _words(thought: object) -> str:
    if is_object(thought):
        return "".join(_words(thought[name]) for name in _WORDS if name in thought)
    if is_list(thought):
        return "".join(map(_words, thought))
    return thought if isinstance(thought, str) else ""


def _calls(message: Object) -> Sequence[object]:
    """Return the calls that stand beside the content."""
    calls = _beside(message, _CALLS)
    if calls is None:
        return ()
    return calls if is_list(calls) else [calls]


def _beside(message: Object, names: Sequence[str]) -> object:
    """Return the first of these fields that is filled; LangChain keeps a vendor's own apart."""
    for held in (message, message.get("additional_kwargs")):
        if held and is_object(held):
            for name in names:
                if value := held.get(name):
                    return value
    return None


def _shown(message: Object) -> str:
    """Write a prompt's message: text as it is, anything else as a stand-in that tells it apart."""
    if (alone := _alone(message)) is not None:
        return alone
    parts = parts_of(message)
    shown = [p.text for p in parts if p.kind == TEXT]
    shown += [f"[{_title(p.whole)} {_mark(p.whole)}]" for p in parts if p.kind != TEXT]
    if calls := _calls(message):
        shown.append(f"[tool_calls {_mark(calls)}]")
    return "".join(shown)


def _title(part: object) -> object:
    return part.get("type", "part") if is_object(part) else "part"


def _mark(part: object) -> str:
    return blake2b(dump(part).encode("utf-8", "replace"), digest_size=4).hexdigest()
