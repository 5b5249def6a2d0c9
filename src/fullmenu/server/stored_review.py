"""A review of what a store holds: begun on the page, its answers kept in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec import to_builtins

from fullmenu.errors import NotEnoughData
from fullmenu.review.campaign import plan_review
from fullmenu.review.desk import Desk
from fullmenu.review.labels import Kind, Label, line_of, read_lines
from fullmenu.samples import Record, Samples

if TYPE_CHECKING:
    from fullmenu.store import Store

OUTPUTS = 2_000
"""Outputs, the last of a model, that a review asks about."""


class StoredLog:
    """The answers of one review, in the store."""

    def __init__(self, store: Store, number: int) -> None:
        self.store, self.number = store, number

    def read(self) -> list[Label]:
        """Return all entries, in order."""
        return read_lines(self.store.reviews.entries(self.number), f"review {self.number}")

    def append(self, label: Label) -> None:
        """Keep one entry; on return it is committed."""
        self.store.reviews.append(self.number, line_of(label))


def begin(
    store: Store, model: str | None, kind: Kind, number: int, overlap: int,
    alarm: int | None = None,
) -> int:  # fmt: skip
    """Begin a review of a model's last outputs, or of what stands behind an alarm too.

    It returns its number.

    Raises
    ------
    BadInput
        Another one goes on, or there is no such alarm.
    NotEnoughData
        There is nothing to ask about.
    """
    last = store.samples(model=model, limit=OUTPUTS, newest=True)
    if not last:
        raise NotEnoughData("the store holds no outputs of that model; choose another")
    log = [
        {"output": x.record.output, "prompt": x.record.prompt, "prompt_id": x.record.prompt_id,
         "model": x.record.model}
        for x in last
    ]  # fmt: skip
    behind = None if alarm is None else to_builtins(store.alarm(alarm).alarm)
    plan_review(_samples(log), number, kind, behind=behind)
    settings = {"kind": kind, "number": number, "overlap": overlap, "behind": behind}
    return store.reviews.begin(settings, log)


def desk_of(store: Store, number: int) -> Desk:
    """Return the desk of a review that goes on, with the answers so far."""
    review = store.reviews.get(number)
    settings = review.settings
    asked = plan_review(
        _samples(review.log), int(settings["number"]), cast("Kind", settings["kind"]), seed=number,
        behind=settings.get("behind"),
    )  # fmt: skip
    return Desk(asked, StoredLog(store, number), int(settings["overlap"]), seed=number)


def _samples(log: object) -> Samples:
    rows = cast("list[dict[str, str | None]]", log)
    return Samples.from_records(
        Record(row["output"] or "", row["prompt"], row["prompt_id"], row["model"]) for row in rows
    )
