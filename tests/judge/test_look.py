"""Looking at logs through every view."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from fullmenu.judge import case as c
from fullmenu.judge import look as l
from fullmenu.judge.case import pair, single
from fullmenu.samples import Samples


@pytest.mark.parametrize("uneven", [0, 3])
def test_a_log_read_in_parts_is_seen_as_in_one(serve, monkeypatch, uneven):
    before, after = serve(prompts=12), serve(prompts=12, outputs=10 - uneven)
    whole = l.look(pair(before, after))
    monkeypatch.setattr(l, "TOGETHER", 20_000)
    parts = l.look(pair(before, after))
    assert len([*l.some_prompts(parts.case.logs[0])]) > 3
    # a large part is read by compiled loops, whose sums differ in the last bits
    equal = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-14)
    for view, sights in whole.by_view.items():
        for one, other in zip(sights, parts.by_view[view], strict=True):
            equal(one.within.rates, other.within.rates)
            equal(one.within.sums, other.within.sums)
            assert one.across is not None and other.across is not None
            equal(one.across.without, other.across.without)
    for one, other in zip(whole.rows, parts.rows, strict=True):
        np.testing.assert_array_equal(one.toarray(), other.toarray())


@pytest.mark.parametrize(
    ("prompts", "outputs", "entire"), [(700, 12, True), (700, 12, False), (90, 90, True)]
)
def test_what_is_read_once_for_all_views_is_what_their_rows_say(
    monkeypatch, prompts, outputs, entire
):
    monkeypatch.setattr(c, "MOST_PLATES", 1_000)
    rng = np.random.default_rng(5)
    words = [f"word{i}" for i in range(200)]
    dinner = {
        f"Dinner {p}, with word{p}?": [" ".join(rng.choice(words, 12)) for _ in range(outputs)]
        for p in range(prompts)
    }
    (log,) = (case := single(Samples.of(dinner))).logs
    found = l._unwritten(case.views, log, case, entire)
    assert {*found} == {"phrasing", "outline", "answer"}
    equal = partial(np.testing.assert_allclose, rtol=1e-6, atol=1e-9)
    for view in case.views:
        one, (other, _) = found[view.name], l._written(view, log, case, entire, None)
        equal(one.within.rates, other.within.rates)
        equal(one.within.sums, other.within.sums)
        equal(one.across.without, other.across.without)
        for name in ("features", "alone") if entire and view is case.eyes else ():
            assert abs(getattr(one, name) - getattr(other, name)).max() < 1e-6


def test_prompts_are_never_parted(serve, monkeypatch):
    monkeypatch.setattr(l, "TOGETHER", 100)
    (log,) = single(serve(prompts=5)).logs
    parts = [*l.some_prompts(log)]
    assert np.concatenate(parts).tolist() == [*range(len(log.groups))]
    assert [len({*log.groups[rows]}) for rows in parts] == [1] * 5


def test_what_was_not_cut_is_not_read_again_and_is_seen_as_if_it_were():
    rng = np.random.default_rng(3)
    words = [
        "soup",
        "fish",
        "rice.",
        "Bread",
        "with",
        "and",
        "herbs,",
        "from",
        "the",
        "old",
        "house\n\n-",
        "pie",
    ]

    def log(low, high):
        made = {
            f"Dinner {p}, with soup?": [
                " ".join(rng.choice(words, n)) for n in rng.integers(low, high, 6)
            ]
            for p in range(8)
        }
        return Samples.of(made)

    case = pair(log(20, 60), log(25, 80))
    sights = l.look(case)
    logs = zip(case.logs, sights.matched, strict=True)
    cut = [np.mean([a != b for a, b in zip(x.outputs, y.outputs, strict=True)]) for x, y in logs]
    assert 0.2 < np.mean(cut) < 0.8
    for view in case.views:
        fresh = l._through(view, sights.matched, case)
        for one, other in zip((sights.by_view_matched or {})[view.name], fresh, strict=True):
            np.testing.assert_allclose(one.within.rates, other.within.rates, rtol=1e-12)
            assert one.across is not None and other.across is not None
            np.testing.assert_allclose(one.across.without, other.across.without, rtol=1e-12)
