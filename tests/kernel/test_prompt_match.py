"""Matching outputs to prompts, by hand and where nothing depends on the prompt."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.kernel.prompt_match import even_rows, matching


def test_by_hand() -> None:
    # Six prompts with two outputs each. Prompts 0 and 1 answer alike: between them it is a tie.
    dish = np.repeat([0, 0, 2, 3, 4, 5], 2)
    found = matching(np.eye(6)[dish], np.repeat(np.arange(6), 2))
    # Of 30 ordered pairs of prompts 28 are won, two are ties
    assert found.value == pytest.approx(29 / 30)


def test_chance_is_a_half_whatever_the_numbers() -> None:
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(40), rng.integers(2, 7, 40))
    x = rng.normal(size=(len(groups), 12))
    found = matching(x / np.linalg.norm(x, axis=1)[:, None], groups)
    assert found.low is not None and found.high is not None
    assert found.low < 0.5 < found.high < 0.6


def test_too_few_prompts_are_refused() -> None:
    with pytest.raises(NotEnoughData, match="6 prompts"):
        even_rows(np.repeat(np.arange(5), 3))
