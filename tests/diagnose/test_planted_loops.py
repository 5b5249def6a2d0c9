"""Planted loops of four kinds are found; polling, paging and work are left in peace."""

from __future__ import annotations

import json
from random import Random

import pytest

from fullmenu.diagnose import Step, Trajectory
from fullmenu.diagnose.trajectories.repetition import LOOPS, stretches

TOOLS = ["search", "read_file", "open_page", "query_db", "list_dir", "run_tests", "edit", "lookup"]
NOUNS = [
    "invoice",
    "harbour",
    "river",
    "lamp",
    "contract",
    "orchard",
    "ticket",
    "engine",
    "ledger",
    "bridge",
]


def loops_in(steps):
    return [s for s in stretches(Trajectory("t", steps)) if s.kind in LOOPS]


def call(tool, result=None, **arguments):
    return Step(tool, json.dumps(arguments, sort_keys=True), result)


def work(rng, n):
    """Honest steps: other tools, other arguments, other results."""
    return [
        call(rng.choice(TOOLS), f"{rng.choice(NOUNS)} {k}", about=f"{rng.choice(NOUNS)}{k}")
        for k in range(n)
    ]  # fmt: skip


def around(rng, middle, logged):
    steps = [*work(rng, rng.randrange(6)), *middle, *work(rng, rng.randrange(4))]
    return steps if logged else [Step(s.name, s.arguments) for s in steps]


def failed(rng):
    return rng.choice(["no results", "Error: file not found", "", "[]", "permission denied"])


def same(rng):
    one = call(rng.choice(TOOLS), failed(rng), q=rng.choice(NOUNS))
    return [one] * rng.randrange(5, 15)


def alternating(rng):
    a, b = rng.sample(TOOLS, 2)
    pair = [call(a, failed(rng), q=rng.choice(NOUNS)), call(b, "ok, nothing changed", path="a.txt")]
    return pair * rng.randrange(4, 9)


def cycle(rng):
    tools = rng.sample(TOOLS, rng.choice([3, 4]))
    return [call(tool, failed(rng), q=NOUNS[k]) for k, tool in enumerate(tools)] * rng.randrange(
        4, 7
    )


def drifting(rng):
    tool, words = rng.choice(TOOLS), rng.sample(NOUNS, 4)
    result = failed(rng)
    extra = ["", " please", " now", " all", " again", " full", " list", " more", " here", " page"]
    return [call(tool, result, q=" ".join(words) + e) for e in rng.sample(extra, 8)]


KINDS = {
    "same call": same, "alternating calls": alternating, "cycle": cycle,
    "drifting arguments": drifting,
}  # fmt: skip


CALLED = {"alternating calls": "cycle"}


def status(rng):
    tool = rng.choice(["job_status", "poll_build", "check_health", "get_progress"])
    waits = rng.choice(["pending", '{"state": "RUNNING"}', "queued", "still building", "not ready"])
    return [call(tool, waits, job=7)] * rng.randrange(4, 30) + [call(tool, "succeeded", job=7)]


def progress(rng):
    return [call("job_status", f"{p} % done", job=7) for p in range(0, 101, rng.choice([5, 10]))]


def unfinished(rng):
    return [call("deployment_status", '{"phase": "in progress"}', id="x")] * rng.randrange(4, 40)


def sleeping(rng):
    return [call("sleep", "", seconds=30), call("job_status", "pending", job=7)] * rng.randrange(
        3, 20
    )


def clock(rng):
    return [
        call("job_status", f'{{"state": "pending", "at": "2026-05-01T10:{m:02}:00Z"}}', job=7)
        for m in range(rng.randrange(4, 20))
    ]


POLLING = [status, progress, unfinished, sleeping, clock]


def paging(rng):
    return [
        call("search", f"{rng.choice(NOUNS)} and {rng.choice(NOUNS)} {k}", q="fig", page=k)
        for k in range(1, 9)
    ]


def editing(rng):
    return [
        step
        for k in range(rng.randrange(3, 9))
        for step in (call("edit", "ok", line=k, text=rng.choice(NOUNS) * 3),
                     call("run_tests", f"{9 - k} failed", path="."))
    ]  # fmt: skip


def asking(rng):
    return [
        call("search", "no results", q=f"{a} {b}") for a, b in zip(NOUNS, NOUNS[3:], strict=False)
    ]


def retrying(rng):
    one = call("fetch", "429 too many requests", url="https://example.com")
    return [one, one, one, call("fetch", "<html>", url="https://example.com")]


@pytest.mark.parametrize("logged", [True, False], ids=["with results", "without"])
@pytest.mark.parametrize("kind", KINDS)
def test_planted_loops_are_found(kind, logged):
    runs = [Random(f"{kind}{seed}") for seed in range(200)]
    found = [loops_in(around(rng, KINDS[kind](rng), logged)) for rng in runs]
    assert sum(bool(x) for x in found) >= 190
    assert sum(any(loop.kind == CALLED.get(kind, kind) for loop in x) for x in found) >= 180


@pytest.mark.parametrize("logged", [True, False], ids=["with results", "without"])
def test_polling_is_left_in_peace(logged):
    runs = [Random(f"poll{seed}") for seed in range(400)]
    accused = sum(
        bool(loops_in(around(rng, POLLING[k % len(POLLING)](rng), logged)))
        for k, rng in enumerate(runs)
    )
    assert accused <= 8


@pytest.mark.parametrize("honest", [paging, editing, asking, retrying])
def test_honest_work_is_left_in_peace(honest):
    runs = [Random(f"{honest.__name__}{seed}") for seed in range(100)]
    assert sum(bool(loops_in(around(rng, honest(rng), True))) for rng in runs) <= 2


def test_a_text_that_speaks_of_waiting_is_no_wait():
    page = "The ferry is running, and the station is building a new platform. " * 5
    assert loops_in([call("read_file", page, path="a.txt")] * 6)
    long = '{"phase": "in progress", "steps": ["' + "x" * 200 + '"]}'
    assert not loops_in([call("build_status", long, id=1)] * 6)


def test_a_poll_that_ends_is_left_in_peace():
    quiet = [call("read_inbox", "no new messages")] * 12
    assert loops_in(quiet)
    assert not loops_in([*quiet, call("read_inbox", "1 new message: hello")])


def test_where_it_begins_and_how_long():
    rng = Random(0)
    before = work(rng, 3)
    (loop,) = loops_in([*before, *[call("search", "no results", q="a")] * 7, *work(rng, 2)])
    assert (loop.kind, loop.start, loop.stop) == ("same call", 3, 10)
    waits = [call("job_status", "pending", job=1)] * 150
    assert loops_in(waits)[0].times == 150
    assert loops_in([]) == []
