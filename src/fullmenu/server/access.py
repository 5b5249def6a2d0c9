"""Who may do what: tokens and their scopes, sign-in by cookie, CSRF, origins, hosts, and rates.

Without a token the server is open, and listens on the loopback interface only. With one, programs
send it as ``Authorization: Bearer …``, and people sign in with it on a page.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fullmenu.errors import BadInput

SCOPES = ("ingest", "read", "review", "settle", "admin")
"""What a token may be for: ``settle`` is for disagreements of a review, ``admin`` for all."""

COOKIE = "fullmenu"
LASTS = 12 * 3600.0
"""Seconds after which somebody has to sign in again."""

SIGNED_IN = 1_000
"""People who are signed in at once; the one who did so first goes."""

CLIENTS = 10_000
"""Clients whose rate is remembered."""

MAX_FORM = 1 << 20
"""Bytes of a form."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""What every answer carries."""

_SAFE = ("GET", "HEAD", "OPTIONS")


class TokenCheck(Protocol):
    """What of a store is needed here."""

    def check(self, secret: str) -> str | None:
        """Return what a token is for; ``None``: it is none, or was revoked."""

    def owner(self, secret: str) -> str | None:
        """Return the name of a token; ``None``: it is none, or was revoked."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks: what may be done, and the CSRF token that goes into their forms."""

    scopes: frozenset[str]
    csrf: str
    by_cookie: bool  # or not signed in at all, on an open server: a browser may be behind it
    name: str = ""  # tells clients apart

    def may(self, scope: str) -> bool:
        """Whether something is allowed."""
        return bool(self.scopes & {scope, "admin"})


@dataclass
class RequestRate:
    """So many a second, after a first burst."""

    per_second: float
    burst: float


@dataclass
class _Bucket:
    left: float
    at: float


@dataclass
class ClientRates:
    """How often each client may ask."""

    rate: RequestRate
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, client: str) -> float:
        """Count one request, and return after how many seconds it may come; 0: now."""
        with self._lock:
            now = self.clock()
            bucket = self._buckets.pop(client, None) or _Bucket(self.rate.burst, now)
            passed = max(now - bucket.at, 0.0)
            bucket.left = min(self.rate.burst, bucket.left + passed * self.rate.per_second)
            bucket.at = now
            self._buckets[client] = bucket
            if len(self._buckets) > CLIENTS:
                self._buckets.popitem(last=False)
            if bucket.left < 1:
                return (1 - bucket.left) / self.rate.per_second
            bucket.left -= 1
            return 0.0


