"""The commonest opening."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.measures import opening_share


def test_known_answer() -> None:
    texts = ["Once upon a time"] * 30 + ["In a far land"] * 20
    e = opening_share(texts)
    assert e.value == 0.6
    assert e.low is not None and e.high is not None
    assert 0.4 < e.low < 0.6 < e.high < 0.8


def test_all_alike() -> None:
    e = opening_share(["Once upon a time"] * 30)
    assert e.value == e.high == 1.0
    assert e.low is not None and 0.8 < e.low < 1


def test_nothing_twice_leaves_the_lower_bound_near_nothing() -> None:
    e = opening_share([f"{i} a b" for i in range(50)])
    assert e.value == pytest.approx(0.02)
    assert e.low is not None and e.low < 1e-4


def test_prompts_that_go_together_widen_the_interval() -> None:
    texts = (["Once upon a time"] * 10 + ["In a far land"] * 10) * 5
    alone = opening_share(texts)
    together = opening_share(texts, groups=np.repeat(np.arange(10), 10))
    assert together.value == alone.value
    assert together.high is not None and alone.high is not None
    assert together.high - together.value > 2 * (alone.high - alone.value)
    assert together.n == 10


def test_a_shorter_opening_is_commoner() -> None:
    texts = ["once upon a time", "once upon the time"] * 10
    assert opening_share(texts, 2).value == 1.0
    assert opening_share(texts, 3).value == 0.5
