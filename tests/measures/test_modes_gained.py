"""Modes gained: the mirror of modes lost."""

from __future__ import annotations

import numpy as np

from fullmenu.measures import modes_gained, modes_lost


def test_is_what_the_other_side_lost() -> None:
    before, after = [9, 4, 3, 1, 0, 0], [12, 0, 5, 0, 6, 3]
    assert modes_gained(after, before) == modes_lost(before, after)


def test_finds_the_modes_that_are_new() -> None:
    rng = np.random.default_rng(2)
    p = np.full(20, 0.05)
    q = p.copy()
    q[:7] = 0
    e = modes_gained(rng.multinomial(300, p), rng.multinomial(300, q / q.sum()))
    assert e.low is not None and e.high is not None
    assert e.low <= 7 <= e.high and e.high - e.low < 3
