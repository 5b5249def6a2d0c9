"""Repeat rates of prompts without their outputs: all that a log of any size must leave of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.packing import pack, unpack
from fullmenu.kernel.rates import FIXED_PROMPTS, Within, mean_rate, spreads
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.jackknife import Replicates

_SCHEMA = "fullmenu/prompt-rates/1"


@dataclass(frozen=True, slots=True)
class PromptRates:
    """A part of a log for its repeat rates: four numbers a prompt; parts merge in any order.

    All outputs of a prompt must lie in one part. Knows no single output: of fewer than six prompts
    there is no interval, and it refuses.

    Parameters
    ----------
    names : (P,)
        The prompts, in ascending order: numbers or texts.
    counts : (P,)
        Outputs of each.
    rates, spreads : (P,)
        Repeat rate of each, and its jackknife variance over outputs; NaN where two or fewer.

    Examples
    --------
    >>> import numpy as np
    >>> from fullmenu.kernel.rates import within
    >>> x = np.eye(3)[[0, 0, 1, 2]]
    >>> first = PromptRates.partial(within(x[:2], np.zeros(2, int), 1), np.array([7]))
    >>> second = PromptRates.partial(within(x[2:], np.zeros(2, int), 1), np.array([3]))
    >>> first.merge(second).rates.tolist()
    [0.0, 1.0]
    """

    names: NDArray[Any]
    counts: Ints
    rates: Floats
    spreads: Floats

    @classmethod
    def partial(cls, within: Within, names: NDArray[Any]) -> PromptRates:
        """Return the state of one part, from its repeat rates and the names of its prompts."""
        each = spreads(within.sums, within.groups, len(within.rates))
        return cls(np.asarray(names), within.counts, within.rates, each)._sorted()

    def merge(self, other: PromptRates) -> PromptRates:
        """Return the state of both parts.

        Raises
        ------
        BadInput
            A prompt is in both.
        """
        both = np.intersect1d(self.names, other.names)
        if len(both):
            raise BadInput(
                f"{len(both)} prompt(s) lie in both parts, such as {both[0]!s}: bring all outputs "
                "of a prompt together first"
            )
        pairs = zip(self._arrays(), other._arrays(), strict=True)
        return PromptRates(*(np.concatenate(pair) for pair in pairs))._sorted()

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Which prompts have two outputs or more, (P,)."""
        return self.counts >= 2

    def of(self, names: NDArray[Any]) -> PromptRates:
        """Return the state of some of its prompts, which are all there, in ascending order."""
        at = np.searchsorted(self.names, names)
        return PromptRates(*(x[at] for x in self._arrays()))

    def replicates(self, prompts: Ints | None = None) -> Replicates:
        """Mean rate over prompts (those judged, or these places), with each left out.

        Raises
        ------
        NotEnoughData
            Fewer than six.
        """
        at = np.flatnonzero(self.judged) if prompts is None else prompts
        if not len(at):
            raise NotEnoughData("no prompt has two outputs; sample each 10 times (twice at least)")
        if len(at) < FIXED_PROMPTS:
            raise NotEnoughData(f"{len(at)} prompts have two outputs; it takes {FIXED_PROMPTS}")
        return mean_rate(self.rates[at], self.counts[at], self.spreads[at])

    def to_bytes(self) -> bytes:
        """Return the state as bytes."""
        names, counts, rates, each = self._arrays()
        return pack(_SCHEMA, names=names, counts=counts, rates=rates, spreads=each)

    @classmethod
    def from_bytes(cls, data: bytes) -> PromptRates:
        """Read the state back."""
        return cls(**unpack(data, _SCHEMA))

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self.names, self.counts, self.rates, self.spreads

    def _sorted(self) -> PromptRates:
        order = np.argsort(self.names, kind="stable")
        return PromptRates(*(x[order] for x in self._arrays()))
