"""More than one signal: checkpoints side by side, never ranked by one number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.estimate import Estimate
from fullmenu.judge.one import check
from fullmenu.samples import Samples

Better = Literal["higher", "lower"]
Status = Literal["frontier", "dominated", "surely dominated"]

AXES: Mapping[str, Better] = {
    "quality": "higher",
    "variety": "higher",
    "caution": "lower",
    "kl": "lower",
}
"""What is judged by default, and which way is better."""

_MARKS: Mapping[Status, str] = {"frontier": "*", "dominated": "?", "surely dominated": "x"}
_NAME, _CELL, _ACROSS = 12, 17, 4
"""Characters of a name and of a column, and columns beside each other: 80 in all."""


@dataclass(frozen=True)
class Row:
    """One checkpoint: what it is called, and what was measured of it."""

    name: str
    estimates: Mapping[str, Estimate]


class Scorecard:
    """A Pareto table of checkpoints: quality, variety, caution and KL, each with its interval.

    It has no best and no ranking, on purpose: a single number is what training goes wrong by. It
    marks what another checkpoint beats on every axis, and leaves the choice among the rest to you.

    Parameters
    ----------
    axes
        What is judged, and whether ``higher`` or ``lower`` is better; by default :data:`AXES`.
    view
        The view whose effective number of dishes is the variety, where samples are measured.

    Raises
    ------
    BadInput
        An axis is neither ``higher`` nor ``lower``, or there are fewer than two.

    Notes
    -----
    A checkpoint is ``surely dominated`` where another is better on every axis with intervals that
    do not touch (on an axis where both are exactly equal, neither is better); ``dominated``
    where that holds of the point estimates only, with at least one better and none worse; else on
    the ``frontier``. Of two checkpoints only one of which has an axis, neither dominates; an axis
    that both lack is left out.
    Intervals that do not touch are a strict test of each pair; nothing is adjusted for the number
    of pairs. The card cannot know an axis that nobody measured.

    Examples
    --------
    >>> card = Scorecard({"quality": "higher", "variety": "higher"})
    >>> card.add("step 100", quality=0.6, variety=12.0)
    >>> card.add("step 200", quality=0.8, variety=9.0)
    >>> card.add("step 300", quality=0.7, variety=3.0)
    >>> card.frontier(), card.status("step 300")
    (['step 100', 'step 200', 'step 300'], 'dominated')
    >>> card.best()
    Traceback (most recent call last):
    ...
    fullmenu.errors.BadInput: a scorecard has no best checkpoint: 3 of 3 may be on the frontier \
