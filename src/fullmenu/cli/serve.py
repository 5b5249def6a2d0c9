"""``fullmenu serve``: a server that takes a model's outputs, watches them, and shows them."""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from fullmenu.errors import BadInput, extra

if TYPE_CHECKING:
    from types import FrameType

EXAMPLES = """[bold]Examples[/bold]

  fullmenu serve

  fullmenu serve --store postgresql://fullmenu@db/fullmenu --host 0.0.0.0 --token "$FULLMENU_TOKEN"

  fullmenu serve --redact '[[\\w.]+@[[\\w.]+'

  fullmenu serve --demo

[bold]Sending[/bold]: any application with OpenTelemetry instrumentation of its model calls

  export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:8000/v1/traces
"""

WAIT = 10
"""Seconds in which requests that came may be answered when it ends."""


def serve(
    store: Annotated[
        str | None,
        Option(
            help="Where samples are kept: sqlite:///FILE or postgresql://…; by default "
            "./fullmenu.db.",
            metavar="URL",
            envvar="FULLMENU_STORE",
            show_envvar=True,
        ),
    ] = None,
    host: Annotated[
        str, Option(help="The address to listen on; other than this machine's needs a token.")
    ] = "127.0.0.1",
    port: Annotated[int, Option(help="The port; 0: any that is free.", min=0, max=65_535)] = 8000,
    token: Annotated[
        str | None,
        Option(
            help="What everything may be done with; without one, everybody on this machine may.",
            envvar="FULLMENU_TOKEN",
            show_envvar=True,
        ),
    ] = None,
    redact: Annotated[
        str | None,
        Option(
            help="Replace what matches in prompts and outputs by \\[redacted], before anything is "
            "stored.",
            metavar="REGEX",
        ),
    ] = None,
    demo: Annotated[
        bool, Option("--demo", help="Fill it with a bot that goes stale, in a store of its own.")
    ] = False,
) -> None:
    """Take a model's outputs, watch their variety, and show it on a page."""
    with extra("serving and its store", "serve"):
        import fastapi  # noqa: F401
        import sqlalchemy  # noqa: F401
        import uvicorn

    from fullmenu.live.watcher import Watcher
    from fullmenu.server.access import check_listening, is_loopback
    from fullmenu.server.app import create_app
    from fullmenu.server.reception import redaction
    from fullmenu.store import Store

    token = token or None
    check_listening(host, token)
    hide = None if redact is None else redaction(redact)
    listening = bound(host, port)
    kept = Store.open(store)
    try:
        app = create_app(
            kept,
            token=token,
            loopback=is_loopback(host),
            redact=hide,
            watcher=Watcher(kept),
        )
        said(listening, kept, token is not None)
        uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=WAIT,
                limit_concurrency=500,
            )
        ).run(sockets=[listening])
    finally:
        kept.close()
        listening.close()


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address.

    Raises
    ------
    BadInput
        The port is taken or not allowed, or the address is none of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind)
    except OSError as error:
        raise BadInput(f"cannot listen on {host}: {error.strerror}") from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(1_024)
    except OSError as error:
        listening.close()
        why = f"cannot listen on {host}, port {port}: {error.strerror}"
        raise BadInput(f"{why}; give another with --port, or --port 0 for one that is free") from None
    return listening
