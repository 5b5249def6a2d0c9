"""``/sign-in`` and ``/sign-out``: a token becomes a cookie, and goes again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fullmenu.server.access import COOKIE, LASTS, access_of, form_of, local_path, written
from fullmenu.server.pages.drawing import drawn

router = APIRouter(include_in_schema=False)


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_page(request: Request, next: str = "/") -> HTMLResponse:
    """Ask for a token."""
    return _drawn(request, next)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Give whoever has a token a cookie, and go on to where they came from."""
    access = access_of(request)
    form = await form_of(request)
    on = local_path(form.get("next", "/"))
    wait = access.sign_ins.wait(request.client.host if request.client else "?")
    if wait:
        after = int(wait) + 1
        return _drawn(
            request, on, f"Too many tries: again in {after} s.", 429, {"Retry-After": str(after)}
        )
    session = access.sign_in(form.get("token", "").strip())
    if session is None:
        return _drawn(request, on, "This is no token of this server, or it was revoked.", 403)
    response = RedirectResponse(on, 303)
    response.set_cookie(
        COOKIE,
        session,
        max_age=int(LASTS),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
async def sign_out(
    request: Request, form: Annotated[dict[str, str], Depends(written(None))]
) -> Response:
    """Forget a cookie."""
    access_of(request).sign_out(request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE)
    return response


def _drawn(
    request: Request,
    next: str,
    wrong: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    shown = {"title": "Sign in", "next": local_path(next), "wrong": wrong}
    answer = drawn(request, "sign_in.html.jinja", shown, None, status=status)
    answer.headers.update(headers or {})
    return answer
