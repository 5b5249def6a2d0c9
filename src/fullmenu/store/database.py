"""A database, opened: its connections, its version, and its errors in one line."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from fullmenu.errors import BadInput, extra
from fullmenu.store.tables import metadata

DEFAULT = "fullmenu.db"
VERSIONS = "fullmenu_version"
READERS = 4
PATIENCE = 10.0
"""Seconds that a writer waits for another."""

PAUSE = 0.002
"""Seconds at most between two tries to write to a file."""

LONG = 0.05
"""Seconds of a transaction after which a file is left to others for a moment."""

WAL = 64 << 20
"""Bytes of a write-ahead log that is brought back to nothing once no reader needs it."""

PAGES = 1_000
"""Pages of a file that are given back in one transaction."""

LOCK = 0x46756C6C6D656E75
"""Of PostgreSQL's advisory locks, the one that writers take."""

FORMS = "give a path, sqlite:///PATH or postgresql://USER@HOST/DATABASE"


class Database:
    """One writing connection at a time, and a few that read.

    A transaction that writes holds the database's only lock, so that numbers of samples rise in
    the order in which they can be seen, whichever process stores them.
    """

    def __init__(self, url: str | None, make: bool = True) -> None:
        parsed = _parsed(url)
        self.name = parsed.set(drivername="postgresql").render_as_string(hide_password=True)
        self.path = None if parsed.get_backend_name() != "sqlite" else Path(parsed.database or "")
        self._lock = threading.RLock()
        self._writing: Connection | None = None
        if self.path is not None:
            self.name = str(self.path)
            if not make and not self.path.exists():
                raise BadInput(f"there is no store {self.name}: name one with --store")
            self.writer, self.reader = _sqlite(self.path)
        else:
            with extra("PostgreSQL stores", "postgres"):
                self.writer = self.reader = _postgresql(parsed)
        try:
            with self._told("open"):
                self._prepare()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that is committed at the end, all of it or nothing.

        Inside of another one of the same thread it is a part of that.
        """
        with self._lock:
            if self._writing is not None:
                yield self._writing
                return
            with self._told("write to"), self._transaction() as connection:
                began = time.monotonic()
                self._writing = connection
                try:
                    yield connection
                finally:
                    self._writing = None
            self._checkpoint(WAL)
            if self.path is not None and time.monotonic() - began > LONG:
                time.sleep(2 * PAUSE)  # the next to try is another

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.writer.begin() as connection:
            if self.path is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees the store as it is at the first query."""
        with self._told("read"), self.reader.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.reader.dispose()
        self.writer.dispose()

    def wal(self) -> int:
        """Return the bytes of the write-ahead log."""
        if self.path is None:
            return 0
        try:
            return Path(f"{self.path}-wal").stat().st_size
        except OSError:
            return 0

    def shrink(self) -> None:
        """Give free pages of a file back, but for a tenth, which what comes next will fill."""
        while self.path is not None:
            with self._lock, self.writer.connect() as connection:
                raw: Any = connection.connection.dbapi_connection
                free, pages = (
                    raw.execute(f"PRAGMA {name}").fetchone()[0]
                    for name in ("freelist_count", "page_count")
                )
                if free <= max(pages // 10, PAGES):
                    break
                try:  # a script goes on to the last of the pages, as execute does not
                    raw.executescript(f"PRAGMA incremental_vacuum({PAGES})")
                except sqlite3.OperationalError:
                    break  # another process writes: next time
            self._checkpoint(WAL)
        self._checkpoint(0)

    def _checkpoint(self, above: int) -> None:
        """Bring the write-ahead log back to nothing if it is larger, and nobody reads."""
        if self.wal() <= above:
            return
        with self.writer.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            with _patience(raw, 0.1), suppress(sqlite3.OperationalError):  # read now: next time
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _prepare(self) -> None:
        if self.path is not None:
            _check_file(self.path)
            _use_wal(self.path)
        with self._transaction() as connection:
            _migrate(connection, self.name)

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        try:
            yield
        except NoConnection:
            raise BadInput(
                f"cannot {doing} the store {self.name}: too many read it at once"
            ) from None
        except DBAPIError as error:
            raise BadInput(f"cannot {doing} the store {self.name}: {_reason(error)}") from error
        except SQLAlchemyError as error:
            raise BadInput(f"cannot {doing} the store {self.name}: {error}") from error


def _parsed(url: str | None) -> URL:
    given = DEFAULT if url is None else url
    if "://" not in given:
        return URL.create("sqlite", database=str(Path(given).expanduser()))
    try:
        parsed = make_url(given)
    except (ArgumentError, ValueError):
        raise BadInput(f"{given.partition('://')[0]}://… is no store's URL: {FORMS}") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise BadInput(f"{given!r} names no file, and a store is one: {FORMS}")
        return parsed
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise BadInput(f"a store cannot be kept in {kind!r}: {FORMS}")


def _sqlite(path: Path) -> tuple[Engine, Engine]:
    """Make the two engines; neither connects yet."""
    writer = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": PATIENCE},
    )
    reader = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=PATIENCE,
        connect_args={"check_same_thread": False, "timeout": PATIENCE},
    )

    def connected(only_reads: bool, raw: Any) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA synchronous = NORMAL")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA cache_size = -32768")
        raw.execute(f"PRAGMA journal_size_limit = {WAL}")
        if only_reads:
            raw.execute("PRAGMA query_only = ON")

    event.listen(writer, "connect", lambda raw, _: connected(False, raw))
    event.listen(reader, "connect", lambda raw, _: connected(True, raw))
    event.listen(writer, "begin", _begin_writing)
    event.listen(reader, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return writer, reader


def _begin_writing(connection: Connection) -> None:
    """Begin a transaction that writes; tries at random moments let no other writer always win."""
    end = time.monotonic() + PATIENCE
    with _patience(connection.connection.dbapi_connection, 0):
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() > end:
                    raise
            time.sleep(random.uniform(0, PAUSE))


@contextmanager
def _patience(raw: Any, seconds: float) -> Iterator[None]:
    """Let SQLite itself wait no longer than so for others."""
    raw.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA busy_timeout = {int(1000 * PATIENCE)}")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=READERS + 1,
        max_overflow=0,
        pool_timeout=PATIENCE,
        pool_pre_ping=True,
        connect_args={"connect_timeout": int(PATIENCE)},
    )


