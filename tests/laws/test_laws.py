"""Every registered measure keeps every law: being registered means being tested."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu import measures
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.estimate import Estimate
from fullmenu.measures import registry
from fullmenu.testing import LAWS, check_measure, laws_of, sample
from fullmenu.testing.kinds import KINDS


@pytest.mark.parametrize(
    ("name", "law"), [(name, law) for name in measures.all_measures() for law in laws_of(name)]
)
def test_keeps_the_law(name: str, law: str) -> None:
    assert check_measure(name, laws=[law]) == [law]


def test_there_are_measures_of_each_kind() -> None:
    assert {m.takes for m in measures.all_measures().values()} == set(KINDS)


def share_of_b(texts, *, pick=1, level=0.95):
    """Share of the texts that start with b: a measure made for these tests."""
    if len(texts) < 2:
        raise NotEnoughData(f"two texts are needed, not {len(texts)}")
    value = float(np.mean([t[:pick] == "b" for t in texts]))
    half = 1 - (1 - level) / 2
    return Estimate(value, value - half, value + half, len(texts), "share", "none", level)


def faulty(change):
    """Register a measure with a fault, for one test."""

    def made(texts, *, level=0.95):
        return change(share_of_b(texts, level=level), texts)

    made.__name__ = "faulty"
    made.__module__, made.__doc__ = __name__, "Be wrong."
    registry.measure(takes="texts", unit="share", paper="none", rises=True)(made)
    return made


@pytest.fixture(autouse=True)
def unregistered():
    registry.registered()
    yield
    registry._registered.pop("faulty", None)


def value(e: Estimate, x: float) -> Estimate:
    return Estimate(x, x - 1, x + 1, e.n, e.unit, e.method, e.level)


@pytest.mark.parametrize(
    ("law", "change", "says"),
    [
        ("order", lambda e, x: value(e, len(x[0])), r"sample\('texts', seed=0\) gives"),
        ("duplication", lambda e, x: value(e, len(x)), "gives 48, twice over 96"),
        ("collapse", lambda e, x: value(e, -len(set(x))), "no less varied, where rises=True"),
        ("level", lambda e, x: Estimate(0, -e.level, 1, 2, "u", "m", 0.95), "say 0.95, 0.95"),
        ("level", lambda e, x: Estimate(0, e.level - 1, 1, 2, "u", "m", e.level), "at level=0.8"),
        ("extremes", lambda e, x: Estimate(0.5, 0, 1, 1, "u", "m"), "rests on n=1"),
        ("odd_texts", lambda e, x: value(e, len("".join(x).encode())), "UnicodeEncodeError"),
        ("parameters", lambda e, x: Estimate(0, 0, 0, 2, "u", "m"), "level=0.8 changes nothing"),
        ("documented", lambda e, x: e, "the docstring says nothing under Notes"),
    ],
)
def test_a_fault_is_named_with_the_example(law, change, says):
    with pytest.raises(AssertionError, match=says) as error:
        check_measure(faulty(change), laws=[law])
    assert f"faulty breaks the law {law!r} ({LAWS[law].says})" in str(error.value)


def test_too_few_rows_must_raise():
    made = faulty(lambda e, x: e)
    check_measure(made, laws=["few"])

    def generous(texts, *, level=0.95):
        return share_of_b(["", "b"])

    generous.__name__, generous.__module__ = "faulty", __name__
    registry.measure(takes="texts", unit="share", paper="none", rises=True)(generous)
    with pytest.raises(AssertionError, match=r"texts=\[\] gives 0.5, not NotEnoughData"):
        check_measure(generous, laws=["few"])


def test_a_parameter_of_ones_own_is_given_another_value():
    def own(texts, *, stretch=1.0, level=0.95):
        e = share_of_b(texts, level=level)
        return value(e, stretch)

    own.__name__, own.__module__ = "faulty", __name__
    registry.measure(takes="texts", unit="share", paper="none", rises=None)(own)
    with pytest.raises(AssertionError, match="'stretch' is a new parameter"):
        check_measure(own, laws=["parameters"])
    with pytest.raises(AssertionError, match=r"stretch=1\.0 changes nothing"):
        check_measure(own, laws=["parameters"], other={"stretch": 1.0})


def test_arguments_without_a_default_are_given():
    def own(texts, factor, *, level=0.95):
        return value(share_of_b(texts), factor * len(texts))

    own.__name__, own.__module__ = "faulty", __name__
    registry.measure(takes="texts", unit="share", paper="none", rises=None)(own)
    assert check_measure(own, laws=["order"], needs={"factor": 2.0}) == ["order"]


def test_laws_that_are_none_for_a_measure_are_left_out():
    assert check_measure("length", laws=["collapse", "few"]) == ["few"]


def test_refusals():
    with pytest.raises(UnknownName, match="unknown law 'orders'; did you mean 'order'"):
        check_measure("length", laws=["orders"])
    with pytest.raises(UnknownName, match="unknown measure"):
        check_measure("lenght")
    with pytest.raises(BadInput, match="share_of_b is not registered"):
        check_measure(share_of_b)
    with pytest.raises(UnknownName, match="unknown kind of input 'pictures'"):
        sample("pictures")
