"""Per-item results of checkpoints: one table, whatever they were read from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from fullmenu.errors import BadInput


class ItemScore(NamedTuple):
    """The score of one item of one suite, in [0, 1]; ``group`` where items go together."""

    suite: str
    item: str
    score: float
    seed: str = ""
    checkpoint: str = ""
    group: str = ""


@dataclass(frozen=True)
class Results:
    """What one or several checkpoints scored on every item.

    Parameters
    ----------
    rows
        One for each item; an item that was asked again (an epoch, a repeat) counts with its mean.
    notes
        How they were read, and what was left out.
    by_file
        Whether they are one table that names no suite, so that its file's name stands for one.

    Raises
    ------
    BadInput
        No row, or a score outside [0, 1].

    Examples
    --------
    >>> results = Results.of({"sums": [1, 1, 0], "names": {"ann": 1, "bob": 0}})
    >>> len(results.rows), results.suites
    (5, ['sums', 'names'])
    """

    rows: tuple[ItemScore, ...]
    notes: tuple[str, ...] = ()
    by_file: bool = False

    def __post_init__(self) -> None:
        if not self.rows:
            raise BadInput("results without a row: give the score of every item of every suite")
        for row in self.rows:
            if not (math.isfinite(row.score) and 0 <= row.score <= 1):
                raise BadInput(
                    f"item {row.item[:80]!r} of {row.suite[:80]!r} scores {row.score}: scores are "
                    "shares of 1, right = 1 and wrong = 0; divide others by their scale"
                )

    @staticmethod
    def of(given: Mapping[str, Any]) -> Results:
        """Take a mapping of suite to scores in order, or to scores by item."""
        rows: list[ItemScore] = []
        for suite, scores in given.items():
            named: Iterable[tuple[Any, Any]] = (
                scores.items() if isinstance(scores, Mapping) else enumerate(scores)
            )
            rows += [ItemScore(str(suite), str(item), float(score)) for item, score in named]
        return Results(tuple(rows))

    @property
    def suites(self) -> list[str]:
        """The suites, in the order in which they come."""
        return list(dict.fromkeys(row.suite for row in self.rows))

    @property
    def checkpoints(self) -> list[str]:
        """The checkpoints, in the order in which they come."""
        return list(dict.fromkeys(row.checkpoint for row in self.rows))

    def only(self, checkpoint: str) -> Results:
        """Return what one checkpoint scored."""
        return Results(tuple(r for r in self.rows if r.checkpoint == checkpoint), self.notes)
