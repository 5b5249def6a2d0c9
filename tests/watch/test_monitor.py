"""The monitor: quiet without a change, clear with one, and exact after a restart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fullmenu.errors import BadInput
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
