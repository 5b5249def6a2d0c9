"""Damaged files: mutated at random, each read in a process of its own with bounds.

Run: python benchmarks/reading_damage.py [cases] [first seed]
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow
import pyarrow.compute  # what a child loads would count as its memory
import pyarrow.parquet
from backports import zstd

from fullmenu.errors import FullmenuError
from fullmenu.readers import known_formats, read
from table import Table

FIXTURES = Path(__file__).parents[1] / "tests" / "readers" / "fixtures"
HANG = 10.0
"""Seconds of CPU that one file may take."""
MEMORY = 1 << 30
"""Bytes by which the memory may grow."""
PART = 50  # cases of one process, as long as it lives
NASTY = [
    b"\0", b"\xef\xbb\xbf", b'"', b"'", b"[", b"]", b"{", b"}", b",", b"\n", b"\r", b"\xc2\x85",
    b"\xe2\x80\xa8", b"1e999", b"NaN", b"1" * 5_000, b'"\\ud800"', b"1e30", b"[" * 2_000, b"-",
    b'[[["a"]]]', b"\x1b[2J", b"\x1b]0;PWN\x07", b"\x9b31m", b"\xe2\x80\xae", b"null", b"true",
    b'{"role": 1}',
]  # fmt: skip
MAPS = [{"output": "response"}, {"output": "a.b"}, {"output": "*"}, {"prompt": "x"}, {"time": "id"}]
ENDINGS = (".csv", ".json", ".jsonl", ".parquet", ".eval", ".tsv", ".txt", "")
_RAW = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def mutated(table: Table, cases: int, first: int) -> None:
    """Add how many of so many mutated files end in each kind of fault."""
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())  # others reserve what they never use
    pyarrow.set_cpu_count(1)
    faults: Counter[str] = Counter()
    done = 0
    while done < cases:
        part = range(first + done, first + min(cases, done + PART))
        finished, told = _in_a_process(part)
        for seed, fault in told:
            faults[fault.split(":")[0]] += 1
            print(f"seed {seed}: {fault}", flush=True)
        done += finished
    for fault in ("traceback", "hang", "memory", "raw", "died"):
        table.add(f"{cases:,} mutated files: {fault}", faults[fault], "0", not faults[fault])


def main(cases: int = 20_000, first: int = 0) -> None:
    table = Table(f"{cases:,} mutated files")
    mutated(table, cases, first)
    table.show()


def _in_a_process(seeds: range) -> tuple[int, list[tuple[int, str]]]:
    """Return how many cases were finished, and the faults; one that kills is a fault."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        with os.fdopen(into, "w", buffering=1) as told:
            _child(seeds, told.write)
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as lines:
        said = [line.rstrip("\n").split("\t", 1) for line in lines]
    _, status = os.waitpid(child, 0)
    faults = [(int(seed), fault) for seed, fault in said if fault not in ("", "-")]
    finished = [int(seed) for seed, fault in said if fault]
    if not status:
        return len(seeds), faults
    ended = os.WTERMSIG(status)
    at = seeds[len(finished)]
    faults.append((at, "hang" if ended == signal.SIGPROF else f"died: signal {ended}"))
    return len(finished) + 1, faults


def _child(seeds: range, tell: Callable[[str], object]) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            signal.setitimer(signal.ITIMER_PROF, HANG)
            fault = attempt(seed, Path(folder))
            signal.setitimer(signal.ITIMER_PROF, 0)
            tell(f"{seed}\t{fault or '-'}\n")


def attempt(seed: int, folder: Path) -> str:
    """Read one mutated file; return what is wrong with what happened, if anything is."""
    chance = Random(seed)
    path = folder / written(chance, folder)
    options: dict[str, object] = {"tolerate": chance.random() < 0.5}
    if chance.random() < 0.2:
        options["map"] = chance.choice(MAPS)
    if chance.random() < 0.2:
        options["format"] = chance.choice(sorted(known_formats()))
    if chance.random() < 0.2:
        options["rejects"] = folder / "rejects"
    began = time.process_time()
    try:
        samples = read(path, **options)
        said = list(samples.notes)
        for text in samples.outputs:
            text.encode()
    except FullmenuError as error:
        said = [str(error)]
    except MemoryError:
        return "memory: over 1 GB"
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        return f"traceback: {type(error).__name__} at {at.filename}:{at.lineno}"
    finally:
        path.unlink()
    if time.process_time() - began > HANG:
        return "hang: after all"
    odd = [note for note in said if _RAW.search(note) or len(note) > 1_500]
    return f"raw: {odd[0][:200]!r}" if odd else ""


def written(chance: Random, folder: Path) -> str:
    """Write a mutated file; return its name."""
    seeds = sorted(p for p in FIXTURES.iterdir() if p.suffix not in (".py", ""))
    source = chance.choice([*seeds, None])
    data = source.read_bytes() if source else b"".join(b"line %d of it\n" % i for i in range(60))
    name = source.name if source else "lines.txt"
    pack, ending = chance.choice(
        [*PACKERS, (bytes, "")] if chance.random() < 0.6 else [(bytes, "")]
    )
    first = chance.random() < 0.5
    other = chance.choice(seeds).read_bytes()
    if first:
        data = pack(data)
    for _ in range(chance.randint(1, 12)):
        data = _mutated(data, other, chance)
    if not first:
        data = pack(data)
    if chance.random() < 0.25:
        name = "x" + chance.choice(
            [".csv", ".json", ".jsonl", ".parquet", ".eval", ".tsv", ".txt", ""]
        )
    (folder / (name + ending)).write_bytes(data)
    return name + ending


PACKERS: list[tuple[Callable[[bytes], bytes], str]] = [
    (gzip.compress, ".gz"), (bz2.compress, ".bz2"), (lzma.compress, ".xz"),
    (zstd.compress, ".zst"),
]  # fmt: skip


def _mutated(data: bytes, other: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    kind = chance.randrange(12)
    if kind == 0:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if kind == 1 and data:
        at = chance.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
    if kind == 2:
        return data[: max(at, len(data) // 2)]
    if kind == 3:
        return data[:at] + data[at + chance.randint(1, 512) :]
    if kind == 4:
        return data[:at] + chance.choice(NASTY) + data[at:]
    if kind == 5:
        token = chance.choice(NASTY)
        return data[:at] + token + data[at + len(token) :]
    if kind == 6:
        size, to = chance.randint(1, 256), chance.randrange(len(data) + 1)
        return data[:to] + data[at : at + size] + data[to:]
    if kind == 7:
        return data[:at] + chance.randbytes(chance.randint(4, 8)) + data[at:]
    if kind == 8:
        word = chance.choice([b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff"])
        return data[:at] + word + data[at + 4 :]
    if kind == 9:
        return data[:at] + other[chance.randrange(len(other)) :][: 1 << 16]
    if kind == 10:
        return data + data if len(data) < 1 << 18 else data
    places = [m.end() for m in re.finditer(rb":\s*", data[: 1 << 16])]
    if not places:
        return data
    at = chance.choice(places)
    value = chance.choice(["[]", "{}", "null", "-1.5", '"x"', "[[1]]", json.dumps({"a": [None]})])
    return data[:at] + value.encode() + b"," + data[at:]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
