"""Pages in the frame of the server: the report's parts, styles from files, no inline script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse

from fullmenu.cleaner import one_line
from fullmenu.report import html
from fullmenu.report.page import Shown
from fullmenu.report.watch.words import moment
from fullmenu.server.access import Visitor
from fullmenu.server.pages.assets import address
from fullmenu.server.services import services_of
from fullmenu.server.summaries import repeat_rates

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

REVIEW = ("/review", "Review")
"""The page that a reviewer sees."""

DISAGREEMENTS = ("/review/disagreements", "Disagreements")
"""The page that an adjudicator sees."""

PLACES = (
    ("/", "Overview"),
    ("/alarms", "Alarms"),
    ("/latest", "Latest"),
    ("/prompts", "Prompts"),
    ("/comparison", "Compare"),
    REVIEW,
    ("/settings", "Settings"),
)
"""Where the pages are, and what the frame calls them."""


def drawn(
    request: Request,
    template: str,
    shown: Shown,
    who: Visitor | None,
    *,
    terms: Sequence[str] = (),
    status: int = 200,
) -> HTMLResponse:
    """Draw a page; every text in it is taken as hostile.

    ``who`` is the visitor whose forms it holds, ``None`` before somebody signed in; ``terms`` are
    the words that it explains.
    """
    held = services_of(request)
    frame = {
        "rooms": _rooms(who),
        "here": request.url.path,
        "csrf": who.csrf if who else "",
        "may": who.may if who else _nothing,
        "signed_in": bool(who) and not held.access.open,
        "demo": held.demo,
        "closed": not held.access.open,
        **html.around(terms),
    }
    text = _environment().get_template(template).render({**frame, **shown})
    return HTMLResponse(text, status, {"Content-Security-Policy": POLICY})


def _rooms(who: Visitor | None) -> Sequence[tuple[str, str]]:
    """Return the pages that somebody may open."""
    if who is None:
        return ()
    if who.may("read"):
        return PLACES
    own = (("review", REVIEW), ("settle", DISAGREEMENTS))
    return [room for scope, room in own if who.may(scope)]


def _nothing(_: str) -> bool:
    return False


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = html.environment("fullmenu.server")
    env.globals |= {
        "asset": address,
        "link": link,
        "model_name": model_name,
        "when": when,
        "ago": ago,
    }
    return env


def warm() -> None:
    """Do what the first page would have to wait for."""
    env = _environment()
    for name in env.list_templates(extensions=["jinja"]):
        env.get_template(name)
    repeat_rates([["a fig", "a plum"]])


def link(path: str, /, **fields: object) -> str:
    """Return the address of a page; fields that are ``None`` are left out.

    >>> link("/model", name="a/b&c", view=None)
    '/model?name=a%2Fb%26c'
    """
    given = {name: str(x).encode("utf-8", "replace") for name, x in fields.items() if x is not None}
    return f"{path}?{urlencode(given)}" if given else path


def model_name(model: str | None, limit: int = 60) -> str:
    """Return what a page calls a model.

    >>> model_name(None), model_name(" ")
    ('no model named', '(an empty name)')
    """
    return "no model named" if model is None else one_line(model, limit) or "(an empty name)"


def when(time: datetime | None) -> str:
    """Return a time as people write it."""
    return moment(time.timestamp()) if time else ""


def ago(time: datetime | None) -> str:
    """Say how long ago something was.

    >>> from datetime import timedelta
    >>> now = datetime.now(timezone.utc)
    >>> ago(now - timedelta(seconds=90)), ago(now - timedelta(days=3)), ago(None)
    ('1 minute ago', '3 days ago', 'never')
    """
    if time is None:
        return "never"
    seconds = (datetime.now(timezone.utc) - time).total_seconds()
    return "just now" if seconds < 5 else f"{lasting(seconds)} ago"


def lasting(seconds: float) -> str:
    """Say how long something takes.

    >>> lasting(0.3), lasting(61), lasting(7200)
    ('under a second', '1 minute', '2 hours')
    """
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        n = int(seconds // size)
        if n:
            return f"{n:,} {unit}{'' if n == 1 else 's'}"
    return "under a second"


def fields_of(form: Mapping[str, str], *names: str) -> list[str | None]:
    """Return fields of a form or an address; empty ones are ``None``."""
    return [form.get(name, "").strip() or None for name in names]
