"""Outputs sent to a server as they are made, without making anybody wait for it."""

from __future__ import annotations

import atexit
import json
import logging
import os
import threading
import urllib.error
import urllib.request
import weakref
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import lru_cache
from time import sleep
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from fullmenu.errors import BadInput
from fullmenu.live.urls import NoRedirect, can_be_posted_to

_LOG = logging.getLogger(__name__)

URL = "http://127.0.0.1:8000"
"""Where a server listens, unless ``FULLMENU_SERVER`` says otherwise."""

MOST = 10_000
"""Calls that wait; further ones are dropped."""

TOGETHER = 100
"""Calls that are sent at once."""

CHARACTERS = 1 << 20
"""Characters that are sent at once, unless one call has more."""

TIMEOUT = 10.0
"""Seconds that one try may take."""

PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds before each further try; the last for all that follow."""

LINGER = 0.2
"""Seconds in which calls gather before they are sent."""

AT_EXIT = 5.0
"""Seconds in which what waits is sent when the program ends."""


class Recorder:
    """Sends outputs to a Fullmenu server in the background.

    :meth:`record` never waits and never raises. What waits is bounded: where the server cannot be
    reached for long, further calls are dropped, counted in :attr:`dropped`, and told to the logger
    ``fullmenu.live.recorder``. What waits when the program ends is sent within five seconds.

    Parameters
    ----------
    url
        The server; by default ``FULLMENU_SERVER``, else http://127.0.0.1:8000.
    token
        Its token, if it needs one; by default ``FULLMENU_TOKEN``.
    model
        Who made the outputs, where :meth:`record` does not say.

    Raises
    ------
    BadInput
        The URL is none that can be posted to.

    Examples
    --------
    >>> recorder = Recorder("http://127.0.0.1:9", model="m1")  # nobody listens there
    >>> recorder.record("fig", prompt="A fruit?")
    >>> recorder.flush(timeout=0), recorder.waiting, recorder.dropped
    (False, 1, 0)
    >>> recorder.close(timeout=0)
    """

    def __init__(
        self, url: str | None = None, token: str | None = None, *, model: str | None = None
    ) -> None:
        url = (url or os.environ.get("FULLMENU_SERVER") or URL).rstrip("/")
        if not can_be_posted_to(url):
            raise BadInput(f"the server {url!r} is no URL: give one such as {URL}")
        self.url, self.model = url, model
        self.sent = self.dropped = 0
        self._token = os.environ.get("FULLMENU_TOKEN") if token is None else token
        near = urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
        proxies = [urllib.request.ProxyHandler({})] if near else []
        self._opener = urllib.request.build_opener(NoRedirect, *proxies)
        self._begin()
        atexit.register(_close, weakref.ref(self))
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_Again(weakref.ref(self)))

    def _begin(self) -> None:
        """Start with nothing waiting: a process that was forked sends what is its own."""
        self._calls: deque[dict[str, Any]] = deque()
        self._changed = threading.Condition()
        self._sending = 0
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """Calls that are not sent yet."""
        return len(self._calls) + self._sending

    def record(
        self,
        output: str | Sequence[str],
        prompt: str | None = None,
        *,
        prompt_id: str | None = None,
        model: str | None = None,
        time: datetime | float | None = None,
        score: float | None = None,
        sample_index: int | None = None,
        finish_reason: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        call_id: str | None = None,
    ) -> None:
        """Take what one call of a model gave: an output, or several.

        Parameters
        ----------
        output, prompt, model, score, sample_index, finish_reason, parameters
            As in :class:`fullmenu.Record`.
        prompt_id
            What identifies the prompt; by default its text.
        time
            When; by default now.
        call_id
            What identifies the call: one that is sent again is stored once. By default it is made.
        """
        try:
            when = datetime.now(timezone.utc) if time is None else time
            call = {
                "output": output if isinstance(output, str) else list(map(str, output)),
                "prompt": prompt,
                "prompt_id": prompt_id,
                "model": self.model if model is None else model,
                "time": when.isoformat() if isinstance(when, datetime) else when,
                "score": score,
                "sample_index": sample_index,
                "finish_reason": finish_reason,
                "parameters": None if parameters is None else dict(parameters),
                "call_id": call_id or str(uuid4()),
            }
            with self._changed:
                if self._closed or self.waiting >= MOST:
                    self._drop(1, "the recorder is closed" if self._closed else "too many wait")
                    return
                self._calls.append({name: held for name, held in call.items() if held is not None})
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._run, name="fullmenu-recorder", daemon=True
                    )
                    self._thread.start()
                self._changed.notify()
        except Exception as error:  # whoever records has other things to do
            self._drop(1, f"a call cannot be recorded ({type(error).__name__}: {error})")

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all is sent, and tell whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.waiting, timeout)

    def close(self, timeout: float = AT_EXIT) -> None:
        """Send what waits, as far as there is time, and take no more; what is left is dropped."""
        self.flush(timeout)
        with self._changed:
            self._closed = True
            if left := self.waiting:
                self._calls.clear()
                self._drop(left, "the program ended")
            self._changed.notify_all()

    def _drop(self, n: int, why: str) -> None:
        before = self.dropped
        self.dropped += n
        if len(str(before)) < len(str(self.dropped)) or not before:
            _LOG.warning("fullmenu: %s; %s calls dropped so far", why, f"{self.dropped:,}")

    def _run(self) -> None:
        while (calls := self._next()) is not None:
            why = self._send(calls)
            with self._changed:
                self._sending = 0
                if self._closed:
                    return
                if why is None:
                    self.sent += len(calls)
                else:
                    self._drop(len(calls), why)
                self._changed.notify_all()

    def _next(self) -> list[dict[str, Any]] | None:
        """Wait for calls, let more gather, and return those that go together; ``None``: the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._calls or self._closed)
        sleep(LINGER if len(self._calls) < TOGETHER else 0)
        with self._changed:
            if self._closed:
                return None
            taken: list[dict[str, Any]] = []
            size = 0
            while self._calls and len(taken) < TOGETHER and (size < CHARACTERS or not taken):
                taken.append(self._calls.popleft())
                size += len(str(taken[-1]))
            self._sending = len(taken)
            return taken

    def _send(self, calls: list[dict[str, Any]]) -> str | None:
        """Send calls, again and again where that may help; return why they cannot be sent."""
        try:
            body = json.dumps(calls, default=str).encode()
        except (TypeError, ValueError) as error:
            return f"calls cannot be written as JSON ({error})"
        headers = {"Content-Type": "application/json", "User-Agent": "fullmenu"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(f"{self.url}/api/samples", body, headers)
        tries = 0
        while True:
            try:
                with self._opener.open(request, timeout=TIMEOUT) as answer:
                    answer.read(1 << 16)
                return None
            except urllib.error.HTTPError as error:
                why = f"the server answered with status {error.code}: {_reason(error)}"
                if error.code < 500 and error.code not in (408, 429):
                    return why
            except Exception as error:
                cause = getattr(error, "reason", error)
                why = f"{self.url} cannot be reached ({type(cause).__name__})"
            if not tries:
                _LOG.warning("fullmenu: %s; trying again", why)
            pause = PAUSES[min(tries, len(PAUSES) - 1)]
            tries += 1
            with self._changed:
                if self._changed.wait_for(lambda: self._closed, pause):
                    return why


class _Again:
    """Begins a recorder anew in a forked process, if there is one still."""

    def __init__(self, recorder: weakref.ref[Recorder]) -> None:
        self.recorder = recorder

    def __call__(self) -> None:
        recorder = self.recorder()
        if recorder is not None:
            recorder._begin()


def _close(recorder: weakref.ref[Recorder]) -> None:
    if (there := recorder()) is not None and there.waiting:
        there.close()


def _reason(error: urllib.error.HTTPError) -> str:
    """Return what a server says is wrong."""
    with error:
        try:
            return str(json.loads(error.read(4_096))["detail"])[:200]
        except (ValueError, KeyError, TypeError, OSError):
            return str(error.reason)


@lru_cache(maxsize=1)
def _recorder() -> Recorder:
    return Recorder()


def record(output: str | Sequence[str], prompt: str | None = None, **given: Any) -> None:
    """Send what one call of a model gave to the server at ``FULLMENU_SERVER``, in the background.

    Never waits, never raises. Other servers, and counts of what was sent and dropped:
    :class:`Recorder`, whose :meth:`~Recorder.record` says what may be given.

    Parameters
    ----------
    output
        The text, or the texts of several choices.
    prompt
        What was asked.
    given
        ``model``, ``prompt_id``, ``time``, ``score``, ``sample_index``, ``finish_reason``,
        ``parameters``, ``call_id``.

    Examples
    --------
    >>> record("fig", prompt="A fruit?", model="m1")  # doctest: +SKIP
    """
    try:
        _recorder().record(output, prompt, **given)
    except Exception as error:
        _LOG.warning("fullmenu: a call cannot be recorded (%s: %s)", type(error).__name__, error)
