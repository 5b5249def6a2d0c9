"""Leaving out repeats: what is promised of the rest, and what is said of the dropped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from fullmenu.cure import deduplicate, down_to_rate, without_near_duplicates
from fullmenu.cure.near_duplicates import Neighbours
from fullmenu.errors import BadInput
from fullmenu.measures import repeat_rate
from fullmenu.samples import Record, Samples


def rows(seed, n=40, d=6):
    x = np.random.default_rng(seed).normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@given(st.integers(0, 10_000), st.floats(0.1, 1))
def test_no_two_kept_are_near_and_every_dropped_one_is_near_a_kept(seed, threshold):
    x = rows(seed)
    kept = without_near_duplicates(x, threshold)
    k2 = (x @ x.T) ** 2
    among = k2[np.ix_(kept, kept)] - np.eye(len(kept))
    assert (among < threshold).all()
    gone = np.setdiff1d(np.arange(len(x)), kept)
    assert (k2[np.ix_(gone, kept)].max(1, initial=0) >= threshold - 1e-9).all() or not len(gone)


@given(st.integers(0, 10_000), st.floats(0, 0.99))
def test_the_target_is_reached_and_the_rate_never_rises_on_the_way(seed, target):
    x = rows(seed, n=15, d=3)
    kept, dropped = down_to_rate(x, target)
    assert sorted([*kept, *dropped]) == list(range(15))
    left = list(range(15))
    rates = [repeat_rate(x).value]
    for row in dropped:
        left.remove(row)
        if len(left) > 1:
            rates.append(repeat_rate(x[left]).value)
    assert (np.diff(rates) <= 1e-9).all()
    assert len(kept) == 1 or rates[-1] <= target + 1e-9
    if dropped.size and len(kept) > 1:
        assert rates[-2] > target


@given(st.integers(0, 10_000))
def test_sparse_rows_give_the_same(seed):
    x = np.maximum(rows(seed), 0) + 1e-3
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    assert without_near_duplicates(csr_matrix(x), 0.7).tolist() == (
        without_near_duplicates(x, 0.7).tolist()
    )
    assert down_to_rate(csr_matrix(x), 0.3)[1].tolist() == down_to_rate(x, 0.3)[1].tolist()


def test_the_first_of_equals_is_kept_and_the_dropped_name_it(menu):
    log = Samples.of({"A?": [menu[0], menu[1], menu[0]], "B?": [menu[0], menu[2]]})
    d = deduplicate(log, outputs_only=True)
    assert d.kept.tolist() == [0, 1, 4]
    assert list(zip(d.dropped.tolist(), d.repeats.tolist(), strict=True)) == [(2, 0), (3, 0)]
    assert d.likeness == pytest.approx([1, 1])
    assert d.samples.outputs == [menu[0], menu[1], menu[2]]
    assert (d.before.outputs, d.after.outputs, d.after.dishes) == (5, 3, 3)


def test_by_prompt_the_same_text_may_answer_two_prompts(menu):
    log = Samples.of({"A?": [menu[0], menu[1], menu[0]], "B?": [menu[0], menu[2]]})
    assert deduplicate(log, by_prompt=True).kept.tolist() == [0, 1, 3, 4]


def test_by_prompt_the_target_holds_in_every_prompt(serve):
    log = serve(prompts=6, outputs=20, p=[0.5, *[0.5 / 11] * 11])
    d = deduplicate(log, target=0.1, by_prompt=True)
    for name in log.prompt_ids:
        mine = [i for i in d.kept.tolist() if log.table["prompt_id"][i].as_py() == name]
        assert deduplicate(log.take(mine), target=0.1, by_prompt=True).dropped.size == 0
    assert d.before.repeat_rate.value > 0.2 > d.after.repeat_rate.value
    assert (d.after.repeat_rate.low, d.after.repeat_rate.high) == (None, None)


def test_what_repeats_whatever_is_done_goes_down_to_one():
    d = deduplicate(Samples.of(["fig"] * 5), target=0.5)
    assert d.kept.tolist() == [0]
    assert d.after.repeat_rate is None


def test_one_of_threshold_and_target():
    log = Samples.of(["fig", "kiwi"])
    with pytest.raises(BadInput, match="one of the two"):
        deduplicate(log, threshold=0.5, target=0.5)
    with pytest.raises(BadInput, match="threshold=0"):
        deduplicate(log, threshold=0)
    with pytest.raises(BadInput, match="target=1"):
        deduplicate(log, target=1)


def test_the_one_right_answer_to_many_questions_stays():
    asked = [f"Is the review of the film {a} {b} good?" for a in "abcdefghij" for b in "klmnopqrst"]
    log = Samples.of({p: ["positive" if i % 2 else "negative"] for i, p in enumerate(asked)})
    assert len(deduplicate(log).dropped) == 0
    assert len(deduplicate(log, outputs_only=True).kept) == 2
    sums = Samples.of({f"What is {i} + {i + 1}?": [str((2 * i + 1) % 5)] for i in range(40)})
    assert len(deduplicate(sums).dropped) == 0
    twice = Samples.of({f"What is {i // 2} + 1?{' ' * (i % 2)}": ["a number"] for i in range(6)})
    assert deduplicate(twice).dropped.tolist() == [1, 3, 5]
    unasked = fm_samples(["fig", "kiwi", "fig"])
    assert deduplicate(unasked).dropped.tolist() == [2]


def fm_samples(outputs):
    return Samples.from_records(Record(x, None, f"row {i}") for i, x in enumerate(outputs))


STORY = (
    "The baker lit the oven before dawn. Rain ran down the narrow street. A boy came for bread and "
    "had no coins. She gave him two loaves and a warm roll. By noon the whole town had heard it. "
    "In the evening someone left a jar of honey at her door."
)


@pytest.mark.parametrize(
    "near",
    [
        STORY.upper(),
        " ".join(np.random.default_rng(0).permutation(STORY.split(". ")).tolist()),
        "Certainly! I would be happy to help you with this request. Here is my answer: " + STORY,
        STORY[: int(0.8 * len(STORY))],
    ],
)
def test_near_copies_of_a_text_are_found_whatever_was_done_to_it(near):
    other = "Granite cools slowly under the ground, and its crystals grow large enough to be seen."
    log = Samples.of({"Tell me something.": [STORY, other, near]})
    assert deduplicate(log).dropped.tolist() == [2]


@given(st.integers(0, 10_000), st.floats(0.2, 1))
def test_the_rarest_columns_find_all_that_comparing_all_finds(seed, threshold):
    rng = np.random.default_rng(seed)
    x = csr_matrix((rng.random((30, 12)) < 0.3) * rng.random((30, 12)) + np.eye(30, 12) * 0.01)
    x = csr_matrix(x / np.maximum(np.sqrt(x.multiply(x).sum(1)), 1e-9))
    x = csr_matrix(
        np.where(x.toarray().any(1, keepdims=True), x.toarray(), np.eye(30, 12)[[0] * 30])
    )
    k2 = (x.toarray() @ x.toarray().T) ** 2
    near = Neighbours(x, threshold)
    for rows in (np.arange(17), np.arange(17, 30)):
        pairs = near.of(rows)
        said = set(zip(pairs.later.tolist(), pairs.earlier.tolist(), strict=True))
        for j in rows.tolist():
            for i in range(j):
                if abs(k2[j, i] - threshold) > 1e-6:
                    assert ((j, i) in said) == (k2[j, i] >= threshold)
        near.keep(rows)


def test_a_large_log_is_read_in_parts_and_gives_the_same(monkeypatch, serve):
    log = serve(prompts=30, outputs=40, p=[0.3, *[0.7 / 11] * 11])
    texts = [f"{text}, and then word{i % 90} ends it" for i, text in enumerate(log.outputs)]
    pairs = zip(log.prompts, texts, strict=True)
    log = Samples.from_records(Record(text, p, p) for p, text in pairs)
    for options in ({}, {"by_prompt": True}, {"outputs_only": True}, {"view": "phrasing"}):
        whole = deduplicate(log, **options)
        with monkeypatch.context() as patch:
            patch.setattr("fullmenu.cure.collection.LARGE", 1)
            patch.setattr("fullmenu.cure.near_duplicates.BLOCK", 64)
            parts = deduplicate(log, **options)
        assert 0 < len(whole.dropped) < len(log)
        assert parts.kept.tolist() == whole.kept.tolist()
        assert parts.repeats.tolist() == whole.repeats.tolist()
        assert parts.likeness == pytest.approx(whole.likeness)
        assert parts.before.dishes == whole.before.dishes
        assert parts.after.repeat_rate.value == pytest.approx(whole.after.repeat_rate.value)


def test_dishes_of_a_very_large_log_are_not_told(monkeypatch, serve):
    log = serve(prompts=5, outputs=8)
    told = deduplicate(log)
    monkeypatch.setattr("fullmenu.cure.collection.GROUPED", len(log) - 1)
    untold = deduplicate(log)
    assert told.before.dishes and told.before.leading_share
    assert (untold.before.dishes, untold.before.leading_share, untold.after.dishes) == (None,) * 3
    assert untold.kept.tolist() == told.kept.tolist()
    assert untold.before.repeat_rate == told.before.repeat_rate


def test_a_row_is_found_whichever_of_two_has_the_longer_tail_of_common_columns():
    rng = np.random.default_rng(0)
    common = rng.random((400, 1)) < np.linspace(0.02, 0.9, 60)
    x = common * rng.exponential(size=(400, 60)) + 1e-3 * (np.arange(60) == 59)
    x = csr_matrix(x / np.linalg.norm(x, axis=1, keepdims=True))
    k2 = np.asarray((x @ x.T).toarray()) ** 2
    for threshold in (0.5, 0.8, 0.95):
        near = Neighbours(x, threshold).of(np.arange(400))
        said = set(zip(near.later.tolist(), near.earlier.tolist(), strict=True))
        later, earlier = np.nonzero(np.tril(k2 >= threshold + 1e-6, -1))
        assert len(later) > 10 or threshold == 0.95
        assert set(zip(later.tolist(), earlier.tolist(), strict=True)) <= said
        assert all(k2[j, i] >= threshold - 1e-6 for j, i in said)
