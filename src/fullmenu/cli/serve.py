"""``fullmenu serve``: a server that takes a model's outputs, watches them, and shows them."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from fullmenu.cleaner import one_line
from fullmenu.cli import options, work
from fullmenu.errors import BadInput, extra

if TYPE_CHECKING:
    from fastapi import FastAPI

EXAMPLES = """[bold]Examples[/bold]

  fullmenu serve

  fullmenu serve --store postgresql://fullmenu@db/fullmenu --host 0.0.0.0 --token "$FULLMENU_TOKEN"

  fullmenu serve --redact '\\[\\w.]+@\\[\\w.]+'

  fullmenu serve --demo

[bold]Sending[/bold]: any application with OpenTelemetry instrumentation of its model calls

  export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:8000
"""

WAIT = 10
"""Seconds in which requests that came may be answered when it ends."""

CONNECTIONS = 500
"""Requests at once; more are answered with 503."""


def serve(
    store: options.StoreUrl = None,
    host: options.Host = "127.0.0.1",
    port: options.Port = 8000,
    token: options.Token = None,
    redact: Annotated[
        str | None,
        Option(
            help="Replace what matches in prompts and outputs by \\[redacted], before anything is "
            "stored.",
            metavar="REGEX",
        ),
    ] = None,
    demo: Annotated[
        bool,
        Option("--demo", help="Show a bot that goes stale, in a store that goes with the server."),
    ] = False,
) -> None:
    """Take a model's outputs, watch their variety, and show it on a page."""
    with extra("serving and its store", "serve"):
        import fastapi  # noqa: F401
        import sqlalchemy  # noqa: F401
        import uvicorn  # noqa: F401

    from fullmenu.live.courier import Courier
    from fullmenu.server.access import check_listening, is_loopback
    from fullmenu.server.app import create_app
    from fullmenu.server.janitor import Janitor
    from fullmenu.server.reception import redaction
    from fullmenu.server.watching import WatcherProcess
    from fullmenu.store import Store

    token = token or None
    check_listening(host, token)
    redact_by = None if redact is None else redaction(redact)
    listening = bound(host, port)
    with ExitStack() as left:
        left.enter_context(listening)
        if demo:
            store = made_up(left, store)
        kept = left.enter_context(Store.open(store))
        app = create_app(
            kept,
            token=token,
            loopback=is_loopback(host),
            redact=redact_by,
            beside=[WatcherProcess(store), Courier(kept), Janitor(kept)],
            demo=demo,
        )
        for line in welcome(listening, str(kept), token is not None):
            typer.echo(line)
        run(app, listening, timeout_graceful_shutdown=WAIT, limit_concurrency=CONNECTIONS)
        typer.echo("ended; all that was answered is stored")


def made_up(left: ExitStack, store: str | None) -> str:
    """Fill a store for a demo, and return where it is; it goes when the server ends."""
    from fullmenu.server.demo import fill
    from fullmenu.store import Store

    if store is not None:
        raise BadInput("--demo makes a store of its own: leave --store and FULLMENU_STORE out")
    path = Path(left.enter_context(TemporaryDirectory(prefix="fullmenu-demo-"))) / "demo.db"
    typer.echo("making up a bot that goes stale: some seconds")
    with Store.open(str(path)) as kept:
        fill(kept)
    return str(path)


def welcome(listening: socket.socket, store: str, closed: bool) -> list[str]:
    """Say where the server is, where samples are kept, and how to send the first one."""
    url = url_of(listening)
    return [
        f"Fullmenu serves {url}; Ctrl-C ends it",
        f"samples are kept in {one_line(store, 300)}",
        "send the first one from another terminal, or trace model calls with OpenTelemetry:",
        f"  curl {url}/api/samples -H 'Content-Type: application/json' \\"
        + (' -H "Authorization: Bearer $FULLMENU_TOKEN" \\' if closed else ""),
        """    -d '{"prompt": "A fruit?", "output": "A fig.", "model": "m1"}'""",
        f"  export OTEL_EXPORTER_OTLP_ENDPOINT={url}",
    ]


def url_of(listening: socket.socket) -> str:
    """Return the address at which a browser on this machine finds the server."""
    host, port = listening.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def run(app: FastAPI, listening: socket.socket, **limits: int) -> None:
    """Serve until Ctrl-C."""
    import uvicorn

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, proxy_headers=False, server_header=False,
        **limits,
    )  # fmt: skip
    with suppress(KeyboardInterrupt), work.stoppable():
        uvicorn.Server(config).run(sockets=[listening])


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
        raise BadInput(
            f"{why}; give another with --port, or --port 0 for one that is free"
        ) from None
    return listening
