"""Baselines: what is watched, and bounds that hold."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.likeness import within_pairs
from fullmenu.samples import Record, Samples
from fullmenu.views import registry
from fullmenu.watch import Baseline


def test_the_mean_is_that_of_check(log, baseline):
    x = registry.get("phrasing").rows(log.outputs, log.prompts)
    sums = within_pairs(x, log.groups)
    rates = np.bincount(log.groups, sums.same) / np.bincount(log.groups, sums.partners)
    level = baseline.level(None)
    assert level.mean[0] == pytest.approx(rates.mean())
    np.testing.assert_allclose(level.by_prompt[:, 0], rates)


def test_bounds_lie_above_and_weights_add_up(baseline):
    level = baseline.level(None)
    for (stream, falls, _), bound in zip(baseline.channels, level.bounds, strict=True):
        mean = level.mean[stream]
        assert (1 - mean if falls else mean) < bound <= 1
    assert baseline.shares(None).sum() == pytest.approx(1)


def test_the_bound_covers_fresh_baselines(cook):
    truth = 1 / 20
    missed = 0
    for seed in range(20):
        visits = cook(0, order=np.arange(25), each=6, seed=seed)
        log = Samples.of({v.prompt_id: v.outputs for v in visits})
        b = Baseline.fit(log, views=["phrasing"], signals=["near_duplicates"])
        missed += b.level(None).bounds[1] < truth
    assert missed <= 1


def test_single_outputs_are_watched_across_prompts():
    log = Samples.of({f"q{i}": [f"dish {i % 7} of the day"] for i in range(30)})
    b = Baseline.fit(log, views=["phrasing"], signals=["length"])
    assert b.ruler.streams == ("phrasing across", "length")
    assert b.traffic == "open"


def test_outputs_that_come_singly_are_watched_across_prompts_too(log, baseline):
    shuffled = log.take(np.random.default_rng(0).permutation(len(log)))
    b = Baseline.fit(shuffled, views=["phrasing"], signals=[])
    assert b.ruler.streams == ("phrasing across",)
    both = Baseline.fit(log, views=["phrasing"], signals=[], across=True)
    assert both.ruler.streams == ("phrasing", "phrasing across")
    assert both.traffic == "drawn"


def test_every_prompt_at_once_needs_many_outputs(log, cook):
    few = Baseline.fit(log, views=["phrasing"], signals=[], traffic="any")
    visits = cook(0, order=np.arange(4), each=200)
    much = Samples.of({v.prompt_id: v.outputs for v in visits})
    many = Baseline.fit(much, views=["phrasing"], signals=[], traffic="any")
    assert few.level(None).bounds_by_prompt.min() > 0.6
    assert many.level(None).bounds_by_prompt.max() < 0.4


def test_models_have_their_own_level_and_strangers_the_highest():
    rows = [
        Record(f"{word} {i % n}", f"q{p}", model=model)
        for model, word, n in (("a", "fig", 9), ("b", "plum", 2))
        for p in range(8)
        for i in range(9)
    ]
    b = Baseline.fit(Samples.from_records(rows), views=["phrasing"], signals=[])
    assert b.level("a").bounds[0] < b.level("b").bounds[0] == b.level("new").bounds[0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"traffic": "cycled"}, "traffic='cycled'"),
        ({"confidence": 1.0}, "confidence=1.0"),
        ({"signals": ["mood"]}, "no signal 'mood'"),
        ({"size": 1}, "size=1"),
        ({"weights": {"q0": 1.0}}, "weights do not fit"),
    ],
)
def test_refusals(log, options, says):
    with pytest.raises(BadInput, match=says):
        Baseline.fit(log, views=["phrasing"], **options)


def test_too_little():
    with pytest.raises(NotEnoughData, match="nothing to watch for"):
        Baseline.fit(Samples.of([]))
    with pytest.raises(NotEnoughData, match="shows no repeats to watch"):
        Baseline.fit(Samples.of(["only one"]), views=["phrasing"])


def test_models_share_the_confidence(log):
    # Two models: each bound may fail at 1 %/2, as that of one model at 99.5 % does.
    twice = Samples.from_records(
        [
            Record(output, prompt_id=log.prompt_ids[g], model=model)
            for model in ("a", "b")
            for output, g in zip(log.outputs, log.groups.tolist(), strict=True)
        ]
    )
    two = Baseline.fit(twice, views=["phrasing"], signals=["length"], confidence=0.99)
    one = Baseline.fit(log, views=["phrasing"], signals=["length"], confidence=0.995)
    for model in ("a", "b"):
        np.testing.assert_allclose(two.level(model).bounds, one.level(None).bounds, rtol=1e-9)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("streams", ("phrasing", "unknown")),
        ("channels", ((9, False, 1.0),)),
        ("weights", np.ones(3)),
        ("prompts", ()),
        ("levels", []),
        ("scales", {}),
    ],
)
def test_a_state_whose_parts_do_not_fit_is_refused(log, field, value):
    state = Baseline.fit(log, views=["phrasing"], signals=["length"]).to_dict()
    if field == "channels":
        value = tuple(state["channels"][0]._replace(stream=s) for s, *_ in value)
    with pytest.raises(BadInput, match="do not fit each other"):
        Baseline.from_dict({**state, field: value})
