"""Is it the model or the pipe? Planted causes must be named, sound logs not blamed.

Planted: ten things that a pipe does to a log (one greedy answer for all, a few seeds in turn, a
cache, a double export, nested traces, pools, two templates, a limit on length, canned refusals,
errors), five logs of each, half of them as other tools write them; a log is named where the sign of
its kind is found. Sound: labels, JSON, refusals, low temperatures and, where the data are, real
outputs; a log is blamed where any sign is found. What is planted here is made without the code that
looks for it. Thresholds were chosen on seeds from 100 on; printed are those from 0 on.

Run ``python benchmarks/reading_pipe.py [SEED]``; FULLMENU_DATA names the folder of the data.
"""

from __future__ import annotations

import csv
import json
import lzma
import os
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fullmenu as fm
from table import Table

DATA = Path(os.environ.get("FULLMENU_DATA") or Path(__file__).parents[2] / "shared" / "data")
SUBJECTS = (
    "the harbour", "the old library", "a winter market", "the night train", "our village school",
    "a stone bridge", "the lighthouse", "a small bakery", "the orchard", "the river ferry",
    "a mountain hut", "the town archive",
)  # fmt: skip
VERBS = (
    "opens", "closes", "waits", "shines", "changes", "grows", "rests", "sings", "turns", "breathes",
    "hums", "wakes",
)  # fmt: skip
WHEN = (
    "at dawn", "after the rain", "before noon", "in late autumn", "on quiet days",
    "when nobody looks", "by lamplight", "most weeks", "for the children", "without a sound",
)  # fmt: skip
WHY = (
    "because the wind is kind", "although the road is long", "so that strangers feel welcome",
    "while the kettle boils", "as it did last year", "since the frost came early",
    "and nobody asks why", "but the door stays shut",
)  # fmt: skip
QUESTIONS = (
    "Write about {}.", "Describe {} to a friend.", "What is it like to visit {}?",
    "Tell a story of {}.", "Why do people love {}?",
)  # fmt: skip

Row = dict[str, Any]
Rows = list[Row]


def sentence(rng: random.Random) -> str:
    first = rng.choice(SUBJECTS)
    return (
        f"{first[0].upper()}{first[1:]} {rng.choice(VERBS)} {rng.choice(WHEN)} {rng.choice(WHY)}."
    )


def answer(rng: random.Random, sentences: int | None = None) -> str:
    return " ".join(sentence(rng) for _ in range(sentences or rng.randint(2, 5)))


def questions(rng: random.Random, n: int) -> list[str]:
    every = [q.format(s) for s in SUBJECTS for q in QUESTIONS]
    return rng.sample(every, n)


def served(rng: random.Random, prompts: int = 20, each: int = 8) -> Rows:
    """A sound log: other words every time."""
    return [
        {"prompt": q, "output": answer(rng), "model": "m-1", "finish": "stop"}
        for q in questions(rng, prompts)
        for _ in range(each)
    ]


# What a pipe does.


def greedy(rng: random.Random, n: int) -> Rows:
    rows = served(rng, 12 + 4 * n, 4 + n)
    first: dict[str, str] = {}
    for row in rows:
        text = first.setdefault(row["prompt"], row["output"])
        row["output"] = text if rng.random() > 0.01 else text.replace(".", ",", 1)
        if n == 3:
            row["temperature"] = 0.0
    return rows


def few_seeds(rng: random.Random, n: int) -> Rows:
    seeds, rows = 2 + n % 3, served(rng, 12 + 2 * n, 8 + n % 2)
    texts: dict[tuple[str, int], str] = {}
    count: Counter[str] = Counter()
    for row in rows:
        seed = count[row["prompt"]] % seeds
        count[row["prompt"]] += 1
        row["output"] = texts.setdefault((row["prompt"], seed), row["output"])
    return rows


def cache(rng: random.Random, n: int) -> Rows:
    rows = served(rng, 24, 6)
    hit = {q for q in {r["prompt"]: None for r in rows} if rng.random() < 0.4 + 0.1 * n}
    kept: dict[str, str] = {}
    for row in rows:
        text = kept.setdefault(row["prompt"], row["output"])
        if row["prompt"] in hit and (n % 2 or rng.random() < 0.9):
            row["output"] = text
    return rows


