"""The ways in which Fullmenu says no.

They are:

    FullmenuError
    ├── NotEnoughData    the question has no answer on this sample; says what would suffice
    ├── BadInput         a file, a record or an argument cannot be read as what it should be
    ├── UnknownName      a measure, view or format that nobody registered; lists those that exist
    └── MissingExtra     an optional dependency is absent; names the install line
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from fullmenu.cleaner import one_line

_LONGEST = 1_500  # characters of an error


def _again(kind: type[FullmenuError], args: tuple[Any, ...]) -> FullmenuError:
    return kind.__new__(kind, *args)


class FullmenuError(Exception):
    """Base of every error that Fullmenu raises on purpose. Its text is one readable line.

    Examples
    --------
    >>> print(BadInput("no column \\x1b[2Jprompt\\n"))
    no column prompt
    """

    def __str__(self) -> str:
        return one_line(super().__str__(), _LONGEST)

    def __reduce__(self) -> tuple[Any, ...]:
        # its text, not the arguments that a subclass made it of, comes out of another process
        return _again, (type(self), self.args), self.__dict__


class NotEnoughData(FullmenuError):
    """The quantity is undefined on this sample.

    Undefined is never reported as 0 or NaN: in this project 0 reads "collapsed".
    """


class BadInput(FullmenuError, ValueError):
    """What was given cannot be used. The text repeats it, and says what is allowed."""


class UnknownName(BadInput):
    """A name that is not registered.

    Examples
    --------
    >>> print(UnknownName("measure", "self_blue", ["self_bleu", "vendi"]))
    unknown measure 'self_blue'; did you mean 'self_bleu'? Known: self_bleu, vendi
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        close = get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "."
        super().__init__(f"unknown {kind} {name!r}{hint} Known: {', '.join(known)}")


class MissingExtra(FullmenuError, ImportError):
    """A feature that needs an optional dependency.

    Examples
    --------
    >>> print(MissingExtra("sentence embeddings", "semantic"))
    sentence embeddings need the extra 'semantic': pip install "fullmenu[semantic]"
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f'{feature} need the extra {extra!r}: pip install "fullmenu[{extra}]"')


@contextmanager
def extra(what: str, name: str) -> Iterator[None]:
    """Name the extra that has what is imported inside.

    >>> with extra("sentence embeddings", "semantic"):  # doctest: +ELLIPSIS
    ...     import no_such_module
    Traceback (most recent call last):
    ...
    fullmenu.errors.MissingExtra: ...
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra(what, name) from error
