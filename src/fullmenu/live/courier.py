"""Alarms of a store carried to webhooks and to the log: each at least once, in order."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, structs

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput
from fullmenu.live.rounds import go_round
from fullmenu.live.webhook import as_slack_text, check_url, message, post
from fullmenu.report.watch import words
from fullmenu.report.watch.document import WatchDocument
from fullmenu.store import ANY, Store, StoredAlarm

_LOG = logging.getLogger(__name__)

HOOKS = "webhooks"
"""The setting that holds them."""

LEASE = 120.0
"""Seconds for which one server carries; it takes them anew before each alarm."""

RESTING = 60.0
"""Seconds after which a webhook that failed is tried again."""

LOOKED_AT = 200
"""Alarms that are looked at, the latest ones."""


class Webhook(Struct, frozen=True, kw_only=True):
    """Where alarms are posted: of one model, of outputs that name none, or of all.

    Parameters
    ----------
    id
        What it is called in the store.
    url, secret
        Neither is to be shown. With a secret what is posted is signed.
    model
        Whose alarms; by default everybody's.
    """

    id: str
    url: str
    secret: str | None = None
    model: str | None = ANY

    @property
    def host(self) -> str:
        """What may be shown of its URL."""
        return urlsplit(self.url).hostname or ""


class Carried(Struct, frozen=True, kw_only=True):
    """How far a webhook is: begun after which alarm, sent which one last, and what went wrong."""

    since: int = 0
    sent: int = 0
    corrected: list[int] = []
    error: str | None = None


def webhooks(store: Store) -> list[Webhook]:
    """Return the webhooks of a store."""
    return msgspec.convert(store.setting(HOOKS, []), list[Webhook])


def carried(store: Store, hook: Webhook) -> Carried:
    """Return how far a webhook is."""
    return msgspec.convert(store.setting(_place(hook.id), {}), Carried)


def add_webhook(
    store: Store, url: str, *, model: str | None = ANY, secret: str | None = None
) -> Webhook:
    """Post the alarms that come from now on to a URL.

    Raises
    ------
    BadInput
        It is none that can be posted to.
    """
    hook = Webhook(id=secrets.token_hex(8), url=check_url(url), model=model, secret=secret or None)
    with store.database.write():
        newest = _newest(store)
        store.set(_place(hook.id), {"since": newest, "sent": newest})
        store.set(HOOKS, msgspec.to_builtins([*webhooks(store), hook]))
    return hook


def remove_webhook(store: Store, id: str) -> None:
    """Post nothing more to a webhook.

    Raises
    ------
    BadInput
        There is none with that id.
    """
    with store.database.write():
        left = [hook for hook in webhooks(store) if hook.id != id]
        if len(left) == len(webhooks(store)):
            raise BadInput(f"there is no webhook {id!r}")
        store.set(HOOKS, msgspec.to_builtins(left) or None)
        store.set(_place(id), None)


class Courier:
    """Carries alarms to the webhooks of a store, and to the log.

    Where several servers share a store, one of them posts. An alarm whose posting was cut off is
    posted again; one whose guarantee had to be taken back is posted once more, as a correction.

    Parameters
    ----------
    store
        Where alarms are; it stays open.
    poll
        Seconds between two looks.
    send
        Posts one event, as :func:`~fullmenu.live.webhook.post` does.

    Examples
    --------
    >>> import tempfile
    >>> store = Store.open(f"{tempfile.mkdtemp()}/store.db")
    >>> _ = add_webhook(store, "https://example.com/hook", model="bot")
    >>> Courier(store).turn()  # there is no alarm
    0
    """

    def __init__(
        self, store: Store, *, poll: float = 2.0, send: Callable[..., str | None] = post
    ) -> None:
        self.store, self.poll, self.send = store, poll, send
        self.keeper = secrets.token_hex(8)
        self._logged = _newest(store)
        self._resting: dict[str, float] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a thread of its own, until :meth:`stop`."""
        self._thread = threading.Thread(target=self._loop, name="courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being posted."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)
        with self.store.database.write():
            if self.store.setting("courier", {}).get("keeper") == self.keeper:
                self.store.set("courier", None)

    def turn(self) -> int:
        """Carry what is new, and return how many alarms were posted."""
        alarms = self.store.alarms(limit=LOOKED_AT)
        for one in reversed(alarms):
            if one.id > self._logged:
                self._logged = one.id
                _LOG.warning("%s", one_line(self._message(one)["text"], 400))
        return sum(self._carry(hook, alarms) for hook in webhooks(self.store))

    def _carry(self, hook: Webhook, alarms: list[StoredAlarm]) -> int:
        if time.monotonic() < self._resting.get(hook.id, 0.0):
            return 0
        posted = 0
        for one in self._due(hook, alarms):
            if self._stop.is_set() or not self._claim():
                break
            event = {**self._message(one), "alarm_id": one.id}
            why = self.send(hook.url, event, secret=hook.secret, sleep=self._stop.wait)
            self._keep(hook, one, why)
            if why is not None:
                self._resting[hook.id] = time.monotonic() + RESTING
                _LOG.warning("the webhook at %s: %s; it is tried again", hook.host, why)
                break
            posted += 1
        return posted

    def _due(self, hook: Webhook, alarms: list[StoredAlarm]) -> Iterator[StoredAlarm]:
        """Yield the alarms that a webhook was not sent, the oldest first."""
        place = carried(self.store, hook)
        for one in reversed(alarms):
            if hook.model not in (ANY, one.model):
                continue
            correction = one.alarm.corrected and one.id not in place.corrected
            if one.id > place.sent or (correction and one.id > place.since):
                yield one

    def _keep(self, hook: Webhook, one: StoredAlarm, why: str | None) -> None:
        """Take note of what was posted, unless the webhook was removed since."""
        with self.store.database.write():
            if hook.id not in {h.id for h in webhooks(self.store)}:
                return
            place = carried(self.store, hook)
            place = structs.replace(place, error=why)
            if why is None:
                told = [*place.corrected, one.id] if one.alarm.corrected else place.corrected
                sent = max(place.sent, one.id)
                place = structs.replace(place, sent=sent, corrected=told[-LOOKED_AT:])
            self.store.set(_place(hook.id), msgspec.to_builtins(place))

    def _claim(self) -> bool:
        """Take the right to post, or tell that another server has it."""
        with self.store.database.write():
            holder: dict[str, Any] = self.store.setting("courier", {})
            now = time.time()
            if holder.get("keeper") not in (None, self.keeper) and holder["until"] > now:
                return False
            self.store.set("courier", {"keeper": self.keeper, "until": now + LEASE})
        return True

    def _message(self, one: StoredAlarm) -> dict[str, Any]:
        """Return what is posted of an alarm."""
        drawn = self.store.document(one.watch)
        if drawn is None:
            who = one.model or "outputs that name no model"
            text = one_line(f"Fullmenu: {who}: an alarm, since {words.since(one.alarm)}.", 400)
            return {"text": as_slack_text(text), "event": "alarm", "alarm": one.alarm.to_dict()}
        return message(msgspec.json.decode(drawn, type=WatchDocument), one.alarm)

    def _loop(self) -> None:
        go_round(self.turn, self._stop, self.poll, "alarms cannot be carried now", _LOG)


def _newest(store: Store) -> int:
    latest = store.alarms(limit=1)
    return latest[0].id if latest else 0


def _place(id: str) -> str:
    return f"webhook {id}"
