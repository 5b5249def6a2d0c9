"""What a measurement says: a value with an interval, and what is decided from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

from fullmenu.errors import BadInput, NotEnoughData

VerdictName = Literal["collapsed", "narrowed", "held", "widened", "unclear"]
VERDICTS: tuple[VerdictName, ...] = ("collapsed", "narrowed", "unclear", "held", "widened")
"""Every verdict, worst first; ``unclear`` ranks below any loss and above any all-clear."""

VARIETY_LOST, NOT_SETTLED = 3, 4
"""Exit codes of a gate: variety was lost (a verdict that fails it); it is not settled whether."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, how sure we are of it, and how it was reached.

    Parameters
    ----------
    value
        The point estimate; always finite.
    low, high
        The interval at ``level``. ``None`` means that the data give no finite bound on that side.
    n
        How many units the interval rests on (prompts, outputs or pairs: ``method`` says which).
    unit
        What the value counts: ``"probability"``, ``"dishes"``, ``"share"``, ``"words"`` …
    method
        How value and interval were computed, in a few words.
    level
        Coverage that the interval aims at.

    Raises
    ------
    NotEnoughData
        The value is not finite: undefined is an error, never NaN.

    Examples
    --------
    >>> print(Estimate(0.25, 0.2, 0.31, n=40, unit="probability", method="jackknife over prompts"))
    0.25 [0.2, 0.31]
    >>> print(Estimate(1702.4, 1640, None, n=5, unit="facts", method="t over seeds"))
    1702 [1640, …]
    """

    value: float
    low: float | None
    high: float | None
    n: int
    unit: str
    method: str
    level: float = 0.95

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            x = getattr(self, name)
            if x is None and name != "value":
                continue
            if x is None or not math.isfinite(x):
                raise NotEnoughData(
                    f"{self.method}: the {name} is {x!r}, so there is no estimate on n={self.n}; "
                    "give more outputs per prompt, or more prompts"
                )
            object.__setattr__(self, name, float(x))

    def __str__(self) -> str:
        value, low, high = map(_figure, (self.value, self.low, self.high))
        return f"{value} [{low}, {high}]"

    def through(self, f: Callable[[float], float], unit: str, method: str) -> Estimate:
        """Return the estimate of a rising function of the value.

        >>> print(Estimate(4, 1, None, n=9, unit="dishes", method="").through(math.sqrt, "", ""))
        2 [1, …]
        """
        low, high = (None if x is None else f(x) for x in (self.low, self.high))
        return replace(self, value=f(self.value), low=low, high=high, unit=unit, method=method)

    def mirrored(self, whole: float = 0.0, *, unit: str, method: str = "") -> Estimate:
        """Return the estimate of ``whole`` − value: a change told as a loss, a share as its rest.

        >>> print(Estimate(0.25, 0.2, None, 9, "share", "").mirrored(1, unit="share"))
        0.75 […, 0.8]
        """
        low, high = (None if x is None else whole - x for x in (self.high, self.low))
        value, method = whole - self.value, method or self.method
        return replace(self, value=value, low=low, high=high, unit=unit, method=method)

    def above(self, x: float) -> bool:
        """Tell whether the whole interval lies above x; an open end never does."""
        return self.low is not None and self.low > x

    def below(self, x: float) -> bool:
        """Tell whether the whole interval lies below x; an open end never does."""
        return self.high is not None and self.high < x

    def to_dict(self) -> dict[str, float | str | None]:
        """Return the JSON form; ``null`` bounds mean "no finite bound on that side"."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "unit": self.unit,
            "method": self.method,
            "level": self.level,
        }


ALLOWED = (
    "collapsed and narrowed (0 < collapsed < narrowed <= 1), held_low and held_high "
    "(0 < held_low < 1 < held_high), alpha (0 to 0.5) and held_level (0.5 to 1)"
)
"""Every margin, and what it may be."""


