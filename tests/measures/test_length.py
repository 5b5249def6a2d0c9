"""Mean length."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.measures import length


def test_mean_and_students_interval() -> None:
    from scipy.stats import t

    words = np.array([3, 5, 4, 8, 2])
    e = length(["w " * k for k in words])
    half = t.ppf(0.975, 4) * words.std(ddof=1) / np.sqrt(5)
    assert (e.value, e.low, e.high) == pytest.approx((4.4, 4.4 - half, 4.4 + half))


def test_prompts_that_go_together_widen_the_interval() -> None:
    texts = ["one"] * 10 + ["one two three"] * 10
    texts *= 3
    plain, by_prompt = length(texts), length(texts, groups=np.repeat(np.arange(6), 10))
    assert plain.value == by_prompt.value == 2
    assert plain.low is not None and by_prompt.low is not None
    assert by_prompt.low < plain.low


def test_one_length_only_has_no_upper_bound() -> None:
    e = length(["seven"] * 9)
    assert e.value == 1 and e.high is None
    assert e.low is not None and 0.5 < e.low < 1


def test_empty_outputs_count() -> None:
    assert length(["", "a b", "", "a b"]).value == 1


def test_one_prompt_is_not_enough() -> None:
    with pytest.raises(NotEnoughData, match="prompt"):
        length(["a", "b"], groups=[0, 0])