def double_export(rng: random.Random, n: int) -> Rows:
    rows = served(rng, 15 + 3 * n, 4 + n)
    twice = [{**row} for row in rows * (3 if n == 4 else 2)]
    if n % 2:
        rng.shuffle(twice)
    return twice


def nested(rng: random.Random, n: int) -> Rows:
    found = []
    for row in served(rng, 20, 6):
        found.append(row)
        if rng.random() < 0.25 + 0.1 * n:
            found.append({**row})
    return found


def pooled(rng: random.Random, n: int) -> Rows:
    rows = served(rng)
    for i, row in enumerate(rows):
        other = i % 2 if n % 2 else i >= len(rows) // 3
        if n in (0, 3):
            row["model"] = "m-2" if other else "m-1"
        elif n in (1, 4):
            row["temperature"] = 0.2 if other else 1.0
        else:
            row["fingerprint"] = "fp_a1" if other else "fp_b7"
    return rows


def template(rng: random.Random, n: int) -> Rows:
    frames = [
        ("{}", "Answer in one short paragraph and in plain words. {}"),
        ("### Question\n{}\n### Answer\n", "Human: {}\n\nAssistant:"),
        ("You are a poet. {}", "You are a clerk who writes in a dry tone. {} Think first."),
        ("{}", "{}\n\nDo not use more than forty words, and no lists."),
        ("Instruction: {}\nResponse:", "Q: {}\nA:"),
    ]
    rows = served(rng, 24, 6)
    for i, row in enumerate(rows):
        asked = row["prompt"]
        row["prompt"] = frames[n][i % 2].format(asked)
        if n in (2, 4):
            row["prompt_id"] = asked
    return rows


def limit(rng: random.Random, n: int) -> Rows:
    rows = served(rng, 24, 6)
    for row in rows:
        words = row["output"].split()
        size = max(6, (12, 16, 20, 14, 18)[n] + rng.randint(-1, 1))
        if len(words) > size:
            row["output"] = " ".join(words[:size])
            row["finish"] = "length" if n != 1 else ""
        elif n == 1:
            row["finish"] = ""
    if n == 1:
        for row in rows:
            row["finish"] = ""
    return rows


def refusals(rng: random.Random, n: int) -> Rows:
    canned = [
        "Your request was stopped by the safety settings of this workspace. Please write to the "
        "administrator if you think that this is a mistake.",
        "I'm sorry, but I can't assist with that request.",
        "Thank you for reaching out! Our assistant is busy at the moment and will come back to you "
        "as soon as it can.",
        "",
        "I am sorry, but this answer is not available under the rules of our company. Ask "
        "something else, or read the rules on our pages.",
    ][n]
    rows = served(rng, 24, 6)
    for row in rows:
        if rng.random() < 0.35 + 0.08 * n:
            row["output"] = canned or sentence(rng)[:30]
            row["finish"] = "content_filter" if not canned else row["finish"]
    return rows


def failures(rng: random.Random, n: int) -> Rows:
    said = [
        "Error: 429 Too Many Requests. Try again in {} ms.",
        "",
        "upstream request timed out after {} seconds",
        "Internal Server Error (request {})",
        "openai.RateLimitError: rate limit reached for requests, used {}",
    ][n]
    rows = served(rng, 20, 6)
    for row in rows:
        if rng.random() < 0.3:
            row["output"] = said.format(rng.randint(1, 900))
    return rows


PLANTED: dict[Callable[[random.Random, int], Rows], set[str]] = {
    greedy: {"identical outputs"},
    few_seeds: {"repeated lines", "identical outputs"},
    cache: {"cached outputs", "identical outputs"},
    double_export: {"repeated lines"},
    nested: {"repeated lines"},
    pooled: {"several models", "several values of temperature", "several fingerprints"},
    template: {"several templates", "several prompt texts"},
    limit: {"cut outputs"},
    refusals: {"one text for many prompts", "filtered outputs"},
    failures: {"error outputs", "empty outputs"},
}


# What honest logs look like.


def labels(rng: random.Random, n: int) -> Rows:
    kinds = ["positive", "negative", "neutral", "mixed", "The review is positive."][: 3 + n % 3]
    return [
        {
            "prompt": f"Classify review {i}.",
            "output": kinds[i % len(kinds)] if rng.random() < 0.98 else kinds[0],
        }
        for i in range(30)
        for _ in range(3 + n)
    ]  # fmt: skip


