"""Repeat rates in parts: any partition, in any order, gives the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.packing import pack
from fullmenu.kernel.rates import GroupedRows, GroupMoments, across, rate_estimate, within

NAMES = np.array(["Ä?", "Fruit?", "Tree?", "a", "b", "c", "d", "Ω"])


def log(seed, n=60, d=5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(3, d))[rng.integers(0, 3, n)] + 0.5 * rng.normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True), rng.integers(0, len(NAMES), n)


def merged(state, x, groups, seed):
    """Cut at random into up to five parts, and merge these in a random tree."""
    rng = np.random.default_rng(seed)
    part = rng.integers(0, 5, len(groups))
    states = [state.partial(x[part == p], NAMES[groups[part == p]]) for p in range(5)]
    while len(states) > 1:
        i, j = rng.choice(len(states), 2, replace=False)
        both = states[i].merge(states[j])
        states = [s for k, s in enumerate(states) if k not in (i, j)] + [both]
    return state.from_bytes(states[0].to_bytes())


seeds = st.tuples(st.integers(0, 50), st.integers(0, 50))


@given(seeds, st.booleans())
def test_parts_of_rows_give_the_whole(seed, sparse):
    x, groups = log(seed[0])
    rows = csr_matrix(x) if sparse else x
    whole = within(rows, groups, len(NAMES))
    parts = merged(GroupedRows, rows, groups, seed[1])
    found = parts.finish(NAMES)
    assert found.rates == pytest.approx(whole.rates, rel=1e-12)
    assert found.judged.tolist() == whole.judged.tolist()
    ours, due = (rate_estimate(w.replicates()) for w in (found, whole))
    assert (ours.value, ours.low, ours.high) == pytest.approx((due.value, due.low, due.high))
    ours, due = parts.finish_across(), across(rows, groups, len(NAMES))
    assert ours.value == pytest.approx(due.value, rel=1e-12)
    assert np.sort(ours.without) == pytest.approx(np.sort(due.without), rel=1e-9)


@given(seeds)
def test_parts_of_moments_give_the_whole(seed):
    x, groups = log(seed[0])
    whole = within(x, groups, len(NAMES))
    parts = merged(GroupMoments, x, groups, seed[1])
    at = [NAMES.tolist().index(name) for name in parts.names]
    assert parts.rates == pytest.approx(whole.rates[at], rel=1e-9, abs=1e-12)
    ours, due = parts.finish(), whole.replicates()
    assert (ours.value, ours.share, ours.hidden) == pytest.approx(
        (due.value, due.share, due.hidden)
    )
    assert np.sort(ours.without) == pytest.approx(np.sort(due.without))
    ours, due = parts.finish_across(), across(x, groups, len(NAMES))
    assert ours.value == pytest.approx(due.value, rel=1e-9)
    assert np.sort(ours.without) == pytest.approx(np.sort(due.without), rel=1e-9)
    assert ours.share == pytest.approx(due.share)


def test_the_rate_of_moments_by_hand():
    # two of three alike: 1 of 3 pairs; one dish only: 1; a single output: no pair
    x = np.eye(3)[[0, 0, 1, 2, 2, 1]]
    state = GroupMoments.partial(x, np.array([0, 0, 0, 1, 1, 2]))
    assert state.rates == pytest.approx([1 / 3, 1, 0])
    assert state.counts.tolist() == [3, 2, 1]


def test_few_prompts_need_their_outputs():
    x, groups = log(0)
    few = GroupMoments.partial(x, groups % 5)
    with pytest.raises(NotEnoughData, match="use GroupedRows"):
        few.finish()
    with pytest.raises(NotEnoughData, match="at least 6, not 5"):
        few.finish_across()
    assert rate_estimate(GroupedRows.partial(x, groups % 5).finish().replicates()).high < 1


def test_wide_rows_have_no_moments():
    with pytest.raises(BadInput, match="1,024 at most"):
        GroupMoments.partial(np.eye(1_025), np.zeros(1_025))


def test_other_bytes_are_refused():
    state = GroupedRows.partial(*log(0))
    data = state.to_bytes()
    for wrong in (b"", data[:-30], b"{}"):
        with pytest.raises(BadInput, match="no whole state"):
            GroupedRows.from_bytes(wrong)
    with pytest.raises(BadInput, match=r"grouped-rows/1', not 'fullmenu/group-moments/1"):
        GroupMoments.from_bytes(data)
    with pytest.raises(BadInput, match="no whole state"):
        GroupedRows.from_bytes(pack("fullmenu/grouped-rows/1", groups=np.zeros(2))[:40])
