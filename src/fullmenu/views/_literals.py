"""Literals that a regular expression cannot match without: a cheap look before the dear one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # Python 3.10
    import sre_parse as _parser  # type: ignore[no-redef]

Literals = frozenset[str]

_COMMON = " etaoinsrhldcumfpgwybvk"
"""Characters of English prose, the commonest first."""


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
    ["can't assist", "can't help", 'cannot assist', 'cannot help']
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


class Screen:
    """Which texts are worth trying which patterns on, found for all of them in one pass.

    Every literal is stood for by its four least common characters in a row; a pattern is worth
    trying on a text that holds one of them.

    Parameters
    ----------
    patterns
        Patterns whose literals all have four characters or more; others are always worth trying.
    """

    def __init__(self, patterns: Sequence[Guarded]) -> None:
        runs = [{_rarest(literal) for literal in p.needs} for p in patterns]
        names = sorted(set().union(*runs) - {""})
        self._codes = np.array([_code(name) for name in names], np.uint64)
        self._order = np.argsort(self._codes)
        self._maybe = np.zeros(1 << 16, bool)
        self._maybe[_bucket(self._codes)] = True
        self._leads = np.array([[name in r for r in runs] for name in names], np.float32)
        self._always = np.array(["" in r for r in runs])

    def __call__(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return (texts, patterns): whether a pattern may match a text."""
        joined = "".join(texts).encode("utf-32-le", "surrogatepass")
        points = np.minimum(np.frombuffer(joined, "<u4"), 255).astype(np.uint64)
        ends = np.cumsum([len(t) for t in texts])
        held = np.zeros((len(texts), len(self._codes)), np.float32)
        if len(points) >= 4:
            codes = points[:-3]
            for k in (1, 2, 3):
                codes = codes | (points[k : len(points) - 3 + k] << np.uint64(8 * k))
            at = np.flatnonzero(self._maybe[_bucket(codes)])
            place = np.searchsorted(self._codes[self._order], codes[at])
            which = self._order[np.minimum(place, len(self._order) - 1)]
            real = self._codes[which] == codes[at]
            held[np.searchsorted(ends, at[real], side="right"), which[real]] = 1
        return np.asarray((held @ self._leads > 0) | self._always)


def _rarest(literal: str) -> str:
    """Return the four characters in a row that English holds least often; none in short ones."""
    runs = [literal[i : i + 4] for i in range(len(literal) - 3)]
    return min(
        runs,
        key=lambda run: sum(len(_COMMON) - _COMMON.find(c) for c in run if c in _COMMON),
        default="",
    )


def _code(run: str) -> int:
    return int.from_bytes(run.encode("latin-1", "replace"), "little")


def _bucket(codes: NDArray[np.uint64]) -> NDArray[np.int64]:
    return ((codes * np.uint64(0x9E3779B1)) >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.int64)


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
