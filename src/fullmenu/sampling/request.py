"""What a model is asked, what it replies, and what can be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fullmenu.errors import BadInput, FullmenuError
from fullmenu.text.chat import asked

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Prompt:
    """What is asked, under a name.

    Parameters
    ----------
    asks
        A conversation in OpenAI's shape: ``{"role": …, "content": …}``, the user's turn last. Or a
        text, which is one turn of the user.
    prompt_id
        Its name in the samples; by default its text.
    extra
        Further columns that each of its samples carries. ``{"chat": False}`` has it asked as a
        plain text, without the model's chat template.

    Examples
    --------
    >>> Prompt("Name a fruit.").messages
    ({'role': 'user', 'content': 'Name a fruit.'},)
    >>> Prompt("Name a fruit.").prompt_id
    'Name a fruit.'
    """

    asks: Sequence[Message] | str
    prompt_id: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    messages: tuple[Message, ...] = field(init=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        turns: Sequence[Message] = (
            [{"role": "user", "content": self.asks}] if isinstance(self.asks, str) else self.asks
        )
        text = asked(list(turns))
        if not turns or not text or not text.strip():
            raise BadInput(f"the prompt {self.prompt_id!r} is empty; give a text or messages")
        object.__setattr__(self, "messages", tuple(turns))
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "prompt_id", self.prompt_id or text)

    @property
    def chat(self) -> bool:
        """Whether it is asked through the model's chat template."""
        return self.extra.get("chat") is not False

    @property
    def is_one_turn(self) -> bool:
        """Whether all it holds is one text of the user."""
        first = self.messages[0]
        return (
            len(self.messages) == 1
            and first.get("role") == "user"
            and isinstance(first.get("content"), str)
        )


@dataclass(frozen=True)
class Request:
    """One request to a target.

    Parameters
    ----------
    prompt
        What is asked.
    indices
        Which samples of the prompt it is to give: as many outputs are wanted.
    parameters
        Of the model, such as ``temperature``.
    seed
        Of the draws, where one is given.
    """

    prompt: Prompt
    indices: tuple[int, ...] = (0,)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None

    @property
    def n(self) -> int:
        """How many outputs are wanted."""
        return len(self.indices)


@dataclass(frozen=True)
class Reply:
    """One output.

    Parameters
    ----------
    output
        Its text; or, where it is no plain text, the message as the server gave it.
    model, system_fingerprint, call_id, finish_reason, logprobs
        As the server says them; ``logprobs`` are of the sampled tokens, in nats.
    template
        How the messages were made into one text, where that is known.
    extra
        What else was said, such as thoughts before the answer.
    """

    output: Any
    model: str | None = None
    system_fingerprint: str | None = None
    call_id: str | None = None
    finish_reason: str | None = None
    logprobs: Sequence[float] | None = None
    template: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What a request brought: its outputs, and what they cost, where the target says so."""

    replies: Sequence[Reply]
    prompt_tokens: int = 0
    completion_tokens: int = 0
    money: float | None = None
    cached: bool = False


class Target(Protocol):
    """What can be asked.

    Parameters
    ----------
    name
        The model's.
    per_request
        How many outputs one request may ask for.
    at_once
        How many requests it can have in flight; ``None``: as many as the run allows.
    """

    name: str
    per_request: int
    at_once: int | None

    async def ask(self, request: Request, sent: Callable[[], None]) -> Answer:
        """Ask, as often as it takes; ``sent`` is called before each try.

        Raises
        ------
        Refused
            This prompt gets no answer; others may.
        Unreachable
            Nothing can be asked.
        """

    async def close(self) -> None:
        """Let go of connections."""


class Refused(FullmenuError):
    """A prompt that gets no answer, however often it is asked; the text says why."""


class Unreachable(FullmenuError):
    """A target that cannot be asked any more; the text says why, and what to do about it."""


class OverBudget(FullmenuError):
    """The budget allows no further request."""
