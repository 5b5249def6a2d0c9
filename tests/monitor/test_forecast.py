"""Planned delays against watches on fresh text."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.samples import Samples
from fullmenu.watch import Baseline, plan


def test_worse_losses_are_seen_sooner(log):
    b = Baseline.fit(log, views=["phrasing"], signals=[])
    found = {x.loss: x for x in plan(log, b, runs=100, horizon=600)}
    seen = sorted(found.values(), key=lambda x: -x.after)
    assert [x.visits or x.horizon for x in seen] == sorted(x.visits or x.horizon for x in seen)
    assert seen[0].visits < 40
    assert found["halving"].after == pytest.approx(2 * found["halving"].before)


def test_the_same_seed_the_same_plan(log):
    b = Baseline.fit(log, views=["phrasing"], signals=[])
    assert len({str(plan(log, b, runs=20, horizon=30)) for _ in range(2)}) == 1


def test_refusals(log):
    b = Baseline.fit(log, views=["phrasing"], signals=[])
    with pytest.raises(NotEnoughData, match="at most 10"):
        plan(log, b, size=10)
    with pytest.raises(BadInput, match="size=1"):
        plan(log, b, size=1)


def test_logs_of_one_output_a_prompt():
    rng = np.random.default_rng(0)
    words = [a + b for a in ("ba", "de", "fi", "go") for b in ("lan", "rik", "tos", "vem")]
    one = Samples.of({f"q{i}": [" ".join(rng.choice(words, 8))] for i in range(150)})
    found = {
        x.loss: x for x in plan(one, Baseline.fit(one, views=["phrasing"]), runs=60, horizon=400)
    }
    # 30 % of one answer: U' = U + .3²(1 − U)
    takeover = found["takeover"]
    assert takeover.after == pytest.approx(takeover.before + 0.09 * (1 - takeover.before))
    assert takeover.visits is not None and 5 < takeover.visits < 120
    fifth = found["a fifth lost"].visits
    assert fifth is None or fifth > takeover.visits
