"""Every registered measure keeps every law: being registered means being tested."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fullmenu import measures
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import Measure

N = 48
"""Rows of a sample: enough for every measure's defaults."""

UNBIASED: dict[str, Callable[[float], float]] = {
    "repeat_rate": lambda v: v,
    "repeated_phrases": lambda v: v,
    "openings": lambda v: 1 / v,
    "hill": lambda v: 1 / v,
}
"""Means over pairs of different rows, and how to read the mean off the value."""

SHUFFLED = {"compression_ratio": 0.03}
"""Measures that look at a random part, and by how much that may move the value."""

OTHER: dict[str, Any] = {
    "n": 3,
    "k": 1,
    "words": 2,
    "block": 2_048,
    "order": 1.0,
    "asymptotic": False,
    "level": 0.8,
    "seed": 5,
    "groups": np.arange(N) // 4,
    "route": "pairs",
}
"""Another value than the default for each parameter that a measure may have."""

ALONE: dict[tuple[str, str], dict[str, Any]] = {("repeat_rate", "seed"): {"route": "pairs"}}
"""What else must be given for a parameter to have a say."""

LARGE = {("repeat_rate", "route"), ("repeat_rate", "seed")}
"""Parameters of routes for large samples only."""


def over(keep: Callable[[Measure], bool]) -> pytest.MarkDecorator:
    """Walk over the registered measures of some kind."""
    kept = [m for m in measures.all_measures().values() if keep(m)]
    return pytest.mark.parametrize("m", kept, ids=lambda m: m.name)


every = over(lambda m: True)
directed = over(lambda m: m.rises is not None)
of_pairs = over(lambda m: m.name in UNBIASED)
of_texts = over(lambda m: m.takes == "texts")
of_counts = over(lambda m: m.takes == "counts")

some = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
seeds = st.integers(0, 2**32 - 1)


def sample(m: Measure, seed: int, n: int = N) -> Any:
    """Make a varied sample with some repeats: n rows or texts, or counts of about 3n servings."""
    rng = np.random.default_rng(seed)
    if m.takes == "features":
        centres = np.eye(16)[rng.integers(0, 12, n)]
        x = centres + 0.2 * rng.normal(size=(n, 16))
        return x / np.linalg.norm(x, axis=1, keepdims=True)
    if m.takes == "counts":
        p = 0.9 ** np.arange(40)
        return np.maximum(rng.multinomial(3 * n, p / p.sum()), np.repeat([2, 0], [3, 37]))
    p = 1 / np.arange(1, 601)
    starts = ["once upon a time", "once upon the hill", "sure here is one", "", "dear reader you"]
    ends = ["i hope this helps you", "the end of it all", "", ""]
    return [
        " ".join(
            [
                starts[rng.integers(5)],
                *(f"word{i}" for i in rng.choice(600, rng.integers(40, 80), p=p / p.sum())),
                ends[rng.integers(4)],
            ]
        )
        for _ in range(n)
    ]


def rows_of(x: Any, order: Any) -> Any:
    return [x[i] for i in order] if isinstance(x, list) else x[order]


def twice(m: Measure, x: Any) -> Any:
    return 2 * x if m.takes == "counts" else x + x if m.takes == "texts" else np.concatenate([x, x])


def collapsed(m: Measure, x: Any, rng: np.random.Generator) -> Any:
    """Replace 70 % of the rows by one of the sample's own dishes."""
    if m.takes == "counts":
        moved = np.floor(0.7 * x).astype(x.dtype)
        y = x - moved
        y[int(np.argmax(x))] += moved.sum()
        return y
    order = np.where(
        rng.permutation(len(x)) < 0.7 * len(x), rng.integers(len(x)), np.arange(len(x))
    )
    return rows_of(x, order)


def variety(m: Measure, e: Estimate) -> float:
    return e.value if m.rises else -e.value


def checked(e: Estimate) -> Estimate:
    """Check what holds for every estimate: finite, inside its own interval, and named."""
    assert np.isfinite(e.value)
    assert e.low is None or e.low <= e.value
    assert e.high is None or e.value <= e.high
    assert e.n >= 2 and e.unit and e.method
    return e


def test_there_are_measures_of_each_kind() -> None:
    kinds = {m.takes for m in measures.all_measures().values()}
    assert kinds == {"features", "texts", "counts"}


@every
def test_is_documented_and_public(m: Measure) -> None:
    assert getattr(measures, m.name) is m.function
    assert m.summary and m.unit and m.paper
    document = m.function.__doc__ or ""
    for part in ("Parameters\n", "Raises\n", "Notes\n", "Examples\n", "NotEnoughData"):
        assert part in document, f"{m.name} says nothing under {part.strip()}"
    assert next(iter(inspect.signature(m.function).parameters)) == m.takes


@every
@some
@given(seed=seeds)
def test_order_of_rows_does_not_matter(m: Measure, seed: int) -> None:
    x = sample(m, seed)
    order = np.random.default_rng(seed).permutation(len(x))
    variants: list[dict[str, Any]] = [{}]
    if "groups" in inspect.signature(m.function).parameters:
        variants.append({"groups": OTHER["groups"]})
    for given_groups in variants:
        a = checked(m.function(x, **given_groups))
        b = checked(m.function(rows_of(x, order), **{k: v[order] for k, v in given_groups.items()}))
        assert b.value == pytest.approx(a.value, rel=1e-9, abs=1e-12)
        assert (b.low, b.high) == pytest.approx((a.low, a.high), rel=1e-6, abs=1e-9)


