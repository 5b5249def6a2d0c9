"""Double descent from a log: the threshold, rise and fall on split seeds, where the user stands."""

import numpy as np
import pytest

from fullmenu.diagnose import double_descent, sweep
from fullmenu.diagnose.descents.curves import curves_of
from fullmenu.diagnose.descents.peaks import above_lowest, largest_rise, pick, rise_and_fall
from fullmenu.errors import BadInput, NotEnoughData

SIZES = [30, 100, 200, 285, 300, 315, 450, 1200, 4000]
PEAK = np.array([0.3, 0.2, 0.3, 0.7, 0.9, 0.7, 0.35, 0.15, 0.1])
FALLS = np.linspace(0.5, 0.1, len(SIZES))


def log(error, seeds=5, noise=0.01, seed=0, at=SIZES, axis="size", loss=None):
    rng = np.random.default_rng(seed)
    if loss is None:
        loss = [0.1 * max(1 - a / 300, 0) for a in at]
    return [
        {axis: a, "seed": s, "train_loss": loss[k], "test_error": error[k] + rng.normal(0, noise)}
        for s in range(seeds)
        for k, a in enumerate(at)
    ]


def test_a_peak_is_found_where_it_is():
    found = double_descent(log(PEAK))
    assert (found.kind, found.verdict) == ("hazard", "warning")
    assert found.gap.value == pytest.approx(0.7, abs=0.03)
    assert found.gap.low <= 0.7 <= found.gap.high
    assert found.evidence["fall beyond it"].value == pytest.approx(0.8, abs=0.03)
    assert "to size 300" in found.why
    assert "size 1200 or more" in found.cure


@pytest.mark.parametrize(
    ("here", "verdict", "said"),
    [
        (30, "ok", "size 30, before the peak, is on the first descent"),
        (100, "ok", "the first descent or at its end"),
        (250, "warning", "size 250, before the peak, is 0."),
        (300, "warning", "size 300, at the peak, is 0.69"),
        (400, "warning", "beyond the peak"),
        (4000, "ok", "size 4000, beyond the peak, is -0.1"),
    ],
)
def test_where_the_user_stands(here, verdict, said):
    found = double_descent(log(PEAK), here=here)
    assert found.verdict == verdict
    assert said in found.why


def test_where_the_user_stands_may_stay_open():
    level = np.where(np.array(SIZES) == 4000, 0.21, PEAK)
    found = double_descent(log(level, noise=0.02), here=4000)
    assert found.verdict == "inconclusive"
    assert "not surely more or less than 0.02" in found.why


def test_the_threshold_goes_by_the_loss():
    found = double_descent(log(PEAK)).evidence["threshold"]
    assert (found.value, found.low, found.high) == (300, 285, 300)
    # a train loss of 2 % of the null model's would read as an error of 0, and is not enough
    early = [0.1, 0.03, 0.002, 0.001, 0.00001, 0, 0, 0, 0]
    found = double_descent(log(PEAK, loss=early)).evidence["threshold"]
    assert found.value == 300
    assert double_descent(log(PEAK, loss=early), floor=0.05).evidence["threshold"].value == 200


def test_the_threshold_over_examples_is_the_last_that_fits():
    grows = [0.0] * 5 + [0.01, 0.02, 0.05, 0.1]
    found = double_descent(log(PEAK, axis="n", loss=grows))
    assert (found.evidence["threshold"].value, found.evidence["threshold"].high) == (300, 315)
    assert found.evidence["threshold"].unit == "n"
    assert "n 1200 or more" in found.cure


def test_a_null_loss_may_be_given():
    small = [0.0005] * 4 + [0.00009] * 5
    assert "threshold" not in double_descent(log(PEAK, loss=small)).evidence
    assert double_descent(log(PEAK, loss=small), null_loss=0.1).evidence["threshold"].value == 300
    with pytest.raises(BadInput, match="null_loss=0"):
        double_descent(log(PEAK), null_loss=0)


def test_a_threshold_outside_the_log_is_said():
    found = double_descent(log(PEAK, loss=[0.1] * len(SIZES)))
    assert "threshold" not in found.evidence
    assert any("outside the log" in note for note in found.notes)
    at_once = double_descent(log(PEAK, loss=[0.0] * len(SIZES)), null_loss=0.1)
    assert at_once.evidence["threshold"].low is None


