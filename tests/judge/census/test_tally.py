"""What parts of a log leave merges in any order, however the log is cut."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu.errors import BadInput
from fullmenu.judge.census.tally import Census, PromptCounts, merged
from fullmenu.judge.closeup import keys_of, rates_of, row_keys, sampled
from fullmenu.kernel.prompt_rates import PromptRates
from fullmenu.readers.account import Account
from fullmenu.samples import Record, Samples
from fullmenu.views.registry import get

WORDS = ["fig", "kiwi", "plum", "oak tree", "a long walk", "rain"]


@st.composite
def logs(draw: st.DrawFn) -> Samples:
    """Logs of some prompts with one output or several."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=8))
    rng = random.Random(draw(st.integers(0, 99)))
    return Samples.from_records(
        Record(f"p{p}", rng.choice(WORDS), f"Prompt {p}?", model=rng.choice("ab"))
        for p, n in enumerate(sizes)
        for _ in range(n)
    )


def _of_prompts(log: Samples, number: int, prompts: Sequence[int]) -> Census:
    """Return the state of some whole prompts."""
    some = log.take(np.isin(log.groups, prompts))
    models = dict(Counter(m for m in some.column("model") if m))
    return Census(
        rates_of([get("phrasing")], [some] if len(some) else []),
        some.take(np.arange(0, len(some), 2)),
        len(some) % 3,
        models,
        {number: Account()},
    )


def _same(a: Census, b: Census) -> None:
    for x, y in zip(a.rates["phrasing"]._arrays(), b.rates["phrasing"]._arrays(), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12, atol=0)
    assert a.empty == b.empty
    assert a.models == b.models
    assert a.accounts.keys() == b.accounts.keys()
    key = ["prompt_id", "output", "model"]
    rows = [sorted(map(str, c.sample.table.select(key).to_pylist())) for c in (a, b)]
    assert rows[0] == rows[1]


@settings(deadline=None, max_examples=30)
@given(logs(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_any_cut_and_any_order_leave_the_same(log: Samples, cuts: int, rng: random.Random):
    prompts = [*range(log.n_prompts)]
    rng.shuffle(prompts)
    states = [_of_prompts(log, k, prompts[k::cuts]) for k in range(cuts)]
    whole = reduce(Census.merge, states)
    rng.shuffle(states)
    _same(merged(states), whole)
    _same(merged(Census.from_bytes(state.to_bytes()) for state in states), whole)
    _same(reduce(lambda a, b: b.merge(a), states), whole)
    alone = rates_of([get("phrasing")], [log])["phrasing"]
    np.testing.assert_allclose(whole.rates["phrasing"].rates, alone.rates, rtol=1e-12, atol=0)
    assert whole.rates["phrasing"].counts.tolist() == alone.counts.tolist()


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdef"), max_size=30), st.integers(1, 5))
def test_prompts_are_counted_in_any_cut(ids: list[str], cuts: int):
    states = [PromptCounts.partial(ids[k::cuts], 1) for k in range(cuts)]
    count = merged(reversed(states))
    assert dict(zip(count.keys.tolist(), count.counts.tolist(), strict=True)) == {
        int(keys_of([name])[0]): ids.count(name) for name in {*ids}
    }
    spread = {int(keys_of([n])[0]): sum(n in ids[k::cuts] for k in range(cuts)) for n in {*ids}}
    assert dict(zip(count.keys.tolist(), count.parts.tolist(), strict=True)) == spread
    again = PromptCounts.from_bytes(count.to_bytes())
    assert again.counts.tolist() == count.counts.tolist()


def test_one_id_of_several_texts_is_several_prompts():
    log = Samples.from_records(Record("fig", "fruit", ["Short?", "Long?"][n % 2]) for n in range(6))
    assert rates_of([get("phrasing")], [log])["phrasing"].counts.tolist() == [3, 3]


def test_a_prompt_in_two_states_is_refused():
    one = PromptRates(keys_of(["a"]), np.array([2]), np.array([0.5]), np.array([np.nan]))
    with pytest.raises(BadInput, match="lie in both parts"):
        one.merge(one)


def test_states_of_other_views_and_of_one_part_are_refused():
    log = Samples.of({"a": ["x", "y"], "b": ["x", "z"]})
    a, b = _of_prompts(log, 0, [0]), _of_prompts(log, 0, [1])
    with pytest.raises(BadInput, match="both states hold part 0"):
        a.merge(b)
    other = Census({"outline": b.rates["phrasing"]}, b.sample, 0, {}, {1: Account()})
    with pytest.raises(BadInput, match="use the same views"):
        a.merge(other)


def test_damaged_states_are_refused():
    data = _of_prompts(Samples.of({"a": ["x", "y"]}), 0, [0]).to_bytes()
    with pytest.raises(BadInput, match="fullmenu/census/3"):
        Census.from_bytes(data[:-20])


def test_the_sample_is_of_whole_prompts_and_grows_with_its_size():
    keys = np.sort(keys_of([f"p{k}" for k in range(50)]))
    counts = np.full(50, 4)
    few, more = (set(sampled(keys, counts, n, 0).tolist()) for n in (60, 80))
    assert (len(few), len(more)) == (15, 20)
    assert few < more
    assert len(sampled(keys, counts, 1, 0)) == 12
    assert len(sampled(keys, counts, 60, 120)) == 30


def test_row_keys_are_those_of_the_prompts():
    log = Samples.of({"a": ["x", "y"], "b": ["z"]})
    a, b = keys_of(["a", "b"]).tolist()
    assert row_keys(log).tolist() == [a, a, b]
