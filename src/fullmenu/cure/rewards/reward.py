"""What every reward is: called by keyword, grouped by prompt, one number a completion."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from fullmenu.cure.rewards.call import Call
from fullmenu.errors import BadInput

Values: TypeAlias = "list[float | None]"
Quality: TypeAlias = "Callable[..., Sequence[float | None]]"
"""A reward function of one's own: called by keyword, one number or ``None`` a completion."""


class Reward:
    """A reward function in TRL's shape, without TRL.

    Called with ``prompts=``, ``completions=`` and whatever else the trainer has, it returns one
    number for each completion, or ``None`` where there is nothing to say, which TRL leaves out.

    Where fewer than ``num_generations`` completions of a prompt are seen, a warning says so once:
    trainers compute rewards on every process before they gather. ``ceiling`` is the greatest value
    in a group of n, as a function of n; a reward that has one, or ``compares``, looks at groups.

    >>> length = Reward("length", lambda call: [float(len(t)) for t in call.texts])
    >>> length(prompts=["p", "p"], completions=["ab", "a"], trainer_state=None), length.__name__
    ([2.0, 1.0], 'length')
    """

    def __init__(
        self,
        name: str,
        values: Callable[[Call], Values],
        num_generations: int | None = None,
        ceiling: Callable[[int], float] | None = None,
        compares: bool = False,
    ) -> None:
        if num_generations is not None and num_generations < 2:
            raise BadInput(
                f"num_generations={num_generations}: a variety reward compares the completions of "
                "one prompt, so it needs 2 or more"
            )
        self.__name__ = name
        self.ceiling = ceiling
        self._values = values
        self._expected = num_generations
        self._compares = compares or ceiling is not None
        self._warned = False

    def __call__(
        self, *, prompts: Sequence[Any], completions: Sequence[Any], **rest: Any
    ) -> Values:
        """Return one number, or ``None``, for each completion."""
        call = Call(prompts, completions, rest)
        if self._compares:
            self._look_at_sizes(call)
        return self._values(call)

    def __repr__(self) -> str:
        return f"<reward {self.__name__}>"

    def _look_at_sizes(self, call: Call) -> None:
        if self._warned or not len(call.prompts):
            return
        given = call.rest.get("num_generations")
        expected = self._expected or (given if isinstance(given, int) else 2)
        smallest = int(call.sizes.min())
        if smallest >= expected:
            return
        self._warned = True
        warnings.warn(
            f"{self.__name__}: a prompt has {smallest} of its {expected} completions or more in "
            "this call. Trainers compute rewards on each process before they gather, so a group "
            "may be split: make the batch of each process a multiple of num_generations"
            + ("; a completion alone gets no reward (None)" if smallest == 1 else ""),
            stacklevel=3,
        )


def quality_of(quality: Quality, call: Call) -> Values:
    """Call a reward function of one's own; what is not finite becomes ``None``."""
    rewards = list(quality(prompts=call.prompts, completions=call.completions, **call.rest))
    if len(rewards) != len(call.completions):
        raise BadInput(
            f"{name_of(quality)} returned {len(rewards)} rewards for {len(call.completions)} "
            "completions: one for each, or None"
        )
    return [None if q is None or not math.isfinite(q) else float(q) for q in rewards]


def checked(quality: Any) -> Quality:
    """Refuse, when a reward is built, what cannot be called as a reward function."""
    call = getattr(quality, "__call__", None)  # noqa: B004
    if not callable(quality) or isinstance(quality, type):
        raise BadInput(
            f"quality={quality!r} is no reward function; give a function of prompts=, completions= "
            "and **kwargs (wrap a reward model in one)"
        )
    if inspect.iscoroutinefunction(quality) or inspect.iscoroutinefunction(call):
        raise BadInput(
            f"{name_of(quality)} is asynchronous; give a plain function (asyncio.run inside it)"
        )
    return quality  # type: ignore[no-any-return]


def name_of(quality: Any) -> str:
    """Return what a log calls a reward function."""
    return str(getattr(quality, "__name__", type(quality).__name__))
