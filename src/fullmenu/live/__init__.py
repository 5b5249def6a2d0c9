"""A watch of a stream: sessions that count every output once, over restarts; alarms go out."""

from __future__ import annotations

from fullmenu.live.cursors import Chunk, Cursor, fingerprint, open_log
from fullmenu.live.session import Session
from fullmenu.live.state import SessionSettings
from fullmenu.live.storage import StateFile, Storage, state_beside
from fullmenu.live.stream import follow

__all__ = [
    "Chunk",
    "Cursor",
    "Session",
    "SessionSettings",
    "StateFile",
    "Storage",
    "fingerprint",
    "follow",
    "open_log",
    "state_beside",
]
