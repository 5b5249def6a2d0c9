"""Among how many equally likely tokens does the model choose?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.logprobs.surprisal import surprisal
from fullmenu.measures.registry import measure

_MOST = 700.0
"""Beyond it exp overflows."""


@measure(takes="logprobs", unit="tokens", paper="Jelinek et al. 1977", rises=True)
def perplexity(logprobs: Any, *, groups: Any = None, level: float = 0.95) -> Estimate:
    """Estimate the perplexity of a model's own outputs: exp of the mean of −log p of a token.

    ``value`` ≥ 1. ``high`` is ``None`` where all units agree.

    Parameters
    ----------
    level
        …: that of ``surprisal``, exp of both ends.

    Raises
    ------
    NotEnoughData
        …; or a value beyond e⁷⁰⁰.

    Notes
    -----
    Of the model's *own* outputs: it says how sure of itself the model is, not how well it models
    a text. Sampled at temperature 1 without cutting it is an effective number of next tokens. Log
    and mean do not commute: with few outputs it reads a little high, by about half the squared
    standard error of the surprisal. All that is said of ``surprisal`` holds.

    Examples
    --------
    >>> print(perplexity([[-0.1, -2.3], [-0.7], [-0.2, -0.4, -0.1]]))
    1.88 [1, 10.4]
    """
    found = surprisal(logprobs, groups=groups, level=level)
    if found.value > _MOST:
        raise NotEnoughData(
            f"a surprisal of {found.value:.0f} nats a token: its perplexity is beyond floating "
            "point; check that these are log-probabilities, or use surprisal"
        )
    high = None if found.high is None or found.high > _MOST else float(np.exp(found.high))
    low = None if found.low is None else float(np.exp(found.low))
    value = float(np.exp(found.value))
    return replace(
        found, value=value, low=low, high=high, unit="tokens", method=f"exp of {found.method}"
    )
