"""Holm's step-down by hand."""

from __future__ import annotations

import pytest

from fullmenu.stats.holm import adjusted


def test_adjusted_by_hand() -> None:
    assert adjusted([0.04, 0.01, 0.03, 0.5]) == pytest.approx([0.09, 0.04, 0.09, 0.5])
    assert adjusted([0.03, 0.03]) == pytest.approx([0.06, 0.06])
    assert adjusted([0.9, 0.8]) == [1.0, 1.0]
    assert adjusted([]) == []
