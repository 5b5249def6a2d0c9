"""Length alone: what is said of one model asked for concise and for verbose answers.

Every pair of three families, both ways, one output per prompt; and OLMo before and after alignment.
"printed" is what the headline and the table write: dishes after ÷ dishes before.

Run: python benchmarks/premises_length.py
"""

from __future__ import annotations

from typing import Any

from fullmenu import compare
from fullmenu.report.questions import ViewAnswer, answers
from fullmenu.report.words import headline
from real import alpaca_eval, olmo
from table import Table

FAMILIES = ("gpt4_0613", "claude-2.1", "Mixtral-8x7B-Instruct-v0.1")
CHANGES = ("narrowed", "collapsed", "widened")


def main() -> None:
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
    table.show()


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
