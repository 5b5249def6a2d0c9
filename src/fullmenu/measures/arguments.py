"""Arguments of measures: each is what its annotation says and within its limits, or is refused."""

from __future__ import annotations

import reprlib
import warnings
from collections.abc import Iterable, Mapping, Set
from itertools import islice
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.stats.arrays import Ints, array_of
from fullmenu.text.amounts import amount

ENDLESS = 10_000_000
"""So many items are taken from what does not say how many it has; a list may hold more."""

LARGEST = 10**15
"""Whole numbers above this are no count of anything: beyond it, floats skip some."""


class Limits(NamedTuple):
    """Between which ends a number must lie; ``open_ends`` are excluded themselves."""

    least: float = 1
    most: float = LARGEST
    open_ends: bool = False

    def __str__(self) -> str:
        low = f"{'above' if self.open_ends else 'of at least'} {self.least:g}"
        if self.most >= LARGEST:
            return low
        return f"{low} and {'below' if self.open_ends else 'at most'} {self.most:g}"

    def hold(self, x: float) -> bool:
        """Whether a number lies between the ends."""
        if self.open_ends:
            return self.least < x < self.most
        return self.least <= x <= self.most


_SCALE = Limits(1e-100, 1e100)
_SHARE = Limits(0, 1, open_ends=True)

LIMITS: dict[str, Limits] = {
    "level": _SHARE,
    "seed": Limits(0, np.inf),
    "order": Limits(0, np.inf),
    "bootstrap": Limits(2, 10_000),
    "block": Limits(64),
    "frequencies": Limits(8, 4_096),
    "buckets": Limits(2),
    "most": Limits(3),
    "vocabulary": Limits(2),
    "units": Limits(0),
    "coverage": _SHARE,
    "threshold": _SHARE,
    "patience": Limits(0, 1),
    "sigma": _SCALE,
    "bandwidth": _SCALE,
    "gamma": _SCALE,
    "scaling": _SCALE,
    "ratio": _SCALE,
    "smoothing": Limits(0),
    "coef0": Limits(0),
    "degree": Limits(1, 100),
    "vendi size": Limits(2),
    "chamfer size": Limits(2),
    "self_bleu size": Limits(3),
    "self_bleu n": Limits(1, 32),
    "homogenization_bleu n": Limits(1, 32),
    "templates n": Limits(2),
    "ngram_diversity n": Limits(1, 100),
    "distinct_k k": Limits(2),
    "utility_k k": Limits(2),
    "rarefaction size": Limits(1, np.inf),
    "evenness size": Limits(1, np.inf),
}
"""By parameter, or by measure and parameter; other whole numbers are at least 1."""


def shown(value: Any) -> str:
    """Return what was given in a few characters, whatever it is.

    >>> shown([[1] * 100] * 100), shown(10**5000)
    ('[[1, 1, 1, 1, 1, 1, ...], [1, 1, 1, 1, 1, 1, ...], ...]', 'a huge int')
    """
    try:
        return reprlib.repr(value)
    except Exception:  # a repr of the caller's own, or a number of too many digits
        return f"a huge {type(value).__name__}"


def whole(name: str, value: Any, limits: Limits = Limits()) -> int:  # noqa: B008
    """Check a whole number; ``3.0`` is one."""
    good = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not good or not limits.hold(value) or value == np.inf or value != int(value):
        raise BadInput(f"{name}={shown(value)}: give a whole number {limits}")
    return int(value)


def number(name: str, value: Any, limits: Limits) -> float:
    """Check a real number."""
    good = isinstance(value, int | float | np.floating | np.integer)
    if not good or isinstance(value, bool) or not limits.hold(value):
        raise BadInput(f"{name}={shown(value)}: give a number {limits}")
    try:
        return float(value)
    except OverflowError:
        raise BadInput(f"{name}={shown(value)}: give a number {limits}") from None


