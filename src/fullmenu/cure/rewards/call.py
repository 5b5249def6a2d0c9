"""One call of a reward function: texts, and which of them answer the same prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Floats, Ints
from fullmenu.text.chat import completion_text, is_message, prompt_text
from fullmenu.text.encoding import dump


@dataclass(frozen=True)
class Call:
    """What a trainer handed to a reward function: texts or chats, and in ``rest`` all else.

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
        return [completion_text(c) for c in self.completions]

    @cached_property
    def asked(self) -> list[str]:
        """The prompts as plain texts."""
        return [prompt_text(p) for p in self.prompts]

    @cached_property
    def groups(self) -> Ints:
        """For each completion, the number of its prompt; prompts are told apart by content.

        An object that is no message is told apart by all of its fields: verl's has a ``uid``.
        """
        place: dict[str, int] = {}
        keys = (
            dump(prompt) if isinstance(prompt, Mapping) and not is_message(prompt) else text
            for prompt, text in zip(self.prompts, self.asked, strict=True)
        )
        return np.array([place.setdefault(k, len(place)) for k in keys], np.int64)

    @property
    def sizes(self) -> Ints:
        """For each completion, how many of its group are in this call, itself included."""
        return np.asarray(np.bincount(self.groups)[self.groups], np.int64)

    def compared(self, values: Floats) -> list[float | None]:
        """Return values as rewards: ``None`` for a completion that is alone in its group."""
        return [float(v) if n > 1 else None for v, n in zip(values, self.sizes, strict=True)]
