"""Templates: function words stay, words of content are blanks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import repeated_phrases, templates

KEPT = ("in", "the", "of", "a", "is")
NOUNS = ["lamp", "stone", "river", "cloud", "bread", "wheel", "glass", "thumb", "paper", "horse"]


def _texts(seed: int, n: int) -> list[str]:
    rng = np.random.default_rng(seed)
    pool = [*KEPT, *NOUNS, "7", "1066"]
    return [" ".join(rng.choice(pool, rng.integers(0, 14))) for _ in range(n)]


def _shape(word: str) -> str:
    return word if word in KEPT else "#" if word[0].isdigit() else "_"


def _templates(text: str, n: int) -> list[tuple[str, ...]]:
    shapes = [_shape(w) for w in text.split()]
    grams = [tuple(shapes[i : i + n]) for i in range(len(shapes) - n + 1)]
    return [g for g in grams if sum(s in KEPT for s in g) >= 2] or [(text,)]


def _by_definition(texts: list[str], n: int) -> float:
    held = [_templates(t, n) for t in texts]
    pairs = itertools.permutations(held, 2)
    return float(np.mean([np.mean([g in b for g in a]) for a, b in pairs]))


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("tokenize", [None, str.split])
def test_is_the_mean_over_pairs(n: int, tokenize: object) -> None:
    texts = _texts(0, 30)
    e = templates(texts, n, function_words=KEPT, tokenize=tokenize)
    assert e.value == pytest.approx(_by_definition(texts, n))


def test_sees_the_frame_where_phrases_do_not() -> None:
    texts = [f"in the {a} of the {b} is a {a}" for a, b in itertools.permutations(NOUNS, 2)]
    assert templates(texts).value == 1
    assert repeated_phrases(texts).value < 0.1


def test_does_not_drift() -> None:
    small = np.mean([templates(_texts(s, 30), 2).value for s in range(40)])
    assert small == pytest.approx(templates(_texts(99, 1_200), 2).value, rel=0.1)


def test_words_of_content_alone_are_no_template() -> None:
    with pytest.raises(NotEnoughData, match="function words"):
        templates(["lamp stone river cloud bread", "wheel glass thumb paper horse"])
    with pytest.raises(NotEnoughData, match="function words"):
        templates(["la luna de la casa es el sol", "el mar de la casa es la luz"])
    spanish = templates(
        ["la luna de la casa es el sol", "la mar de la luz es el aire"],
        function_words=["la", "de", "es", "el"],
    )
    assert spanish.value == 1


@pytest.mark.parametrize("bad", [{"n": 1}, {"function_words": "the"}, {"function_words": [1]}])
def test_arguments_that_make_no_sense(bad: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        templates(_texts(0, 9), **bad)
