"""A store of each kind: SQLite in a file, and PostgreSQL on a server of the tests' own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import unavailable
from tests.store import postgres

if TYPE_CHECKING:
    from fullmenu.store import Store

URLs = Callable[[str], str]
"""Gives the URL of a new store of a name."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Run a PostgreSQL server for the tests."""
    for module in ("sqlalchemy", "psycopg"):
        if not _there(module):
            unavailable(f"{module} is not installed")
    home = postgres.programs()
    if home is None:
        unavailable("PostgreSQL's initdb is not installed")
    with postgres.server(home) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> URLs:
    """Give the URLs of new stores by name."""
    if not _there("sqlalchemy"):
        unavailable("sqlalchemy is not installed")
    if request.param == "sqlite":
        return lambda name: f"sqlite:///{tmp_path}/{name}.db"
    server = request.getfixturevalue("postgres_server")
    made: dict[str, str] = {}

    def url(name: str) -> str:
        if name not in made:
            made[name] = postgres.new_database(server)
        return made[name]

    return url


@pytest.fixture
def store(urls: URLs) -> Iterator[Store]:
    """Open a new store."""
    from fullmenu.store import Store

    with Store.open(urls("store")) as store:
        yield store


def _there(module: str) -> bool:
    return find_spec(module) is not None
