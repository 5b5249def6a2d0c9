"""Changed, or less varied? Each answer on its own."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.samples import Samples
from fullmenu.watch import TwoSample, Visit


@pytest.fixture(scope="module")
def reference(cook):
    visits = cook(0, order=np.repeat(np.arange(25), 3), each=8, seed=7)
    grouped = {}
    for v in visits:
        grouped.setdefault(v.prompt_id, []).extend(v.outputs)
    return Samples.of(grouped)


def test_collapse_is_both(reference, cook):
    answer = TwoSample(reference, views=["phrasing"]).update(cook(100, dishes=2, seed=1))
    assert answer.less_varied > 20
    assert answer.changed > 20


def test_another_topic_is_not_less_varied(reference, cook):
    live = [
        Visit(v.prompt_id, tuple(o.replace("stew", "song") for o in v.outputs), v.prompt)
        for v in cook(100, seed=1)
    ]
    answer = TwoSample(reference, views=["phrasing"]).update(live)
    assert answer.changed > 20
    assert answer.most_less_varied < 20


def test_no_change_is_neither_and_the_reference_ends(reference, cook):
    test = TwoSample(reference, views=["phrasing"])
    answer = test.update(cook(300, seed=3))
    assert answer.most_changed < 20
    assert answer.most_less_varied < 20
    assert test.skipped > 100


def test_single_outputs_are_paired(reference):
    live = [Visit(f"n{i}", ("the same stew",)) for i in range(120)]
    answer = TwoSample(reference, views=["phrasing"]).update(live)
    assert answer.less_varied > 20


def test_goes_on_exactly(reference, cook):
    visits = cook(40, dishes=4, seed=5)
    whole = TwoSample(reference, views=["phrasing"])
    whole.update(visits)
    half = TwoSample(reference, views=["phrasing"])
    half.update(visits[:17])
    half = TwoSample.from_bytes(half.to_bytes(), reference)
    half.update(visits[17:])
    assert half.to_bytes() == whole.to_bytes()
    with pytest.raises(BadInput, match="give the same ones again"):
        TwoSample.from_bytes(half.to_bytes(), reference.take(range(9)))