def test_one_seed_is_inconclusive_however_high_the_peak():
    found = double_descent(log(PEAK, seeds=1))
    assert (found.verdict, found.gap.low) == ("inconclusive", None)
    assert "one seed" in found.gap.method


def test_no_peak():
    assert double_descent(log(FALLS, noise=0.003)).verdict == "ok"
    noisy = double_descent(log(FALLS, noise=0.1))
    assert noisy.verdict == "inconclusive"


def test_a_rise_at_the_end_is_no_peak():
    u = np.linspace(-1, 1, len(SIZES))
    found = double_descent(log(0.2 + 0.3 * u**2))
    assert found.verdict == "inconclusive"
    assert "no second descent" in found.why


def test_a_peak_away_from_the_threshold_is_said():
    found = double_descent(log(PEAK, loss=[0.1] * 7 + [0.0] * 2))
    assert any("not at the threshold" in note for note in found.notes)


def test_picked_on_one_half_and_read_on_the_other():
    errors = np.tile(FALLS, (4, 1))
    errors[0, 5] += 0.9  # the luck of one seed
    rises, falls = rise_and_fall(errors)
    assert rises[0] < 0  # read where the others peak
    assert rises[1] < 0  # read where it peaked, and they do not
    assert pick(errors[0]).peak == 5
    assert len(falls) == 4


def test_above_the_lowest_by_hand():
    errors = np.tile([0.4, 0.2, 0.9, 0.3, 0.1], (4, 1)) + np.arange(4)[:, None]
    assert above_lowest(errors, errors[:, 3]) == pytest.approx(0.1)
    assert above_lowest(errors, errors[:, 4]) == pytest.approx(-0.1)


def test_largest_rise_bounds_every_pair():
    rng = np.random.default_rng(5)
    errors = FALLS + rng.normal(0, 0.01, (6, len(SIZES)))
    errors[:, 4] += 0.1
    assert largest_rise(errors) > 0.05
    assert largest_rise(errors[:1]) is None


def test_sweep_of_any_fit():
    def fit(size, seed):
        x, y = np.random.default_rng(seed).normal(size=(2, 40, 60))
        target = x[:, 0] + 0.5 * np.random.default_rng(seed + 9).normal(size=40)
        w = np.linalg.lstsq(x[:, :size], target, rcond=None)[0]
        train = float(np.mean((x[:, :size] @ w - target) ** 2))
        return train, float(np.mean((y[:, :size] @ w - y[:, 0]) ** 2))

    found = double_descent(sweep(fit, [2, 10, 20, 30, 40, 45, 60], seeds=range(8)))
    assert found.evidence["threshold"].value == 40
    assert found.seeds == 8
    with pytest.raises(BadInput, match="gave no two finite numbers"):
        sweep(lambda size, seed: 0.1, [1], 1)


def test_missing_runs_are_left_out_and_said():
    rows = log(PEAK)
    found = double_descent([r for r in rows if not (r["seed"] == 2 and r["size"] == 4000)])
    assert found.items == len(SIZES) - 1
    assert any("1 of 9 values of size" in note for note in found.notes)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([], "list of rows"),
        ([{"size": 1, "test_error": 0.1}], "no column train_loss"),
        ([{"train_loss": 1, "test_error": 0.1}], "give one of size, epoch and n"),
        ({"size": [1, 1], "train_loss": [0, 0], "test_error": [0, 0]}, "two rows of size=1"),
        ({"size": [1, 2], "train_loss": [0, "x"], "test_error": [0, 0]}, "no finite number"),
        ({"size": [1, 2], "train_loss": [0, 0], "test_error": [0]}, "differ in length"),
    ],
)
def test_bad_logs(bad, said):
    with pytest.raises(BadInput, match=said):
        double_descent(bad)


def test_too_few_places():
    with pytest.raises(NotEnoughData, match="2 values of size"):
        curves_of({"size": [1, 2], "train_loss": [1, 0], "test_error": [0, 0]})
    with pytest.raises(BadInput, match="lies outside the log"):
        double_descent(log(PEAK), here=9000)
