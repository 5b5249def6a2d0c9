"""Phrases taken up and dropped: planted ones are found, chance and single prompts are not."""

from __future__ import annotations

import numpy as np

from fullmenu.measures.texts._phrase_table import PhraseTable, phrase_table


def _texts(seed: int, n: int = 400, words: int = 40) -> list[str]:
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, 801)
    return [" ".join(f"w{i}" for i in rng.choice(800, words, p=p / p.sum())) for _ in range(n)]


GROUPS = np.repeat(np.arange(40), 10)


def _found(before: list[str], after: list[str], **more: object) -> PhraseTable:
    return phrase_table(before, after, before_groups=GROUPS, after_groups=GROUPS, **more)


def test_nothing_where_nothing_changed() -> None:
    found = [_found(_texts(s), _texts(s + 50)) for s in range(6)]
    assert sum(len(f.taken_up) + len(f.dropped) for f in found) == 0
    assert found[0].tested > 300
    same = _found(_texts(0), _texts(0))
    assert same.taken_up == same.dropped == ()


def test_a_planted_phrase_is_found_whole_and_once() -> None:
    after = [f"{t} I hope this really helps." if i % 3 == 0 else t for i, t in enumerate(_texts(1))]
    before = [f"Once upon a time {t}" if i % 4 == 0 else t for i, t in enumerate(_texts(2))]
    found = _found(before, after)
    assert [p.text for p in found.taken_up] == ["i hope this really helps"]
    assert [p.text for p in found.dropped] == ["once upon a time"]
    up, down = found.taken_up[0], found.dropped[0]
    assert (up.before, up.after, up.before_prompts, up.after_prompts) == (0, 134, 0, 40)
    assert (down.before, down.after, down.words) == (100, 0, 4)
    assert up.z > found.threshold and down.z < -found.threshold
    assert up.delta > 0 > down.delta


def test_a_phrase_of_one_prompt_is_not_taken_up() -> None:
    after = [f"zebra crossing {t}" if i < 10 else t for i, t in enumerate(_texts(1))]
    assert _found(_texts(2), after).taken_up == ()
    spread = [f"zebra crossing {t}" if i % 10 == 0 else t for i, t in enumerate(_texts(1))]
    assert [p.text for p in _found(_texts(2), spread).taken_up] == ["zebra crossing"]


def test_counts_outputs_and_not_occurrences() -> None:
    after = _texts(1)
    after[0] += " delve" * 500
    assert _found(_texts(2), after).taken_up == ()


def test_two_phrases_that_share_a_word_are_both_shown() -> None:
    after = [
        ("I think that works " if i % 3 == 0 else "I am sure of " if i % 3 == 1 else "") + t
        for i, t in enumerate(_texts(1))
    ]
    shown = {p.text for p in _found(_texts(2), after).taken_up}
    assert {"i think that works", "i am sure of"} <= shown
    assert "i" not in shown


def test_no_more_than_asked_for() -> None:
    rng = np.random.default_rng(0)
    after = [f"{t} new{rng.integers(30)} old" for t in _texts(1, 400)]
    assert len(_found(_texts(2), after, top=5).taken_up) <= 5


def test_more_outputs_on_one_side_are_no_change() -> None:
    before, after = _texts(3, 400), _texts(4, 800)
    found = phrase_table(
        before, after, before_groups=GROUPS, after_groups=np.repeat(np.arange(40), 20)
    )
    assert len(found.taken_up) + len(found.dropped) == 0
    assert (found.n_before, found.n_after) == (400, 800)


def test_odd_texts() -> None:
    odd = ["", "\ud800 \x00", "狗狗狗", "مرحبا بالعالم", "🦓"] * 4
    found = phrase_table(odd, ["sure"] * 20)
    assert [p.text for p in found.taken_up] == ["sure"]
    assert phrase_table([""], [""]).tested == 0
