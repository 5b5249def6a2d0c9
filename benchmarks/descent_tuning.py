"""Which learning rates are used in the lab's ``descent``, and why these?

Every optimizer is given the same number of learning rates and of variants on every task, on seeds
that the experiment never reports (100 and on). Kept is what scores most after the experiment's own
steps, mean over the seeds; ties go to what was ahead on the way. Best rates at the edge of those
tried are marked: the optimizer might do better beyond.

Run ``python benchmarks/descent_tuning.py [TASK …]`` (z2, facts, terrain; all by default):
about a quarter of an hour of one core. With ``--json FILE`` what was tried is kept there, and not
run again. Last it prints what was best as ``descent_tuning.json`` of the lab.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from fullmenu.lab.experiments._descent_race import BLOCK, STEPS, TASKS, task
from fullmenu.lab.experiments.descent import EXPERIMENT
from table import Table

Grid = dict[str, tuple[list[float], list[dict[str, Any]]]]

_MEAN = {"moving_average_for_momentum": True}
Z2: Grid = {
    "SGD": ([0.03, 0.1, 0.3], [{}, {"momentum": 0.5}]),
    "Adam": ([3e-4, 1e-3, 3e-3], [{"betas": [0.5, b]} for b in (0.99, 0.999)]),
    "Muon": ([1e-3, 3e-3, 1e-2], [{"momentum": m, "betas": [0.5, 0.999]} for m in (0.5, 0.95)]),
    "Shampoo": (
        [3e-4, 1e-3, 3e-3],
        [{"betas": [0.5, 0.999], **_MEAN, "graft_type": g} for g in (4, 3)],
    ),
    "SOAP": ([3e-4, 1e-3, 3e-3], [{"betas": [0.5, b]} for b in (0.95, 0.99)]),
}

FACTS: Grid = {
    "SGD": ([0.3, 1.0, 3.0], [{}, {"momentum": 0.9}]),
    "Adam": ([1e-3, 3e-3, 1e-2], [{}, {"betas": [0.9, 0.99]}]),
    "Muon": ([3e-3, 5e-3, 1e-2], [{}, {"all_matrices": True}]),
    "Shampoo": ([1e-3, 3e-3, 1e-2], [{**_MEAN, "graft_type": g} for g in (4, 3)]),
    "SOAP": ([1e-3, 3e-3, 1e-2], [{}, {"betas": [0.9, 0.99]}]),
}
TERRAIN: Grid = {
    "SGD": ([0.03, 0.1, 0.3], [{}, {"momentum": 0.9}]),
    "Adam": ([0.03, 0.1, 0.3], [{}, {"betas": [0.9, 0.99]}]),
    "Muon": ([0.03, 0.1, 0.3], [{}, {"momentum": 0.5}]),
    "Shampoo": ([0.03, 0.1, 0.3], [{**_MEAN, "graft_type": g} for g in (4, 3)]),
    "SOAP": ([0.03, 0.1, 0.3], [{}, {"betas": [0.9, 0.99]}]),
}
GRIDS = {"z2": (Z2, 2), "facts": (FACTS, 1), "terrain": (TERRAIN, 5)}
"""What is tried on each task, and on how many tuning seeds."""


def main(tasks: list[str], file: Path | None) -> None:
    import torch

    torch.set_num_threads(1)
    kept = json.loads(file.read_text("utf-8")) if file and file.exists() else {}
    chosen: dict[str, dict[str, Any]] = {}
    for name in tasks:
        steps = EXPERIMENT.settings[STEPS[name]]
        grid, seeds = GRIDS[name]
        table = Table(f"{name}: score after {steps} steps, mean of {seeds} tuning seeds")
        for arm, (rates, variants) in grid.items():
            found = []
            for options in variants:
                for rate in rates:
                    tuned = {"optimizer": _NAMES[arm], "rate": rate, "options": options}
                    scores = []
                    for seed in range(100, 100 + seeds):
                        key = json.dumps([name, tuned, seed, steps])
                        if key not in kept:
                            kept[key] = _curve(name, seed, tuned, steps)
                            if file:
                                file.write_text(json.dumps(kept), "utf-8")
                        scores.append(kept[key])
                    found.append((*_rank(scores), json.dumps(tuned)))
            chosen.setdefault(name, {})[arm] = json.loads(max(found)[-1])
            for end, _, what in sorted(found, reverse=True):
                rate = json.loads(what)["rate"]
                best = what == max(found)[-1]
                edge = " (edge)" if best and rate in (rates[0], rates[-1]) else ""
                table.add(f"{arm} {what}", f"{end:g}", "best" + edge if best else "")
        table.show()
    print(json.dumps(chosen, indent=2))


_NAMES = {"SGD": "sgd", "Adam": "adamw", "Muon": "muon", "Shampoo": "shampoo", "SOAP": "soap"}


def _curve(name: str, seed: int, tuned: dict[str, Any], steps: int) -> list[float]:
    trained = task(name, seed, tuned)
    scores = []
    for _ in range(-(-steps // BLOCK)):
        for _ in range(BLOCK):
            trained.step()
        scores.append(trained.score())
    return scores


def _rank(curves: list[list[float]]) -> tuple[float, float]:
    return float(np.mean([c[-1] for c in curves])), float(np.mean(curves))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    sys.exit(main(asked.tasks or list(TASKS), asked.json))