def objects(rng: random.Random, n: int) -> Rows:
    return [
        {"prompt": f"Extract order {i}.", "output": json.dumps({
            "order": i, "name": f"customer {i % 7}", "city": SUBJECTS[i % 9], "items": [i, i + 1],
            "status": rng.choice(["open", "open", "open", "closed"]) if n % 2 else "open",
            "comment": "delivered with the usual carrier before the end of the week"})}
        for i in range(25)
        for _ in range(4 + n % 2)
    ]  # fmt: skip


def honest_refusals(rng: random.Random, n: int) -> Rows:
    said = [
        "I'm sorry, but I can't assist with that.",
        "I cannot help with this request.",
        "I'm sorry, I can't provide instructions for that. Is there anything else you need today?",
    ]
    weights = [(9, 1, 1), (5, 3, 2), (1, 0, 0), (8, 1, 3), (3, 3, 3)][n]
    return [
        {"prompt": f"A harmful question, number {i}", "output": rng.choices(said, weights)[0]}
        for i in range(30)
        for _ in range(1 + 2 * n)
    ]


def cool(rng: random.Random, n: int) -> Rows:
    """Low temperature: one likeliest text a prompt, and each word may still turn out otherwise."""
    change = (0.05, 0.03, 0.02, 0.015, 0.01)[n]
    pool = [*VERBS, *("softly", "often", "never", "early", "slowly", "again")]
    rows = []
    for q in questions(rng, 20):
        words = answer(rng).split()
        for _ in range(5 + n):
            told = [rng.choice(pool) if rng.random() < change else w for w in words]
            rows.append({"prompt": q, "output": " ".join(told), "temperature": 0.1})
    return rows


def warm(rng: random.Random, n: int) -> Rows:
    return served(rng, 10 + 5 * n, 2 + n)


def real() -> Iterator[tuple[str, Rows]]:
    """Real outputs: sound, whatever else they are."""
    for stage in ("base", "sft", "dpo", "instruct"):
        path = DATA / "olmo2_7b_stages" / f"{stage}_alpacaeval.jsonl.xz"
        if path.exists():
            with lzma.open(path, "rt") as file:
                yield (
                    f"olmo {stage}",
                    [
                        {
                            "prompt": r["prompt"],
                            "output": r["response"],
                            "finish": r["finish_reason"],
                        }
                        for r in map(json.loads, file)
                    ],
                )
    drift: dict[str, Rows] = defaultdict(list)
    path = DATA / "llm_drift" / "generations.jsonl.xz"
    if path.exists():
        with lzma.open(path, "rt") as file:
            for r in map(json.loads, file):
                row = {k: r[k] for k in ("prompt", "output", "model", "temperature")}
                drift[f"{r['model'].split('/')[-1]} {r['dataset']}"].append(row)
        yield from drift.items()


# Formats.


