"""What a view read once: rows of some outputs, with their prompts and without."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.compiled import choice
from fullmenu.text.tokens import tokenize
from fullmenu.views.registry import get

WORDS = [
    "salmon",
    "soup",
    "the",
    "it's",
    "Baked",
    "42",
    "naïve",
    "狗",
    "—",
    "😀",
    "\n\n- ",
    "Sure!",
]
ODD = ["", " ", "?!", "\ud800 alone", "na " * 90, "สวัสดี ครับ", "İΣ ΑΣ"]


@pytest.fixture
def log():
    rng = np.random.default_rng(8)
    said = [" ".join(rng.choice(WORDS, rng.integers(0, 30))) for _ in range(60)] + ODD
    asked = [[None, "What soup?", "Name a dog, 狗", ""][i % 4] for i in range(len(said))]
    return said, asked


PLACES = [[], [0], [3, 4, 9, 61, 66], list(range(67))]


@pytest.mark.parametrize("name", ["phrasing", "outline", "answer"])
@pytest.mark.parametrize("least", [0, 1 << 60])
def test_rows_of_a_reading_are_those_of_its_texts_alone(monkeypatch, log, name, least):
    monkeypatch.setattr(choice, "LARGE", least)
    monkeypatch.setattr(choice, "LOADED", least)
    said, asked = log
    view = get(name)
    reading = view.read(said, asked)
    for at in PLACES:
        some, theirs = [said[i] for i in at], [asked[i] for i in at]
        for found, due in (
            (reading.rows(np.array(at, np.int64)), view.rows(some, theirs)),
            (reading.rows(np.array(at, np.int64), alone=True), view.rows(some, [None] * len(at))),
        ):
            assert found.shape == due.shape
            assert not at or abs(found - due).max() < 1e-6


@pytest.mark.parametrize("at", PLACES)
def test_words_of_some_texts_are_those_of_these_texts(log, at):
    said, _ = log
    some = tokenize(said).at(np.array(at, np.int64))
    due = tokenize([said[i] for i in at])
    for name in ("points", "text_starts", "starts", "ends", "hashes", "rows"):
        assert np.array_equal(getattr(some, name), getattr(due, name)), name
    assert some.text == due.text
