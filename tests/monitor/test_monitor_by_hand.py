"""The monitor on values that are given: what it counts, keeps and says of an alarm."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from fullmenu.monitor.baseline import Channel, ModelBaseline
from fullmenu.monitor.ruler import Reading
from fullmenu.samples import Samples
from fullmenu.watch import Baseline, Monitor

PROMPTS = tuple(f"q{i}" for i in range(7))


def baseline(
    mean=(0.1,), bounds=(0.25,), channels=None, by_prompt=None, any_order=None, **options
) -> Baseline:
    """A baseline whose levels are given; of two streams, the second is ``length``."""
    log = Samples.of({p: ["a b", "c d", "a b"] for p in PROMPTS})
    b = Baseline.fit(log, views=["phrasing"], signals=["length"][: len(mean) - 1])
    level = ModelBaseline(
        np.array(mean),
        np.array(bounds),
        np.tile(mean, (len(PROMPTS), 1)) if by_prompt is None else np.array(by_prompt)[:, None],
        any_order,
    )
    made = channels or [Channel(i, False, 1 / len(mean)) for i in range(len(mean))]
    return replace(b, channels=tuple(made), levels={None: level}, **options)


def take(monitor, values, prompts=PROMPTS, model=None, examples=None):
    monitor.take(
        [
            Reading(
                prompts[i % len(prompts)], model, None, np.atleast_1d(x),
                None if examples is None else examples[i],
            )
            for i, x in enumerate(values)
        ]
    )  # fmt: skip
    return monitor


def test_before_anything_is_seen():
    monitor = Monitor(baseline(), run_length=1.5)
    assert (monitor.statistic, monitor.visits, monitor.standing) == (0, 0, False)
    unseen = Monitor(baseline(mean=(math.nan,)))
    assert unseen.band.guess.tolist() == [0.5]


def test_the_recent_band_begins_anew_every_hundred_visits():
    monitor = take(Monitor(baseline(), run_length=1e9), [0.1] * 99)
    assert (monitor.recent.sums[0], monitor.last_recent.sums[0]) == (99, 0)
    take(monitor, [0.1] * 31)
    assert (monitor.recent.sums[0], monitor.last_recent.sums[0]) == (30, 100)


def test_sixty_four_models_are_told_apart():
    monitor = Monitor(baseline(), run_length=1e9)
    for i in range(67):
        take(monitor, [0.25], model=f"m{i}")
    take(monitor, [0.25], model="m5")
    assert len(monitor.histories) == 65
    assert monitor.histories["m5"].visits == 2
    assert monitor.histories["other models"].visits == 3


def test_of_more_alarms_than_a_hundred_the_first_and_the_latest_are_kept():
    monitor = Monitor(baseline(), run_length=1.5)
    for i in range(101):  # at X = m₀ the statistic is 1, then 2
        take(monitor, [0.25, 0.25])
        if i < 60:
            monitor.acknowledge()
    assert [a.visit for a in monitor.alarms[58:]] == [118, 120, 122]  # the last stands, again 40 ×
    assert monitor.alarms[-1].again == 40
    monitor = Monitor(baseline(), run_length=1.5)
    for _ in range(101):
        take(monitor, [0.25, 0.25])
        monitor.acknowledge()
    assert (monitor.raised, len(monitor.alarms), monitor.acknowledged) == (101, 100, 100)
    assert [a.visit for a in monitor.alarms[48:52]] == [98, 100, 104, 106]
    assert monitor.alarms[-1].visit == 202


def test_prompts_that_the_baseline_does_not_hold():
    drawn = take(Monitor(baseline(), run_length=1e9), [0.1] * 3, ["q0", "new"])
    assert drawn.unknown == 1
    assert "1 of 3 visits were of prompts" in drawn.notices[0]
    assert "traffic='open'" in drawn.notices[0]
    opened = take(Monitor(baseline(traffic="open"), run_length=1e9), [0.1] * 3, ["new"])
    assert (opened.unknown, opened.notices) == (3, [])
    bounds = np.full((7, 1), 0.5)
    any_order = Monitor(baseline(traffic="any", any_order=bounds), run_length=1e9)
    take(any_order, [0.5, 0.5, 0.9], ["q0", "q6", "new"])
    assert "nothing is learnt from them" in any_order.notices[0]
    assert any_order.statistic == pytest.approx(2)  # X is at the bound of q0 and of q6
    one = replace(any_order.baseline, prompts=("q0",), weights=np.ones(1))
    one = replace(one, levels={None: replace(one.levels[None], bounds_by_prompt=bounds[:1])})
    assert take(Monitor(one, run_length=1e9), [0.9], ["new"]).statistic == 0


def test_an_alarm_names_the_stream_that_shows_it_most_and_shares_the_evidence():
    # the second stream doubles: b < M₂/M₁; the first stays at its bound: M₁ = t
    monitor = Monitor(baseline(mean=(0.1, 0.5), bounds=(0.25, 0.6)), run_length=200)
    while not monitor.alarms:
        take(monitor, [[0.25, 0.9]])
    [alarm] = monitor.alarms
    t, total = alarm.visit, alarm.strength
    assert alarm.stream == "length"
    names, shares = zip(*alarm.evidence, strict=True)
    assert names == ("length", "phrasing")
    assert shares == pytest.approx((1 - t / 2 / total, t / 2 / total))


def test_a_rise_is_dated_and_the_prompts_it_shows_in_are_named():
    before = [0.1, 0.1, 0.1, 0.1, 0.1, math.nan, 0.9]
    monitor = Monitor(baseline(by_prompt=before), run_length=1e9)
    take(monitor, [0.08, 0.12] * 20)
    since = [0.9, 0.8, 0.7, 0.65, 0.6, 0.5, 0.9]
    visits = 0
    while not monitor.alarms:
        take(monitor, [since[visits % 7]], [PROMPTS[visits % 7]])
        visits += 1
    [alarm] = monitor.alarms
    assert (alarm.visit, alarm.since, alarm.exact) == (40 + visits, 41, True)
    assert alarm.since_low <= 41 <= alarm.since_high
    assert alarm.before == 0.1
    assert alarm.after == pytest.approx(np.mean([since[i % 7] for i in range(visits)]))
    gains = {p: since[i] - (0 if i == 5 else before[i]) for i, p in enumerate(PROMPTS)}
    seen = [p for i, p in enumerate(PROMPTS) if i < visits and gains[p] > 0]
    assert [p.prompt_id for p in alarm.prompts] == sorted(seen, key=lambda p: -gains[p])[:5]
    assert alarm.prompts[0].before == 0.1
    assert alarm.prompts[0].since == pytest.approx(0.9)
    assert alarm.prompts[0].visits == math.ceil(visits / 7) > 1
    assert "q6" not in [p.prompt_id for p in alarm.prompts]  # as before, .9


def test_at_most_five_prompts_that_gave_more_and_what_was_unknown_counts_from_0():
    before = [0.3, 0.3, math.nan, 0.3, 0.3, 0.3, 0.9]
    monitor = Monitor(baseline(mean=(0.3,), bounds=(0.31,), by_prompt=before), run_length=60)
    since = [0.5, 0.6, 0.9, 0.7, 0.8, 0.85, 0.9]
    while not monitor.alarms:
        take(monitor, since)
    [alarm] = monitor.alarms
    assert [p.prompt_id for p in alarm.prompts][:2] == ["q2", "q5"]
    assert len(alarm.prompts) == 5
    assert alarm.prompts[0].before is None


def test_a_fall_is_dated_on_the_other_side():
    channels = [Channel(0, True, 1.0)]
    monitor = Monitor(baseline(mean=(0.9,), bounds=(0.25,), channels=channels), run_length=300)
    take(monitor, [0.88, 0.92] * 20)
    visits = 0
    while not monitor.alarms:
        take(monitor, [[0.1, 0.3][visits % 2]], [PROMPTS[visits % 7]])
        visits += 1
    [alarm] = monitor.alarms
    assert (alarm.falls, alarm.since) == (True, 41)
    assert (alarm.before, alarm.after) == (0.9, pytest.approx(0.2, abs=0.02 + 0.1 / visits))
    assert alarm.prompts[0].since == 0.1
    assert all(p.since < 0.9 for p in alarm.prompts)


def test_in_any_order_a_visit_is_dated_by_its_own_prompt():
    # the prompts' own levels are .1 and .6: visits at these are no change, wherever they stand
    levels = [0.1, 0.6, *[0.1] * 5]
    bounds = np.array([[0.25], [0.7], *[[0.25]] * 5])
    monitor = Monitor(
        baseline(mean=(0.35,), bounds=(0.5,), by_prompt=levels, any_order=bounds, traffic="any"),
        run_length=300,
    )
    rng = np.random.default_rng(0)
    take(monitor, 0.1 + rng.normal(0, 0.02, 20), ["q0"])
    take(monitor, 0.6 + rng.normal(0, 0.02, 20), ["q1"])
    while not monitor.alarms:
        take(monitor, [0.9], ["q0"])
    assert monitor.alarms[0].since == 41


def test_the_error_of_the_mean_is_half_the_way_to_its_bound():
    seen = {}

    def date(x, mean, error):
        seen.update(x=x.tolist(), mean=mean, error=error)
        return original(x, mean, error)

    import fullmenu.monitor.monitor as module

    original = module.date_onset
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "date_onset", date)
        take(Monitor(baseline(), run_length=2.5), [0.25] * 3)
        assert seen == {"x": [0.25] * 3, "mean": 0.1, "error": pytest.approx(0.075)}
        channels = [Channel(0, True, 1.0)]
        falling = baseline(mean=(0.9,), bounds=(0.25,), channels=channels)
        take(Monitor(falling, run_length=2.5), [0.75] * 3)
        assert seen["x"] == [0.25] * 3
        assert (seen["mean"], seen["error"]) == pytest.approx((0.1, 0.075))


def test_a_change_further_back_than_is_remembered_is_dated_as_late_as_it_may_be():
    slow = Monitor(baseline(mean=(0.245,)), run_length=1e9)
    while not slow.alarms:
        take(slow, [0.24, 0.28])
    [alarm] = slow.alarms
    assert alarm.visit > 540
    assert (alarm.since, alarm.exact) == (alarm.visit - 511, False)
    late = Monitor(baseline(), run_length=1000)
    take(late, [0.08, 0.12] * 280)
    take(late, [0.9] * 20)
    assert late.alarms[0].since == 561
    assert late.alarms[0].exact


def test_the_examples_are_the_five_that_were_repeated_most():
    monitor = Monitor(baseline(bounds=(0.11,)), run_length=600)
    values = [0.3, 0.5, 0.35, 0.45, 0.4, 0.32, 0.48]
    take(monitor, values, examples=[f"dish {x}" for x in values])
    while not monitor.alarms:
        take(monitor, [0.29], examples=[None])
    [alarm] = monitor.alarms
    assert alarm.since == 1
    assert [e.output for e in alarm.examples] == [f"dish {x}" for x in (0.5, 0.48, 0.45, 0.4, 0.35)]
    assert [e.visit for e in alarm.examples] == [2, 7, 4, 5, 3]
