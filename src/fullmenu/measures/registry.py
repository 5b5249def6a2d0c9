"""Every measure by name: where a file here defines it, it exists, and is tested."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Literal, TypeVar, cast, get_args, get_type_hints

from fullmenu.errors import BadInput, UnknownName
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import argument, warn_of_prompts
from fullmenu.measures.docstrings import completed
from fullmenu.plugins import plugins

GROUP = "fullmenu.measures"
"""Entry points of this group are loaded too: modules, or functions under ``@measure``."""

Takes = Literal["features", "texts", "counts", "lists", "logprobs"]
F = TypeVar("F", bound=Callable[..., Estimate])


@dataclass(frozen=True, slots=True)
class Measure:
    """A registered measure.

    Parameters
    ----------
    takes
        What its first argument is, and is called: ``features`` (n, d), ``texts``, mode ``counts``,
        ranked ``lists`` of items, or ``logprobs`` of tokens.
    unit, paper
        What its value counts, and where it comes from.
    rises
        Whether more variety raises the value (the laws check the direction); ``None`` for a
        measure that stands beside the others and says nothing of variety by itself (length).
    """

    name: str
    takes: Takes
    unit: str
    paper: str
    rises: bool | None
    function: Callable[..., Estimate]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters, in order."""
        return tuple(inspect.signature(self.function).parameters)

    @property
    def against(self) -> bool:
        """Whether it judges its input against a second one, the ``reference``."""
        return self.parameters[1:2] == ("reference",)

    @property
    def needs(self) -> tuple[str, ...]:
        """The parameters without a default, besides its input and the reference."""
        all_of_them = inspect.signature(self.function).parameters.values()
        bare = [p.name for p in all_of_them if p.default is p.empty]
        return tuple(name for name in bare if name not in (self.takes, "reference"))

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (self.function.__doc__ or "").strip().split("\n")[0]


_registered: dict[str, Measure] = {}


def measure(
    *, takes: Takes | None = None, unit: str, paper: str, rises: bool | None = False
) -> Callable[[F], F]:
    """Register the decorated function as a measure under its own name.

    What it takes is by default what its first parameter is called.
    """

    def register(function: F) -> F:
        name = function.__name__
        given: Any = takes or next(iter(inspect.signature(function).parameters), None)
        if given not in get_args(Takes):
            raise BadInput(f"takes={given!r}: a measure takes {', '.join(get_args(Takes))}")
        known = _registered.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise BadInput(
                f"two measures are called {name!r}: one in {known.function.__module__}, one in "
                f"{function.__module__}; rename one"
            )
        function.__doc__ = completed(function, given, unit, paper)
        checking = _checking(function)
        # doctest passes over functions whose globals are another module's, but not over these
        function.__globals__.setdefault("__test__", {})[name] = checking
        _registered[name] = Measure(name, given, unit, paper, rises, checking)
        return checking

    return register


def _checking(function: F) -> F:
    """Return the measure with its arguments checked: what they are, and within which limits."""
    name, signature = function.__name__, inspect.signature(function)

    @lru_cache(maxsize=1)
    def annotations() -> dict[str, Any]:
        if function.__module__.startswith("fullmenu."):
            return get_type_hints(function)
        return {"level": float, "seed": int}  # what others call their own is their own to check

    @wraps(function)
    def checked(*args: Any, **given: Any) -> Estimate:
        bound = signature.bind(*args, **given)
        values = bound.arguments
        if "texts" in values and "groups" in signature.parameters:
            warn_of_prompts(name, values["texts"], values.get("groups"))
        for p, value in values.items():
            values[p] = argument(name, p, value, annotations().get(p, Any))
        return function(*bound.args, **bound.kwargs)

    return cast(F, checked)


@lru_cache(maxsize=1)
def _load() -> None:
    package = importlib.import_module("fullmenu.measures")
    for found in pkgutil.walk_packages(package.__path__, "fullmenu.measures."):
        importlib.import_module(found.name)
    list(plugins(GROUP, object))  # a measure registers itself


def registered() -> dict[str, Measure]:
    """Return every measure, by name, in alphabetical order."""
    _load()
    return dict(sorted(_registered.items()))


def get(name: str) -> Measure:
    """Return one measure; where nobody registered it, the error lists what there is."""
    known = registered()
    if name not in known:
        raise UnknownName("measure", name, known)
    return known[name]
