"""For authors of measures: the laws that every measure keeps, to be run on one's own.

A package with a measure of its own needs one test::

    import pytest
    from fullmenu.testing import check_measure, laws_of

    @pytest.mark.parametrize("law", laws_of("my_measure"))
    def test_my_measure_keeps_the_law(law):
        check_measure("my_measure", laws=[law])
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from fullmenu.errors import BadInput, UnknownName
from fullmenu.estimate import Estimate
from fullmenu.measures import registry
from fullmenu.measures.registry import Measure
from fullmenu.testing.kinds import KINDS, N, Name
from fullmenu.testing.laws import LAWS, Law, chosen

__all__ = ["LAWS", "Law", "check_measure", "laws_of", "sample"]


def check_measure(
    measure: str | Callable[..., Estimate],
    *,
    laws: Iterable[str] | None = None,
    other: Mapping[str, Any] | None = None,
    needs: Mapping[str, Any] | None = None,
) -> list[str]:
    """Check that a measure keeps the laws of all measures.

    Parameters
    ----------
    measure
        Its name (a plug-in's by entry point too), or the function under ``@measure``.
    laws
        Names of the laws to check; by default all that are laws for it (:func:`laws_of`).
    other
        For each parameter of the measure's own another value than the default, which must change
        the number or its interval. Names that other measures have too (``level``, ``seed``,
        ``groups`` …) have one already.
    needs
        Arguments without a default, besides the input and its ``reference``.

    Returns
    -------
    list of str
        The laws that were checked, and kept.

    Raises
    ------
    AssertionError
        The measure breaks a law; the text names the law and the example. ``sample`` makes it again.
    UnknownName
        No such measure, or no such law.
    BadInput
        The function is not registered: ``@measure`` is missing above it.

    Notes
    -----
    The laws are tried on eight samples of 48 rows from fixed seeds, and on odd input. They do not
    see whether the value is the published one, nor whether the interval covers: that takes
    hand-computed values and a simulation.

    Examples
    --------
    >>> check_measure("repeat_rate", laws=["order", "duplication", "collapse"])
    ['order', 'duplication', 'collapse']
    >>> from fullmenu.measures import distinct_n
    >>> check_measure(distinct_n, laws=["few"])
    ['few']
    """
    m = _measure(measure)
    kind = KINDS[m.takes]
    mine: dict[Name, Any] = {(m.name, name): value for name, value in (other or {}).items()}
    kind = replace(kind, other={**kind.other, **mine})
    if needs:
        kind = replace(kind, needs={**kind.needs, m.name: lambda seed, n: dict(needs)})
    checked = []
    for law in chosen(m, kind, _names(laws)):
        try:
            law.check(m, kind)
        except AssertionError as error:
            raise AssertionError(
                f"{m.name} breaks the law {law.name!r} ({law.says}): {error}"
            ) from error
        checked.append(law.name)
    return checked


def laws_of(measure: str | Callable[..., Estimate]) -> list[str]:
    """Return the names of the laws for a measure, such as pytest takes as parameters.

    >>> "collapse" in laws_of("repeat_rate"), "odd_texts" in laws_of("repeat_rate")
    (True, False)
    """
    m = _measure(measure)
    return [law.name for law in chosen(m, KINDS[m.takes], LAWS)]


def sample(takes: str, seed: int = 0, n: int = N) -> Any:
    """Make the input that a law was tried on, of ``n`` rows.

    Parameters
    ----------
    takes
        ``features``, ``texts``, ``counts``, ``lists`` or ``logprobs``.

    Raises
    ------
    UnknownName
        Measures take nothing of that name.

    Examples
    --------
    >>> int(sample("counts", seed=3).sum())
    144
    """
    if takes not in KINDS:
        raise UnknownName("kind of input", takes, KINDS)
    return KINDS[takes].sample(seed, n)


def _measure(measure: str | Callable[..., Estimate]) -> Measure:
    if isinstance(measure, str):
        return registry.get(measure)
    name = getattr(measure, "__name__", repr(measure))
    registered = registry.registered().get(name)
    if registered is None or inspect.unwrap(registered.function) is not inspect.unwrap(measure):
        raise BadInput(f"{name} is not registered: write @measure(…) above it")
    return registered


def _names(laws: Iterable[str] | None) -> list[str]:
    names = list(LAWS) if laws is None else list(laws)
    for name in names:
        if name not in LAWS:
            raise UnknownName("law", name, LAWS)
    return names
