"""Reviews in a store: what is asked about, and an append-only log of what people answered."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update

from fullmenu.errors import BadInput
from fullmenu.store.database import Database
from fullmenu.store.table_rows import clean, this_moment, time_of
from fullmenu.store.tables import answers, reviews


class Review(NamedTuple):
    """A review: how it was set up, and the outputs that it asks about, kept until it ends."""

    id: int
    begun: datetime
    settings: Mapping[str, Any]
    log: Sequence[Mapping[str, Any]]


class Reviews:
    """The reviews of one store; one goes on at a time.

    Parameters
    ----------
    database
        Of the store.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def begin(self, settings: Mapping[str, Any], log: Sequence[Mapping[str, Any]]) -> int:
        """Begin a review of some outputs, kept beside it: samples may go before it ends.

        Raises
        ------
        BadInput
            Another one goes on.
        """
        with self.database.write() as connection:
            if self.current() is not None:
                raise BadInput("a review is going on: end it before another begins")
            made = connection.execute(
                insert(reviews).values(
                    begun=this_moment(),
                    settings=clean(json.dumps(settings)),
                    log=zlib.compress(json.dumps(log).encode()),
                )
            )
            return int(made.inserted_primary_key[0])

    def current(self) -> int | None:
        """Return the number of the review that goes on."""
        query = select(reviews.c.id).where(reviews.c.ended.is_(None)).order_by(reviews.c.id.desc())
        with self.database.read() as connection:
            return connection.scalar(query.limit(1))

    def get(self, number: int) -> Review:
        """Return a review that goes on."""
        with self.database.read() as connection:
            row = connection.execute(select(reviews).where(reviews.c.id == number)).one_or_none()
        if row is None or row.log is None:
            raise BadInput(f"there is no review {number} that goes on")
        log = json.loads(zlib.decompress(row.log))
        return Review(row.id, time_of(row.begun), json.loads(row.settings), log)

    def end(self, number: int) -> None:
        """End a review: its outputs go, its answers stay."""
        with self.database.write() as connection:
            connection.execute(
                update(reviews).where(reviews.c.id == number).values(ended=this_moment(), log=None)
            )

    def append(self, number: int, entry: str) -> None:
        """Keep one entry of a review's log; it is committed on return."""
        with self.database.write() as connection:
            connection.execute(insert(answers).values(review=number, entry=clean(entry)))

    def entries(self, number: int) -> list[str]:
        """Return the entries of a review's log, in order."""
        query = select(answers.c.entry).where(answers.c.review == number).order_by(answers.c.id)
        with self.database.read() as connection:
            return list(connection.scalars(query))
