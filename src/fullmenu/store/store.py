"""The store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, func, insert, select, update

from fullmenu.errors import BadInput, UnknownName
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Record
from fullmenu.store import token_secrets as secret_tokens
from fullmenu.store.database import Database
from fullmenu.store.insertion import DAY, insert_rows, known
from fullmenu.store.nouns import (
    Added,
    ChangeNote,
    Day,
    ModelFacts,
    PromptFacts,
    Pruned,
    Range,
    Stored,
    StoredAlarm,
    StoredWatch,
    StoreSize,
    Token,
    WatchSettings,
)
from fullmenu.store.retention import prune
from fullmenu.store.reviews import Reviews
from fullmenu.store.table_rows import (
    clean,
    keys_of,
    model_name,
    moment,
    name_digest,
    prompt_name,
    record_of,
    row_of,
    this_moment,
    time_of,
)
from fullmenu.store.tables import (
    SUMS,
    alarms,
    asked,
    changes,
    days,
    models,
    prompts,
    samples,
    settings,
    tokens,
    watches,
)

ANY = "\0"
"""Of a filter by model: every model. ``None`` is a name: that of samples that say none."""

BASELINE = 20_000
"""Samples that a baseline is of at most."""

PAGE = 5_000
"""Samples that are read at once."""

ALARMS = (
    select(alarms, models.c.name, watches.c.ended)
    .join(watches, alarms.c.watch == watches.c.id)
    .join(models, watches.c.model == models.c.id)
)


class Store:
    """Samples, watches with their alarms, and settings, in SQLite or PostgreSQL.

    Made by :meth:`open`. Every method is one transaction or several short ones, and can be called
    from any thread; what :meth:`add` returned of is committed. A kill of the process loses nothing
    of that; where the machine loses power, SQLite may lose the last commits, and stays whole.

    Examples
    --------
    >>> import tempfile
    >>> store = Store.open(f"{tempfile.mkdtemp()}/store.db")
    >>> fig = Record("A fig.", "Fruit?", model="bot", call_id="7")
    >>> store.add([fig]), store.add([fig])
    (Added(stored=1, known=0), Added(stored=0, known=1))
    >>> [s.record.output for s in store.samples(model="bot")]
    ['A fig.']
    >>> store.close()
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reviews = Reviews(database)

    @classmethod
    def open(cls, url: str | None = None, *, make: bool = True) -> Store:
        """Open a store, and make it or bring it to this version first.

        Parameters
        ----------
        url
            A path or ``sqlite:///path``, or ``postgresql://user@host/database``; by default
            ``fullmenu.db`` here.
        make
            Whether a file that is not there is made.

        Raises
        ------
        BadInput
            It cannot be reached or written, is of a newer version, or of something else.
        MissingExtra
            It is on PostgreSQL, and psycopg is not installed.
        """
        return cls(Database(url, make))

    def __str__(self) -> str:
        return self.database.name

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    # samples

    def add(self, records: Sequence[Record], keys: Sequence[str] | None = None) -> Added:
        """Store samples in one transaction, each once.

        Parameters
        ----------
        records
            In the order in which they are to be watched.
        keys
            What each is known by; by default its call, or its content and time
            (:func:`~fullmenu.store.table_rows.keys_of`).

        Returns
        -------
        Added
            It is committed by then.

        Raises
        ------
        BadInput
            The store cannot be written to: nothing of the batch was stored.
        """
        if keys is not None and len(keys) != len(records):
            raise BadInput(f"{len(keys)} keys for {len(records)} samples: give one for each")
        rows: dict[bytes, tuple[Record, dict[str, Any]]] = {}
        for key, record in zip(keys_of(records, keys), records, strict=True):
            rows.setdefault(key, (record, row_of(record)))
        with self.database.write() as connection:
            for key in known(connection, [*rows]):
                del rows[key]
            if rows:
                insert_rows(connection, [(key, *row) for key, row in rows.items()])
        return Added(len(rows), len(records) - len(rows))

    def samples(
        self,
        after: int = 0,
        until: int | None = None,
        *,
        model: str | None = ANY,
        prompt_id: str | None = None,
        limit: int = 1000,
        newest: bool = False,
    ) -> list[Stored]:
        """Return samples with numbers above ``after``, up to ``until``, in their order.

        ``newest``: the newest come first, and the next page is ``until`` the last of this one less
        one. ``model=None``: those that name none; :data:`ANY`, the default: of every model.
        """
        columns = [c for c in samples.c if c.name not in ("key", "prompt")]
        query = (
            select(*columns, prompts.c.prompt_id, prompts.c.prompt, models.c.name.label("called"))
            .join(prompts, samples.c.prompt == prompts.c.id)
            .join(models, samples.c.model == models.c.id)
            .where(samples.c.id > after)
            .order_by(samples.c.id.desc() if newest else samples.c.id)
            .limit(limit)
        )
        if until is not None:
            query = query.where(samples.c.id <= until)
        with self.database.read() as connection:
            if model != ANY:
                query = query.where(samples.c.model == _model_id(connection, model))
            if prompt_id is not None:
                same = select(prompts.c.id).where(prompts.c.name_digest == name_digest(prompt_id))
                few = connection.scalars(same.limit(2)).all()
                query = query.where(
                    samples.c.prompt == few[0] if len(few) == 1 else samples.c.prompt.in_(same)
                )
            rows = connection.execute(query).all()
        return [Stored(row.id, record_of(row, row.called), time_of(row.arrived)) for row in rows]

    def pages(
        self, after: int = 0, until: int | None = None, *, model: str | None = ANY
    ) -> Iterator[list[Stored]]:
        """Yield all samples of a range, page by page."""
        while page := self.samples(after, until, model=model, limit=PAGE):
            after = page[-1].id
            yield page

    def models(self) -> list[ModelFacts]:
        """Return the models, the one that was heard of last first."""
        with self.database.read() as connection:
            rows = connection.execute(select(models).order_by(models.c.last_id.desc())).all()
        return [
            ModelFacts(
                row.name,
                row.samples,
                row.prompts,
                None if row.first_time is None else time_of(row.first_time),
                None if row.last_time is None else time_of(row.last_time),
                row.last_id,
            )
            for row in rows
            if row.last_id
        ]

    def search_prompts(
        self, model: str | None, text: str, *, after: int = 0, limit: int = 25, most: int = 20_000
    ) -> tuple[list[PromptFacts], int | None]:
        """Return a model's prompts that hold a text, and the number to go on after, if any.

        ``most`` prompts with numbers above ``after`` are looked through, so that a search costs
        the same however many there are.
        """
        with self.database.read() as connection:
            number = _model_id(connection, model)
            window = (
                select(asked.c.prompt, asked.c.samples, asked.c.last_id)
                .where(asked.c.model == number, asked.c.prompt > after)
                .order_by(asked.c.prompt)
            )
            end = connection.scalar(select(window.subquery().c.prompt).offset(most - 1).limit(1))
            part = window.limit(most).subquery()
            query = select(prompts, part.c.samples, part.c.last_id).join(
                part, part.c.prompt == prompts.c.id
            )
            if text:
                holds = prompts.c.prompt.icontains(text, autoescape=True)
                query = query.where(holds | prompts.c.prompt_id.icontains(text, autoescape=True))
            rows = connection.execute(query.order_by(prompts.c.id).limit(limit + 1)).all()
        found = [
            PromptFacts(row.id, prompt_name(row.prompt_id, row.prompt), row.prompt,
                        int(row.samples), row.last_id)
            for row in rows[:limit]
        ]  # fmt: skip
        return found, found[-1].id if len(rows) > limit else end

    def days(self, model: str | None = ANY) -> list[Day]:
        """Return what came each day, in order."""
        query = select(days, models.c.name).join(models, days.c.model == models.c.id)
        with self.database.read() as connection:
            if model != ANY:
                query = query.where(days.c.model == _model_id(connection, model))
            rows = connection.execute(query.order_by(days.c.day, days.c.model)).all()
        return [
            Day(row.name, time_of(row.day * DAY), *(getattr(row, name) for name in SUMS))
            for row in rows
        ]

    # watches and alarms

    def set_baseline(
        self,
        model: str | None,
        baseline: Range | tuple[int, int],
        settings: WatchSettings | None = None,
        name: str | None = None,
    ) -> StoredWatch:
        """Watch a model from now on against a range of its samples; its watch before that ends.

        What comes after the range is watched. The alarms of the watch before stay. Of a range of
        more than 20,000 samples of the model the newest 20,000 are taken.

        Raises
        ------
        BadInput
            The range holds no sample of the model.
        UnknownName
            There is no such model.
        """
        after, until = baseline
        chosen = settings or WatchSettings()
        now = this_moment()
        with self.database.write() as connection:
            number = _model_id(connection, model)
            if number < 0:
                known = connection.scalars(select(models.c.name)).all()
                raise UnknownName("model", str(model), [n for n in known if n is not None])
            within = (samples.c.model == number, samples.c.id > after, samples.c.id <= until)
            newest = select(samples.c.id).where(*within).order_by(samples.c.id.desc())
            if connection.scalar(newest.limit(1)) is None:
                raise BadInput(
                    f"no sample of the model {model!r} is in the range above {after:,} up to "
                    f"{until:,}; the store's own numbers of samples are meant"
                )
            after = connection.scalar(newest.offset(BASELINE).limit(1)) or after
            connection.execute(
                update(watches)
                .where(watches.c.model == number, watches.c.ended.is_(None))
                .values(ended=now)
            )
            made = connection.execute(
                insert(watches).values(
                    name=name or model or "no model",
                    model=number,
                    after=after,
                    until=until,
                    settings=msgspec.json.encode(chosen).decode(),
                    position=until,
                    version=0,
                    began=now,
                )
            )
            return self._watches(connection, watches.c.id == made.inserted_primary_key[0])[0]

    def end_watch(self, watch: int) -> None:
        """End a watch; its alarms stay."""
        with self.database.write() as connection:
            connection.execute(
                update(watches)
                .where(watches.c.id == watch, watches.c.ended.is_(None))
                .values(ended=this_moment())
            )

    def watches(self, *, ended: bool = False) -> list[StoredWatch]:
        """Return the watches that run; ``ended``: and those that have ended."""
        with self.database.read() as connection:
            return self._watches(connection, *(() if ended else (watches.c.ended.is_(None),)))

    def watch(self, which: int | str) -> StoredWatch:
        """Return a watch by its number, or the one that runs by its name."""
        wanted = (
            (watches.c.id == which,)
            if isinstance(which, int)
            else (watches.c.name == which, watches.c.ended.is_(None))
        )
        with self.database.read() as connection:
            there = self._watches(connection, *wanted)
        if not there:
            raise UnknownName("watch", str(which), [w.name for w in self.watches()])
        return there[0]

    def state(self, watch: int) -> tuple[int, bytes | None]:
        """Return the version and the state of a watch; ``None``: it has not begun."""
        query = select(watches.c.version, watches.c.state).where(watches.c.id == watch)
        with self.database.read() as connection:
            row = connection.execute(query).one()
        return row.version, None if row.state is None else bytes(row.state)

    def version(self, watch: int) -> int:
        """Return the version of a watch's state: it rises with each that is kept."""
        query = select(watches.c.version).where(watches.c.id == watch)
        with self.database.read() as connection:
            return int(connection.scalar(query) or 0)

    def keep_state(
        self, watch: int, version: int, state: bytes, position: int, raised: Sequence[Alarm] = ()
    ) -> None:
        """Keep the state of a watch, where it is, and its new or changed alarms, all at once.

        Raises
        ------
        BadInput
            The watch has ended, or its state is no longer of this version: somebody else kept one.
        """
        now = this_moment()
        with self.database.write() as connection:
            kept = connection.execute(
                update(watches)
                .where(
                    watches.c.id == watch,
                    watches.c.version == version,
                    watches.c.ended.is_(None),
                )
                .values(state=state, version=version + 1, position=position, error=None)
            )
            if not kept.rowcount:
                raise BadInput(f"the watch {watch} of {self} has ended, or another server runs it")
            for alarm in raised:
                text = clean(msgspec.json.encode(alarm).decode())
                here = (alarms.c.watch == watch, alarms.c.visit == alarm.visit)
                if not connection.execute(update(alarms).where(*here).values(alarm=text)).rowcount:
                    row = {"watch": watch, "visit": alarm.visit, "alarm": text, "raised": now}
                    connection.execute(insert(alarms).values(row))

    def claim(self, watch: int, keeper: str, seconds: float) -> bool:
        """Take a watch for some seconds, unless another keeper has it; tell whether it was free."""
        now = this_moment()
        free = watches.c.keeper.is_(None) | (watches.c.keeper == keeper)
        with self.database.write() as connection:
            taken = connection.execute(
                update(watches)
                .where(watches.c.id == watch, watches.c.ended.is_(None))
                .where(free | (watches.c.kept_until < now))
                .values(keeper=keeper, kept_until=now + int(1e6 * seconds))
            )
        return bool(taken.rowcount)

    def keeper(self, watch: int) -> str | None:
        """Return who has a watch, or had it last."""
        with self.database.read() as connection:
            return connection.scalar(select(watches.c.keeper).where(watches.c.id == watch))

    def release(self, keeper: str) -> None:
        """Give back the watches of a keeper."""
        with self.database.write() as connection:
            connection.execute(
                update(watches).where(watches.c.keeper == keeper).values(keeper=None)
            )

    def keep_error(self, watch: int, error: str | None) -> None:
        """Keep why a watch cannot go on; ``None``: it can."""
        with self.database.write() as connection:
            connection.execute(
                update(watches).where(watches.c.id == watch).values(error=clean(error))
            )

    def document(self, watch: int) -> bytes | None:
        """Return how a watch stood last, as it was kept."""
        query = select(watches.c.document).where(watches.c.id == watch)
        with self.database.read() as connection:
            data = connection.scalar(query)
        return None if data is None else bytes(data)

    def keep_document(self, watch: int, version: int, document: bytes) -> None:
        """Keep how a watch stands, unless its state is no longer of this version."""
        with self.database.write() as connection:
            connection.execute(
                update(watches)
                .where(watches.c.id == watch, watches.c.version == version)
                .values(document=document)
            )

    def _watches(self, connection: Connection, *where: Any) -> list[StoredWatch]:
        query = (
            select(
                *(c for c in watches.c if c.name not in ("state", "document")),
                models.c.name.label("called"),
            )
            .join(models, watches.c.model == models.c.id)
            .where(*where)
            .order_by(watches.c.id)
        )
        now = this_moment()
        there = []
        for row in connection.execute(query).all():
            new = (samples.c.model == row.model, samples.c.id > row.position)
            lag = 0 if row.ended else connection.scalar(select(func.count()).where(*new)) or 0
            first = select(samples.c.arrived).where(*new).order_by(samples.c.id).limit(1)
            waited = now - (connection.scalar(first) or now) if lag else 0
            there.append(
                StoredWatch(
                    row.id,
                    row.name,
                    row.called,
                    Range(row.after, row.until),
                    msgspec.json.decode(row.settings, type=WatchSettings),
                    row.position,
                    time_of(row.began),
                    None if row.ended is None else time_of(row.ended),
                    row.error,
                    lag,
                    max(0.0, waited / 1e6),
                )
            )
        return there

    def alarms(
        self,
        *,
        watch: int | None = None,
        model: str | None = ANY,
        standing: bool | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[StoredAlarm]:
        """Return alarms, the newest first.

        ``standing``: those that nobody acknowledged, of watches that run; ``False``: the others.
        ``before`` is the number that the last page ended with.
        """
        query = ALARMS.order_by(alarms.c.id.desc()).limit(limit)
        if watch is not None:
            query = query.where(alarms.c.watch == watch)
        if before is not None:
            query = query.where(alarms.c.id < before)
        if standing is not None:
            stands = alarms.c.acknowledged.is_(None) & watches.c.ended.is_(None)
            query = query.where(stands if standing else ~stands)
        with self.database.read() as connection:
            if model != ANY:
                query = query.where(watches.c.model == _model_id(connection, model))
            return _alarms(connection, query)

    def alarm(self, number: int) -> StoredAlarm:
        """Return an alarm by its number."""
        with self.database.read() as connection:
            there = _alarms(connection, ALARMS.where(alarms.c.id == number))
        if not there:
            raise BadInput(f"there is no alarm {number} in {self}: `fullmenu alarms` lists them")
        return there[0]

    def acknowledge(self, alarm: int, by: str | None = None) -> StoredAlarm:
        """Take note of an alarm and those of its watch before it: what comes next is a new one."""
        there = self.alarm(alarm)
        with self.database.write() as connection:
            connection.execute(
                update(alarms)
                .where(
                    alarms.c.watch == there.watch,
                    alarms.c.visit <= there.alarm.visit,
                    alarms.c.acknowledged.is_(None),
                )
                .values(acknowledged=this_moment(), by=clean(by))
            )
        return self.alarm(alarm)

    # settings, tokens, changes

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a setting, plain JSON."""
        with self.database.read() as connection:
            value = connection.scalar(select(settings.c.value).where(settings.c.name == name))
        return default if value is None else json.loads(value)

    def set(self, name: str, value: Any) -> None:
        """Keep a setting; ``None`` takes it away."""
        with self.database.write() as connection:
            connection.execute(delete(settings).where(settings.c.name == name))
            if value is not None:
                text = clean(msgspec.json.encode(value).decode())
                connection.execute(insert(settings).values(name=name, value=text))

    def tokens(self) -> list[Token]:
        """Return the tokens, without their secrets, which are not kept."""
        with self.database.read() as connection:
            rows = connection.execute(select(tokens).order_by(tokens.c.id)).all()
        return [Token(r.id, r.name, r.scope, time_of(r.created)) for r in rows]

    def add_token(self, name: str, scope: str) -> str:
        """Make a token, and return its secret: this once, since only a digest of it is kept."""
        secret = secret_tokens.new()
        with self.database.write() as connection:
            connection.execute(
                insert(tokens).values(
                    name=clean(name),
                    scope=scope,
                    digest=secret_tokens.digest(secret),
                    created=this_moment(),
                )
            )
        return secret

    def revoke(self, token: int) -> None:
        """Take a token away."""
        with self.database.write() as connection:
            connection.execute(delete(tokens).where(tokens.c.id == token))

    def check(self, secret: str) -> str | None:
        """Return the scope of a token's secret; ``None``: no token has it."""
        with self.database.read() as connection:
            return connection.scalar(
                select(tokens.c.scope).where(tokens.c.digest == secret_tokens.digest(secret))
            )

    def owner(self, secret: str) -> str | None:
        """Return the name of a token by its secret; ``None``: no token has it."""
        with self.database.read() as connection:
            return connection.scalar(
                select(tokens.c.name).where(tokens.c.digest == secret_tokens.digest(secret))
            )

    def add_change(self, text: str, *, model: str | None = None, at: datetime | None = None) -> int:
        """Take note of something that changed, such as a release; return its number."""
        when = this_moment() if at is None else moment(at)
        with self.database.write() as connection:
            made = connection.execute(
                insert(changes).values(time=when, model=model_name(model), text=clean(text))
            )
            return int(made.inserted_primary_key[0])

    def changes(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 1000
    ) -> list[ChangeNote]:
        """Return what changed, the newest first."""
        query = select(changes).order_by(changes.c.time.desc(), changes.c.id.desc()).limit(limit)
        if since is not None:
            query = query.where(changes.c.time >= moment(since))
        if until is not None:
            query = query.where(changes.c.time <= moment(until))
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [ChangeNote(row.id, time_of(row.time), row.model, row.text) for row in rows]

    # keeping it small

    def prune(self, *, before: datetime | None = None, keep: int | None = None) -> Pruned:
        """Take away the samples that arrived before a time, or all but the newest ``keep``.

        Alarms, states of watches and the counts of days stay. Samples that a watch needs stay too:
        its baseline, and what it has not counted yet. It goes in small transactions.
        """
        return prune(self.database, None if before is None else moment(before), keep)

    def export(
        self,
        path: str | Path,
        *,
        model: str | None = ANY,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """Write samples to a Parquet file, which :func:`fullmenu.read` reads; return how many.

        ``since`` and ``until`` are of the samples' times, or where they have none of their arrival.
        """
        from fullmenu.store.parquet import export

        return export(self.pages(model=model), Path(path), since, until)

    def size(self) -> StoreSize:
        """Return what the store takes on disk."""
        if self.database.path is not None:
            wal = self.database.wal()
            return StoreSize(self.database.path.stat().st_size + wal, wal)
        with self.database.read() as connection:
            taken = connection.scalar(select(func.pg_database_size(func.current_database())))
        return StoreSize(int(taken or 0), 0)


def _model_id(connection: Connection, model: str | None) -> int:
    named = models.c.name.is_(None) if model is None else models.c.name == model_name(model)
    number = connection.scalar(select(models.c.id).where(named))
    return -1 if number is None else number


def _alarms(connection: Connection, query: Select[Any]) -> list[StoredAlarm]:
    return [
        StoredAlarm(
            row.id,
            row.watch,
            row.name,
            msgspec.json.decode(row.alarm, type=Alarm),
            time_of(row.raised),
            None if row.acknowledged is None else time_of(row.acknowledged),
            row.by,
            row.ended is not None,
        )
        for row in connection.execute(query).all()
    ]
