"""The lottery ticket on digits, in a small setting; its claims on known results."""

from __future__ import annotations

import pytest

from fullmenu.lab.experiment import Cell, Outcome, Result
from fullmenu.lab.registry import experiment
from fullmenu.report import svg

ARMS = ("ticket", "reinitialised", "shuffled", "dense", "other start")


@pytest.fixture(scope="module")
def settings(require):
    require("torch")
    require("sklearn")
    found = experiment("lottery-ticket")
    return {**found.settings, "densities": [0.3, 0.1], "steps": 60, "early": 15, "hidden": [40]}


def test_cells_are_of_one_chain_and_the_same_again(settings):
    from fullmenu.lab.experiments import lottery_ticket

    found = experiment("lottery-ticket")
    cells = {arm: found.cell(arm, 0, settings) for arm in found.arms}
    for arm, outcome in cells.items():
        assert set(outcome.numbers) == set(found.numbers)
        single = arm in ("dense", "other start")
        assert outcome.traces["density"] == ([1.0] if single else [0.3, 0.1])
    assert cells["ticket"].numbers["early"] > cells["reinitialised"].numbers["early"]
    assert cells["other start"].numbers["barrier"] > cells["dense"].numbers["barrier"]
    lottery_ticket._runs.cache_clear()
    assert found.cell("ticket", 0, settings) == cells["ticket"]


def made(gain, seeds=5):
    """A result in which tickets are better by so much, or not."""
    found = experiment("lottery-ticket")
    cells = []
    for seed in range(seeds):
        for arm in ARMS:
            more = gain if arm == "ticket" else 0.0
            accuracy = 0.94 + more + seed / 1000 + (0.0001 * seed**2 if arm == "ticket" else 0)
            early = 0.95 if arm == "ticket" and gain else 0.6
            barrier = (0.1 if arm == "other start" else 0.003) + seed / 1000
            dense = arm in ("dense", "other start")
            cells.append(
                Cell(arm, seed, Outcome(
                    {"accuracy": accuracy, "early": early, "barrier": barrier}, {},
                    {"density": [1.0 if dense else 0.0625], "accuracy": [accuracy],
                     "early": [early]},
                ), 0.0)
            )  # fmt: skip
    return Result(found, found.settings, cells)


def test_claims_hold_where_they_should_and_fail_where_not():
    found = experiment("lottery-ticket")
    assert [c.holds for c in found.claims(made(0.02))] == [True] * 4
    assert [c.holds for c in found.claims(made(-0.01))] == [False, True, False, True]
    assert [c.holds for c in found.claims(made(0.0))][1] is False
    assert found.claims(made(0.02, seeds=1))[2].holds is False


def test_the_picture_is_drawn():
    chart = experiment("lottery-ticket").draw(made(0.02))
    assert "share of weights left" in svg.file(chart)
