"""Some parts of a log speak of all of it."""

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.stats.cluster_sample import Cells, drawn_parts, sampled_ratio, sampled_repeat_rate

ROWS = 40


def cells(prompt, dish, parts):
    """Count pairs of one dish by brute force."""
    drawn = [(i, g) for i, g in enumerate(parts)]
    where = {(p, i): [] for i, g in drawn for p in set(prompt[g * ROWS : (g + 1) * ROWS])}
    for i, g in drawn:
        for row in range(g * ROWS, (g + 1) * ROWS):
            where[prompt[row], i].append(dish[row])
    names = sorted({p for p, _ in where})
    same, cross = [], []
    for (p, i), mine in where.items():
        others = [d for (q, j), there in where.items() if q == p and j != i for d in there]
        same.append(sum(a == b for k, a in enumerate(mine) for b in mine[:k]))
        cross.append(sum(a == b for a in mine for b in others))
    of = np.array([names.index(p) for p, _ in where])
    part = np.array([i for _, i in where])
    n = np.array([len(x) for x in where.values()], float)
    return Cells(of, part, n, np.array(same, float), np.array(cross, float))


def whole(prompt, dish):
    rates = []
    for p in np.unique(prompt):
        d = dish[prompt == p]
        equal = (d[:, None] == d).sum() - len(d)
        rates.append(equal / (len(d) * (len(d) - 1)))
    return float(np.mean(rates))


@pytest.mark.parametrize("shuffled", [True, False])
def test_all_parts_give_the_rate_itself(shuffled):
    rng = np.random.default_rng(3)
    prompt, dish = np.repeat(np.arange(24), 20), rng.integers(0, 4, 480)
    order = rng.permutation(480) if shuffled else np.arange(480)
    prompt, dish = prompt[order], dish[order]
    held_in = np.array([len(set(np.flatnonzero(prompt == p) // ROWS)) for p in range(24)], float)
    e = sampled_repeat_rate(cells(prompt, dish, range(12)), 12, held_in)
    assert e.value == pytest.approx(whole(prompt, dish), rel=1e-12)
    assert e.low == e.value == e.high


@pytest.mark.parametrize("order", ["by prompt", "by model", "in two visits"])
def test_the_interval_covers_the_full_pass(order):
    rng = np.random.default_rng(5)
    n, m = 60 * ROWS, 60
    prompt = np.repeat(np.arange(n // 10), 10)
    second = np.tile(np.arange(10) >= 5, n // 10)
    likely = rng.random(n // 10)[prompt] * np.where(second & (order == "by model"), 0.4, 1.0)
    dish = (rng.random(n) < likely).astype(int)
    ranks = {"by prompt": (prompt,), "by model": (rng.random(n), second)}
    at = np.lexsort(ranks.get(order, (prompt, second)))
    prompt, dish = prompt[at], dish[at]
    held_in = np.array([len({*np.flatnonzero(prompt == p) // ROWS}) for p in range(n // 10)], float)
    rate = whole(prompt, dish)
    covered = 0
    for seed in range(60):
        drawn = drawn_parts([ROWS] * m, 20 * ROWS, seed=seed)
        names = np.unique(np.concatenate([prompt[g * ROWS : (g + 1) * ROWS] for g in drawn]))
        e = sampled_repeat_rate(cells(prompt, dish, drawn), m, held_in[names])
        covered += e.low <= rate <= e.high
    assert covered >= 51  # of 60: at 93 % fewer have a chance of 1 %


def test_leaving_out_a_part_is_the_estimate_without_it():
    """The jackknife's value for a part left out is what the other parts alone would give."""
    rng = np.random.default_rng(8)
    dish = rng.integers(0, 3, 400)
    prompt = np.arange(400) // ROWS * 2 + np.arange(400) % 2
    spread = [0.0, 0.0]
    for k in range(10):
        others = [g for g in range(10) if g != k]
        value = sampled_repeat_rate(cells(prompt, dish, others), 20).value
        spread[0] += np.log(value)
        spread[1] += np.log(value) ** 2
    e = sampled_repeat_rate(cells(prompt, dish, range(10)), 20)
    variance = 9 / 10 * (spread[1] - spread[0] ** 2 / 10)
    assert np.log(e.high / e.low) / 2 == pytest.approx(2.262157 * np.sqrt(variance), rel=1e-6)


def test_every_part_has_the_same_chance_and_every_stretch_is_there():
    counts = np.zeros(73)
    for seed in range(4_000):
        drawn = drawn_parts([10] * 73, 240, seed=seed)
        counts[drawn] += 1
        assert max(np.diff([-1, *drawn, 73])) <= 2 * 73 / 24 + 1
    assert counts.sum() / 4_000 > 23
    assert abs(counts / 4_000 - 24 / 73).max() < 0.045


@pytest.mark.parametrize(
    "one_part",
    [np.tile(np.arange(4), 10), np.concatenate([np.repeat(np.arange(4), 2), np.arange(4, 36)])],
    ids=["pairs in parts", "hardly any pairs in a part"],
)
def test_parts_of_two_kinds_do_not_hide_that_they_differ(one_part):
    """Near the mix with the least repeats each part could be left out without a change."""
    prompt = np.tile(one_part, 30)
    kind = np.repeat(np.arange(30) % 2, ROWS)
    dish = kind * 2 + np.random.default_rng(2).integers(0, 2, 30 * ROWS)
    drawn = [g for g in range(30) if g % 2][:7] + [g for g in range(30) if g % 2 == 0][:7]
    e = sampled_repeat_rate(cells(prompt, dish, sorted(drawn)), 30)
    assert e.high / e.low > 1.15


def test_too_few_parts_are_refused():
    with pytest.raises(NotEnoughData, match=r"4 of 40 parts.*sample 20,000"):
        drawn_parts([1_000] * 40, 4_000)
    assert drawn_parts([1_000] * 4, 10_000) == [0, 1, 2, 3]
    with pytest.raises(NotEnoughData, match="draw more"):
        sampled_repeat_rate(Cells(*(np.zeros(0, int),) * 2, *(np.zeros(0),) * 3), 9)
    one = np.ones(4)
    with pytest.raises(NotEnoughData, match="two outputs"):
        sampled_repeat_rate(Cells(np.arange(4), np.arange(4), one, 0 * one, 0 * one), 9)


def test_a_ratio_of_all_parts_is_exact_and_never_beyond_one():
    e = sampled_ratio(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 9.0]), of=3)
    assert (e.low, e.value, e.high) == (0.4, 0.4, 0.4)
    assert sampled_ratio(np.array([9.0, 0.0, 9.0]), np.full(3, 10.0), of=30).high == 1


@pytest.mark.parametrize(
    "parts, way", [(5, "read all of it"), (20, "read all"), (60, "sample 200")]
)
def test_a_sample_that_is_too_small_is_told_a_size_that_the_log_has(parts, way):
    with pytest.raises(NotEnoughData, match=way):
        drawn_parts([10] * parts, 30)
