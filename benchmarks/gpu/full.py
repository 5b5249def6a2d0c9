"""The full setting of one experiment of the lab, on one GPU, a part of it at a time.

python benchmarks/gpu/full.py NAME [--tiny] [--workers N]

Cells are kept in $OUT/NAME/full as they end (fullmenu-lab/ by default) and are not trained again;
what an earlier part left in fullmenu-lab/ is taken over. Last it prints the card, the date and how
the claims stand. ``--tiny`` trains the same nets for a moment on one seed, to see that all runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fullmenu.lab.registry import experiment
from fullmenu.lab.runs import run

_SHORT = {"steps": 3, "samples": 300, "seeds": 1}
TINY: Mapping[str, Mapping[str, Any]] = {
    "menu": {"steps": 20, "per_prompt": 6, "seeds": 1},
    "gan-ring": {**_SHORT, "reference": 4000, "device": "cpu"},
    "gan-grid": {**_SHORT, "reference": 4000, "device": "cpu"},
    "gan-stacked-mnist": {
        **_SHORT, "side": 14, "stacks": 200, "epochs": 1, "compared": 200, "batch": 8,
        "g_channels": [8, 8, 8, 8], "d_channels": [4, 4, 4, 4], "device": "cpu",
    },
    "rlhf": {"width": 8, "pretraining": 20, "steps": 3, "seeds": 1, "device": "cpu"},
    "rlhf-trl": {
        "steps": 5, "taught": 20, "judgments": 100, "generations": 4, "seeds": 1, "device": "cpu",
    },
    "bonus": {"steps": 2, "served": 20, "seeds": 2},
    "descent": {"gan_steps": 50, "fact_steps": 50, "walk_steps": 5, "seeds": 1},
    "self-training": {
        "prompts": 4, "modes": 4, "data": 24, "generations": 2, "hidden": 64, "steps": 250,
        "batch": 64, "learning_rate": 0.03, "seeds": 1, "device": "cpu",
    },
    "forgetting": {"hidden": 10, "epochs": 1, "seeds": 2},
    "double-descent": {"steps": 20, "seeds": 1},
    "lottery-ticket": {
        "densities": [0.5, 0.25], "steps": 20, "early": 5, "seeds": 1, "device": "cpu",
    },
    "superposition": {
        "features": 8, "steps": 50, "batch": 64, "items": 2000, "tested": 1000,
        "autoencoder steps": 50, "seeds": 1, "device": "cpu",
    },
    "coin-run": {
        "steps": 3, "under_trained": 2, "batch": 8, "width": 8, "layers": 2, "levels": 40,
        "seeds": 1, "device": "cpu",
    },
    "options": {"rewards": 200, "seeds": 1},
    "over-optimisation": {"steps": 30, "fitting": 20, "checkpoints": 12, "samples": 64, "seeds": 2},
}  # fmt: skip
"""Of the full setting, what is made small to see that it runs."""


def main(name: str, folder: Path, *, tiny: bool, workers: int | None) -> int:
    """Run what is left of the full setting; return how many claims fail (of a tiny run: none)."""
    found = experiment(name)
    if tiny:
        found = replace(found, full={**found.full, **TINY[name]})
    began = time.time()
    result = run(found, full=True, folder=folder / name / "full", workers=0 if tiny else workers)
    claims = found.claims(result)
    seconds = sum(cell.seconds for cell in result.cells)
    print(
        f"{name}, full setting, {len(result.seeds)} seeds, {_card()}, {time.strftime('%Y-%m-%d')}: "
        f"{sum(claim.holds for claim in claims)} of {len(claims)} claims hold; {seconds:,.0f} CPU "
        f"seconds, {time.time() - began:,.0f} s this time"
    )
    for claim in claims:
        print(f"{'yes' if claim.holds else 'NO '}  {claim.says}: {claim.shown}")
    return 0 if tiny else sum(not claim.holds for claim in claims)


def _card() -> str:
    try:
        import torch
    except ImportError:
        return "no GPU"
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--workers", type=int, default=None)
    given = parser.parse_args()
    earlier, place = Path("fullmenu-lab"), Path(os.environ.get("OUT", "fullmenu-lab"))
    kept = earlier / given.name / "full"
    if place != earlier and kept.is_dir() and not given.tiny:
        shutil.copytree(kept, place / given.name / "full", dirs_exist_ok=True)
    where = place / "tiny" if given.tiny else place
    raise SystemExit(1 if main(given.name, where, tiny=given.tiny, workers=given.workers) else 0)
