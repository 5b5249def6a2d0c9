"""Cue or content: is a planted grader's share read right, and is a sound one not accused?

Graders are planted with a known share s: score = (1 − s) · right + s · cue + noise, each read off
the text by the grader itself, by rules of its own. Answers are made by lot; length, format, author,
confidence, order and a language of one's own are asked in turn. Logs hold content and cues that go
together by 0.7, and two cues that go together. Graders without noise, or with little, leave items
that all agree, or nearly: how often intervals hold the truth there, and how often a grader whose
content has just the share that is asked for is called ok or accused. On NoveltyBench, a reward
model's scores within prompts: content is how good the output's model is on other prompts, for want
of people's judgement.

Run: python benchmarks/cue.py [graders]
"""

from __future__ import annotations

import json
import lzma
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fullmenu.diagnose.goals.cues import ORDER, Cue, measured
from fullmenu.diagnose.goals.graders import GradedPair, cue_or_content, cues_in_scores
from fullmenu.diagnose.goals.scores import LEAST, effects_of
from table import Table

SHARES = (0.0, 0.3, 0.9)
ITEMS = 400
NOISE = 0.3
TOWNS = ("Bergen", "Cuenca", "Dijon", "Elblag", "Faro", "Ghent", "Huelva", "Izmir")

EVEN = {
    "no noise": (0.0, 0.0),
    "noise .02": (0.02, 0.0),
    "no noise, 1 item in 100 by the cue alone": (0.0, 0.01),
    "noise .02, 1 item in 20 by the cue alone": (0.02, 0.05),
}
"""Graders of which most items agree: noise, and the share of items that the cue alone decides."""

GERMAN = Cue(
    "language", "in German; in English",
    lambda text: f"Die Antwort lautet: {text} Das ist alles, was dazu zu sagen ist.",
    lambda text: f"The answer is this: {text} That is all there is to say about it.",
)  # fmt: skip

READS: dict[str, Callable[[str], bool]] = {
    "length": lambda text: len(text.split()) > 70,
    "format": lambda text: bool(re.search(r"^- ", text, re.M)),
    "confidence": lambda text: "certain" in text,
    "author": lambda text: "expert" in text,
    "language": lambda text: " lautet" in text,
}
"""What a planted grader takes for the cue, told from the text alone."""


def pairs(rng: np.random.Generator) -> list[GradedPair]:
    found = []
    for n in range(ITEMS):
        a, b = rng.choice(len(TOWNS), 2, replace=False)
        more = " ".join(rng.choice(["It rains.", "Trams run late.", "The bread is good."], 3))
        found.append(
            GradedPair(f"Which town is number {n}, {a}?", f"{TOWNS[a]} it is. {more}",
                 f"{TOWNS[b]} it is. {more}")
        )  # fmt: skip
    return found


def right(prompt: str, answer: str) -> bool:
    return TOWNS[int(prompt.rstrip("?").split()[-1])] in answer


def crossed(cue: str, share: float, seed: int) -> tuple[float, bool, str]:
    """Return the share that is read, whether its interval holds the truth, and the verdict."""
    rng = np.random.default_rng([seed, 71, *cue.encode()])
    asked = pairs(rng)

    def grade(prompt: str, answer: str) -> float:
        return (
            (1 - share) * right(prompt, answer) + share * READS[cue](answer) + rng.normal(0, NOISE)
        )

    def prefer(prompt: str, first: str, second: str) -> float:
        lean = (1 - share) * (right(prompt, first) - right(prompt, second)) + share
        return 0.5 + 0.5 * lean + rng.normal(0, NOISE / 2)

    if cue == ORDER:
        finding = cue_or_content(asked, prefer=prefer)
    else:
        finding = cue_or_content(asked, grade, cues=[GERMAN if cue == "language" else cue])
    read = finding.evidence[f"{cue}: cue's share"]
    assert read.low is not None and read.high is not None
    return read.value, read.low <= share <= read.high, finding.verdict


def logged(share: float, seed: int) -> tuple[float, bool, str]:
    """The same of a log in which the cue goes along with the content, beside a second cue."""
    rng = np.random.default_rng([seed, 72])
    n, each = 150, 6
    items = np.repeat(np.arange(n), each)
    content = rng.normal(size=n * each) + rng.normal(size=n)[items]
    cue = 0.7 * content + np.sqrt(0.51) * rng.normal(size=n * each)
    other = 0.6 * cue + 0.8 * rng.normal(size=n * each)

    def inside(x: np.ndarray) -> np.ndarray:
        centred = x - (np.bincount(items, x) / each)[items]
        return centred / centred.std()

    scores = (1 - share) * inside(content) + share * inside(cue) + rng.normal(0, NOISE, n * each)
    scores = 3 * scores + rng.normal(size=n)[items]
    finding = cues_in_scores(items, content, scores, {"cue": cue, "other": other})
    read = finding.evidence["cue: cue's share"]
    assert read.low is not None and read.high is not None
    return read.value, read.low <= share <= read.high, finding.verdict


