"""Sums over pairs of one prompt, with rows and without."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.compiled import choice
from fullmenu.views import pairs_within as module
from fullmenu.views.pairs_within import pairs_within
from fullmenu.views.registry import get

WORDS = [
    "salmon", "soup", "the", "of", "it's", "Baked", "baking", "42", "naïve", "狗", "—", "😀",
    "\n\n", "\u0391\u03a3", "x" * 70,
]  # fmt: skip
ODD = ["", " ", "a", "?!", "\ud800 alone", "na " * 900, "the the the", "สวัสดี ครับ"]
SIZES = [1, 2, 3, 10, 31, 32, 33, 40, 1, 5]


@pytest.fixture
def log():
    rng = np.random.default_rng(6)
    groups = np.repeat(np.arange(len(SIZES)) * 3, SIZES)
    said = [" ".join(rng.choice(WORDS, rng.integers(0, 60))) for _ in groups]
    for i in rng.choice(len(said), 40, replace=False):
        said[i] = str(rng.choice(ODD))
    said[3:5] = said[2], said[2]
    asked = [[None, "What soup?", "Name a dog, 狗", ""][g % 4] for g in groups]
    return said, asked, groups


def by_rows(view, said, asked, groups):
    own = np.unique(groups, return_inverse=True)[1]
    return view.within_pairs(view.rows(said, asked), said, asked, own)


@pytest.mark.parametrize("name", ["phrasing", "answer", "outline"])
@pytest.mark.parametrize("least", [0, 1 << 60])
@pytest.mark.parametrize("batch", [50, 3_000, 400_000])
def test_the_same_with_rows_and_without(monkeypatch, log, name, least, batch):
    monkeypatch.setattr(choice, "LARGE", 1 << 60)
    monkeypatch.setattr(choice, "LOADED", 1 << 60)
    reference = by_rows(get(name), *log)
    monkeypatch.setattr(choice, "LARGE", least)
    monkeypatch.setattr(choice, "LOADED", least)
    monkeypatch.setattr(module, "BATCH", batch)
    sums = pairs_within([get(name)], *log)[0]
    assert sums.same == pytest.approx(reference.same, rel=1e-7, abs=1e-7)
    assert np.array_equal(sums.partners, reference.partners)


@pytest.mark.parametrize("name", ["phrasing", "answer"])
def test_loops_without_rows_sum_what_their_rows_say(monkeypatch, log, name):
    monkeypatch.setattr(choice, "LARGE", 0)
    monkeypatch.setattr(choice, "LOADED", 0)
    reference = by_rows(get(name), *log)
    sums = pairs_within([get(name)], *log)[0]
    assert sums.same == pytest.approx(reference.same, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["phrasing", "answer"])
def test_long_prompts_are_read_by_rows(monkeypatch, log, name):
    monkeypatch.setattr(choice, "LARGE", 0)
    monkeypatch.setattr(choice, "LOADED", 0)
    expected = pairs_within([get(name)], *log)[0]
    monkeypatch.setattr(module, "MOST", 9_000)
    sums = pairs_within([get(name)], *log)[0]
    assert sums.same == pytest.approx(expected.same, rel=1e-12, abs=1e-12)


def test_one_text_for_everything_reads_exactly_one(monkeypatch):
    monkeypatch.setattr(choice, "LARGE", 0)
    monkeypatch.setattr(choice, "LOADED", 0)
    groups = np.repeat([0, 1], 10)
    for said in ("Sure! Here is a fruit: fig fig fig.", "", "?!"):
        for name in ("phrasing", "answer"):
            sums = pairs_within([get(name)], [said] * 20, ["Fruit?"] * 20, groups)[0]
            assert sums.rate == 1.0


def test_no_outputs():
    none = np.empty(0, np.int64)
    assert len(pairs_within([get("phrasing")], [], [], none)[0].same) == 0
