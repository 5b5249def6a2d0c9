"""Random numbers that a look must not use up: saved before it, restored after it."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

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
    seeds: list[Callable[[int], object]] = [random.seed, np.random.seed]
    saved: list[tuple[Callable[[Any], object], object]] = [
        (random.setstate, random.getstate()),
        (np.random.set_state, np.random.get_state()),  # noqa: NPY002
    ]
    torch = sys.modules.get("torch")
    if torch is not None:
        seeds.append(torch.default_generator.manual_seed)
        saved.append((torch.set_rng_state, torch.get_rng_state()))
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            seeds.append(torch.cuda.manual_seed_all)
            saved.append((torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
        if torch.backends.mps.is_available():
            seeds.append(torch.mps.manual_seed)
            saved.append((torch.mps.set_rng_state, torch.mps.get_rng_state()))
    for begin_at in seeds:
        begin_at(seed)
    try:
        yield
    finally:
        for restore, state in saved:
            restore(state)
