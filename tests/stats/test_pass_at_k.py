"""pass@k: exact against counting, over prompts, and what a change of it means."""

from itertools import combinations

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.stats.pass_at_k import Rights, mass_change, pass_at, pass_change, passes


def test_it_is_the_share_of_all_draws_that_hold_a_right_one():
    for n in range(1, 8):
        for right in range(n + 1):
            marks = [1] * right + [0] * (n - right)
            for k in range(1, n + 1):
                exact = np.mean([max(drawn) for drawn in combinations(marks, k)])
                assert pass_at([n], [right], k)[0] == pytest.approx(exact)
    with pytest.raises(NotEnoughData, match="pass@9 needs 9"):
        pass_at([8], [1], 9)


def test_the_interval_holds_the_mean_of_easy_prompts_too():
    rng = np.random.default_rng(3)
    p = rng.beta(2.0, 0.5, 200_000)
    truth = (1 - (1 - p) ** 4).mean()
    held = 0
    for _ in range(200):
        found = passes(Rights(np.full(20, 8), rng.binomial(8, rng.choice(p, 20))), 4)
        held += found.low <= truth <= found.high
    assert held >= 184  # 92 %; without the bound on what a prompt is worth it was 73 %


def test_all_or_none_right_still_has_an_interval():
    none, every = (passes(Rights(np.full(9, 4), np.full(9, c)), 2) for c in (0, 4))
    assert (none.value, none.low) == (0, 0) and 0.2 < none.high < 0.6
    assert (every.value, every.high) == (1, 1) and 0.4 < every.low < 0.8


@pytest.mark.parametrize(
    ("after", "word"),
    [
        ([8] * 20 + [0] * 20, "concentrated mass"),
        ([5] * 40, "more right"),
        ([3, 2] * 20, "unclear"),
    ],
)
def test_what_rose_is_told(after, word):
    before = Rights(np.full(40, 8), np.array([2, 3] * 20))
    found = mass_change(before, Rights(np.full(40, 8), np.array(after)))
    assert found.word == word and found.k == 8
    assert found.once.value == pytest.approx(np.mean(after) / 8 - 2.5 / 8)


def test_new_capability_is_more_prompts_that_are_ever_solved():
    before = Rights(np.full(30, 8), np.array([0] * 15 + [3] * 15))
    after = Rights(np.full(30, 8), np.array([2] * 15 + [3] * 15))
    assert mass_change(before, after).word == "new capability"


def test_one_output_a_prompt_can_say_nothing_of_tries():
    before, after = (Rights(np.ones(30, int), np.array([0] * m + [1] * (30 - m))) for m in (25, 3))
    assert mass_change(before, after).word == "more right"
    with pytest.raises(NotEnoughData, match="2 prompts or more"):
        pass_change(Rights([4], [1]), Rights([4], [2]), 1)
