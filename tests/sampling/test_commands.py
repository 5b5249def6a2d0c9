"""``fullmenu sample`` and ``fullmenu canary``: stopped, killed, gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .conftest import ROOT

pytestmark = pytest.mark.usefixtures("ask")

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OPENAI_API_KEY": "sk-secret-key"}


class Folder:
    """A folder with prompts, and the commands that are run in it."""

    def __init__(self, path):
        self.path = path
        self.samples = path / "samples.jsonl"
        (path / "prompts.txt").write_text("Name a fruit.\n\nName a tree.\nName a bird.\n")

    def command(self, name, server, *given):
        return [
            sys.executable, "-m", "fullmenu", name, "prompts.txt", "--endpoint", server.url,
            "--model", "toy-model", "-o", "samples.jsonl", *given,
        ]  # fmt: skip

    def run(self, name, server, *given):
        return subprocess.run(
            self.command(name, server, *given), cwd=self.path, env=ENVIRONMENT,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    def start(self, name, server, *given):
        """Start a command, and wait until it has written something."""
        process = subprocess.Popen(
            self.command(name, server, *given), cwd=self.path, env=ENVIRONMENT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        while not (self.samples.exists() and self.samples.stat().st_size):
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.02)
        return process

    def rows(self):
        return [json.loads(line) for line in self.samples.read_text().splitlines()]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def test_sample_and_check(folder, serve):
    ran = folder.run("sample", serve(), "-n", "10", "--temperature", "1")
    assert ran.returncode == 0, ran.stderr
    assert "30 of 30 samples in samples.jsonl" in ran.stdout
    assert "next: fullmenu check samples.jsonl" in ran.stdout
    assert "probed with" in ran.stderr
    assert {row["parameters"]["temperature"] for row in folder.rows()} == {1.0}
    assert len({row["call_id"] for row in folder.rows()}) == 6  # eight outputs a request, or two
    assert "sk-secret" not in folder.samples.read_text() + ran.stdout + ran.stderr


def test_ctrl_c_waits_for_what_is_paid_for_and_says_how_to_go_on(folder, serve):
    server = serve(latency=0.3)
    running = folder.start("sample", server, "-n", "40", "--no-probe")
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=30)[0]
    assert running.returncode == 130
    assert "it was stopped. To go on, give the same command again." in said
    assert 0 < len(folder.rows()) == server.log()["came"] < 120
    assert folder.run("sample", server, "-n", "40", "--no-probe").returncode == 0
    assert len(folder.rows()) == server.log()["came"] == 120


def test_a_second_ctrl_c_waits_no_longer(folder, serve):
    running = folder.start("sample", serve(latency=1.0), "-n", "40", "--no-probe")
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    time.sleep(0.2)
    running.send_signal(signal.SIGINT)
    assert "To go on" in running.communicate(timeout=30)[0]
    assert running.returncode == 130
    assert len(folder.rows()) == 8


def test_client_and_server_are_killed(folder, serve):
    server = serve(latency=0.05, faults=0.1, kinds=["500", "cut", "hang up"])
    given = ("-n", "25", "--no-probe", "-c", "4")
    for _ in range(2):
        running = folder.start("sample", server, *given)
        time.sleep(0.2)
        running.kill()
        running.communicate()
    running = folder.start("sample", server, *given)
    server.stop()
    time.sleep(0.2)
    server.start()
    assert running.wait(60) == 0
    running.communicate()
    places = Counter((row["prompt_id"], row["sample_index"]) for row in folder.rows())
    assert len(places) == 75
    assert set(places.values()) == {1}
    log = server.log()
    assert 0 <= log["came"] - log["failed"] - 75 <= 3 * 4


def test_until_sure(folder, serve):
    server = serve(words=2, sure=3.0)
    ran = folder.run("sample", server, "--until-sure", "1.6", "--parameters", "top_k=3")
    assert ran.returncode == 0, ran.stderr
    assert "sure: 3 of 3 prompts" in ran.stdout
    counts = Counter(row["prompt_id"] for row in folder.rows())
    assert min(counts.values()) >= 20
    assert max(counts.values()) < 400


def test_faults_of_a_server_are_named_and_worked_round(folder, serve):
    ran = folder.run("sample", serve(draws="pinned"), "-n", "6", "--temperature", "1")
    assert "pinned seed: " in ran.stderr
    assert len({row["output"] for row in folder.rows()}) == 18
    before = len({row["parameters"]["seed"] for row in folder.rows()})
    again = folder.run("sample", serve(draws="pinned"), "-n", "9", "--temperature", "1")
    assert "probed" not in again.stderr  # asked as before
    assert len({row["output"] for row in folder.rows()}) == 27
    assert len({row["parameters"]["seed"] for row in folder.rows()}) > before


def test_the_probes_count_against_the_budget(folder, serve):
    server = serve(max_n=1)
    ran = folder.run("sample", server, "-n", "40", "--budget", "20 requests")
    assert "the budget of 20 requests is used up" in ran.stdout
    assert server.log()["came"] == 20


def test_what_the_probes_cannot_see_the_pipe_checks_do(folder, serve):
    ran = folder.run("sample", serve(draws="cached"), "-n", "12", "--no-probe")
    assert "got the same output every time" in ran.stderr


def test_canary_and_watch(folder, serve):
    server = serve(words=3)
    for _ in range(2):
        ran = folder.run("canary", server, "-k", "3", "--visits", "4", "--temperature", "1")
        assert ran.returncode == 0, ran.stderr
    assert [row["sample_index"] for row in folder.rows()] == [0, 1, 2] * 8


def test_what_a_canary_says_reaches_a_server_too(folder, serve):
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = serve(words=3)
    folder.run("canary", server, "-k", "3", "--visits", "1", "--no-probe")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as sink:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        to = f"http://127.0.0.1:{sink.server_address[1]}"
        ran = folder.run("canary", server, "-k", "3", "--visits", "2", "--no-probe", "--to", to)
        sink.shutdown()
    assert ran.returncode == 0 and "sent 6 outputs" in ran.stderr
    new = folder.rows()[3:]
    for name in ("output", "prompt", "model", "call_id", "sample_index"):
        assert [call[name] for call in taken] == [row[name] for row in new]


def test_a_schedule_of_canaries_ends_with_ctrl_c(folder, serve):
    running = folder.start("canary", serve(), "--every", "1s", "--visits", "1", "--no-probe")
    while len(folder.rows()) < 10:
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    assert running.returncode == 130
    assert len(folder.rows()) % 5 == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--budget", "five"], "cannot read the budget 'five'"),
        (["--parameters", "n=3"], "n is no parameter to set"),
        (["--parameters", "top_p"], "names no value"),
        (["--until-sure", "1"], "give a factor above 1"),
        (["--prices", "1"], "cannot read the prices '1'"),
        (["--key-env", "NO_SUCH_KEY"], "the environment has no NO_SUCH_KEY"),
    ],
)
def test_what_cannot_be_is_one_line(folder, serve, given, said):
    ran = folder.run("sample", serve(), "--no-probe", *given)
    assert ran.returncode in (1, 2)
    assert said in " ".join(ran.stderr.replace("│", " ").split())
    assert "Traceback" not in ran.stderr
