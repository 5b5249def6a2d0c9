"""The demo's restaurant: a collapse that happens, with every dish known."""

import json
from collections import Counter
from itertools import product

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.lab import restaurant
from fullmenu.lab.restaurant import TABLES
from fullmenu.samples import Record, Samples


@pytest.fixture(scope="module")
def tuned() -> restaurant.MenuRun:
    return restaurant.run(seed=0)


def test_same_seed_same_run(tuned):
    again, other = restaurant.run(seed=0), restaurant.run(seed=1)
    assert again.before.table.equals(tuned.before.table)
    assert again.after.table.equals(tuned.after.table)
    assert again.history == tuned.history
    assert not other.before.table.equals(tuned.before.table)


@pytest.mark.parametrize("seed", range(5))
def test_variety_goes_and_quality_stays(seed):
    r = restaurant.run(seed=seed)
    first, last = r.history[0], r.history[-1]
    assert first.dishes > 50
    assert last.dishes < 4
    assert 0.02 < last.reward - first.reward < 0.1
    assert r.after.scores.mean() > r.before.scores.mean()
    top = Counter(r.after_dishes.tolist()).most_common(3)
    assert {dish for dish, _ in top} == set(restaurant.bestsellers())
    assert sum(n for _, n in top) > 0.75 * len(r.after)
    assert Counter(r.before_dishes.tolist()).most_common(1)[0][1] < 0.05 * len(r.before)


def test_style_goes_too(tuned):
    for samples, low, high in ((tuned.before, 0.0, 0.2), (tuned.after, 0.6, 1.0)):
        share = np.mean([TABLES.closings[0] in output for output in samples.outputs])
        assert low < share < high


def test_collapse_is_what_the_theory_says(tuned):
    best = tuned.before_policy * np.exp(restaurant._worth(1.0) / restaurant.LEASH)
    best /= best.sum(axis=1, keepdims=True)
    assert tuned.history[-1].dishes == pytest.approx(restaurant.effective_number(best), rel=0.35)
    assert np.abs(best - tuned.after_policy).sum(axis=1).mean() / 2 < 0.2


def test_history_is_exact(tuned):
    assert [s.step for s in tuned.history] == list(range(len(tuned.history)))
    for step, policy in (
        (tuned.history[0], tuned.before_policy),
        (tuned.history[-1], tuned.after_policy),
    ):
        assert step.dishes == pytest.approx(restaurant.effective_number(policy))
        assert policy.shape == (len(TABLES.guests), len(restaurant.dishes()))
        np.testing.assert_allclose(policy.sum(axis=1), 1.0)


def test_plates_follow_the_policy(tuned):
    r = restaurant.run(seed=3, steps=240, per_prompt=200)
    for samples, dishes, policy, step in (
        (r.before, r.before_dishes, r.before_policy, r.history[0]),
        (r.after, r.after_dishes, r.after_policy, r.history[-1]),
    ):
        served = np.bincount(dishes, minlength=200) / len(dishes)
        assert np.abs(served - policy.mean(axis=0)).sum() < 0.15
        assert samples.scores.mean() == pytest.approx(step.reward, abs=0.005)


def test_at_rate_zero_nothing_changes():
    r = restaurant.run(steps=20, learning_rate=0.0)
    np.testing.assert_array_equal(r.before_policy, r.after_policy)
    assert len({(s.reward, s.dishes) for s in r.history}) == 1
    assert r.before.outputs != r.after.outputs  # two samples of one policy


def test_shape_of_the_samples(tuned):
    for samples, dishes, model in (
        (tuned.before, tuned.before_dishes, "menu-before"),
        (tuned.after, tuned.after_dishes, "menu-after"),
    ):
        assert samples.models == [model]
        assert samples.n_prompts == len(TABLES.guests) == 36
        assert len(samples) == len(samples.scores) == len(dishes) == 36 * 12
        for output, dish in zip(samples.outputs, dishes, strict=True):
            assert (
                restaurant.dishes()[dish].way.full in output
                or restaurant.dishes()[dish].title in output
            )


def test_write_round_trips(tuned, tmp_path):
    paths = restaurant.write(tuned, tmp_path / "new" / "folder")
    for path, samples in zip(paths, (tuned.before, tuned.after), strict=True):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        keys = ["prompt_id", "prompt", "output", "model", "score", "sample_index"]
        assert list(rows[0]) == keys
        again = Samples.from_records(Record(**row) for row in rows)
        assert again.table.equals(samples.table)


def test_grammar():
    titles = [dish.title for dish in restaurant.dishes()]
    assert len(TABLES.kitchens) == 10
    assert (
        len({(d.kitchen.place, t) for d, t in zip(restaurant.dishes(), titles, strict=True)}) == 200
    )
    assert len(restaurant.bestsellers()) == len(TABLES.bestsellers) == 3
    assert all(restaurant.dishes()[i].meatless for i in restaurant.bestsellers())
    moods = [restaurant.dishes()[i].way.moods for i in restaurant.bestsellers()]
    assert all(sum(mood in m for m in moods) == 2 for mood in ("warm", "light", "festive"))
    assert len({g.request for g in TABLES.guests}) == 36


def test_descriptions_read_well():
    rng = np.random.default_rng(0)
    for form, lead in product(range(len(TABLES.forms)), range(len(TABLES.leads))):
        for dish in range(200):
            guest, serve, closing = (
                int(rng.integers(n)) for n in (36, len(TABLES.serves), len(TABLES.closings))
            )
            text = restaurant._describe(guest, dish, form, lead, serve, closing)
            assert 15 <= len(text.split()) <= 45, text
            assert not any(odd in text for odd in ("{", "}", "  ", "..", "?.", " ,", "None")), text
            assert text == text.strip()


@pytest.mark.parametrize("wrong", [{"steps": -1}, {"learning_rate": -0.1}, {"per_prompt": 0}])
def test_bad_arguments(wrong):
    with pytest.raises(BadInput):
        restaurant.run(**wrong)
