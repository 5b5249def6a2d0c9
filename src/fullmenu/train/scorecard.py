"""More than one signal: checkpoints side by side, never ranked by one number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, NoReturn

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.estimate import Estimate
from fullmenu.judge.one import check
from fullmenu.report.document import CheckDocument
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
    do not touch (an axis where both are exactly equal counts for neither); ``dominated`` where
    that holds of the point estimates, at least one better and none worse; else on the
    ``frontier``. Of two checkpoints only one of which has an axis, neither dominates. Nothing is
    adjusted for the number of pairs, and the card cannot know an axis that nobody measured.

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
        self._rows: dict[str, dict[str, Estimate]] = {}

    def add(
        self, name: str | int, samples: Samples | None = None, **estimates: Estimate | float | None
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
        self._rows[key] = found

    def status(self, name: str | int) -> Status:
        """Say whether a checkpoint is on the frontier, dominated, or surely dominated."""
        if self.dominated_by(name, sure=True):
            return "surely dominated"
        return "dominated" if self.dominated_by(name, sure=False) else "frontier"

    def dominated_by(self, name: str | int, *, sure: bool) -> list[str]:
        """Name the checkpoints that beat this one on every axis."""
        estimates = self._estimates(name)
        return [
            other
            for other, theirs in self._rows.items()
            if other != str(name) and self._beats(theirs, estimates, sure)
        ]

    def frontier(self) -> list[str]:
        """Name the checkpoints that are not surely dominated: each may be the one you want."""
        return [k for k in self._rows if not self.dominated_by(k, sure=True)]

    def rank(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse, and say what to do instead."""
        self._refuse("no order of checkpoints")

    def best(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse, and say what to do instead."""
        self._refuse("no best checkpoint")

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "schema": "fullmenu/scorecard/1",
            "axes": dict(self.axes),
            "view": self.view,
            "frontier": self.frontier(),
            "checkpoints": [
                {
                    "name": name,
                    "status": self.status(name),
                    "dominated_by": self.dominated_by(name, sure=False),
                    "surely_dominated_by": self.dominated_by(name, sure=True),
                    "estimates": {
                        k: estimates[k].to_dict() if k in estimates else None for k in self.axes
                    },
                }
                for name, estimates in self._rows.items()
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
        lines = [_line("", [f"{way[self.axes[a]]} {one_line(a, _CELL - 3)}" for a in axes])]
        for name, estimates in self._rows.items():
            cells = [estimates.get(a) for a in axes]
            lines.append(
                _line(
                    f"{_MARKS[self.status(name)]} {one_line(name, _NAME - 3)}",
                    ["–" if e is None else _short(e.value) for e in cells],
                )
            )
            if any(bounds := [_bounds(e) for e in cells]):
                lines.append(_line("", bounds))
        return lines

    def _estimates(self, name: str | int) -> dict[str, Estimate]:
        if str(name) not in self._rows:
            raise UnknownName("checkpoint", str(name), self._rows)
        return self._rows[str(name)]

    def _beats(self, a: dict[str, Estimate], b: dict[str, Estimate], sure: bool) -> bool:
        if a.keys() != b.keys():
            return False
        better = False
        for axis, x in a.items():
            y = b[axis]
            if x == y or (not sure and x.value == y.value):
                continue
            high, low = (x, y) if self.axes[axis] == "higher" else (y, x)
            if not (_apart(high, low) if sure else high.value > low.value):
                return False
            better = True
        return better

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
    document = check(samples, views=[view]).content
    assert isinstance(document, CheckDocument)
    within, signals = document.views[view].within, document.signals
    if not within.effective_number:
        why = within.undefined or "no two outputs of a prompt repeat anything"
        raise NotEnoughData(f"variety is not defined on these samples: {why}")
    named = {"caution": signals.get("caution"), "quality": signals.get("score")}
    measured = {axis: signal.value for axis, signal in named.items() if signal and signal.value}
    return {"variety": within.effective_number, **measured}


def _apart(high: Estimate, low: Estimate) -> bool:
    return high.low is not None and low.high is not None and high.low > low.high


def _bounds(e: Estimate | None) -> str:
    if e is None or e.low is e.high is None:
        return ""
    low, high = ("…" if x is None else _short(x) for x in (e.low, e.high))
    return f"[{low}, {high}]"


def _short(x: float) -> str:
    ways = (f"{x:.0f}" if abs(x) >= 1000 else f"{x:.3g}", f"{x:.2g}", f"{x:.1g}")
    return next((s for s in ways if len(s) <= 6), f"{x:.0e}")


def _line(name: str, cells: list[str]) -> str:
    return (name.ljust(_NAME) + "".join(c.rjust(_CELL) for c in cells)).rstrip()
