"""Rewards that wrap a quality: product, cap and mix; the probe and the memory."""

import math

import numpy as np
import pytest

from fullmenu import cure
from fullmenu.cure.rewards.cap import good_enough
from fullmenu.cure.rewards.memory import Memory
from fullmenu.errors import BadInput, NotEnoughData

ASKED = ["p"] * 4
SAID = ["fig", "fig", "kiwi", "plum"]


def given(*values):
    def quality(completions, **_):
        return list(values)

    return quality


def test_a_product_is_quality_times_variety_in_0_to_1():
    q = given(1.0, 2.0, 2.0, 0.0)
    by_share = cure.multiply(q, cure.own_share())(prompts=ASKED, completions=SAID)
    assert by_share == pytest.approx([2 / 3, 4 / 3, 2, 0])
    rare = cure.multiply(q, cure.cluster_frequency())(prompts=ASKED, completions=SAID)
    assert rare == pytest.approx([0.5, 1, 2, 0])  # log 2 of log 4


def test_a_bad_answer_is_no_better_for_being_common():
    q = given(-1.0, -1.0, -1.0, None)
    assert cure.multiply(q, cure.own_share())(prompts=ASKED, completions=SAID) == [-1, -1, -1, None]


def test_a_variety_outside_0_to_1_is_refused():
    with pytest.raises(BadInput, match=r"quality gave 7: .* lies in \[0, 1\]"):
        cure.multiply(given(1, 1), given(0, 7))(prompts=["p"] * 2, completions=["a", "b"])


def test_what_is_not_finite_says_nothing():
    q = given(float("nan"), float("inf"), None, 0.5)
    assert cure.cap(q, at=1.0)(prompts=ASKED, completions=SAID) == [None, None, None, 0.5]


def test_the_bar_is_given_or_one_standard_deviation_above_the_base():
    base = [0.0, 1.0, 2.0]
    assert good_enough(base) == pytest.approx(2)
    high = given(0.5, 1.9, 2.1, 9.0)
    assert cure.cap(high, base=base)(prompts=ASKED, completions=SAID) == [0.5, 1.9, 2, 2]
    assert cure.cap(high, base=base, sds=0)(prompts=ASKED, completions=SAID) == [0.5, 1, 1, 1]
    with pytest.raises(BadInput, match="give one of them"):
        cure.cap(high)
    with pytest.raises(NotEnoughData, match="no spread"):
        cure.cap(high, base=[1.0, 1.0])
    with pytest.raises(BadInput, match="not finite"):
        cure.cap(high, base=[1.0, float("nan")])


def test_the_mix_is_its_parts():
    mixed = cure.mix(given(0.2, 3.0, None, 3.0), at=1.0)(prompts=ASKED, completions=SAID)
    half = 0.5 * math.log(2)
    assert mixed[2] is None
    assert [mixed[0], mixed[1], mixed[3]] == pytest.approx([0.2 + half, 1 + half, 1 + 2 * half])


def test_the_mix_warns_where_there_is_no_kl():
    with pytest.warns(UserWarning, match="no KL to the reference"):
        cure.mix(given(1.0), at=1.0, beta=0.0)
    cure.mix(given(1.0), at=1.0, beta=0.1)


def test_what_is_no_reward_function_is_refused():
    async def later(**_):
        return []

    for wrong, says in (
        (None, "no reward function"),
        ("a model's name", "no reward"),
        (later, "asy"),
    ):
        with pytest.raises(BadInput, match=says):
            cure.cap(wrong, at=1.0)
    with pytest.raises(BadInput, match="returned 1 rewards for 4"):
        cure.cap(given(1.0), at=1.0)(prompts=ASKED, completions=SAID)
    with pytest.raises(BadInput, match="3 prompts for 4 completions"):
        cure.own_share()(prompts=ASKED[:3], completions=SAID)


def test_the_probe_logs_by_the_trainer_s_hand_and_rewards_nothing():
    seen = {}
    probe = cure.probe()
    zeros = probe(prompts=ASKED, completions=SAID, log_metric=seen.__setitem__)
    assert zeros == [0, 0, 0, 0]
    assert seen["variety/repeat_rate"] == pytest.approx(1 / 6)
    assert seen["variety/effective_number"] == pytest.approx(6)
    assert probe(prompts=ASKED, completions=SAID) == zeros  # nobody to tell


def test_the_memory_is_a_weighted_mean_over_all_that_was_said():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 4))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    memory = Memory(half_life=10)
    for part in np.split(x, 6):
        memory.add(part)
    weight = np.repeat(0.5 ** np.arange(5, -1, -1), 10)
    exact = ((x @ x.T) ** 2) @ weight / weight.sum()
    assert memory.repeats(x) == pytest.approx(exact, abs=1e-5)
    with pytest.raises(BadInput, match="half_life=0"):
        cure.novelty(half_life=0)


def test_what_was_said_before_is_new_no_more():
    reward = cure.novelty(half_life=100)
    assert reward(prompts=ASKED, completions=SAID) == [None] * 4
    again = reward(prompts=["other"] * 2, completions=["fig", "something else"])
    assert again[0] < 0.8 < again[1]
