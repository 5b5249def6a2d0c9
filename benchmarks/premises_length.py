"""Length alone: what is said of one model asked for concise and for verbose answers.

Every pair of three families, both ways, one output per prompt; and OLMo before and after alignment.
"printed" is what the headline and the table write: dishes after ÷ dishes before.

And a loss that is planted while lengths change: of OLMo, so many of each prompt's later outputs
replaced by one of them that a ratio of .65 is left in ``answer``; one side keeps half its words.

Run: python benchmarks/premises_length.py [--runs 60]
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

import numpy as np

from fullmenu import compare
from fullmenu.measures import repeat_rate
from fullmenu.report.questions import ViewAnswer, answers
from fullmenu.report.words import headline
from fullmenu.views.answer import lexical_rows
from real import alpaca_eval, olmo
from table import Table

FAMILIES = ("gpt4_0613", "claude-2.1", "Mixtral-8x7B-Instruct-v0.1")
Log = dict[str, list[str]]
CHANGES = ("narrowed", "collapsed", "widened")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    asked = parser.parse_args()
    table = Table("length alone, and the ratio that is printed")
    said: dict[str, list[str]] = {}
    for family in FAMILIES:
        logs = [alpaca_eval(f"{family}_{form}") for form in ("concise", "verbose")]
        for way, (before, after) in {"longer": logs, "shorter": logs[::-1]}.items():
            report = compare(before, after)
            said.setdefault(family, []).append(report.verdict)
            _show(table, f"{family}, {way}", report)
    changed = {family: [w for w in words if w in CHANGES] for family, words in said.items()}
    table.add("claude-2.1, words of a change", str(changed["claude-2.1"]), "none",
              not changed["claude-2.1"])  # fmt: skip
    n = sum(map(len, changed.values()))
    table.add("words of a change in all", f"{n} of 6", "≤ 1", n <= 1)
    report = compare(olmo("base"), olmo("sft"))
    _show(table, "OLMo base → sft", report)
    table.add("OLMo base → sft", report.verdict, "collapsed", report.verdict == "collapsed")
    planted(table, asked.runs)
    table.show()


def planted(table: Table, runs: int) -> None:
    """See a planted loss where outputs become half or twice as long."""
    for stage in ("base", "instruct"):
        samples = olmo(stage)
        groups = samples.groups
        by_prompt = [np.flatnonzero(groups == k) for k in range(len(samples.prompt_ids))]
        for name in ("half", "twice"):
            words: Counter[str] = Counter()
            for run in range(runs):
                rng = np.random.default_rng([run, len(name)])
                before: Log = {}
                after: Log = {}
                for k in rng.choice(len(by_prompt), 40, replace=False):
                    texts = [samples.outputs[i] for i in rng.permutation(by_prompt[k])]
                    before[str(k)], after[str(k)] = texts[:5], texts[5:]
                rate = float(np.mean([_rate(texts) for texts in before.values()]))
                # U′ = U + p²(1 − U) = U / .65
                p = np.sqrt(rate * (1 / 0.65 - 1) / (1 - rate))
                for texts in after.values():
                    texts[:] = [_retold(rng, texts[0]) if rng.random() < p else x for x in texts]
                shorter = after if name == "half" else before
                for texts in shorter.values():
                    texts[:] = [_half(text) for text in texts]
                words[compare(before, after).verdict] += 1
            lost = words["collapsed"] + words["narrowed"]
            table.add(
                f"OLMo {stage}, {name} as long, a loss to .65 planted: a loss",
                f"{lost / runs:.2f} {dict(words)}", "≥ 0.90", lost >= 0.9 * runs,
            )  # fmt: skip


def _rate(texts: list[str]) -> float:
    """Return the repeat rate of a prompt's outputs in ``answer``."""
    return float(repeat_rate(lexical_rows(texts)).value)


def _retold(rng: np.random.Generator, text: str) -> str:
    """Leave out a tenth of the words: exact copies would be a cache's doing, not the model's."""
    words = text.split(" ")
    return " ".join(word for word in words if rng.random() < 0.9) or text


def _half(text: str) -> str:
    words = text.split(" ")
    return " ".join(words[: max(1, len(words) // 2)])


def _show(table: Table, name: str, report: Any) -> None:
    table.add(f"{name}: {report.verdict}", headline(report.content))
    judged = [x for x in answers(report.content) if x.ratio]
    outside = [f"{x.name} {x.question} {_printed(x):.2f}" for x in judged if not _inside(x)]
    table.add(f"{name}: printed ratio outside its interval", ", ".join(outside) or "none", "none",
              not outside)  # fmt: skip


def _printed(x: ViewAnswer) -> float:
    before, after = (side.size for side in x.sides)
    return (after or 0.0) / (before or 1.0)


def _inside(x: ViewAnswer) -> bool:
    assert x.ratio and x.ratio.low is not None and x.ratio.high is not None
    return all(x.ratio.low <= r <= x.ratio.high for r in (x.ratio.value, _printed(x)))


if __name__ == "__main__":
    main()
