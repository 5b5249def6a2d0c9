"""The laws that every measure keeps, each a function of a measure and its kind of input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from fullmenu import measures
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import Measure
from fullmenu.testing.hostile import cases, fault
from fullmenu.testing.kinds import Kind, N

SEEDS = (0, 1, 2, 3, 5, 8, 2_024, 2**32 - 1)
"""Samples that a law is tried on."""


class Law(NamedTuple):
    """A law by name, in a sentence, and with a check that raises ``AssertionError``.

    Some laws apply to one kind of input only, or to measures that rise or fall with variety.
    """

    name: str
    says: str
    check: Callable[[Measure, Kind], None]
    applies: Callable[[Measure, Kind], bool]


LAWS: dict[str, Law] = {}
"""Every law, by name."""

Check = Callable[[Measure, Kind], None]


def _always(m: Measure, kind: Kind) -> bool:
    return True


def _directed(m: Measure, kind: Kind) -> bool:
    return m.rises is not None


def law(applies: Callable[[Measure, Kind], bool] = _always) -> Callable[[Check], Check]:
    """Make a law of a function: its name, and its docstring's first line for what it says."""

    def register(check: Check) -> Check:
        says = (check.__doc__ or "").partition("\n")[0].rstrip(".")
        LAWS[check.__name__] = Law(check.__name__, says, check, applies)
        return check

    return register


def call(m: Measure, kind: Kind, x: Any, seed: int = 0, /, **parameters: Any) -> Estimate:
    """Call a measure; one that judges against a reference gets another sample of the same."""
    needs = kind.needs.get(m.name)
    extra = needs(seed, N) if needs else {}
    second = {"reference": kind.sample(seed + 1, N)} if m.against else {}
    return m.function(x, **{**second, **extra, **parameters})


def hold(kept: Any, otherwise: str) -> None:
    """Raise an ``AssertionError`` that says what was seen instead."""
    if not kept:
        raise AssertionError(otherwise)


def near(a: float | None, b: float | None, rel: float, least: float) -> bool:
    """Whether two numbers, or two open bounds, are the same up to rounding."""
    if a is None or b is None:
        return a is b
    return abs(a - b) <= max(rel * abs(b), least)


def checked(e: Estimate) -> Estimate:
    """Check what holds for every estimate: finite, inside its own interval, and named."""
    hold(np.isfinite(e.value), f"the value is {e.value}")
    hold(e.low is None or e.low <= e.value, f"{e.value} lies below its interval from {e.low}")
    hold(e.high is None or e.value <= e.high, f"{e.value} lies above its interval to {e.high}")
    hold(e.n >= 2, f"the estimate rests on n={e.n}")
    hold(e.unit and e.method, f"unit {e.unit!r} and method {e.method!r} must both say something")
    return e


def number_or_no(m: Measure, kind: Kind, x: Any, **parameters: Any) -> None:
    """Call a measure with whichever of the parameters it has: a number, or ``NotEnoughData``."""
    try:
        checked(call(m, kind, x, **{k: v for k, v in parameters.items() if k in m.parameters}))
    except NotEnoughData as error:
        hold(str(error) and "\n" not in str(error), f"the error says {str(error)!r}, not one line")


def _variety(m: Measure, e: Estimate) -> float:
    return e.value if m.rises else -e.value


@law()
def documented(m: Measure, kind: Kind) -> None:
    """It has a summary, a unit, a source, and a docstring with every section."""
    hold(getattr(measures, m.name) is m.function, f"fm.measures.{m.name} is another function")
    hold(m.summary and m.unit and m.paper, "summary, unit and paper must all say something")
    document = m.function.__doc__ or ""
    for part in ("Parameters\n", "Raises\n", "Notes\n", "Examples\n", "NotEnoughData"):
        hold(part in document, f"the docstring says nothing under {part.strip()}")
    first = m.parameters[0]
    hold(first == m.takes, f"the first parameter is {first!r}, and the measure takes {m.takes!r}")


@law()
def order(m: Measure, kind: Kind) -> None:
    """The order of rows does not matter."""
    for seed in SEEDS:
        x = kind.sample(seed, N)
        rng = np.random.default_rng(seed)
        shuffled = rng.permutation(len(x))
        moved = {}
        if m.against:  # counts and their reference are of the same dishes, in the same order
            y = kind.sample(seed + 1, N)
            same = m.takes == "counts"
            moved["reference"] = kind.take(y, shuffled if same else rng.permutation(len(y)))
        variants: list[Mapping[str, Any]] = [{}]
        if "groups" in m.parameters:
            variants.append({"groups": kind.other["groups"]})
        for groups in variants:
            a = checked(call(m, kind, x, seed, **groups))
            there = {k: v[shuffled] for k, v in groups.items()}
            b = checked(call(m, kind, kind.take(x, shuffled), seed, **there, **moved))
            kept = near(b.value, a.value, 1e-9, 1e-12)
            for one, other in ((b.low, a.low), (b.high, a.high)):
                kept = kept and near(one, other, 1e-6, 1e-9)
            hold(kept, f"{_shown(m, seed)} gives {_full(a)}, its rows in another order {_full(b)}")


