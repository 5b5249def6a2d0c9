"""The outline view: rows of length 1 that see the skeleton and not the words."""

import lzma
import os
import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu.views import outline
from fullmenu.views.blocks import blocks

DATA = Path(os.environ.get("FULLMENU_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
LIST = (
    "Here are three towns worth a visit:\n\n1. Bonn - a quiet town on the Rhine.\n"
    "2. Rome - old stones and good food.\n3. Oslo - cold, clean and by the sea.\n\nEnjoy your trip!"
)
OTHER_WORDS = (
    "Look at seven birds inside our garden:\n\n1. Wren - some small bird with much noise.\n"
    "2. Kite - red wings and long tail.\n3. Gull - loud, white and near each port.\n\nSee them all!"
)
PROSE = (
    "Here are three towns worth a visit, Bonn, a quiet town on the Rhine, Rome, old stones and good"
    " food, and Oslo, cold, clean and by the sea. Enjoy your trip."
)


def k(a, b):
    x = outline.rows([a, b]).astype(float)
    return float(x[0] @ x[1])


@settings(max_examples=60)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), max_size=8))
def test_rows_are_of_length_one_and_never_negative_whatever_the_text(texts):
    x = outline.rows(texts)
    assert x.shape == (len(texts), outline.DIMENSION)
    assert x.dtype == np.float32
    assert (x >= 0).all()
    np.testing.assert_allclose((x.astype(float) ** 2).sum(1), 1, atol=1e-5)
    assert all(outline.skeleton(text) for text in texts)


def test_same_skeleton_is_near_and_same_words_in_another_are_not():
    assert k(LIST, OTHER_WORDS) > 0.85
    assert k(LIST, PROSE) < 0.5


def test_words_do_not_matter_at_all():
    assert k("The cat sat on the mat.", "The dog lay in the sun.") == pytest.approx(1, abs=1e-5)


def test_an_empty_output_is_a_dish_of_its_own():
    assert k("", " \n ") == pytest.approx(1)
    assert k("", "Yes.") == 0
    assert outline.skeleton("") == "empty"


def test_a_row_does_not_depend_on_the_other_rows():
    alone = outline.rows([LIST])
    together = outline.rows([PROSE] * 2100 + [LIST])  # more than one batch
    np.testing.assert_array_equal(alone[0], together[-1])


def test_a_text_that_breaks_off_stays_near_the_whole():
    assert k(LIST, LIST[:-10]) > 0.6  # its last paragraph is now one word
    assert blocks("```python\nx = 1")[-1].kind == "C"


def test_sentences_of_chinese_and_japanese_are_seen():
    (block,) = blocks("今天天气很好。我们去公园散步吧！你想一起去吗？")
    assert len(block.sentences) == 3
    assert block.end == "?"
    assert blocks("1、第一步\n2、第二步")[0].kind == "N"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# Title\n\nSome words make a whole paragraph here.", "HP"),
        ("**Title**\nSome words make a whole paragraph here.", "HP"),
        ("- one\n  - two\n  - three\n- four", "BbbB"),
        ("* one\n• two\n+ three", "BBB"),
        ("1) one\n2) two\n   goes on", "NN"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "T"),
        ("> said\n> so", "Q"),
        ("Roses are red\nViolets are blue", "V"),
        ("Quail", "L"),
        ("3.14 is close to pi, said she.", "P"),
    ],
)
def test_blocks_are_told_apart(text, kinds):
    assert "".join(block.kind for block in blocks(text)) == kinds


def test_skeletons_are_coarse_enough_to_coincide():
    assert outline.skeleton(LIST) == outline.skeleton(OTHER_WORDS) == "intro: · 2–3 numbered · ¶"
    assert outline.skeleton(LIST) != outline.skeleton(PROSE)


def test_on_real_outputs_other_words_are_nearer_than_prose_made_of_the_list():
    if not (DATA / "alpaca_eval").is_dir():
        pytest.skip("data not found: set FULLMENU_DATA")
    import json

    with lzma.open(DATA / "alpaca_eval" / "gpt4_0314.json.xz", "rt") as file:
        texts = [t for t in json.load(file)[:200] if t and t.count("\n") > 4]
    rng = random.Random(0)
    words = [w for t in texts for w in re.findall(r"[a-z]+", t)]
    other = [re.sub(r"[A-Za-z]+", lambda _: rng.choice(words), t) for t in texts]
    prose = [re.sub(r"\s*\n+(?:[-*#]+ |\d+\. )?", " ", t) for t in texts]
    x, y, z = (outline.rows(part).astype(float) for part in (texts, other, prose))
    assert ((x * y).sum(1) > (x * z).sum(1)).mean() > 0.95
