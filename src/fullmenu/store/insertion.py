"""Samples on their way in: numbered, their models and prompts found, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from fullmenu.samples import Record
from fullmenu.store.table_rows import (
    clean,
    digest,
    model_name,
    name_digest,
    prompt_name,
    this_moment,
)
from fullmenu.store.tables import SUMS, asked, counters, days, models, prompts, samples

AT_ONCE = 500
"""Values in one list of a query."""

DAY = 86_400_000_000

KNOWN = select(samples.c.key).where(samples.c.key.in_(bindparam("keys", expanding=True)))
COUNTERS = select(counters.c.name, counters.c.value)
MODELS = select(models.c.name, models.c.id, models.c.first_time, models.c.last_time).where(
    models.c.name.in_(bindparam("names", expanding=True)) | models.c.name.is_(None)
)
PROMPTS = select(prompts.c.digest, prompts.c.id).where(
    prompts.c.digest.in_(bindparam("digests", expanding=True))
)
ASKED = select(asked.c.model, asked.c.prompt).where(
    asked.c.model.in_(bindparam("models", expanding=True)),
    asked.c.prompt.in_(bindparam("prompts", expanding=True)),
)
COUNT = (
    update(models)
    .where(models.c.id == bindparam("model"))
    .values(
        samples=models.c.samples + bindparam("more"),
        prompts=models.c.prompts + bindparam("new"),
        first_time=bindparam("first"),
        last_time=bindparam("last"),
        last_id=bindparam("top"),
    )
)

Row = dict[str, Any]
Prompt = tuple[str | None, str | None]


def known(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    """Return which of these keys are stored."""
    there: set[bytes] = set()
    for part in parts(keys):
        there.update(map(bytes, connection.scalars(KNOWN, {"keys": part})))
    return there


def insert_rows(
    connection: Connection, rows: Sequence[tuple[bytes, Record, Mapping[str, Any]]]
) -> None:
    """Insert samples by key, with the columns that stand for themselves."""
    counts = {name: value for name, value in connection.execute(COUNTERS)}
    arrived = max(this_moment(), counts.get("arrived", 0))
    first = counts.get("sample", 0) + 1
    names = [model_name(record.model) for _, record, _ in rows]
    asked_for = [(clean(record.prompt_id), clean(record.prompt)) for _, record, _ in rows]
    known_models = _models(connection, set(names))
    prompt_ids = _prompts(connection, [*dict.fromkeys(asked_for)])
    made = [
        {
            **row,
            "id": number,
            "key": key,
            "model": known_models[name]["id"],
            "prompt": prompt_ids[prompt],
            "arrived": arrived,
        }
        for number, ((key, _, row), name, prompt) in enumerate(
            zip(rows, names, asked_for, strict=True), first
        )
    ]
    connection.execute(insert(samples), made)
    _count(connection, made, {row["id"]: row for row in known_models.values()})
    connection.execute(
        _upsert(connection.dialect.name, counters),
        [
            {"name": "sample", "value": first + len(made) - 1},
            {"name": "arrived", "value": arrived},
        ],
    )


def parts(values: Sequence[Any]) -> list[Sequence[Any]]:
    """Cut values into lists for a query each."""
    return [values[i : i + AT_ONCE] for i in range(0, len(values), AT_ONCE)]


def _models(connection: Connection, names: set[str | None]) -> dict[str | None, Row]:
    named = [name for name in names if name is not None]
    there: dict[str | None, Row] = {}
    for part in parts(named) or [[]]:
        for row in connection.execute(MODELS, {"names": part}):
            there[row.name] = {"id": row.id, "first": row.first_time, "last": row.last_time}
    new = [name for name in names if name not in there]
    if new:
        top = connection.scalar(select(func.max(models.c.id))) or 0
        made = [
            {"id": number, "name": name, "samples": 0, "prompts": 0, "last_id": 0}
            for number, name in enumerate(new, top + 1)
        ]
        connection.execute(insert(models), made)
        there.update(
            (name, {"id": number, "first": None, "last": None})
            for number, name in enumerate(new, top + 1)
        )
    return there


def _prompts(connection: Connection, asked_for: Sequence[Prompt]) -> dict[Prompt, int]:
    digests = {digest(*prompt): prompt for prompt in asked_for}
    ids: dict[Prompt, int] = {}
    for part in parts([*digests]):
        for there, number in connection.execute(PROMPTS, {"digests": part}):
            ids[digests.pop(bytes(there))] = number
    if digests:
        top = connection.scalar(select(func.max(prompts.c.id))) or 0
        made = [
            {
                "id": number,
                "digest": key,
                "name_digest": name_digest(prompt_name(*prompt)),
                "prompt_id": prompt[0],
                "prompt": prompt[1],
            }
            for number, (key, prompt) in enumerate(digests.items(), top + 1)
        ]
        connection.execute(insert(prompts), made)
        ids.update(zip(digests.values(), range(top + 1, top + 1 + len(made)), strict=True))
    return ids


def _count(
    connection: Connection, made: Sequence[Mapping[str, Any]], known_models: Mapping[int, Row]
) -> None:
    """Add new rows to the counters of models, prompts and days."""
    by_prompt: dict[tuple[int, int], Row] = {}
    by_day: dict[tuple[int, int], Row] = {}
    by_model: dict[int, Row] = {}
    for row in made:
        model, when = row["model"], row["arrived"] if row["time"] is None else row["time"]
        pair = (model, row["prompt"])
        if pair not in by_prompt:
            by_prompt[pair] = {"model": model, "prompt": row["prompt"], "samples": 0}
        of_prompt = by_prompt[pair]
        of_prompt["samples"] += 1
        of_prompt["last_id"] = row["id"]
        date = (model, when // DAY)
        if date not in by_day:
            by_day[date] = {"model": model, "day": date[1], **dict.fromkeys(SUMS, 0)}
        of_day, length = by_day[date], len(row["output"])
        of_day["samples"] += 1
        of_day["characters"] += length
        of_day["squares"] += length * length
        of_day["empty"] += not row["output"] or row["output"].isspace()
        of_day["cut"] += row["finish_reason"] in ("length", "max_tokens")
        if model not in by_model:
            was = known_models[model]
            by_model[model] = {
                "model": model,
                "more": 0,
                "first": when if was["first"] is None else was["first"],
                "last": when if was["last"] is None else was["last"],
            }
        of_model = by_model[model]
        of_model["more"] += 1
        of_model["first"] = min(of_model["first"], when)
        of_model["last"] = max(of_model["last"], when)
        of_model["top"] = row["id"]
    new = Counter(model for model, _ in by_prompt)
    for part in parts([*{prompt for _, prompt in by_prompt}]):
        for pair in connection.execute(ASKED, {"models": [*by_model], "prompts": part}):
            if tuple(pair) in by_prompt:
                new[pair[0]] -= 1
    dialect = connection.dialect.name
    connection.execute(_upsert(dialect, asked), [*by_prompt.values()])
    connection.execute(_upsert(dialect, days), [*by_day.values()])
    connection.execute(COUNT, [{**row, "new": new[model]} for model, row in by_model.items()])


@cache
def _upsert(dialect: str, table: Table) -> Any:
    """Return the statement that inserts counts, or adds them to those that are there."""
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    keys = [*table.primary_key]
    new = {
        c.name: table.c[c.name] + c if c.name in SUMS else c
        for c in statement.excluded
        if table.c[c.name] not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=new)