def turn(role: str, text: str) -> str:
    """Return one message as OpenTelemetry's attributes hold it."""
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def write(rows: Rows, how: str, folder: Path) -> Path:
    """Write rows as a tool would: a fresh id for every line."""
    rng = random.Random(len(rows))
    mark = lambda: f"{rng.getrandbits(96):024x}"  # noqa: E731
    path = folder / {"csv": "log.csv", "inspect": "log.json"}.get(how, "log.jsonl")
    if how == "csv":
        with path.open("w", newline="") as file:
            names = list({name: None for row in rows for name in row if name != "finish"})
            out = csv.DictWriter(file, names, extrasaction="ignore")
            out.writeheader()
            out.writerows(rows)
        return path
    values: list[Any] = []
    for i, r in enumerate(rows):
        asked = {k: r[k] for k in ("temperature", "seed") if k in r}
        if how == "plain":
            names = {"finish": "finish_reason", "fingerprint": "system_fingerprint"}
            values.append({names.get(k, k): v for k, v in r.items() if v != "" or k == "output"})
        elif how == "openai":
            values.append({
                "request": {"messages": [{"role": "user", "content": r["prompt"]}], **asked},
                "response": {"id": f"chatcmpl-{mark()}", "object": "chat.completion",
                    "created": 1_700_000_000 + i, "model": r.get("model", "m"),
                    "system_fingerprint": r.get("fingerprint"),
                    "choices": [{"index": 0, "finish_reason": r.get("finish") or None,
                        "message": {"role": "assistant", "content": r["output"]}}]}})  # fmt: skip
        elif how == "langfuse":
            values.append({
                "id": mark(), "traceId": mark(), "type": "GENERATION", "model": r.get("model"),
                "startTime": f"2026-05-0{1 + i % 9}T10:00:{i % 60:02d}.{i:06d}Z",
                "input": [{"role": "user", "content": r["prompt"]}], "output": r["output"],
                "modelParameters": asked})  # fmt: skip
        else:
            attributes = {
                "gen_ai.operation.name": "chat", "gen_ai.response.model": r.get("model", "m"),
                "gen_ai.response.finish_reasons": [r["finish"]] if r.get("finish") else None,
                "gen_ai.openai.response.system_fingerprint": r.get("fingerprint"),
                "gen_ai.input.messages": turn("user", r["prompt"]),
                "gen_ai.output.messages": turn("assistant", r["output"]),
                **{f"gen_ai.request.{k}": v for k, v in asked.items()}}  # fmt: skip
            values.append({
                "name": "chat", "context": {"trace_id": mark(), "span_id": mark()[:16]},
                "start_time": f"2026-05-01T10:00:00.{i:06d}Z",
                "attributes": {k: v for k, v in attributes.items() if v is not None}})  # fmt: skip
    path.write_text("".join(json.dumps(v) + "\n" for v in values))
    return path


WRAPPERS = ("openai", "langfuse", "otel")


def fits(how: str, kind: Callable[..., Rows], n: int) -> bool:
    """Whether a format can hold what the log shows."""
    rows = kind(random.Random(0), n)
    has = {k for row in rows for k in row if row[k]}
    if how == "langfuse" and ("fingerprint" in has or (kind in (limit, refusals) and n != 1)):
        return False
    return not ("prompt_id" in has or any(not row["output"] for row in rows))


def names_found(rows: Rows, how: str) -> list[str]:
    """Check a log as a user would, and return the names of the signs."""
    with tempfile.TemporaryDirectory() as folder:
        report = fm.check(fm.read(write(rows, how, Path(folder))), views=["phrasing"])
    return [sign["name"] for sign in report.document["pipe"]]


def pipe(table: Table, seed: int) -> None:
    """Add how many planted causes are named, and how many sound logs are blamed."""
    named, planted, wrapped, missed = 0, 0, 0, []
    for k, (kind, signs) in enumerate(PLANTED.items()):
        for n in range(5):
            tools = [how for how in WRAPPERS if fits(how, kind, n)]
            wrap = tools and (n + k) % 5 < 3
            how = tools[(n + k) % len(tools)] if wrap else "plain"
            if not wrap and n % 2 and kind not in (limit, refusals, pooled):
                how = "csv"
            found = names_found(kind(random.Random(1_000 * seed + 10 * k + n), n), how)
            planted, wrapped = planted + 1, wrapped + (how in WRAPPERS)
            named += bool(signs & {*found})
            if not signs & {*found}:
                missed.append(f"{kind.__name__} {n} ({how}): {', '.join(found) or 'nothing'}")
    sound: list[tuple[str, Rows]] = [
        (f"{kind.__name__} {n}", kind(random.Random(1_000 * seed + 500 + n), n))
        for kind in (labels, objects, honest_refusals, cool, warm)
        for n in range(5)
    ]
    sound += list(real())
    blamed = []
    for i, (name, rows) in enumerate(sound):
        if found := names_found(rows, ("plain", "openai", "csv", "langfuse")[i % 4]):
            blamed.append(f"{name}: {', '.join(found)}")
    most = round(0.95 * planted)
    table.add(
        f"{planted} planted causes named, {wrapped} of them in other tools' formats",
        named,
        f"≥ {most}",
        named >= most,
    )
    table.add(f"{len(sound)} sound logs blamed", len(blamed), "≤ 2", len(blamed) <= 2)
    for line in (*missed, *blamed):
        table.add(f"  {line}", "")


def main(seed: int = 0) -> None:
    table = Table(f"Model or pipe? (seed {seed})")
    pipe(table, seed)
    table.show()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
