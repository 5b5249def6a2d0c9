"""Alarms carried to webhooks: each at least once, in order, of the model that was asked for."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

pytest.importorskip("sqlalchemy", reason="sqlalchemy is not installed")

from fullmenu.errors import BadInput
from fullmenu.live import webhook
from fullmenu.live.courier import Courier, add_webhook, carried, remove_webhook, webhooks
from fullmenu.live.watcher import Watcher
from fullmenu.samples import Record
from fullmenu.store import Range, Store

from .conftest import WORDS


def served(dishes, n, seed, model="bot"):
    rng = np.random.default_rng(seed)
    for p in rng.integers(0, 25, n):
        menu = np.random.default_rng(int(p)).permutation(len(WORDS))[:20]
        for d in rng.integers(0, dishes, 4):
            yield Record(f"{WORDS[menu[d]]} stew", f"Question {p}", model=model)


@pytest.fixture
def store(tmp_path):
    """A store in which the bot went stale."""
    with Store.open(str(tmp_path / "store.db")) as store:
        store.add([*served(20, 150, 1)])
        store.set_baseline("bot", Range(0, store.models()[0].last_id))
        yield store


def go_stale(store, seed=2):
    store.add([*served(2, 60, seed)])
    watcher = Watcher(store)
    while watcher.turn():
        pass
    watcher.stop()


class Post:
    """Posts nothing, and keeps what it would have."""

    def __init__(self, why=None):
        self.why, self.events = why, []

    def __call__(self, url, event, *, secret, sleep):
        self.events.append((url, event, secret))
        return self.why


def test_an_alarm_goes_to_every_webhook_of_its_model_once(store):
    hook = add_webhook(store, "https://example.com/all", secret="s")
    add_webhook(store, "https://example.com/bot", model="bot")
    add_webhook(store, "https://example.com/other", model="other")
    add_webhook(store, "https://example.com/none", model=None)
    go_stale(store)
    post = Post()
    courier = Courier(store, send=post)
    n = len(store.alarms())
    assert n >= 1 and courier.turn() == 2 * n
    sent = [(url, event["alarm_id"], secret) for url, event, secret in post.events]
    ids = sorted(a.id for a in store.alarms())
    assert sent == [
        *(("https://example.com/all", i, "s") for i in ids),
        *(("https://example.com/bot", i, None) for i in ids),
    ]
    event = post.events[0][1]
    assert event["text"].startswith("Fullmenu: bot: ") and event["event"] == "alarm"
    assert courier.turn() == 0 and Courier(store, send=post).turn() == 0
    assert carried(store, hook).error is None


def test_a_name_mentions_nobody_before_a_document_is_there_either(store):
    go_stale(store)
    [alarm, *_] = store.alarms()
    store.document = lambda watch: None
    text = Courier(store)._message(alarm._replace(model="<!channel> & co"))["text"]
    assert "&lt;!channel&gt; &amp; co" in text and "<" not in text


def test_alarms_from_before_a_webhook_are_not_sent(store):
    go_stale(store)
    add_webhook(store, "https://example.com/all")
    assert Courier(store, send=Post()).turn() == 0


def test_one_that_fails_is_kept_and_sent_later_and_the_others_go_on(store, caplog):
    bad = add_webhook(store, "https://bad.example/a-secret-path")
    add_webhook(store, "https://good.example/hook")
    go_stale(store)
    n = len(store.alarms())

    def send(url, event, **_):
        return "it answered with status 500, 4 times" if "bad" in url else None

    courier = Courier(store, send=send)
    assert courier.turn() == n
    assert "status 500" in carried(store, bad).error
    assert "bad.example" in caplog.text and "a-secret-path" not in caplog.text
    assert courier.turn() == 0  # it rests
    courier.stop()
    later = Courier(store, send=Post())
    assert later.turn() == n
    assert [url for url, *_ in later.send.events] == ["https://bad.example/a-secret-path"] * n
    assert carried(store, bad).error is None


def test_of_two_servers_one_posts(store):
    add_webhook(store, "https://example.com/all")
    go_stale(store)
    first, second = (Courier(store, send=Post()) for _ in range(2))
    assert first._claim() and not second._claim()
    assert second.turn() == 0 and first.turn() == len(store.alarms())


def test_a_webhook_that_is_removed_gets_nothing(store):
    hook = add_webhook(store, "https://example.com/all")
    remove_webhook(store, hook.id)
    assert webhooks(store) == []
    go_stale(store)
    assert Courier(store, send=Post()).turn() == 0
    with pytest.raises(BadInput, match="no webhook"):
        remove_webhook(store, hook.id)
    with pytest.raises(BadInput, match="no URL"):
        add_webhook(store, "file:///etc/passwd")
    with pytest.raises(BadInput, match="no URL"):
        add_webhook(store, "")


def test_what_is_posted_is_signed():
    came = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            came["body"] = self.rfile.read(int(self.headers["Content-Length"]))
            came["signature"] = self.headers[webhook.SIGNATURE]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        assert webhook.post(url, {"text": "é"}, secret="a-secret") is None
    moment, mac = (part.partition("=")[2] for part in came["signature"].split(","))
    signed = moment.encode() + b"." + came["body"]
    assert hmac.new(b"a-secret", signed, hashlib.sha256).hexdigest() == mac
    assert json.loads(came["body"]) == {"text": "é"}
