"""Asking a live model: nothing lost, nothing twice; throughput; independence; until sure.

Servers are real ones on this machine, in processes of their own; see ``tests/sampling/server.py``.

Throughput is measured where the machine is idle; where it is not: chrt -f 10 python …

Run: python benchmarks/ask.py [kills] [throughput] [memory] [independence] [until_sure]
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from table import Table

ROOT = Path(__file__).parents[1]
KILLS, CONCURRENCY, PROMPTS, EACH = 50, 8, 80, 60


@contextmanager
def serving(**settings: Any) -> Iterator[str]:
    """Run a server, and yield its address."""
    process, port = started(settings)
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def started(settings: dict[str, Any]) -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, "-m", "tests.sampling.server", json.dumps(settings)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def kills() -> None:
    """Client and server are killed at random moments, and a fifth of the requests fail."""
    table = Table(f"{KILLS} kills of the client, {KILLS} of the server, 20 % injected faults")
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log, samples = folder / "server.log", folder / "samples.jsonl"
        prompts = folder / "prompts.txt"
        prompts.write_text("".join(f"Name fruit {i}.\n" for i in range(PROMPTS)))
        settings = {"faults": 0.2, "latency": 0.06, "log": str(log), "words": 12}
        server, port = started(settings)
        settings["port"] = port
        command = [
            sys.executable, "-m", "fullmenu", "sample", str(prompts), "--endpoint",
            f"http://127.0.0.1:{port}/v1", "--model", "toy-model", "-n", str(EACH), "-o",
            str(samples), "--no-probe", "--quiet", "--timeout", "3", "-c", str(CONCURRENCY),
        ]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        running, killed = True, {"client": 0, "server": 0}

        def kill_servers() -> None:
            nonlocal server
            while running and killed["server"] < KILLS:
                time.sleep(rng.uniform(0.3, 3.0))
                server.kill()
                server.wait()
                killed["server"] += 1
                time.sleep(rng.uniform(0, 0.3))
                server = started(settings)[0]

        killer = threading.Thread(target=kill_servers)
        killer.start()
        said = ""
        while True:
            client = subprocess.Popen(
                command,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            size = samples.stat().st_size if samples.exists() else 0
            while client.poll() is None and (
                not samples.exists() or samples.stat().st_size == size
            ):
                time.sleep(0.02)  # it works by now
            patience = rng.uniform(0, 2.0) if killed["client"] < KILLS else 600
            try:
                said = client.communicate(timeout=patience)[0]
                if client.returncode == 0:
                    break
            except subprocess.TimeoutExpired:
                client.kill()
                client.communicate()
                killed["client"] += 1
        running = False
        killer.join()
        server.kill()
        server.wait()
        rows = [json.loads(line) for line in samples.read_text().splitlines()]
        came = Counter(json.loads(line)[0] for line in log.read_text().splitlines())
    places = Counter((row["prompt_id"], row["sample_index"]) for row in rows)
    counts = Counter(name for name, _ in places)
    exact = len(counts) == PROMPTS and set(counts.values()) == {EACH}
    table.add("kills", f"{killed['client']} client, {killed['server']} server", "50, 50",
              min(killed.values()) >= KILLS)  # fmt: skip
    table.add("prompts with exactly n samples", sum(c == EACH for c in counts.values()),
              str(PROMPTS), exact)  # fmt: skip
    table.add("samples that stand twice", len(rows) - len(places), "0", len(rows) == len(places))
    beyond = came["came"] - came["failed"] - len(rows)
    most = CONCURRENCY * sum(killed.values())
    table.add("requests", came["came"])
    table.add("of these failed by the server's faults", came["failed"])
    table.add("asked again as they were in flight at a kill", beyond,
              f"≤ {most}, {CONCURRENCY} a kill", 0 <= beyond <= most)  # fmt: skip
    table.add("the last run said", re.sub(r"/\S*/", "", said.strip().splitlines()[0]))
    table.show()


def throughput() -> None:
    """How fast, and is all on disk?"""
    import fullmenu as fm
    from fullmenu.sampling import sample

    table = Table("throughput: answers after 200 ms, 64 in flight")
    with tempfile.TemporaryDirectory() as folder, serving(latency=0.2, text=TEXT) as url:
        target = fm.endpoint(url, "toy-model")
        sample(["warm"], target, 64, concurrency=64)
        marks: list[tuple[float, int]] = []
        syncs: list[float] = []
        sync = os.fsync

        def counted(file: int) -> None:
            syncs.append(time.monotonic())
            sync(file)

        path = Path(folder) / "fast.jsonl"
        behind: list[int] = []

        def look(status: Any) -> None:
            marks.append((time.monotonic(), status.done))
            behind.append(status.done - path.read_bytes().count(b"\n"))

        os.fsync = counted  # type: ignore[assignment]
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        sample([f"p{i}" for i in range(64)], target, 100, concurrency=64, path=path, progress=look)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
        os.fsync = sync
        floor = asyncio.run(bare_sockets(int(url.rsplit(":", 1)[1].partition("/")[0]), 64, 40))
    full = [mark for mark in marks if 64 <= mark[1] <= 6400 - 64]
    (begin, first), (end, last) = full[0], full[-1]
    rate = (last - first) / (end - begin)
    table.add("requests a second", f"{rate:.1f}")
    table.add("share of concurrency ÷ latency (320)", f"{rate / 320:.3f}", "≥ .95",
              rate >= 0.95 * 320)  # fmt: skip
    table.add("share of what bare sockets reach in the same minute", f"{rate / floor:.3f}")
    table.add("CPU of the client a request", f"{1000 * used / 6400:.2f} ms")
    table.add("samples said to be there and not in the file", max(behind), "0", max(behind) == 0)
    gaps = np.diff(syncs)
    table.add("fsync a second", f"{len(syncs) / (marks[-1][0] - marks[0][0]):.2f}", "≤ 1.1",
              len(syncs) <= 1.1 * (marks[-1][0] - marks[0][0]) + 2)  # fmt: skip
    table.add("seconds between two, at most", f"{gaps.max():.2f}", "≤ 1.6", gaps.max() <= 1.6)
    table.show()


def memory() -> None:
    """Does memory stay flat?"""
    table = Table("memory over 100,000 samples")
    with tempfile.TemporaryDirectory() as folder, serving(text=TEXT) as url:
        script = MEMORY.format(url=url, path=f"{folder}/many.jsonl")
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        ran = subprocess.run(
            [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True,
            check=True,
        )  # fmt: skip
    sizes = json.loads(ran.stdout)
    early, late = sizes["10000"], sizes["100000"]
    table.add("memory at 10,000 samples", f"{early:.1f} MB")
    table.add("memory at 100,000 samples", f"{late:.1f} MB", "≤ 5 % more", late <= 1.05 * early)
    table.show()


async def bare_sockets(port: int, connections: int, each: int) -> float:
    """Return the requests a second of a client that does nothing but write and read bytes."""
    body = json.dumps({"model": "toy-model", "messages": [{"role": "user", "content": "p"}]})
    head = f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(each):
            writer.write((head + body).encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer)
            assert length is not None
            await reader.readexactly(int(length[1]))
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(connections)))
    return connections * each / (time.monotonic() - began)


TEXT = "I would bake the figs with a little thyme, and serve them hot under cold cream. " * 3

MEMORY = """
import json
from pathlib import Path
import fullmenu as fm
from fullmenu.sampling.journal import Journal
from fullmenu.sampling.plans import Evenly
from fullmenu.sampling.prompt_list import prompts_of
from fullmenu.sampling.run import collect

