"""Every registered measure keeps every law: being registered means being tested."""

from __future__ import annotations

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

from . import of_counts, of_features, of_lists, of_logprobs, of_texts
from .kind import Kind, N

KINDS: dict[str, Kind] = {
    "counts": of_counts.KIND,
    "features": of_features.KIND,
    "lists": of_lists.KIND,
    "logprobs": of_logprobs.KIND,
    "texts": of_texts.KIND,
}


def over(keep: Callable[[Measure], bool]) -> pytest.MarkDecorator:
    """Walk over the registered measures of some kind."""
    kept = [m for m in measures.all_measures().values() if keep(m)]
    return pytest.mark.parametrize("m", kept, ids=lambda m: m.name)


every = over(lambda m: True)
directed = over(lambda m: m.rises is not None)
of_pairs = over(lambda m: m.name in KINDS[m.takes].unbiased)
takes_texts = over(lambda m: m.takes == "texts")
takes_counts = over(lambda m: m.takes == "counts")

some = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
seeds = st.integers(0, 2**32 - 1)


def sample(m: Measure, seed: int, n: int = N) -> Any:
    """Make a varied sample with some repeats."""
    return KINDS[m.takes].sample(seed, n)


def call(m: Measure, x: Any, draw: int = 0, /, **parameters: Any) -> Estimate:
    """Call a measure; one that judges against a reference gets another sample of the same."""
    needs = KINDS[m.takes].needs.get(m.name)
    extra = needs(draw, N) if needs else {}
    if m.against:
        extra.setdefault("reference", sample(m, draw + 1))
    return m.function(x, **{**extra, **parameters})


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
    assert kinds == set(KINDS)


@every
def test_is_documented_and_public(m: Measure) -> None:
    assert getattr(measures, m.name) is m.function
    assert m.summary and m.unit and m.paper
    document = m.function.__doc__ or ""
    for part in ("Parameters\n", "Raises\n", "Notes\n", "Examples\n", "NotEnoughData"):
        assert part in document, f"{m.name} says nothing under {part.strip()}"
    assert m.parameters[0] == m.takes


