"""One call of a reward function: texts, and which of them answer the same prompt."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput


@dataclass(frozen=True)
class Call:
    """What a trainer handed to a reward function.

    Parameters
    ----------
    prompts, completions
        Strings, or chats: lists of ``{"role", "content"}``. One prompt for each completion.
    rest
        The other keyword arguments: dataset columns, ``trainer_state``, ``log_metric`` …

    Raises
    ------
    BadInput
        Not one prompt for each completion.

    Examples
    --------
    >>> call = Call(["a", "b", "a"], ["x", [{"role": "assistant", "content": "y"}], "z"])
    >>> call.groups.tolist(), call.texts
    ([0, 1, 0], ['x', 'y', 'z'])
    """

    prompts: Sequence[Any]
    completions: Sequence[Any]
    rest: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.prompts) != len(self.completions):
            raise BadInput(
                f"{len(self.prompts)} prompts for {len(self.completions)} completions: give one "
                "for each"
            )

    @cached_property
    def texts(self) -> list[str]:
        """The completions as plain texts."""
        return [text_of(c) for c in self.completions]

    @cached_property
    def asked(self) -> list[str]:
        """The prompts as plain texts."""
        return [text_of(p) for p in self.prompts]

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """For each completion, the number of its prompt; prompts are told apart by content."""
        place: dict[str, int] = {}
        keys = (p if isinstance(p, str) else json.dumps(p, default=str) for p in self.prompts)
        return np.array([place.setdefault(k, len(place)) for k in keys], np.int64)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """For each completion, how many of its group are in this call, itself included."""
        return np.asarray(np.bincount(self.groups)[self.groups], np.int64)


def text_of(message: Any) -> str:
    """Return a completion or a prompt as text: a string, or the contents of a chat.

    Raises
    ------
    BadInput
        It is neither.

    Examples
    --------
    >>> text_of([{"role": "user", "content": [{"type": "text", "text": "Fish?"}]}])
    'Fish?'
    """
    if isinstance(message, str):
        return message
    if message is None:
        return ""
    if isinstance(message, Mapping):
        return text_of(message.get("content", message.get("text")))
    if isinstance(message, Sequence):
        return "\n".join(t for t in map(text_of, message) if t)
    raise BadInput(
        f"a completion of type {type(message).__name__}: give a string, or a chat as a list of "
        '{"role", "content"}'
    )
