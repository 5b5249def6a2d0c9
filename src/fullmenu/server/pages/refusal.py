"""What a browser is shown where there is no page, or something is refused."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from starlette.responses import Response

from fullmenu.cleaner import clean
from fullmenu.server.access import visitor
from fullmenu.server.pages.drawing import drawn

TITLES = {403: "Not allowed", 404: "Not here", 429: "Too often"}


def wants_page(request: Request) -> bool:
    """Whether somebody looks, and no program."""
    doors = request.url.path.startswith(("/api/", "/v1/", "/static/"))
    return "text/html" in request.headers.get("accept", "") and not doors


def refused(
    request: Request, status: int, why: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Say what was refused and why, and lead back."""
    who = visitor(request)
    shown = {"title": TITLES.get(status, "That did not work"), "why": clean(why, 1_000)}
    answer = drawn(
        request, "refusal.html.jinja", shown, who if who.may("read") else None, status=status
    )
    answer.headers.update(headers or {})
    return answer
