"""Who may do what: tokens, cookies, forms, origins, hosts and rates."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Annotated, Any, ClassVar

import pytest

pytest.importorskip("fastapi", reason="fastapi is not installed")

from fastapi import Depends

from fullmenu.errors import BadInput
from fullmenu.server.access import (
    COOKIE,
    Access,
    ClientRates,
    RequestRate,
    check_listening,
    local_path,
    may,
    page,
    written,
)
from fullmenu.server.app import create_app

TOKEN = "a-token-of-the-operator"


class Tokens:
    """A store that knows two tokens."""

    known: ClassVar[dict[str, str]] = {"for-programs": "ingest", "for-people": "read"}

    def check(self, secret):
        return self.known.get(secret)


@pytest.fixture
def app(client):
    """Start an application with a page that is read, and one that is written."""

    def app(**options):
        asks = client(Tokens(), **options)

        @asks.app.get("/shown")
        def shown(who: Annotated[Any, Depends(page("read"))]):
            return {"csrf": who.csrf}

        @asks.app.post("/changed")
        def changed(form: Annotated[Any, Depends(written("admin"))]):
            return form

        @asks.app.post("/door", dependencies=[Depends(may("ingest"))])
        def door():
            return {}

        return asks

    return app


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def test_an_open_server_lets_everybody_in_but_no_form_of_another_page(app):
    asks = app()
    assert asks.post("/door").status_code == 200
    assert asks.post("/door", headers=bearer("of another server")).status_code == 200
    csrf = asks.get("/shown").json()["csrf"]
    assert asks.post("/changed", data={"csrf": csrf, "x": "1"}).json() == {"x": "1"}
    assert asks.post("/changed", data={"x": "1"}, headers={"X-CSRF-Token": csrf}).status_code == 200
    for wrong in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}):
        assert asks.post("/changed", data=wrong).status_code == 403
    other = app().get("/shown").json()["csrf"]
    assert asks.post("/changed", data={"csrf": other}).status_code == 403


def test_with_a_token_each_may_do_what_theirs_is_for(app):
    asks = app(token=TOKEN)
    assert asks.post("/door").status_code == 401
    assert asks.post("/door").headers["WWW-Authenticate"] == "Bearer"
    assert asks.post("/door", headers=bearer("for-programs")).status_code == 200
    assert asks.post("/door", headers=bearer("for-people")).status_code == 403
    assert asks.get("/shown", headers=bearer("for-people")).status_code == 200
    assert asks.get("/shown", headers=bearer("for-programs")).status_code == 403
    assert asks.post("/changed", headers=bearer("for-people")).status_code == 403
    assert asks.post("/changed", headers=bearer(TOKEN)).status_code == 200  # and no form's token
    named = {"Authorization": f"Basic {b64encode(f'me:{TOKEN}'.encode()).decode()}"}
    assert asks.post("/door", headers=named).status_code == 200
    for broken in ("Basic !", "Basic /w==", "Basic", "Bearer", "Digest x"):
        assert asks.post("/door", headers={"Authorization": broken}).status_code == 401
    for wrong in ("", "x", TOKEN[:-1], TOKEN + "x"):
        assert asks.post("/door", headers=bearer(wrong)).status_code == 401


def test_a_page_asks_to_sign_in_and_the_cookie_is_as_good_as_its_token(app):
    asks = app(token=TOKEN)
    to = asks.get("/shown?x=1")
    assert (to.status_code, to.headers["location"]) == (303, "/sign-in?next=%2Fshown%3Fx%3D1")
    drawn = asks.get(to.headers["location"])
    assert re.search(r'name="next" value="/shown\?x=1"', drawn.text)
    assert asks.post("/sign-in", data={"token": "wrong"}).status_code == 403
    assert COOKIE not in asks.cookies
    signed = asks.post("/sign-in", data={"token": TOKEN, "next": "/shown"})
    assert (signed.status_code, signed.headers["location"]) == (303, "/shown")
    cookie = signed.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and TOKEN not in cookie
    csrf = asks.get("/shown").json()["csrf"]
    assert asks.post("/changed", data={}).status_code == 403
    assert asks.post("/changed", data={"csrf": csrf}).status_code == 200
    assert asks.post("/sign-out", data={"csrf": csrf}).status_code == 303
    assert asks.get("/shown").status_code == 303


def test_a_token_that_is_revoked_ends_what_was_signed_in_with_it(app, monkeypatch):
    asks = app(token=TOKEN)
    asks.post("/sign-in", data={"token": "for-people"})
    assert asks.get("/shown").status_code == 200
    assert asks.post("/changed").status_code == 403
    monkeypatch.setattr(Tokens, "known", {})
    assert asks.get("/shown").status_code == 303


def test_who_signs_in_is_sent_on_to_this_server_only():
    for path in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", ""):
        assert local_path(path) == "/"
    assert local_path("/a\r\nSet-Cookie: x") == "/"


def test_guessing_tokens_is_slow(app):
    asks = app(token=TOKEN)
    tried = [asks.post("/sign-in", data={"token": "x"}) for _ in range(12)]
    assert [r.status_code for r in tried] == [403] * 10 + [429] * 2
    assert int(tried[-1].headers["Retry-After"]) >= 1


def test_pages_of_other_sites_post_nothing(app):
    asks = app()
    for foreign in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert asks.post("/door", headers=foreign).status_code == 403
    own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    assert asks.post("/door", headers=own).status_code == 200
    assert asks.get("/shown", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_name_that_others_made_point_here_is_refused(app):
    asks = app()
    for host in ("evil.example", "127.0.0.1.evil.example:8000", "", "[", "10.0.0.7"):
        assert asks.get("/shown", headers={"Host": host}).status_code == 421
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert asks.get("/shown", headers={"Host": host}).status_code == 200
    away = app(token=TOKEN, loopback=False)
    assert away.get("/sign-in", headers={"Host": "fullmenu.example"}).status_code == 200


def test_every_answer_carries_the_headers_that_browsers_need(app):
    asks = app(token=TOKEN)
    for answer in (asks.get("/sign-in"), asks.get("/nowhere"), asks.post("/door")):
        policy = answer.headers["Content-Security-Policy"]
        scripts = next(p for p in policy.split("; ") if p.startswith("script-src"))
        assert scripts == "script-src 'self'"
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_who_asks_too_often_is_told_when_to_come_again(app):
    asks = app(rate=RequestRate(0.5, 3))
    answers = [asks.get("/nowhere") for _ in range(4)]
    assert [a.status_code for a in answers] == [404, 404, 404, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 3


def test_a_rate_fills_again_and_is_each_clients_own():
    now = 0.0
    rates = ClientRates(RequestRate(2, 2), clock=lambda: now)
    assert [rates.wait("a") for _ in range(3)] == [0, 0, 0.5]
    assert rates.wait("b") == 0
    now = 0.5
    assert [rates.wait("a") for _ in range(2)] == [0, 0.5]
    now = 1_000.0
    assert [rates.wait("a") for _ in range(3)] == [0, 0, 0.5]


def test_only_a_token_that_cannot_be_guessed_opens_the_server_to_others():
    check_listening("127.0.0.1", None)
    check_listening("0.0.0.0", TOKEN)
    with pytest.raises(BadInput, match=r"0\.0\.0\.0 .* --token"):
        check_listening("0.0.0.0", None)
    for weak in ("", "short", "with spaces in between", "ö" * 20):
        with pytest.raises(BadInput, match="too short"):
            check_listening("127.0.0.1", weak)


def test_the_form_of_a_page_is_bounded(app):
    asks = app()
    csrf = asks.get("/shown").json()["csrf"]
    kind = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": csrf}
    for body, status in (
        (b"x=" + b"a" * (1 << 20), 413),
        (b"&".join(b"%d=1" % i for i in range(2_000)), 400),
        (b"x=%ff%00", 200),
    ):
        assert asks.post("/changed", content=body, headers=kind).status_code == status
    asked = {**kind, "Content-Type": "multipart/form-data; boundary=x"}
    assert asks.post("/changed", content=b"--x", headers=asked).status_code == 415


def test_no_secret_is_shown_by_what_is_logged():
    assert TOKEN not in repr(Access(Tokens(), TOKEN))
    assert TOKEN not in repr(create_app(Tokens(), token=TOKEN).state._state)