@law(_directed)
def duplication(m: Measure, kind: Kind) -> None:
    """Duplicating the whole sample does not raise variety."""
    for seed in SEEDS:
        x = kind.sample(seed, N)
        once, two = call(m, kind, x, seed), call(m, kind, kind.twice(x), seed)
        slack = kind.slack.get(m.name, 1e-9) * abs(once.value) + 1e-12
        hold(
            _variety(m, two) <= _variety(m, once) + slack,
            f"{_shown(m, seed)} gives {once.value:g}, twice over {two.value:g}: more varied",
        )


@law(lambda m, kind: m.name in kind.unbiased)
def pairs(m: Measure, kind: Kind) -> None:
    """Duplicating the sample moves a mean over pairs by exactly U′ = U + (1 − U)/(2n − 1).

    Of 2n rows each has one partner that is its copy.
    """
    for seed in SEEDS:
        x = kind.sample(seed, N)
        n = kind.servings(x)
        once, two = (
            kind.unbiased[m.name](call(m, kind, s, seed).value) for s in (x, kind.twice(x))
        )
        due = once + (1 - once) / (2 * n - 1)
        hold(
            near(two, due, 1e-9, 1e-12),
            f"the mean over pairs of {_shown(m, seed)} is {once:.9g}, twice over {two:.9g}, and "
            f"should be {due:.9g}",
        )


@law(_directed)
def collapse(m: Measure, kind: Kind) -> None:
    """A sample of which 70 % fell on one of its own dishes scores less varied."""
    for seed in SEEDS:
        x = kind.sample(seed, N)
        fallen = kind.collapsed(x, np.random.default_rng(seed))
        before, after = call(m, kind, x, seed), checked(call(m, kind, fallen, seed))
        hold(
            _variety(m, after) < _variety(m, before),
            f"{_shown(m, seed)} gives {before.value:g}, and with 70 % of it one dish "
            f"{after.value:g}: no less varied, where rises={m.rises}",
        )


@law()
def parameters(m: Measure, kind: Kind) -> None:
    """Every parameter changes something."""
    for name in m.parameters[2 if m.against else 1 :]:
        known = (m.name, name) if (m.name, name) in kind.other else name
        hold(known in kind.other, f"{name!r} is a new parameter: give another value, other={{…}}")
        context = kind.alone.get((m.name, name), {})
        x = kind.sample(3, 1_200 if (m.name, name) in kind.large else N)
        plain = call(m, kind, x, 3, **context)
        other = call(m, kind, x, 3, **{**context, name: kind.other[known]})
        hold(
            (plain.value, plain.low, plain.high) != (other.value, other.low, other.high),
            f"{name}={kind.other[known]!r} changes nothing: {_full(plain)}",
        )


@law()
def seed(m: Measure, kind: Kind) -> None:
    """The same seed gives the same number."""
    x = kind.sample(4, N)
    for given in ({}, {"seed": 9}) if "seed" in m.parameters else ({},):
        one, again = call(m, kind, x, **given), call(m, kind, x, **given)
        hold(one == again, f"{_shown(m, 4)} gives {_full(one)}, and then {_full(again)}")


@law()
def few(m: Measure, kind: Kind) -> None:
    """Too few rows raise NotEnoughData, in one line."""
    for n in (0, 1):
        x = kind.few(n)
        try:
            found = call(m, kind, x)
        except NotEnoughData as error:
            hold("\n" not in str(error), f"{m.takes}={x!r}: the error is of several lines")
        else:
            raise AssertionError(f"{m.takes}={x!r} gives {found.value:g}, not NotEnoughData")


@law()
def level(m: Measure, kind: Kind) -> None:
    """The interval is wider at a higher level, and says at which level it is."""
    x = kind.sample(5, N)
    a, b = (call(m, kind, x, 5, level=level) for level in (0.8, 0.99))
    hold(a.low is not None or a.high is not None, f"{_shown(m, 5)} has no interval at level=0.8")
    low = b.low is None or (a.low is not None and b.low <= a.low)
    high = b.high is None or (a.high is not None and a.high <= b.high)
    hold(low and high, f"{_shown(m, 5)}: {_full(a)} at level=0.8, {_full(b)} at 0.99")
    hold((a.level, b.level) == (0.8, 0.99), f"estimates at 0.8 and 0.99 say {a.level}, {b.level}")


@law()
def extremes(m: Measure, kind: Kind) -> None:
    """All the same or all different give a number or NotEnoughData."""
    same = kind.take(kind.sample(6, N), [0] * N)
    for x in (same, *kind.extremes):
        for n in (2, 3, len(x)):
            number_or_no(m, kind, kind.take(x, range(min(n, len(x)))))


