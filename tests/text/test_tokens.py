"""Words of many texts at once: against a plain loop, and on odd texts."""

from __future__ import annotations

import itertools
import re
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu.text import tokens
from fullmenu.text.tokens import batches, tokenize


def _words(text: str) -> list[str]:
    t = tokenize([text])
    return [t.word(i) for i in range(len(t.hashes))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \n\t", []),
        ("Hello, World!", ["hello", "world"]),
        ("don't 'quote' rock'n'roll '", ["don't", "quote", "rock'n'roll"]),
        ("it\u2019s", ["it's"]),
        ("snake_case 3.14 a-b", ["snake_case", "3", "14", "a", "b"]),
        ("狗和cat猫", ["狗", "和", "cat", "猫"]),
        ("สวัสดี", list("สวัสดี")),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
        ("a\x00b", ["a", "b"]),
        ("🦓 ok", ["ok"]),
        ("a\ud800b", ["a", "b"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert _words(text) == words


@settings(max_examples=150, derandomize=True)
@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=30), max_size=6))
def test_ascii_against_a_regular_expression(texts: list[str]) -> None:
    expected = [re.findall(r"[a-z0-9_]+(?:'[a-z0-9_]+)*", t.lower()) for t in texts]
    t = tokenize(texts)
    found: list[list[str]] = [[] for _ in texts]
    for i, row in enumerate(t.rows.tolist()):
        found[row].append(t.word(i))
    assert found == expected
    assert t.lengths().tolist() == [len(e) for e in expected]


@settings(max_examples=100, derandomize=True)
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=20), max_size=6))
def test_texts_do_not_touch(texts: list[str]) -> None:
    together = tokenize(texts)
    alone = [tokenize([t]) for t in texts]
    assert together.hashes.tolist() == [h for t in alone for h in t.hashes.tolist()]
    assert together.n == len(texts)
    for n in (2, 3):
        grams = [h for t in alone for h in t.grams(n)[0].tolist()]
        assert together.grams(n)[0].tolist() == grams


def test_an_apostrophe_does_not_join_two_texts() -> None:
    t = tokenize(["dogs'", "tis", "cat", "'tis", "", "'a'"])
    assert [t.word(i) for i in range(len(t.hashes))] == ["dogs", "tis", "cat", "tis", "a"]


def test_equal_words_equal_hashes_and_no_others() -> None:
    words = [f"{a}{b}" for a in "abcdefghij" for b in range(2_000)]
    t = tokenize([" ".join(words), " ".join(reversed(words))])
    half = len(words)
    assert (t.hashes[:half] == t.hashes[half:][::-1]).all()
    assert len(np.unique(t.hashes)) == half
    assert len(np.unique(t.grams(2)[0])) == 2 * (half - 1)


def test_hashes_do_not_depend_on_place_or_batch() -> None:
    late = tokenize(["x " * 100_000 + "needle"])
    assert late.hashes[-1] == tokenize(["Needle!"]).hashes[0]


def test_grams_know_where_they_begin() -> None:
    t = tokenize(["a b c", "d", "e f g h"])
    hashes, first = t.grams(3)
    assert [t.word(int(i), 3) for i in first] == ["a b c", "e f g", "f g h"]
    assert len(hashes) == 3
    assert len(t.grams(9)[0]) == len(tokenize([]).grams(1)[0]) == 0


def test_order_of_words_matters() -> None:
    t = tokenize(["a b", "b a", "a b"])
    one, other, again = t.grams(2)[0].tolist()
    assert one == again != other


def test_batches_keep_order_and_lose_nothing() -> None:
    texts = ["x" * k for k in (5, 0, 3, 9, 1, 1, 1)]
    parts = list(batches(texts, 6))
    assert [t for _, part in parts for t in part] == texts
    assert [start for start, _ in parts] == [0, 3, 4]
    assert list(batches([], 6)) == []


def test_mix_is_one_to_one_on_a_range() -> None:
    mixed = tokens.mix(np.arange(100_000, dtype=np.uint64))
    assert len(np.unique(mixed)) == 100_000
    assert len(np.unique(mixed >> np.uint64(40))) > 99_000


def test_top_of_the_code_points() -> None:
    assert _words(chr(sys.maxunicode) + "a") == ["a"]


def test_two_characters_alone_are_lowered_by_their_neighbours_or_to_another_length() -> None:
    odd = {
        chr(c)
        for c in range(sys.maxunicode + 1)
        if ("a" + chr(c)).lower()[1:] != chr(c).lower() or len(chr(c).lower()) != 1
    }
    assert odd == {c for c in map(chr, range(sys.maxunicode + 1)) if tokens._NOT_ALONE.match(c)}


@pytest.mark.parametrize(
    "texts", [["\u0391\u03a3", "\u0391"], ["\u0130", "x"], ["It’S", "a"], ["ÉTÉ", "狗\ud800"]]
)
def test_texts_are_lowered_one_by_one(texts: list[str]) -> None:
    whole, starts = tokens._lowered(texts)
    expected = [text.lower().replace("\u2019", "'") for text in texts]
    found = [whole[a:b] for a, b in itertools.pairwise(starts.tolist())]
    assert found == expected
