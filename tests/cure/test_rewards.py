"""The laws of the variety rewards: finite, bounded, equivariant, of one scale in every group."""

import itertools
import math
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu import cure
from fullmenu.cure.rewards.cluster_frequency import clusters, surprise
from fullmenu.cure.rewards.own_share import shares
from fullmenu.errors import BadInput, UnknownName
from fullmenu.kernel.likeness import by_group

pytestmark = pytest.mark.filterwarnings("ignore:.*a prompt has")

word = st.sampled_from(
    ["fig", "kiwi", "the", "of", "Rice", "狗", "naïve", "\ud800", "\0", "!", "42", "it's"]
)
text = st.one_of(st.lists(word, max_size=12).map(" ".join), st.text(max_size=30))
answers = st.lists(st.tuples(st.sampled_from(["p", "q", "the fig?"]), text), max_size=12)


def length(completions, **_):
    return [None if not c else min(len(c) / 10, 3.0) for c in completions]


BUILT = {
    "own_share": cure.own_share,
    "own_share, outline": lambda: cure.own_share("outline"),
    "cluster_frequency": cure.cluster_frequency,
    "multiply": lambda: cure.multiply(length, cure.own_share()),
    "multiply, clusters": lambda: cure.multiply(length, cure.cluster_frequency()),
    "cap": lambda: cure.cap(length, at=1.0),
    "probe": lambda: cure.probe(log=lambda name, value: None),
    "novelty": cure.novelty,
    "mix": lambda: cure.mix(length, at=1.0, task="learned"),
}
TOP = {
    "own_share": lambda n: 1.0,
    "own_share, outline": lambda n: 1.0,
    "cluster_frequency": math.log,
    "multiply": lambda n: 3.0,
    "multiply, clusters": lambda n: 3.0,
    "cap": lambda n: 1.0,
    "probe": lambda n: 0.0,
    "novelty": lambda n: 1.0,
    "mix": lambda n: 1.0 + 0.5 * math.log(n),
}


@pytest.mark.parametrize("name", BUILT)
@settings(max_examples=25)
@given(rows=answers, seed=st.integers(0, 99))
def test_finite_bounded_and_equivariant(name, rows, seed):
    prompts, completions = [p for p, _ in rows], [c for _, c in rows]
    found = BUILT[name]()(prompts=prompts, completions=completions, trainer_state=None)
    assert len(found) == len(rows)
    for prompt, value in zip(prompts, found, strict=True):
        top = TOP[name](prompts.count(prompt)) + 1e-6
        assert value is None or (math.isfinite(value) and -1e-9 <= value <= top)
    order = np.random.default_rng(seed).permutation(len(rows))
    moved = BUILT[name]()(
        prompts=[prompts[i] for i in order], completions=[completions[i] for i in order]
    )
    for i, value in zip(order, moved, strict=True):
        assert (found[i] is None) == (value is None)
        assert value is None or value == pytest.approx(found[i], abs=1e-5)


unit_rows = st.integers(2, 5).flatmap(
    lambda d: st.lists(st.integers(0, d - 1), min_size=3, max_size=8).map(lambda i: np.eye(d)[i])
)


@settings(max_examples=60)
@given(rows=unit_rows, times=st.integers(2, 4))
def test_surprise_is_the_same_in_a_group_served_several_times_over(rows, times):
    one, many = np.zeros(len(rows), int), np.zeros(times * len(rows), int)
    again = np.tile(rows, (times, 1))
    once = surprise(clusters(rows, one), one)
    assert surprise(clusters(again, many), many) == pytest.approx(np.tile(once, times))


@settings(max_examples=30)
@given(seed=st.integers(0, 999), size=st.integers(2, 5))
def test_own_share_is_the_mean_of_its_value_in_smaller_groups(seed, size):
    x = np.random.default_rng(seed).standard_normal((6, 3))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    whole = shares(x, np.zeros(6, int))
    for i in range(6):
        drawn = [c for c in itertools.combinations(range(6), size) if i in c]
        small = [shares(x[list(c)], np.zeros(size, int))[c.index(i)] for c in drawn]
        assert np.mean(small) == pytest.approx(whole[i])