def even(
    n: int, noise: float, odd: float, content_share: float, seed: int
) -> tuple[bool, bool, bool]:
    """Return whether the interval of content's share holds it, and lies above or below LEAST."""
    rng = np.random.default_rng([seed, 73, n])
    items, good, on = (x.ravel() for x in np.indices((n, 2, 2)))
    by_cue = (rng.random(n) < odd)[items]
    share = 1 - content_share / (1 - odd)
    scores = np.where(by_cue, on, (1 - share) * good + share * on)
    scores = scores + noise * rng.normal(size=4 * n)
    read = effects_of(items, good, on, scores, seed=seed).share
    assert read.low is not None and read.high is not None
    held = read.low - 1e-12 <= content_share <= read.high + 1e-12
    return held, read.low > LEAST, read.high < LEAST


def even_table(runs: int) -> None:
    table = Table(f"Graders that hardly differ between items: {runs} of each")
    for name, (noise, odd) in EVEN.items():
        for n in (10, 40, 150, 250):
            for share in (1 - odd, LEAST):
                told = [even(n, noise, odd, share, seed) for seed in range(runs)]
                held, above, below = np.mean(told, axis=0)
                words = f"truth in {held:.1%} of intervals"
                right = held >= 0.92
                if share == LEAST:
                    words += f"; called above {above:.1%}, below {below:.1%}"
                    right &= above <= 0.05 and below <= 0.05
                table.add(
                    f"{name}, {n} items, content's share {share:g}", words,
                    "≥ 92 %; at .8 ≤ 5 % each", bool(right),
                )  # fmt: skip
    table.show()


def rewards(folder: Path) -> None:
    """How far the rewards of NoveltyBench follow length, format and confidence."""
    rows: list[tuple[str, str, float, str]] = []
    with lzma.open(folder / "noveltybench" / "generations.jsonl.xz", "rt") as lines:
        for line in lines:
            record = json.loads(line)
            scored = zip(record["generations"], record.get("generation_scores") or (), strict=False)
            rows += [
                (record["id"], record["model"], score, text)
                for text, score in scored
                if text and score  # a repeat within its class is not scored: 0
            ]
    prompts, models, given, texts = zip(*rows, strict=True)
    scores = np.array(given, float)
    _, prompt = np.unique(prompts, return_inverse=True)
    _, model = np.unique(models, return_inverse=True)
    total = np.bincount(model, scores)[model]
    count = np.bincount(model)[model]
    cell = prompt * (model.max() + 1) + model
    content = (total - np.bincount(cell, scores)[cell]) / (count - np.bincount(cell)[cell])
    finding = cues_in_scores(prompts, content, scores, measured(texts), subject="reward model")
    table = Table(f"NoveltyBench: {len(rows):,} rewards of 13 models on {finding.items} prompts")
    for name, estimate in finding.evidence.items():
        table.add(name, estimate)
    table.add("verdict", finding.verdict)
    table.show()


def main(graders: int = 20) -> None:
    table = Table(f"Planted graders: {graders} of each, {ITEMS} items, noise {NOISE}")
    designs: dict[str, Callable[[float, int], tuple[float, bool, str]]] = {
        name: (lambda share, seed, name=name: crossed(name, share, seed))  # type: ignore[misc]
        for name in (*READS, ORDER)
    }
    designs["a log, content and cue at 0.7"] = logged
    for name, design in designs.items():
        for share in SHARES:
            told = [design(share, seed) for seed in range(graders)]
            off = max(abs(value - share) for value, _, _ in told)
            covered = sum(held for _, held, _ in told)
            accused = sum(verdict in ("failure", "warning") for _, _, verdict in told)
            words = f"off by {off:.3f} at most, truth in {covered} intervals, {accused} warned of"
            sound = share > 0 or accused <= 0.05 * graders
            table.add(f"{name}, share {share:g}", words, "off by <= .05", off <= 0.05 and sound)
    table.show()
    even_table(10 * graders)
    folder = os.environ.get("FULLMENU_DATA")
    if folder is None:
        print("\nFULLMENU_DATA names no folder, so the rewards of NoveltyBench are left out")
    else:
        rewards(Path(folder))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