@directed
@some
@given(seed=seeds)
def test_duplicating_the_sample_does_not_raise_variety(m: Measure, seed: int) -> None:
    x = sample(m, seed)
    once, two = m.function(x), m.function(twice(m, x))
    slack = SHUFFLED.get(m.name, 1e-9) * abs(once.value)
    assert variety(m, two) <= variety(m, once) + slack


@of_pairs
@some
@given(seed=seeds)
def test_duplicating_moves_a_mean_over_pairs_by_exactly_this(m: Measure, seed: int) -> None:
    """Of 2n rows each has one partner that is its copy: U′ = U + (1 − U)/(2n − 1)."""
    x = sample(m, seed)
    n = int(x.sum()) if m.takes == "counts" else len(x)
    once, two = (UNBIASED[m.name](m.function(s).value) for s in (x, twice(m, x)))
    assert two == pytest.approx(once + (1 - once) / (2 * n - 1), rel=1e-9)


@directed
@some
@given(seed=seeds)
def test_a_planted_collapse_scores_less_varied(m: Measure, seed: int) -> None:
    x = sample(m, seed)
    after = m.function(collapsed(m, x, np.random.default_rng(seed)))
    assert variety(m, checked(after)) < variety(m, m.function(x))


@every
def test_every_parameter_changes_something(m: Measure) -> None:
    for name in list(inspect.signature(m.function).parameters)[1:]:
        assert name in OTHER, f"{m.name} has a new parameter {name!r}: give the laws a value for it"
        context = ALONE.get((m.name, name), {})
        x = sample(m, 3, 1_200 if (m.name, name) in LARGE else N)
        plain = m.function(x, **context)
        other = m.function(x, **{**context, name: OTHER[name]})
        assert (plain.value, plain.low, plain.high) != (other.value, other.low, other.high), name


@every
def test_same_seed_same_number(m: Measure) -> None:
    x = sample(m, 4)
    assert m.function(x) == m.function(x)
    if "seed" in inspect.signature(m.function).parameters:
        assert m.function(x, seed=9) == m.function(x, seed=9)


@every
@pytest.mark.parametrize("n", [0, 1])
def test_too_few_rows_say_so(m: Measure, n: int) -> None:
    x: Any = {"features": np.eye(3)[:n], "texts": ["one two three"][:n], "counts": [1][:n]}[m.takes]
    with pytest.raises(NotEnoughData) as error:
        m.function(x)
    assert "\n" not in str(error.value)


@every
def test_wider_at_a_higher_level(m: Measure) -> None:
    a, b = (m.function(sample(m, 5), level=level) for level in (0.8, 0.99))
    assert a.low is not None and a.high is not None
    assert b.low is not None and b.high is not None
    assert b.low <= a.low <= a.high <= b.high
    assert (a.level, b.level) == (0.8, 0.99)


ODD = [
    "",
    " ",
    "a",
    "'",
    "🦓",
    "👩‍👩‍👧‍👦",
    "\x00",
    "\ud800",
    "a\udfffb",
    "مرحبا بالعالم",
    "שלום עולם",
    "狗狗狗",
    "e\u0301",
    "İSTANBUL",
    "ΟΔΟΣ",
    "\u2028\n\r\t",
    "don't 'quote'",
]
text = st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=()), max_size=40))


def number_or_no(m: Measure, x: list[str], **parameters: Any) -> None:
    known = inspect.signature(m.function).parameters
    try:
        checked(m.function(x, **{k: v for k, v in parameters.items() if k in known}))
    except NotEnoughData as error:
        assert str(error)


@of_texts
@settings(some, max_examples=40)
@given(x=st.lists(text, max_size=8))
def test_odd_texts_give_a_number_or_not_enough(m: Measure, x: list[str]) -> None:
    number_or_no(m, x)
    number_or_no(m, x, words=1, block=64)
    number_or_no(m, x, words=2, block=64, groups=np.arange(len(x)) // 2)


@of_texts
def test_a_line_of_a_megabyte(m: Measure) -> None:
    for long in ("a" * 1_000_000, "word " * 200_000, "狗" * 300_000, "\ud800" * 500_000):
        number_or_no(m, [long, "a short one", long, "and another one"], block=64)


@of_counts
@settings(some, max_examples=60)
@given(
    x=st.lists(st.one_of(st.integers(0, 4), st.integers(0, 10**9)), max_size=12),
    order=st.sampled_from([0, 0.5, 1, 2, 3, 100, np.inf]),
    asymptotic=st.booleans(),
)
def test_any_counts_give_a_number_or_not_enough(
    m: Measure, x: list[int], order: float, asymptotic: bool
) -> None:
    parameters: dict[str, Any] = {"order": order, "asymptotic": asymptotic, "k": 2}
    known = inspect.signature(m.function).parameters
    try:
        checked(m.function(x, **{k: v for k, v in parameters.items() if k in known}))
    except NotEnoughData as error:
        assert str(error)
    except BadInput:
        assert asymptotic and (order == 0.5 or np.isinf(order))
