"""Chances of draws without replacement, against binomial coefficients."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from fullmenu.stats.draws import missed, shown


@pytest.mark.parametrize(("total", "m"), [(3_000, 1_000), (50, 50), (200_000, 1_000)])
def test_chances_are_exact(total: int, m: int) -> None:
    counts = np.array([c for c in (0, 1, 2, 30, 255, 256, 257, 1000) if c <= total])
    exact = [comb(total - c, m) / comb(total, m) for c in counts.tolist()]
    assert missed(counts, total, m) == pytest.approx(exact, abs=1e-9)
    assert shown(counts, total, m) == pytest.approx([1 - p for p in exact], rel=1e-6)


def test_of_nothing_there_is_no_chance() -> None:
    assert missed([], 10, 3).shape == (0,)
