"""The default mix: good enough, then varied; and KL beside it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial

from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards import unit_rows
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.cap import cap
from fullmenu.cure.rewards.cluster_frequency import cluster_frequency
from fullmenu.cure.rewards.reward import Quality, Reward, Values, name_of, quality_of

WEIGHT = 0.5


@documented
def mix(
    quality: Quality,
    at: float | None = None,
    *,
    base: Sequence[float] | None = None,
    view: unit_rows.View = None,
    beta: float | None = None,
    num_generations: int | None = None,
) -> Reward:
    """Reward capped quality plus half the cluster frequency: good enough, then varied.

    Keep KL to the reference beside it (``beta`` in TRL's configs, .1 to .3; its default is 0).

    Why all three (``fullmenu lab run rlhf``, groups of 16), where the quality is a learned reward
    that can be hacked: quality alone ends in one dish; variety without KL in many outputs, nearly
    all of them hacks; the cap with KL keeps about half the effective number of dishes that the
    three together keep. Where it cannot be hacked (tests that pass), variety alone does.

    min(quality, bar) − ½ log(share of the group in the output's cluster); at most
    bar + ½ log n. ``None`` where the quality is ``None``; a completion alone in its group has
    its capped quality only.

    Parameters
    ----------
    quality
        …, on a scale of about 0 to 1 (divide other scores, KL and variety are weighed against it).
    beta
        The trainer's weight of KL, if you want to be warned where it is 0. A reward function cannot
        see it.

    Examples
    --------
    >>> def right(completions, **_):
    ...     return [1.0 if "fig" in c else 0.0 for c in completions]
    >>> reward = mix(right, at=1.0, beta=0.1)
    >>> asked = ["Which fruit?"] * 3
    >>> [round(r, 2) for r in reward(prompts=asked, completions=["a fig", "one fig", "a kiwi"])]
    [1.2, 1.2, 0.55]
    """
    if beta is not None and beta <= 0:
        warnings.warn(
            f"mix: beta={beta}, no KL to the reference. With a learned reward, variety without it "
            "finds diverse ways to hack the reward; set beta to 0.1–0.3, unless the quality is "
            "checked and not learned",
            stacklevel=2,
        )
    capped = cap(quality, at, base=base)
    rare = cluster_frequency(view, num_generations=num_generations)
    return Reward(f"varied_{name_of(quality)}", partial(_mixed, capped, rare))


def _mixed(capped: Reward, rare: Reward, call: Call) -> Values:
    quality, variety = quality_of(capped, call), quality_of(rare, call)
    return [
        None if q is None else q + WEIGHT * (v or 0.0)
        for q, v in zip(quality, variety, strict=True)
    ]
