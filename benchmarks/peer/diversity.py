"""The package diversity (Shaib et al. 2024): the same values, and how much faster?

A plain ``pip install diversity`` pulls six gigabytes (torch with CUDA), and the import then fails
for want of spaCy. Its modules for self-repetition, n-gram diversity and compression need numpy,
nltk and tqdm only: they are installed without the rest, and read file by file, past the package's
own ``__init__``. Not run: templates (spaCy or a tagger's data), BLEU (loads a script from the
network), embeddings (a model). All but self-repetition it rounds to three decimals.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from peer import bench
from table import Table

REQUIREMENTS = [
    "--no-deps",
    "diversity==0.3.1",
    "nltk==3.9.2",
    "numpy==2.3.4",
    "tqdm==4.67.1",
    "regex==2025.9.18",
    "joblib==1.5.2",
    "click==8.3.0",
]
N = 5_000
FASTER = 30
ROUNDED = 5.001e-4


def main() -> int:
    table = Table(f"diversity 0.3.1, {N} texts of about 195 words")
    reached = []
    theirs = bench.theirs("diversity", "self_repetition", n=N)
    ours = bench.ours("diversity", "self_repetition", n=N)
    off = abs(theirs.value - ours.value)
    times = theirs.seconds / ours.seconds
    reached += [off <= 1e-6, times >= FASTER]
    table.add("self_repetition, difference", f"{off:.1e}", "1e-06", reached[0])
    table.add("self_repetition, seconds, theirs / ours, with interval",
              f"{theirs.seconds:.2f} / {ours.seconds:.2f} = {times:.0f}", f"{FASTER}", reached[1],
              )  # fmt: skip
    table.add("self_repetition, MB", f"{theirs.megabytes:.0f} / {ours.megabytes:.0f}")
    for case in ("ngram_diversity", "compression_ratio"):
        for n in (5, 1_000, N):
            theirs = bench.theirs("diversity", case, n=n)
            ours = bench.ours("diversity", case, n=n, repeat=1)
            off = abs(theirs.value - ours.value)
            reached.append(off <= ROUNDED)
            what = f"{case}, n={n}"
            table.add(f"{what}, difference", f"{off:.6f}", "0.0005", reached[-1])
            if n == N:
                table.add(f"{what}, seconds, theirs / ours, with interval",
                          f"{theirs.seconds:.2f} / {ours.seconds:.2f}")  # fmt: skip
    table.show()
    return len(reached) - sum(reached)


def theirs_self_repetition(n: int) -> Callable[[], float]:
    """Prepare the peer's score."""
    score, texts = _module("self_repetition").self_repetition_score, made(n)
    return lambda: float(score(texts, verbose=False))


def ours_self_repetition(n: int) -> Callable[[], float]:
    """Prepare ours."""
    from fullmenu.measures import self_repetition

    texts = made(n)
    return lambda: self_repetition(texts, tokenize=str.split).value


def theirs_ngram_diversity(n: int) -> Callable[[], float]:
    """Prepare the peer's score."""
    score, texts = _module("ngram_diversity").ngram_diversity_score, made(n)
    return lambda: float(score(texts))


def ours_ngram_diversity(n: int) -> Callable[[], float]:
    """Prepare ours, as the peer has it."""
    from fullmenu.measures import ngram_diversity

    texts = made(n)
    return lambda: (
        ngram_diversity(
            texts, words="all", across_documents=True, tokenize=lambda text: text.split(" ")
        ).value
    )


def theirs_compression_ratio(n: int) -> Callable[[], float]:
    """Prepare the peer's score."""
    score, texts = _module("compression").compression_ratio, made(n)
    return lambda: float(score(texts))


def ours_compression_ratio(n: int) -> Callable[[], float]:
    """Prepare ours, as the peer has it."""
    from fullmenu.measures import compression_ratio

    texts = made(n)
    return lambda: compression_ratio(texts, variant="double").value


def made(n: int) -> list[str]:
    """Make texts that repeat phrases: words by Zipf's law, stock phrases among them."""
    rng = np.random.default_rng(7)
    p = 1 / np.arange(3, 20_003)
    p /= p.sum()
    stock = [" ".join(f"Word{i}" for i in rng.choice(20_000, 6, p=p)) for _ in range(300)]
    out = []
    for _ in range(n):
        parts = [f"w{i}," if i % 9 == 0 else f"w{i}" for i in rng.choice(20_000, 150, p=p)]
        for k in rng.integers(0, len(stock), 8):
            parts.insert(int(rng.integers(len(parts))), stock[k])
        out.append(" ".join(parts))
    return out


def _module(name: str) -> Any:
    package = importlib.util.find_spec("diversity")
    assert package is not None and package.submodule_search_locations
    file = Path(package.submodule_search_locations[0]) / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
