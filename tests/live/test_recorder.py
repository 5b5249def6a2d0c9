"""Outputs recorded in the background: nobody waits, nothing raises, what is lost is told."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import fullmenu as fm
from fullmenu.errors import BadInput
from fullmenu.live import recorder
from fullmenu.live.recorder import Recorder


class Sink:
    """A server that answers as it is told to, and keeps what it took."""

    def __init__(self):
        self.answers, self.taken, self.tokens = [], [], []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = sink.answers.pop(0) if sink.answers else 200
                if status == 200:
                    sink.taken += json.loads(body)
                sink.tokens.append(self.headers.get("Authorization"))
                said = json.dumps({"detail": "as told"}).encode()
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def sink(monkeypatch):
    monkeypatch.setattr(recorder, "LINGER", 0.01)
    monkeypatch.setattr(recorder, "PAUSES", (0.01,))
    sink = Sink()
    yield sink
    sink.server.shutdown()
    sink.server.server_close()


@pytest.fixture
def nowhere():
    """A URL that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_calls_arrive_in_order_with_a_time_and_a_name(sink):
    r = Recorder(sink.url, "a-token", model="m1")
    for n in range(250):
        r.record(f"dish {n}", "A fruit?")
    r.record(["fig", "kiwi"], prompt="A fruit?", model="m2", call_id="7", time=1767225600)
    assert r.flush(10)
    assert [c["output"] for c in sink.taken] == [
        *(f"dish {n}" for n in range(250)),
        ["fig", "kiwi"],
    ]
    assert sink.taken[0]["model"] == "m1" and sink.taken[0]["time"].endswith("+00:00")
    assert sink.taken[-1] == {
        "output": ["fig", "kiwi"], "prompt": "A fruit?", "model": "m2", "call_id": "7",
        "time": 1767225600,
    }  # fmt: skip
    assert len({c["call_id"] for c in sink.taken}) == 251
    assert set(sink.tokens) == {"Bearer a-token"}
    assert (r.sent, r.dropped, r.waiting) == (251, 0, 0)
    r.close()


def test_what_fails_for_a_while_is_sent_again(sink, caplog):
    sink.answers = [503, 429, 500, 408]
    r = Recorder(sink.url)
    r.record("fig")
    assert r.flush(10)
    assert [c["output"] for c in sink.taken] == ["fig"]
    assert caplog.text.count("trying again") == 1
    r.close()


@pytest.mark.parametrize("status", [401, 413, 302])
def test_what_is_refused_is_dropped_and_told(sink, caplog, status):
    sink.answers = [status]
    r = Recorder(sink.url)
    r.record("fig")
    assert r.flush(10)
    assert (r.sent, r.dropped) == (0, 1)
    assert str(status) in caplog.text and "1 calls dropped" in caplog.text
    r.record("kiwi")
    assert r.flush(10) and [c["output"] for c in sink.taken] == ["kiwi"]
    r.close()


def test_a_server_that_is_down_stops_nobody_and_what_is_too_much_is_counted(
    nowhere, monkeypatch, caplog
):
    monkeypatch.setattr(recorder, "MOST", 100)
    monkeypatch.setattr(recorder, "LINGER", 30.0)
    r = Recorder(nowhere)
    for n in range(1_100):
        r.record(f"dish {n}")
    assert (r.waiting, r.dropped) == (100, 1_000)
    told = [m.getMessage() for m in caplog.records if "dropped" in m.getMessage()]
    assert len(told) == 4 and "1,000 calls dropped" in told[-1]
    r.close(timeout=0.05)
    assert r.dropped == 1_100
    r.record("more")
    assert r.dropped == 1_101


def test_nothing_that_is_recorded_raises(sink):
    class Hostile:
        def __str__(self):
            raise RuntimeError("no")

    r = Recorder(sink.url)
    r.record([Hostile()])
    r.record("fig", parameters=3)
    r.record("fig", parameters={"stop": object()})
    r.record("fig", prompt="\ud800")
    assert r.flush(10)
    assert r.dropped == 2 and len(sink.taken) == 2
    r.close()
    fm.watch.record("fig", nonsense=1)
    with pytest.raises(BadInput, match="no URL"):
        Recorder("localhost:8000")


def test_what_waits_at_the_end_of_a_program_is_sent(sink):
    code = "import fullmenu as fm\nfm.watch.record('fig', prompt='A fruit?')"
    env = {**os.environ, "FULLMENU_SERVER": sink.url, "FULLMENU_TOKEN": "t"}
    subprocess.run([sys.executable, "-c", code], env=env, check=True, timeout=60)
    assert [c["output"] for c in sink.taken] == ["fig"]
    assert sink.tokens == ["Bearer t"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_sends_its_own_and_nothing_twice(sink):
    code = """
import os
from fullmenu.watch import Recorder
r = Recorder()
r.record("before")
child = os.fork()
r.record("child" if not child else "parent")
assert r.flush(20)
if not child:
    os._exit(0)
os.waitpid(child, 0)
"""
    env = {**os.environ, "FULLMENU_SERVER": sink.url}
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=env, check=True, timeout=60)
    assert sorted(c["output"] for c in sink.taken) == ["before", "child", "parent"]
