"""The table of word vectors: that it is the one that was made, and what lies near what."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from fullmenu.text import word_vectors

FOLDER = Path(word_vectors.__file__).parent
DIGESTS = {
    "words.txt": "916a2b1214c667c37e8a989dfcc514680d57be79938f178889dd99899d9cd027",
    "codes.npy": "dbab7781165795755ca035c49577f1e53a20d53694cfb87e8525051b37d4a48c",
    "steps.npy": "d12168f50a6dea705d89bffc6e5e7f56d62d74e0b36f401dadda61d30f08ca00",
}


def cosine(one: str, other: str) -> float:
    _, (a, b) = word_vectors.vectors([one, other])
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.mark.parametrize("name", DIGESTS)
def test_every_install_has_the_same_table(name):
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == DIGESTS[name]


def test_the_table_is_small_and_its_licence_lies_beside_it():
    assert sum((FOLDER / name).stat().st_size for name in DIGESTS) < 8_000_000
    assert "Apache License, Version 2.0" in (FOLDER / "NOTICE").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "near",
    ["hound", "hund", "perro", "chien", "cane", "犬", "狗", "köpek", "개", "cachorro"],
)
def test_synonyms_and_translations_are_near(near):
    assert cosine("dog", near) > 0.5 > 0.2 > abs(cosine("tax", near))


def test_common_words_have_short_vectors():
    _, vectors = word_vectors.vectors(["the", "and", "dog", "perro"])
    length = np.linalg.norm(vectors, axis=1)
    assert max(length[:2]) < 0.2 * min(length[2:])


def test_what_is_not_known_is_left_out():
    known, vectors = word_vectors.vectors(["dog's", "42", "l'homme", "don't", "", "'"])
    assert known.tolist() == [0, 2, 3] and vectors.shape == (3, word_vectors.COLUMNS)
    known, vectors = word_vectors.vectors([])
    assert len(known) == 0 and vectors.shape == (0, word_vectors.COLUMNS)
