"""Free looks: which outputs of a prompt people put together, and how often two are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.review.human_repeat_rate import HumanRepeatRate

FEWEST = 6
"""Prompts that an interval needs."""


class FreeLook(NamedTuple):
    """What one person made of a prompt's outputs.

    Parameters
    ----------
    prompt_id, rater
        Which prompt, and who looked.
    sizes
        How many outputs each group has.
    """

    prompt_id: str
    rater: str
    sizes: tuple[int, ...]

    @property
    def rate(self) -> float:
        """The share of pairs of outputs that were put together."""
        n = sum(self.sizes)
        return sum(k * (k - 1) for k in self.sizes) / (n * (n - 1))


class LookedAt(NamedTuple):
    """A prompt as people see it: how many looked, and the means of their groups and rates."""

    prompt_id: str
    looks: int
    groups: float
    rate: float


def sizes_of(groups: str) -> tuple[int, ...]:
    """Return how many outputs each group has; those that were put nowhere are left out.

    >>> sizes_of("1 1 2 0 0 -")
    (2, 1, 1, 1)
    """
    named = [group for group in groups.split() if group not in "0-"]
    return (*(named.count(name) for name in sorted(set(named))), *[1] * groups.count("0"))


def looked_at(looks: Sequence[FreeLook]) -> list[LookedAt]:
    """Say what people made of each prompt, the most repeating first."""
    by_prompt: dict[str, list[FreeLook]] = {}
    for look in looks:
        by_prompt.setdefault(look.prompt_id, []).append(look)
    found = [
        LookedAt(
            prompt_id, len(of), float(np.mean([len(look.sizes) for look in of])),
            float(np.mean([look.rate for look in of])),
        )
        for prompt_id, of in by_prompt.items()
    ]  # fmt: skip
    return sorted(found, key=lambda prompt: -prompt.rate)


def rate_of_looks(looks: Sequence[FreeLook], by_kernel: float) -> HumanRepeatRate:
    """Estimate the repeat rate as people see it from prompts drawn at random.

    Prompts are the units; their spread holds which outputs were shown and who looked, so that the
    interval of this log is that of prompts like these.

    Parameters
    ----------
    looks
        What people put together, two outputs or more each.
    by_kernel
        The kernel's own rate of the log.

    Raises
    ------
    NotEnoughData
        Fewer than six prompts were looked at.

    Examples
    --------
    >>> looks = [FreeLook(str(p), "ann", (3, 1 + p % 2)) for p in range(8)]
    >>> print(rate_of_looks(looks, 0.5).for_these_raters())
    0.45 [0.406, 0.495]
    """
    prompts = looked_at(looks)
    if len(prompts) < FEWEST:
        raise NotEnoughData(f"{len(prompts)} prompts were looked at: an interval needs {FEWEST}")
    rates = np.array([prompt.rate for prompt in prompts])
    value, p = float(rates.mean()), len(rates)
    names = sorted({look.rater for look in looks})
    by_rater = [np.mean([look.rate for look in looks if look.rater == name]) for name in names]
    return HumanRepeatRate(
        value, by_kernel, np.array(by_rater, np.float64), np.arange(len(names)),
        (rates - value) / p, float(rates.var(ddof=1)) / p, p - 1.0, len(looks),
    )  # fmt: skip
