"""Which measures drift with the number of outputs? One population, n = 50 … 20,000.

A model is not more varied because it was asked more often. For every measure: its mean over
repeated draws at each n, as a share of its limit, which is exact for counts and the mean at
n = 20,000 for the rest. Fullmenu's defaults must stay within 3 % from n = 200; the field's others
are beside them, as they are usually computed.

Run: python benchmarks/sample_size.py      (a minute and a half)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from fullmenu import measures
from fullmenu.errors import NotEnoughData
from table import Table

SIZES = (50, 200, 1_000, 5_000, 20_000)
RUNS = {50: 60, 200: 40, 1_000: 12, 5_000: 3, 20_000: 2}
CHEAP = 20
"""Counts are drawn so many times as often: they cost nothing."""

NEAR = 0.03
SHARES = 0.85 ** np.arange(30) / (0.85 ** np.arange(30)).sum()
LIMITS = {
    "effective number, counts": float(1 / (SHARES**2).sum()),
    "Hill order 1": float(np.exp(-(SHARES * np.log(SHARES)).sum())),
    "top-3 share": float(SHARES[:3].sum()),
    "dishes seen": 30.0,
}

Take = Callable[[Any], float]


def rows(n: int, seed: int) -> Any:
    """Unit rows of ten modes in 384 dimensions; the modes are the same for every seed."""
    centres = np.random.default_rng(0).standard_normal((10, 384))
    rng = np.random.default_rng([seed, 1])
    x = centres[rng.integers(0, 10, n)] + 0.5 * rng.standard_normal((n, 384))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def servings(n: int, seed: int) -> Any:
    """Counts of n servings of 30 dishes, the k-th 0.85 times as common as the one before."""
    return np.random.default_rng([seed, 2]).multinomial(n, SHARES)


def texts(n: int, seed: int) -> list[str]:
    """Texts of 40 words by Zipf's law, behind one of twelve openings."""
    rng = np.random.default_rng([seed, 3])
    p = 1 / np.arange(1, 3_001)
    words = rng.choice(3_000, (n, 40), p=p / p.sum())
    first = rng.choice(12, n, p=0.8 ** np.arange(12) / (0.8 ** np.arange(12)).sum())
    return [
        f"o{o} p{o} q{o} " + " ".join(f"w{w}" for w in line)
        for o, line in zip(first.tolist(), words.tolist(), strict=True)
    ]


def defaults() -> Iterator[tuple[str, Callable[[int, int], Any], Take]]:
    yield "effective number, vectors", rows, lambda x: 1 / measures.repeat_rate(x).value
    yield "effective number, counts", servings, lambda x: measures.hill(x).value
    yield "Hill order 1", servings, lambda x: measures.hill(x, 1).value
    yield "top-3 share", servings, lambda x: measures.top_share(x).value
    yield "distinct pairs among 1,000", texts, lambda x: measures.distinct_n(x).value
    yield "effective openings", texts, lambda x: measures.openings(x).value
    yield "phrases shared by pairs", texts, lambda x: measures.repeated_phrases(x, 1).value
    yield "compression, 8 kB blocks", texts, lambda x: measures.compression_ratio(x).value


def others() -> Iterator[tuple[str, Callable[[int, int], Any], Take]]:
    yield "Vendi q=1", rows, lambda x: measures.vendi(x).value
    yield "Vendi q=2 (plug-in)", rows, lambda x: measures.vendi(x, 2).value
    yield "chamfer", rows, lambda x: measures.chamfer(x).value
    yield "dishes seen", servings, lambda x: float((x > 0).sum())
    yield "distinct-1, all words", texts, lambda x: measures.distinct_n(x, 1, words="all").value
    yield "EAD", texts, lambda x: measures.expectation_adjusted_distinct(x).value
    yield "Self-BLEU", texts, lambda x: measures.self_bleu(x).value
    yield "self-repetition", texts, lambda x: measures.self_repetition(x).value


def mean(draw: Callable[[int, int], Any], take: Take, n: int) -> tuple[float, float] | None:
    """Mean over draws, and its standard error."""
    runs = RUNS[n] * (CHEAP if draw is servings else 1)
    try:
        found = np.array([take(draw(n, seed)) for seed in range(runs)])
    except NotEnoughData:
        return None
    return float(found.mean()), float(found.std() / np.sqrt(max(len(found) - 1, 1)))


def main() -> None:
    for title, family, judged in (
        ("Fullmenu's defaults", defaults, True),
        ("the field's others, as usually computed", others, False),
    ):
        table = Table(f"{title}: mean ÷ limit (± s.e.) at n = {SIZES[:-1]}")
        for name, draw, take in family():
            limit = LIMITS.get(name) or mean(draw, take, SIZES[-1])[0]
            shares = []
            near = True
            for n in SIZES[:-1]:
                found = mean(draw, take, n)
                if found is None:
                    shares.append("too few")
                    continue
                share, se = found[0] / limit, found[1] / limit
                shares.append(f"{share:.3f} ±{se:.3f}")
                near &= n < 200 or abs(share - 1) <= NEAR + se
            target = f"within {NEAR:.0%} from n = 200" if judged else ""
            table.add(name, "  ".join(shares), target, near if judged else None)
        table.show()


if __name__ == "__main__":
    main()
