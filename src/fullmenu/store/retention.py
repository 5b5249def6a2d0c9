"""Retention: which samples go, in transactions so small that nobody waits for them."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, bindparam, delete, func, select, update

from fullmenu.errors import BadInput
from fullmenu.store.database import Database
from fullmenu.store.insertion import parts
from fullmenu.store.nouns import Pruned
from fullmenu.store.tables import asked, models, prompts, samples, watches

BATCH = 1_000
"""Samples that go in one transaction."""

FEWER_ASKED = (
    update(asked)
    .where(asked.c.model == bindparam("of"), asked.c.prompt == bindparam("for"))
    .values(samples=asked.c.samples - bindparam("less"))
)
NEVER_ASKED = select(asked.c.model, asked.c.prompt).where(
    asked.c.samples <= 0,
    asked.c.model.in_(bindparam("models", expanding=True)),
    asked.c.prompt.in_(bindparam("prompts", expanding=True)),
)
FEWER_SAMPLES = (
    update(models)
    .where(models.c.id == bindparam("of"))
    .values(
        samples=models.c.samples - bindparam("less"), prompts=models.c.prompts - bindparam("gone")
    )
)


def prune(database: Database, before: int | None, keep: int | None) -> Pruned:
    """Take away the samples that arrived before a moment, or all but the newest ``keep``."""
    if (before is None) == (keep is None):
        raise BadInput("what is to go? give a time (before) or a number of samples (keep)")
    if keep is not None and keep < 0:
        raise BadInput(f"keep={keep}: give how many of the newest samples stay, from 0")
    place = gone = needed = 0
    with database.read() as connection:
        there = int(connection.scalar(select(func.sum(models.c.samples))) or 0)
    most = there if keep is None else max(0, there - keep)
    while (limit := min(BATCH, most - gone - needed)) > 0:
        with database.write() as connection:
            due = _due(connection, place, before, limit)
            if not due:
                break
            place = due[-1][0]
            kept = _needed(connection)
            free = [
                row for row in due
                if not any(m == row[1] and a < row[0] <= u for m, a, u in kept)
            ]  # fmt: skip
            needed += len(due) - len(free)
            gone += len(free)
            if free:
                _take(connection, free)
    if gone:
        database.shrink()
    return Pruned(gone, needed)


def _due(
    connection: Connection, place: int, before: int | None, limit: int
) -> list[tuple[int, int, int]]:
    """Return number, model and prompt of the next samples to go: arrival rises with the number."""
    query = (
        select(samples.c.id, samples.c.model, samples.c.prompt, samples.c.arrived)
        .where(samples.c.id > place)
        .order_by(samples.c.id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    return [(r.id, r.model, r.prompt) for r in rows if before is None or r.arrived < before]


def _needed(connection: Connection) -> list[tuple[int, int, float]]:
    """Return the ranges that watches need: model, above which number, up to which."""
    columns = (watches.c.model, watches.c.after, watches.c.until, watches.c.position)
    query = select(*columns).where(watches.c.ended.is_(None))
    ranges: list[tuple[int, int, float]] = []
    for row in connection.execute(query):
        ranges.append((row.model, row.after, row.until))
        ranges.append((row.model, row.position, float("inf")))
    return ranges


def _take(connection: Connection, rows: list[tuple[int, int, int]]) -> None:
    for part in parts([number for number, _, _ in rows]):
        connection.execute(delete(samples).where(samples.c.id.in_(part)))
    by_pair = Counter((model, prompt) for _, model, prompt in rows)
    connection.execute(
        FEWER_ASKED,
        [{"of": model, "for": prompt, "less": n} for (model, prompt), n in by_pair.items()],
    )
    gone = [
        (row.model, row.prompt)
        for part in parts([*{prompt for _, prompt in by_pair}])
        for row in connection.execute(
            NEVER_ASKED, {"models": [*{model for model, _ in by_pair}], "prompts": part}
        )
    ]
    by_model, emptied = Counter(model for _, model, _ in rows), Counter(m for m, _ in gone)
    connection.execute(
        FEWER_SAMPLES,
        [{"of": model, "less": n, "gone": emptied[model]} for model, n in by_model.items()],
    )
    for model, prompt in gone:
        connection.execute(delete(asked).where(asked.c.model == model, asked.c.prompt == prompt))
    for prompt in {prompt for _, prompt in gone}:
        elsewhere = select(samples.c.id).where(samples.c.prompt == prompt).limit(1)
        if connection.scalar(elsewhere) is None:
            connection.execute(delete(prompts).where(prompts.c.id == prompt))
