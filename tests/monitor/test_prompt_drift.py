"""Prompts of the baseline's kind pass; others are noticed."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.monitor.prompt_draws import SURE, began
from fullmenu.monitor.prompt_drift import PromptDrift, kind_of
from fullmenu.samples import Record, Samples
from fullmenu.views import registry
from fullmenu.watch import Baseline, Monitor, Visit

VIEW = registry.get("phrasing")
WORDS = [a + b for a in ("ba", "de", "fi", "go", "lu", "ma", "ne", "po") for b in
         ("lan", "rik", "tos", "vem", "dur", "pin")]  # fmt: skip


def asked(rng, n, words=(4, 12), menu=WORDS):
    return [" ".join(rng.choice(menu, rng.integers(*words))) for _ in range(n)]


def test_of_the_same_kind_hardly_ever_noticed():
    noticed = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        kind = kind_of(asked(rng, 60), VIEW)
        assert kind is not None
        drift = PromptDrift(kind, VIEW)
        drift.add(asked(rng, 400))
        noticed += not drift.same
    assert noticed <= 1


@pytest.mark.parametrize("other", [{"words": (2, 5)}, {"words": (12, 30)}, {"menu": WORDS[:6]}])
def test_longer_shorter_or_about_other_things(other):
    rng = np.random.default_rng(7)
    drift = PromptDrift(kind_of(asked(rng, 100), VIEW), VIEW)
    drift.add(asked(rng, 100))
    assert drift.same
    drift.add(asked(rng, 100, **other))
    assert not drift.same


def test_the_wealth_by_hand():
    rng = np.random.default_rng(0)
    drift = PromptDrift(kind_of(asked(rng, 40), VIEW), VIEW)
    drift._bet([0.25, 0.5])
    drift._bet([0.04, 1.0])
    u = np.array([[0.25, 0.75, 0.5, 0.5], [0.04, 0.96, 1.0, 1e-9]])
    wealth = (began(1) * 0.5 * u[0] ** -0.5 + began(2)) * 0.5 * u[1] ** -0.5
    assert np.exp(drift.log_wealth) == pytest.approx(wealth)
    assert np.exp(drift.highest) == pytest.approx(wealth.mean())
    assert drift.same is bool(wealth.mean() < SURE)


def test_ranks_by_hand():
    drift = PromptDrift(kind_of(asked(np.random.default_rng(0), 40), VIEW), VIEW)
    ranked = [1.0, 2.0, 2.0, 3.0]
    low = drift._rank(ranked, 0.5)
    assert 0 <= low <= 1 / 5 and ranked[0] == 0.5
    tied = drift._rank(ranked, 2.0)  # two lie below, and two are equal
    assert 2 / 6 <= tied <= 5 / 6 and ranked == [0.5, 1.0, 2.0, 2.0, 2.0, 3.0]


def test_few_prompts_or_unknown_ones_are_not_tested():
    rng = np.random.default_rng(1)
    assert kind_of(asked(rng, 20), VIEW) is None
    assert kind_of([*asked(rng, 40), None], VIEW) is None


def test_a_watch_of_open_traffic_takes_the_guarantee_back():
    rng = np.random.default_rng(3)
    before = Samples.from_records(
        Record(f"{p} indeed {i}", p, f"b{i}") for i, p in enumerate(asked(rng, 120))
    )
    monitor = Monitor(Baseline.fit(before))
    live = [Visit(f"l{i}", (f"{p} indeed {i}",), p) for i, p in enumerate(asked(rng, 60))]
    monitor.update(live)
    assert monitor.notices == []
    other = [Visit(f"o{i}", (f"{p} {i}",), p) for i, p in enumerate(asked(rng, 60, (14, 30)))]
    monitor.update(other)
    assert "of another kind" in monitor.notices[0]
    again = Monitor.from_bytes(monitor.to_bytes())
    assert again.notices == monitor.notices and again.drift.ranked == monitor.drift.ranked


def test_a_restart_changes_nothing_where_scores_tie():
    rng = np.random.default_rng(5)
    kind = kind_of([f"{p} now" for p in asked(rng, 60, (4, 6))], VIEW)
    live = asked(rng, 80, (4, 6))
    whole, first, second = (PromptDrift(kind, VIEW) for _ in range(3))
    whole.add(live)
    first.add(live[:37])
    second.restore(first.to_dict())
    second.add(live[37:])
    assert second.log_wealth.tolist() == whole.log_wealth.tolist()
    assert second.ranked == whole.ranked
