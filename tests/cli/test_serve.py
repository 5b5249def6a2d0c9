"""``fullmenu serve``: what it says, how it ends, and what it refuses."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

pytest.importorskip("fastapi", reason="fastapi is not installed")
pytest.importorskip("uvicorn", reason="uvicorn is not installed")

from fullmenu.store import Range, Store

from ..live.conftest import WORDS

TOKEN = "a-token-of-the-operator"


class Server:
    """A server in a process of its own."""

    def __init__(self, folder, *args, **env):
        command = [sys.executable, "-m", "fullmenu", "serve", "--port", "0", *args]
        given = {**os.environ, "PYTHONUNBUFFERED": "1", **env}
        self.process = subprocess.Popen(
            command, cwd=folder, env=given, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        self.said = [self.process.stdout.readline() for _ in range(6)]
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", self.said[0])[1])

    def ask(self, method, path, body=None, **headers):
        held = None if body is None else json.dumps(body)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as asks:
            asks.request(method, path, held, {"Content-Type": "application/json", **headers})
            answer = asks.getresponse()
            return answer.status, answer.read()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture
def start(tmp_path):
    running = []

    def start(*args, **env):
        running.append(Server(tmp_path, *args, **env))
        return running[-1]

    yield start
    for server in running:
        server.process.kill()
        server.process.communicate()


def test_it_says_where_it_is_and_its_first_command_works(start, tmp_path):
    server = start()
    assert "fullmenu.db" in server.said[1]
    command = "".join(server.said[3:5])
    assert command.strip().startswith("curl http://127.0.0.1:")
    url = f"http://127.0.0.1:{server.port}"
    assert server.said[5].strip() == f"export OTEL_EXPORTER_OTLP_ENDPOINT={url}"
    if subprocess.run(["sh", "-c", "command -v curl"], capture_output=True).returncode == 0:
        ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
        assert json.loads(ran.stdout)["stored"] == 1
    else:
        server.ask("POST", "/api/samples", {"output": "A fig."})
    status, out, err = server.end(signal.SIGINT)
    assert (status, err) == (0, "") and "ended" in out
    with Store.open(str(tmp_path / "fullmenu.db")) as store:
        assert [s.record.output for s in store.samples()] == ["A fig."]


def test_what_was_answered_before_it_ended_is_stored(start, tmp_path):
    server = start("--store", "x.db")
    answered, ended = [], threading.Event()

    def send(name):
        n = 0
        while not ended.is_set():
            n += 1
            call = f"{name}-{n}"
            try:
                status, _ = server.ask("POST", "/api/samples", {"output": "x", "call_id": call})
            except (OSError, http.client.HTTPException):
                return
            if status == 200:
                answered.append(call)

    senders = [threading.Thread(target=send, args=(i,)) for i in range(4)]
    for sender in senders:
        sender.start()
    while len(answered) < 50:
        time.sleep(0.01)
    status, _, err = server.end()
    ended.set()
    for sender in senders:
        sender.join()
    assert (status, err) == (0, "")
    with Store.open(str(tmp_path / "x.db")) as store:
        kept = {s.record.call_id for s in store.samples(limit=100_000)}
    assert set(answered) <= kept


def test_with_a_token_it_asks_for_it(start):
    server = start(FULLMENU_TOKEN=TOKEN)
    assert "Bearer $FULLMENU_TOKEN" in server.said[3]
    row = {"output": "A fig."}
    assert server.ask("POST", "/api/samples", row)[0] == 401
    assert server.ask("POST", "/api/samples", row, Authorization=f"Bearer {TOKEN}")[0] == 200
    assert server.ask("GET", "/metrics", Host="evil.example")[0] == 421
    assert all(TOKEN not in text for text in map(str, server.end()))


def test_it_watches_in_a_process_of_its_own(start, tmp_path):
    import numpy as np

    server = start("--store", "x.db")

    def visits(n, dishes, seed):
        rng = np.random.default_rng(seed)
        for p in rng.integers(0, 25, n):
            menu = np.random.default_rng(int(p)).permutation(len(WORDS))[:20]
            for d in rng.integers(0, dishes, 4):
                yield {"prompt": f"Q {p}", "output": f"{WORDS[menu[d]]} stew", "model": "bot"}

    assert server.ask("POST", "/api/samples", [*visits(120, 20, 1)])[0] == 200
    with Store.open(str(tmp_path / "x.db")) as store:
        store.set_baseline("bot", Range(0, store.models()[0].last_id))
        assert server.ask("POST", "/api/samples", [*visits(60, 2, 2)])[0] == 200
        end = time.monotonic() + 90
        while not store.alarms() and time.monotonic() < end:
            time.sleep(0.2)
        assert store.alarms(standing=True)
    while b'fullmenu_effective_number{model="bot"' not in (
        said := server.ask("GET", "/metrics")[1]
    ):
        assert time.monotonic() < end, said
        time.sleep(0.2)
    assert re.search(rb'fullmenu_alarms_standing\{model="bot",watch="1"\} [1-9]', said)
    time.sleep(3)  # the courier looks every two seconds
    status, _, err = server.end()
    assert status == 0 and "Fullmenu: bot: " in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--host", "0.0.0.0"], "a token is needed"),
        (["--host", "0.0.0.0", "--token", "short"], "too short"),
        (["--host", "no-such-host.invalid"], "token is needed"),
        (["--host", "203.0.113.9", "--token", TOKEN], "cannot listen on 203.0.113.9"),
        (["--store", "no/such/folder.db"], "no/such/folder.db"),
        (["--store", "mysql://x/y"], "mysql"),
        (["--redact", "("], "regular expression"),
    ],
)
def test_what_cannot_be_is_one_line(shell, tmp_path, args, said):
    ran = shell("serve", "--port", "0", *args, cwd=tmp_path)
    assert ran.returncode == 1 and said in ran.stderr
    assert ran.stderr.count("\n") == 1 and TOKEN not in ran.stderr


def test_a_port_that_is_taken_is_named(shell, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = shell("serve", "--port", port, cwd=tmp_path)
    assert ran.returncode == 1 and f"port {port}" in ran.stderr and "--port" in ran.stderr
