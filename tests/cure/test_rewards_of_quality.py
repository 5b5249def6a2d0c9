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
    q = given(0.2, 3.0, None, 3.0)
    mixed = cure.mix(q, at=1.0, task="learned")(prompts=ASKED, completions=SAID)
    half = 0.5 * math.log(2)  # two are at the bar, and unlike each other
    assert mixed[2] is None
    assert [mixed[0], mixed[1], mixed[3]] == pytest.approx([0.2, 1 + half, 1 + half])


@pytest.mark.parametrize("n", [4, 16, 64, 256])
def test_what_is_below_the_bar_never_earns_as_much_as_what_is_at_it(n):
    said = ["Paris."] * (n - 2) + ["qzx vkw", "It is Lyon"]

    def learned(completions, **_):
        return [0.9 if c[0] in "PI" else 0.3 for c in completions]

    def checked(completions, **_):
        return [float(c[0] in "PI") for c in completions]

    for reward in (
        cure.mix(checked, task="checked"),
        cure.mix(learned, at=0.8, task="learned"),
        cure.mix(learned, base=[0.3, 0.3, 0.9, 0.3, 0.3]),
    ):
        paid = np.array(reward(prompts=["Name a city."] * n, completions=said))
        assert paid[-2] < paid[0] < paid[-1]
        scaled = (paid - paid.mean()) / paid.std(ddof=1)  # the order survives, the size does not
        assert scaled[-2] < scaled[0] < scaled[-1]


def test_of_one_unlike_output_the_group_s_deviation_leaves_no_size():
    n = 16
    said = ["Paris."] * (n - 1) + ["It is Lyon"]
    paid = np.array(
        cure.mix(given(*[1.0] * n), task="checked")(prompts=["City?"] * n, completions=said)
    )
    scaled = (paid - paid.mean()) / paid.std(ddof=1)
    assert scaled[-1] == pytest.approx((n - 1) / math.sqrt(n))
    assert scaled[-1] == pytest.approx(
        ((paid * 9) - (paid * 9).mean())[-1] / (9 * paid).std(ddof=1)
    )


def test_the_task_is_told_by_what_the_quality_returns():
    told = cure.mix(given(1.0, 0.0, 1.0, 0.0))
    with pytest.warns(UserWarning, match="gave 0 and 1 only, so the task is taken for 'checked'"):
        told(prompts=ASKED, completions=SAID)
    told(prompts=ASKED, completions=SAID)  # said once
    scores = cure.mix(given(0.1, 0.7, 0.2, 0.4), at=0.5)
    with pytest.warns(UserWarning, match="taken for 'learned': outputs at 0.5 or above"):
        scores(prompts=ASKED, completions=SAID)
    with pytest.raises(BadInput, match="give mix base="), pytest.warns(UserWarning):
        cure.mix(given(0.1, 0.7, 0.2, 0.4))(prompts=ASKED, completions=SAID)
    with pytest.raises(BadInput, match="give mix base="):
        cure.mix(given(0.1), task="learned")
    opened = cure.mix(None)
    assert opened.task == "open"
    assert opened(prompts=ASKED, completions=SAID)[2] > opened(prompts=ASKED, completions=SAID)[0]
    with pytest.raises(BadInput, match="an open task has no quality"):
        cure.mix(given(1.0), task="open")
    with pytest.raises(BadInput, match="task='chess'"):
        cure.mix(given(1.0), task="chess")


def test_grades_that_turn_out_to_be_scores_are_said_again():
    values = [1.0, 0.0, 1.0, 0.0]

    def quality(completions, **_):
        return values

    reward = cure.mix(quality, at=0.5)
    with pytest.warns(UserWarning, match="'checked'"):
        reward(prompts=ASKED, completions=SAID)
    values[0] = 0.3
    with pytest.warns(UserWarning, match="'learned'"):
        reward(prompts=ASKED, completions=SAID)


def test_the_spread_of_the_quality_alone_is_there_for_a_filter():
    prompts = ["p", "p", "q", "q", "r"]
    reward = cure.mix(given(1.0, 0.0, 1.0, 1.0, None), task="checked")
    said = ["fig", "kiwi", "fig", "plum", "fig"]
    assert reward.spread(prompts=prompts, completions=said).tolist() == [1, 1, 0, 0, 0]
    with pytest.warns(UserWarning, match="has 1 of its 2"):
        assert reward(prompts=prompts, completions=said)[2] > 1  # though its group has a spread


COMMON, UNLIKE = "I would take a ripe banana.", "Perhaps some fresh strawberries"


@pytest.mark.parametrize(
    "junk",
    [
        "",
        " \n",
        "?!?! ...",
        "zqxv wkjq bvxz pqgh",
        COMMON.upper(),
        COMMON.translate(str.maketrans("aeio", "4310")),
        "\u200b".join(COMMON),
        " ".join(COMMON),
        COMMON.translate(str.maketrans("aeop", "аеор")),
        COMMON + " river lamp seventeen copper willing through garden paper",
        "well now " + COMMON + " river lamp seventeen copper",
        "Ich würde eine der reifen Bananen für das Frühstück nehmen",
        "Я бы взял спелый банан",
        "我会选一根熟香蕉",
        " ".join(["word salad"] * 30),
    ],
)
def test_guards_leave_no_bonus_for_what_is_only_unlike(junk):
    said = [COMMON] * 5 + [UNLIKE, junk]
    asked = ["What is a fruit that you would have for breakfast?"] * 7
    paid = cure.mix(given(*[1.0] * 7), task="checked")(prompts=asked, completions=said)
    assert paid[6] <= paid[0] < paid[5]


def test_code_with_other_names_and_comments_is_the_same_answer():
    first = "def total(xs):\n    out = 0\n    for x in xs:\n        out += x\n    return out"
    other = first.replace("xs", "values").replace("out", "acc").replace("total", "add_up")
    apart = "from itertools import accumulate\n\nprint(max(accumulate(map(int, input().split()))))"
    said = [first] * 4 + [apart, "# adds them all up, one by one\n" + other]
    paid = cure.mix(given(*[1.0] * 6), task="checked")(prompts=["Sum?"] * 6, completions=said)
    assert paid[5] == pytest.approx(paid[0]) and paid[4] > paid[0]


def test_the_mix_warns_where_there_is_no_kl():
    with pytest.warns(UserWarning, match="no KL to the reference"):
        cure.mix(given(1.0), at=1.0, beta=0.0)
    cure.mix(given(1.0), at=1.0, beta=0.1)
    cure.mix(given(1.0), task="checked", beta=0.0)


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
