"""The self-training experiment: its known answer, and a training in miniature."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.lab.experiment import Cell, Outcome, Result
from fullmenu.lab.experiments.self_training import (
    EXPERIMENT,
    LENGTH,
    WORDS,
    Language,
    effective_number,
)

SMALL = {
    **EXPERIMENT.settings, "prompts": 6, "modes": 4, "data": 8, "generations": 3, "steps": 60,
    "hidden": 24, "batch": 32,
}  # fmt: skip


def test_known_modes_of_real_data_have_their_shares():
    world = Language(0, prompts=3, modes=8)
    counts = world.counts(world.draw(np.random.default_rng(1), 4_000))
    assert counts.sum() == pytest.approx(12_000, rel=0.01)
    assert counts / counts.sum(1, keepdims=True) == pytest.approx(
        np.tile(world.shares, (3, 1)), abs=0.03
    )
    assert effective_number(counts) == pytest.approx(1 / (world.shares**2).sum(), rel=0.05)


def test_a_phrase_with_three_wrong_words_is_malformed():
    world = Language(0, prompts=2, modes=3)
    data = world.draw(np.random.default_rng(0), 1)
    data = data._replace(phrases=world.phrases[[0, 1], [2, 0]].copy())
    assert world.counts(data).tolist() == [[0, 0, 1], [1, 0, 0]]
    data.phrases[0, :2] = (data.phrases[0, :2] + 1) % WORDS
    assert world.counts(data).sum() == 2
    data.phrases[0, 2] = (data.phrases[0, 2] + 1) % WORDS
    assert world.counts(data).tolist() == [[0, 0, 0], [1, 0, 0]]


def test_texts_are_eight_words_by_prompt():
    world = Language(1, prompts=2, modes=3)
    log = world.samples(world.draw(np.random.default_rng(0), 5))
    assert log.prompt_ids == ["Guest 0", "Guest 1"]
    assert {len(text.split()) for text in log.outputs} == {LENGTH}


def test_no_two_alike_is_no_effective_number():
    with pytest.raises(NotEnoughData, match="train for more steps"):
        effective_number(np.array([[1, 1, 0]]))


@pytest.fixture(scope="module")
def trained(require):
    require("torch").set_num_threads(1)
    return {arm: EXPERIMENT.cell(arm, 0, SMALL) for arm in ("replacing", "mixing")}


def test_a_cell_gives_what_it_lists(trained):
    for outcome in trained.values():
        assert set(outcome.numbers) == set(EXPERIMENT.numbers)
        assert np.isfinite(list(outcome.numbers.values())).all()
        assert len(outcome.traces["modes"]) == SMALL["generations"]
        assert outcome.traces["modes"][-1] == outcome.numbers["modes"]
    first = [o.traces["modes"][0] for o in trained.values()]
    assert first[0] == first[1]  # the same first model


def test_the_same_seed_gives_the_same_numbers(trained):
    again = EXPERIMENT.cell("mixing", 0, SMALL)
    assert again == trained["mixing"]
    assert again.numbers != EXPERIMENT.cell("mixing", 1, SMALL).numbers


def result(lost):
    """Cells as if run: replacing keeps few rare modes, and is seen or not."""
    numbers = {"modes": 60, "known": 3, "dishes": 3, "repeat rate": 0.3, "well-formed": 1}
    cells = [
        Cell(
            arm,
            seed,
            Outcome(
                {**numbers, "tail": (5 if arm == "replacing" else 25) + seed % 2},
                {"compare": lost if arm == "replacing" else "held"},
                {"modes": [70, 60], "known": [3, 1.5 if arm == "replacing" else 3]},
            ),
            1.0,
        )
        for arm in EXPERIMENT.arms
        for seed in range(3)
    ]
    for i, cell in enumerate(cells):
        cell.outcome.numbers["tail"] += i * i % 7 / 10
    return Result(EXPERIMENT, EXPERIMENT.settings, cells)


def test_claims_follow_the_numbers():
    assert all(c.holds for c in EXPERIMENT.claims(result("narrowed")))
    blind = EXPERIMENT.claims(result("held"))
    assert [c.holds for c in blind] == [False, True, False, True, True, True]


def test_the_picture_has_a_line_for_each_arm():
    [plot] = EXPERIMENT.draw(result("narrowed")).forms
    assert [line.name for line in plot.lines] == list(EXPERIMENT.arms)
