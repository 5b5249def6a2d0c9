"""Why the phrasing view is made of what it is made of: candidates side by side.

For each candidate: the chance level (k² between outputs of different prompts, OLMo-2 base), how
much higher it is for the longest third of outputs than for the shortest, and the ratio of effective
numbers for each stage of OLMo-2 with its 95 % interval. Wanted: a low chance level, little pull of
length, narrow intervals.

Run: python benchmarks/phrasing.py
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from fullmenu.kernel.rates import across, within
from fullmenu.kernel.rows import counted, joined
from fullmenu.stats.jackknife import log_ratio
from fullmenu.text.tokens import tokenize
from fullmenu.views import phrasing
from real import OLMO, olmo
from table import Table


def words(longest: int):
    """Rows of word 1- to n-grams."""

    def rows(texts):
        found = tokenize(texts)
        grams = [found.grams(n) for n in range(1, longest + 1)]
        owner = np.concatenate([found.rows[first] for _, first in grams])
        block = counted(owner, np.concatenate([hashes for hashes, _ in grams]), found.n)
        return joined([block], [1.0])

    return rows


def runs(texts):
    """Rows of runs of four characters."""
    found = tokenize(texts)
    return joined([counted(*phrasing._runs(found), found.n)], [1.0])


CANDIDATES = {
    "words": words(1),
    "words, pairs": words(2),
    "words, pairs, triples": words(3),
    "runs of four characters": runs,
    "half words and pairs, half runs (chosen)": phrasing.rows,
}


def main() -> None:
    table = Table("Candidates for the phrasing view, OLMo-2 stages")
    logs = {stage: olmo(stage) for stage in OLMO}
    for name, rows in CANDIDATES.items():
        rates = {}
        for stage, log in logs.items():
            x = rows(log.outputs)
            rates[stage] = within(x, log.groups, log.n_prompts).replicates()
            if stage == "base":
                length = np.array([len(t.split()) for t in log.outputs])
                low, high = np.quantile(length, [1 / 3, 2 / 3])
                chance = [
                    across(x[part], log.groups[part], log.n_prompts).value
                    for part in (length >= 0, length <= low, length >= high)
                ]
        found = [f"chance {chance[0]:.3f}, long ÷ short {chance[2] / chance[1]:.1f}"]
        for first, last in pairwise(OLMO):
            q = log_ratio(rates[first], rates[last], paired=True)
            low, high = q.interval(0.95)
            found.append(f"{first}→{last} {np.exp(q.log):.2f} [{low:.2f}, {high:.2f}]")
        table.add(name, "; ".join(found))
    table.show()


if __name__ == "__main__":
    main()
