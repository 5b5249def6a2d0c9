"""One model before and after each stage of alignment: does every view say what happened?

Run: python benchmarks/olmo.py
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from fullmenu.judge.case import pair
from fullmenu.judge.judgement import conclude, judge
from fullmenu.judge.look import look
from fullmenu.judge.premises import examine
from real import OLMO, olmo
from table import Table

# the marks were set for outputs as they are, before a loss had to stand at matched lengths too:
# where that is another word, it stands beside
TARGET = {
    ("base", "sft"): "collapsed",
    ("sft", "dpo"): "narrowed",
    ("dpo", "instruct"): "held",
}


def main() -> None:
    table = Table("OLMo-2-7B stages, 200 prompts × 10 samples: effective number after ÷ before")
    stages = {stage: olmo(stage) for stage in OLMO}
    for steps in [*pairwise(OLMO), ("base", "instruct")]:
        sights = look(pair(*(stages[stage] for stage in steps)))
        opinions = judge(examine(sights))
        step = "→".join(steps)
        lost = []
        for x in opinions.judged:
            ratio = x.verdict.ratio
            figure = f"{x.verdict.name} {ratio.value:.2f} [{ratio.low:.2f}, {ratio.high:.2f}]"
            goal = TARGET.get(steps, "") if (x.view, x.question) == ("phrasing", "within") else ""
            if goal and x.raw.name != x.verdict.name:
                figure += f"; as they are {x.raw.name} {x.raw.ratio.value:.2f}"
            met = goal == x.raw.name if goal else None
            table.add(f"{step} {x.view} {x.question}", figure, goal, met)
            if x.view != "phrasing" and x.question == "within" and x.verdict.lost:
                lost.append(x.view)
        if steps == ("base", "sft"):
            table.add(f"{step} narrowed or worse in", ", ".join(lost), "one more view", bool(lost))
            before, after = (sight.within.rates for sight in sights.by_view["phrasing"])
            share = float(np.mean(after > before))
            table.add(
                f"{step} phrasing, prompts that rose", f"{share:.3f}", "≥ 0.95", share >= 0.95
            )
        table.add(f"{step} overall", conclude(opinions).verdict.name)
    table.show()


if __name__ == "__main__":
    main()
