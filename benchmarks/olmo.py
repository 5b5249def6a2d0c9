"""One model before and after each stage of alignment: does every view say what happened?

Run: python benchmarks/olmo.py
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from fullmenu.estimate import Margins
from fullmenu.judge.judging import judge
from fullmenu.judge.pairing import pair
from fullmenu.views import registry
from real import OLMO, olmo
from table import Table

TARGET = {
    ("base", "sft"): "collapsed",
    ("sft", "dpo"): "narrowed",
    ("dpo", "instruct"): "held",
}


def main() -> None:
    table = Table("OLMo-2-7B stages, 200 prompts × 10 samples: effective number after ÷ before")
    stages = {stage: olmo(stage) for stage in OLMO}
    views = [registry.get(name) for name in registry.defaults("text")]
    for steps in [*pairwise(OLMO), ("base", "instruct")]:
        both = pair(*(stages[s] for s in steps))
        found = judge(both, views, Margins(), seed=0, tell=lambda step: None)
        step = "→".join(steps)
        lost = []
        for name, block in found.blocks.items():
            for question, at in (("within", block), ("across", block["across"])):
                ratio = at["ratio"]
                bounds = f"[{ratio['low']:.2f}, {ratio['high']:.2f}]"
                figure = f"{at['verdict']} {ratio['value']:.2f} {bounds}"
                goal = TARGET.get(steps, "") if (name, question) == ("phrasing", "within") else ""
                table.add(
                    f"{step} {name} {question}",
                    figure,
                    goal,
                    goal == at["verdict"] if goal else None,
                )
            if name != "phrasing" and block["verdict"] in ("collapsed", "narrowed"):
                lost.append(name)
        if steps == ("base", "sft"):
            table.add(f"{step} narrowed or worse in", ", ".join(lost), "one more view", bool(lost))
            before, after = (x.within.rates for x in found.looks["phrasing"])
            share = float(np.mean(after > before))
            table.add(
                f"{step} phrasing, prompts that rose", f"{share:.3f}", "≥ 0.95", share >= 0.95
            )
        table.add(f"{step} overall", found.overall.name)
    table.show()


if __name__ == "__main__":
    main()
