"""Logs of any size: how long, in how much memory, on which engine, and what a stop costs.

    python benchmarks/scale.py [one|compare|ray|sampling|resume|peers|growth …]
        [--outputs 1e5,1e6,1e7] [--workers 2] [--memory 2048] [--budget 600] [--folder FOLDER]

Logs are made up once and kept in FOLDER, with the figures of what has run: a command that was
stopped goes on from there. They are Parquet, outputs of 60 words, ten of each prompt, in row
groups of 20,000; once by prompt, once shuffled. Each figure is of a process of its own with all
that it starts: wall seconds, CPU seconds, and the peak of the sum of what each holds alone (USS),
looked at ten times a second. The floor is a pass that only reads the texts and splits them into
words, one process a core, in the same run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.optimize import nnls

from table import Table

WORDS, EACH, GROUP, DISHES, VOCABULARY = 60, 10, 20_000, 8, 5_000
FIXED = 25  # words of an output that say which dish of its prompt it is
SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo wu za che lor min tas".split()  # noqa: SIM905
COMMON = "the of and a to in is that it was for on with as his they at be this from".split()  # noqa: SIM905
KILLS = 20
FITTED = 1_000_000  # outputs that the cost model is fitted on at most
PARTS, DRAWN, DRAWS = 400, 20, 300  # row groups of a log that is sampled, and draws of some


def vocabulary() -> pa.Array:
    rng = random.Random(0)
    made: dict[str, None] = dict.fromkeys(COMMON)
    while len(made) < VOCABULARY:
        made["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4)))] = None
    return pa.array([*made])


def texts(
    prompt: np.ndarray, dish: np.ndarray, rng: np.random.Generator, words: pa.Array, length: int
) -> Any:
    """Texts whose first words are those of the dish of the prompt, and the others drawn anew."""
    n = len(prompt)
    chance = rng.random((n, length))
    place = np.arange(FIXED, dtype=np.uint64)
    mix = prompt[:, None].astype(np.uint64) * np.uint64(DISHES) + dish[:, None].astype(np.uint64)
    mix = (mix * np.uint64(64) + place) * np.uint64(0x9E3779B97F4A7C15)
    mix ^= mix >> np.uint64(29)
    mix *= np.uint64(0xBF58476D1CE4E5B9)
    chance[:, :FIXED] = (mix >> np.uint64(11)).astype(float) / 2**53
    rank = np.minimum(np.exp(chance * math.log(VOCABULARY + 1)) - 1, VOCABULARY - 1)  # Zipf's law
    taken = words.take(pa.array(rank.astype(np.int32).ravel()))
    offsets = pa.array(np.arange(0, n * length + 1, length, dtype=np.int32))
    return pc.binary_join(pa.ListArray.from_arrays(offsets, taken), " ")


def log_file(
    folder: Path, n: int, shuffled: bool = False, dishes: int = DISHES, group: int | None = None,
    length: int = WORDS,
) -> Path:  # fmt: skip
    """Make a log, or find it made."""
    group = group or max(GROUP, n // PARTS)
    kind = f"{'shuffled' if shuffled else 'sorted'}-{dishes}-{group}-{length}"
    path = folder / f"{n:010}-{kind}.parquet"
    if path.exists():
        return path
    rng, words = np.random.default_rng([n, shuffled, dishes]), vocabulary()
    order = rng.permutation(n).astype(np.int32) if shuffled else None
    schema = pa.schema([("prompt", "string"), ("output", "string"), ("model", "string")])
    new = path.with_suffix(".new")
    with pq.ParquetWriter(new, schema, compression="zstd") as file:
        for begin in range(0, n, group):
            at = np.arange(begin, min(begin + group, n))
            prompt = (at if order is None else order[at]) // EACH
            dish = rng.integers(0, dishes, len(at))
            asked = pa.array([f"Tell the story of number {p}." for p in prompt.tolist()])
            model = pa.array(["m-1"] * len(at))
            columns = [asked, texts(prompt, dish, rng, words, length), model]
            file.write_table(pa.Table.from_arrays(columns, schema=schema))
    new.rename(path)
    return path


@dataclass
class Ran:
    """What a process and all that it started took, and what it printed."""

    wall: float
    cpu: float
    peak: float  # MiB
    said: Any


def tree(root: int) -> Iterator[int]:
    """A process and all below it."""
    yield root
    try:
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from tree(int(child))
    except OSError:
        return


def alone(pid: int) -> int:
    """KiB that a process holds and shares with nobody."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


