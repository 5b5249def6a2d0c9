"""A server in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def client(require: Callable[..., ModuleType]) -> Iterator[Callable[..., Any]]:
    """``client(store, token=…)`` starts an application, and returns what asks it."""
    require("fastapi")
    from starlette.testclient import TestClient

    from fullmenu.server.app import create_app

    running = []

    def client(store: Any, **options: Any) -> Any:
        asks = TestClient(create_app(store, **options), base_url=HERE, follow_redirects=False)
        running.append(asks.__enter__())
        return asks

    yield client
    for asks in running:
        asks.__exit__()