(step 100, step 200, step 300); choose among them by what you can give up, such as the most varied \
one whose quality is enough, and check that choice on prompts that are not in this table
    """

    def __init__(self, axes: Mapping[str, Better] = AXES, *, view: str = "phrasing") -> None:
        wrong = {k: v for k, v in axes.items() if v not in ("higher", "lower")}
        if wrong or len(axes) < 2:
            raise BadInput(
                f"axes {dict(axes)}: give two or more, each 'higher' or 'lower' (which is better)"
            )
        self.axes, self.view = dict(axes), view
        self._rows: dict[str, Row] = {}

    def add(
        self,
        name: str | int,
        samples: Samples | None = None,
        **estimates: Estimate | float | None,
    ) -> None:
        """Add a checkpoint.

        Parameters
        ----------
        name
            What it is called: its step, say.
        samples
            Its outputs: variety, caution and (where they carry a score) quality are measured by
            :func:`fullmenu.check`, each where it is an axis and not given.
        **estimates
            Axes by name, such as ``kl=``; a plain number has no interval and makes nothing
            sure, ``None`` is not known.

        Raises
        ------
        UnknownName
            There is no such axis.
        BadInput
            The name is taken, or nothing was given.
        """
        for axis in estimates:
            if axis not in self.axes:
                raise UnknownName("axis", axis, self.axes)
        key = str(name)
        if key in self._rows:
            raise BadInput(f"checkpoint {key!r} is on the card; give another name")
        given = {k: _as_estimate(k, v) for k, v in estimates.items() if v is not None}
        measured = _measure(samples, self.view) if samples is not None else {}
        found = {k: e for k, e in {**measured, **given}.items() if k in self.axes}
        if not found:
            raise BadInput(
                f"checkpoint {key!r} has none of {', '.join(self.axes)}; give samples or estimates"
            )
        self._rows[key] = Row(key, found)

    def status(self, name: str | int) -> Status:
        """Say whether a checkpoint is on the frontier, dominated, or surely dominated."""
        if self.dominated_by(name, sure=True):
            return "surely dominated"
        return "dominated" if self.dominated_by(name, sure=False) else "frontier"

    def dominated_by(self, name: str | int, *, sure: bool) -> list[str]:
        """Name the checkpoints that beat this one on every axis."""
        row = self._row(name)
        others = (r for r in self._rows.values() if r is not row)
        return [r.name for r in others if self._beats(r, row, sure)]

    def frontier(self) -> list[str]:
        """Name the checkpoints that are not surely dominated: each may be the one you want."""
        return [k for k in self._rows if not self.dominated_by(k, sure=True)]

    def rank(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse, and say what to do instead."""
        self._refuse("no order of checkpoints")

    def best(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse, and say what to do instead."""
        self._refuse("no best checkpoint")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "schema": "fullmenu/scorecard/1",
            "axes": dict(self.axes),
            "view": self.view,
            "frontier": self.frontier(),
            "checkpoints": [
                {
                    "name": row.name,
                    "status": self.status(row.name),
                    "dominated_by": self.dominated_by(row.name, sure=False),
                    "surely_dominated_by": self.dominated_by(row.name, sure=True),
                    "estimates": {
                        k: row.estimates[k].to_dict() if k in row.estimates else None
                        for k in self.axes
                    },
                }
                for row in self._rows.values()
            ],
        }

    def to_json(self, indent: int | None = 2) -> str:
        """Return the JSON text."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    def __str__(self) -> str:
        names = list(self.axes)
        tables = [names[k : k + _ACROSS] for k in range(0, len(names), _ACROSS)]
        lines = [line for axes in tables for line in [*self._table(axes), ""]]
        return "\n".join([*lines, "* frontier  ? dominated on the estimates alone  x surely"])

    def _table(self, axes: list[str]) -> list[str]:
        way = {"higher": "↑", "lower": "↓"}
        heads = [f"{way[self.axes[a]]} {one_line(a, _CELL - 3)}" for a in axes]
        lines = [_line("", heads)]
        for row in self._rows.values():
            name = f"{_MARKS[self.status(row.name)]} {one_line(row.name, _NAME - 3)}"
            lines.append(_line(name, [_value(row.estimates.get(a)) for a in axes]))
            if any(_bounds(row.estimates.get(a)) for a in axes):
                lines.append(_line("", [_bounds(row.estimates.get(a)) for a in axes]))
        return lines

    def _row(self, name: str | int) -> Row:
        if str(name) not in self._rows:
            raise UnknownName("checkpoint", str(name), self._rows)
        return self._rows[str(name)]

    def _beats(self, a: Row, b: Row, sure: bool) -> bool:
        known = [k for k in self.axes if k in a.estimates or k in b.estimates]
        if not all(k in a.estimates and k in b.estimates for k in known):
            return False
        better = 0
        for axis in known:
            way, x, y = self.axes[axis], a.estimates[axis], b.estimates[axis]
            if x == y or (not sure and x.value == y.value):
                continue
            high, low = (x, y) if way == "higher" else (y, x)
            if not (_apart(high, low) if sure else high.value > low.value):
                return False
            better += 1
        return better > 0

    def _refuse(self, what: str) -> NoReturn:
        left = self.frontier()
        some = ", ".join(one_line(x, 40) for x in left[:5]) + (", …" if len(left) > 5 else "")
        raise BadInput(
            f"a scorecard has {what}: {len(left)} of {len(self._rows)} may be on the frontier "
            f"({some}); choose among them by what you can give up, such as the most varied one "
            "whose quality is enough, and check that choice on prompts that are not in this table"
        )


def _as_estimate(axis: str, given: Estimate | float) -> Estimate:
    if isinstance(given, Estimate):
        return given
    try:
        value = float(given)
    except (TypeError, ValueError):
        raise BadInput(f"{axis}={given!r} is neither an Estimate nor a number") from None
    return Estimate(value, None, None, 1, "", "given without an interval")


def _measure(samples: Samples, view: str) -> dict[str, Estimate]:
    found = check(samples, views=[view]).document
    within = found["views"][view]["within"]
    signals = found["signals"]
    seen = {
        "variety": within.get("effective_number"),
        "caution": signals.get("caution", {}).get("value"),
        "quality": signals.get("score", {}).get("value"),
    }
    if seen["variety"] is None:
        why = within.get("undefined", "no two outputs of a prompt repeat anything")
        raise NotEnoughData(f"variety is not defined on these samples: {why}")
    return {k: Estimate(**e) for k, e in seen.items() if e is not None}


def _apart(high: Estimate, low: Estimate) -> bool:
    if high.low is None or low.high is None:
        return False
    return high.low > low.high


def _value(e: Estimate | None) -> str:
    return "–" if e is None else _short(e.value)


def _bounds(e: Estimate | None) -> str:
    if e is None or e.low is e.high is None:
        return ""
    low, high = ("…" if x is None else _short(x) for x in (e.low, e.high))
    return f"[{low}, {high}]"


def _short(x: float) -> str:
    """In six characters."""
    ways = (f"{x:.0f}" if abs(x) >= 1000 else f"{x:.3g}", f"{x:.2g}", f"{x:.1g}")
    return next((s for s in ways if len(s) <= 6), f"{x:.0e}")


def _line(name: str, cells: list[str]) -> str:
    return (name.ljust(_NAME) + "".join(c.rjust(_CELL) for c in cells)).rstrip()