RUNS = "runs.json"


def ran(task: str, **given: Any) -> Ran:
    """Run a task of this file in a process of its own, once: what it gave lies by its log."""
    kept = Path(given.get("log") or given["before"]).parent / RUNS
    done = json.loads(kept.read_text()) if kept.exists() else {}
    asked = json.dumps([task, given])
    if asked not in done:
        done[asked] = vars(_ran(task, given))
        kept.with_suffix(".new").write_text(json.dumps(done))
        kept.with_suffix(".new").replace(kept)
    return Ran(**done[asked])


def _ran(task: str, given: dict[str, Any]) -> Ran:
    begin = time.perf_counter()
    peak = 0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [sys.executable, __file__, "--task", task, json.dumps(given)], stdout=out
        )
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            peak = max(peak, sum(map(alone, set(tree(process.pid)))))
            time.sleep(0.1)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begin
        out.seek(0)
        said = out.read().decode().strip()
    if process.returncode:
        raise SystemExit(f"{task} {given} ended with {process.returncode}: {said[-500:]}")
    return Ran(
        wall, usage.ru_utime + usage.ru_stime, peak / 1024, json.loads(said.splitlines()[-1])
    )


# tasks, each in a process of its own


def split(job: tuple[str, int]) -> int:
    path, group = job
    words = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(10_000, row_groups=[group], columns=["output"]):
            words += sum(len(text.split()) for text in batch.column(0).to_pylist())
    return words


def floor(log: str, workers: int) -> int:
    groups = range(pq.read_metadata(log).num_row_groups)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        return sum(pool.map(split, [(log, group) for group in groups], chunksize=4))


def engine_of(name: str, workers: int) -> Any:
    if name == "ray":
        from fullmenu.integrations.ray import Ray

        return Ray(workers)
    from fullmenu.engine.engines import Local, Pool

    return Local() if name == "local" else Pool(workers)


def left() -> Callable[[str, int, int], None]:
    """Say every half minute how far a step is, and when it will be done."""
    began: dict[str, float] = {}
    said = [time.perf_counter()]

    def tell(step: str, done: int, of: int) -> None:
        now = time.perf_counter()
        begin = began.setdefault(step, now)
        if now - said[0] > 30 and done > 1:
            said[0] = now
            minutes = (now - begin) / (done - 1) * (of - done) / 60
            print(f"{step}: {done} of {of}, {minutes:.1f} min left", file=sys.stderr, flush=True)

    return tell


def told(document: dict[str, Any]) -> dict[str, Any]:
    """What a report says, but for what names the files."""
    return {name: value for name, value in document.items() if name != "provenance"}


def check(
    log: str, workers: int, memory: int, engine: str = "pool", work: str | None = None,
    count_dishes: bool = False,
) -> dict[str, Any]:  # fmt: skip
    from fullmenu.judge.census.faces import check_in_parts

    report = check_in_parts(
        log,
        engine=engine_of(engine, workers),
        memory=memory << 20,
        folder=work,
        count_dishes=count_dishes,
        label="log",
        tell=left(),
    )
    return told(report.document)


def compare(before: str, after: str, workers: int, memory: int) -> dict[str, Any]:
    from fullmenu.judge.census.faces import compare_in_parts

    report = compare_in_parts(
        before, after, engine=engine_of("pool", workers), memory=memory << 20,
        labels=("before", "after"),
    )  # fmt: skip
    return told(report.document)


