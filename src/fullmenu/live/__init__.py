"""A watch of a stream: sessions that count every output once, over restarts; alarms go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.live.cursors import Chunk as Chunk
    from fullmenu.live.cursors import Cursor as Cursor
    from fullmenu.live.cursors import fingerprint as fingerprint
    from fullmenu.live.cursors import open_log as open_log
    from fullmenu.live.session import Session as Session
    from fullmenu.live.state import SessionSettings as SessionSettings
    from fullmenu.live.storage import StateFile as StateFile
    from fullmenu.live.storage import Storage as Storage
    from fullmenu.live.storage import state_beside as state_beside
    from fullmenu.live.store_log import StoreCursor as StoreCursor
    from fullmenu.live.store_log import StoreState as StoreState
    from fullmenu.live.stream import follow as follow
    from fullmenu.live.watcher import Watcher as Watcher
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)
