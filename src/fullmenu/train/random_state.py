"""Random numbers that a look must not use up: saved before it, restored after it."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def untouched(seed: int) -> Iterator[None]:
    """Leave the global random states as they were: python's, numpy's, and torch's where loaded.

    Inside they start at ``seed``: else two looks between which training drew nothing would draw the
    same. Generators that a program holds itself (``torch.Generator``, ``numpy.random.Generator``,
    ``keras.random.SeedGenerator``, keys of JAX) are not seen: whoever holds them restores them.

    >>> random.seed(0)
    >>> first = random.random()
    >>> random.seed(0)
    >>> with untouched(7):
    ...     spent = random.random()
    >>> random.random() == first
    True
    """
    plain, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    torch = sys.modules.get("torch")
    on_cuda = torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized()
    on_mps = torch is not None and torch.backends.mps.is_available()
    states = [
        torch.get_rng_state() if torch else None,
        torch.cuda.get_rng_state_all() if torch and on_cuda else None,
        torch.mps.get_rng_state() if torch and on_mps else None,
    ]
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    if torch is not None:
        torch.default_generator.manual_seed(seed)
        if on_cuda:
            torch.cuda.manual_seed_all(seed)
        if on_mps:
            torch.mps.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(plain)
        np.random.set_state(of_numpy)  # noqa: NPY002
        if torch is not None:
            torch.set_rng_state(states[0])
            if on_cuda:
                torch.cuda.set_rng_state_all(states[1])
            if on_mps:
                torch.mps.set_rng_state(states[2])
