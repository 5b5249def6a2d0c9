"""A store that cannot be opened or written says why in one line, and loses nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from tests.conftest import unavailable

from fullmenu.errors import BadInput
from fullmenu.samples import Record

from .conftest import URLs

if TYPE_CHECKING:
    from fullmenu.store import Store


def served(n: int) -> list[Record]:
    return [Record(f"dish {i} " + "x" * 1000, "Fruit?", call_id=str(i)) for i in range(n)]


def test_the_tables_are_those_that_the_steps_make(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from fullmenu.store.tables import metadata

    with store.database.writer.connect() as connection:
        opts = {"version_table": "fullmenu_version", "compare_type": True}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_many_processes_may_open_a_new_store_at_once(urls: URLs) -> None:
    code = "import sys; from fullmenu.store import Store; s = Store.open(sys.argv[1]); s.models()"
    ran = [
        subprocess.Popen([sys.executable, "-c", code, urls("new")], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [(p.communicate()[1], p.returncode) for p in ran] == [(b"", 0)] * 4


def test_a_store_of_a_newer_version_is_refused(urls: URLs) -> None:
    from sqlalchemy import text

    from fullmenu.store import Store

    with Store.open(urls("new")) as store, store.database.write() as connection:
        connection.execute(text("UPDATE fullmenu_version SET version_num = '9999'"))
    with pytest.raises(BadInput, match=r"a newer version of Fullmenu wrote it.*9999.*update"):
        Store.open(urls("new"))


def test_a_database_of_something_else_is_refused(urls: URLs) -> None:
    from sqlalchemy import create_engine, text

    from fullmenu.store import Store

    url = urls("foreign")
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cats (name text)"))
    engine.dispose()
    with pytest.raises(BadInput, match=r"a database of something else, with the tables cats"):
        Store.open(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://localhost/x", "cannot be kept in 'mysql'"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://user:secret@host:port/x", "no store's URL"),
        ("postgresql://nobody:secret@127.0.0.1:1/x", r"cannot open the store .*127\.0\.0\.1"),
    ],
)
def test_an_url_that_cannot_be_opened(url: str, why: str) -> None:
    from importlib.util import find_spec

    if find_spec("sqlalchemy") is None or find_spec("psycopg") is None:
        unavailable("sqlalchemy or psycopg is not installed")
    from fullmenu.store import Store

    with pytest.raises(BadInput, match=why) as error:
        Store.open(url)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


class TestFile:
    """SQLite only."""

    @pytest.fixture
    def urls(self, require: Callable[..., ModuleType], tmp_path: Path) -> URLs:
        require("sqlalchemy")
        return lambda name: str(tmp_path / f"{name}.db")

    def test_a_file_that_is_none(self, tmp_path: Path, urls: URLs) -> None:
        from fullmenu.store import Store

        (tmp_path / "log.db").write_text('{"prompt": "a log, and no database"}\n' * 90)
        with pytest.raises(BadInput, match="no SQLite database"):
            Store.open(urls("log"))
        with pytest.raises(BadInput, match="it is a folder"):
            Store.open(str(tmp_path))
        with pytest.raises(BadInput, match="No such file or directory"):
            Store.open(str(tmp_path / "no" / "x.db"))
        (tmp_path / "cut.db").write_bytes(b"SQLite format 3\0" + b"\1" * 5000)
        with pytest.raises(BadInput, match="cannot open the store"):
            Store.open(urls("cut"))

    def test_only_its_owner_can_read_it(self, tmp_path: Path, store: Store) -> None:
        store.add(served(3))
        assert {oct(p.stat().st_mode & 0o777) for p in tmp_path.glob("store.db*")} == {"0o600"}

    def test_a_file_gives_back_what_was_pruned(self, store: Store) -> None:
        rows = served(12_000)
        for i in range(0, 12_000, 1_000):
            store.add(rows[i : i + 1_000])
        full = store.size()
        store.prune(keep=500)
        small = store.size()
        assert small.bytes - small.wal < 0.5 * (full.bytes - full.wal)
        assert store.add(rows[:10]).stored == 10

    def test_a_full_disk_loses_nothing(self, store: Store) -> None:
        store.add(served(10))
        with store.database.writer.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")
        with pytest.raises(BadInput, match="the disk is full; nothing of this was stored"):
            store.add(served(500))
        assert [m.samples for m in store.models()] == [10]
        with store.database.writer.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        assert store.add(served(500)) == (490, 10)

    def test_a_folder_that_cannot_be_written(self, urls: URLs) -> None:
        from fullmenu.store import Store

        user = os.geteuid()
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o555)
            try:
                if user == 0:  # root can write everywhere
                    os.seteuid(65534)
                with pytest.raises(BadInput, match=r"cannot open the store .* Permission denied"):
                    Store.open(f"{folder}/new.db")
            finally:
                os.seteuid(user)

    def test_another_writer_is_waited_for_and_then_named(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from fullmenu.store import database

        monkeypatch.setattr(database, "PATIENCE", 0.1)
        other = sqlite3.connect(store.database.path or "", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BadInput, match="another process has been writing"):
            store.add(served(1))
        other.execute("ROLLBACK")
        other.close()
        assert store.add(served(1)).stored == 1

    def test_one_who_writes_without_pause_lets_others_write(self, store: Store) -> None:
        """Two in one process stand for two processes: each has its own connection."""
        from fullmenu.store import Store

        ending, turns, written = threading.Event(), 0, threading.Event()

        def write_on() -> None:
            nonlocal turns
            with Store.open(str(store)) as busy:
                while not ending.is_set():
                    with busy.database.write():
                        turns += 1
                        written.set()
                        ending.wait(0.1)

        thread = threading.Thread(target=write_on)
        thread.start()
        assert written.wait(10)
        waited = []
        try:
            for i in range(5):
                before = turns
                store.add([Record("x", call_id=str(i))])
                waited.append(turns - before)
        finally:
            ending.set()
            thread.join()
        assert sum(waited) < 40

    def test_a_long_reader_is_outlived(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        from fullmenu.store import database

        monkeypatch.setattr(database, "WAL", 1 << 20)
        other = sqlite3.connect(store.database.path or "", isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM samples").fetchone()
        store.add(served(4000))
        assert store.size().wal > 4 << 20  # pinned by somebody else's transaction: still written
        other.close()
        store.add([Record("x", call_id="x")])
        assert store.size().wal <= 1 << 20

    def test_own_readers_do_not_pin_the_log(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from fullmenu.store import database

        monkeypatch.setattr(database, "WAL", 1 << 20)
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                store.samples(limit=50)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        most = 0
        end = time.monotonic() + 20
        rows = served(6000)
        for i in range(0, 6000, 100):
            store.add(rows[i : i + 100])
            most = max(most, store.size().wal)
            assert time.monotonic() < end
        done.set()
        for reader in readers:
            reader.join()
        assert most < 8 << 20


def test_an_interrupted_write_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.database.write():
        store.add(served(5))
        raise RuntimeError
    assert store.samples() == store.models() == []
    assert store.add(served(5)).stored == 5


def test_times_of_long_ago_and_far_ahead(store: Store) -> None:
    for year in (1, 1969, 9999):
        when = datetime(year, 1, 1, tzinfo=timezone.utc)
        store.add([Record("x", time=when)])
        assert store.samples(newest=True, limit=1)[0].record.time == when
