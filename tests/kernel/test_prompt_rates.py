"""Repeat rates of prompts alone: what merging leaves is what the whole log gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.prompt_rates import PromptRates
from fullmenu.kernel.rates import within


def made(seed: int, prompts: int = 12) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, prompts, 60)
    groups[:prompts] = np.arange(prompts)
    x = rng.normal(size=(60, 4))
    return x / np.linalg.norm(x, axis=1, keepdims=True), groups


def part(x: np.ndarray, groups: np.ndarray, of: np.ndarray) -> PromptRates:
    rows = np.isin(groups, of)
    names, here = np.unique(groups[rows], return_inverse=True)
    return PromptRates.partial(within(x[rows], here, len(names)), names)


@given(st.integers(0, 10**6), st.permutations(range(12)), st.integers(1, 5))
def test_any_cut_and_any_order_give_the_whole(seed, order, pieces):
    x, groups = made(seed)
    parts = [part(x, groups, np.array(c)) for c in np.array_split(order, pieces)]
    state = parts[0]
    for other in parts[1:]:
        state = PromptRates.from_bytes(other.to_bytes()).merge(state)
    whole = within(x, groups, 12).replicates()
    told = state.replicates()
    assert told.value == pytest.approx(whole.value, rel=1e-12)
    assert told.without == pytest.approx(whole.without, rel=1e-12)
    assert told.fixed_se == pytest.approx(whole.fixed_se, rel=1e-9)
    assert (state.counts == np.bincount(groups)).all()


def test_a_prompt_in_two_parts_is_refused():
    x, groups = made(0)
    with pytest.raises(BadInput, match="lie in both parts"):
        part(x, groups, np.arange(7)).merge(part(x, groups, np.arange(6, 12)))


def test_few_prompts_have_no_interval():
    x, groups = made(0)
    with pytest.raises(NotEnoughData, match="it takes 6"):
        part(x, groups, np.arange(5)).replicates()


def test_some_prompts_of_it():
    x, groups = made(1)
    some = part(x, groups, np.arange(12)).of(np.array([2, 7]))
    assert some.names.tolist() == [2, 7]
    assert some.counts.tolist() == np.bincount(groups)[[2, 7]].tolist()
