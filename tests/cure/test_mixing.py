"""The expected repeat rate of generations, against simulation and against its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fullmenu.cure import effective_sample_size, expected_repeat_rate, mixing_share, mixing_weights
from fullmenu.errors import BadInput

P = 1 / np.arange(1, 9)
P /= P.sum()
RATE = float((P**2).sum())
N, RUNS = 20, 10_000


def simulate(generations, real=0, accumulate=False):
    """Mean repeat rate of copyists, and its standard error."""
    rng = np.random.default_rng(7)
    p = np.tile(P, (RUNS, 1))
    pool = np.zeros((RUNS, len(P)))
    for g in range(generations):
        fresh = N if g == 0 else real
        drawn = rng.multinomial(fresh, P, RUNS) + rng.multinomial(N - fresh, p)
        pool = pool + drawn if accumulate else drawn
        p = pool / pool.sum(1, keepdims=True)
    u = (p**2).sum(1)
    return u.mean(), u.std() / math.sqrt(RUNS)


@pytest.mark.parametrize(
    ("generations", "given"),
    [(1, {}), (4, {}), (15, {}), (6, {"accumulate": True}), (15, {"accumulate": True})],
)
def test_replacing_and_accumulating_are_as_simulated(generations, given):
    mean, error = simulate(generations, **given)
    assert abs(mean - expected_repeat_rate(RATE, N, generations, **given)) < 4 * error


@pytest.mark.parametrize("real", [2, 5, 10])
def test_a_share_of_real_data_is_as_simulated(real):
    for generations in (4, 40):
        mean, error = simulate(generations, real)
        expected = expected_repeat_rate(RATE, N, generations, real=real / N)
        assert abs(mean - expected) < 4 * error


def test_closed_forms():
    for g in (0, 1, 9):
        assert expected_repeat_rate(RATE, N, g) == pytest.approx(1 - (1 - RATE) * (1 - 1 / N) ** g)
    assert expected_repeat_rate(RATE, N, 5, real=1.0) == expected_repeat_rate(RATE, N, 1)
    assert expected_repeat_rate(RATE, N, None) == 1
    far = expected_repeat_rate(RATE, N, 100_000, accumulate=True)
    assert far == pytest.approx(expected_repeat_rate(RATE, N, None, accumulate=True), abs=1e-5)


@pytest.mark.parametrize("generations", [None, 12])
def test_the_share_is_the_least_that_keeps(generations):
    share = mixing_share(RATE, 60, 0.8, generations)
    assert RATE / expected_repeat_rate(RATE, 60, generations, real=share) >= 0.8
    assert RATE / expected_repeat_rate(RATE, 60, generations, real=share - 1e-6) < 0.8


def test_the_share_in_the_limit_is_the_closed_form():
    n, keep = 200, 0.9
    t = (1 - RATE) / (RATE * (1 / keep - 1))
    b = (1 + math.sqrt(1 + 4 * n * (n - t))) / (2 * n)
    assert mixing_share(RATE, n, keep) == pytest.approx(1 - b)


def test_too_few_outputs_say_how_many_would_do():
    with pytest.raises(BadInput, match="loses more; train on") as error:
        mixing_share(RATE, 5, keep=0.99)
    enough = int(str(error.value).split("train on ")[1].split(" ")[0].replace(",", ""))
    assert 0 <= mixing_share(RATE, enough, keep=0.99) <= 1
    with pytest.raises(BadInput):
        mixing_share(RATE, enough - 1, keep=0.99)


def test_weights_give_real_records_their_share():
    real = np.array([True] * 3 + [False] * 9)
    w = mixing_weights(real.tolist(), 0.6)
    assert w.mean() == pytest.approx(1)
    assert w[real].sum() / w.sum() == pytest.approx(0.6)
    assert effective_sample_size(w) < 12
    assert mixing_weights([True, False], 0.0).tolist() == [0, 2]


@pytest.mark.parametrize("given", [{"rate": 1.2}, {"n": 0}, {"real": -0.1}, {"generations": -1}])
def test_numbers_out_of_range_are_named(given):
    known = {"rate": 0.1, "n": 10, "generations": 3, "real": 0.0} | given
    with pytest.raises(BadInput, match=next(iter(given))):
        expected_repeat_rate(known["rate"], known["n"], known["generations"], real=known["real"])


def test_contradictions():
    with pytest.raises(BadInput, match="accumulate"):
        expected_repeat_rate(0.1, 10, 3, real=0.5, accumulate=True)
    with pytest.raises(BadInput, match="both kinds"):
        mixing_weights([True, True], 0.5)
    with pytest.raises(BadInput, match="keep=1"):
        mixing_share(0.1, 10, keep=1)
