"""Webhooks: an event sent to a URL as JSON that Slack understands, tried again where it fails."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from fullmenu.errors import BadInput

TIMEOUT = 10.0
"""Seconds that one try may take."""

PAUSES = (1.0, 3.0, 9.0)
"""Seconds before each further try."""


def check_url(url: str) -> str:
    """Return the URL, if it is one that can be posted to; errors never repeat it.

    Examples
    --------
    >>> check_url("file:///etc/passwd")
    Traceback (most recent call last):
    ...
    fullmenu.errors.BadInput: the webhook is no URL to post to; give one with http:// or https://
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or any(c.isspace() or not c.isprintable() for c in url):
        raise BadInput("the webhook is no URL to post to; give one with http:// or https://")
    return url


def post(
    url: str,
    event: Mapping[str, Any],
    *,
    timeout: float = TIMEOUT,
    sleep: Callable[[float], object] = time.sleep,
) -> str | None:
    """Post an event, and try again where that may help.

    Parameters
    ----------
    url
        Where to; it is a secret, and in no message.
    event
        Plain JSON, with ``text`` for people.
    timeout
        Seconds that one try may take.
    sleep
        Waits so many seconds.

    Returns
    -------
    str or None
        Why it could not be sent; ``None``: it was. Never raises because of the other side.
    """
    body = json.dumps(event, allow_nan=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "fullmenu"}
    request = urllib.request.Request(check_url(url), body, headers, method="POST")
    opener = urllib.request.build_opener(_NoRedirect)
    why = ""
    for pause in (*PAUSES, None):
        try:
            with opener.open(request, timeout=timeout) as answer:
                answer.read(1024)
            return None
        except urllib.error.HTTPError as error:
            error.close()
            why = f"it answered with status {error.code}"
            if error.code < 500 and error.code not in (408, 429):
                return why
        except Exception as error:
            cause = getattr(error, "reason", error)
            why = f"it could not be reached ({type(cause).__name__})"
        if pause is not None:
            sleep(pause)
    return f"{why}, {len(PAUSES) + 1} times"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A post that is sent elsewhere is not followed: it would become another request."""

    def redirect_request(self, *args: Any, **options: Any) -> None:
        """Refuse."""
        return
