"""DivPO pairs: the rarest of the good, the commonest of the rest, and who has none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullmenu.cure import preference_pair, preference_pairs
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.samples import Record, Samples

numbers = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12)


@given(numbers, st.integers(0, 5))
def test_a_pair_is_what_it_says(outputs, threshold):
    q, r = zip(*outputs, strict=True)
    good = [i for i in range(len(q)) if q[i] >= threshold]
    rest = [i for i in range(len(q)) if q[i] < threshold]
    if not good or not rest:
        with pytest.raises(NotEnoughData, match="none of" if not good else "all of"):
            preference_pair(q, r, threshold)
        return
    chosen, rejected = preference_pair(q, r, threshold)
    assert chosen in good
    assert r[chosen] == max(r[i] for i in good)
    assert q[chosen] == max(q[i] for i in good if r[i] == r[chosen])
    assert rejected in rest
    assert r[rejected] == min(r[i] for i in rest)
    assert q[rejected] == min(q[i] for i in rest if r[i] == r[rejected])


def log(menu, scores=(3, 3, 3, 1, 1, 1), logprobs=None):
    """Two prompts: four of one dish, two good and two not, and two single ones."""
    dishes = [0, 0, 1, 0, 0, 2]
    return Samples.from_records(
        Record(
            menu[d], p, score=float(s) if scores else None,
            logprobs=None if logprobs is None else [logprobs[d]] * 3,
        )
        for p in ("A?", "B?")
        for d, s in zip(dishes, scores or dishes, strict=True)
    )  # fmt: skip


@pytest.mark.parametrize("rarity", ["own_share", "cluster_frequency", "logprob"])
def test_the_rare_good_one_wins_over_the_common_bad_one(menu, rarity):
    made = preference_pairs(log(menu, logprobs=(-1, -2, -3)), rarity=rarity, threshold=2)
    assert [(p.chosen_row, p.rejected_row) for p in made.pairs] == [(2, 3), (8, 9)]
    assert made.without == {}
    assert made.to_dicts()[1] == {"prompt": "B?", "chosen": menu[1], "rejected": menu[0]}


def test_given_rarity_and_quality_count_instead(menu):
    rarity = [9, 0, 0, 5, 5, 0] * 2
    made = preference_pairs(
        log(menu, scores=None), quality=[1, 1, 1, 0, 0, 0] * 2, rarity=rarity, threshold=0.5
    )
    assert [(p.chosen_row, p.rejected_row) for p in made.pairs] == [(0, 5), (6, 11)]


def test_the_better_half_is_good_enough_by_default(menu):
    made = preference_pairs(log(menu, scores=(1, 2, 3, 4, 5, 6)))
    assert [(p.chosen_row, p.rejected_row) for p in made.pairs] == [(5, 0), (11, 6)]
    stricter = preference_pairs(log(menu, scores=(1, 2, 3, 4, 6, 5)), good=0.2)
    assert [p.chosen_row for p in stricter.pairs] == [4, 10]


def test_prompts_without_a_pair_are_told_with_the_reason(menu):
    same = preference_pairs(log(menu, scores=(1,) * 6))
    assert same.pairs == []
    assert list(same.without) == ["A?", "B?"]
    assert "all of 6 outputs are at or above 1" in same.without["A?"]
    assert "none of 6" in preference_pairs(log(menu), threshold=9).without["B?"]


def test_the_order_of_the_log_only_breaks_ties(menu, shuffled):
    outputs = log(menu, scores=(1, 2, 3, 4, 5, 6))
    found = {(p.prompt, p.chosen, p.rejected) for p in preference_pairs(outputs).pairs}
    again = preference_pairs(shuffled(outputs)).pairs
    assert {(p.prompt, p.chosen, p.rejected) for p in again} == found


def test_mistakes_are_named(menu):
    with pytest.raises(BadInput, match="12 of 12 outputs have no score"):
        preference_pairs(log(menu, scores=None))
    with pytest.raises(BadInput, match="no log-probabilities"):
        preference_pairs(log(menu), rarity="logprob")
    with pytest.raises(UnknownName, match="own_share"):
        preference_pairs(log(menu), rarity="own_shares")
    with pytest.raises(BadInput, match="good=1"):
        preference_pairs(log(menu), good=1)
    with pytest.raises(BadInput, match="one finite number"):
        preference_pair([1, np.nan], [0, 0], 0.5)
    with pytest.raises(NotEnoughData, match="no outputs"):
        preference_pairs(Samples.from_records([]))