def compare_whole(before: str, after: str) -> dict[str, Any]:
    import fullmenu as fm

    return told(fm.compare(before, after, labels=("before", "after")).document)


def counted(part: Any) -> bytes:
    """The outputs of a part: what an engine costs with next to no work."""
    return str(sum(map(len, part.batches()))).encode()


def only_count(log: str, workers: int, engine: str) -> int:
    from fullmenu.readers.parts import parts

    cut = parts(log, size=8 << 20)
    return sum(int(state) for _, state in engine_of(engine, workers).map(counted, cut))


def sample(log: str, wanted: float, seed: int) -> dict[str, Any]:
    from fullmenu.judge.census.part_sample import check_sample

    return told(check_sample(log, wanted, seed=seed, label="log").document)


TASKS: dict[str, Callable[..., Any]] = {
    "floor": floor, "check": check, "compare": compare, "compare_whole": compare_whole,
    "only_count": only_count, "sample": sample,
}  # fmt: skip


# the tables


@dataclass
class Setting:
    """What the command line says."""

    outputs: list[int]
    workers: int
    memory: int
    budget: int
    folder: Path

    @property
    def common(self) -> dict[str, int]:
        """What every task is told."""
        return {"workers": self.workers, "memory": self.memory}


def shown(run: Ran) -> str:
    return f"{run.wall:.1f} s, {run.cpu:.1f} CPU s, peak {run.peak:,.0f} MiB"


def one(given: Setting, table: Table) -> None:
    seconds = []
    for n in given.outputs:
        log = str(log_file(given.folder, n))
        least = ran("floor", log=log, workers=given.workers)
        mine = ran("check", log=log, **given.common)
        seconds.append(mine.cpu)
        table.add(f"check of {n:,} outputs", shown(mine))
        table.add("  the floor: read, split words", shown(least))
        times = max(mine.wall / least.wall, mine.cpu / least.cpu)
        said = f"{mine.wall / least.wall:.1f} × wall, {mine.cpu / least.cpu:.1f} × CPU"
        table.add("  ÷ the floor", said, "≤ 12 ×, goal 6 ×", times <= 12)
        table.add("  peak of all processes", f"{mine.peak:,.0f} MiB", f"≤ {given.memory:,} MiB",
                  mine.peak <= given.memory)  # fmt: skip
    if len(seconds) > 1:
        steps = math.log(given.outputs[-1] / given.outputs[0])
        power = math.log(seconds[-1] / seconds[0]) / steps
        table.add("exponent of CPU seconds", f"{power:.3f}", "≤ 1.05", power <= 1.05)


def dishes(given: Setting, table: Table) -> None:
    """What it costs to count the dishes of a sample in every output, and what that says."""
    for n in given.outputs:
        log = str(log_file(given.folder, n))
        plain = ran("check", log=log, **given.common)
        counted = ran("check", log=log, count_dishes=True, **given.common)
        more = counted.cpu - plain.cpu
        table.add(f"check of {n:,} outputs", shown(plain))
        table.add("  with its dishes counted", shown(counted))
        table.add("  more for each output", f"{more / n * 1e6:.0f} CPU µs")
        found = counted.said["dishes_of_all"]
        for name in ("found", "top_3_share"):
            e = found[name]
            said = f"{e['value']:.4f} [{e['low']:.4f}, {e['high']:.4f}]"
            table.add(f"  {name}, of {found['outputs']:,}", said)


