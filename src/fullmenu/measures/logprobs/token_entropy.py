"""How undecided is the model about its next token?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import listed, units
from fullmenu.measures.logprobs._sequences import (
    TokenLogprobs,
    log_probabilities,
    mean_of,
    sequences,
    tokens,
)
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats

_TIE = 1e-6
"""Relative: the sampled token is among the alternatives if it is as likely as the last of them."""


@measure(unit="nats", paper="Shannon 1948; Blackwell 1947", rises=True)
def token_entropy(
    logprobs: Any, alternatives: Any = None, *, groups: Any = None, level: float = 0.95
) -> Estimate:
    """Estimate the mean entropy of the next token from the top log-probabilities recorded.

    ``value`` ≥ 0, in nats a token: the mean over tokens of −Σ q log q over the k likeliest, plus
    −log p of the sampled token where it is not one of these. k is the smallest number of
    alternatives that any token has.

    The recorded alternatives alone give too low an entropy, because the rest is cut off. The
    sampled tokens make up for it exactly: the rest's part is the expectation of −log p where the
    sampled token is in the rest, and 0 where not. The sum is unbiased for any k, and less noisy
    the larger k is (Rao–Blackwell), if tokens were sampled at temperature 1 without top-k or top-p.
    With the whole vocabulary recorded it is the entropy itself, however tokens were sampled, for
    the places that were reached.

    Cannot see whether different tokens lead to different answers. Of tokens as likely as the last
    alternative the sampled one counts as among them. The interval held the truth in 82 to
    96 % of samples, least with ten short outputs (``benchmarks/intervals_lists.py``).

    Parameters
    ----------
    logprobs
        For each output the natural logarithms of the probabilities of its sampled tokens, each at
        most 0; ``None`` or nothing where they were not recorded.
    alternatives
        For each output, for each token, the log-probabilities of the likeliest tokens at that
        place, in any order, whether or not the sampled one is among them ("top_logprobs").
        Without them this is ``surprisal`` a token.
    level
        …: jackknife, Student's t.

    Raises
    ------
    BadInput
        A number above 0 or NaN; −∞ or −9999 for a sampled token; alternatives
        that do not fit the tokens, or that have probabilities of more than 1 together.

    >>> sampled = [[-0.36, -3.4], [-0.36], [-1.61]]
    >>> top = [[[-0.36, -1.61], [-0.11, -2.9]], [[-0.36, -1.61]], [[-0.36, -1.61]]]
    >>> print(token_entropy(sampled, top))
    1.34 [0, 4.29]
    """
    found = tokens(logprobs)
    unit, names = units(groups, found.given, kept=found.kept)
    each = -found.log_p
    kind = "−log p a token"
    if alternatives is not None:
        top = _likeliest(alternatives, found)
        outside = found.log_p < top[:, -1] - _TIE * (1 + np.abs(top[:, -1]))
        # −Σ q ln q over the k likeliest; −ln p of a sampled token beyond them is the rest, averaged
        each = -(np.exp(top) * top).sum(1) + np.where(outside, each, 0.0)
        kind = f"entropy of a token, {top.shape[1]} alternatives"
    return mean_of(found.by_output(each), found.sizes.astype(np.float64), unit, names, kind, level)


def _likeliest(alternatives: Any, found: TokenLogprobs) -> Floats:
    """Return the k largest of each token, descending, shape (t, k)."""
    rows = sequences(alternatives, "alternatives")
    if len(rows) != found.given:
        raise BadInput(f"alternatives of {len(rows)} outputs for {found.given}: give one an output")
    places: list[Any] = []
    for i, size in zip(found.kept.tolist(), found.sizes.tolist(), strict=True):
        here = rows[i]
        if here is None or len(here) != size:
            raise BadInput(
                f"output {i} has {size} tokens and alternatives of "
                f"{0 if here is None else len(here)}; give alternatives for each token"
            )
        places.extend(here)
    places = [listed("a token of alternatives", place, "numbers") for place in places]
    sizes = np.fromiter(map(len, places), np.int64, len(places))
    k = int(sizes.min())
    if k < 1:
        raise BadInput("a token has no alternatives; leave its output out, or all alternatives")
    flat = log_probabilities(places, int(sizes.sum()), "alternatives", sampled=False)
    token = np.repeat(np.arange(len(sizes)), sizes)
    ranked = flat[np.lexsort((-flat, token))]
    top = ranked[(np.cumsum(sizes) - sizes)[:, None] + np.arange(k)]
    if float(np.exp(top).sum(1).max()) > 1.01:
        raise BadInput(
            "the alternatives of a token have probabilities of more than 1 together; give natural "
            "logarithms, each alternative once"
        )
    return np.asarray(top)
