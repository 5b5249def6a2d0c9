"""What one server consists of, as doors and pages find it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import Request

from fullmenu.server.access import Access
from fullmenu.server.reception import Reception

if TYPE_CHECKING:
    from fullmenu.live.watcher import Watcher
    from fullmenu.store import Store


@dataclass
class Services:
    """What one server consists of."""

    store: Store
    reception: Reception
    access: Access
    watcher: Watcher | None = None
    began: float = field(default_factory=time.time)


def services(request: Request) -> Services:
    """Return what the server consists of that a request came to (a dependency)."""
    held: Services = request.app.state.services
    return held
