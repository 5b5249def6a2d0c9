"""``/``: every model, how it stands, and what came of late."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from fullmenu.server.access import Visitor, page
from fullmenu.server.pages.condition import condition, view_lines
from fullmenu.server.pages.drawing import drawn, lasting
from fullmenu.server.services import Services, services
from fullmenu.text.amounts import amount

router = APIRouter(include_in_schema=False)

MODELS = 60
"""Models that are shown, those with an alarm first, then those that are watched."""

ALARMS = 8


@router.get("/", response_class=HTMLResponse)
def overview(
    request: Request,
    who: Annotated[Visitor, Depends(page())],
    held: Annotated[Services, Depends(services)],
) -> HTMLResponse:
    """Draw it."""
    models = held.store.models()
    watches = {watch.model: watch for watch in held.store.watches()}
    standing = held.store.alarms(standing=True)
    recent = held.store.alarms(limit=ALARMS)
    by_model = defaultdict(list)
    for alarm in standing:
        by_model[alarm.model].append(alarm)
    models.sort(key=lambda m: (m.model not in by_model, m.model not in watches))
    cards = []
    for facts in models[:MODELS]:
        watch = watches.get(facts.model)
        document = held.document(watch.id) if watch else None
        cards.append(
            {
                "model": facts.model,
                "facts": facts,
                "state": condition(facts, watch, document, by_model[facts.model]),
                "views": view_lines(document) if document and document.visits else [],
                "alarms": len(by_model[facts.model]),
                "lag": watch.lag if watch else None,
                "late": lasting(watch.lag_seconds) if watch and watch.lag else "",
            }
        )
    shown = {
        "title": f"{amount(len(standing), 'alarm')} standing" if standing else "Overview",
        "answer": _answer(len(models), len(standing), len(watches)),
        "tone": "collapsed" if standing else "held" if watches else "unclear",
        "cards": cards,
        "more": max(len(models) - MODELS, 0),
        "alarms": [held.told(alarm) for alarm in recent],
        "came": came(held),
        "address": str(request.base_url),
        "live": "10" if cards else "3",
    }
    return drawn(request, "overview.html.jinja", shown, who)


def _answer(models: int, alarms: int, watched: int) -> str:
    if alarms:
        return "1 alarm stands" if alarms == 1 else f"{alarms} alarms stand"
    if watched:
        return "No alarm stands"
    return "Nothing is watched yet" if models else "Waiting for the first sample"


def came(held: Services) -> dict[str, object]:
    """Return what came since the server began, and what became of it."""
    counts, writer = held.reception.counts, held.reception.writer
    return {
        "stored": counts["stored"],
        "known": counts["known"],
        "rejected": counts["rejected"],
        "without": counts["without content"],
        "refused": counts["refused"],
        "failed": counts["failed"],
        "waiting": writer.waiting,
        "for": lasting(held.lasted),
    }
