"""A store of each kind: SQLite in a file, and PostgreSQL on a server of the tests' own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import unavailable

if TYPE_CHECKING:
    from fullmenu.store import Store

URLs = Callable[[str], str]
"""Gives the URL of a new store of a name."""


def tools() -> Path | None:
    """Return the folder of PostgreSQL's programs, if there are any."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    at = shutil.which("initdb")
    return Path(at).parent if at else homes[-1] if homes else None


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Run a PostgreSQL server for the tests, and give the URL of its first database."""
    for module in ("sqlalchemy", "psycopg"):
        if not _there(module):
            unavailable(f"{module} is not installed")
    programs = tools()
    if programs is None:
        unavailable("PostgreSQL's initdb is not installed")
    user: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if os.geteuid() == 0:  # the server refuses to run as root
        person = pwd.getpwnam("postgres")
        user = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
        os.chown(folder, person.pw_uid, person.pw_gid)
    port = free_port()

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [programs / program, "-D", folder / "data", *words],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **user,
        )  # fmt: skip

    run("initdb", "-A", "trust", "-U", "menu", "-E", "UTF8", "--no-sync")
    where = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", f"-p {port} {where}")
    try:
        yield f"postgresql://menu@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "stop", "-m", "immediate", "-w")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> URLs:
    """Give the URLs of new stores by name."""
    if not _there("sqlalchemy"):
        unavailable("sqlalchemy is not installed")
    if request.param == "sqlite":
        return lambda name: f"sqlite:///{tmp_path}/{name}.db"
    server = request.getfixturevalue("postgres")
    made: dict[str, str] = {}

    def url(name: str) -> str:
        if name not in made:
            import psycopg

            database = f"{name}_{os.urandom(4).hex()}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {database}".encode())
            made[name] = server.replace("/postgres", f"/{database}")
        return made[name]

    return url


@pytest.fixture
def store(urls: URLs) -> Iterator[Store]:
    """Open a new store."""
    from fullmenu.store import Store

    with Store.open(urls("store")) as store:
        yield store


def _there(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None
