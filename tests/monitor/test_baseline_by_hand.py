"""What a baseline says of small logs, by hand. One letter is one dish, and nothing is like it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.monitor.baseline import Channel, ModelBaseline
from fullmenu.monitor.bounds import (
    apart_spread,
    gamma_bound,
    hoeffding_bound,
    pair_doubt,
    pair_jump,
    pair_variance,
    strata_spread,
)
from fullmenu.samples import Record, Samples
from fullmenu.views.registry import View
from fullmenu.watch import Baseline

LETTER = View(
    "letter",
    lambda outputs, prompts: np.eye(128)[[ord(text[0]) for text in outputs]],
    "the first letter",
    "all else",
)
MANY = {f"q{i}": ("aab", "cde", "ffg", "hij", "kkl")[i % 5] for i in range(100)}
THIRDS = {"q0": "aab", "q1": "cde", "q2": "ffg", "q3": "hij", "q4": "kkl"}  # U: ⅓, 0, ⅓, 0, ⅓


def log(menus, model=None, scores=None) -> Samples:
    return Samples.from_records(
        Record(o, prompt_id=p, model=model, score=None if scores is None else scores[p][i])
        for p, outputs in menus.items()
        for i, o in enumerate(outputs)
    )


def fit(menus, signals=(), **options) -> Baseline:
    given = menus if isinstance(menus, Samples) else log(menus)
    return Baseline.fit(given, views=[LETTER], signals=signals, **options)


def test_drawn_from_the_outputs_within_prompts():
    level = fit(MANY).level(None)
    assert level.mean == pytest.approx([0.2])
    assert level.by_prompt[:5, 0] == pytest.approx([1 / 3, 0, 1 / 3, 0, 1 / 3])
    same = np.tile([[1.0, 1, 0], [0, 0, 0], [1, 1, 0], [0, 0, 0], [1, 1, 0]], (20, 1))
    spread = strata_spread(
        pair_variance(same), pair_jump(same), *pair_doubt(same), np.full(100, 0.01)
    )
    assert level.bounds == pytest.approx([gamma_bound(0.2, *spread, 0.99)])
    assert level.bounds < 0.5
    assert level.bounds_by_prompt is None


def test_weights_of_prompts():
    weights = {"q0": 6, "q1": 1, "q2": 1, "q3": 1, "q4": 1}
    b = fit(THIRDS, weights=weights)
    assert b.weights == pytest.approx([0.6, 0.1, 0.1, 0.1, 0.1])
    assert b.level(None).mean == pytest.approx([0.8 / 3])
    assert fit(THIRDS).weights == pytest.approx([0.2] * 5)
    for wrong, odd in (
        ({**weights, "q9": 1}, "'q9'"),
        ({"q0": 1}, "'q1'"),
        ({**weights, "q1": 0}, "not positive"),
        ({**weights, "q1": math.nan}, "not positive"),
        ({**weights, "q1": math.inf}, "not positive"),
    ):
        with pytest.raises(BadInput, match=f"baseline's 5 prompts.*{odd}"):
            fit(THIRDS, weights=wrong)
    assert fit(THIRDS, weights=dict.fromkeys(THIRDS, 0.5)).weights == pytest.approx([0.2] * 5)


def test_open_from_the_differences_between_prompts():
    # weights 1/100: Σ (x − .2)²/100² · 100/99, x is ⅓ sixty times and 0 forty times; a prompt more
    # moves it by 1/100
    variance = (60 * (1 / 3 - 0.2) ** 2 + 40 * 0.2**2) / 1e4 * 100 / 99
    bound = fit(MANY, traffic="open").level(None).bounds
    assert bound == pytest.approx([gamma_bound(0.2, variance, 0.01, 0.99)])
    assert bound < 0.3


def test_two_outputs_of_a_prompt_fall_back_on_the_differences():
    pairs = {f"q{i}": "aa" if i == 3 else "bc" for i in range(10)}
    b = fit(pairs)
    assert b.ruler.streams == ("letter",)
    variance = ((1 - 0.1) ** 2 + 9 * 0.1**2) / 100 * 10 / 9
    assert b.level(None).bounds == pytest.approx([gamma_bound(0.1, variance, 0.1, 0.99)])


def test_two_prompts_show_a_difference_one_shows_none():
    # ⅓ and 0: mean ⅙, variance (1/36 + 1/36)/4 · 2, a jump of ½
    two = fit({"q0": "aab", "q1": "cde"}, traffic="open", confidence=0.5).level(None)
    assert two.bounds == pytest.approx([gamma_bound(1 / 6, 1 / 36, 0.5, 0.5)])
    assert two.bounds < 0.7
    assert fit({"q0": "aab"}, traffic="open").level(None).bounds == [1]


def test_prompts_of_one_output_show_nothing_within():
    level = fit({**MANY, "alone": "z"}).level(None)
    assert np.isnan(level.by_prompt[100, 0])
    assert level.mean == pytest.approx([0.2])  # the others' weights add up to 1
    variance = (60 * (1 / 3 - 0.2) ** 2 + 40 * 0.2**2) / 1e4 * 100 / 99
    assert level.bounds == pytest.approx([gamma_bound(0.2, variance, 0.01, 0.99)])


def test_any_order_bounds_every_prompt_by_its_disjoint_pairs():
    menus = {"q0": "aabbcdefg", "q1": "hhhhi"}  # 9 outputs are 4 disjoint pairs, 5 are 2
    level = fit(menus, traffic="any").level(None)
    rates = [2 * 2 / 72, 12 / 20]
    part = 0.01 / 1 / 2
    assert level.bounds_by_prompt[:, 0] == pytest.approx(
        [hoeffding_bound(rates[0], 4, 1 - part), hoeffding_bound(rates[1], 2, 1 - part)]
    )


def test_any_order_bounds_rises_and_falls_of_a_signal():
    b = fit({"q0": ["a", "b b b"], "q1": ["c"]}, ["length"], traffic="any")
    assert [c[:2] for c in b.channels] == [(0, False), (1, False), (1, True)]
    assert [c.weight for c in b.channels] == [1 / 2, 1 / 4, 1 / 4]
    level = b.level(None)
    rate, part = level.by_prompt[:, 1], 0.01 / 3 / 2
    for prompt, n in ((0, 2), (1, 1)):
        for channel, x in ((1, rate[prompt]), (2, 1 - rate[prompt])):
            due = hoeffding_bound(x, n, 1 - part)
            assert level.bounds_by_prompt[prompt, channel] == pytest.approx(due)
    assert level.bounds_by_prompt[1, 0] == 1  # one output, no pair


def test_a_signal_rises_and_falls_from_its_middle():
    short, long = ["a", "b b b"], ["c " * 5, "d " * 7]
    b = fit({f"q{i}": (short, long)[i % 2] for i in range(40)}, ["length"])
    middle, spread = b.ruler.scales["length"]
    z = (np.array([1, 3, 5, 7]) - middle) / spread
    read = 0.5 + z / (2 * (1 + abs(z)))
    level = b.level(None)
    assert level.by_prompt[:2, 1] == pytest.approx([read[:2].mean(), read[2:].mean()])
    # of two outputs that are d apart the variance is d²/2, of their mean d²/4; a jump of ½
    variance = np.tile([(read[1] - read[0]) ** 2 / 4, (read[3] - read[2]) ** 2 / 4], 20)
    half, zero = np.full(40, 0.5), np.zeros(40)
    due = strata_spread(variance, half, zero, zero, np.full(40, 1 / 40))
    part = 1 - 0.01 / 3
    assert level.bounds[1:] == pytest.approx([gamma_bound(0.5, *due, part)] * 2)
    assert level.bounds[1] < 0.8


def test_the_scale_of_lengths_by_hand():
    # words 1, 3, 5, 7: middle 4, quartiles 2.5 and 5.5, spread 3: ½ + z/(2(1 + |z|)) at ∓1, ∓⅓
    b = fit({"q0": ["a", "b b b"], "q1": ["c " * 5, "d " * 7]}, ["length"])
    assert b.ruler.scales == {"length": (4.0, 3.0)}
    assert b.level(None).by_prompt[:, 1] == pytest.approx([5 / 16, 11 / 16])


def test_scales_have_a_floor():
    long = {f"q{i}": [f"{c} " * 100 for c in "ab"] for i in range(3)}
    assert fit(long, ["length"]).ruler.scales["length"] == (100.0, 5.0)
    short = {f"q{i}": ["a", "b"] for i in range(3)}
    assert fit(short, ["length"]).ruler.scales["length"] == (1.0, 1.0)
    same = log(short, scores={f"q{i}": [0.0, 0.0] for i in range(3)})
    assert fit(same, ["score"]).ruler.scales["score"] == (0.0, 1e-9)
    half = log(short, scores={f"q{i}": [0.5, 0.5] for i in range(3)})
    assert fit(half, ["score"]).ruler.scales["score"] == (0.5, 0.025)


def test_what_a_log_holds_is_watched():
    four = fit({"q0": "abcd", "q1": "ab"}, ["top_dish", "near_duplicates"])
    assert four.ruler.streams == ("letter", "top_dish", "near_duplicates")
    three = fit({"q0": "abc", "q1": "abc"}, ["top_dish", "near_duplicates"])
    assert three.ruler.streams == ("letter", "near_duplicates")
    single = {f"q{i}": "ab"[i % 2] for i in range(6)}
    alone = fit(single, ["top_dish", "near_duplicates", "length"])
    assert alone.ruler.streams == ("letter across", "near_duplicates across", "length")
    without = Baseline.fit(log(THIRDS), views=[], signals=["near_duplicates", "length"])
    assert without.ruler.streams == ("length",)
    scored = [log({"q0": "ab"}, scores={"q0": s}) for s in ([1.0, None], [1.0, 2.0])]
    assert fit(scored[0], ["score"]).ruler.streams == ("letter",)
    assert fit(scored[1], ["score"]).ruler.streams == ("letter", "score")


def test_six_prompts_are_compared_with_each_other():
    single = {f"q{i}": "ab"[i % 2] for i in range(6)}
    b = fit(single)
    assert (b.ruler.streams, b.traffic) == (("letter across",), "open")
    # six pairs of fifteen are alike, two of five for every output
    variance, jump = apart_spread(np.full(6, 2 / 5), 6)
    level = b.level(None)
    assert level.mean == pytest.approx([0.4])
    assert level.bounds == pytest.approx([gamma_bound(0.4, variance, jump, 0.99)])
    with pytest.raises(NotEnoughData, match="one of 6 prompts"):
        fit({f"q{i}": "ab"[i % 2] for i in range(5)})


def test_a_model_with_too_few_prompts_says_so():
    many = log({f"q{i}": "ab"[i % 2] for i in range(6)}, "a").table.to_pylist()
    few = log({f"q{i}": "ab"[i % 2] for i in range(5)}, "b").table.to_pylist()
    both = Samples.from_records(
        Record(r["output"], prompt_id=r["prompt_id"], model=r["model"]) for r in many + few
    )
    with pytest.raises(NotEnoughData, match="needs 6 prompts, not 5"):
        fit(both)


@pytest.mark.parametrize(
    ("outputs", "size"), [(2, 2), (3, 2), (5, 2), (6, 3), (9, 4), (10, 5), (14, 5)]
)
def test_the_top_dish_is_that_of_half_a_visit_two_to_five(outputs, size):
    assert fit({f"q{i}": "abcdefghijklmn"[:outputs] for i in range(3)}).ruler.size == size


def test_the_smaller_visits_set_the_size():
    # sizes 6 once and 10 nine times: the first tenth lies at 6 + .9 · 4 = 9.6, so 9 // 2
    menus = {f"q{i}": "abcdefghij"[: 6 if i == 4 else 10] for i in range(10)}
    assert fit(menus).ruler.size == 4
    assert fit({f"q{i}": "ab"[i % 2] for i in range(6)}).ruler.size == 2
    assert fit({f"q{i}": "abcdefghij"[: 2 if i < 5 else 10] for i in range(10)}).ruler.size == 2
    assert fit(THIRDS, size=2).ruler.size == 2
    assert fit({**{f"q{i}": "abcdefgh" for i in range(8)}, "x": "a", "y": "b"}).ruler.size == 4
    with pytest.raises(BadInput, match="size=1"):
        fit(THIRDS, size=1)


def test_confidence_from_a_half():
    half = fit(THIRDS, confidence=0.5)
    assert half.confidence == 0.5
    assert half.level(None).bounds < fit(THIRDS).level(None).bounds
    for wrong in (0.49, 1.0):
        with pytest.raises(BadInput, match=f"confidence={wrong}"):
            fit(THIRDS, confidence=wrong)


def test_one_model_may_have_a_name():
    b = fit(log(THIRDS, "cook"))
    assert list(b.levels) == ["cook"]
    assert b.level("another") is b.level("cook")
    assert (b.outputs, b.confidence) == (15, 0.99)


def levels(*rows, by_prompt=None) -> Baseline:
    """A baseline of two channels with given levels, one a model."""
    b = fit(THIRDS)
    made = {
        f"m{i}": ModelBaseline(
            np.array([mean]), np.array(bounds), np.array([[p]]), np.array([[bounds]])[0]
        )
        if by_prompt
        else ModelBaseline(np.array([mean]), np.array(bounds), np.array([[p]]))
        for i, (mean, bounds, p) in enumerate(rows)
    }
    channels = (Channel(0, False, 0.75), Channel(0, True, 0.25))
    return replace(b, channels=channels, levels=made)


def test_a_stranger_is_held_against_the_highest_bounds():
    rows = [(0.1, [0.3, 0.9], 0.1), (0.3, [0.2, 1.0], math.nan)]
    b = levels(*rows)
    stranger = b.level("new")
    assert stranger.mean == pytest.approx([0.2])
    assert stranger.bounds.tolist() == [0.3, 1.0]
    assert stranger.by_prompt.tolist() == [[0.1]]
    assert stranger.bounds_by_prompt is None
    assert levels(*rows, by_prompt=True).level("new").bounds_by_prompt.tolist() == [[0.3, 1.0]]
    unseen = levels((0.1, [0.3, 0.9], math.nan), (0.3, [0.2, 1.0], math.nan)).level("new")
    assert np.isnan(unseen.by_prompt).all()
    both = levels((0.1, [0.3, 0.9], 0.1), (0.3, [0.2, 1.0], 0.4)).level("new")
    assert both.by_prompt == pytest.approx(np.array([[0.25]]))


def test_what_cannot_be_detected_has_no_share():
    b = levels((0.1, [0.3, 0.9], 0.1), (0.3, [0.2, 1.0], 0.3), (0.3, [1.0, 1.0], 0.3))
    assert b.shares("m0") == pytest.approx(np.repeat([[0.75 / 8], [0.25 / 8]], 8, axis=1))
    assert b.shares("m1") == pytest.approx(np.repeat([[1 / 8], [0]], 8, axis=1))
    assert (b.shares("m2") == 0).all()


def test_in_any_order_one_prompt_that_can_be_detected_is_enough():
    b = levels((0.1, [1.0, 1.0], 0.1))
    many = replace(b.levels["m0"], bounds_by_prompt=np.array([[1.0, 1.0], [0.4, 1.0]]))
    b = replace(b, levels={"m0": many})
    assert b.shares("m0").sum(axis=1).tolist() == pytest.approx([1, 0])


def test_a_baseline_made_by_hand_has_the_usual_confidence():
    b = fit(THIRDS)
    made = Baseline(b.ruler, b.channels, b.prompts, b.weights, b.levels)
    assert (made.traffic, made.confidence, made.outputs) == ("drawn", 0.99, 0)
