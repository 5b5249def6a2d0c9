"""NLTK: Self-BLEU (Zhu et al. 2018), its corpus variant, and pairwise BLEU (vendi-score).

NLTK compares every hypothesis with every reference anew. At a thousand texts a hundred hypotheses
are timed, each against all 999 others, and the time is multiplied by ten.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from peer import bench
from table import Table

REQUIREMENTS = ["nltk==3.10.4"]

WORDS = 195
"""Words of a text: the mean of AlpacaEval's."""

TIMED = 100
"""Hypotheses that NLTK is timed on."""


def texts_of(n: int, seed: int = 0, words: int = WORDS, kinds: int = 20_000) -> list[str]:
    """Texts of so many words by Zipf's law."""
    rng = random.Random(seed)
    weights = [1 / (i + 1) for i in range(kinds)]
    drawn = rng.choices(range(kinds), weights, k=n * words)
    return [" ".join(f"w{i}" for i in drawn[a * words : (a + 1) * words]) for a in range(n)]


def odd_sets() -> list[list[str]]:
    rng = random.Random(1)
    sets = []
    for k in range(120):
        kinds, longest = rng.choice([1, 2, 3, 6, 20]), rng.choice([2, 5, 9, 20])
        texts = [
            " ".join(f"w{rng.randrange(kinds)}" for _ in range(rng.randint(0, longest)))
            for _ in range(rng.randint(2, 9))
        ]
        if k % 3 == 0:
            texts[0] = texts[-1]
        if k % 7 == 0:
            texts[0] = ""
        if k % 5 == 0:
            texts[-1] = f"狗 🦓 é e\u0301 don't {texts[-1]}"
        if any(texts):
            sets.append(texts)
    return sets


def _long(words: list[list[str]], n: int) -> bool:
    """Whether all texts have n words: of shorter ones NLTK's corpus BLEU counts what is not there.

    Its sentence BLEU is given the orders that the text has.
    """
    return min(map(len, words)) >= n


def theirs_scores(kind: str, sets: list[list[str]], orders: list[int]) -> Callable[[], Any]:
    from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu, sentence_bleu

    smooth = SmoothingFunction().method1
    words = [[text.split() for text in texts] for texts in sets]

    def score(x: list[list[str]], n: int) -> float:
        rest = [x[:i] + x[i + 1 :] for i in range(len(x))]
        weights = [(1 / k,) * k for k in (min(n, max(len(h), 1)) for h in x)]
        if kind == "corpus":
            return float(corpus_bleu(rest, x, (1 / n,) * n, smooth)) if _long(x, n) else 0.0
        if kind == "sentence":
            found = [sentence_bleu(*one, smooth) for one in zip(rest, x, weights, strict=True)]
        else:
            found = [
                sentence_bleu([one], h, w, smooth)
                for r, h, w in zip(rest, x, weights, strict=True)
                for one in r
            ]
        return float(sum(found) / len(found))

    return lambda: [score(x, n) for x in words for n in orders]


def ours_scores(kind: str, sets: list[list[str]], orders: list[int]) -> Callable[[], Any]:
    from fullmenu.measures import homogenization_bleu, self_bleu

    def score(texts: list[str], n: int) -> float:
        if kind == "pairs":
            return homogenization_bleu(texts, n, tokenize=str.split).value
        if kind == "corpus" and not _long([text.split() for text in texts], n):
            return 0.0
        return self_bleu(texts, n, tokenize=str.split, variant=kind).value

    return lambda: [score(texts, n) for texts in sets for n in orders]


def theirs_some(n: int, some: int) -> Callable[[], Any]:
    """Score some of the texts only, each against all others."""
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    smooth = SmoothingFunction().method1
    x = [text.split() for text in texts_of(n)]
    rows = random.Random(2).sample(range(n), some)
    return lambda: [sentence_bleu(x[:i] + x[i + 1 :], x[i], (0.25,) * 4, smooth) for i in rows]


