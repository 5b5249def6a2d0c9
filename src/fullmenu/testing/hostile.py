"""Hostile arguments: what no measure can mean, and must refuse in one line or take as it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from fullmenu.errors import FullmenuError
from fullmenu.measures.registry import Measure
from fullmenu.testing.kinds import Kind, N

LONGEST = 1_500
"""Characters of an error."""


class Attempt(NamedTuple):
    """A call of a measure with one hostile argument: which, and all arguments by name."""

    parameter: str
    what: str
    arguments: Mapping[str, Any]


def nested(depth: int) -> list[Any]:
    """Return a list in a list in a list …"""
    out: list[Any] = []
    for _ in range(depth):
        out = [out]
    return out


def _own_tail() -> list[Any]:
    out: list[Any] = [1]
    out.append(out)
    return out


_PLAIN: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3.5, 1e300, 1e-300, float("nan"), float("inf"), -float("inf"),
    2**63, 10**9, 10**30, "abc", "", "3", "\ud800", b"abc", 1j, [], [[]], (), {}, {"a": 1},
    {1, 2}, range(5), range(10**9), date(2026, 1, 1), Decimal("NaN"), Fraction(1, 3), Ellipsis,
    [None], [float("nan")] * 3, ["a", 1], [1, "a", None], ["a", ["b"]], [[1], [2, 3]], [1j, 2],
    [10**400, 1], ["1", "2"], [b"a", b"b"], [True, False], [-1, 2, 3], [0.5, 1.5], [{}, {}],
)  # fmt: skip

VALUES: dict[str, Callable[[], Any]] = {repr(x): partial(deepcopy, x) for x in _PLAIN}
VALUES |= {
    "a number of 5,001 digits": lambda: 10**5_000,
    "an object": object,
    "a class": lambda: dict,
    "a function": lambda: len,
    "a list 100,000 deep": lambda: nested(100_000),
    "a list that holds itself": _own_tail,
    "an empty generator": lambda: iter(()),
    "an endless generator": lambda: itertools.repeat("a"),
    "a 0-d array": lambda: np.array(3),
    "a masked array": lambda: np.ma.array([4, 3, 9], mask=[False, False, True]),
    "a masked matrix": lambda: np.ma.array(np.eye(N), mask=np.eye(N, dtype=bool)),
    "complex numbers": lambda: np.array([1 + 1j, 2, 3]),
    "complex rows": lambda: np.eye(N) * (1 + 0j),
    "an array of objects": lambda: np.array([object(), None, 3], object),
    "an array of strings": lambda: np.array(["a", "b", "c"]),
    "an array of dates": lambda: np.array(["2026-01-01"] * 3, "datetime64[D]"),
    "a record array": lambda: np.zeros(3, [("a", int), ("b", float)]),
    "a column without rows": lambda: np.zeros((0, 3)),
    "rows without columns": lambda: np.zeros((N, 0)),
    "rows of NaN": lambda: np.full((N, 4), np.nan),
    "rows of 1e300": lambda: np.full((N, 4), 1e300),
    "rows of 1e-300": lambda: np.full((N, 4), 1e-300),
    "zeros": lambda: np.zeros((N, 4)),
    "a cube": lambda: np.zeros((N, 2, 2)),
    "bytes": lambda: np.zeros((N, 4), np.uint8),
    "truths": lambda: np.eye(N, dtype=bool),
    "half precision": lambda: np.eye(N, dtype=np.float16),
    "huge counts": lambda: np.full(5, 1e300),
    "large counts": lambda: np.arange(1, 9) * 10**13,
    "unlike groups": lambda: [*range(N - 1), "a"],
    "missing groups": lambda: [*range(N - 1), None],
    "one group": lambda: [0] * N,
    "lists of mixed items": lambda: [[1, "a", None], ["b"], [2.5]] * 5,
    "lists of unhashable items": lambda: [[{}, []], [{}]] * 5,
    "logarithms of 0": lambda: [[-float("inf")] * 3] * N,
    "texts with one number": lambda: [*(["a b c d e f"] * (N - 1)), 3],
}
"""How to make each, anew for each call: some can be used once only."""


def cases(m: Measure, kind: Kind) -> Iterator[Attempt]:
    """Return the calls of a measure in which one argument is hostile, and the others are sane.

    Of somebody else's measure these are the parameters that ``@measure`` checks for it.
    """
    x = kind.sample(0, N)
    sane = {m.takes: x, **({"reference": kind.sample(1, N)} if m.against else {})}
    needs = kind.needs.get(m.name)
    sane |= needs(0, N) if needs else {}
    own = m.function.__module__.startswith("fullmenu.")
    parameters = m.parameters if own else [p for p in ("level", "seed") if p in m.parameters]
    for what, make in VALUES.items():
        for parameter in parameters:
            yield Attempt(parameter, what, {**sane, parameter: make()})
        if own and isinstance(x, list):
            yield Attempt(m.takes, f"{what} among the rows", {**sane, m.takes: [make(), *x[1:]]})
            if x and isinstance(x[0], list):
                first = [make(), *x[0][1:]]
                yield Attempt(m.takes, f"{what} in a row", {**sane, m.takes: [first, *x[1:]]})


def fault(m: Measure, case: Attempt) -> str | None:
    """Return what is wrong with the answer to a case, or ``None``."""
    try:
        e = m.function(**case.arguments)
    except FullmenuError as error:
        said = str(error)
        good = said and "\n" not in said and len(said) <= LONGEST
        return None if good else f"the error says {said[:200]!r}, not one line"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    ends = (e.low is None or e.low <= e.value) and (e.high is None or e.value <= e.high)
    return None if ends and np.isfinite(e.value) else f"{e} is no estimate"