@dataclass(frozen=True, slots=True)
class Margins:
    """What counts as a change, declared before looking.

    Parameters
    ----------
    collapsed
        ``collapsed`` when the whole interval of the ratio lies below this.
    narrowed
        ``narrowed`` when the interval excludes 1 from below and the ratio is under this;
        ``widened`` is the mirror image, with the ratio over 1/narrowed.
    held_low, held_high
        ``held`` when the interval at ``held_level`` lies inside these bounds.
    alpha
        Error rate of the losses and gains, over all views and both questions together; what is
        tested beside the verdict has as much again.
    held_level
        0.9 is two one-sided tests at 5 %.

    Raises
    ------
    BadInput
        The margins are not in order: ``0 < collapsed < narrowed ≤ 1``,
        ``0 < held_low < 1 < held_high``, ``0.5 < held_level < 1`` and ``0 < alpha < 0.5``.

    Examples
    --------
    >>> Margins.read("collapsed=0.4, narrowed=0.8")
    Margins(collapsed=0.4, narrowed=0.8, held_low=0.8, held_high=1.25, alpha=0.05, held_level=0.9)
    """

    collapsed: float = 0.5
    narrowed: float = 0.9
    held_low: float = 0.8
    held_high: float = 1.25
    alpha: float = 0.05
    held_level: float = 0.9

    def __post_init__(self) -> None:
        if not (
            0 < self.collapsed < self.narrowed <= 1
            and 0 < self.held_low < 1 < self.held_high < math.inf
            and 0.5 < self.held_level < 1
            and 0 < self.alpha < 0.5
        ):
            given = ", ".join(f"{name}={value:g}" for name, value in self.to_dict().items())
            raise BadInput(f"these margins do not go together: {given}; they are {ALLOWED}")

    @classmethod
    def read(cls, text: str) -> Margins:
        """Read margins as they are written on a command line; those left out keep their default.

        Raises
        ------
        BadInput
            A part is not ``name=number``, a name is no margin or stands twice, or the margins do
            not go together; the error lists what there is.
        """
        values: dict[str, float] = {}
        for part in text.split(","):
            name, _, number = (x.strip() for x in part.partition("="))
            try:
                value = float(number)
            except ValueError:
                value = math.nan
            if name not in cls.__slots__ or name in values or math.isnan(value):
                raise BadInput(
                    f"cannot read {part.strip()!r} as a margin; they are {ALLOWED}: give some, "
                    "each once, such as collapsed=0.5,narrowed=0.9"
                )
            values[name] = value
        return cls(**values)

    def to_dict(self) -> dict[str, float]:
        """Return the margins as plain numbers."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided about one comparison, and why.

    Parameters
    ----------
    name
        One of ``collapsed narrowed unclear held widened``.
    reason
        One sentence that a reader can check against the numbers.
    ratio
        Effective number after ÷ before, with the interval the verdict was read from;
        ``None`` where there is no honest interval.
    needed
        For ``unclear``: about how many prompts would settle it, where that can be said.
    no_room
        Whether all was so alike before that no loss could have shown.
    """

    name: VerdictName
    reason: str
    ratio: Estimate | None = None
    needed: int | None = None
    no_room: bool = False

    @property
    def lost(self) -> bool:
        """Whether variety was lost (``collapsed`` or ``narrowed``)."""
        return self.name in ("collapsed", "narrowed")


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the worst of several verdicts; ``held`` only when every one of them held.

    Examples
    --------
    >>> worst([Verdict("held", "a"), Verdict("narrowed", "b")]).name
    'narrowed'
    >>> worst([Verdict("held", "a"), Verdict("widened", "b")]).name
    'held'
    """
    if not verdicts:
        raise NotEnoughData(
            "no view could be judged, so there is no verdict; give two outputs or more of each "
            "prompt (three, with fewer than six prompts), or six prompts or more"
        )
    return min(verdicts, key=lambda v: VERDICTS.index(v.name))


def _figure(x: float | None) -> str:
    """Return three digits of a number, or all that stand before the point."""
    if x is None:
        return "…"
    return f"{x:.0f}" if 999.5 <= abs(x) < 1e9 else f"{x:.3g}"
