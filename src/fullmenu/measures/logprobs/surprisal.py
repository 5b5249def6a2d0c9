"""How surprising are a model's outputs to the model itself, and how likely the same again?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import units
from fullmenu.measures.logprobs._sequences import mean_of, tokens
from fullmenu.measures.registry import measure
from fullmenu.stats.proportion import share

_MOST = 700.0
"""Beyond it exp overflows."""


@measure(unit="nats", paper="Shannon 1948; Shannon 1951", rises=True)
def surprisal(
    logprobs: Any,
    *,
    per: Literal["token", "output"] = "token",
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the mean of −log p over the tokens, or over the whole outputs, of a model.

    ``value`` ≥ 0 in nats; divide by log 2 for bits.

    ``per="output"`` is unbiased for the *entropy of the answers* to the prompts, and
    ``per="token"`` for the mean entropy of the next token, if the outputs were sampled from the
    model that gave the probabilities, at temperature 1 and without top-k, top-p or any other
    cutting. At a lower temperature it is the cross entropy, and reads too high or too low.
    ``perplexity`` is exp of it; its fall in the course of training is called entropy collapse.

    Cannot see meaning: a thousand ways to say one thing are many outputs. Outputs without
    log-probabilities are left out. The interval held the truth in 91 to 97 % of samples of 10 to
    100 outputs (``benchmarks/intervals_lists.py``). Where all agree it has no upper bound.

    Parameters
    ----------
    per
        ``token``: the mean over all tokens. ``output``: the mean over outputs of the sum.
    level
        …: jackknife, Student's t.

    >>> print(surprisal([[-0.1, -2.3], [-0.7], [-0.2, -0.4, -0.1]]))
    0.633 [0, 2.34]
    >>> print(surprisal([[-0.1, -2.3], [-0.7], [-0.2, -0.4, -0.1]], per="output"))
    1.27 [0, 3.7]
    """
    found = tokens(logprobs)
    unit, names = units(groups, found.given, kept=found.kept)
    sums = -found.by_output(found.log_p)
    sizes = found.sizes.astype(np.float64) if per == "token" else np.ones(len(sums))
    return mean_of(sums, sizes, unit, names, f"−log p a {per}", level)


@measure(unit="tokens", paper="Jelinek et al. 1977", rises=True)
def perplexity(logprobs: Any, *, groups: Any = None, level: float = 0.95) -> Estimate:
    """Estimate the perplexity of a model's own outputs: exp of the mean of −log p of a token.

    ``value`` ≥ 1. ``high`` is ``None`` where all units agree.

    Of the model's *own* outputs: it says how sure of itself the model is, not how well it models
    a text. Sampled at temperature 1 without cutting it is an effective number of next tokens. Log
    and mean do not commute: with few outputs it reads a little high, by about half the squared
    standard error of the surprisal. All that is said of ``surprisal`` holds.

    Parameters
    ----------
    level
        …: that of ``surprisal``, exp of both ends.

    Raises
    ------
    NotEnoughData
        …; or a value beyond e⁷⁰⁰.

    >>> print(perplexity([[-0.1, -2.3], [-0.7], [-0.2, -0.4, -0.1]]))
    1.88 [1, 10.4]
    """
    found = surprisal(logprobs, groups=groups, level=level)
    if found.value > _MOST:
        raise NotEnoughData(
            f"a surprisal of {found.value:.0f} nats a token: its perplexity is beyond floating "
            "point; check that these are log-probabilities, or use surprisal"
        )
    if found.high is not None and found.high > _MOST:
        found = replace(found, high=None)
    return found.through(np.exp, "tokens", f"exp of {found.method}")


@measure(unit="probability", paper="Rényi 1961; Simpson 1949", rises=False)
def collision_probability(logprobs: Any, *, groups: Any = None, level: float = 0.95) -> Estimate:
    """Estimate how likely a second output to the same prompt is the very same text.

    ``value`` = the mean over outputs of p(output), the product of its tokens' probabilities:
    unbiased for Σp² over the answers to a prompt, averaged over outputs. In [0, 1].

    Needs no two equal outputs, nor even two outputs of a prompt: 1 / value is the effective number
    of answers, of order 2, on that model's own word. True only of outputs sampled at temperature 1
    without top-k or top-p, and ended by the model: the last token, which ends an output, should be
    among those recorded, and outputs that were cut at a length limit read too likely.

    Cannot see that two texts say the same. The interval is cautious: it held the truth in 97 to
    100 % of samples (``benchmarks/intervals_lists.py``). For long outputs p is tiny and the
    interval begins at next to 0, with its upper end set by how many outputs there are: use
    ``surprisal``.

    Parameters
    ----------
    level
        …: Wilson's with t on the effective number, jackknife; as if each output were a draw that
        may repeat or not.

    >>> print(collision_probability([[-0.1, -0.2], [-0.1, -0.2], [-3.0, -1.0], [-0.4]]))
    0.543 [0.0891, 0.935]
    """
    found = tokens(logprobs)
    unit, names = units(groups, found.given, kept=found.kept)
    p = np.exp(found.by_output(found.log_p))
    clusters = None if groups is None else unit
    e = share(p, np.ones(len(p)), groups=clusters, level=level, unit="probability")
    method = f"mean p of an output, Wilson on the effective number, jackknife over {names}"
    return replace(e, method=method)
