"""vendi-score, and rke-score: the same values where they are right, the faults shown, and time.

Data: ten clouds in d dimensions, as unit rows. Both sides get the same rows; ours returns an
interval with the value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

INF = float("inf")
REQUIREMENTS = [
    "vendi-score==0.0.3",
    "rke-score==0.0.7",
    "scikit-learn==1.7.2",
    "numpy==2.2.6",
    "scipy==1.15.3",
]
"""Versions that Python 3.10 has too; without its extras vendi-score needs no torch."""

KERNEL = [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]]
PUBLISHED = {0: 3.0, 0.5: 2.420348, 1: 2.157300, 2: 1.948052, INF: 1.578947}
ORDERS = (1, 2, INF)
"""Below order 1 the peer counts rounding errors, where the matrix has less than full rank."""

LARGE = {"n": 5_000, "d": 384}


def rows(n: int, d: int) -> Any:
    """Return unit rows from ten clouds."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((10, d))
    y = rng.integers(0, 10, n)
    x = centres[y] + 0.5 * rng.standard_normal((n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _theirs(call: Callable[[Any, Any], Any]) -> Any:
    """Return what the peer says: a number, or the error as text."""
    import scipy.linalg
    from vendi_score import vendi

    try:
        value = float(call(vendi, scipy))
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:60]
    return value if np.isfinite(value) else str(value)


def theirs_score_x(n: int, d: int) -> Callable[[], Any]:
    x = rows(n, d)
    return lambda: _theirs(lambda vendi, _: vendi.score_X(x))


def theirs_score_dual(n: int, d: int, normalize: bool = True) -> Callable[[], Any]:
    x = rows(n, d)
    _theirs(lambda vendi, _: vendi.score_dual(x[:500]))  # the import is not what is timed
    return lambda: _theirs(lambda vendi, _: vendi.score_dual(x, normalize=normalize))


def ours_vendi(n: int, d: int) -> Callable[[], Any]:
    from fullmenu import measures

    x = rows(n, d)
    measures.vendi(x[:500])
    return lambda: measures.vendi(x).value


def ours_value_only(n: int, d: int) -> Callable[[], Any]:
    from fullmenu.kernel.rows import as_features, unit_dense
    from fullmenu.measures.vectors._spectrum import moments_in_steps

    x = rows(n, d)

    def value() -> float:
        w = np.linalg.eigvalsh(moments_in_steps(as_features(x), d, unit_dense))
        w = w[w > 1e-15]
        return float(np.exp(-(w * np.log(w)).sum()))

    return value


def _peer_order(order: float) -> Any:
    return "inf" if order == INF else order


def theirs_values(n: int, d: int) -> Callable[[], Any]:
    x = rows(n, d)
    k = x @ x.T
    return lambda: {
        "score_dual": [
            _theirs(lambda v, _, q=q: v.score_dual(x, q=_peer_order(q))) for q in ORDERS
        ],
        "score_K": [_theirs(lambda v, _, q=q: v.score_K(k, q=_peer_order(q))) for q in ORDERS],
        "score_X": [_theirs(lambda v, _: v.score_X(x))],
    }


def ours_values(n: int, d: int) -> Callable[[], Any]:
    from fullmenu import measures
    from fullmenu.kernel.gram import rows_of

    x = rows(n, d)
    of_kernel = rows_of(x @ x.T)
    return lambda: {
        "score_dual": [measures.vendi(x, q).value for q in ORDERS],
        "score_K": [measures.vendi(of_kernel, q).value for q in ORDERS],
        "score_X": [measures.vendi(x).value],
    }


def theirs_published() -> Callable[[], Any]:
    k = np.array(KERNEL)
    return lambda: [_theirs(lambda v, _, q=q: v.score_K(k, q=_peer_order(q))) for q in PUBLISHED]


def ours_published() -> Callable[[], Any]:
    from fullmenu import measures
    from fullmenu.kernel.gram import rows_of

    x = rows_of(KERNEL)
    return lambda: [measures.vendi(x, q).value for q in PUBLISHED]


def _noise() -> Any:
    x = np.random.default_rng(0).standard_normal((200, 16))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


TEXTS = ["a b c", "a b d", "e f g"]


def _ngram_vendi() -> float:
    import sys
    from unittest.mock import MagicMock

    for unused in ("datasets", "nltk", "nltk.tokenize", "nltk.translate", "torch", "transformers"):
        sys.modules.setdefault(unused, MagicMock())  # gigabytes, for functions not called here
    from vendi_score import text_utils

    return float(text_utils.ngram_vendi_score(TEXTS, tokenizer=str.split))


def theirs_faults() -> Callable[[], Any]:
    from scipy.sparse import csr_matrix

    x = _noise()
    return lambda: {
        "score_X(q=2)": _theirs(lambda v, _: v.score_X(x, q=2)),
        "score_X(q='inf')": _theirs(lambda v, _: v.score_X(x, q="inf")),
        "score_K(q=0)": _theirs(lambda v, _: v.score_K(x @ x.T, q=0)),
        "score_K(q=0.5)": _theirs(lambda v, _: v.score_K(x @ x.T, q=0.5)),
        "score_dual(q=float('inf'))": _theirs(lambda v, _: v.score_dual(x, q=INF)),
        "score_K(sparse identity)": _theirs(lambda v, _: v.score_K(csr_matrix(np.eye(50)))),
        "score_X(rows of length 2, normalize=False)": _theirs(
            lambda v, _: v.score_X(2 * x, normalize=False)
        ),
        "intdiv_X": _theirs(lambda v, _: v.intdiv_X(x)),
        "ngram_vendi_score": _theirs(lambda v, _: _ngram_vendi()),
    }


def ours_faults() -> Callable[[], Any]:
    from scipy.sparse import csr_matrix

    from fullmenu import measures
    from fullmenu.errors import BadInput
    from fullmenu.kernel.gram import rows_of

    x = _noise()

    def refused() -> str:
        try:
            return str(measures.vendi(2 * x).value)
        except BadInput as error:
            return f"BadInput: {error}"[:60]

    return lambda: {
        "score_X(q=2)": measures.vendi(x, 2).value,
        "score_X(q='inf')": measures.vendi(x, INF).value,
        "score_K(q=0)": measures.vendi(rows_of(x @ x.T), 0).value,
        "score_K(q=0.5)": measures.vendi(rows_of(x @ x.T), 0.5).value,
        "score_dual(q=float('inf'))": measures.vendi(x, INF).value,
        "score_K(sparse identity)": measures.vendi(csr_matrix(np.eye(50))).value,
        "score_X(rows of length 2, normalize=False)": refused(),
        "intdiv_X": measures.mean_pairwise_distance(x).value * 199 / 200,
        "ngram_vendi_score": measures.vendi(rows_of(_ngram_kernel())).value,
    }


def _ngram_kernel() -> Any:
    """Return the mean of the cosines of n-gram counts, n = 1 … 4 (none of which is 4 long)."""
    from collections import Counter

    kernels = []
    for n in (1, 2, 3):
        words = [t.split() for t in TEXTS]
        grams = [Counter(tuple(w[i : i + n]) for i in range(len(w) - n + 1)) for w in words]
        k = np.array([[sum(a[g] * b[g] for g in a) for b in grams] for a in grams], float)
        kernels.append(k / np.sqrt(np.outer(np.diag(k), np.diag(k))))
    return np.mean(kernels, axis=0)


def _truth() -> dict[str, Any]:
    x = _noise()
    w = np.linalg.eigvalsh(x.T @ x / len(x))
    k = x @ x.T
    k3 = _ngram_kernel()
    w3 = np.linalg.eigvalsh(k3 / 3)
    return {
        "score_X(q=2)": 1 / float((w**2).sum()),
        "score_X(q='inf')": 1 / float(w.max()),
        "score_K(q=0)": 16.0,
        "score_K(q=0.5)": float(np.sqrt(w).sum() ** 2),
        "score_dual(q=float('inf'))": 1 / float(w.max()),
        "score_K(sparse identity)": 50.0,
        "score_X(rows of length 2, normalize=False)": "undefined",
        "intdiv_X": 1 - float(k.mean()),
        "ngram_vendi_score": float(np.exp(-(w3[w3 > 0] * np.log(w3[w3 > 0])).sum())),
    }


def theirs_rke(n: int, d: int) -> Callable[[], Any]:
    from rke_score import RKE

    x = rows(n, d)
    rke = RKE(kernel_function=lambda a, b: float(a @ b))
    return lambda: 1 / float(rke.compute_rke_mc_frobenius_norm(x))


def ours_rke(n: int, d: int) -> Callable[[], Any]:
    from fullmenu import measures

    x = rows(n, d)
    return lambda: measures.vendi(x, 2).value


def main() -> int:
    from table import Table

    from .bench import environment, ours, theirs

    missed = 0

    def judged(what: str, measured: str, target: str, reached: bool) -> None:
        nonlocal missed
        missed += not reached
        table.add(what, measured, target, reached)

    table = Table("vendi-score 0.0.3, rke-score 0.0.7")
    try:
        environment("vendi", REQUIREMENTS)
    except Exception as error:
        print(f"not run: {', '.join(REQUIREMENTS)} cannot be installed here ({error})")
        return 0

    a, b = (side("vendi", "published").value for side in (ours, theirs))
    off = max(abs(u - v) for u, v in zip(a, b, strict=True))
    judged("score_K on the README's kernel, q = 0, .5, 1, 2, inf: difference", f"{off:.1e}",
           "≤ 1e-9", off <= 1e-9)  # fmt: skip
    off = max(abs(u - v) for u, v in zip(a, PUBLISHED.values(), strict=True))
    judged("the README's printed values: difference", f"{off:.1e}", "≤ 5e-7", off <= 5e-7 + 1e-9)
    for size in ({"n": 1_000, "d": 384}, {"n": 200, "d": 384}):
        a, b = (side("vendi", "values", repeat=1, **size).value for side in (ours, theirs))
        for name in a:
            off = max(abs(u / v - 1) for u, v in zip(a[name], b[name], strict=True))
            what = f"{name}, n = {size['n']}, q = 1, 2, inf: relative difference"
            judged(what, f"{off:.1e}", "≤ 1e-9", off <= 1e-9)

    a, b, truth = ours("vendi", "faults").value, theirs("vendi", "faults").value, _truth()
    for name, value in truth.items():
        same = a[name] == value if isinstance(value, float) else "BadInput" in a[name]
        same = same or (isinstance(value, float) and abs(a[name] / value - 1) < 1e-9)
        judged(f"fault: {name}", f"theirs {_said(b[name])}, ours {_said(a[name])}",
               f"true {_said(value)}", same)  # fmt: skip

    slow = theirs("vendi", "score_x", **LARGE)
    runs: dict[str, Any] = {}
    for _ in range(2):  # by turns: the machine may be busy with something else for a while
        for name, side, case, more in (
            ("dual", theirs, "score_dual", {}),
            ("ours", ours, "vendi", {}),
            ("unit dual", theirs, "score_dual", {"normalize": False}),
            ("value only", ours, "value_only", {}),
        ):
            run = side("vendi", case, repeat=15, **LARGE, **more)
            runs[name] = min(runs.get(name, run), run, key=lambda r: r.seconds)
    mine = runs["ours"]
    ratio = slow.seconds / mine.seconds
    judged("score_X, n = 5000, d = 384, against ours with interval",
           f"{slow.seconds:.1f} s / {1e3 * mine.seconds:.0f} ms = {ratio:.0f}×; "
           f"{slow.megabytes:.0f} / {mine.megabytes:.0f} MB", "≥ 40×", ratio >= 40)  # fmt: skip
    ratio = mine.seconds / runs["dual"].seconds
    judged("ours with interval against score_dual, the same rows", _ratio(mine, runs["dual"]),
           "≤ 1.2×", ratio <= 1.2)  # fmt: skip
    table.add("  the same, theirs without normalising", _ratio(mine, runs["unit dual"]))
    table.add(
        "  ours without interval against score_dual", _ratio(runs["value only"], runs["dual"])
    )

    a, b = ours("vendi", "rke", n=300, d=384), theirs("vendi", "rke", n=300, d=384)
    off = abs(a.value / b.value - 1)
    judged("RKE (order 2) by all pairs, n = 300: relative difference", f"{off:.1e}", "≤ 1e-9",
           off <= 1e-9)  # fmt: skip
    table.add("  the same, ours with interval", _ratio(a, b))
    table.show()
    return missed


def _ratio(a: Any, b: Any) -> str:
    return f"{1e3 * a.seconds:.1f} / {1e3 * b.seconds:.1f} ms = {a.seconds / b.seconds:.2f}×"


def _said(x: Any) -> str:
    return f"{x:.9g}" if isinstance(x, float) else str(x)
