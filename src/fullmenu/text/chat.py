"""Chat messages as text: what was asked, and what was said, whoever's shape they have.

Every message is brought to a role and a list of parts, each of one kind: text, reasoning, a tool's
call or result, or something else. Known are OpenAI chat completions and responses, Anthropic
messages, Gemini contents, LangChain messages (as they are and serialised), ShareGPT turns, the
Vercel AI SDK's parts and OpenTelemetry's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple, TypeGuard

from fullmenu.errors import BadInput
from fullmenu.text.encoding import dump, unquote
from fullmenu.text.json_values import Object, at, is_list, is_object, listed

NULL = "null outputs"
NOT_TEXT = "outputs that are not text"
ONLY_CALLS = "messages with tool calls and no text"
NO_TEXT_PART = "messages without a text part"
NO_CHOICE = "responses without a choice"
NO_MESSAGE = "responses without a message"
NO_OBJECT = "choices that are not objects"

TEXT, REASONING, CALL, RESULT = "text", "reasoning", "tool calls", "tool results"
_TEXT_TYPES = {"text", "input_text", "output_text", "refusal", None}
_ROLES = {"human": "user", "": "user"} | dict.fromkeys(
    ("ai", "gpt", "chatgpt", "model", "bot"), "assistant"
)
_LANGCHAIN = {"human", "ai", "system", "tool", "function", "chat"}
_WORDS = ("text", "thinking", "reasoning", "reasoningText", "content", "summary")
_CALLS = ("tool_calls", "function_call")
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
_BESIDE = (*_CALLS, *_THOUGHTS, "additional_kwargs")
_RULES = {
    "messages": ("system",),
    "contents": ("systemInstruction", "system_instruction"),
    "input": ("instructions",),
}
"""Where the system prompt stands in a request, by where its turns stand."""


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


class _Part(NamedTuple):
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
    if conversation is None or isinstance(conversation, str):
        return conversation
    if is_object(conversation):
        if is_list(conversation.get("messages")) or is_list(conversation.get("contents")):
            return requested(conversation)
        message = _opened(conversation)
        if not ("content" in message or "parts" in message or is_message(message)):
            return dump(conversation)
        conversation = [message]
    if not is_list(conversation):
        return dump(conversation)
    turns = [_opened(turn) for turn in conversation if is_object(turn)]
    if len(turns) < len(conversation):
        alone = conversation[0]
        return alone if len(conversation) == 1 and isinstance(alone, str) else dump(conversation)
    if len(turns) == 1 and _role(turns[0]) == "user":
        return _shown(turns[0])
    return "\n".join(f"{_role(m)}: {_shown(m)}" for m in turns)


def requested(body: object) -> str | None:
    """Return what a request's body asks: its messages, prompt or input, under its system prompt.

    >>> print(requested({"system": "Be brief.", "messages": [{"role": "user", "content": "Hi"}]}))
    system: Be brief.
    user: Hi
    """
    if not is_object(body):
        return None
    name = next((n for n in ("messages", "contents", "prompt", "input") if body.get(n)), None)
    if name is None:
        return None
    rules = next((body[n] for n in _RULES.get(name, ()) if body.get(n)), None)
    turns = body[name]
    if rules is None:
        return asked(turns)
    system = rules if is_object(rules) and "parts" in rules else {"content": rules}
    if not (is_list(turns) and all(map(is_object, turns))):
        turns = [{"role": "user", "content": asked(turns)}]
    return asked([{**system, "role": "system"}, *turns])


def said(answer: object) -> Said:
    """Return what was said: a text, a message, or the model's last turn in a list of messages.

    The answer may be a text, a message, or a list of messages or of one message's parts.

    >>> said({"role": "assistant", "content": [{"type": "text", "text": "A fig."}]}).text
    'A fig.'
    >>> blocks = [{"type": "thinking", "thinking": "…"}, {"type": "tool_use", "name": "look_up"}]
    >>> answer = said({"role": "assistant", "content": blocks})
    >>> answer.text, answer.missing, dict(answer.left_out)
    (None, 'messages with tool calls and no text', {'reasoning': 1, 'tool calls': 1})
    """
    if isinstance(answer, str):
        return Said(answer)
    if is_object(answer):
        message = _opened(answer)
        if (text := _alone(message)) is not None:
            return Said(text)
        return _weighed(_parts(message), message)
    if is_list(answer) and answer:
        return said(answer[last_turn(answer)] if is_conversation(answer) else {"content": answer})
    return Said(missing=NULL if answer is None else NOT_TEXT)


def served(body: object) -> list[Said]:
    """Return the answers that a response's body holds.

    It has ``choices`` (OpenAI's completions), ``output`` items (its responses: one answer),
    ``candidates`` (Gemini), or is itself a message (Anthropic).

    >>> [answer.text for answer in served({"choices": [{"text": "fig"}, {"text": "kiwi"}]})]
    ['fig', 'kiwi']
    >>> served({"output": [{"type": "reasoning", "summary": []}]})[0].missing
    'responses without a message'
    """
    nothing = [Said(missing=NO_CHOICE)]
    if is_list(choices := at(body, "choices")):
        return [_choice(choice) for choice in choices] or nothing
    if is_list(items := at(body, "output")):
        return [_response(items)]
    if is_list(candidates := at(body, "candidates")):
        contents = (c.get("content") if is_object(c) else c for c in candidates)
        return [said(content) for content in contents] or nothing
    if is_message(body):
        return [said(body)]
    text = at(body, "output_text")
    return [Said(text)] if isinstance(text, str) else nothing


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


def last_turn(messages: Sequence[Object]) -> int:
    """Return the place of the model's last turn, or of the last one where no turn is the model's.

    >>> last_turn([{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"},
    ...            {"from": "human", "value": "Bye"}])
    1
    """
    places = range(len(messages) - 1, -1, -1)
    own = (place for place in places if _role(_opened(messages[place])) == "assistant")
    return next(own, len(messages) - 1)


def messages_in(value: object) -> object:
    """Return the messages inside a JSON string; any other text stays itself."""
    inner = unquote(value)
    if is_conversation(inner) or is_message(inner):
        return inner
    if is_object(inner) and is_conversation(inner.get("messages")):
        return inner["messages"]
    return value


def _choice(choice: object) -> Said:
    if not is_object(choice):
        return Said(missing=NO_OBJECT)
    text = choice.get("text")
    answer = Said(text) if isinstance(text, str) else said(choice.get("message"))
    logprobs = choice.get("logprobs")
    return answer if logprobs is None else answer._replace(logprobs=logprobs)


def _response(items: Sequence[object]) -> Said:
    """Read the items of a response as the parts of one message, as its ``output_text`` does."""
    messages = [o for o in items if is_object(o) and o.get("type") == "message"]
    others = [o for o in items if is_object(o) and o.get("type") != "message"]
    parts = [part for message in messages for part in _parts(message)]
    apart = [part for item in others if (part := _part(item)) is not None]
    answer = _weighed([*parts, *apart], messages[-1] if messages else {})
    if not messages:
        return answer._replace(missing=NO_MESSAGE)
    each = [p.whole.get("logprobs") for p in parts if p.kind == TEXT and is_object(p.whole)]
    if not all(listed(tokens) for tokens in each):
        return answer
    return answer._replace(logprobs=[token for tokens in each for token in listed(tokens)] or None)


def _weighed(parts: list[_Part], message: Object) -> Said:
    """Join the text of parts, and count the others."""
    # Thoughts written into the text itself, <think>…</think>, stay in it.
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
        elif text is None:
            missing = NO_TEXT_PART if parts else NULL
    return Said(text, tuple(calls), thoughts, left_out, missing)


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


def _alone(message: Object) -> str | None:
    """Return the content of a message that is a text and nothing else, as most are."""
    content = message.get("content")
    if not content or not isinstance(content, str):
        return None
    return None if any(map(message.get, _BESIDE)) else content


def _parts(message: Object) -> list[_Part]:
    content = message.get("content", message.get("value") if "from" in message else None)
    parts = message.get("parts")
    if isinstance(content, str):
        listed = [content, *(parts if is_list(parts) and not content else ())]
    else:
        either = content if parts is None else parts
        listed = [*either] if is_list(either) else [either]
        if not any(name in message for name in ("role", "from", "content", "parts")):
            listed = [message]  # a part alone, such as an item of a response
    return [read for part in listed if part is not None and (read := _part(part)) is not None]


def _part(part: object) -> _Part | None:
    if isinstance(part, str):
        return _Part(TEXT, part, part)
    if not is_object(part):
        return _Part(type(part).__name__, "", part)
    if part.get("thought") is True:  # Gemini
        return _Part(REASONING, _words(part), part)
    kind = part.get("type")
    if kind in _TEXT_TYPES:
        text = next((part[n] for n in ("text", "content", "refusal") if n in part), None)
        if isinstance(text, str):
            return _Part(TEXT, text, part)
        if kind is not None:
            return None
    names = [*map(str, part)] if kind is None else [str(kind)]
    for name in names:
        plain = name.lower().replace("_", "").replace("-", "")
        if plain.startswith(("reasoning", "thinking", "redactedthinking")):
            return _Part(REASONING, _words(part[name] if kind is None else part), part)
        if plain.endswith(("result", "response", "output")):
            return _Part(RESULT, "", part)
        if plain.endswith(("call", "tooluse", "toolinvocation")) or "toolCallId" in part:
            return _Part(CALL, "", part)
    return _Part(names[0] if names else "part", "", part)


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
    parts = _parts(message)
    shown = [p.text for p in parts if p.kind == TEXT]
    shown += [f"[{_title(p.whole)} {_mark(p.whole)}]" for p in parts if p.kind != TEXT]
    if calls := _calls(message):
        shown.append(f"[tool_calls {_mark(calls)}]")
    return "".join(shown)


def _title(part: object) -> object:
    return part.get("type", "part") if is_object(part) else "part"


def _mark(part: object) -> str:
    return blake2b(dump(part).encode("utf-8", "replace"), digest_size=4).hexdigest()
