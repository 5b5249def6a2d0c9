"""Turns of phrase: does the living list order models as the published slop score does?

Run: python benchmarks/slop.py [LOG …]

Five models answer 300 prompts (150 stories, 150 essays), one output each; sam-paech/slop-score
publishes how many words in 1,000 stand on its own list. Ours knows no list: `fm.phrases` counts
what a model overuses against people, found on other prompts than it is counted on. One of the five
is a cure of another: did the turns go, or only move? And what is found where nothing changed: two
halves of the prompts of one model, or of the outputs of one model (NoveltyBench). With logs given,
these are ordered, by their `model`.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

import fullmenu as fm
from fullmenu.report.phrases.document import PhrasesDocument
from fullmenu.report.plain import interval
from fullmenu.samples import Samples
from real import folder, noveltybench
from table import Table

SPLITS = 6
"""Halves of each model that are compared."""

SHOWN = ("instead of", "wasn’ a")
"""What came with the cure."""


def main(paths: list[str]) -> int:
    at = folder() / "slop_score"
    logs = {}
    for path in paths or sorted(map(str, at.glob("*.jsonl.xz"))):
        log = fm.read(path)
        name = (log.models or [Path(path).name])[0].rpartition("/")[2]
        logs[name] = log.take(np.array([bool(text.strip()) for text in log.outputs]))
    with (at / "leaderboard.json").open(encoding="utf-8") as file:
        board = {x["model"].rpartition("/")[2]: x for x in json.load(file)}
    table = Table("Turns of phrase")
    reached = [order(table, logs, board)]
    if not paths:
        reached += [cure(table, logs), null(table, logs)]
    table.show()
    return 0 if all(reached) else 1


def order(table: Table, logs: dict[str, Samples], board: dict[str, dict[str, float]]) -> bool:
    """Add each model's score beside the published one, and how well the orders agree."""
    found = fm.phrases(*logs.values(), labels=list(logs), against="people").content.logs
    scores, published = [], []
    for log in found:
        assert log.score and log.held_out
        name = log.log.label
        theirs = board.get(name, {}).get("slop_list_matches_per_1k_words")
        told = f"{interval(log.score)}; {log.held_out.again} of {log.held_out.found} again"
        table.add(f"{name}, published {theirs or 0:.1f}", told)
        if theirs is not None:
            scores.append(log.score.value)
            published.append(theirs)
    if len(scores) < 3:
        return True
    rho = float(spearmanr(scores, published)[0])
    ranks = np.argsort(np.argsort(published))
    order = ranks[np.argsort(scores)]
    wrong = sum(a > b for a, b in pairwise(order.tolist()))
    many = len(scores) > 5
    right = rho >= 0.8 if many else wrong <= 1
    table.add("Spearman with the published order", f"{rho:.2f}", "≥ 0.80", rho >= 0.8)
    table.add(
        "neighbours in the wrong order", wrong, "" if many else "≤ 1", None if many else right
    )
    return right


def cure(table: Table, logs: dict[str, Samples]) -> bool:
    """Add what the cure took away, and what came with it."""
    content = fm.phrases(
        logs["gemma-3-27b-it-antislop"], against=logs["gemma-3-27b-it"], labels=["cured", "gemma"]
    ).content
    (came,), gone = content.logs, content.gone
    assert gone and gone.held_out and came.held_out and gone.score and came.score
    table.add("overused against people, gemma → cured",
              f"{interval(gone.score)} → {interval(came.score)}", "falls",
              came.score.high < gone.score.low)  # fmt: skip
    for what, before, after in (
        ("turns that went, on other prompts", gone.held_out.rate, gone.held_out.other_rate),
        ("turns that came, on other prompts", came.held_out.other_rate, came.held_out.rate),
    ):
        table.add(what, f"{interval(before)} → {interval(after)}")
    turns = {turn.text: f"{turn.other_prompts} → {turn.prompts}" for turn in came.turns}
    right = [
        turns.get(name) == goal for name, goal in zip(SHOWN, ("23 → 120", "0 → 72"), strict=True)
    ]
    for name, goal, ok in zip(SHOWN, ("23 → 120", "0 → 72"), right, strict=True):
        table.add(f"prompts with “{name}”", turns.get(name, "not listed"), goal, ok)
    return all(right)


def null(table: Table, logs: dict[str, Samples]) -> bool:
    """Add how often two halves of one model are told apart."""
    told = []
    for log in logs.values():
        for seed in range(SPLITS):
            halves = np.random.default_rng(1_000 + seed).permutation(log.n_prompts) % 2
            told.append(apart(*(log.take(halves[log.groups] == k) for k in (0, 1))))
    table.add(f"two halves of one model's prompts, {len(told)} pairs", share(told), "≤ 5 %",
              np.mean(told) <= 0.05)  # fmt: skip
    drawn = []
    for log in noveltybench().values():
        for seed in range(2):
            halves = np.random.default_rng(seed).permutation(len(log)) % 2
            drawn.append(apart(*(log.take(halves == k) for k in (0, 1))))
    table.add(f"two halves of one model's outputs, {len(drawn)} pairs", share(drawn), "≤ 5 %",
              np.mean(drawn) <= 0.05)  # fmt: skip
    return bool(np.mean([*told, *drawn]) <= 0.05)


def apart(before: Samples, after: Samples) -> bool:
    """Tell whether any turn is said to have come or gone."""
    content: PhrasesDocument = fm.phrases(after, against=before).content
    return bool(content.logs[0].turns or (content.gone and content.gone.turns))


def share(told: list[bool]) -> str:
    return f"{sum(told)} told apart"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
