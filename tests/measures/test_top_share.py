"""Top share: exact values, the winner's luck."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.measures import top_share


def test_share_of_the_commonest() -> None:
    counts = [1, 50, 4, 0, 20, 25]
    assert top_share(counts, 1).value == 0.5
    assert top_share(counts).value == 0.95
    assert top_share(counts, 10).value == 1.0


def test_a_clear_leader_has_the_plain_interval() -> None:
    e = top_share([60] + [1] * 40, 1)
    assert (e.low, e.high) == pytest.approx((0.4972, 0.6906), abs=2e-3)


@pytest.mark.parametrize("k", [1, 3])
def test_covers_where_nobody_leads(k: int) -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(200):
        e = top_share(rng.multinomial(50, np.full(100, 0.01)), k)
        assert e.low is not None and e.high is not None
        hits += e.low <= k / 100 <= e.high
    assert hits >= 184


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_how_many_makes_no_sense(k: float) -> None:
    with pytest.raises(BadInput, match="k="):
        top_share([3, 4], k)
