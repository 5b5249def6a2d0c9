"""``/latest``: samples as they come, the newest first; each is sent once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from fullmenu.server.access import Visitor, page
from fullmenu.server.pages.drawing import drawn, fields_of, link
from fullmenu.server.services import Services, services
from fullmenu.store import ANY
from fullmenu.store.nouns import Stored

router = APIRouter(include_in_schema=False)

_HELD = Annotated[Services, Depends(services)]
_WHO = Annotated[Visitor, Depends(page())]

PAGE = 50
"""Samples of a page; what comes later is added above them."""


@router.get("/latest", response_class=HTMLResponse)
def latest(request: Request, who: _WHO, held: _HELD) -> HTMLResponse:
    """Draw it."""
    asked = request.query_params
    (until,) = fields_of(asked, "until")
    found = _samples(request, held, 0, _number(until))
    older = _same(request, until=found[-1].id - 1) if len(found) == PAGE else None
    shown = {
        "title": "Latest samples",
        "samples": found,
        "models": held.store.models()[:200],
        "chosen": asked.get("model", ""),
        "unnamed": "unnamed" in asked,
        "prompt": asked.get("prompt", ""),
        "older": older,
        "newest": _same(request) if until else None,
        "after": found[0].id if found else 0,
        "more": None if until else _same(request, path="/latest/rows"),
        "address": str(request.base_url),
    }
    return drawn(request, "latest.html.jinja", shown, who)


@router.get("/latest/rows", response_class=HTMLResponse)
def rows(request: Request, who: _WHO, held: _HELD) -> HTMLResponse:
    """Draw what came after a sample, and nothing else."""
    after = _number(request.query_params.get("after")) or 0
    return drawn(
        request, "latest_rows.html.jinja", {"samples": _samples(request, held, after)}, who
    )


def _samples(
    request: Request, held: Services, after: int, until: int | None = None
) -> list[Stored]:
    asked = request.query_params
    chosen, prompt = fields_of(asked, "model", "prompt")
    model = None if "unnamed" in asked else chosen or ANY
    return held.store.samples(after, until, model=model, prompt_id=prompt, limit=PAGE, newest=True)


def _same(request: Request, path: str = "/latest", until: int | None = None) -> str:
    asked = request.query_params
    chosen, prompt = fields_of(asked, "model", "prompt")
    unnamed = "1" if "unnamed" in asked else None
    return link(path, model=chosen, prompt=prompt, unnamed=unnamed, until=until)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
