"""Berger and Parker's dominance: the top share of one."""

from __future__ import annotations

from fullmenu.measures import berger_parker, hill, top_share

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12


def test_is_the_commonest_share() -> None:
    assert berger_parker(GIRDLED).value == 46 / 168
    assert berger_parker(GIRDLED) == top_share(GIRDLED, 1)
    assert abs(1 / hill(GIRDLED, float("inf"), asymptotic=False).value - 46 / 168) < 1e-12
