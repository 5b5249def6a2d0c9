"""Matching lengths: same spread on both sides, nothing longer, layout kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullmenu.judge.lengths import GOLDEN, cut, differ, match, stretch
from fullmenu.text.tokens import count_words as words

SPACES = st.sampled_from([" ", "\n\n", "\t", "  \n- "])
WORDS = st.sampled_from(["soup", "fish’s", "été", "三", "汤面", "x."])
TEXTS = st.lists(st.tuples(WORDS, SPACES), max_size=12).map(lambda x: "".join(map("".join, x)))


def one_prompt(before, after):
    return match(before, after, np.zeros(len(before), int), np.zeros(len(after), int))


@given(
    before=st.lists(TEXTS, min_size=1, max_size=8),
    after=st.lists(TEXTS, min_size=1, max_size=8),
)
def test_never_longer_and_always_a_beginning(before, after):
    for given_, found in zip((before, after), one_prompt(before, after), strict=True):
        for old, new in zip(given_, found, strict=True):
            assert old.startswith(new)
            assert bool(words([new])[0]) == bool(words([old])[0])


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8))
def test_equal_counts_give_equal_spreads(pairs):
    before, after = one_prompt([a for a, _ in pairs], [b for _, b in pairs])
    shorter = [np.sort(words(x)) for x in zip(*pairs, strict=True)]
    ours = np.sort(words(before)), np.sort(words(after))
    at_least_one = [np.minimum(*shorter) + (np.minimum(*shorter) == 0) * (s > 0) for s in shorter]
    for found, want in zip(ours, at_least_one, strict=True):
        assert found.tolist() == np.sort(want).tolist()


def test_other_counts_meet_at_quantiles():
    short = [" ".join(["a"] * k) for k in (2, 4, 6)]
    long = [" ".join(["b"] * k) for k in range(10, 22)]
    before, after = one_prompt(short, long)
    assert before == short
    assert words(after).mean() == pytest.approx(words(short).mean(), rel=0.05)
    assert (words(after).min(), words(after).max()) == (2, 6)


def test_layout_is_kept():
    assert cut("# Soup\n\n- one\n- two  three\n", 4) == "# Soup\n\n- one"
    assert cut("  a\tb ", 5) == "  a\tb "
    assert cut("héllo  \n wörld", 1) == "héllo"


def test_each_prompt_by_itself():
    before = ["a b c d", "a b c d"]
    after = ["x", "x y z"]
    groups = np.array([0, 1])
    assert match(before, after, groups, groups)[0] == ["a", "a b c"]
    assert match(before, after, groups, groups[::-1])[0] == ["a b c", "a"]


def test_a_prompt_on_one_side_stays():
    before, after = match(["a b c"], ["x"], np.array([0]), np.array([1]))
    assert (before, after) == (["a b c"], ["x"])


def test_scripts_without_spaces_have_lengths_too():
    assert words(["清蒸三文鱼", "ข้าวผัด"])[0] == 5
    before, after = one_prompt(["清蒸三文鱼配姜葱和米饭"], ["三文鱼汤"])
    assert (before, after) == (["清蒸三文"], ["三文鱼汤"])
    mixed, _ = one_prompt(["好吃 soup 好"], ["a b c"])
    assert mixed == ["好吃 soup"]


def test_an_empty_side_cuts_to_one_word():
    before, after = one_prompt(["a b c"], [""])
    assert (before, after) == (["a"], [""])


@pytest.mark.parametrize(
    ("before", "after", "calls"),
    [(15, 16, True), (16, 15, True), (14.9, 30, False), (100, 105, False), (100, 106, True)],
)
def test_from_15_words_on_a_twentieth_more_calls_for_matching(before, after, calls):
    assert differ(before, after) is calls  # 16 > 1.05 · 15 = 15.75; 105 is not above 1.05 · 100


def test_the_order_of_equally_long_outputs_does_not_matter():
    before, after = ["a b c d", "e f g h", "i j k l"], ["x", "y z", "u v w"]
    zeros = np.zeros(3, int)
    cut = dict(zip(before, match(before, after, zeros, zeros)[0], strict=True))
    other = before[::-1]
    assert dict(zip(other, match(other, after, zeros, zeros)[0], strict=True)) == cut


def test_stretches_from_anywhere_have_one_place_in_a_prompt():
    text = " ".join(f"w{k}" for k in range(11))
    groups = np.array([0, 0, 1])
    long, short = match([text] * 3, ["a b c"] * 3, groups, groups, "anywhere")
    # eight places before the last: .618 · 8 = 4.9 for prompt 0, 1.236 − 1 = .236 · 8 = 1.9 for 1
    assert long == ["w5 w6 w7", "w5 w6 w7", "w2 w3 w4"]
    assert short == ["a b c"] * 3
    assert stretch(text, 3, GOLDEN) == "w5 w6 w7"
    assert stretch(text, 20, GOLDEN) == text
