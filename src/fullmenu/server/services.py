"""What one server consists of, as doors and pages find it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from fastapi import Request

from fullmenu.server.access import Access
from fullmenu.server.reception import Reception

if TYPE_CHECKING:
    from fullmenu.store import Store


class Worker(Protocol):
    """Runs beside what comes in: the watches of a store, the courier of its alarms."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, once what is being done is saved."""


@dataclass
class Services:
    """What one server consists of."""

    store: Store
    reception: Reception
    access: Access
    began: float = field(default_factory=time.time)


def services(request: Request) -> Services:
    """Return what the server consists of that a request came to (a dependency)."""
    held: Services = request.app.state.services
    return held
