"""Total collapse in ten runs of a trainer: is it seen, or was the shortage said before?"""

from __future__ import annotations

import warnings

import numpy as np

from fullmenu.train import Watch
from table import Table

STEPS = 60
CONFIGURATIONS = (  # prompts a step, completions of each, prompts in all, baseline, collapse at
    (4, 16, 12, 4, 9),
    (2, 8, 500, 4, 9),
    (1, 8, 500, 4, 9),
    (4, 8, 500, 4, 9),
    (4, 16, 500, 4, 9),
    (8, 8, 500, 4, 9),
    (16, 8, 500, 4, 9),
    (32, 8, 500, 4, 9),
    (64, 16, 500, 4, 9),
    (8, 8, 500, 32, 37),
)
DISHES = [a + b for a in "bcdfghklmnpr" for b in ("ara", "elo", "imu", "osk", "uty", "ane", "ibo")]


def alarm(prompts, each, pool, baseline, at, seed=0) -> int | None:
    """Return the step of the alarm; every dish becomes one at a step."""
    rng = np.random.default_rng(seed)
    dishes = [f"{a} {b}" for a, b in zip(DISHES, rng.permutation(DISHES), strict=True)]
    watch = Watch(every=1, baseline=baseline)
    asked = rng.permutation(pool)
    for step in range(1, STEPS + 1):
        batch = [asked[(prompts * step + i) % pool] for i in range(prompts)]
        menu = dishes if step < at else dishes[:1]
        said = [str(x) for _ in batch for x in rng.choice(menu, each)]
        watch.completions(step, [f"Question {b}?" for b in batch for _ in range(each)], said)
        if watch.raised:
            return step
    return None


def table() -> bool:
    """Print what each run saw, and what was said before."""
    warnings.simplefilter("ignore")
    shown = Table("Total collapse from step 9 (the last: 37): alarmed, or the shortage said before")
    good = True
    for prompts, each, pool, baseline, at in CONFIGURATIONS:
        reach = Watch(every=1, baseline=baseline).foretell(prompts, each, pool)
        seen = alarm(prompts, each, pool, baseline, at)
        told = f"foretold: baseline {reach.baseline}, then {reach.looks} looks; "
        if seen is not None:
            reached = seen >= at
            told += f"alarm at step {seen}"
        else:  # the shortage was said; the number is right if the collapse is seen after it
            later = alarm(prompts, each, pool, reach.baseline, reach.baseline + 1)
            reached = bool(reach.baseline > baseline and later is not None)
            told += f"none; with baseline={reach.baseline} alarm {later} for collapse at "
            told += f"{reach.baseline + 1}"
        good &= reached
        name = f"{prompts} × {each} of {pool}, baseline {baseline}"
        shown.add(name, told, "either", reached)
    shown.show()
    return good
