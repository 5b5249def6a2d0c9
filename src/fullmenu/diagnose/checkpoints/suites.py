"""Every suite of two checkpoints, judged by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fullmenu.diagnose.checkpoints.change import SuiteChange, of_suite
from fullmenu.diagnose.checkpoints.suite_pairs import Given, SuitePair, pairs
from fullmenu.errors import BadInput, NotEnoughData


def changes_by_suite(
    before: Given | Sequence[Given],
    after: Given | Sequence[Given],
    *,
    margin: float = 0.02,
    level: float = 0.95,
) -> tuple[list[SuiteChange], list[str], int]:
    """Return how every suite changed, notes on what was left out, and the training runs.

    Parameters and errors are those of :func:`forgetting`.

    >>> changes, notes, runs = changes_by_suite({"old": [1, 1, 1, 0]}, {"old": [1, 0, 1, 1]})
    >>> changes[0].change.value, changes[0].counts
    (0.0, (1, 1))
    """
    check_margin(margin)
    if not 0.5 < level < 1:
        raise BadInput(f"level={level}: a coverage lies in (0.5, 1), such as 0.95")
    paired, notes = pairs(before, after)
    enough = [pair for pair in paired if pair.units > 1]
    if not enough:
        raise NotEnoughData(
            f"{paired[0].suite}: a change needs at least 2 items (or groups of them), not 1"
        )
    few = [pair.suite for pair in paired if pair.units < 2]
    if few:
        notes.append(f"of one item only, left out: {', '.join(few[:6])}")
    enough, given = _distinct(enough), len(enough[0].before)
    runs = len(enough[0].before)
    if runs < given:
        notes.append(f"{given} runs, of which {runs} differ in any item: those alike count once")
    return [of_suite(pair, margin, level) for pair in enough], notes, runs


def check_margin(margin: float) -> None:
    """Refuse what is no largest loss that is called none."""
    if not 0 < margin < 1:
        raise BadInput(
            f"margin={margin}: the loss that is called none lies in (0, 1), such as 0.02"
        )


def _distinct(paired: list[SuitePair]) -> list[SuitePair]:
    """Keep one of the training runs that agree in every item: the same run may be given twice."""
    first: dict[bytes, int] = {}
    for k in range(len(paired[0].before)):
        seen = b"".join(p.before[k].tobytes() + p.after[k].tobytes() for p in paired)
        first.setdefault(seen, k)
    kept = list(first.values())
    return [replace(p, before=p.before[kept], after=p.after[kept]) for p in paired]