def test_all_alike_and_all_different_are_the_ends_of_the_scale_in_every_group():
    for n in (2, 8, 33):
        asked, alike = ["p"] * n, ["same words here"] * n
        different = [f"w{i}a w{i}b w{i}c" for i in range(n)]
        assert cure.own_share()(prompts=asked, completions=alike) == pytest.approx([0] * n)
        assert cure.own_share()(prompts=asked, completions=different) == pytest.approx([1] * n)
        rare = cure.cluster_frequency()
        assert rare(prompts=asked, completions=alike) == pytest.approx([0] * n)
        assert rare(prompts=asked, completions=different) == pytest.approx([math.log(n)] * n)


def test_prompts_are_grouped_by_content_not_by_place():
    prompts, completions = ["p", "q", "p", "q"], ["fig", "fig", "kiwi", "fig"]
    assert cure.own_share()(prompts=prompts, completions=completions) == pytest.approx([1, 0, 1, 0])


def test_chats_are_read_like_texts():
    chat = [[{"role": "user", "content": "Fruit?"}]] * 2
    said = [[{"role": "assistant", "content": c}] for c in ("fig", "fig")]
    assert cure.own_share()(prompts=chat, completions=said) == pytest.approx([0, 0])


def test_an_empty_completion_is_a_dish_of_its_own():
    found = cure.cluster_frequency()(prompts=["p"] * 4, completions=["", "", "fig", "kiwi"])
    assert found == pytest.approx([math.log(2)] * 2 + [math.log(4)] * 2)


def test_small_groups_in_one_batch_are_what_one_by_one_gives():
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(list("abcdefgh"), 5)) for _ in range(40)]
    groups = rng.integers(0, 9, 40)
    from fullmenu.cure.rewards import fast_words

    x = fast_words.rows(texts, [None] * 40)
    for (a, k), (b, other) in zip(by_group(x, groups), by_group(x.toarray(), groups), strict=True):
        assert (a == b).all() and k == pytest.approx(other, abs=1e-6)


def test_symbols_without_words_are_dishes_too():
    found = cure.own_share()(prompts=["p"] * 4, completions=["🙂", "🙂", "🙁", " "])
    assert found == pytest.approx([2 / 3, 2 / 3, 1, 1])


@pytest.mark.parametrize("name", ["own_share", "cluster_frequency", "probe"])
def test_a_split_group_is_warned_of_once(name):
    reward = getattr(cure, name)(num_generations=4)
    with pytest.warns(UserWarning, match="has 2 of its 4 completions"):
        reward(prompts=["p", "p"], completions=["a", "b"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reward(prompts=["p", "p"], completions=["a", "b"])
        getattr(cure, name)(num_generations=2)(prompts=["p", "p"], completions=["a", "b"])


def test_the_size_of_a_group_may_come_with_the_call():
    with pytest.warns(UserWarning, match="has 2 of its 8 completions"):
        cure.own_share()(prompts=["p", "p"], completions=["a", "b"], num_generations=8)


def test_a_completion_alone_has_no_reward():
    assert cure.own_share()(prompts=["p"], completions=["a"]) == [None]
    assert cure.mix(length, at=1.0, task="learned")(prompts=["p"], completions=["a"]) == [
        pytest.approx(0.1)
    ]


def test_a_view_by_name_or_as_a_function():
    asked, said = ["Name a pet."] * 3, ["a dog", "dogs!", "a cat"]
    by_name = cure.own_share("answer")(prompts=asked, completions=said)
    assert by_name[2] > by_name[0]
    mine = cure.own_share(lambda texts: np.eye(2)[[int("cat" in t) for t in texts]])
    assert mine(prompts=asked, completions=said) == pytest.approx([0.5, 0.5, 1.0])
    with pytest.raises(UnknownName, match="unknown view 'anser'"):
        cure.own_share("anser")
    with pytest.raises(BadInput, match="unit length"):
        cure.own_share(lambda t: np.full((3, 2), 2.0))(prompts=asked, completions=said)
    with pytest.raises(BadInput, match="images"):
        cure.own_share("image")


def test_rewards_can_be_pickled_and_have_a_name():
    for name, build in BUILT.items():
        if name != "probe":
            assert pickle.loads(pickle.dumps(build())).__name__ == build().__name__
    assert cure.mix(length, at=1.0, task="learned").__name__ == "varied_length"
