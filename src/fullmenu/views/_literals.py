"""Literals that a regular expression cannot match without: a cheap look before the dear one."""

from __future__ import annotations

import re
from typing import Any

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # Python 3.10
    import sre_parse as _parser  # type: ignore[no-redef]

Literals = frozenset[str]


class Guarded:
    """A pattern that is tried only on texts that hold one of the literals it needs.

    Parameters
    ----------
    pattern
        A regular expression.

    Examples
    --------
    >>> g = Guarded(r"\\b(?:can't|cannot) (?:help|assist)")
    >>> sorted(g.needs)
    ["can't ", 'cannot ']
    >>> g.search("I cannot help."), g.search("I can help.")
    (True, False)
    """

    def __init__(self, pattern: str) -> None:
        self.needs = required(pattern) or frozenset({""})
        self._search = re.compile(pattern).search

    def search(self, text: str) -> bool:
        """Say whether the pattern matches somewhere."""
        for literal in self.needs:
            if literal in text:
                return self._search(text) is not None
        return False


def required(pattern: str) -> Literals | None:
    """Return literals of which every match holds at least one; ``None`` where there are none.

    >>> sorted(required(r"an? (?:good )?(?:idea|plan)"))
    ['idea', 'plan']
    """
    return _best(_of(_parser.parse(pattern)))


def _of(parsed: Any) -> list[Literals]:
    """Every set of literals, one of which a match of the sequence must hold."""
    found: list[Literals] = []
    runs: set[str] = {""}

    def close() -> None:
        nonlocal runs
        if all(runs):
            found.append(frozenset(runs))
        runs = {""}

    for op, value in parsed:
        name = str(op)
        if name == "LITERAL":
            runs = {run + chr(value) for run in runs}
        elif name == "AT" or name.startswith("ASSERT"):
            continue
        elif name == "SUBPATTERN":
            words = _words(value[3])
            if words and len(words) * len(runs) <= 64:
                runs = {run + word for run in runs for word in words}
            else:
                close()
                found += _of(value[3])
        elif name == "BRANCH":
            words = _words([(op, value)])
            if words and len(words) * len(runs) <= 64:
                runs = {run + word for run in runs for word in words}
            else:
                close()
                best = [_best(_of(branch)) for branch in value[1]]
                if all(best):
                    found.append(frozenset().union(*(b for b in best if b)))
        else:
            close()
            if name in ("MAX_REPEAT", "MIN_REPEAT") and value[0] >= 1:
                found += _of(value[2])
    close()
    return found


def _words(parsed: Any) -> set[str] | None:
    """All texts that a plain alternation matches; ``None`` where it is not plain."""
    words = {""}
    for op, value in parsed:
        name = str(op)
        if name == "LITERAL":
            more: set[str] | None = {chr(value)}
        elif name == "SUBPATTERN":
            more = _words(value[3])
        elif name == "BRANCH":
            parts = [_words(branch) for branch in value[1]]
            more = None if None in parts else set().union(*(p for p in parts if p))
        else:
            more = None
        if not more or len(more) * len(words) > 64:
            return None
        words = {w + m for w in words for m in more}
    return words


def _best(sets: list[Literals]) -> Literals | None:
    """The choice that few texts hold: long literals first, then few of them."""
    usable = [s for s in sets if s and min(map(len, s)) >= 2]
    return max(usable, key=lambda s: (min(min(map(len, s)), 6), -len(s)), default=None)
