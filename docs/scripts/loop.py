"""A loop of one's own: a policy over dishes learns what pays, and the watch stops it in time.

Needs nothing but Fullmenu. Run ``python loop.py``.
"""

from __future__ import annotations

import numpy as np

import fullmenu as fm

rng = np.random.default_rng(0)
dishes = [f"{way} {what}" for way in ("roast", "grilled", "poached", "braised", "smoked")
          for what in ("salmon", "lentils", "aubergine", "trout", "celery", "pumpkin")]  # fmt: skip
prompts = [f"What is for dinner on day {day}?" for day in range(24)]
logits = np.zeros(len(dishes))
worth = rng.random(len(dishes))


def chances() -> np.ndarray:
    """Return how likely the policy serves each dish."""
    p = np.exp(logits - logits.max())
    return p / p.sum()


def sample(asked: list[str], k: int) -> list[list[str]]:
    """Serve k dishes to each prompt."""
    return [rng.choice(dishes, k, p=chances()).tolist() for _ in asked]


watch = fm.train.Watch(prompts, sample, every=10, path="run.variety.jsonl", stop_on_alarm=True)
watch.begin()
for step in range(1, 301):
    served = rng.choice(len(dishes), 64, p=chances())
    advantage = worth[served] - worth[served].mean()
    gradient = np.bincount(served, advantage, len(dishes)) - advantage.sum() * chances()
    logits += 3 * gradient / len(served)
    watch.step(step)
    if watch.should_stop:
        break
print(f"stopped at step {step}; the last varied look was at step {watch.last_varied}")
for raised in watch.raised:
    print(raised)
