"""More outputs than are wanted, of which the most varied and good are picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fullmenu.cure.arms.arm import Wording
from fullmenu.cure.subset import METHODS
from fullmenu.errors import UnknownName
from fullmenu.sampling.plans import Plan
from fullmenu.sampling.request import Prompt

TIMES = 3
"""So many times the outputs that are wanted are asked for."""


@dataclass(frozen=True)
class Surplus(Wording):
    """The prompt as it is, :data:`TIMES` times as often; ``method`` picks of what came."""

    method: str = "mmr"

    def plan(
        self,
        prompts: Sequence[Prompt],
        n: int,
        parameters: Mapping[str, Any],
        *,
        per_request: int,
        seed: int | None,
    ) -> Plan:
        """Return what is asked for n outputs that are kept."""
        return super().plan(prompts, TIMES * n, parameters, per_request=per_request, seed=seed)


def surplus(method: str = "mmr") -> Surplus:
    """Return the arm that asks for more, and picks by a method of :func:`fullmenu.cure.pick`.

    Raises
    ------
    UnknownName
        There is no such method.
    """
    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    about = f"{TIMES} times as many outputs, of which {method} picks"
    return Surplus(f"pick={method}", about, method=method)
