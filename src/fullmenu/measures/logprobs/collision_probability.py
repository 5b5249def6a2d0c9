"""How likely does the model say exactly the same again?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.logprobs._tokens import tokens, units
from fullmenu.measures.registry import measure
from fullmenu.stats.proportion import share


@measure(takes="logprobs", unit="probability", paper="Rényi 1961; Simpson 1949", rises=False)
def collision_probability(logprobs: Any, *, groups: Any = None, level: float = 0.95) -> Estimate:
    """Estimate how likely a second output to the same prompt is the very same text.

    ``value`` = the mean over outputs of p(output), the product of its tokens' probabilities:
    unbiased for Σp² over the answers to a prompt, averaged over outputs. In [0, 1].

    Parameters
    ----------
    level
        …: Wilson's with t on the effective number, jackknife; as if each output were a draw that
        may repeat or not.

    Notes
    -----
    Needs no two equal outputs, nor even two outputs of a prompt: 1 / value is the effective number
    of answers, of order 2, on that model's own word. True only of outputs sampled at temperature 1
    without top-k or top-p, and ended by the model: the last token, which ends an output, should be
    among those recorded, and outputs that were cut at a length limit read too likely.

    Cannot see that two texts say the same. The interval is cautious: it held the truth in 97 to
    100 % of samples (``benchmarks/intervals_lists.py``). For long outputs p is tiny and the
    interval begins at next to 0, with its upper end set by how many outputs there are: use
    ``surprisal``.

    Examples
    --------
    >>> print(collision_probability([[-0.1, -0.2], [-0.1, -0.2], [-3.0, -1.0], [-0.4]]))
    0.543 [0.0891, 0.935]
    """
    found = tokens(logprobs)
    unit, names = units(groups, found)
    p = np.exp(found.by_output(found.log_p))
    clusters = None if groups is None else unit
    e = share(p, np.ones(len(p)), groups=clusters, level=level, unit="probability")
    method = f"mean p of an output, Wilson on the effective number, jackknife over {names}"
    return Estimate(e.value, e.low, e.high, e.n, e.unit, method, level)
