"""The lab's ``bonus``: its menus, its rewards, its tuning and its claims."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fullmenu import cure
from fullmenu.cure.rewards import fast_words
from fullmenu.lab.experiment import Cell, Outcome, Result
from fullmenu.lab.experiments import _bonus_world as world
from fullmenu.lab.experiments import bonus
from fullmenu.lab.experiments.bonus import EXPERIMENT, GROUPS
from fullmenu.report import svg

SMALL = {**EXPERIMENT.settings, "steps": 2, "served": 20}


def menus(seed: int = 0) -> list[world.Menu]:
    rng = np.random.default_rng(seed)
    return [world.menu(task, 6, rng) for task in world.TASKS]


def test_plates_of_a_dish_are_alike_and_dishes_are_not() -> None:
    for m in menus():
        right = m.texts[: len(m.dishes)]
        x = fast_words.rows(right, [m.prompt] * len(right))
        same = np.equal.outer(m.dishes, m.dishes)
        assert ((x @ x.T).toarray() >= 0.5).tolist() == same.tolist()


def test_what_is_right_for_one_prompt_is_wrong_for_none() -> None:
    names = [name for task in world.TASKS for name in task.right]
    assert len(set(names)) == len(names)
    assert not set(names) & {name for task in world.TASKS for name in task.wrong}


def test_odds_are_nine_tenths_right_and_a_seventh_of_the_rest_each_kind() -> None:
    found = menus(3)
    shares = world.by_kind(found, [m.odds for m in found])
    assert shares == pytest.approx([0.9, *[0.1 / 7] * 7])
    assert menus(3)[0].texts == found[0].texts != menus(4)[0].texts


def test_mix_pays_no_more_for_what_guards_can_see_and_more_for_what_they_cannot() -> None:
    paid: dict[str, list[bool]] = {}
    mix = cure.mix(bonus.lenient, task="checked")
    for m in menus():
        right = m.texts[: len(m.dishes)]
        for text, kind in zip(m.texts[len(right) :], m.kinds[len(right) :].tolist(), strict=True):
            said = [*right, text]
            values = mix(prompts=[m.prompt] * len(said), completions=said)
            best = max(v for v in values[:-1] if v is not None)
            assert values[-1] is not None
            paid.setdefault(world.KINDS[kind], []).append(values[-1] > best)
    assert all(np.mean(paid[kind]) <= 0.1 for kind in world.VISIBLE)
    assert all(np.mean(paid[kind]) == 1 for kind in world.HIDDEN)


def test_the_repeat_rate_of_all_counts_nonsense_as_dishes() -> None:
    m = world.Menu(
        "p", ["a", "b", "x", "y"], np.array([0, 0, 1, 7]), np.array([0, 1]), np.full(4, 0.25)
    )
    assert world.repeat_rates([m], [m.odds]) == pytest.approx((0.5, 0.25))


def test_tuning_by_a_check_raises_what_is_right() -> None:
    found = menus()
    ends = bonus.tuned(found, bonus.strict, 8, np.random.default_rng(0), SMALL)
    assert world.by_kind(found, ends)[0] > 0.9
    same = bonus.tuned(found, lambda completions, **_: [1.0] * len(completions), 8,
                       np.random.default_rng(0), SMALL)  # fmt: skip
    assert world.by_kind(found, same)[0] == pytest.approx(0.9)


@pytest.mark.parametrize("arm", list(EXPERIMENT.arms))
def test_a_cell_gives_the_same_numbers_again(arm: str) -> None:
    found = EXPERIMENT.cell(arm, 1, SMALL)
    assert set(found.numbers) == set(EXPERIMENT.numbers)
    if arm.startswith("mix"):
        assert found == EXPERIMENT.cell(arm, 1, SMALL)


def made(changes: dict[str, dict[Any, Any]]) -> Result:
    """A result in which everything holds, and what is changed in it."""
    cells = []
    for seed in range(2):
        for arm in EXPERIMENT.arms:
            shift = 0.001 * seed
            ends = dict.fromkeys(GROUPS, 0.9 if arm == bonus.UNTUNED else 0.96 + shift)
            numbers = {"dishes": 4.9, "visible": 0.07, "hidden": 0.03, "kept": 1.0}
            verdict = "held"
            if arm == f"sum, {bonus.ONE}":
                falls = zip(GROUPS, (0.97, 0.93, 0.7, 0.5, 0.3), strict=True)
                ends = {n: x + shift for n, x in falls}
            if arm == "quality alone, checked":
                numbers |= {"dishes": 3.0 + shift, "kept": 0.6}
                verdict = "narrowed"
            if arm == "mix, checked":
                numbers |= {"dishes": 5.9 + shift}
            if arm == "sum, lenient":
                numbers |= {"visible": 0.3 + shift}
            if arm == "mix, lenient":
                numbers |= {"visible": 0.04 + shift, "hidden": 0.15 + shift}
            changed = dict(changes.get(arm, {}))
            verdict = changed.pop("verdict", verdict)
            ends |= {n: changed.pop(n) for n in GROUPS if n in changed}
            numbers |= {f"right_{n}": ends[n] for n in bonus.SHOWN}
            traces = {"kinds": {str(n): [x, *[0.0] * 7] for n, x in ends.items()}}
            outcome = Outcome(numbers | changed, {"compare": verdict}, traces)
            cells.append(Cell(arm, seed, outcome, 0.0))
    return Result(EXPERIMENT, {}, cells)


def test_claims_hold_where_they_should_and_are_drawn() -> None:
    result = made({})
    assert [c.says for c in EXPERIMENT.claims(result) if not c.holds] == []
    assert "one right answer" in svg.file(EXPERIMENT.draw(result))


@pytest.mark.parametrize(
    ("arm", "change"),
    [
        (f"sum, {bonus.ONE}", {8: 0.6}),
        (f"sum, {bonus.ONE}", {16: 0.91}),
        ("mix, checked", {64: 0.9}),
        (f"mix, {bonus.ONE}", {4: 0.8}),
        (f"product, {bonus.ONE}", {32: 0.8}),
        ("quality alone, checked", {"dishes": 5.0}),
        ("mix, checked", {"dishes": 4.8}),
        ("sum, lenient", {"visible": 0.06}),
        ("mix, lenient", {"visible": 0.08}),
        ("mix, lenient", {"hidden": 0.03}),
        ("quality alone, checked", {"verdict": "held"}),
        ("mix, lenient", {"verdict": "narrowed", "kept": 0.6}),
    ],
)
def test_every_claim_can_fail(arm: str, change: dict[Any, Any]) -> None:
    failed = [c for c in EXPERIMENT.claims(made({arm: change})) if not c.holds]
    assert bool(failed) == (change.get("verdict") != "narrowed")


def test_false_losses_fail_too() -> None:
    wrong = {arm: {"verdict": "narrowed"} for arm in ("mix, open", "sum, checked", "mix, lenient")}
    assert [c.says[:7] for c in EXPERIMENT.claims(made(wrong)) if not c.holds] == ["compare"]
