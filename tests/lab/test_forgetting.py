"""The five tasks: what is lost, and that a run says the same again."""

from dataclasses import replace

import pytest

from fullmenu.lab.registry import experiment
from fullmenu.lab.runs import run


@pytest.fixture(scope="module")
def result(require):
    require("torch")
    require("sklearn")
    arms = {a: about for a, about in experiment("forgetting").arms.items() if "split" in a}
    return run(replace(experiment("forgetting"), arms=arms), seeds=2, workers=0)


def test_replay_keeps_what_is_else_lost(result):
    assert result.mean("split", "backward") < -0.95
    assert result.mean("split, replay", "backward") > -0.2
    assert all(v == "warning" for v in result.verdicts("split", "forgetting"))


def test_the_diagnosis_of_all_seeds(result):
    from fullmenu.lab.experiments.forgetting import judged

    assert judged(result, "split") == ("failure", "failure")
    assert judged(result, "split, replay")[1] != "failure"


def test_numbers_agree_with_the_items(result):
    for cell in result.of("split, replay"):
        numbers = cell.outcome.numbers
        assert numbers["forgotten_first"] == pytest.approx(-numbers["backward"])
        assert numbers["forgotten_max"] >= numbers["forgotten_first"] - 1e-12
        assert numbers["lost"] - numbers["gained"] == pytest.approx(-numbers["backward"], abs=1e-6)


def test_again_the_same(result):
    found = experiment("forgetting")
    again = found.cell("split, replay", 1, found.settings)
    assert again == result.of("split, replay")[1].outcome
