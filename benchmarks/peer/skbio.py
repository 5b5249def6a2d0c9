"""scikit-bio's alpha diversity: the same values where the definitions agree, and where they do not.

Run: python benchmarks/peers.py skbio
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from table import Table

REQUIREMENTS = ["scikit-bio==0.7.4"]

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4] + [3] * 4 + [2] * 4 + [1] * 14


def counts(name: str) -> list[int]:
    """Counts of a case: spiders of two woods, or 100,000 servings of 5,000 dishes."""
    if name == "large":
        p = 1 / np.arange(1, 5_001)
        return np.random.default_rng(0).multinomial(100_000, p / p.sum()).tolist()
    return {"girdled": GIRDLED, "logged": LOGGED}[name]


def theirs_values(name: str) -> Callable[[], dict[str, float]]:
    from skbio.diversity import alpha

    x = np.array(counts(name))

    def run() -> dict[str, float]:
        return {
            **{f"hill {q:g}": float(alpha.hill(x, q)) for q in (0, 0.5, 1, 2, 3, np.inf)},
            **{f"renyi {q:g}": float(alpha.renyi(x, q)) for q in (0, 0.5, 1, 2, 3, np.inf)},
            **{f"tsallis {q:g}": float(alpha.tsallis(x, q)) for q in (0, 0.5, 1, 2, 3)},
            "shannon": float(alpha.shannon(x, base=np.e)),
            "simpson": float(alpha.simpson(x)),
            "enspie": float(alpha.enspie(x)),
            "berger_parker_d": float(alpha.berger_parker_d(x)),
            "pielou_e": float(alpha.pielou_e(x)),
            "heip_e": float(alpha.heip_e(x)),
            "simpson_e": float(alpha.simpson_e(x)),
            "ace": float(alpha.ace(x)),
            "chao1": float(alpha.chao1(x)),
            "chao1 not bias-corrected": float(alpha.chao1(x, bias_corrected=False)),
            "goods_coverage": float(alpha.goods_coverage(x)),
        }

    return run


def ours_values(name: str) -> Callable[[], dict[str, float]]:
    from fullmenu import measures as m

    x = np.array(counts(name))

    def run() -> dict[str, float]:
        orders = (0, 0.5, 1, 2, 3, np.inf)
        even = {"size": None, "bootstrap": 2}
        return {
            **{f"hill {q:g}": m.hill(x, q, asymptotic=False).value for q in orders},
            **{f"renyi {q:g}": m.renyi(x, q, asymptotic=False).value for q in orders},
            **{f"tsallis {q:g}": m.tsallis(x, q, asymptotic=False).value for q in orders[:-1]},
            "shannon": m.renyi(x, 1, asymptotic=False).value,
            "simpson": m.tsallis(x, 2, asymptotic=False).value,
            "enspie": m.hill(x, 2, asymptotic=False).value,
            "berger_parker_d": m.berger_parker(x).value,
            "pielou_e": m.evenness(x, 1, "pielou", **even).value,
            "heip_e": m.evenness(x, 1, **even).value,
            "simpson_e": m.evenness(x, 2, "ratio", **even).value,
            "ace": m.richness(x, "ace").value,
            "chao1": m.richness(x, "chao1_bias_corrected").value,
            "chao1 not bias-corrected": m.richness(x, "chao1").value,
            "goods_coverage": m.sample_coverage(x).value,
        }

    return run


def theirs_interval(name: str) -> Callable[[], list[float]]:
    from skbio.diversity import alpha

    x = np.array(counts(name))
    return lambda: [float(v) for v in alpha.chao1_ci(x, bias_corrected=False)]


def ours_interval(name: str) -> Callable[[], list[float | None]]:
    from fullmenu import measures as m

    x = np.array(counts(name))

    def run() -> list[float | None]:
        e = m.richness(x)
        return [e.low, e.high]

    return run


def translated(name: str, value: float, x: Any) -> tuple[float, str] | None:
    """Turn our value into theirs where the definitions differ by something known."""
    n, seen = int(x.sum()), int((x > 0).sum())
    if name.startswith("chao1"):
        return seen + (value - seen) * n / (n - 1), "they leave out the factor (n−1)/n"
    if name == "goods_coverage":
        return 1 - float((x == 1).sum()) / n, "theirs is Good's 1 − f₁/n; ours Chao & Jost's"
    return None


def their_interval(x: Any, fourth: float) -> list[float]:
    """Chao's log-normal interval without (n−1)/n, with another factor of (f₁/f₂)⁴."""
    seen, f1, f2 = (float(v) for v in ((x > 0).sum(), (x == 1).sum(), (x == 2).sum()))
    r, missing = f1 / f2, f1**2 / (2 * f2)
    variance = f2 * (r**2 / 2 + r**3 + fourth * r**4)
    k = float(np.exp(1.96 * np.sqrt(np.log1p(variance / missing**2))))
    return [seen + missing / k, seen + missing * k]


def main() -> int:
    from peer import bench

    table = Table("scikit-bio 0.7.4 (values: largest relative difference, or both)")
    failed = 0
    for name in ("girdled", "logged", "large"):
        them = bench.theirs("skbio", "values", name=name)
        us = bench.ours("skbio", "values", name=name)
        x = np.array(counts(name))
        worst, count = 0.0, 0
        for what, theirs in them.value.items():
            ours = us.value[what]
            turned = translated(what, ours, x)
            if turned is None:
                worst, count = max(worst, abs(ours - theirs) / max(abs(theirs), 1e-300)), count + 1
                continue
            expected, why = turned
            reached = abs(expected - theirs) <= 1e-9 * abs(theirs)
            failed += not reached
            table.add(f"{name}: {what}", f"{ours:.4f}, they {theirs:.4f}", why, reached)
        failed += worst > 1e-9
        table.add(f"{name}: {count} values", f"{worst:.1e}", "≤ 1e-9", worst <= 1e-9)
        table.add(
            f"{name}: seconds, all values",
            f"{us.seconds:.4f} with intervals, they {them.seconds:.4f} without",
        )
    for name in ("girdled", "logged"):
        theirs, ours = (f("skbio", "interval", name=name).value for f in (bench.theirs, bench.ours))
        x = np.array(counts(name))
        reached = bool(np.allclose(theirs, their_interval(x, 0.24), rtol=1e-9, atol=0))
        failed += not reached
        table.add(
            f"{name}: Chao1's interval",
            f"{ours[0]:.3f}–{ours[1]:.3f}, they {theirs[0]:.3f}–{theirs[1]:.3f}",
            "theirs has 0.24·(f₁/f₂)⁴ where the paper has ¼, no (n−1)/n, and 1.96",
            reached,
        )
    table.show()
    return failed
