"""``/settings``: baselines, what is kept for how long, tokens, and where alarms are sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fullmenu.cleaner import one_line
from fullmenu.errors import FullmenuError
from fullmenu.live.courier import add_webhook, carried, remove_webhook, webhooks
from fullmenu.report.watch import words
from fullmenu.server.access import SCOPES, Visitor, page, written
from fullmenu.server.janitor import DAYS
from fullmenu.server.pages.drawing import drawn, fields_of
from fullmenu.server.services import Services, services
from fullmenu.store import ANY
from fullmenu.store.nouns import WatchSettings

router = APIRouter(include_in_schema=False)

_HELD = Annotated[Services, Depends(services)]
_FORM = Annotated[dict[str, str], Depends(written("admin"))]
_BACK = "/settings"


RUN_LENGTHS = (100, 1_000, 10_000, 100_000)
"""Visits between two false alarms that can be chosen."""

UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))


@router.get("/settings", response_class=HTMLResponse)
def settings(
    request: Request, who: Annotated[Visitor, Depends(page("admin"))], held: _HELD
) -> HTMLResponse:
    """Draw them."""
    return _drawn(request, who, held)


def _drawn(
    request: Request, who: Visitor, held: Services, *, secret: str = "", wrong: str = ""
) -> HTMLResponse:
    store = held.store
    size = store.size()
    shown = {
        "title": "Settings",
        "watches": [
            {"watch": w, "document": d, "draws": words.assumption(d)[:1] if d else []}
            for w in store.watches()
            for d in [held.document(w.id)]
        ],
        "run_lengths": RUN_LENGTHS,
        "tokens": store.tokens(),
        "scopes": SCOPES,
        "secret": secret,
        "wrong": wrong,
        "retention": store.setting(DAYS),
        "models": store.models()[:200],
        "any": ANY,
        "hooks": [(hook, carried(store, hook)) for hook in webhooks(store)],
        "open": held.access.open,
        "place": str(store),
        "size": _bytes(size.bytes),
    }
    return drawn(request, "settings.html.jinja", shown, who, status=400 if wrong else 200)


def _bytes(n: int) -> str:
    """Return a size as people write it.

    >>> _bytes(3 << 20), _bytes(10)
    ('3.0 MB', '10 bytes')
    """
    for size, unit in UNITS:
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{n} bytes"


@router.post("/settings/watch")
def set_watch(form: _FORM, held: _HELD) -> RedirectResponse:
    """End a watch, or begin it anew with another rate of false alarms."""
    number = _number(form.get("watch", ""))
    try:
        watch = held.store.watch(number)
        if "end" in form:
            held.store.end_watch(number)
        else:
            chosen = WatchSettings(
                views=watch.settings.views,
                traffic=watch.settings.traffic,
                run_length=float(_number(form.get("run_length", ""))),
            )
            if chosen.run_length not in RUN_LENGTHS:
                raise HTTPException(400, f"run_length: one of {', '.join(map(str, RUN_LENGTHS))}")
            held.store.set_baseline(watch.model, watch.baseline, chosen)
    except FullmenuError as error:
        raise HTTPException(400, str(error)) from None
    return RedirectResponse(_BACK, 303)


@router.post("/settings/retention")
def set_retention(form: _FORM, held: _HELD) -> RedirectResponse:
    """Say for how many days samples are kept; nothing: for good."""
    days = form.get("days", "").strip()
    if days and not 1 <= _number(days) <= 36_500:
        raise HTTPException(400, "days: from 1 to 36,500, or nothing to keep samples for good")
    held.store.set(DAYS, int(days) if days else None)
    return RedirectResponse(_BACK + "#retention", 303)


@router.post("/settings/webhooks")
def add_hook(
    request: Request, form: _FORM, held: _HELD, who: Annotated[Visitor, Depends(page("admin"))]
) -> Response:
    """Say where alarms are sent from now on. The address is a secret, and not shown again."""
    url, secret, model = fields_of(form, "url", "secret", "model")
    try:
        add_webhook(held.store, url or "", model=model or ANY, secret=secret)
    except FullmenuError as error:
        return _drawn(request, who, held, wrong=str(error))
    return RedirectResponse(_BACK + "#webhooks", 303)


@router.post("/settings/webhooks/remove")
def remove_hook(form: _FORM, held: _HELD) -> RedirectResponse:
    """Send nothing more there."""
    try:
        remove_webhook(held.store, form.get("webhook", ""))
    except FullmenuError as error:
        raise HTTPException(400, str(error)) from None
    return RedirectResponse(_BACK + "#webhooks", 303)


@router.post("/settings/tokens")
def add_token(
    request: Request, form: _FORM, held: _HELD, who: Annotated[Visitor, Depends(page("admin"))]
) -> HTMLResponse:
    """Make a token, and show its secret: this once."""
    name, scope = one_line(form.get("name", ""), 60), form.get("scope", "")
    if not name or scope not in SCOPES:
        wrong = f"a token needs a name, and one of the scopes {', '.join(SCOPES)}"
        return _drawn(request, who, held, wrong=wrong)
    return _drawn(request, who, held, secret=held.store.add_token(name, scope))


@router.post("/settings/tokens/revoke")
def revoke(form: _FORM, held: _HELD) -> RedirectResponse:
    """Take a token away."""
    held.store.revoke(_number(form.get("token", "")))
    return RedirectResponse(_BACK + "#tokens", 303)


def _number(text: str) -> int:
    text = text.replace(",", "")
    if not (text.isdecimal() and len(text) < 16):
        raise HTTPException(400, f"{one_line(text, 40)!r} is no number")
    return int(text)
