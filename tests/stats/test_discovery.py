"""Many tests at once: few false discoveries, and more true ones where there are many."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from fullmenu.stats.discovery import discovered, q_values


def test_by_hand() -> None:
    assert q_values([0.01, 0.02, 0.03, 0.5]).round(3).tolist() == [0.04, 0.04, 0.04, 0.5]
    # first step at .05/1.05 finds 3 of 4, so that one may be null: .0476·4/1 at the second
    assert discovered([0.001, 0.002, 0.003, 0.18], 0.05) == [True] * 4
    assert discovered([0.001, 0.002, 0.003, 0.2], 0.05) == [True] * 3 + [False]
    assert discovered([], 0.05) == []
    assert discovered([0.001, 0.002], 0.05) == [True, True]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_the_rate_holds(share: float) -> None:
    rng, false, found, plain = np.random.default_rng(1), [], 0, 0
    for _ in range(600):
        null = rng.random(40) >= share
        p = 1 - ndtr(rng.normal(np.where(null, 0.0, 2.5)))
        listed = np.array(discovered(p.tolist(), 0.05))
        false.append((listed & null).sum() / max(listed.sum(), 1))
        found += (listed & ~null).sum()
        plain += ((q_values(p.tolist()) <= 0.05) & ~null).sum()
    assert np.mean(false) <= 0.05 + 3 * np.std(false) / np.sqrt(600)
    assert share < 0.5 or found > 1.05 * plain