def argument(measure: str, name: str, value: Any, annotation: Any) -> Any:
    """Return an argument as what its annotation says, or refuse it.

    >>> argument("vendi", "size", 20.0, int | None), argument("vendi", "size", None, int | None)
    (20, None)
    """
    kinds = get_args(annotation) if _is_union(annotation) else (annotation,)
    if value is None and NoneType in kinds:
        return None
    names = [n for kind in kinds if get_origin(kind) is Literal for n in get_args(kind)]
    if isinstance(value, str) and names:
        if value not in names:
            raise UnknownName(name, value, names)
        return value
    limits = LIMITS.get(f"{measure} {name}", LIMITS.get(name, Limits()))
    plain = isinstance(value, int | float | np.number)
    if bool in kinds:
        if not isinstance(value, bool | np.bool_):
            raise BadInput(f"{name}={shown(value)}: give True or False")
    elif float in kinds:
        return number(name, value, limits)
    elif int in kinds and (plain or not set(kinds) - {int, NoneType}):
        return whole(name, value, limits)
    elif names:
        ways = " or ".join(repr(n) for n in names)
        raise BadInput(f"{name}={shown(value)}: give {ways}")
    return value


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, UnionType)


def listed(name: str, given: Any, of: str) -> list[Any]:
    """Return a list of what was given in any order-keeping form: a list, a column, a generator."""
    if hasattr(given, "to_pylist"):  # a column of an Arrow table
        given = given.to_pylist()
    unordered = isinstance(given, str | bytes | bytearray | Mapping | Set)
    scalar = getattr(given, "ndim", 1) == 0 or hasattr(given, "columns")
    if unordered or scalar or not isinstance(given, Iterable):
        kind = "one string" if isinstance(given, str) else f"a {type(given).__name__}"
        raise BadInput(f"{name} is {kind}; give a list of {of}")
    if isinstance(given, range | np.ndarray):
        array_of(given, name)
    if hasattr(given, "__len__"):
        return list(given)
    items = list(islice(given, ENDLESS + 1))
    if len(items) > ENDLESS:
        raise BadInput(f"{name} goes on beyond {ENDLESS:,} {of}; give a list that ends")
    return items


def checked(texts: Any, least: int = 2) -> list[str]:
    """Return the texts as a list of ``least`` strings or more."""
    given = listed("texts", texts, "outputs")
    wrong = next((type(t) for t in given if not isinstance(t, str)), None)
    if wrong is not None:
        raise BadInput(f"texts hold a {wrong.__name__}; give strings only")
    if len(given) < least:
        raise NotEnoughData(f"this needs at least {least} outputs, not {len(given)}; sample more")
    return given


def units(groups: Any, n: int, least: int = 2, kept: Any = slice(None)) -> tuple[Ints, str]:
    """Return the unit (0, 1, …) that each of n outputs belongs to, and what units are called.

    Outputs are units of their own where no ``groups`` are given. Only those that are ``kept``
    count.
    """
    if groups is None:
        return np.arange(len(np.arange(n)[kept])), "outputs"
    g = array_of(groups, "groups")
    if g.shape != (n,):
        raise BadInput(f"groups of shape {g.shape} for {n} outputs: give one prompt an output")
    if any(x is None or x != x for x in (g.tolist() if g.dtype.kind in "Ofc" else ())):
        raise BadInput("groups hold None or NaN; give each output the name of its prompt")
    try:
        names, codes = np.unique(g[kept], return_inverse=True)
    except TypeError:
        raise BadInput("groups hold names of several kinds; give text only, or numbers") from None
    if len(names) < least:
        raise NotEnoughData(
            f"outputs of {amount(len(names), 'prompt')}, where at least {least} are needed; give "
            "more prompts, or leave groups out"
        )
    return codes.astype(np.int64), "prompts"


def outputs(texts: Any, groups: Any) -> tuple[list[str], Ints, str]:
    """Return the texts, the unit of each, and what units are called."""
    given = checked(texts)
    return (given, *units(groups, len(given)))


def warn_of_prompts(measure: str, texts: Any, groups: Any) -> None:
    """Warn where the outputs of a log of several prompts come without the prompt of each."""
    prompts = getattr(texts, "prompts", 1)
    if groups is None and isinstance(prompts, int) and prompts > 1:
        warnings.warn(
            f"{measure} takes these outputs of {prompts:,} prompts as of one, so that its interval "
            "is too narrow; give groups=log.groups",
            stacklevel=4,
        )
