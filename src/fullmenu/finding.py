"""What a diagnosis says: a score, an intention, the gap between them, and a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from msgspec import Struct, to_builtins
from msgspec.structs import force_setattr

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate

Kind = Literal["failure", "hazard", "structure"]
FindingVerdict = Literal[
    "failure", "warning", "incapable", "inconclusive", "ok", "present", "absent"
]

SAYS: Mapping[Kind, tuple[FindingVerdict, ...]] = {
    "failure": ("failure", "warning", "incapable", "inconclusive", "ok"),
    "hazard": ("warning", "inconclusive", "ok"),
    "structure": ("present", "absent", "inconclusive"),
}
"""Which verdicts each kind may have. A structure is measured, never failed; a hazard warns."""

MEANINGS: Mapping[FindingVerdict, str] = {
    "failure": "the gap is surely worse than without the effect, in two training runs or more",
    "warning": "there are sure signs, too small or from too few training runs for a failure",
    "incapable": "the model is not good enough at its task for what it is after to show",
    "inconclusive": "the data decide neither way; more items or training runs may",
    "ok": "no gap that matters, and the data would have shown one",
    "present": "the structure is surely there; that is no fault",
    "absent": "the structure is surely not there, to any extent that matters",
}
"""What each verdict means."""


class Finding(Struct, frozen=True, tag_field="schema", tag="fullmenu/finding/1"):
    """One diagnosis of one model.

    Parameters
    ----------
    cousin
        Which diagnosis: ``"forgetting"``, ``"double-descent"`` …
    kind
        ``failure``: the gap is what went wrong. ``hazard``: something near that may go wrong.
        ``structure``: how the model is made, without any fault.
    subject
        What was diagnosed: a model, a checkpoint, a log.
    score
        What was optimised, in a few words.
    intention
        What was wanted, in a few words.
    gap
        Score against intention, oriented so that positive is bad (of a structure: its size).
    null
        The named case of no effect that the gap is held against, and what it gives.
    items, seeds
        How many items, and how many independent training runs, the interval rests on.
    verdict
        One of :data:`SAYS` for the kind. ``incapable``: not competent enough for intent to show.
    why
        How the verdict follows, one sentence with the numbers.
    caveat
        What the finding does not show.
    cure
        What helps, one sentence.
    evidence
        Further estimates by name.
    notes
        Further sentences.
    meaning
        What the verdict means, filled in from :data:`MEANINGS`.

    Raises
    ------
    BadInput
        A verdict that the kind may not have, or a failure on one seed.

    Examples
    --------
    >>> gap = Estimate(0.4, 0.3, 0.5, n=500, unit="accuracy", method="paired by item")
    >>> found = Finding("forgetting", "failure", "after", "the new task", "the old tasks too", gap,
    ...     "no change: 0", items=500, seeds=1, verdict=capped("failure", 1), why="…")
    >>> found.verdict
    'warning'
    """

    cousin: str
    kind: Kind
    subject: str
    score: str
    intention: str
    gap: Estimate
    null: str
    items: int
    seeds: int
    verdict: FindingVerdict
    why: str
    caveat: str = ""
    cure: str = ""
    evidence: Mapping[str, Estimate] = {}
    notes: Sequence[str] = ()
    meaning: str = ""

    def __post_init__(self) -> None:
        if self.kind not in SAYS:
            raise BadInput(f"kind={self.kind!r}: use one of {', '.join(SAYS)}")
        if self.verdict not in SAYS[self.kind]:
            raise BadInput(
                f"a {self.kind} is never {self.verdict!r}; it is one of "
                f"{', '.join(SAYS[self.kind])}"
            )
        if self.verdict == "failure" and self.seeds < 2:
            raise BadInput(
                f"{self.cousin}: {self.seeds} seed never earns a failure; train on 2 seeds or "
                "more, or say warning (fullmenu.finding.capped does)"
            )
        force_setattr(self, "meaning", MEANINGS[self.verdict])

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return cast("dict[str, object]", to_builtins(self))


def capped(verdict: FindingVerdict, seeds: int) -> FindingVerdict:
    """Return the verdict that so many training runs can earn: one seed warns at most.

    Examples
    --------
    >>> capped("failure", 1), capped("failure", 5), capped("ok", 1)
    ('warning', 'failure', 'ok')
    """
    return "warning" if verdict == "failure" and seeds < 2 else verdict


def failure(cousin: str, *told: Any, verdict: FindingVerdict, seeds: int, **more: Any) -> Finding:
    """Return a finding of kind ``failure``, its verdict capped by what so many seeds can earn.

    All else is as :class:`Finding` takes it.
    """
    more |= {"verdict": capped(verdict, seeds), "seeds": seeds}
    return Finding(cousin, "failure", *told, **more)
