"""The application: doors and pages over one store, with its writer and its watches."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import metadata
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
)
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from fullmenu.server import sign_in
from fullmenu.server.access import Access, Guard, RequestRate, SignInFirst
from fullmenu.server.bodies import Bounds
from fullmenu.server.doors import health, samples, traces
from fullmenu.server.pages import (
    alarm,
    alarms,
    assets,
    comparison,
    latest,
    model,
    overview,
    prompts,
    review,
    settings,
)
from fullmenu.server.pages.drawing import warm
from fullmenu.server.pages.refusal import refused, wants_page
from fullmenu.server.reception import Reception, Redact
from fullmenu.server.services import Services, Worker
from fullmenu.server.summaries import Summaries
from fullmenu.server.writer import Writer

if TYPE_CHECKING:
    from fullmenu.review.desk import Desk
    from fullmenu.store import Store

PAGES: Sequence[APIRouter] = (
    overview.router,
    model.router,
    alarms.router,
    alarm.router,
    comparison.router,
    prompts.router,
    latest.router,
    review.router,
    settings.router,
    assets.router,
)
"""Routers of the pages; each page is a file in ``pages/``."""


def create_app(
    store: Store,
    *,
    token: str | None = None,
    loopback: bool = True,
    redact: Redact | None = None,
    beside: Sequence[Worker] = (),
    bounds: Bounds | None = None,
    rate: RequestRate | None = None,
    demo: bool = False,
    desk: Desk | None = None,
) -> FastAPI:
    """Return the application over a store.

    Parameters
    ----------
    store
        Where samples are kept. Closing it is left to whoever opened it.
    token
        What everything may be done with; ``None``: no token is needed.
    loopback
        Whether it listens on this machine only, and answers to no other name.
    redact
        What is done to every prompt and output before it is stored.
    beside
        What runs while the application lives: the watcher of the store, the courier of its alarms.
    bounds
        How much is taken at once.
    rate
        How often a client may ask.
    demo
        Whether every page says that what it shows is made up.
    desk
        A review that people answer here.
    """
    bounds = bounds or Bounds()
    writer = Writer(store, bounds.waiting)
    access = Access(store, token, rate)
    summaries = Summaries(store)
    held = Services(store, Reception(writer, bounds, redact), access, summaries, demo, desk)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        writer.start()
        threading.Thread(target=warm, name="warm", daemon=True).start()
        for worker in beside:
            worker.start()
        yield
        writer.close()
        for worker in beside:
            worker.stop()
        summaries.stop()
        held.reception.close()

    app = FastAPI(
        title="Fullmenu",
        version=metadata.version("fullmenu"),
        description="Samples of a model in, its variety out.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = held
    app.add_middleware(Guard, access=access, loopback=loopback)
    for router in (traces.router, samples.router, health.router, sign_in.router, *PAGES):
        app.include_router(router)

    @app.exception_handler(SignInFirst)
    async def to_sign_in(request: Request, _: SignInFirst) -> Response:
        if request.method != "GET":
            return JSONResponse({"detail": "sign in first"}, 401)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(path, safe='')}", 303)

    @app.exception_handler(HTTPException)
    async def on_a_page(request: Request, error: HTTPException) -> Response:
        if not wants_page(request):
            return await http_exception_handler(request, error)
        return refused(request, error.status_code, str(error.detail), error.headers)

    @app.exception_handler(RequestValidationError)
    async def of_another_kind(request: Request, error: RequestValidationError) -> Response:
        if not wants_page(request):
            return await request_validation_exception_handler(request, error)
        return refused(request, 404, "there is no page with this address")

    return app
