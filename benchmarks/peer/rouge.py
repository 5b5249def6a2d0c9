"""rouge-score: homogenization by ROUGE-L, as the package diversity takes its mean.

Every ordered pair is scored by itself, words found anew each time, as diversity does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peer import bench
from peer.nltk_bleu import alpaca, odd_sets, texts_of
from table import Table

REQUIREMENTS = ["rouge-score==0.1.2"]


def theirs_scores(sets: list[list[str]]) -> Callable[[], Any]:
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"])

    def score(x: list[str]) -> float:
        found = [
            scorer.score(a, b)["rougeL"].fmeasure
            for i, a in enumerate(x)
            for j, b in enumerate(x)
            if i != j
        ]
        return float(sum(found) / len(found))

    return lambda: [score(x) for x in sets]


def ours_scores(sets: list[list[str]]) -> Callable[[], Any]:
    from fullmenu.measures import homogenization_rouge_l

    return lambda: [homogenization_rouge_l(x).value for x in sets]


def ours_all(n: int) -> Callable[[], Any]:
    from fullmenu.measures import homogenization_rouge_l

    texts = texts_of(n)
    return lambda: homogenization_rouge_l(texts).to_dict()


def main() -> int:
    table = Table("homogenization by ROUGE-L, rouge-score")
    missed = 0

    def both(name: str, sets: list[list[str]]) -> tuple[bench.Run, bench.Run]:
        nonlocal missed
        a, b = bench.theirs("rouge", "scores", sets=sets), bench.ours("rouge", "scores", sets=sets)
        gap = max(abs(x - y) for x, y in zip(a.value, b.value, strict=True))
        table.add(f"{name}: largest difference", f"{gap:.1e}", "<= 1e-9", gap <= 1e-9)
        missed += gap > 1e-9
        return a, b

    both("odd sets", odd_sets())
    real_texts = alpaca(30)
    if real_texts is None:
        table.add("AlpacaEval outputs", "not run: set FULLMENU_DATA")
    else:
        both("30 AlpacaEval outputs", [real_texts])
    theirs, ours = both("100 texts of 195 words", [texts_of(100)])
    ratio = theirs.seconds / ours.seconds
    table.add(
        "seconds at n = 100 (rouge-score, Fullmenu)", f"{theirs.seconds:.1f}, {ours.seconds:.3f}"
    )
    table.add("times faster", f"{ratio:.0f}", ">= 100", ratio >= 100)
    missed += ratio < 100
    for n in (1_000, 5_000):
        large = bench.ours("rouge", "all", n=n, repeat=1)
        how = large.value["method"].split(", ")[1]
        table.add(
            f"Fullmenu at n = {n:,}: {how}", f"{large.seconds:.1f} s, {large.megabytes:.0f} MB"
        )
    table.show()
    return missed
