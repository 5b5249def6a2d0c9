"""Novelty: unlike what was said before, in a memory that forgets."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards import unit_rows
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.reward import Reward, Values
from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Floats, as_features
from fullmenu.kernel.sketch import sketch

WIDTH = 512


class Memory:
    """What was said, as one matrix of second moments: it never grows, and it forgets by halves.

    After ``half_life`` more outputs, one counts half. Sparse rows are folded into 512 columns by a
    fixed hash, which adds about 1/512 to the mean of k²; dense rows may have up to 1,024.

    >>> memory = Memory(half_life=2)
    >>> memory.add(np.eye(3)[[0, 0]])
    >>> memory.add(np.eye(3)[[1, 1]])
    >>> memory.repeats(np.eye(3)).round(2).tolist()
    [0.33, 0.67, 0.0]
    """

    def __init__(self, half_life: float) -> None:
        if not half_life > 0:
            raise BadInput(f"half_life={half_life}: a number of outputs above 0, such as 4096")
        self.half_life = half_life
        self.weight = 0.0
        self._moments: NDArray[np.float32] | None = None

    def repeats(self, features: Any) -> Floats:
        """Return every row's mean k² with what is remembered, (n,) in [0, 1]."""
        x = _narrow(features)
        if self._moments is None:
            return np.zeros(len(x))
        seen = np.einsum("ij,ij->i", x @ self._moments, x, dtype=np.float64)
        return np.clip(seen / self.weight, 0, 1)

    def add(self, features: Any) -> None:
        """Remember rows, and forget a little of all before them."""
        x = _narrow(features)
        kept = 0.5 ** (len(x) / self.half_life)
        old = 0 if self._moments is None else np.float32(kept) * self._moments
        self._moments = np.asarray(x.T @ x + old, np.float32)
        self.weight = kept * self.weight + len(x)


def _narrow(features: Any) -> NDArray[np.float32]:
    x = as_features(features)
    if not hasattr(x, "indptr") and x.shape[1] > 2 * WIDTH:
        raise BadInput(f"rows of {x.shape[1]} columns: a memory holds {2 * WIDTH} at most")
    return sketch(x, WIDTH)


@documented
def novelty(view: unit_rows.View = None, *, half_life: float = 4096) -> Reward:
    """Reward an output for being unlike what was said in the steps before: 1 − its mean k² with it.

    In [0, 1], 1 unlike everything remembered; ``None`` in the first call, when nothing is.

    The memory is of all prompts together: it sees what is said whatever was asked. It changes from
    step to step, so a policy may wander for its sake: give it a small weight. Each process has a
    memory of its own; a resumed run begins with an empty one.

    Parameters
    ----------
    half_life
        After so many more completions, one counts half. The memory is one matrix and never grows.

    Raises
    ------
    BadInput
        …; ``half_life`` is not above 0.

    Examples
    --------
    >>> reward = novelty()
    >>> reward(prompts=["p", "p"], completions=["a fig", "a fig"])
    [None, None]
    >>> [round(r, 1) for r in reward(prompts=["p", "p"], completions=["a fig", "a kiwi"])]
    [0.0, 1.0]
    """
    return Reward("novelty", partial(_new, unit_rows.checked(view), Memory(half_life)))


def _new(view: unit_rows.View, memory: Memory, call: Call) -> Values:
    x = _narrow(unit_rows.rows(view, call.texts, call.asked))
    known = memory.weight > 0
    values = 1 - memory.repeats(x)
    memory.add(x)
    return [float(v) if known else None for v in values]