def compare_table(given: Setting, table: Table) -> None:
    n = max(m for m in given.outputs if m <= 1_000_000)
    for outputs, whole in ((min(n, 100_000), True), (n, False)):
        before, after = (
            str(log_file(given.folder, outputs, True, dishes)) for dishes in (DISHES, DISHES // 2)
        )
        apart = ran("compare", before=before, after=after, **given.common)
        prompts = f"{outputs // EACH:,} prompts shuffled over the parts"
        table.add(f"compare, 2 × {outputs:,} outputs, {prompts}", shown(apart))
        table.add("  verdict", apart.said["verdict"])
        if whole:
            memory = ran("compare_whole", before=before, after=after)
            same = apart.said["verdict"] == memory.said["verdict"]
            table.add("  the same in memory", memory.said["verdict"], "equal", same)
        else:
            ok = apart.peak <= given.memory
            table.add("  peak", f"{apart.peak:,.0f} MiB", f"≤ {given.memory:,} MiB", ok)


def ray_table(given: Setting, table: Table) -> None:
    n = min(max(given.outputs), 200_000)
    log = str(log_file(given.folder, n))
    pool = ran("check", log=log, **given.common)
    there = ran("check", log=log, engine="ray", **given.common)
    table.add(f"check of {n:,} outputs, {given.workers} processes", shown(pool))
    table.add(f"the same on Ray, {given.workers} workers", shown(there))
    table.add("the same report", pool.said == there.said, "equal", pool.said == there.said)
    for name in ("pool", "ray"):
        idle = ran("only_count", log=log, workers=given.workers, engine=name)
        table.add(f"outputs only counted, {name}", shown(idle))
    begin = time.perf_counter()
    task = {"log": log, "engine": "ray", **given.common}
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [sys.executable, __file__, "--task", "check", json.dumps(task)], stdout=out
        )
        killed = None
        while process.poll() is None:
            busy = (pid for pid in tree(process.pid) if b"ray::_done" in command(pid))
            if killed is None and (killed := next(busy, None)) is not None:
                os.kill(killed, signal.SIGKILL)
            time.sleep(0.1)
        out.seek(0)
        said = out.read()
    same = killed is not None and json.loads(said.splitlines()[-1]) == pool.said
    took = f"worker {'killed' if killed else 'not found'}, {time.perf_counter() - begin:.1f} s"
    table.add("a worker killed in the middle", took, "the same report", same)


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def resume(given: Setting, table: Table) -> None:
    n = min(max(given.outputs), 40_000)
    log = str(log_file(given.folder, n, True, group=1_000))
    small = {"workers": given.workers, "memory": 300 * (given.workers + 1)}  # parts of 4 MiB
    whole = ran("check", log=log, **small)
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as work:
        task = json.dumps({"log": log, "work": f"{work}/run", **small})
        kills, again = 0, 0
        before: dict[str, int] = {}
        while True:
            process = subprocess.Popen(
                [sys.executable, __file__, "--task", "check", task],
                stdout=subprocess.PIPE, text=True, start_new_session=True,
            )  # fmt: skip
            try:
                patience = rng.uniform(0.05, 1.0) * whole.wall if kills < KILLS else 600
                said, _ = process.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                kills += 1
            marks = {
                str(mark.relative_to(work)): mark.stat().st_mtime_ns
                for mark in Path(work).rglob("*.done")
            }
            again += sum(marks.get(name) != written for name, written in before.items())
            before = marks
            if process.returncode > 0:
                raise SystemExit(f"a run that went on failed: {said[-500:]}")
            if process.returncode == 0:
                if kills >= KILLS:
                    break
                before = {}
                subprocess.run(["rm", "-r", f"{work}/run"], check=True)  # a new run to be killed
        same = json.loads(said.splitlines()[-1]) == whole.said
    table.add(f"{kills} kills at random moments, {n:,} outputs", same, "the same report", same)
    table.add("finished parts that were done again", again, "0", again == 0)


