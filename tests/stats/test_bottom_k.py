"""What many parts hold is told by a few of their keys."""

from __future__ import annotations

from collections import Counter
from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullmenu.stats import bottom_k
from fullmenu.stats.bottom_k import BottomK

parts = st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=6)


@pytest.mark.parametrize("most", [5, 1_000])
@given(parts=parts, data=st.data())
def test_it_counts_the_smallest_keys_in_any_order(most, parts, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bottom_k, "MOST", most)
        states = [BottomK.of(keys) for keys in data.draw(st.permutations(parts))]
        found = reduce(BottomK.merge, states)
        cut = data.draw(st.integers(0, len(states) - 1))
        nested = reduce(BottomK.merge, states[cut:], BottomK.of())
        found_again = reduce(BottomK.merge, states[:cut], BottomK.of()).merge(nested)
    counts = sorted(Counter(key for keys in parts for key in keys).items())[:most]
    assert [*zip(found.keys.tolist(), found.parts.tolist(), strict=True)] == counts
    assert found.repeated == sum(n > 1 for _, n in counts)
    assert np.array_equal(found.keys, found_again.keys)
    assert np.array_equal(found.parts, found_again.parts)


def test_the_share_of_its_keys_is_that_of_all():
    rng = np.random.default_rng(1)
    keys = rng.integers(0, 1 << 64, 60_000, np.uint64)
    one, other = keys[:40_000], keys[30_000:]  # a sixth is in both
    both = BottomK.of(one.tolist()).merge(BottomK.of(other.tolist()))
    assert len(both.keys) == bottom_k.MOST
    assert both.repeated / len(both.keys) == pytest.approx(1 / 6, abs=0.02)
