"""What a server keeps: samples, watches with their alarms, settings; in SQLite or PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.store.nouns import Added as Added
    from fullmenu.store.nouns import ChangeNote as ChangeNote
    from fullmenu.store.nouns import Day as Day
    from fullmenu.store.nouns import ModelFacts as ModelFacts
    from fullmenu.store.nouns import PromptFacts as PromptFacts
    from fullmenu.store.nouns import Pruned as Pruned
    from fullmenu.store.nouns import Range as Range
    from fullmenu.store.nouns import Stored as Stored
    from fullmenu.store.nouns import StoredAlarm as StoredAlarm
    from fullmenu.store.nouns import StoredWatch as StoredWatch
    from fullmenu.store.nouns import StoreSize as StoreSize
    from fullmenu.store.nouns import Token as Token
    from fullmenu.store.nouns import WatchSettings as WatchSettings
    from fullmenu.store.reviews import Review as Review
    from fullmenu.store.reviews import Reviews as Reviews
    from fullmenu.store.store import ANY as ANY
    from fullmenu.store.store import Store as Store
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)