def sampling(given: Setting, table: Table) -> None:
    """One draw, as a user asks for it, and how often draws cover: of these, pairs are kept."""
    n = max(given.outputs)
    log = str(log_file(given.folder, n, group=n // PARTS))
    wanted = n * DRAWN // PARTS
    whole = ran("check", log=log, **given.common)
    found = ran("sample", log=log, wanted=wanted, seed=0)
    table.add(f"check of {n:,} outputs", shown(whole))
    table.add(f"  --sample {wanted:,}: {DRAWN} of {PARTS} row groups", shown(found))
    share = found.cpu / whole.cpu
    table.add("  CPU ÷ the full pass", f"{share:.1%}", "≤ 10 %", share <= 0.1)
    if n > FITTED:
        return  # how often draws cover is shown on a log of up to 10⁶
    name = next(iter(whole.said["views"]))
    rate = whole.said["views"][name]["within"]["repeat_rate"]["value"]
    like = likeness(log, name)
    assert math.isclose(like.mean(), rate, rel_tol=1e-9)
    row = np.arange(n)
    mixed = np.random.default_rng(1).permutation(n)
    for order, at in (("by prompt", row), ("shuffled", mixed)):
        covered = coverage(like, at * PARTS // n, rate)
        said = f"{covered:.1%} of {DRAWS} draws"
        table.add(f"  {name}: covers {rate:.5f}, {order}", said, "≥ 93 %", covered >= 0.93)


def likeness(log: str, name: str) -> np.ndarray:
    """k² of the pairs of outputs of each prompt, (prompts, pairs); they stand side by side."""
    from fullmenu.views.registry import get

    view, (first, second) = get(name), np.triu_indices(EACH, 1)
    with pq.ParquetFile(log) as file:
        size = file.metadata.num_rows
        found = np.empty((size // EACH, len(first)))
        done = 0
        for batch in file.iter_batches(EACH * 1_000, columns=["prompt", "output"]):
            asked, said = (batch.column(k).to_pylist() for k in range(2))
            rows = view.rows(said, asked)
            prompts = len(said) // EACH
            for k, (i, j) in enumerate(zip(first, second, strict=True)):
                at = np.stack([np.arange(prompts) * EACH + x for x in (i, j)], 1).ravel()
                sums = view.within_pairs(
                    rows[at], [said[x] for x in at], [asked[x] for x in at],
                    np.repeat(np.arange(prompts), 2),
                )  # fmt: skip
                found[done : done + prompts, k] = sums.same[::2]
            done += prompts
    return found


def coverage(like: np.ndarray, part: np.ndarray, rate: float) -> float:
    """How often the interval of a draw holds the rate of all, where each row lies in a part."""
    from fullmenu.stats.cluster_sample import Cells, drawn_parts, sampled_repeat_rate

    first, second = np.triu_indices(EACH, 1)
    prompt, place = np.repeat(np.arange(len(like)), EACH), part.reshape(-1, EACH)
    held_in = np.bincount(np.unique(prompt * PARTS + part) // PARTS).astype(float)
    covers = 0
    for seed in range(DRAWS):
        drawn = drawn_parts(np.bincount(part).tolist(), DRAWN * len(part) / PARTS, seed)
        number = np.full(PARTS, -1)
        number[drawn] = np.arange(len(drawn))
        mine = np.flatnonzero(number[part] >= 0)
        key, outputs = np.unique(prompt[mine] * len(drawn) + number[part[mine]], return_counts=True)
        one, two = number[place[:, first]], number[place[:, second]]
        of, pair = np.nonzero((one >= 0) & (two >= 0))
        one, two, alike = one[of, pair], two[of, pair], like[of, pair]
        cells = [np.searchsorted(key, of * len(drawn) + x) for x in (one, two)]
        there = one == two
        same = np.bincount(cells[0][there], alike[there], len(key))
        cross = sum(np.bincount(c[~there], alike[~there], len(key)) for c in cells)
        seen, own = np.unique(key // len(drawn), return_inverse=True)
        state = Cells(own, key % len(drawn), outputs.astype(float), same, cross)
        e = sampled_repeat_rate(state, PARTS, held_in[seen])
        covers += e.low <= rate <= e.high
    return covers / DRAWS


def growth(given: Setting, table: Table) -> None:
    """CPU seconds = fixed + per output + per byte: fitted up to 10⁶, then told of larger logs."""
    most = min(max(given.outputs), FITTED)
    sizes = [(n, WORDS) for n in (most // 10, 3 * most // 10, most)] + [(most // 10, 2 * WORDS)]

    def cost(n: int, length: int) -> tuple[Ran, list[float]]:
        log = log_file(given.folder, n, length=length)
        meta = pq.read_metadata(log)
        groups = [meta.row_group(k) for k in range(meta.num_row_groups)]
        held = sum(group.total_byte_size for group in groups)
        stored = sum(g.column(k).total_compressed_size for g in groups for k in range(3))
        return ran("check", log=str(log), **given.common), [1.0, n, held, stored]

    runs, facts = zip(*(cost(*size) for size in sizes), strict=True)
    seconds = np.array([run.cpu for run in runs])
    terms = np.array(facts)[:, :3]
    (fixed, output, byte), _ = nnls(terms / seconds[:, None], np.ones(len(runs)))  # none below 0
    table.add(
        f"fitted on {', '.join(f'{n:,} × {length} words' for n, length in sizes)}",
        f"{fixed:.1f} s + {output * 1e6:.1f} µs an output + {byte * 1e9:.1f} ns a byte (CPU)",
    )
    for n in (m for m in given.outputs if m > most):
        real, (_, _, held, _) = cost(n, WORDS)
        guess = fixed + output * n + byte * held
        off = guess / real.cpu - 1
        said = f"{guess:.0f} CPU s foretold, {real.cpu:.0f} taken ({off:+.0%})"
        table.add(f"{n:,} outputs", said, "within 20 %", abs(off) <= 0.2)
        busy = real.cpu / real.wall / given.workers
        table.add("  share of its cores that it kept busy", f"{busy:.0%}")
    _, _, held, stored = (1e9 / most * x for x in facts[2])
    hours = (fixed + output * 1e9 + byte * held) / 3600
    table.add(
        "10⁹ outputs of 60 words", f"{hours:.0f} core hours, {stored / 1e9:.0f} GB, read twice"
    )
    for machines in (1, 8, 64):
        said = f"{hours / 8 / machines:.1f} h, {2 * stored / 1e9 / machines:.0f} GB read by each"
        table.add(f"  on {machines} machine(s) of 8 cores", said)


RECIPES: dict[str, tuple[str, str]] = {
    "a table of all texts (pyarrow), words split": (
        "",
        "import sys, pyarrow.parquet as pq\n"
        "t = pq.read_table(sys.argv[1], columns=['output'])['output'].to_pylist()\n"
        "print(len({w for x in t for w in x.split()}))",
    ),
    "distinct 3-grams (set in Python)": (
        "",
        "import sys, pyarrow.parquet as pq\n"
        "t = pq.read_table(sys.argv[1], columns=['output'])['output'].to_pylist()\n"
        "s = set()\n"
        "for x in t:\n    w = x.split(); s.update(zip(w, w[1:], w[2:]))\n"
        "print(len(s))",
    ),
    "distinct words (polars, lazy)": (
        "polars",
        "import sys, polars as pl\n"
        "q = pl.scan_parquet(sys.argv[1]).select(pl.col('output').str.split(' ').explode()"
        ".n_unique())\nprint(q.collect(engine='streaming').item())",
    ),
    "self-BLEU (nltk)": (
        "nltk",
        "import sys, pyarrow.parquet as pq\n"
        "from nltk.translate.bleu_score import sentence_bleu, SmoothingFunction as S\n"
        "t = [x.split() for x in pq.read_table(sys.argv[1])['output'].to_pylist()]\n"
        "print(sum(sentence_bleu(t[:i] + t[i + 1:], t[i], smoothing_function=S().method1) "
        "for i in range(len(t))) / len(t))",
    ),
    "Vendi score (vendi-score, a kernel of all pairs)": (
        "vendi_score",
        "import sys, pyarrow.parquet as pq, scipy.sparse\n"
        "from vendi_score import text_utils\n"
        "scipy.sparse.csr_matrix.A = property(lambda x: x.toarray())  # gone since scipy 1.14\n"
        "t = pq.read_table(sys.argv[1])['output'].to_pylist()\n"
        "print(text_utils.ngram_vendi_score(t, ns=[1, 2], tokenizer=str.split))",
    ),
    "k of all pairs (scikit-learn, tf-idf)": (
        "sklearn",
        "import sys, numpy as np, pyarrow.parquet as pq\n"
        "from sklearn.feature_extraction.text import TfidfVectorizer as T\n"
        "x = T().fit_transform(pq.read_table(sys.argv[1])['output'].to_pylist())\n"
        "print(float(((x @ x.T).toarray() ** 2).mean()))",
    ),
}
LIMIT_GB = 8


def peers(given: Setting, table: Table) -> None:
    """The largest n that was run to its end in so many seconds and 8 GB; nothing is extended."""
    from importlib.util import find_spec

    def mine(n: int) -> tuple[float, float]:
        run = ran("check", log=str(log_file(given.folder, n)), **given.common)
        return run.wall, run.peak / 1024

    budget = given.budget
    title = f"fullmenu check, {given.workers} processes"
    table.add(f"largest n in {budget} s and {LIMIT_GB} GB", "every n below was run")
    table.add(title, largest(mine, budget, 1_000))
    for name, (needs, code) in RECIPES.items():
        if needs and find_spec(needs) is None:
            table.add(name, f"{needs} is not installed")
            continue

        def peer(n: int, code: str = code) -> tuple[float, float] | None:
            return timed(code, str(log_file(given.folder, n)), budget)

        table.add(name, largest(peer, budget, 1_000))


def largest(run: Callable[[int], tuple[float, float] | None], budget: int, n: int) -> str:
    """Run with more and more outputs until it does not end in the budget; say how far it came."""
    best, most, times = "", 0, 8
    while True:
        cost = run(n)
        if cost and cost[0] <= budget and cost[1] <= LIMIT_GB:
            best, most = f"{n:,} outputs in {cost[0]:.1f} s and {cost[1]:.2f} GB", n
            print(best, file=sys.stderr, flush=True)
            times = 2 if cost[0] > budget / 50 else times
        elif times == 2 or not most:
            return f"{best or 'no outputs'}; {n:,}: no"
        else:  # eight times as many were too many
            times = 2
        n = most * times


def timed(code: str, log: str, budget: int) -> tuple[float, float] | None:
    """Seconds and GB of a recipe; ``None`` if it did not finish."""
    limit = f"import resource as r; r.setrlimit(r.RLIMIT_AS, ({LIMIT_GB << 30},) * 2)\n"
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", limit + code, log],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while time.perf_counter() - begin < budget:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            process.returncode = status
            seconds = time.perf_counter() - begin
            return None if status else (seconds, usage.ru_maxrss / 2**20)
        time.sleep(0.02)
    process.kill()
    process.wait()
    return None


TABLES: dict[str, Callable[[Setting, Table], None]] = {
    "one": one, "dishes": dishes, "compare": compare_table, "ray": ray_table, "sampling": sampling,
    "resume": resume, "peers": peers, "growth": growth,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES], default=[])
    parser.add_argument("--outputs", default="1e5")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", type=int, default=2_048, help="MiB")
    parser.add_argument("--budget", type=int, default=600, help="seconds of a peer's run")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    sizes = sorted(int(float(n)) for n in options.outputs.split(","))
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        given = Setting(sizes, options.workers, options.memory, options.budget, folder)
        for name in options.tables or TABLES:
            table = Table(f"scale: {name}")
            begin = time.perf_counter()
            TABLES[name](given, table)
            table.show()
            print(f"({time.perf_counter() - begin:.0f} s in all)", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        print(json.dumps(TASKS[sys.argv[2]](**json.loads(sys.argv[3]))))
    else:
        main()
