"""Self-BLEU: against the definition, text by text and reference by reference."""

from __future__ import annotations

import random
from collections import Counter
from math import exp, log

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import self_bleu
from fullmenu.measures.texts._bleu import against_others, numbered_words
from fullmenu.measures.texts.self_bleu import _by_corpus, _by_sentence

Sums = tuple[list[int], list[int], int, int]


def _sums(text: list[str], references: list[list[str]], n: int) -> Sums:
    """Matches, n-grams, words and nearest length, as Papineni et al. define them."""
    matches, totals = [], []
    for k in range(1, n + 1):
        mine, *theirs = (
            Counter(tuple(w[i : i + k]) for i in range(len(w) - k + 1)) for w in (text, *references)
        )
        matches.append(sum(min(c, max(t[g] for t in theirs)) for g, c in mine.items()))
        totals.append(sum(mine.values()))
    nearest = min((abs(len(r) - len(text)), len(r)) for r in references)[1]
    return matches, totals, len(text), nearest


def _bleu(matches: list[int], totals: list[int], length: int, nearest: int) -> float:
    if not matches[0] or not length:
        return 0.0
    brevity = 1.0 if length > nearest else exp(1 - nearest / length)
    logs = [log((m or 0.1) / t) for m, t in zip(matches, totals, strict=True) if t]
    return brevity * exp(sum(logs) / len(logs))


def _by_definition(texts: list[str], n: int, variant: str, groups: list[int]) -> float:
    words = [t.split() for t in texts]
    found = [
        _sums(w, [r for r, h in zip(words, groups, strict=True) if h != g], n)
        for w, g in zip(words, groups, strict=True)
    ]
    if variant == "sentence":
        return float(np.mean([_bleu(*f) for f in found]))
    matches, totals = ([sum(x) for x in zip(*(f[k] for f in found), strict=True)] for k in (0, 1))
    return _bleu(matches, totals, sum(f[2] for f in found), sum(f[3] for f in found))


def _texts(seed: int) -> list[str]:
    """Few words, so that counts are high and tie; some texts short, empty, doubled."""
    r = random.Random(seed)
    kinds, longest = r.choice([2, 3, 6, 15]), r.choice([3, 6, 15])
    texts = [
        " ".join(f"w{r.randrange(kinds)}" for _ in range(r.randint(0, longest)))
        for _ in range(r.randint(4, 9))
    ]
    texts[0] = "w0 w1"
    if seed % 3 == 0:
        texts[1] = texts[2]
    return texts


@pytest.mark.parametrize("variant", ["sentence", "corpus"])
@pytest.mark.parametrize("n", [1, 2, 4, 5])
def test_is_the_mean_of_bleu_against_all_others(n: int, variant: str) -> None:
    for seed in range(25):
        texts = _texts(seed)
        alone = list(range(len(texts)))
        expected = _by_definition(texts, n, variant, alone)
        assert self_bleu(texts, n, variant=variant).value == pytest.approx(expected, abs=1e-14)
        in_pairs = [i // 2 for i in alone]
        expected = _by_definition(texts, n, variant, in_pairs)
        found = self_bleu(texts, n, variant=variant, groups=in_pairs).value
        assert found == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("variant", ["sentence", "corpus"])
def test_leaves_out_each_unit_exactly(variant: str) -> None:
    for seed in range(25):
        texts = _texts(seed) * (1 + seed % 2)
        unit = np.arange(len(texts)) // (1 + seed // 12)
        m = int(unit.max()) + 1
        words = numbered_words(texts, str.split)
        overlap = against_others(words, 4, unit)
        if variant == "sentence":
            total, lost = _by_sentence(words, overlap, unit, m)
        else:
            total, lost = _by_corpus(words, overlap, unit, m, None)
        without = (total - lost)[:, 0] / (total - lost)[:, 1]
        for u in range(m if m > 2 else 0):
            rest = [t for t, g in zip(texts, unit, strict=True) if g != u]
            expected = _by_definition(rest, 4, variant, [g for g in unit.tolist() if g != u])
            assert without[u] == pytest.approx(expected, abs=1e-13), (seed, u)


def test_by_hand() -> None:
    texts = ["a b c d", "a b c e"]  # 3 of 4 words, 2 of 3 pairs, 1 of 2 triples, none of 1
    expected = (3 / 4 * 2 / 3 * 1 / 2 * 0.1) ** 0.25
    assert self_bleu(texts).value == pytest.approx(expected, rel=1e-14)


def test_copies_read_one_and_strangers_zero() -> None:
    same = self_bleu(["one and the same text"] * 20)
    assert (same.value, same.high) == (1.0, 1.0)
    assert same.low is not None and 0.5 < same.low < 1
    apart = self_bleu([f"a{i} b{i} c{i} d{i}" for i in range(20)])
    assert (apart.value, apart.low) == (0.0, 0.0)
    assert apart.high is not None and 0 < apart.high < 0.5


def _zipf(seed: int, n: int) -> list[str]:
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, 301)
    return [" ".join(f"w{i}" for i in rng.choice(300, 30, p=p / p.sum())) for _ in range(n)]


