"""What outputs are asked with: changes are marked, and an alarm names the nearest before it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fullmenu.monitor.configuration import Changes, configuration
from fullmenu.samples import Record, Samples
from fullmenu.watch import Monitor, Visit, gather


@pytest.mark.parametrize(
    ("extra", "kept"),
    [
        ({"prompt_template": "b"}, True),
        ({"templateVersion": "7"}, False),
        ({"app.version": "7"}, True),
        ({"release": "7"}, True),
        ({"deployment_id": "7"}, True),
        ({"conversion": "7"}, False),
        ({"user": "ann", "region": "eu"}, False),
    ],
)
def test_what_counts_as_a_setting(extra, kept):
    said = configuration(None, None, json.dumps(extra))
    assert said == (tuple(extra.items()) if kept else ())


def test_sampling_and_server_but_no_seed():
    parameters = json.dumps({"seed": 4, "top_p": 0.9, "temperature": None, "max_tokens": 10})
    assert configuration("fp", parameters, None) == (
        ("top_p", "0.9"), ("max_tokens", "10"), ("system fingerprint", "fp"),
    )  # fmt: skip


def test_a_value_is_a_change_when_it_is_new_to_its_model():
    changes = Changes()
    for visit, model, value in ((1, "a", "1"), (2, "b", "2"), (3, "a", "2"), (4, "a", "1")):
        changes.see(visit, None, model, (("temperature", value),))
    assert [(c.visit, c.model, c.before, c.value) for c in changes.marks] == [(3, "a", "1", "2")]
    assert changes.before(2, "a") is None and changes.before(9, "a").visit == 3
    assert changes.before(9, "b") is None


def test_an_alarm_names_the_change_before_it(cook, baseline):
    monitor = Monitor(baseline)
    before, after = (("temperature", "1"),), (("temperature", "0.1"),)
    calm = [Visit(v.prompt_id, v.outputs, v.prompt, asked_with=before) for v in cook(40)]
    stale = [Visit(v.prompt_id, v.outputs, v.prompt, asked_with=after)
             for v in cook(40, dishes=1, seed=1)]  # fmt: skip
    monitor.update(calm)
    alarm = monitor.update(stale)[0]
    assert alarm.change is not None
    assert (alarm.change.visit, alarm.change.before, alarm.change.value) == (41, "1", "0.1")
    again = Monitor.from_bytes(monitor.to_bytes())
    assert again.changes.marks == monitor.changes.marks
    again.update(calm[:1])
    assert len(again.changes.marks) == 1  # both values are known


def test_visits_carry_what_the_log_says():
    rows = [
        Record("fig", prompt_id="q", system_fingerprint="fp1", parameters={"temperature": 1}),
        Record("oak", prompt_id="r", extra={"release": "v2"}),
    ]
    assert [v.asked_with for v in gather(Samples.from_records(rows))] == [
        (("temperature", "1"), ("system fingerprint", "fp1")),
        (("release", "v2"),),
    ]
    plain = gather(Samples.of({"q": ["fig"]}))
    assert plain[0].asked_with == () and np.size(plain) == 1
