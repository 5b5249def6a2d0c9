"""Looking at logs through every view."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from fullmenu.judge import look as l
from fullmenu.judge.case import pair, single


@pytest.mark.parametrize("uneven", [0, 3])
def test_a_log_read_in_parts_is_seen_as_in_one(serve, monkeypatch, uneven):
    before, after = serve(prompts=12), serve(prompts=12, outputs=10 - uneven)
    whole = l.look(pair(before, after))
    monkeypatch.setattr(l, "TOGETHER", 20_000)
    parts = l.look(pair(before, after))
    assert len([*l._some_prompts(parts.case.logs[0])]) > 3
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


def test_prompts_are_never_parted(serve, monkeypatch):
    monkeypatch.setattr(l, "TOGETHER", 100)
    (log,) = single(serve(prompts=5)).logs
    parts = [*l._some_prompts(log)]
    assert np.concatenate(parts).tolist() == [*range(len(log.groups))]
    assert [len({*log.groups[rows]}) for rows in parts] == [1] * 5
