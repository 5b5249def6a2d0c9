"""Do the intervals of the measures hold what they promise?

Samples are drawn from kitchens whose menu is known; the figure is the share of 95 % intervals that
hold the truth, and how many samples got no number at all (``NotEnoughData``). For text measures the
truth is the mean over a thousand samples, which judges the interval and not the measure.
``jackknife`` is the repeat rate's interval without what :func:`with_chance` adds.

Run ``python benchmarks/measures_coverage.py [draws]``: half a minute for 300.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from fullmenu import measures
from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.likeness import pair_sums
from fullmenu.kernel.rates import replicates_of_outputs
from fullmenu.stats.jackknife import log_of
from fullmenu.stats.proportion import share

KITCHENS = {
    "95 and 5 %": np.array([0.95, 0.05]),
    "97, 1, 1, 1 %": np.array([0.97, 0.01, 0.01, 0.01]),
    "four alike": np.ones(4) / 4,
    "three dishes": np.array([0.5, 0.3, 0.2]),
    "ten alike": np.ones(10) / 10,
    "a leader": np.r_[0.6, np.full(40, 0.01)],
    "geometric": 0.7 ** np.arange(30) / (0.7 ** np.arange(30)).sum(),
    "Zipf, 200": 1 / np.arange(1, 201) / (1 / np.arange(1, 201)).sum(),
}


def main(draws: int = 300) -> None:
    print(f"{'counts':<15}{'n':>5}  coverage of 95 % intervals, {draws} draws (no number)")
    for name, p in KITCHENS.items():
        for n in (6, 12, 20, 50, 100, 200):
            rows = [f"{k} {_covered(f, t, p, n, draws)}" for k, (f, t) in _of_counts(p).items()]
            print(f"{name:<15}{n:>5}  " + "  ".join(rows), flush=True)
    print("\ntexts: outputs of 12 templates with 25 random words")
    for clustered in (False, True):
        for n in (40, 100):
            rows = [f"{k} {v}" for k, v in _of_texts(n, clustered, draws).items()]
            print(
                f"{'by prompt' if clustered else 'alone':<15}{n:>5}  " + "  ".join(rows), flush=True
            )


def _of_counts(p: Any) -> dict[str, tuple[Callable[[Any], Estimate], Any]]:
    u = float((p**2).sum())
    top = np.sort(p)[::-1]
    return {
        "repeat_rate": (lambda x: measures.repeat_rate(_one_hot(x)), u),
        "jackknife": (_jackknife, u),
        "hill 2": (measures.hill, 1 / u),
        "hill 1": (lambda x: measures.hill(x, 1), float(np.exp(-(p * np.log(p)).sum()))),
        "hill 0": (lambda x: measures.hill(x, 0), len(p)),
        "top 1": (lambda x: measures.top_share(x, 1), top[0]),
        "top 3": (measures.top_share, top[:3].sum()),
        "sample_coverage": (measures.sample_coverage, lambda x: float(p[x > 0].sum())),
        "share": (lambda x: share(np.repeat([1, 0], [x[0], x.sum() - x[0]])), p[0]),
    }


def _covered(f: Callable[[Any], Estimate], truth: Any, p: Any, n: int, draws: int) -> str:
    rng = np.random.default_rng(1)
    held = none = 0
    for _ in range(draws):
        x = rng.multinomial(n, p)
        t = truth(x) if callable(truth) else truth
        try:
            held += _holds(f(x), t)
        except NotEnoughData:
            none += 1
    return f"{held / max(draws - none, 1):.1%}" + (f" ({none})" if none else "")


def _holds(e: Estimate, truth: float) -> bool:
    return (e.low is None or e.low <= truth + 1e-12) and (e.high is None or truth <= e.high + 1e-12)


def _one_hot(x: Any) -> Any:
    return np.eye(len(x))[np.repeat(np.arange(len(x)), x)]


def _jackknife(x: Any) -> Estimate:
    sums = pair_sums(_one_hot(x))
    low, high = log_of(replicates_of_outputs(sums)).interval(0.95)
    return Estimate(sums.rate, low, high, len(x), "probability", "jackknife alone")


def _of_texts(n: int, clustered: bool, draws: int) -> dict[str, str]:
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(n // 4), 4) if clustered else None
    found: dict[str, list[Estimate]] = {}
    for _ in range(draws):
        texts = _texts(rng, n, groups)
        for name, more in (
            ("length", {}),
            ("openings", {}),
            ("opening_share", {}),
            ("distinct_n", {"words": 500}),
            ("repeated_phrases", {}),
            ("compression_ratio", {"block": 2_048}),
        ):
            f = getattr(measures, name)
            found.setdefault(name, []).append(f(texts, groups=groups, **more))
    out = {}
    for name, estimates in found.items():
        truth = _truth(name, estimates)
        out[name] = f"{np.mean([_holds(e, truth) for e in estimates]):.1%}"
    return out


def _truth(name: str, estimates: list[Estimate]) -> float:
    values = np.array([e.value for e in estimates])
    if name == "openings":  # the rate is unbiased, not its inverse
        return float(1 / (1 / values).mean())
    if name == "opening_share":
        return float(TEMPLATES[0])
    return float(values.mean())


TEMPLATES = 0.7 ** np.arange(12) / (0.7 ** np.arange(12)).sum()


def _texts(rng: Any, n: int, groups: Any) -> list[str]:
    p = 1 / np.arange(1, 301)
    p /= p.sum()
    if groups is None:
        kinds = rng.choice(12, n, p=TEMPLATES)
        longer = rng.integers(0, 8, n)
    else:  # two of three outputs of a prompt follow its own template
        own = rng.choice(12, groups.max() + 1, p=TEMPLATES)[groups]
        kinds = np.where(rng.random(n) < 2 / 3, own, rng.choice(12, n, p=TEMPLATES))
        longer = rng.integers(0, 8, groups.max() + 1)[groups]
    return [
        f"here {k} begins story number {k} "
        + " ".join(f"w{i}" for i in rng.choice(300, 25 + extra, p=p))
        for k, extra in zip(kinds, longer, strict=True)
    ]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