def test_grows_with_the_sample_but_not_at_one_size() -> None:
    few = float(np.mean([self_bleu(_zipf(s, 40)).value for s in range(12)]))
    many = _zipf(99, 800)
    assert self_bleu(many).value > 1.5 * few
    standard = self_bleu(many, size=40)
    assert standard.value == pytest.approx(few, rel=0.05)
    assert standard.low is not None and standard.high is not None
    assert standard.high - standard.low < 0.1 * standard.value


@pytest.mark.parametrize("variant", ["sentence", "corpus"])
def test_all_at_once_is_the_size_of_the_sample(variant: str) -> None:
    texts = _zipf(2, 30)
    whole, standard = self_bleu(texts, variant=variant), self_bleu(texts, variant=variant, size=30)
    assert standard.value == pytest.approx(whole.value, rel=1e-12)
    assert (standard.low, standard.high) == pytest.approx((whole.low, whole.high), rel=1e-9)


def test_size_depends_on_what_is_said_and_not_on_the_order() -> None:
    texts, groups = _zipf(3, 50), np.arange(50) // 5
    order = np.random.default_rng(0).permutation(50)
    moved = [texts[i] for i in order]
    assert self_bleu(moved, size=7).value == pytest.approx(self_bleu(texts, size=7).value)
    a, b = self_bleu(texts, size=7, groups=groups), self_bleu(moved, size=7, groups=groups[order])
    assert (b.value, b.low, b.high) == pytest.approx((a.value, a.low, a.high))


def test_with_prompts_each_reference_is_of_another() -> None:
    texts = [f"answer number {i} says {i} and {i}" for i in range(12) for _ in range(5)]
    groups = np.repeat(np.arange(12), 5)
    assert self_bleu(texts).value == 1.0
    assert self_bleu(texts, groups=groups).value < 0.5
    assert self_bleu(texts, size=4, groups=groups).value < 0.5


def test_a_corpus_without_a_match_of_four_words_may_have_had_some() -> None:
    texts = ["a b c d e", "a b c x y", "a b c r s", "a b c m n"]
    e = self_bleu(texts, variant="corpus")
    few = -log(0.025)
    assert e.high is not None
    assert e.high >= e.value * (few / 0.1) ** 0.25 * (1 - 1e-9)
    wide, narrow = (self_bleu(texts, variant="corpus", level=x) for x in (0.99, 0.8))
    assert wide.high is not None and narrow.high is not None
    assert narrow.high < wide.high


def test_words_are_the_callers() -> None:
    texts = ["The cat.", "the cat", "THE CAT!", "the Cat"]
    assert self_bleu(texts, 2).value == 1.0
    assert self_bleu(texts, 2, tokenize=str.split).value < 0.5
    assert self_bleu(["狗在这里睡觉", "狗在这里睡觉", "猫"], 2).value > 0.6


def test_what_cannot_be_done_says_so() -> None:
    with pytest.raises(NotEnoughData, match="none of the 2 texts has a word"):
        self_bleu(["", "?"])
    with pytest.raises(NotEnoughData, match="needs as many outputs, and there are 5"):
        self_bleu(_zipf(0, 5), size=6)
    with pytest.raises(NotEnoughData, match="prompts"):
        self_bleu(_zipf(0, 9), size=4, groups=[0, 1, 2] * 3)


@pytest.mark.parametrize(
    "bad", [{"n": 0}, {"size": 2}, {"variant": "word"}, {"groups": [1]}, {"tokenize": str.upper}]
)
def test_arguments_that_make_no_sense(bad: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        self_bleu(_zipf(0, 5), **bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("words", [1, 2, 3, 4, 7])
def test_copies_score_one_however_short(words: int) -> None:
    copies = [" ".join(f"w{i}" for i in range(words))] * 5
    for variant in ("sentence", "corpus"):
        e = self_bleu(copies, variant=variant)
        assert e.value == 1 and e.low is not None and e.low < 1
    assert self_bleu([*copies, "other"]).value == pytest.approx(5 / 6)
