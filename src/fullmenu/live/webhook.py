"""Webhooks: an alarm sent to a URL as JSON that Slack understands, tried again where it fails."""

from __future__ import annotations

import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput
from fullmenu.live.urls import NoRedirect, can_be_posted_to
from fullmenu.report.watch import words
from fullmenu.report.watch.document import Alarm, WatchDocument

TIMEOUT = 10.0
"""Seconds that one try may take."""

SIGNATURE = "X-Fullmenu-Signature"

PAUSES = (1.0, 3.0, 9.0)
"""Seconds before each further try."""


def check_url(url: str) -> str:
    """Return the URL, if it is one that can be posted to; errors never repeat it.

    >>> check_url("file:///etc/passwd")
    Traceback (most recent call last):
    ...
    fullmenu.errors.BadInput: the webhook is no URL to post to; give one with http:// or https://
    """
    if not can_be_posted_to(url):
        raise BadInput("the webhook is no URL to post to; give one with http:// or https://")
    return url


def message(document: WatchDocument, alarm: Alarm) -> dict[str, object]:
    """Return what is posted of an alarm: a text for people, and all of it for programs."""
    sure = one_line(alarm.sure, 400).rstrip(".")
    kind = ", correction" if alarm.corrected else ""
    said = [
        f"Fullmenu{kind}: {document.log.label}: {words.what(document, alarm)}.",
        f"Since {words.since(alarm)}. {sure[:1].upper()}{sure[1:]}.",
    ]
    said += [f"Model or pipeline: {words.pipe(alarm)}"] if alarm.pipe else []
    if alarm.answers:
        said += [f"• {often}: {one_line(x, 160)}" for often, x in words.answers(alarm.answers[:3])]
    elif alarm.examples:
        said.append("Now repeated:")
        said += [f"• {one_line(e.output, 160)}" for e in alarm.examples[:3]]
    return {
        "text": as_slack_text("\n".join(said)),
        "event": "correction" if alarm.corrected else "alarm",
        "schema": "fullmenu/watch-alarm/1",
        "log": document.log.label, "baseline": document.baseline.label,
        "visits": document.visits, "alarm": alarm.to_dict(),
    }  # fmt: skip


def as_slack_text(text: str) -> str:
    """Return a text in which nothing is a link or a mention to Slack.

    >>> as_slack_text("<!channel>")
    '&lt;!channel&gt;'
    """
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, written)
    return text


def post(
    url: str,
    event: Mapping[str, object],
    *,
    secret: str | None = None,
    timeout: float = TIMEOUT,
    sleep: Callable[[float], object] = time.sleep,
) -> str | None:
    """Post an event, and try again where that may help.

    Never raises because of the other side: returns why it could not be sent, or ``None``. The URL
    is a secret, and in no message; one try may take ``timeout`` seconds. With a ``secret`` it is
    signed, as :func:`signature` says.
    """
    body = json.dumps(event, allow_nan=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "fullmenu"}
    if secret is not None:
        headers[SIGNATURE] = signature(secret, body, int(time.time()))
    request = urllib.request.Request(check_url(url), body, headers, method="POST")
    why: str | None = None
    for pause in (*PAUSES, None):
        why, again = _bounded(request, timeout)
        if not again:
            return why
        if pause is not None:
            sleep(pause)
    return f"{why}, {len(PAUSES) + 1} times"


def signature(secret: str, body: bytes, moment: int) -> str:
    """Return what tells that a body comes from whoever has the secret, and when it was signed.

    It is the header ``X-Fullmenu-Signature``: the HMAC-SHA256 of the moment, a dot, and the body.

    >>> signature("secret", b"{}", 1767225600)[:30]
    't=1767225600,v1=fa7eaa06bf97d7'
    """
    mac = hmac.new(secret.encode(), b"%d.%s" % (moment, body), "sha256").hexdigest()
    return f"t={moment},v1={mac}"


Told = tuple[str | None, bool]
"""Why one try failed, if it did, and whether another may help."""


def _bounded(request: urllib.request.Request, timeout: float) -> Told:
    """Try once. A socket's timeout is for one read: a peer that drips would never let go."""
    told: list[Told] = []
    tried = threading.Thread(target=lambda: told.append(_once(request, timeout)), daemon=True)
    tried.start()
    tried.join(timeout)
    return told[0] if told else (f"it was not done within {timeout:g} s", True)


def _once(request: urllib.request.Request, timeout: float) -> Told:
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=timeout) as answer:
            answer.read(1024)
        return None, False
    except urllib.error.HTTPError as error:
        error.close()
        again = error.code >= 500 or error.code in (408, 429)
        return f"it answered with status {error.code}", again
    except Exception as error:
        cause = getattr(error, "reason", error)
        return f"it could not be reached ({type(cause).__name__})", True
