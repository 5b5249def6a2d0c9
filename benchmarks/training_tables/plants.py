"""Near copies of eight kinds among real outputs: which are found? Beside MinHash."""

from __future__ import annotations

import json
import lzma
import re
import tempfile
import time
from pathlib import Path

import numpy as np

from fullmenu.cure import deduplicate
from fullmenu.samples import Record, Samples
from real import folder
from speed import EACH, run, write
from table import Table

PLANTS = 60
GROWING, WORDS = (10_000, 30_000, 100_000), 60
PREAMBLE = "Certainly! I would be happy to help you with this request. Here is my answer: "
BEST = {  # the audit's best of each row, as a share of its plants
    "exact": 30 / 30, "case and punctuation": 32 / 33, "5 % of words deleted": 32 / 32,
    "10 % of words replaced": 32 / 35, "20 % of words replaced": 6 / 36,
    "sentences shuffled": 34 / 34, "preamble added": 29 / 29, "cut to 70 %": 35 / 36,
}  # fmt: skip


def outputs() -> list[str]:
    """Return gpt-4o's answers to AlpacaEval of 25 words or more."""
    path = folder() / "alpaca_eval" / "gpt-4o-2024-05-13.json.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = json.load(file)
    said = [r["output"] if isinstance(r, dict) else r for r in rows]
    return [text for text in said if len(text.split()) >= 25]


def planted(kind: str, text: str, pool: np.ndarray, rng: np.random.Generator) -> str:
    """Return a near copy of a text."""
    words = text.split()
    if kind == "case and punctuation":
        return "  ".join(re.sub(r"[^\w\s]", "", text).upper().split())
    if kind == "5 % of words deleted":
        return " ".join(w for w in words if rng.random() > 0.05)
    if kind.endswith("replaced"):
        share = int(kind.split()[0]) / 100
        return " ".join(pool[rng.integers(len(pool))] if rng.random() < share else w for w in words)
    if kind == "sentences shuffled":
        return " ".join(rng.permutation(re.split(r"(?<=[.!?])\s+", text)).tolist())
    if kind == "preamble added":
        return PREAMBLE + text
    return " ".join(words[: int(0.7 * len(words))]) if kind.startswith("cut") else text


def minhash(texts: list[str], size: int, bar: float) -> set[int] | None:
    """Return the rows that datasketch's MinHash finds near an earlier one; ``None``: not there."""
    try:
        from datasketch import MinHash, MinHashLSH
    except ModuleNotFoundError:
        return None
    index, gone = MinHashLSH(threshold=bar, num_perm=256), set()
    for i, text in enumerate(texts):
        words = text.split()
        made = MinHash(num_perm=256)
        made.update_batch([" ".join(words[j : j + size]).encode() for j in range(len(words))])
        if index.query(made):
            gone.add(i)
        else:
            index.insert(str(i), made)
    return gone


def table() -> bool:
    """Print how many plants of each kind are found, and what a collection of labels keeps."""
    rng = np.random.default_rng(4)
    texts = outputs()
    pool = np.array([w for t in texts for w in t.split()])
    kinds = [kind for kind in BEST for _ in range(PLANTS)]
    of = rng.choice(len(texts), len(kinds), replace=len(texts) < len(kinds))
    near = [planted(kind, texts[i], pool, rng) for kind, i in zip(kinds, of, strict=True)]
    everything = [*texts, *near]
    log = Samples.from_records(Record(t, None, f"row {i}") for i, t in enumerate(everything))
    began = time.process_time()
    gone = set(deduplicate(log).dropped.tolist())
    seconds = time.process_time() - began
    peers = {"5-gram .7": minhash(everything, 5, 0.7), "3-gram .5": minhash(everything, 3, 0.5)}
    shown = Table(f"Near copies among {len(texts)} outputs, 60 of a kind ({seconds:.0f} CPU s)")
    good = True
    for kind, best in BEST.items():
        rows = [len(texts) + i for i, k in enumerate(kinds) if k == kind]
        found = sum(r in gone for r in rows)
        beside = {n: sum(r in p for r in rows) for n, p in peers.items() if p is not None}
        told = f"{found} of {PLANTS}" + "".join(f"; MinHash {n}: {c}" for n, c in beside.items())
        least = min(max([best * PLANTS, *beside.values()]), PLANTS) - PLANTS / 30
        good &= found >= least
        shown.add(kind, told, f"≥ {least:.0f}", found >= least)
    false = sum(i in gone for i in range(len(texts)))
    shown.add("originals left out", f"{false} of {len(texts)}", "≤ 3", false <= 3)
    labels = Samples.of({f"Is review {i} of {i * 7} good?": ["yes" if i % 3 else "no"]
                         for i in range(500)})  # fmt: skip
    kept = len(deduplicate(labels).kept)
    shown.add("500 questions answered yes or no, kept", kept, "500", kept == 500)
    shown.show()
    cost()
    return good and false <= 3 and kept == 500


def cost() -> None:
    """Print what the command takes of logs that grow."""
    shown = Table(f"data deduplicate, texts of {WORDS} words, ten a prompt")
    with tempfile.TemporaryDirectory() as place:
        for n in GROWING:
            log = write(Path(place) / "log.jsonl", 0, prompts=n // EACH, words=WORDS)
            out = str(Path(place) / "kept.jsonl")
            took = run(["-m", "fullmenu", "data", "deduplicate", log, "-o", out, "--quiet"])
            kept = Path(out).read_bytes().count(b"\n")
            shown.add(f"{n:,} texts", f"{took.cpu:.0f} CPU s, {took.peak:.0f} MiB, {kept:,} kept")
    shown.show()
