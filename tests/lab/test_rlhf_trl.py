"""The TRL experiment, tiny: the pieces are what they say, and a cell runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fullmenu.lab.experiment import Cell, Outcome, Result
from fullmenu.lab.experiments.rlhf_trl import (
    ARMS,
    CURED,
    DAYS,
    EXPERIMENT,
    MODES,
    PROXY,
    Proxy,
    cell,
    gold,
    matches,
    world,
)
from fullmenu.report import svg


def served(made: Any, mode: int, odd: int = 0) -> str:
    return " ".join(["w99"] * odd + [f"w{w}" for w in made.modes[mode][odd:]])


def test_gold_is_the_worth_of_the_mode_and_falls_with_wrong_words() -> None:
    made = world(0)
    assert made.shares.shape == (len(DAYS), MODES)
    texts = [served(made, 5), served(made, 5, 2), ""]
    mode, match = matches(made, texts)
    assert mode[:2].tolist() == [5, 5] and match.tolist() == pytest.approx([1, 4 / 6, 0])
    assert gold(made, texts) == pytest.approx(made.worth[5] * np.array([1, (4 / 6) ** 3, 0]))
    assert gold(made, texts)[0] == made.worth[5]


def test_the_proxy_learns_from_judgments_alone() -> None:
    made = world(0)
    rng = np.random.default_rng(0)
    texts = [served(made, m) for m in rng.integers(MODES, size=600)]
    proxy = Proxy(texts, gold(made, texts) + 0.2 * rng.normal(size=600), ridge=3.0)
    learned = proxy(completions=[served(made, m) for m in range(MODES)])
    assert np.corrcoef(learned, made.worth)[0, 1] > 0.9
    mixed = " ".join(f"w{made.modes[m][k]}" for k, m in enumerate(rng.permutation(MODES)[:6]))
    assert gold(made, [mixed])[0] < 0.1 < proxy(completions=[mixed])[0]  # it can be hacked


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_cell_runs_and_is_the_same_again(require: Any) -> None:
    require("trl")
    require("torch").set_num_threads(1)
    few = {"steps": 4, "taught": 20, "judgments": 80, "generations": 4, "every": 2}
    settings = {**EXPERIMENT.settings, **few}
    first = cell(CURED, 0, settings)
    assert set(EXPERIMENT.numbers) == set(first.numbers)
    assert first.verdicts["alarm"] == "none"
    assert [step for step, _ in first.traces["effective"]] == [0, 2]
    assert cell(CURED, 0, settings) == first


def test_claims_hold_or_not_by_what_was_seen() -> None:
    numbers = dict.fromkeys(EXPERIMENT.numbers, 1.0)

    def result(alarm: int | None, when: str, verdict: str, modes: float) -> list[bool]:
        cells = []
        for arm in ARMS:
            mine = arm == PROXY
            trace = {"alarm": alarm if mine else None, "effective": [[0, 5.0], [10, 1.0]]}
            seen = {"compare": verdict if mine else "held", "alarm": when if mine else "none"}
            found = {**numbers, "modes": modes, "modes_before": 16.0}
            cells.append(Cell(arm, 0, Outcome(found, seen, trace), 0.0))
        made = Result(EXPERIMENT, EXPERIMENT.settings, cells)
        assert "step of GRPO" in svg.file(EXPERIMENT.draw(made))
        return [claim.holds for claim in EXPERIMENT.claims(made)]

    assert result(10, "in time", "collapsed", 1.0) == [True] * 4
    assert result(90, "late", "collapsed", 1.0) == [False, True, True, True]
    assert result(None, "none", "held", 1.0) == [False, True, False, True]
    assert result(10, "in time", "collapsed", 9.0) == [True, True, False, True]
