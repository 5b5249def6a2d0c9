"""The compiled loops against the array code, which is their reference."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.compiled import choice
from fullmenu.kernel.dishes import Dishes, group
from fullmenu.kernel.gram import gram
from fullmenu.kernel.likeness import grams, pair_sums, within_pairs
from fullmenu.kernel.sketch import sketch
from fullmenu.text import tokens
from fullmenu.views import answer, outline, phrasing

ODD = [
    "", " ", "a", "ab", "  two  words ", "It's a dog. It’s THE dog!", "狗 dog 狗狗", "😀", "?!",
    "\ud800 alone", "x" * 300, "สวัสดี ครับ", "na " * 5000, "tab\tline\n\n\nend\u00a0\u2003end",
]  # fmt: skip


@pytest.fixture
def both(monkeypatch):
    """What the array code makes, and what the loops make of it, at whatever size."""

    def made_by_both(made):
        for_all(1 << 60)
        reference = made()
        for_all(0)
        return reference, made()

    def for_all(size):
        monkeypatch.setattr(choice, "LARGE", size)
        monkeypatch.setattr(choice, "LOADED", size)

    return made_by_both


def texts_of(n, seed=0):
    rng = np.random.default_rng(seed)
    words = [
        "salmon",
        "soup",
        "the",
        "of",
        "it's",
        "Baked",
        "baking",
        "42",
        "naïve",
        "狗",
        "—",
        "😀",
    ]
    made = [" ".join(rng.choice(words, rng.integers(0, 40))) for _ in range(n)]
    return made + ODD


def same_rows(reference, rows):
    for x in (reference, rows):
        x.sort_indices()
    assert rows.shape == reference.shape
    assert rows.dtype == reference.dtype == np.float32
    assert np.array_equal(rows.indptr, reference.indptr)
    assert np.array_equal(rows.indices, reference.indices)
    assert rows.data == pytest.approx(reference.data, rel=2e-7)
    assert (rows.data != reference.data).sum() <= 0.001 * rows.nnz


def test_phrasing_has_the_same_columns_and_counts(both):
    texts = texts_of(200)
    same_rows(*both(lambda: phrasing.rows(texts)))
    same_rows(*both(lambda: phrasing.rows([])))


LINES = [
    "# Title", "####### seven", "#no", "**Bold**", "**Bold:** text", "**Bold**:", "** **", "***",
    "* * *", "---", "- - -", "-- -x", "___", "====", "==", "- item", "  - nested", "\t* nested",
    "-x", "•dot", "• dot", "·dot", "・点", "– dash. And more.", "1. one", "  12) two", "1234. no",
    "(3) three", "(a) x", "a. b", "（一）甲", "(十二) 乙", "三、丙", "①first", "① first",
    "Step 3: go",
    "Step 123: no", "step 3: no", "1．全", "**2.** bold", "**2.**bold", "**Step 4:** x", "2.**x",
    "٣. arabic", "(٣) y", "```", "~~~ py", "  ```", "code = 1", "| a | b |", "|a", "||", "> quote",
    ">", "Plain text here.", "Ends open", "Asks?", "Intro:", "short",
    "He said \"Stop.\" Then (he left.) And... so on?! 3.14 is not an end.", "。」次。の",
    "終わり。x",
    "a…b… c", "wait.」x", "v1.2.3",
    "one two three four five six seven eight nine ten eleven twelve thirteen", "  indented text",
    " one", "\u3000\u3000全角", "", "  ", "\u00a0", "a\u00a0b\x1fc", "tail]", "tail*", "x_)",
    "a, b; c: (d) 'e' \"f\" [g] `h` ! ? … — – a - b - - c ** d *** 123", "😀 grin 🦊🦊", "\ud800",
    "狗狗狗", "สวัสดี ครับ", "Sure, here is", "I hope this helps. Let me know", "Step", "Step ", "(",
    "（", "**", "*", "1", "1.", "- ", "#",
]  # fmt: skip


def test_outline_reads_the_same_blocks(both):
    rng = np.random.default_rng(4)
    texts = ODD + LINES
    for _ in range(1_500):
        ends = rng.choice(["\n", "\n", "\n\n", "\r\n", " ", "\x0b", "\u2028", "\x85", ""], 12)
        lines = rng.choice(LINES, rng.integers(1, 12))
        texts.append("".join(line + end for line, end in zip(lines, ends, strict=False)))
    reference, found = both(lambda: outline._read(texts))
    assert found.kinds == reference.kinds
    for name in ("groups", "words", "sizes", "edges", "marks", "sentences", "lengths"):
        assert np.array_equal(getattr(found, name), getattr(reference, name)), name
    reference, found = both(lambda: outline.rows(texts))
    assert np.array_equal(found, reference)


def test_answer_has_the_same_columns_and_weights(both):
    texts = texts_of(200)
    prompts = (["What soup?", None, "Name a dog"] * len(texts))[: len(texts)]
    for asked in (prompts, sorted(map(str, prompts)), None):
        same_rows(*both(lambda asked=asked: answer.lexical_rows(texts, asked)))
        same_rows(*both(lambda asked=asked: answer.rows(texts, asked)))
    some = np.arange(0, len(texts), 3)
    found = both(lambda: answer.VIEW.both(texts, prompts, some))
    for of_loops, of_arrays in zip(*found, strict=True):
        same_rows(of_loops, of_arrays)


def test_words_are_numbered_as_they_first_come(both):
    rng = np.random.default_rng(3)
    for n, many in ((0, 1), (1, 1), (2_000, 3), (9_000, 9_000)):
        hashes = rng.integers(0, 1 << 64, many, np.uint64)[rng.integers(0, many, n)]
        hashes[: n // 3] &= np.uint64(0xFFFFFFFF00000000)  # all ask for the same slot
        reference, found = both(lambda hashes=hashes: answer._distinct(hashes))
        for x, y in zip(reference, found, strict=True):
            assert np.array_equal(x, y)


@pytest.mark.parametrize("n", [1, 2, 9, 40, 300])
@pytest.mark.parametrize("filled", [0.0, 0.03, 0.5])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_inner_products(both, n, filled, kind):
    rng = np.random.default_rng(n)
    x = rng.normal(size=(n, 90)) * (rng.random((n, 90)) < filled)
    x[:, 0] = 0.5
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    rows = csr_matrix(x.astype(kind))
    reference, k = both(lambda: gram(rows))
    assert k == pytest.approx(reference, rel=1e-12, abs=1e-14)
    assert np.array_equal(k, k.T)


def test_rates_of_pairs_are_the_same(both):
    texts = texts_of(300, seed=2)
    x = phrasing.rows(texts)
    groups = np.arange(len(texts)) % 25
    for made in (
        lambda: within_pairs(x, groups).same,
        lambda: pair_sums(x, groups, route="pairs").same,
        lambda: pair_sums(x, route="gram").same,
        lambda: np.concatenate([k.ravel() for k in grams(x, [0, 100, 100, 101, len(texts)])]),
        lambda: np.concatenate([k.ravel() for k in grams(x, [*range(0, len(texts), 6)])]),
    ):
        reference, found = both(made)
        assert found == pytest.approx(reference, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("filled", [0.02, 0.1, 0.6])
def test_moments_of_dense_rows_are_the_same(both, filled):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(300, 90)) * (rng.random((300, 90)) < filled)
    x[:, 3] = 0.0
    x[np.arange(300), rng.integers(0, 3, 300)] += 1.0
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    groups = rng.integers(0, 40, 300)
    weights = rng.uniform(0.1, 2.0, 300)
    for given in (x, x.astype(np.float32)):
        reference, sums = both(lambda x=given: pair_sums(x, groups, weights=weights))
        assert sums.same == pytest.approx(reference.same, rel=1e-12)
        assert sums.partners == pytest.approx(reference.partners, rel=1e-12)


def test_sketches_are_the_same(both):
    reference, narrow = both(lambda: sketch(phrasing.rows(texts_of(1_100))))
    assert narrow.dtype == reference.dtype == np.float32
    assert np.array_equal(narrow, reference)


def test_pairs_of_dense_rows_are_summed_alike(both):
    rng = np.random.default_rng(8)
    for width in (1, 2, 7, 90):
        x = rng.normal(size=(300, width)) * (rng.random((300, width)) < 0.1)
        x[:, rng.integers(width)] += 0.3
        x = (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)
        groups, weights = rng.integers(0, 40, len(x)), rng.random(len(x))
        reference, sums = both(lambda x=x, g=groups, w=weights: within_pairs(x, g, w))
        assert sums.same == pytest.approx(reference.same, rel=1e-12, abs=1e-14)
        assert np.array_equal(sums.partners, reference.partners)


def test_phrases_are_found_where_they_stand():
    from fullmenu.compiled import loops

    rng = np.random.default_rng(9)
    phrases = ["ab", "abc", "ba", "b b", "bca", "aaa", "a c", "kb"]
    some = list("aAbBc狗\u212a ")  # a Kelvin sign is a k in lower case
    texts = ["".join(rng.choice(some, rng.integers(0, 9))) for _ in range(500)]
    for most in (3, 100):
        found = loops.mentions(*tokens.points_of(texts), most, *tokens.points_of(phrases))
        tails = [text[-most:].lower() for text in texts]
        assert found.tolist() == [[phrase in tail for phrase in phrases] for tail in tails]


def test_outlines_are_told_alike(both):
    reference, said = both(lambda: outline.skeletons([*LINES, *texts_of(50)]))
    assert said == reference


def test_rows_too_large_for_a_call_take_the_array_code(monkeypatch):
    from fullmenu.compiled import loops

    monkeypatch.setattr(choice, "LARGE", 0)
    monkeypatch.setattr(choice, "LOADED", 0)
    monkeypatch.setattr(loops, "MOST", 200)
    monkeypatch.setattr(loops, "run", lambda *given: pytest.fail("called"))
    x = csr_matrix(np.full((40, 25), 0.2, np.float32))
    assert gram(x) == pytest.approx(np.ones((40, 40)))
    assert within_pairs(x, np.arange(40) // 30).same == pytest.approx([29.0] * 30 + [9.0] * 10)


def test_dishes_are_the_same(both):
    texts = texts_of(600, seed=3)
    x = answer.lexical_rows(texts)
    reference, found = both(lambda: Dishes(x, texts, 0.5).of)
    assert len(set(reference.tolist())) > 20
    assert np.array_equal(found, reference)
    reference, found = both(lambda: group(x, 0.3))
    assert np.array_equal(found, reference)


def test_small_inputs_never_start_a_runtime(monkeypatch):
    monkeypatch.delitem(sys.modules, "fullmenu.compiled.loops", raising=False)
    monkeypatch.setattr(choice, "_started", lambda: pytest.fail("started"))
    assert choice.loops(choice.LARGE - 1) is None


@pytest.mark.parametrize("missing", [ImportError, OSError, RuntimeError])
def test_without_a_runtime_large_inputs_take_the_array_code(monkeypatch, missing):
    from fullmenu.compiled import loops

    def start():
        raise missing

    monkeypatch.setattr(loops, "start", start)
    choice._started.cache_clear()
    try:
        assert choice.loops(choice.LARGE) is None
    finally:
        choice._started.cache_clear()


def test_the_module_is_what_its_source_compiles_to(require, tmp_path):
    require("ziglang")
    root = Path(loops_source()).parents[3]
    built = tmp_path / "loops.wasm"
    subprocess.run([sys.executable, root / "tools" / "loops.py", str(built)], check=True)
    assert built.read_bytes() == loops_source().with_suffix(".wasm").read_bytes()


def loops_source():
    return Path(choice.__file__).with_name("loops.c")
