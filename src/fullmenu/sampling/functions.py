"""A Python function as a target."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from fullmenu.errors import BadInput
from fullmenu.sampling.request import Answer, Reply, Request, Target

Function: TypeAlias = Callable[..., Any]


class FunctionTarget:
    """A function of the prompt, async or not, that returns an output or several.

    It is given the prompt's text, or its messages where there are several, and by name the
    parameters; a seed and a number of outputs, ``n``, where a run has them. A function that is not
    async runs in threads.
    """

    per_request = 1
    at_once: int | None = None

    def __init__(self, function: Function, name: str | None = None) -> None:
        self.function = function
        self.name: str = name or str(getattr(function, "__name__", type(function).__name__))
        call = getattr(function, "__call__", None)  # noqa: B004
        self._is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)

    async def ask(self, request: Request, sent: Callable[[], None]) -> Answer:
        """Call the function once."""
        asked = request.prompt
        prompt = asked.text if asked.is_one_turn else [dict(turn) for turn in asked.messages]
        given = dict(request.parameters)
        if request.seed is not None:
            given["seed"] = request.seed
        if request.n > 1:
            given["n"] = request.n
        sent()
        if self._is_async:
            said = await self.function(prompt, **given)
        else:
            said = await asyncio.to_thread(self.function, prompt, **given)
            if isinstance(said, Awaitable):
                said = await said
        outputs: Sequence[Any] = said if isinstance(said, (list, tuple)) else [said]
        for output in outputs:
            if not isinstance(output, (str, dict, Reply)):
                raise BadInput(
                    f"{self.name} returned {type(output).__name__} for {request.prompt.text[:60]!r}"
                    "; return a text, a message, or a list of them"
                )
        replies = [one if isinstance(one, Reply) else Reply(one) for one in outputs]
        return Answer(replies)

    async def close(self) -> None:
        """Nothing is held."""


def target_of(target: Target | Function) -> Target:
    """Return a target as it is, and a function as one.

    Raises
    ------
    BadInput
        It is neither.
    """
    if hasattr(target, "ask") and hasattr(target, "per_request"):
        return target  # type: ignore[return-value]
    if callable(target):
        return FunctionTarget(target)
    raise BadInput(
        f"cannot ask a {type(target).__name__}: give a function of the prompt, fm.endpoint(…) or "
        "fm.causal_model(…)"
    )
