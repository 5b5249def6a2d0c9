"""The packages lexicalrichness and lexical-diversity: MTLD, MATTR and HD-D of the same words.

Both are given the words that Fullmenu finds, because each has a tokenizer of its own. MTLD is not
the same in both: in lexical-diversity a run has ten words at least, and ends below 0.72, not at it.
For a text shorter than the window it gives plain different ÷ all as MATTR; lexicalrichness refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean
from typing import Any

import numpy as np

from peer import bench
from table import Table

REQUIREMENTS = ["lexicalrichness==0.5.1", "lexical-diversity==0.1.1"]
N = 300
ERROR = 1e-9
CASES = {"mtld": {}, "mattr": {"window": 50}, "hdd": {"draws": 42}}


def main() -> int:
    table = Table(f"Lexical richness, mean over {N} texts of 60 to 300 words")
    missed = 0
    for name, options in CASES.items():
        theirs = bench.theirs("lexical", "richness", name=name, options=options)
        ours = bench.ours("lexical", "richness", name=name, options=options)
        off = max(abs(a - b) for a, b in zip(theirs.value, ours.value, strict=True))
        missed += off > ERROR
        table.add(f"{name}, lexicalrichness, largest difference", f"{off:.1e}", f"{ERROR:g}",
                  off <= ERROR)  # fmt: skip
        table.add("  seconds, theirs / ours, with interval",
                  f"{theirs.seconds:.3f} / {ours.seconds:.3f} = {theirs.seconds / ours.seconds:.1f}"
                  )  # fmt: skip
        other = bench.theirs("lexical", "diversity", name=name)
        table.add("  lexical-diversity, its mean / ours",
                  f"{other.value:.4f} / {ours.value[0]:.4f}")  # fmt: skip
    table.show()
    return missed


def theirs_richness(name: str, options: dict[str, Any]) -> Callable[[], list[float]]:
    """Prepare the mean over all texts, and the mean of the first two."""
    from lexicalrichness import LexicalRichness

    texts = [
        LexicalRichness(" ".join(words), preprocessor=None, tokenizer=str.split) for words in made()
    ]
    asked = {"window_size": options["window"]} if "window" in options else options
    return lambda: _means([getattr(text, name)(**asked) for text in texts])


def ours_richness(name: str, options: dict[str, Any]) -> Callable[[], list[float]]:
    """Prepare the same."""
    from fullmenu import measures

    measure = getattr(measures, name)
    texts = [" ".join(words) for words in made()]
    return lambda: [
        measure(some, tokenize=str.split, **options).value for some in (texts, texts[:2])
    ]


def theirs_diversity(name: str) -> Callable[[], float]:
    """Prepare the mean of the second peer."""
    from lexical_diversity import lex_div

    score = {"mtld": lex_div.mtld, "mattr": lex_div.mattr, "hdd": lex_div.hdd}[name]
    texts = made()
    return lambda: float(fmean(score(words) for words in texts))


def made() -> list[list[str]]:
    """Make texts of words by Zipf's law, more or less steep."""
    rng = np.random.default_rng(3)
    texts = []
    for _ in range(N):
        p = 1 / np.arange(1, 2_001) ** rng.uniform(0.7, 1.3)
        texts.append([f"w{i}" for i in rng.choice(2_000, rng.integers(60, 300), p=p / p.sum())])
    return texts


def _means(values: list[float]) -> list[float]:
    return [float(np.mean(values)), float(np.mean(values[:2]))]