def ours_all(n: int) -> Callable[[], Any]:
    from fullmenu.measures import self_bleu

    texts = texts_of(n)
    return lambda: self_bleu(texts, tokenize=str.split).to_dict()


def theirs_divided(texts: list[str]) -> Callable[[], Any]:
    """Arithmetic of the package diversity: corpus BLEU, divided by the others twice."""
    from nltk.translate.bleu_score import corpus_bleu

    x = [text.split() for text in texts]
    n = len(x)
    found = [corpus_bleu([[h]] * (n - 1), x[:i] + x[i + 1 :]) for i, h in enumerate(x)]
    return lambda: sum(f / (n - 1) for f in found) / n


def alpaca(n: int) -> list[str] | None:
    """First outputs of one model on AlpacaEval, where the real data is here."""
    import real

    try:
        texts = real.alpaca_eval("gpt4_0613").outputs
    except SystemExit:
        return None
    return list(texts)[:n]


def main() -> int:
    table = Table("Self-BLEU and pairwise BLEU, NLTK with method1")
    missed = 0
    sets: list[tuple[str, list[list[str]], list[int]]] = [
        ("odd sets, BLEU-1, -2, -4, -5", odd_sets(), [1, 2, 4, 5]),
        ("texts of 195 words (100; pairs: 40)", [texts_of(100)], [4]),
    ]
    real_texts = alpaca(60)
    if real_texts is None:
        table.add("AlpacaEval outputs", "not run: set FULLMENU_DATA")
    else:
        sets.append(("AlpacaEval outputs (60; pairs: 40)", [real_texts], [4]))
    for name, texts, orders in sets:
        for kind in ("sentence", "corpus", "pairs"):
            if kind == "pairs":  # NLTK does one pair at a time
                texts = [some[:40] for some in texts]
            a, b = (
                f("nltk_bleu", "scores", repeat=1, kind=kind, sets=texts, orders=orders)
                for f in (bench.theirs, bench.ours)
            )
            gap = max(abs(x - y) for x, y in zip(a.value, b.value, strict=True))
            table.add(f"{kind}, {name}: largest difference", f"{gap:.1e}", "<= 1e-12", gap <= 1e-12)
            missed += gap > 1e-12
    theirs = bench.theirs("nltk_bleu", "some", n=1_000, some=TIMED)
    ours = bench.ours("nltk_bleu", "all", n=1_000)
    seconds = theirs.seconds * 1_000 / TIMED
    ratio = seconds / ours.seconds
    table.add(f"NLTK at n = 1,000, from {TIMED} hypotheses (extrapolated)", f"{seconds:.0f} s")
    table.add("Fullmenu at n = 1,000, with interval", f"{ours.seconds:.2f} s")
    table.add("times faster", f"{ratio:.0f}", ">= 300", ratio >= 300)
    large = bench.ours("nltk_bleu", "all", n=5_000)
    within = large.seconds <= 10
    table.add("Fullmenu at n = 5,000, with interval", f"{large.seconds:.2f} s", "<= 10 s", within)
    table.add(
        "memory at n = 1,000 (NLTK, Fullmenu)", f"{theirs.megabytes:.0f}, {ours.megabytes:.0f} MB"
    )
    table.add("memory at n = 5,000 (Fullmenu)", f"{large.megabytes:.0f} MB")
    equal = [texts_of(1)[0]] * 5
    twice = bench.theirs("nltk_bleu", "divided", texts=equal).value
    once = bench.ours("nltk_bleu", "scores", kind="pairs", sets=[equal], orders=[4]).value[0]
    table.add(
        "5 equal texts: diversity's BLEU (its arithmetic), homogenization_bleu",
        f"{twice:.3f}, {once:.3f}", "1", once == 1,
    )  # fmt: skip
    missed += (ratio < 300) + (not within) + (once != 1)
    table.show()
    return missed
