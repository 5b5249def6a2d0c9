"""Is the cue's share of a grader found, and which cues do simple graders follow?

Planted graders mix content and one cue at shares 0, .3 and .9; they see the cue by code of their
own. In a log as it is, length goes along with the content. Then real texts in RewardBench's shape,
``prompt, chosen, rejected``: GPT-4's answers to AlpacaEval's prompts, and its answers to another
prompt as rejected, graded by three rules that people use as rewards.

Run: python benchmarks/cues.py; FULLMENU_DATA names the folder of the data.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
from collections.abc import Callable

import numpy as np

from fullmenu.diagnose import cue_in_scores, grade_cues
from real import folder
from table import Table

PAIRS = [
    (f"What is {k} plus {k}?", f"The sum is {2 * k}.", f"The sum is {2 * k + 1}.")
    for k in range(200)
]
SEES: dict[str, Callable[[str], bool]] = {
    "length": lambda text: len(text.split()) > 25,
    "author": lambda text: "Prof" in text,
    "confidence": lambda text: "certain" in text,
    "format": lambda text: text.startswith("#"),
}
SHARES, RUNS = (0.0, 0.3, 0.9), 20


def right(prompt: str, answer: str) -> float:
    return float(f"{2 * int(prompt.split()[2])}." in answer)


def planted(table: Table) -> bool:
    ok = True
    for cue, sees in SEES.items():
        for share in SHARES:
            found = []
            for seed in range(RUNS):
                rng = np.random.default_rng([seed, int(10 * share)])
                found += grade_cues(
                    PAIRS,
                    lambda p, a, r=rng, s=share, see=sees: (
                        (1 - s) * right(p, a) + s * see(a) + r.normal(0, 0.2)
                    ),
                    [cue],
                )
            ok &= add(table, cue, share, [x.gap.value for x in found])
    for share in SHARES:
        found = []
        for seed in range(RUNS):
            rng = np.random.default_rng([seed, int(10 * share)])
            found += grade_cues(
                PAIRS,
                lambda p, a, b, r=rng, s=share: (
                    (1 - s) * (right(p, a) - right(p, b)) + s + r.normal(0, 0.2)
                ),
                ["order"],
            )
        ok &= add(table, "order", share, [x.gap.value for x in found])
        ok &= add(
            table, "length, in a log as it is", share, [observed(share, k) for k in range(RUNS)]
        )
    return ok


def observed(share: float, seed: int) -> float:
    rng = np.random.default_rng([seed, 77])
    prompts, content = np.repeat(range(200), 10), np.tile(np.repeat(range(5), 2), 200)
    length = rng.normal(size=2000) + 0.6 * content
    length = (length - length.mean()) / length.std()
    worth = rng.normal(size=(200, 5))[prompts, content]
    scores = (1 - share) * worth + share * length + rng.normal(0, 0.2, 2000)
    return cue_in_scores(prompts, content, length, scores).gap.value


def add(table: Table, cue: str, share: float, values: list[float]) -> bool:
    off = max(abs(value - share) for value in values)
    table.add(f"{cue}, planted {share:g}", f"{np.mean(values):.3f}, farthest off {off:.3f}",
              "within .05", off <= 0.05)  # fmt: skip
    return off <= 0.05


def overlap(prompt: str, answer: str) -> float:
    asked, said = (set(re.findall(r"\w{4,}", text.lower())) for text in (prompt, answer))
    return len(asked & said) / max(len(asked), 1)


GRADERS: dict[str, Callable[[str, str], float]] = {
    "words of the prompt that come up": overlap,
    "log of the length": lambda prompt, answer: float(np.log(1 + len(answer.split()))),
    "overlap, and a point for a list": lambda prompt, answer: (
        overlap(prompt, answer) + ("\n- " in f"\n{answer}")
    ),
}


def real(table: Table) -> None:
    path = folder() / "alpaca_eval"
    with lzma.open(path / "instructions.jsonl.xz", "rt", encoding="utf-8") as file:
        prompts = [json.loads(line) for line in file]
    prompts = [p["instruction"] if isinstance(p, dict) else p for p in prompts]
    with lzma.open(path / "gpt4_0613.json.xz", "rt", encoding="utf-8") as file:
        answers = json.load(file)
    answers = [a["output"] if isinstance(a, dict) else a for a in answers]
    known = [(p, a) for p, a in zip(prompts, answers, strict=True) if a]
    pairs = [(p, a, known[k - 7][1]) for k, (p, a) in enumerate(known)][:400]
    for name, grader in GRADERS.items():
        for found in grade_cues(pairs, grader, subject=name):
            gap = found.gap
            table.add(
                found.subject, f"cue's share {gap.value:.2f} [{gap.low:.2f}, {gap.high:.2f}], "
                f"{found.verdict}",
            )  # fmt: skip


def main() -> int:
    table = Table(f"The cue's share of planted graders, {RUNS} each")
    ok = planted(table)
    table.show()
    table = Table("Simple graders on AlpacaEval pairs, as prompt, chosen, rejected")
    real(table)
    table.show()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
