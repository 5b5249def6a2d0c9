"""Measures of log-probabilities: by hand, against entropies that are known, and at the edges."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import collision_probability, perplexity, surprisal, token_entropy

OUTPUTS = [[-0.5, -1.5], [-1.0], [-2.0, -1.0, -3.0]]
EVERY = [surprisal, perplexity, collision_probability, token_entropy]


def test_surprisal_by_hand():
    assert surprisal(OUTPUTS).value == pytest.approx(9 / 6)
    assert surprisal(OUTPUTS, per="output").value == pytest.approx(9 / 3)
    assert perplexity(OUTPUTS).value == pytest.approx(np.exp(1.5))
    p = np.exp([-2.0, -1.0, -6.0])
    assert collision_probability(OUTPUTS).value == pytest.approx(p.mean())


def test_the_jackknife_over_prompts():
    groups = [0, 0, 1]
    e = surprisal(OUTPUTS, groups=groups)
    assert (e.n, e.value) == (2, pytest.approx(1.5))
    half = 12.706205 * abs(2.0 - 1.0) / 2  # without one prompt: 6/3 and 3/3
    assert e.high == pytest.approx(1.5 + half)
    assert e.low == 0


@pytest.mark.parametrize("f", EVERY)
def test_outputs_without_log_probabilities_are_left_out(f):
    holes = [OUTPUTS[0], None, OUTPUTS[1], [], OUTPUTS[2]]
    assert f(holes) == f(OUTPUTS)
    assert f(holes, groups=list("axbxb")) == f(OUTPUTS, groups=list("abb"))


def test_a_column_of_samples_can_be_given_as_it_is():
    column = pa.chunked_array([[OUTPUTS[0], None], OUTPUTS[1:]])
    assert surprisal(column) == surprisal(OUTPUTS)


def test_a_fixed_answer_has_no_surprise():
    sure = [[0.0, -0.0, 0.0]] * 5
    assert surprisal(sure).value == 0
    assert surprisal(sure).high is None
    assert perplexity(sure).value == 1
    e = collision_probability(sure)
    assert (e.value, e.high) == (1, 1)
    assert 0 < e.low < 1


def test_rounding_above_0_is_0():
    assert surprisal([[1e-7, -1.0], [-1.0, 3e-6]]).value == 0.5


@pytest.mark.parametrize("f", EVERY)
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (0.5, "which is above 0"),
        (np.nan, "which is no number"),
        (-np.inf, "which no sampled token can have"),
        (-9999.0, "stands for 'unknown'"),
        ("x", "no number"),
        (None, "no number"),
    ],
)
def test_what_no_sampled_token_can_have(f, wrong, why):
    with pytest.raises(BadInput, match=why):
        f([[-1.0, wrong], [-1.0]])


@pytest.mark.parametrize("f", EVERY)
def test_what_is_no_log_probabilities_at_all(f):
    for wrong in ("abc", [-1.0, -2.0], ["ab", "cd"], 3.0):
        with pytest.raises(BadInput, match="logprobs"):
            f(wrong)
    with pytest.raises(BadInput, match="groups of shape"):
        f(OUTPUTS, groups=[1, 2])
    with pytest.raises(NotEnoughData, match="outputs of 1 prompt"):
        f(OUTPUTS, groups=[1, 1, 1])
    with pytest.raises(NotEnoughData, match="1 of 3 outputs have log-probabilities"):
        f([OUTPUTS[0], None, []])


def test_per_is_token_or_output():
    with pytest.raises(BadInput, match="unknown per 'word'"):
        surprisal(OUTPUTS, per="word")


def test_a_perplexity_that_no_float_holds():
    with pytest.raises(NotEnoughData, match="800 nats a token"):
        perplexity([[-800.0], [-800.0]])


def test_collision_probability_is_the_sum_of_squares():
    p = np.array([0.5, 0.3, 0.15, 0.05])
    counts = np.array([50, 30, 15, 5])  # each answer exactly as often as it is likely
    answers = [[float(np.log(x))] for x, n in zip(p, counts, strict=True) for _ in range(n)]
    assert collision_probability(answers).value == pytest.approx((p**2).sum())


def test_entropy_of_a_vocabulary_that_is_recorded_in_full():
    p = np.array([0.7, 0.2, 0.1])
    entropy = float(-(p * np.log(p)).sum())
    sampled = [[float(np.log(0.1))], [float(np.log(0.7))]]
    for top in (np.log(p), np.log(p)[::-1], [*np.log(p), -np.inf]):
        assert token_entropy(sampled, [[top], [top]]).value == pytest.approx(entropy)


@pytest.mark.parametrize("k", [0, 1, 3, 20])
def test_entropy_is_unbiased_for_any_number_of_alternatives(k):
    """Weigh every token by its probability: the expectation, not a draw."""
    rng = np.random.default_rng(k)
    p = rng.dirichlet(np.full(20, 0.3))
    times = np.round(p * 20_000).astype(int)
    p = times[times > 0] / times.sum()
    tokens = np.log(np.repeat(p, times[times > 0]))
    rows = [tokens[:10_000].tolist(), tokens[10_000:].tolist()]
    best = np.sort(np.log(p))[::-1][:k]
    top = [[best] * len(row) for row in rows] if k else None
    entropy = float(-(p * np.log(p)).sum())
    assert token_entropy(rows, top).value == pytest.approx(entropy, rel=1e-9)


def test_entropy_with_the_sampled_token_added_to_the_alternatives():
    """Where a server lists the sampled token as one more, the smallest number counts."""
    log = np.log
    sampled = [[float(log(0.6)), float(log(0.05))], [float(log(0.6))]]
    top = [log([0.6, 0.3])] * 2
    added = [[top[0], [*top[0], log(0.05)]], [top[0]]]
    plain = [[top[0], top[1]], [top[0]]]
    assert token_entropy(sampled, added) == token_entropy(sampled, plain)


@pytest.mark.parametrize(
    ("top", "why"),
    [
        ([[[-1.0]]], "alternatives of 1 outputs for 2"),
        ([[[-1.0]], [[-1.0]]], "output 0 has 2 tokens and alternatives of 1"),
        ([[[-1.0], []], [[-1.0]]], "a token has no alternatives"),
        ([[[-1.0], -1.0], [[-1.0]]], "give a list of numbers"),
        ([[[-0.1, -0.1], [-1.0, -2.0]], [[-1.0, -2.0]]], "more than 1 together"),
        ([[[1.0], [-1.0]], [[-1.0]]], "alternatives hold 1"),
    ],
)
def test_alternatives_that_do_not_fit(top, why):
    with pytest.raises(BadInput, match=why):
        token_entropy([[-1.0, -1.0], [-1.0]], top)
