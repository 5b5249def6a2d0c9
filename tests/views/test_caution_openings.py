"""The phrases of caution are tried only where one can begin: the same outputs are found."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest

from fullmenu.compiled import choice
from fullmenu.views import caution

try:
    from re import _constants as codes
    from re import _parser as parser
except ImportError:  # before Python 3.11
    import sre_constants as codes
    import sre_parse as parser

LETTERS = set("abcdefghijklmnopqrstuvwxyz")
ALL = LETTERS | {"'", "_", "."}


def code(point):
    char = chr(point)
    return char if char in LETTERS or char == "'" else "_" if char == " " else "."


def openings(items, n=3):
    """The first n characters of all that a parsed pattern can match, as `caution` writes them."""
    begun = {""}
    for op, what in items:
        if op in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
            continue
        if op is codes.LITERAL:
            more = {code(what)}
        elif op is codes.IN:
            more = members(what)
        elif op is codes.SUBPATTERN:
            more = openings(what[3], n)
        elif op is codes.BRANCH:
            more = set().union(*(openings(branch, n) for branch in what[1]))
        else:
            assert op in (codes.MAX_REPEAT, codes.MIN_REPEAT), op
            least, most, part = what
            unit, more, repeated = openings(part, n), {""} if least == 0 else set(), {""}
            for times in range(1, min(int(most), least + n) + 1):
                repeated = {(a + b)[:n] for a, b in product(repeated, unit)}
                more |= repeated if times >= least else set()
        begun = {(a + b)[:n] for a in begun for b in (more if len(a) < n else {""})}
        if all(len(a) == n for a in begun):
            break
    return begun


def members(items):
    found, negated = set(), False
    for op, what in items:
        negated |= op is codes.NEGATE
        if op is codes.LITERAL:
            found.add(code(what))
        elif op is codes.RANGE:
            found |= {code(point) for point in range(what[0], what[1] + 1)}
        elif op is codes.CATEGORY:
            found |= LETTERS | {"."} if what is codes.CATEGORY_WORD else ALL
    return ALL if negated else found


def test_every_phrase_begins_with_one_of_the_openings():
    phrases = [phrase for kind in caution.KINDS for phrase in caution._AT_A_WORD[kind]]
    begun = set().union(*(openings(parser.parse(phrase)) for phrase in phrases))
    assert {one for one in begun if one[0] in LETTERS | {"'"}} == {*caution._OPENINGS.split()}
    assert openings(parser.parse(caution._AS_AN_AI.pattern)) == {*caution._AI_OPENINGS.split()}


def test_compiled_and_plain_find_the_same(monkeypatch):
    parts = [
        "I'm sorry, but I can't", "as an AI", "being a language model", "Dear Ann,\n", "regards",
        "it's subjective", "is no consensus", "Warning: hot", "“I can't help you with this”",
        "```it depends```", "éthis is subjective", "Don't", "—", "results may vary",
        "to give an answer, tell me", "I don't know", "the soup", "x_is subjective",
        "'s subjective", "It'S hard to say", "please note", "it is", "cannot be known", "\n",
        "I’m not sure what",
    ]  # fmt: skip
    rng = np.random.default_rng(5)
    texts = ["", *parts, *(" ".join(rng.choice(parts, rng.integers(1, 6))) for _ in range(2_000))]
    plain = np.array([caution.is_cautious(text) for text in texts])
    monkeypatch.setattr(choice, "LARGE", 0)
    monkeypatch.setattr(choice, "LOADED", 0)
    assert np.array_equal(caution.cautious(texts), plain)
    assert 0.2 < plain.mean() < 0.95


@pytest.mark.parametrize("kind", caution.KINDS)
def test_a_pattern_of_every_kind_compiles(kind):
    assert isinstance(caution._says(kind), re.Pattern)
    assert caution._says(kind).search("soup and fish") is None