@every
@some
@given(seed=seeds)
def test_order_of_rows_does_not_matter(m: Measure, seed: int) -> None:
    kind, x = KINDS[m.takes], sample(m, seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    moved: dict[str, Any] = {}
    if m.against:  # counts and their reference are of the same dishes, in the same order
        y = sample(m, seed + 1)
        moved["reference"] = kind.take(y, order if m.takes == "counts" else rng.permutation(len(y)))
    variants: list[dict[str, Any]] = [{}]
    if "groups" in m.parameters:
        variants.append({"groups": kind.other["groups"]})
    for groups in variants:
        a = checked(call(m, x, seed, **groups))
        there = {k: v[order] for k, v in groups.items()}
        b = checked(call(m, kind.take(x, order), seed, **there, **moved))
        assert b.value == pytest.approx(a.value, rel=1e-9, abs=1e-12)
        assert (b.low, b.high) == pytest.approx((a.low, a.high), rel=1e-6, abs=1e-9)


@directed
@some
@given(seed=seeds)
def test_duplicating_the_sample_does_not_raise_variety(m: Measure, seed: int) -> None:
    kind, x = KINDS[m.takes], sample(m, seed)
    once, two = call(m, x, seed), call(m, kind.twice(x), seed)
    slack = kind.slack.get(m.name, 1e-9) * abs(once.value) + 1e-12
    assert variety(m, two) <= variety(m, once) + slack


@of_pairs
@some
@given(seed=seeds)
def test_duplicating_moves_a_mean_over_pairs_by_exactly_this(m: Measure, seed: int) -> None:
    """Of 2n rows each has one partner that is its copy: U′ = U + (1 − U)/(2n − 1)."""
    kind, x = KINDS[m.takes], sample(m, seed)
    n = kind.servings(x)
    once, two = (kind.unbiased[m.name](call(m, s, seed).value) for s in (x, kind.twice(x)))
    assert two == pytest.approx(once + (1 - once) / (2 * n - 1), rel=1e-9)


@directed
@some
@given(seed=seeds)
def test_a_planted_collapse_scores_less_varied(m: Measure, seed: int) -> None:
    x = sample(m, seed)
    fallen = KINDS[m.takes].collapsed(x, np.random.default_rng(seed))
    after = checked(call(m, fallen, seed))
    assert variety(m, after) < variety(m, call(m, x, seed))


@every
def test_every_parameter_changes_something(m: Measure) -> None:
    kind = KINDS[m.takes]
    for name in m.parameters[2 if m.against else 1 :]:
        known = (m.name, name) if (m.name, name) in kind.other else name
        assert known in kind.other, f"{m.name} has a new parameter {name!r}: give it another value"
        context = kind.alone.get((m.name, name), {})
        x = sample(m, 3, 1_200 if (m.name, name) in kind.large else N)
        plain = call(m, x, 3, **context)
        other = call(m, x, 3, **{**context, name: kind.other[known]})
        assert (plain.value, plain.low, plain.high) != (other.value, other.low, other.high), name


@every
def test_same_seed_same_number(m: Measure) -> None:
    x = sample(m, 4)
    assert call(m, x) == call(m, x)
    if "seed" in m.parameters:
        assert call(m, x, seed=9) == call(m, x, seed=9)


@every
@pytest.mark.parametrize("n", [0, 1])
def test_too_few_rows_say_so(m: Measure, n: int) -> None:
    with pytest.raises(NotEnoughData) as error:
        call(m, KINDS[m.takes].few(n))
    assert "\n" not in str(error.value)


@every
def test_wider_at_a_higher_level(m: Measure) -> None:
    a, b = (call(m, sample(m, 5), 5, level=level) for level in (0.8, 0.99))
    assert a.low is not None or a.high is not None
    assert b.low is None or (a.low is not None and b.low <= a.low)
    assert b.high is None or (a.high is not None and a.high <= b.high)
    assert (a.level, b.level) == (0.8, 0.99)


@every
def test_all_the_same_or_all_different_give_a_number_or_not_enough(m: Measure) -> None:
    kind = KINDS[m.takes]
    same = kind.take(sample(m, 6), [0] * N)
    for x in (same, *kind.extremes):
        for n in (2, 3, len(x)):
            number_or_no(m, kind.take(x, range(min(n, len(x)))))


takes_features = over(lambda m: m.takes == "features")


@takes_features
def test_wide_sparse_rows_read_as_the_same_rows_in_few_columns(m: Measure) -> None:
    from scipy.sparse import csr_matrix

    def scattered(x: Any) -> Any:
        row, column = np.nonzero(x)
        places = np.random.default_rng(0).choice(1 << 20, x.shape[1], replace=False)
        return csr_matrix((x[row, column], (row, places[column])), (len(x), 1 << 20))

    x = sample(m, 8)
    y = {"reference": sample(m, 9)} if m.against else {}
    narrow = call(m, x, **y)
    try:
        wide = call(m, scattered(x), **{k: scattered(v) for k, v in y.items()})
    except BadInput as error:
        assert "columns" in str(error)
        return
    if m.name not in KINDS["features"].columns:
        assert wide.value == pytest.approx(narrow.value, rel=1e-6, abs=1e-9)


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


def number_or_no(m: Measure, x: Any, **parameters: Any) -> None:
    """Call a measure with whichever of the parameters it has."""
    try:
        checked(call(m, x, **{k: v for k, v in parameters.items() if k in m.parameters}))
    except NotEnoughData as error:
        assert str(error) and "\n" not in str(error)


@takes_texts
@settings(some, max_examples=40)
@given(x=st.lists(text, max_size=8))
def test_odd_texts_give_a_number_or_not_enough(m: Measure, x: list[str]) -> None:
    number_or_no(m, x)
    number_or_no(m, x, words=1, block=64)
    number_or_no(m, x, words=2, block=64, groups=np.arange(len(x)) // 2)
    if m.against:
        number_or_no(m, sample(m, 0), reference=x)


@takes_texts
def test_a_line_of_a_megabyte(m: Measure) -> None:
    for long in ("a" * 1_000_000, "word " * 200_000, "狗" * 300_000, "\ud800" * 500_000):
        number_or_no(m, [long, "a short one", long, "and another one"], block=64)


@takes_counts
@settings(some, max_examples=60)
@given(
    x=st.lists(st.one_of(st.integers(0, 4), st.integers(0, 10**9)), max_size=12),
    order=st.sampled_from([0, 0.5, 1, 2, 3, 100, np.inf]),
    asymptotic=st.booleans(),
)
def test_any_counts_give_a_number_or_not_enough(
    m: Measure, x: list[int], order: float, asymptotic: bool
) -> None:
    extra = {"reference": x[::-1]} if m.against else {}
    try:
        number_or_no(m, x, order=order, asymptotic=asymptotic, k=2, **extra)
    except BadInput:
        assert asymptotic and (order == 0.5 or np.isinf(order))
