"""Recommenders: is a loss of variety seen in the items, and what did the clicks do?

Run: python benchmarks/recommenders.py [BEFORE AFTER]

Of real data: Open Bandit's men campaign, shown by a uniform policy and by Thompson sampling; or two
other logs, as JSON lines with item_id, user and click. Made up: lists of ten of 500 items to 200
users, uniform and Pareto; and how often two logs of one recommender are told apart.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np

from fullmenu.judge.items import effective_number_of
from fullmenu.judge.two import compare
from fullmenu.readers.reader import read
from fullmenu.report.report import Report
from fullmenu.samples import Record, Samples
from real import folder
from table import Table

RUNS = 400
COLUMNS = {"output": "item_id", "prompt": "user", "score": "click"}


def main(paths: list[str]) -> None:
    table = Table("Recommenders: items before → after")
    made_up(table)
    covered(table)
    at = folder() / "open_bandit"
    before, after = paths or (at / "men_random.jsonl.xz", at / "men_bts.jsonl.xz")
    report = compare(*(impressions(path) for path in (before, after)))
    told = {x["name"]: x["sentence"] for x in report.document["notices"]}["variety and score"]
    goal = "" if paths else "Variety lost, clicks gained"
    items = report.document["signals"]["items_effective"]
    figures = [items[side]["value"] for side in ("before", "after")]
    near = None if paths else np.allclose(figures, [33.9, 9.9], atol=0.1)
    table.add("effective items", effective(report), "" if paths else "33.9 → 9.9", near)
    table.add("what was said", told, goal, told.startswith(goal) if goal else None)
    table.add("verdict", report.verdict)
    table.show()


def covered(table: Table) -> None:
    """How often does the interval of the effective number of items hold the truth?"""
    for what, users, sizes, taste in (
        ("40 users of one taste, 1 to 40 outputs", 40, (1, 41), 1e6),
        ("203 users, 49 outputs, all 34 items alike", 203, (49, 50), math.inf),
        ("40 users, 1 output each", 40, (1, 2), 20),
        ("15 users, 2 to 9 outputs", 15, (2, 10), 10),
        ("60 users of tastes far apart, 5 to 29 outputs", 60, (5, 30), 5),
        ("200 users, 10 to 89 outputs", 200, (10, 90), 30),
    ):
        random = np.random.default_rng(1)
        hits = 0
        for k in range(RUNS):
            if k % 50 == 0:
                shares = random.dirichlet(np.full(int(random.choice([20, 100, 500])), 0.7)) + 1e-9
                shares /= shares.sum()
                if taste == math.inf:
                    shares = np.full(34, 1 / 34)
            n = random.integers(*sizes, users)
            own = random.dirichlet(min(taste, 1e9) * shares, users)
            drawn = [random.choice(len(shares), m, p=p) for m, p in zip(n, own, strict=True)]
            groups = np.repeat(np.arange(users), n)
            found = effective_number_of([str(x) for x in np.concatenate(drawn)], groups)
            high = np.inf if found.high is None else found.high
            hits += (found.low or 0.0) <= 1 / float((shares**2).sum()) <= high
        table.add(f"interval holds: {what}", f"{hits / RUNS:.3f}", "≥ .93", hits >= 0.93 * RUNS)


def impressions(path: str | Path) -> Samples:
    return read(path, columns=COLUMNS)


def effective(report: Report) -> str:
    sides = (report.document["signals"]["items_effective"][x] for x in ("before", "after"))
    return " → ".join(f"{x['value']:.3g} [{x['low']:.3g}, {x['high']:.3g}]" for x in sides)


def made_up(table: Table) -> None:
    report = compare(lists("uniform", 1), lists("pareto", 2))
    table.add(
        "lists, uniform → Pareto", effective(report), "collapsed", report.verdict == "collapsed"
    )
    for draw in ("uniform", "pareto"):
        words = [compare(lists(draw, 2 * k), lists(draw, 2 * k + 1)).verdict for k in range(40)]
        false = sum(word not in ("held", "unclear") for word in words)
        told = f"{false} of 40 changed, {words.count('held')} held"
        table.add(f"lists, {draw} twice", told, "≤ 4 changed", false <= 4)


def lists(draw: str, seed: int) -> Samples:
    random = np.random.default_rng(seed)
    drawn = random.integers(0, 500, (200, 10))
    if draw == "pareto":
        drawn = random.pareto(1, (200, 10)).astype(np.int64) % 500
    return Samples.from_records(
        Record(json.dumps([f"item{i}" for i in dict.fromkeys(row)]), prompt_id=f"user{user}")
        for user, row in enumerate(drawn.tolist())
    )


if __name__ == "__main__":
    main(sys.argv[1:])