def _check_file(path: Path) -> None:
    """Make the file, for its owner only, or refuse one that is no database or cannot be written."""
    try:
        if path.is_dir():
            raise BadInput(f"cannot open the store {path}: it is a folder; name a file in it")
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        head = os.read(file, 16)
        os.close(file)
    except OSError as error:
        raise BadInput(f"cannot open the store {path}: {error.strerror}") from None
    if head and not head.startswith(b"SQLite format 3"):
        raise BadInput(f"cannot open the store {path}: it is a file, but no SQLite database")


def _use_wal(path: Path) -> None:
    """Set what a file keeps; another process may be doing so too."""
    end = time.monotonic() + PATIENCE
    while True:
        raw = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            if raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                raw.execute("PRAGMA auto_vacuum = INCREMENTAL")
                raw.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise BadInput(f"cannot open the store {path}: {error}") from None
            time.sleep(0.05)
        except sqlite3.DatabaseError as error:
            raise BadInput(f"cannot open the store {path}: {error}") from None
        finally:
            raw.close()


def _migrate(connection: Connection, name: str) -> None:
    """Bring the tables to this version, in the transaction of the connection."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    tables = set(inspect(connection).get_table_names())
    version = None
    if VERSIONS in tables:
        version = connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()
    elif tables:
        raise BadInput(
            f"cannot open the store {name}: it is a database of something else, with the tables "
            f"{', '.join(sorted(tables)[:5])}; name an empty database, or a new file"
        )
    if version == scripts.get_current_head():
        return
    if version is not None and version not in {s.revision for s in scripts.walk_revisions()}:
        raise BadInput(
            f"cannot open the store {name}: a newer version of Fullmenu wrote it (its tables are "
            f"of version {version}, and this one knows up to {scripts.get_current_head()}); "
            "update Fullmenu"
        )

    def steps(revision: Any, _: Any) -> Any:
        return scripts._upgrade_revs("head", revision)

    with EnvironmentContext(config, scripts, fn=steps) as environment:
        environment.configure(
            connection=connection,
            target_metadata=metadata,
            version_table=VERSIONS,
            transactional_ddl=True,
        )
        environment.run_migrations()


def _reason(error: DBAPIError) -> str:
    """Say in a line why a database refused."""
    said = " ".join(str(error.orig).split())
    if "disk is full" in said or "No space left" in said:
        return "the disk is full; nothing of this was stored, and all that was before is there"
    if "readonly" in said:
        return f"it can be read only ({said})"
    if "database is locked" in said:
        return f"another process has been writing to it for {PATIENCE:.0f} seconds"
    return said
