"""Beside prdc: precision, recall, density and coverage, and what it says of copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peer.bench import ours, theirs
from table import Table

REQUIREMENTS = ["prdc==0.2"]

NAMES = ("precision", "recall", "density", "coverage")

CASES = (
    ("two normal samples", "normal", 500, 64),
    ("6 of 10 modes", "modes", 5_000, 384),
    ("6 of 10 modes", "modes", 10_000, 384),
    ("6 of 10 modes", "modes", 10_000, 768),
    ("half as wide", "half", 500, 64),
)

COPIES = (("all rows equal", "equal"), ("ten rows, 20 times each", "tens"))


def samples(kind: str, n: int, d: int) -> tuple[Any, Any]:
    """Return a reference and features."""
    import numpy as np

    first, second = np.random.default_rng(0), np.random.default_rng(1)
    if kind == "normal":
        rng = np.random.default_rng(42)
        return rng.normal(size=(n, d)), rng.normal(size=(n, d))
    if kind == "half":
        return first.normal(size=(n, d)), 0.5 * second.normal(size=(n, d))
    if kind == "equal":
        return np.ones((n, d)), np.ones((n, d))
    if kind == "tens":
        x = np.repeat(first.normal(size=(10, d)), n // 10, axis=0)
        return x, x
    c = first.standard_normal((10, d))
    real = c[first.integers(0, 10, n)] + 0.5 * first.standard_normal((n, d))
    made = c[second.integers(0, 6, n)] + 0.5 * second.standard_normal((n, d))
    return real, made


def theirs_all(kind: str, n: int, d: int) -> Callable[[], Any]:
    import contextlib
    import io

    from prdc import compute_prdc

    real, made = samples(kind, n, d)

    def call() -> Any:
        with contextlib.redirect_stdout(io.StringIO()):
            found = compute_prdc(real, made, 5)
        return [float(found[name]) for name in NAMES]

    return call


def ours_all(kind: str, n: int, d: int) -> Callable[[], Any]:
    from fullmenu import measures

    real, made = samples(kind, n, d)
    return lambda: [getattr(measures, name)(made, real).value for name in NAMES]


def main() -> int:
    table = Table("prdc 0.2: precision, recall, density, coverage; ours is four calls")
    missed = 0

    def add(what: str, measured: str, target: str, reached: bool) -> None:
        nonlocal missed
        missed += not reached
        table.add(what, measured, target, reached)

    for label, kind, n, d in CASES:
        case = {"kind": kind, "n": n, "d": d}
        a, b = ours("prdc", "all", repeat=1, **case), theirs("prdc", "all", **case)
        off = max(abs(x - y) for x, y in zip(a.value, b.value, strict=True))
        name = f"{label}, {n} × {d}"
        values = "/".join(f"{x:.5g}" for x in a.value)
        add(f"{name}: {values}, off by", f"{off:.1e}", "<= 1e-12", off <= 1e-12)
        if n >= 5_000:
            faster = b.seconds / a.seconds
            add(f"{name}: times as fast", f"{faster:.1f}", "> 1", faster > 1)
            peak = f"{a.megabytes:.0f} (prdc {b.megabytes:.0f})"
            add(f"{name}: peak MB", peak, "<= 300", a.megabytes <= 300)
    for label, kind in COPIES:
        case = {"kind": kind, "n": 200, "d": 8}
        a, b = ours("prdc", "all", repeat=1, **case), theirs("prdc", "all", **case)
        values, other = ("/".join(f"{x:.3g}" for x in r.value) for r in (a, b))
        right = [a.value[i] == 1 for i in (0, 1, 3)] + [abs(a.value[2] - 1) < 0.1]
        add(f"{label}, both sides", f"{values} (prdc {other})", "1/1/~1/1", all(right))
    table.show()
    return missed
