"""Loops of agents: are planted ones found, and is legitimate repetition left alone?

Runs are made by lot: some sound work, then a loop of one of four kinds or a stretch of honest
repetition, then sound work or the end. Loops: the same call (with what changes in a log anyway, as
times and ids of requests do), two to four calls in turn, arguments that drift, a call that fails
and is tried on and on. Honest: polling (with waits, with a state that moves, or with one that
says that it is under way), pages, batches, edits and tests in turn, a few tries, a search through
files. Half of the logs hold times; where polling is told by its timer alone, all do.

Run: python benchmarks/agents.py [runs]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from random import Random
from typing import Any

from fullmenu.diagnose.trajectories.conversations import read_runs
from fullmenu.diagnose.trajectories.repetition import LOOPS, stretches
from fullmenu.stats.proportion import wilson
from table import Table

Call = tuple[str, dict[str, Any], "str | None", float]
"""Tool, arguments, what came back, seconds until the next call."""

NOUNS = "harbour invoice lantern orchard parcel quarry ribbon saddle tunnel velvet walnut".split()  # noqa: SIM905
TOOLS = "read_file grep list_dir sql fetch_url book_seat get_order lookup_user calculator".split()  # noqa: SIM905
RED = ("inbox: 3 letters, all read", "the light is red")
"""What polling gets that says nothing of waiting; its timer does."""


def _words(rng: Random, n: int) -> str:
    return " ".join(rng.choice(NOUNS) for _ in range(n))


def _pace(rng: Random) -> float:
    return rng.lognormvariate(0.5, 0.8)


def _id(rng: Random) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(12))


def _clock(rng: Random) -> str:
    return f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"


def work(rng: Random, n: int) -> list[Call]:
    """Sound work: various calls, each with something new."""
    calls: list[Call] = []
    for _ in range(n):
        tool = rng.choice(TOOLS)
        calls.append(
            (tool, {"on": _words(rng, 2), "n": rng.randrange(99)}, _words(rng, 9), _pace(rng))
        )
    return calls


def same_call(rng: Random) -> list[Call]:
    tool, given = rng.choice(TOOLS), {"on": _words(rng, 2)}
    said = _words(rng, rng.randint(3, 30))
    stamp = rng.random() < 0.5

    def told() -> str:
        return f"[{_clock(rng)}] {said} (request {_id(rng)})" if stamp else said

    return [(tool, given, told(), _pace(rng)) for _ in range(rng.randint(5, 40))]


def in_turn(rng: Random) -> list[Call]:
    period = rng.choice((2, 2, 3, 4))
    ring = [(t, {"on": _words(rng, 1)}, _words(rng, 8)) for t in rng.sample(TOOLS, period)]
    n = period * rng.randint(4, 12) + rng.randrange(period)
    return [(*ring[i % period], _pace(rng)) for i in range(n)]


def drifting(rng: Random) -> list[Call]:
    said = rng.choice((
        "No results found.", "[]", '{"results": []}', "0 matches", "Sorry, nothing found for this",
        _words(rng, 14),
    ))  # fmt: skip
    base = [rng.choice(NOUNS) for _ in range(rng.randint(3, 6))]
    calls: list[Call] = []
    for _ in range(rng.randint(6, 25)):
        change = rng.random()
        if change < 0.4:
            base = [*base, rng.choice(NOUNS)][-7:]
        elif change < 0.7:
            base[rng.randrange(len(base))] = rng.choice(NOUNS)
        else:
            rng.shuffle(base)
        calls.append(("web_search", {"query": " ".join(base)}, said, _pace(rng)))
    return calls


def failing(rng: Random) -> list[Call]:
    given = {"path": f"/srv/{rng.choice(NOUNS)}.cfg", "mode": "rw"}
    why = rng.choice((
        "Error: permission denied", "FileNotFoundError: no such file", "400 Bad Request: wrong id",
        "Traceback (most recent call last): KeyError", "command failed with exit code 1",
    ))  # fmt: skip
    return [
        ("write_config", given, f"{why} at {_clock(rng)} trace={_id(rng)}", _pace(rng))
        for _ in range(rng.randint(5, 30))
    ]


def polling(rng: Random) -> list[Call]:
    given = {"job": _id(rng)}
    n = rng.randint(4, 40)
    style = rng.choice(("waits", "moves", "says", "timer", "silent"))
    end: Call = ("get_build", given, "succeeded: artifact at /out", 1.0)
    if style == "waits":
        pair: list[Call] = [
            ("get_build", given, rng.choice(("RUNNING", "state: active", "not ready yet")), 0.1),
            ("sleep", {"seconds": 15}, "", 15.0),
        ]
        return [*pair * n, end]
    if style == "moves":
        return [
            *(("get_build", given, f"{int(100 * i / n)} of 100 steps", _pace(rng))
              for i in range(n)), end,
        ]  # fmt: skip
    if style == "says":
        state = rng.choice(("queued", '{"status": "in_progress"}', "Deploying (waiting for nodes)"))
        return [*[("get_build", given, state, _pace(rng)) for _ in range(n)], end]
    if style == "timer":
        every = rng.choice((5.0, 10.0, 60.0))
        said = rng.choice(RED)
        return [
            *[("get_build", given, said, every * rng.uniform(0.95, 1.05)) for _ in range(n)],
            end,
        ]
    return [("check_status", given, None, _pace(rng)) for _ in range(n)]


def pages(rng: Random) -> list[Call]:
    return [
        ("list_orders", {"query": "open", "page": p}, _words(rng, 12), _pace(rng))
        for p in range(1, rng.randint(6, 30))
    ]


def batch(rng: Random) -> list[Call]:
    said = rng.choice(("ok", "sent", '{"success": true}', "File written.", ""))
    return [
        ("send_letter", {"to": f"{rng.choice(NOUNS)}{i}@post.example", "body": _words(rng, 6)},
         said, _pace(rng))
        for i in range(rng.randint(6, 40))
    ]  # fmt: skip


def edits(rng: Random) -> list[Call]:
    calls: list[Call] = []
    left = rng.randint(5, 15)
    for i in range(left):
        calls.append(("edit", {"line": 10 + i, "text": _words(rng, 4)}, "edited", _pace(rng)))
        calls.append(("run_tests", {}, f"{left - i} failed, {20 + i} passed", _pace(rng)))
    return calls


def tries(rng: Random) -> list[Call]:
    given = {"url": f"https://api.example/{rng.choice(NOUNS)}"}
    bad: Call = ("fetch_url", given, "503 Service Unavailable", _pace(rng))
    return [*[bad] * rng.randint(1, 3), ("fetch_url", given, _words(rng, 20), 1.0)]


def sweep(rng: Random) -> list[Call]:
    n = rng.randint(5, 9)
    files = [f"src/{a}/{b}.py" for a, b in zip(rng.sample(NOUNS, n), NOUNS, strict=False)]
    calls: list[Call] = [
        ("grep", {"for": "frobnicate", "in": f}, "no matches", _pace(rng)) for f in files
    ]
    return [*calls, ("grep", {"for": "frobnicate", "in": "src/main.py"}, "12: frobnicate()", 1.0)]


PLANTED = (same_call, in_turn, drifting, failing)
HONEST = (polling, pages, batch, edits, tries, sweep)


def written(rng: Random, calls: list[Call], told: bool, timed: bool) -> dict[str, Any]:
    """A run as logs hold it: OpenAI's messages, Anthropic's blocks, or plain steps."""
    shape = rng.choice(("openai", "anthropic", "steps"))
    moment = 1.7e9
    turns: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for i, (tool, given, said, seconds) in enumerate(calls):
        time = {"timestamp": moment} if timed else {}
        moment += seconds
        name = f"call_{i}"
        steps.append({"tool": tool, "arguments": given, **time}
                     | ({"result": said} if told and said is not None else {}))  # fmt: skip
        if shape == "openai":
            function = {"name": tool, "arguments": json.dumps(given)}
            call = {"id": name, "type": "function", "function": function}
            turns.append({"role": "assistant", "content": None, "tool_calls": [call], **time})
            if told and said is not None:
                turns.append({"role": "tool", "tool_call_id": name, "content": said})
        else:
            use = {"type": "tool_use", "id": name, "name": tool, "input": given}
            turns.append({"role": "assistant", "content": [use], **time})
            if told and said is not None:
                block = {"type": "tool_result", "tool_use_id": name, "content": said}
                turns.append({"role": "user", "content": [block]})
    if shape == "steps":
        return {"task_id": "t", "steps": steps}
    return {"task_id": "t", "messages": [{"role": "user", "content": "Do it."}, *turns]}


def looping(rng: Random, middle: Callable[[Random], list[Call]], *, told: bool) -> tuple[bool, ...]:
    """Return whether a loop was seen in a run, and whether where it was planted."""
    before, inside = work(rng, rng.randint(0, 10)), middle(rng)
    after = work(rng, rng.randint(0, 6))
    timed = rng.random() < 0.5 or any(said in RED for _, _, said, _ in inside)
    record = written(rng, [*before, *inside, *after], told, timed)
    (run,) = read_runs([record])
    assert len(run.steps) == len(before) + len(inside) + len(after)
    loops = [s for s in stretches(run) if s.kind in LOOPS]
    end = len(before) + len(inside)
    there = any(s.start < end and s.stop > len(before) for s in loops)
    return bool(loops), there


def main(runs: int = 1000) -> None:
    for told in (True, False):
        known = "with what came back" if told else "calls alone"
        table = Table(f"Loops of agents: {runs} runs of each, {known}")
        for kinds, planted in ((PLANTED, True), (HONEST, False)):
            for kind in kinds:
                rng = Random(f"agents {kind.__name__} {told}")
                seen = [looping(rng, kind, told=told)[planted] for _ in range(runs)]
                low, high = wilson(sum(seen), runs)
                rate = sum(seen) / runs
                what = f"{'planted' if planted else 'honest'}: {kind.__name__.replace('_', ' ')}"
                target = ">= 95 % found" if planted else "<= 2 % accused"
                reached = (rate >= 0.95 if planted else rate <= 0.02) if told else None
                table.add(
                    what, f"{rate:.1%} [{low:.1%}, {high:.1%}]", target if told else "", reached
                )
        table.show()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
