"""Logs that can be watched: each prompt has twenty dishes, or only a few of them are left."""

from __future__ import annotations

import json

import numpy as np
import pytest

WORDS = [f"{a}{b}{c}" for a in "bdfgklmprs" for b in "aeiou" for c in ("nt", "sk", "lm", "rp")]


def visits(n, *, dishes=20, seed=0, each=4, order=None):
    rng = np.random.default_rng(seed)
    rows = []
    for p in rng.integers(0, 25, n) if order is None else order:
        menu = np.random.default_rng(int(p)).permutation(len(WORDS))[:20]
        rows += [
            {"prompt": f"Question {p}", "response": f"{WORDS[menu[d]]} stew"}
            for d in rng.integers(0, dishes, each)
        ]
    return "".join(json.dumps(r) + "\n" for r in rows)


@pytest.fixture(scope="session")
def before(tmp_path_factory):
    path = tmp_path_factory.mktemp("live") / "before.jsonl"
    path.write_text(visits(0, order=range(25), each=12, seed=9))
    return path


@pytest.fixture
def log(tmp_path):
    """A log of 60 visits, and 40 more where two dishes are left."""
    path = tmp_path / "live.jsonl"
    path.write_text(visits(60, seed=1) + visits(40, dishes=2, seed=2))
    return path
