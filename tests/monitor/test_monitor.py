"""The monitor: quiet without a change, clear with one, and exact after a restart."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.monitor.baseline import Channel, ModelBaseline
from fullmenu.monitor.detector import bets
from fullmenu.monitor.ruler import Reading
from fullmenu.samples import Samples
from fullmenu.watch import Baseline, Monitor, Visit


def test_quiet_then_clear(baseline, cook):
    monitor = Monitor(baseline)
    assert monitor.update(cook(150, seed=1)) == []
    assert not monitor.standing
    [alarm] = monitor.update(cook(60, dishes=2, seed=2))
    assert 151 <= alarm.visit <= 175
    assert abs(alarm.since - 151) <= 4
    assert alarm.since_low <= alarm.since <= alarm.since_high
    assert alarm.strength >= 1000
    assert alarm.after > 2 * alarm.before
    assert alarm.examples and alarm.prompts
    assert {e.visit for e in alarm.examples} <= set(range(alarm.since, alarm.visit + 1))
    assert sum(share for _, share in alarm.evidence) == pytest.approx(1)
    assert "once in" in alarm.sure
    assert monitor.standing
    assert monitor.alarms[0].again >= 1
    monitor.acknowledge()
    assert not monitor.standing


def test_one_model_of_two_is_named(baseline, cook):
    monitor = Monitor(baseline)
    for i in range(6):
        monitor.update(cook(20, seed=i, model="sound"))
        monitor.update(cook(20, dishes=2, seed=i + 50, model="worn"))
    assert {a.model for a in monitor.alarms} == {"worn"}


def test_one_at_a_time_is_all_at_once(baseline, cook):
    visits = [*cook(130, seed=3), *cook(40, dishes=3, seed=4)]
    whole, single = Monitor(baseline), Monitor(baseline)
    whole.update(visits)
    for v in visits:
        single.update(v)
    assert whole.to_bytes() == single.to_bytes()
    assert whole.alarms


def test_a_restart_goes_on_exactly(baseline, cook):
    visits = [*cook(110, seed=5), *cook(70, dishes=3, seed=6)]
    whole = Monitor(baseline)
    whole.update(visits)
    stopped = Monitor(baseline)
    for part in np.array_split(np.arange(len(visits)), 12):
        stopped.update([visits[i] for i in part])
        stopped = Monitor.from_bytes(stopped.to_bytes())
    assert stopped.to_bytes() == whole.to_bytes()
    assert [a.to_dict() for a in stopped.alarms] == [a.to_dict() for a in whole.alarms]


def test_foreign_and_cut_states_are_refused(baseline):
    data = Monitor(baseline).to_bytes()
    for wrong in (data[:-2], data[: len(data) // 2], b"", b"\x00\xff"):
        with pytest.raises(BadInput, match="no whole watch state"):
            Monitor.from_bytes(wrong)
    with pytest.raises(BadInput, match="schema is 'fullmenu/check/1'"):
        Monitor.from_bytes(b'{"schema": "fullmenu/check/1"}')
    with pytest.raises(BadInput, match="damaged"):
        Monitor.from_bytes(data.replace(b'"visits":0', b'"visits":7'))


def test_blocks_of_a_prompt_are_noticed(baseline, cook):
    monitor = Monitor(baseline)
    monitor.update(cook(0, order=np.repeat(np.arange(10), 20)))
    assert "no guarantee holds" in monitor.notices[0]


def test_strange_prompts_are_noticed(baseline):
    monitor = Monitor(baseline)
    monitor.update(Visit("new", ("a dish", "another")))
    assert "1 of 1 visits" in monitor.notices[0]


def test_in_any_order_blocks_are_no_alarm(cook):
    counts = [1, 20]  # one prompt always says the same, the other never does
    log = Samples.of(
        {f"q{p}": [f"meal {i % n} x{i % n}" for i in range(200)] for p, n in enumerate(counts)}
    )
    monitor = Monitor(Baseline.fit(log, views=["phrasing"], signals=[], traffic="any"))
    same = [Visit("q0", ("meal 0 x0",) * 4)] * 100
    assert monitor.update(same) == []
    monitor.update([Visit("q1", ("meal 0 x0",) * 4)] * 20)
    assert monitor.standing
    assert monitor.notices == []


def test_across_prompts_when_each_is_asked_once(cook):
    rng = np.random.default_rng(0)
    words = np.array([f"{a}{b}" for a in "bdfgklmprs" for b in ("anta", "esko", "ilmu", "orpe")])
    many = Samples.of({f"q{i}": [" ".join(rng.choice(words, 6))] for i in range(200)})
    monitor = Monitor(Baseline.fit(many, views=["phrasing"], signals=[]))
    fresh = [Visit(f"n{i}", (" ".join(rng.choice(words, 6)),)) for i in range(150)]
    assert monitor.update(fresh) == []
    worn = [Visit(f"w{i}", (" ".join(words[:6]),)) for i in range(60)]
    [alarm] = monitor.update(worn)
    assert alarm.stream == "phrasing across"


def test_memory_is_bounded(baseline):
    monitor = Monitor(baseline)
    rng = np.random.default_rng(0)
    readings = [
        baseline.ruler.of_features({"phrasing": np.eye(40)[rng.integers(0, 40, 4)]}, f"q{p}", m)
        for p, m in zip(rng.integers(0, 25, 500), rng.choice(["a", "b"], 500), strict=True)
    ]
    monitor.take(readings * 4)
    size = len(monitor.to_bytes())
    monitor.take(readings * 12)
    assert len(monitor.to_bytes()) < 1.3 * size
    assert len(monitor.timeline.points) <= 401


def test_the_summary_is_plain_json_with_bands(baseline, cook):
    monitor = Monitor(baseline)
    monitor.update(cook(230, seed=9))
    state = json.loads(json.dumps(monitor.state, allow_nan=False))
    for part in ("now", "recent"):
        rate = state["streams"]["phrasing"][part]
        assert rate["low"] <= rate["value"] <= rate["high"]
        assert rate["effective_number"]["value"] == pytest.approx(1 / rate["value"])
    assert state["timeline"][-1]["last"] == 230


def test_refusals(baseline):
    for wrong in (1, float("inf"), float("nan")):
        with pytest.raises(BadInput, match="run_length"):
            Monitor(baseline, run_length=wrong)
    with pytest.raises(BadInput, match="images"):
        Monitor(baseline).update(Visit("q0", ("a.png", "b.png"), media="image"))


def plain(bounds=(0.25,), falls=(False,), prompts=("q0", "q1"), models=(None,), **level):
    """A baseline of one view whose levels are given: mean 0.1, and a bound for each channel."""
    of = Samples.of({p: ["a b", "c d", "a b"] for p in prompts})
    b = Baseline.fit(of, views=["phrasing"], signals=[])
    given = ModelBaseline(
        np.array([0.1]), np.array(bounds), np.full((len(prompts), 1), 0.1), **level
    )
    channels = tuple(Channel(0, f, 1 / len(falls)) for f in falls)
    return replace(b, channels=channels, levels=dict.fromkeys(models, given))


def take(monitor, *values, model=None, prompts=("q0", "q1")):
    for i, x in enumerate(values):
        monitor.take([Reading(prompts[i % len(prompts)], model, None, np.array([x]))])
    return monitor.statistic


def test_the_recurrence_by_hand():
    # M ← L(1 + M), L = 1 + b(X/m₀ − 1), m₀ = 1/4. X = 1/2: M = 1 + b; X = 1/4: M = 1·(2 + b);
    # X = 0: M = (1 − b)(3 + b) = 3 − 2b − b². The statistic is the mean over the bets b.
    b = bets(1000)
    monitor = Monitor(plain(), run_length=1000)
    assert take(monitor, 0.5) == pytest.approx(1 + b.mean())
    assert take(monitor, 0.25) == pytest.approx(2 + b.mean())
    assert take(monitor, 0.0) == pytest.approx(3 - 2 * b.mean() - (b**2).mean())
    assert take(monitor, np.nan) == pytest.approx(3 - 2 * b.mean() - (b**2).mean())


def test_a_fall_is_bet_on_against_the_rest_to_one():
    # 1 − X = 0.75 against 0.5 is L = 1 + b/2; X = 0.25 against 0.25 is L = 1; weights ½, ½
    b = bets(100)
    monitor = Monitor(plain(bounds=(0.25, 0.5), falls=(False, True)), run_length=100)
    assert take(monitor, 0.25) == pytest.approx((1 + 1 + b.mean() / 2) / 2)


def test_models_are_added():
    b = bets(1000).mean()
    monitor = Monitor(plain(), run_length=1000)
    assert take(monitor, 0.5, model="a") == pytest.approx(1 + b)
    assert take(monitor, 0.5, model="b") == pytest.approx(2 + 2 * b)
    assert take(monitor, 0.25, model="b") == pytest.approx(1 + b + 2 + b)


def test_an_alarm_comes_at_the_run_length_and_begins_anew():
    # X = m₀ adds one a visit: M = t. The alarm comes where M reaches A = 4.999, at the fifth visit.
    monitor = Monitor(plain(), run_length=4.999)
    take(monitor, *[0.25] * 4)
    assert (monitor.alarms, monitor.statistic) == ([], pytest.approx(4))
    take(monitor, 0.25)
    [alarm] = monitor.alarms
    assert (alarm.visit, alarm.strength, monitor.statistic) == (5, pytest.approx(5), 0)
    assert (alarm.before, alarm.after, alarm.again) == (0.1, 0.25, 0)
    take(monitor, *[0.25] * 5)
    assert [(a.visit, a.again, a.last) for a in monitor.alarms] == [(5, 1, 10)]
    monitor.acknowledge()
    take(monitor, *[0.25] * 5)
    assert [a.visit for a in monitor.alarms] == [5, 15]
    assert monitor.raised == 2