sizes = {{}}
def look(status):
    kilobytes = int(Path("/proc/self/statm").read_text().split()[1]) * 4
    for mark in (10_000, 100_000):
        if status.done >= mark - 1:
            sizes.setdefault(mark, kilobytes / 1024)

plan = Evenly(prompts_of([f"p{{i}}" for i in range(1000)]), 100, per_request=10)
collect(plan, fm.endpoint("{url}", "toy-model"), Journal("{path}"), concurrency=32, progress=look)
print(json.dumps(sizes))
"""


def independence() -> None:
    """Forty servers with a fault, forty without."""
    import fullmenu as fm
    from fullmenu.sampling import probe

    table = Table("independence: 40 planted servers, 40 sound ones")
    rng = random.Random(1)

    def found(settings: dict[str, Any], parameters: dict[str, Any]) -> tuple[set[str], int]:
        with serving(**settings) as url:
            seen = probe(fm.endpoint(url, "toy-model"), parameters)
        return {fault.name for fault in seen.faults}, seen.usage["requests"]

    def usual() -> dict[str, Any]:
        return {"words": rng.choice([15, 30, 60, 120]), "sure": rng.choice([0.5, 1.0, 2.0, 4.0])}

    warm = [{}, {"temperature": 1.0}, {"temperature": 0.7, "top_p": 0.95}, {"max_tokens": 80}]
    samplers = [
        {"min_p": 0.05}, {"top_k": 40}, {"top_p": 0.9}, {"temperature": 0.8},
        {"xtc_probability": 0.5, "xtc_threshold": 0.1},
        {"dry_multiplier": 0.8, "dry_base": 1.75, "dry_allowed_length": 2},
        {"repetition_penalty": 1.1}, {"frequency_penalty": 0.5},
    ]  # fmt: skip
    kinds: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
        "n ignored": [({"n": "ignored"}, rng.choice(warm)) for _ in range(8)],
        "n identical": [({"n": "identical"}, rng.choice(warm)) for _ in range(8)],
        "pinned seed": [
            ({"draws": rng.choice(["pinned", "one seed"])}, rng.choice(warm)) for _ in range(8)
        ],
        "cache": [
            ({"draws": rng.choice(["cached", "cached by prompt"])}, rng.choice(warm))
            for _ in range(8)
        ],
        "ignored sampler": [({"ignores": [next(iter(s))]}, s) for s in samplers],
    }
    named, requests = 0, []
    for kind, servers in kinds.items():
        hits = 0
        for settings, parameters in servers:
            faults, n = found({**usual(), **settings}, parameters)
            hits += kind in faults
            requests.append(n)
        named += hits
        table.add(f"named: {kind}", f"{hits} of {len(servers)}")
    table.add("named in all", f"{named} of 40", "≥ 38", named >= 38)
    accused: list[str] = []
    for i in range(40):
        settings = usual()
        if i % 4 == 1:
            settings |= {"latency": 0.02, "faults": 0.1, "kinds": ["429", "500", "slow"]}
        if i % 5 == 2:
            settings |= {"max_n": rng.choice([1, 2])}
        if i % 7 == 3:
            settings |= {"sure": 10.0}
        parameters = rng.choice([*warm, *samplers])
        faults, n = found(settings, parameters)
        requests.append(n)
        accused += [f"{sorted(faults)} {settings} {parameters}"] * bool(faults)
    table.add("sound ones accused", f"{len(accused)} of 40", "≤ 2", len(accused) <= 2)
    table.add("requests of a probe", f"{np.median(requests):.0f}, {max(requests)} at most")
    for one in accused:
        table.add("accused", one)
    table.show()


Population = Callable[[np.random.Generator], np.ndarray]


def _zipf(rng: np.random.Generator) -> np.ndarray:
    w = np.arange(1, rng.integers(5, 250) + 1.0) ** -rng.uniform(0.6, 1.8)
    return w / w.sum()


def _geometric(rng: np.random.Generator) -> np.ndarray:
    w = rng.uniform(0.3, 0.97) ** np.arange(80)
    return w / w.sum()


def _two_scales(rng: np.random.Generator) -> np.ndarray:
    lead, rare = rng.integers(1, 6), rng.integers(5, 150)
    p = rng.uniform(0.2, 0.99)
    return np.concatenate([np.full(lead, p / lead), np.full(rare, (1 - p) / rare)])


def _one_dish(rng: np.random.Generator) -> np.ndarray:
    p = rng.choice([1.0, 0.99, 0.95])
    return np.array([p, 1 - p])


POPULATIONS: dict[str, Population] = {
    "Zipf": _zipf,
    "geometric": _geometric,
    "a few leaders": _two_scales,
    "nearly one dish": _one_dish,
    "equal": lambda rng: np.full(k := rng.integers(2, 60), 1 / k),
}


def until_sure(prompts: int = 1500, factor: float = 1.35, most: int = 400) -> None:
    """Coverage where it stops, and what it saves."""
    from fullmenu.kernel.likeness import PairSums
    from fullmenu.kernel.rates import interval_over_outputs
    from fullmenu.sampling.request import Prompt, Reply
    from fullmenu.sampling.until_sure import UntilSure

    rng = np.random.default_rng(2)
    table = Table(f"--until-sure {factor}: {prompts} prompts of five kinds, hard and soft likeness")
    width = 2 * math.log(factor)
    kinds = list(POPULATIONS)
    covered: dict[str, list[bool]] = {kind: [] for kind in kinds}
    spent, unsure = [], 0
    draws: list[tuple[np.ndarray, np.ndarray]] = []
    for i in range(prompts):
        kind = kinds[i % len(kinds)]
        p = POPULATIONS[kind](rng)
        # hard likeness: a dish a coordinate; soft: unit vectors with a part in common
        x = np.eye(len(p))
        if i % 2:
            x = rng.normal(size=(len(p), rng.integers(4, 24))) + rng.uniform(0, 1)
            x /= np.linalg.norm(x, axis=1, keepdims=True)
        likeness = (x @ x.T) ** 2
        truth = float(p @ likeness @ p)
        drawn = rng.choice(len(p), 3000, p=p)
        draws.append((drawn, likeness))
        asked = Prompt("?")
        plan = UntilSure([asked], lambda texts, _, x=x: x[[int(t) for t in texts]], factor,
                         most=most, per_request=8)  # fmt: skip
        for request in iter(plan.next, None):
            plan.took(request, [Reply(str(drawn[j])) for j in request.indices])
        ((n, low, high),) = plan.intervals().values()
        covered[kind].append(low - 1e-9 <= 1 / truth <= high + 1e-9)
        spent.append(n)
        unsure += not plan.sure

    def width_at(drawn: np.ndarray, likeness: np.ndarray, n: int) -> float:
        counts = np.bincount(drawn[:n], minlength=len(likeness))
        same = (likeness @ counts)[drawn[:n]] - 1
        low, high = interval_over_outputs(PairSums(same, np.full(n, n - 1.0)), 0.95)
        return math.log(high / low) if low > 0 else math.inf

    fixed = next(
        n for n in range(20, 3001, 10)
        if np.mean([width_at(*one, n) <= width for one in draws]) >= 0.95
    )  # fmt: skip
    for kind, hits in covered.items():
        table.add(f"coverage at the stop: {kind}", f"{np.mean(hits):.3f}")
    every = np.concatenate(list(covered.values()))
    table.add("coverage at the stop: all", f"{every.mean():.3f}", "≥ .93", every.mean() >= 0.93)
    table.add("prompts that reached the most", f"{unsure} of {prompts}")
    table.add("samples a prompt", f"{np.mean(spent):.0f}")
    table.add("fixed n that gives 95 % of prompts that width", fixed)
    share = np.mean(spent) / fixed
    table.add("share of these", f"{share:.2f}", "≤ .65", share <= 0.65)
    table.show()


ALL = {f.__name__: f for f in (kills, throughput, memory, independence, until_sure)}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for name in sys.argv[1:] or ALL:
        ALL[name]()
