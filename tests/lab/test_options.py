"""Options: the fork is as theory says, and the instrument knows the policies of the rooms."""

from __future__ import annotations

import pytest

from fullmenu.lab.experiments import options
from fullmenu.lab.experiments.options import EXPERIMENT, FORKS
from fullmenu.lab.runs import run
from fullmenu.report import svg

SMALL = {**EXPERIMENT.settings, "rewards": 1000}


@pytest.mark.parametrize("arm", list(FORKS))
def test_a_fork_keeps_what_theory_says(arm: str) -> None:
    found = options.cell(arm, 0, SMALL).numbers
    k = FORKS[arm]
    assert found["keeps"] == pytest.approx(k / (k + 1), abs=0.045)  # 3 standard errors
    assert found["ending"] == pytest.approx(0.5, abs=0.03)


def test_the_rooms() -> None:
    found = options.cell("rooms, γ = 0.9", 0, SMALL)
    assert found.numbers["keeps"] > 0.5
    assert found.numbers["start"] > found.numbers["ending"]
    assert found.verdicts[options.ROOMY] == "warning"
    assert found.verdicts["the task's optimum"] == "ok"
    assert found == options.cell("rooms, γ = 0.9", 0, SMALL)


def test_the_policy_that_keeps_options_is_read_off_the_map() -> None:
    model, _ = options.rooms()
    chances = model.transitions.toarray().reshape(*model.available.shape, -1)
    goes = {
        tuple(model.states[s]): tuple(model.states[chances[s, a].argmax()])
        for s, a in enumerate(options.keeps_most_next(model))
    }
    assert goes[0, 0] == (0, 1)  # three cells about it, against two of those below
    assert goes[1, 2] == (1, 1)  # the door has two neighbours only; it does not stand still


def test_it_runs_without_any_extra_and_is_drawn() -> None:
    assert EXPERIMENT.extras == ""
    few = type(EXPERIMENT)(**{**vars(EXPERIMENT), "settings": {"rewards": 200}})
    result = run(few, seeds=2, workers=0)
    assert len(EXPERIMENT.claims(result)) == 5
    assert "A fork" in svg.file(EXPERIMENT.draw(result))
