"""Numbers in plain form; shared by all renderers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import UnsetType

from fullmenu.cleaner import one_line

SYMBOLS = {"collapsed": "▼▼", "narrowed": "▼", "unclear": "?", "held": "=", "widened": "▲"}
_PICTURE = re.compile(r"data:image/png;base64,iVBORw0KGgo[A-Za-z0-9+/]{0,65500}={0,2}")
_INTERVAL = re.compile(r" ?\[[-+\d.,e…%\u00a0 ]+\]")


Write = Callable[[float | None], str]
"""Writes a number."""


class Interval(Protocol):
    """A number with bounds: an estimate, a single rate."""

    @property
    def value(self) -> float:
        """The number."""

    @property
    def low(self) -> float | None:
        """The lower bound."""

    @property
    def high(self) -> float | None:
        """The upper bound."""


class Labelled(Protocol):
    """A log that has a label."""

    @property
    def label(self) -> str:
        """What the log is called."""


def place(text: object, limit: int = 60) -> str:
    """Return where a picture is on one line, cut from the left: its name comes last.

    >>> place("/data/runs/night/kitchen-3.png", 20)
    '…/night/kitchen-3.png'
    """
    text = one_line(text, 4000)
    if len(text) <= limit:
        return text
    kept = text[-limit:]
    _, slash, rest = kept.partition("/")
    return f"…/{rest}" if slash and rest else f"…{kept[1:]}"


def pictures(given: Sequence[str]) -> list[str]:
    """Return those of some data URIs that can be nothing but a small PNG picture.

    >>> pictures(["data:image/png;base64,iVBORw0KGgo=", "javascript:alert(1)"])
    ['data:image/png;base64,iVBORw0KGgo=']
    """
    return [x for x in given[:64] if _PICTURE.fullmatch(x)]


def number(x: float | None) -> str:
    """Return a number as people write it: three digits at most, no false precision.

    >>> [number(x) for x in (38.46, 7.755, 0.0260, 0.2, 1677, None)]
    ['38', '7.8', '0.026', '0.20', '1,677', '–']
    """
    if x is None:
        return "–"
    size = abs(x)
    if size >= 10:
        return f"{x:,.0f}"
    if size >= 2:
        return f"{x:.1f}"
    if size >= 0.1 or x == 0:
        return f"{x:.2f}"
    return f"{x:.2g}" if size >= 1e-4 else f"{x:.1e}"


def rate(x: float | None) -> str:
    """Return a probability, with at most three decimals.

    >>> [rate(x) for x in (0.1289, 0.026, 0.00004)]
    ['0.129', '0.026', '4.0e-05']
    """
    if x is None:
        return "–"
    return f"{x:.3f}" if x >= 0.0095 or x == 0 else number(x)


def percent(x: float | None) -> str:
    """Return a share in per cent.

    >>> [percent(x) for x in (0.0189, 0.4, None)]
    ['1.9 %', '40 %', '–']
    """
    if x is None:
        return "–"
    return f"{100 * x:.1f} %" if 0 < abs(x) < 0.0995 else f"{100 * x:.0f} %"


def points(x: float | None) -> str:
    """Return a difference of shares.

    >>> points(0.06), points(-0.012)
    ('+6.0 points', '-1.2 points')
    """
    return "–" if x is None else f"{100 * x:+.1f} points"


def signed(x: float | None) -> str:
    """Return a difference with its sign, to a tenth where that shows something."""
    if x is None:
        return "–"
    return f"{x:+,.1f}" if abs(x) >= 0.95 or x == 0 else f"{x:+.2g}"


def difference(e: Interval | UnsetType | None, unit: str | None) -> str:
    """Return a difference with its interval.

    >>> from fullmenu.report.document import PromptRate
    >>> difference(PromptRate(0.06, 0.045, 0.075), "share")
    '+6.0 [+4.5, +7.5] points'
    """
    if unit != "share":
        return interval(e, signed)
    told = interval(e, lambda x: points(x).removesuffix(" points"))
    return f"{told} points" if e else told


def form(unit: str | None) -> Write:
    """Return the function that writes numbers of a unit."""
    return {"share": percent, "probability": rate}.get(unit or "", number)


def interval(e: Interval | UnsetType | None, write: Write = number) -> str:
    """Return ``value [low, high]``.

    >>> from fullmenu.report.document import PromptRate
    >>> interval(PromptRate(38.46, 35.2, None))
    '38 [35, …]'
    """
    if not e:
        return "–"
    if e.low is None and e.high is None:
        return write(e.value)
    return f"{write(e.value)} {bounds(e, write)}"


def bounds(e: Interval, write: Write = number) -> str:
    """Return ``[low, high]``, without unknown ends; ``–`` where both are."""
    if e.low is None and e.high is None:
        return "–"
    low, high = ("…" if bound is None else write(bound) for bound in (e.low, e.high))
    return f"[{low}, {high}]"


def unbroken(text: str) -> str:
    """Return our own words so that no line ends within a number and its interval.

    >>> unbroken("about 7.9 % [5.4 %, 11 %] of all").split(" ")
    ['about', '7.9\xa0%\xa0[5.4\xa0%,\xa011\xa0%]', 'of', 'all']
    """
    for ours in (" %", " → "):
        text = text.replace(ours, ours.replace(" ", "\u00a0"))
    return _INTERVAL.sub(lambda m: m[0].replace(" ", "\u00a0"), text)


def label(log: Labelled, otherwise: str) -> str:
    """Return what the report calls a log."""
    return one_line(log.label, 40) or otherwise