class Access:
    """Who may do what on one server.

    Parameters
    ----------
    tokens
        The store, which knows the tokens that were made on the page.
    token
        The one that the server was started with, for everything; ``None``: the server is open.
    rate, sign_in_rate
        How often a client may ask, and try to sign in.
    """

    def __init__(
        self,
        tokens: TokenCheck,
        token: str | None = None,
        rate: RequestRate | None = None,
        sign_in_rate: RequestRate | None = None,
    ) -> None:
        self.tokens = tokens
        self.token = token
        self.rates = ClientRates(rate or RequestRate(200.0, 1_000.0))
        self.sign_ins = ClientRates(sign_in_rate or RequestRate(0.2, 10.0))
        self._key = secrets.token_bytes(32)
        self._sessions: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def open(self) -> bool:
        """Whether everything may be done without a token."""
        return self.token is None

    def scopes_of(self, secret: str) -> frozenset[str]:
        """Return what a token is for; nothing, where it is none."""
        if self.token is not None and hmac.compare_digest(secret.encode(), self.token.encode()):
            return frozenset(SCOPES)
        scope = self.tokens.check(secret) if secret else None
        return frozenset() if scope is None else frozenset({scope})

    def sign_in(self, secret: str) -> str | None:
        """Return what goes into the cookie of somebody with that token; ``None``: it is none."""
        if not self.scopes_of(secret):
            return None
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[session] = (secret, time.monotonic() + LASTS)
            if len(self._sessions) > SIGNED_IN:
                self._sessions.popitem(last=False)
        return session

    def sign_out(self, session: str) -> None:
        """Forget a cookie."""
        with self._lock:
            self._sessions.pop(session, None)

    def visitor(self, request: Request) -> Visitor:
        """Return who asks."""
        name = request.client.host if request.client else "?"
        bearer = bearer_of(request.headers.get("authorization", ""))
        if bearer is not None:
            scopes = frozenset(SCOPES) if self.open else self.scopes_of(bearer)
            return Visitor(scopes, "", False, name)
        session = request.cookies.get(COOKIE, "")
        secret, until = self._sessions.get(session, ("", 0.0))
        scopes = frozenset(SCOPES)
        if not self.open:
            scopes = self.scopes_of(secret) if time.monotonic() < until else frozenset()
        return Visitor(scopes, self._csrf(session if secret else ""), True, name)

    def knows(self, request: Request) -> bool:
        """Tell whether it needs no look into the store to say who asks."""
        if self.open:
            return True
        bearer = bearer_of(request.headers.get("authorization", "")) or ""
        return hmac.compare_digest(bearer.encode(), (self.token or "").encode())

    def owner(self, request: Request) -> str:
        """Return the name of the token that somebody came with, if it is one of their own."""
        secret = bearer_of(request.headers.get("authorization", ""))
        if secret is None:
            secret, _ = self._sessions.get(request.cookies.get(COOKIE, ""), ("", 0.0))
        return (self.tokens.owner(secret) or "") if secret else ""

    def _csrf(self, session: str) -> str:
        return hmac.new(self._key, f"csrf {session}".encode(), "sha256").hexdigest()


class SignInFirst(Exception):
    """A page that is for those who signed in."""


def access_of(request: Request) -> Access:
    """Return the access of the server that a request came to."""
    access: Access = request.app.state.services.access
    return access


def visitor(request: Request) -> Visitor:
    """Return who asks (a dependency)."""
    return access_of(request).visitor(request)


def may(scope: str) -> Callable[[Request], Awaitable[Visitor]]:
    """Return a dependency for doors: who asks must be allowed that; 401 and 403 otherwise.

    Where the store need not be asked no thread is needed, however many of them draw pages.
    """

    async def allowed(request: Request) -> Visitor:
        if access_of(request).knows(request):
            who = visitor(request)
        else:
            who = await run_in_threadpool(visitor, request)
        if who.may(scope):
            return who
        if not who.scopes:
            raise HTTPException(
                401,
                f"a token with the scope {scope!r} is needed: send it as Authorization: Bearer …",
                {"WWW-Authenticate": "Bearer"},
            )
        raise HTTPException(403, f"this token is not for that: the scope {scope!r} is needed")

    return allowed


def page(scope: str | None = "read") -> Callable[[Request], Visitor]:
    """Return a dependency for pages: who asks must be allowed that, or signs in first.

    ``None``: for everybody who signed in.
    """

    def allowed(request: Request) -> Visitor:
        who = visitor(request)
        if not who.scopes:
            raise SignInFirst
        if scope is not None and not who.may(scope):
            raise HTTPException(403, f"you signed in with a token that is not for {scope!r}")
        return who

    return allowed


