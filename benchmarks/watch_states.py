"""Hostile states and webhooks: is each refused, or gone on with, without a traceback or a hang?

Every field of a session's state, its monitor's and its baseline's included, is taken out, or given
a value of another kind or size, and the state is signed again as if it were sound. It must be
refused with one line, or work on. A webhook that drips, never answers, or answers without end must
be given up in bounded time.

Run: python benchmarks/watch_states.py [most states]
"""

from __future__ import annotations

import copy
import json
import random
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fullmenu as fm
from fullmenu.live import Session, SessionSettings, StateFile, fingerprint, open_log, webhook
from fullmenu.live.state import SCHEMA, SessionState
from fullmenu.monitor import codec
from table import Table

Path_ = tuple[Any, ...]
WRONG: list[Any] = [
    None, -1, 10**30, 0.5, float("1e308"), "x", "", [], {}, [1], [["a"]], {"~": "<f8"}, True,
]  # fmt: skip


def main(most: int = 1500) -> None:
    table = Table("Hostile states and webhooks of a watch")
    states(table, most)
    hooks(table)
    table.show()


def logs(folder: Path) -> tuple[Path, Path]:
    rng = random.Random(0)
    words = [a + b for a in "bdfgklm" for b in ("ara", "elo", "imu", "osk")]
    for name, prompts, each in (("before", 30, 1), ("live", 60, 1)):
        rows = [
            {"prompt": f"Guest {i} asks {rng.choice(words)}", "model": "m", "time": 1.7e9 + i,
             "temperature": i % 2, "response": " ".join(rng.choices(words, k=6))}
            for i in range(prompts) for _ in range(each)
        ]  # fmt: skip
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    return folder / "before.jsonl", folder / "live.jsonl"


def states(table: Table, most: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        before_path, live = logs(Path(name))
        before = fm.read(before_path)
        settings = SessionSettings(log=live.name, baseline=fingerprint(before), run_length=20.0)
        storage = StateFile(Path(name) / "state.json")

        def run() -> None:
            session = Session.open(settings, before, storage=storage)
            cursor = open_log(str(live), session.place)
            session.begin(cursor)
            list(session.batches(cursor))
            session.save()

        run()
        live.write_text(live.read_text() * 2)
        sound = SessionState.from_bytes((Path(name) / "state.json").read_bytes())
        bad = refused = worked = slow = 0
        first = ""
        for n, data in enumerate(mutants(sound)):
            if n >= most:
                break
            (Path(name) / "state.json").write_bytes(data)
            began = time.perf_counter()
            try:
                run()
                worked += 1
            except fm.errors.FullmenuError:
                refused += 1
            except Exception as error:
                bad += 1
                first = first or f"{type(error).__name__}: {error}"[:90]
            slow += time.perf_counter() - began > 10
        table.add(f"{refused + worked + bad} states: tracebacks", bad, "0", not bad)
        table.add(f"  refused {refused}, gone on with {worked}; first: {first or '–'}", "")
        table.add("  longer than 10 s", slow, "0", not slow)


def mutants(sound: SessionState) -> Iterator[bytes]:
    """Yield signed states, in random order, each with one field that is wrong."""
    outer = json.loads(sound.to_bytes())["body"]
    inner = json.loads(outer["monitor"])["body"]
    two = json.loads(outer["two_sample"])["body"]
    rng = random.Random(1)
    parts = [("", outer), ("monitor", inner), ("two_sample", two)]
    places = [(part, path) for part, body in parts for path in paths(body, ())]
    rng.shuffle(places)
    for part, path in places * 4:
        made = {name: copy.deepcopy(body) for name, body in parts}
        at = made[part]
        for step in path[:-1]:
            at = at[step]
        if rng.random() < 0.25 and isinstance(at, dict):
            del at[path[-1]]
        else:
            at[path[-1]] = rng.choice(WRONG)
        whole = made[""]
        for name, body in (("monitor", made["monitor"]), ("two_sample", made["two_sample"])):
            if part == name:
                whole[name] = codec.to_bytes(body).decode()
        yield codec.to_bytes(whole, SCHEMA)


def paths(value: Any, at: Path_, depth: int = 6) -> Iterator[Path_]:
    if at:
        yield at
    if depth and isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key), depth - 1)
    elif depth and isinstance(value, list):
        for i, inner in enumerate(value[:4]):
            yield from paths(inner, (*at, i), depth - 1)


def hooks(table: Table) -> None:
    """Answer in four hostile ways, each for longer than a try may take."""
    for name, answer in (
        ("drips", lambda c: drip(c, b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")),
        ("drips a header", lambda c: drip(c, b"HTTP/1.1 200 OK\r\n")),
        ("says nothing", lambda c: time.sleep(8)),
        ("answers without end", endless),
    ):
        server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=serve, args=(server, answer), daemon=True).start()
        began = time.perf_counter()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        why = webhook.post(url, {"text": "x"}, timeout=0.5, sleep=lambda s: None)
        took = time.perf_counter() - began
        server.close()
        table.add(
            f"a webhook that {name}: seconds", f"{took:.1f} ({why or 'taken'})", "≤ 6", took <= 6
        )


def serve(server: socket.socket, answer: Any) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=quietly, args=(answer, connection), daemon=True).start()


def quietly(answer: Any, connection: socket.socket) -> None:
    try:
        connection.recv(1 << 16)
        answer(connection)
    except OSError:
        return


def drip(connection: socket.socket, head: bytes) -> None:
    connection.sendall(head)
    for _ in range(80):
        connection.sendall(b"a")
        time.sleep(0.1)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(400):
        connection.sendall(b"a" * 65536)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