@law(lambda m, kind: m.takes == "features")
def columns(m: Measure, kind: Kind) -> None:
    """Wide sparse rows read as the same rows in few columns."""
    from scipy.sparse import csr_matrix

    def scattered(x: Any) -> Any:
        row, column = np.nonzero(x)
        places = np.random.default_rng(0).choice(1 << 20, x.shape[1], replace=False)
        return csr_matrix((x[row, column], (row, places[column])), (len(x), 1 << 20))

    x = kind.sample(8, N)
    y = {"reference": kind.sample(9, N)} if m.against else {}
    narrow = call(m, kind, x, **y)
    try:
        wide = call(m, kind, scattered(x), **{k: scattered(v) for k, v in y.items()})
    except BadInput as error:
        hold("columns" in str(error), f"wide sparse rows are refused without a reason: {error}")
        return
    hold(
        m.name in kind.columns or near(wide.value, narrow.value, 1e-6, 1e-9),
        f"{_shown(m, 8)} gives {narrow.value:.9g}, in 2^20 sparse columns {wide.value:.9g}",
    )


ODD = (
    "", " ", "a", "'", "🦓", "👩‍👩‍👧‍👦", "\x00", "\ud800", "a\udfffb", "مرحبا بالعالم", "שלום עולם",
    "狗狗狗", "e\u0301", "İSTANBUL", "ΟΔΟΣ", "\u2028\n\r\t", "don't 'quote'",
)  # fmt: skip
"""Texts that real outputs hold, and that a tokenizer trips over."""


def _odd_texts(n: int) -> Iterator[list[str]]:
    """Lists of up to 8 texts: odd ones, and up to 40 characters of any kind, surrogates too."""
    rng = np.random.default_rng(0)
    for _ in range(n):
        yield [
            str(rng.choice(np.array(ODD, object)))
            if rng.random() < 0.5
            else "".join(chr(c) for c in rng.integers(0, rng.choice([128, 0x3000, 0x110000]), size))
            for size in rng.integers(0, 41, rng.integers(0, 9))
        ]


HOSTILE = 11
"""One in so many hostile calls is made; ``benchmarks/hostile.py`` makes all."""


@law()
def hostile(m: Measure, kind: Kind) -> None:
    """Hostile arguments give a number, or an error of Fullmenu's in one line."""
    for case in islice(cases(m, kind), len(m.name) % HOSTILE, None, HOSTILE):
        wrong = fault(m, case)
        hold(wrong is None, f"{case.parameter} = {case.what}: {wrong}")


@law(lambda m, kind: m.takes == "texts")
def odd_texts(m: Measure, kind: Kind) -> None:
    """Odd texts give a number or NotEnoughData."""
    for x in [[t] for t in ODD] + [[t, t] for t in ODD] + list(_odd_texts(60)):
        try:
            number_or_no(m, kind, x)
            number_or_no(m, kind, x, words=1, block=64)
            number_or_no(m, kind, x, words=2, block=64, groups=np.arange(len(x)) // 2)
            if m.against:
                number_or_no(m, kind, kind.sample(0, N), reference=x)
        except Exception as error:
            raise AssertionError(f"texts={x!r}: {type(error).__name__}: {error}") from error


@law(lambda m, kind: m.takes == "texts")
def long_texts(m: Measure, kind: Kind) -> None:
    """A text of a megabyte gives a number or NotEnoughData."""
    for long in ("a" * 1_000_000, "word " * 200_000, "狗" * 300_000, "\ud800" * 500_000):
        number_or_no(m, kind, [long, "a short one", long, "and another one"], block=64)


def _any_counts(n: int) -> Iterator[tuple[list[int], float, bool]]:
    """Counts of up to 12 dishes, few or up to 10⁹ of each; an order, and whether it is a limit."""
    rng = np.random.default_rng(0)
    for _ in range(n):
        most = np.where(rng.random(rng.integers(0, 13)) < 0.5, 5, 10**9)
        order = rng.choice([0, 0.5, 1, 2, 3, 100, np.inf])
        yield rng.integers(0, most).tolist(), float(order), bool(rng.random() < 0.5)


@law(lambda m, kind: m.takes == "counts")
def any_counts(m: Measure, kind: Kind) -> None:
    """Any counts give a number or NotEnoughData."""
    for x, order, asymptotic in _any_counts(60):
        extra = {"reference": x[::-1]} if m.against else {}
        seen = f"counts={x}, order={order}, asymptotic={asymptotic}"
        try:
            number_or_no(m, kind, x, order=order, asymptotic=asymptotic, k=2, **extra)
        except BadInput as error:
            limited = asymptotic and (order == 0.5 or np.isinf(order))
            hold(limited, f"{seen}: BadInput: {error}")
        except AssertionError as error:
            raise AssertionError(f"{seen}: {error}") from None


def chosen(m: Measure, kind: Kind, names: Iterable[str]) -> list[Law]:
    """Return those of the laws that are laws for a measure."""
    return [LAWS[name] for name in names if LAWS[name].applies(m, kind)]


def _shown(m: Measure, seed: int) -> str:
    return f"sample({m.takes!r}, seed={seed})"


def _full(e: Estimate) -> str:
    return f"{e.value:.9g} [{e.low}, {e.high}]"
