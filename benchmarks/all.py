"""Every benchmark table, one after the other.

Run: python benchmarks/all.py [name …]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NAMES = (
    "olmo", "halves", "planted", "few_prompts", "premises", "premises_length", "premises_causes",
    "premises_boilerplate", "noveltybench", "mcdiv", "people", "review", "limits", "caution",
    "outline", "phrasing", "measures_coverage", "recommenders", "slop", "replaceable", "stress",
    "cue", "agents", "dishes",
    "intervals_counts", "intervals_texts", "intervals_overlap", "intervals_kernels",
    "intervals_reference", "intervals_lists", "intervals_sample", "sample_size", "classes",
    "watch_false_alarms",
    "watch_premises", "watch_delay", "watch_kills", "watch_states", "watch_bets", "watch_real",
    "watch_cost", "serve", "ask", "rewards", "cures", "training", "train_cost",
    "intervals_over_optimisation",
    "nulls_forgetting", "nulls_double_descent", "nulls_lottery_ticket", "nulls_polysemanticity",
    "nulls_goal_misgeneralization", "nulls_instrumental_convergence", "diagnose_minilm",
    "diagnose_gymnasium", "lab", "reading", "reading_damage", "scale", "speed", "peers",
    "house", "hostile", "mutants",
)  # fmt: skip


def main(names: list[str]) -> int:
    here = Path(__file__).parent
    worst = 0
    for name in names or NAMES:
        print(f"\n##### benchmarks/{name}.py", flush=True)
        worst = max(worst, subprocess.call([sys.executable, str(here / f"{name}.py")]))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
