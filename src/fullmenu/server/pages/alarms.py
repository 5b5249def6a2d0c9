"""``/alarms``: every alarm, the newest first, or those that stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from fullmenu.report.watch import words
from fullmenu.server.access import Visitor, page
from fullmenu.server.pages.drawing import drawn, fields_of, link
from fullmenu.server.services import Services, services

router = APIRouter(include_in_schema=False)

PAGE = 50
"""Alarms of a page."""

STATES = {"": None, "standing": True, "over": False}
"""Which alarms are shown, by what the address says: all, those that stand, the others."""


@router.get("/alarms", response_class=HTMLResponse)
def alarms(
    request: Request,
    who: Annotated[Visitor, Depends(page())],
    held: Annotated[Services, Depends(services)],
) -> HTMLResponse:
    """Draw it: ``state`` and the number ``before`` which the page goes on are in the address."""
    state, before = fields_of(request.query_params, "state", "before")
    state = state if state in STATES else ""
    place = int(before) if before and before.isdecimal() and len(before) < 19 else None
    found = held.store.alarms(standing=STATES[state], before=place, limit=PAGE + 1)
    stand = len(held.store.alarms(standing=True))
    told = "1 alarm stands" if stand == 1 else f"{stand} alarms stand"
    more = len(found) > PAGE
    older = link("/alarms", state=state or None, before=found[PAGE - 1].id) if more else None
    shown = {
        "title": "Alarms",
        "answer": told if stand else "No alarm stands",
        "tone": "collapsed" if stand else "held",
        "tabs": [
            (name, link("/alarms", state=of or None), of == state)
            for of, name in (("", "All"), ("standing", "Standing"), ("over", "Over"))
        ],
        "alarms": [
            {
                **held.told(alarm),
                "view": words.stream_name(alarm.alarm.stream),
                "since": words.since(alarm.alarm),
                "pipe": bool(alarm.alarm.pipe),
            }
            for alarm in found[:PAGE]
        ],
        "older": older,
        "live": None if place else "10",
    }
    return drawn(request, "alarms.html.jinja", shown, who)