def written(scope: str | None) -> Callable[[Request], Awaitable[dict[str, str]]]:
    """Return a dependency for what a page posts: the fields of its form, once all is checked.

    The form, or the header ``X-CSRF-Token``, must hold the token that the page was drawn with.
    Programs that send a bearer token need none.
    """

    async def fields(request: Request) -> dict[str, str]:
        who = page(scope)(request)
        form = await form_of(request)
        given = form.pop("csrf", "") or request.headers.get("x-csrf-token", "")
        if who.by_cookie and not hmac.compare_digest(given.encode(), who.csrf.encode()):
            raise HTTPException(403, "this form is too old, or not ours: load the page again")
        return form

    return fields


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form, the last of each name; 413 and 415 where it is none.

    Raises
    ------
    HTTPException
        It is too large, or another kind of body.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_FORM:
            raise HTTPException(413, f"a form of more than {MAX_FORM:,} bytes")
    if body and kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "send a form: application/x-www-form-urlencoded")
    try:
        pairs = parse_qs(body.decode("utf-8", "replace"), True, max_num_fields=1_000)
    except ValueError:
        raise HTTPException(400, "a form with more than 1,000 fields") from None
    return {name: values[-1] for name, values in pairs.items()}


def local_path(path: str) -> str:
    """Return a path on this server to go on to; anything else is its beginning.

    >>> local_path("/models?x=1"), local_path("//evil.example"), local_path("https://evil.example")
    ('/models?x=1', '/', '/')
    """
    parts = urlsplit(path)
    plain = path.isprintable() and "\\" not in path and not parts.scheme and not parts.netloc
    return quote(path, safe="/?&=%#:@!$'()*+,;-._~") if plain and path.startswith("/") else "/"


def bearer_of(header: str) -> str | None:
    """Return the token of an ``Authorization`` header: a bearer's, or the password beside a name.

    >>> bearer_of("Bearer abc"), bearer_of("Basic bmFtZTphYmM="), bearer_of("Digest abc")
    ('abc', 'abc', None)
    """
    kind, _, secret = header.strip().partition(" ")
    if kind.lower() == "basic":
        try:
            return b64decode(secret, validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    return secret.strip() if kind.lower() == "bearer" else None


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine only.

    >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_listening(host: str, token: str | None) -> None:
    """Refuse to listen where others can reach the server, unless a token is set.

    Raises
    ------
    BadInput
        There is none, or one that can be guessed.
    """
    if token is not None and (len(token) < 16 or not token.isascii() or " " in token):
        raise BadInput(
            "the token is too short to be safe: give 16 characters or more, without spaces, such "
            f"as {secrets.token_urlsafe(24)}"
        )
    if token is None and not is_loopback(host):
        raise BadInput(
            f"{host} can be reached from other machines, so a token is needed: give --token, or "
            "set FULLMENU_TOKEN, or listen on 127.0.0.1"
        )


class Guard:
    """What every request passes first: its host, where it comes from, how often; headers, after.

    Parameters
    ----------
    app
        What is behind.
    access
        Whose rates count.
    loopback
        Whether the server listens on this machine only. A name that somebody else made point here
        (DNS rebinding) is then refused.
    """

    def __init__(self, app: ASGIApp, access: Access, loopback: bool) -> None:
        self.app, self.access, self.loopback = app, access, loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or let it pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refused = self._refused(scope, Headers(scope=scope))
        await (refused or self.app)(scope, receive, with_headers)

    def _refused(self, scope: Scope, headers: Headers) -> JSONResponse | None:
        host = headers.get("host", "")
        if self.loopback and not is_loopback(_name(host)):
            return _no(421, "this server answers to localhost and 127.0.0.1 only")
        if scope["method"] not in _SAFE and self._foreign(headers, host):
            return _no(403, "a page of another site sent this")
        client = (scope.get("client") or ("?", 0))[0]
        wait = self.access.rates.wait(client)
        if wait:
            return _no(429, "too many requests", wait)
        return None

    def _foreign(self, headers: Headers, host: str) -> bool:
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return True
        origin = headers.get("origin")
        return origin is not None and origin.partition("://")[2] != host


def _name(host: str) -> str:
    """Return a ``Host`` without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _no(status: int, why: str, wait: float = 0.0) -> JSONResponse:
    return JSONResponse(
        {"detail": why}, status, {"Retry-After": str(int(wait) + 1)} if wait else {}
    )
