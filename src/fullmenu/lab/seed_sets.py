"""What claims showed on seeds that nobody had looked at, kept beside those of the shipped seeds."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import msgspec

from fullmenu.report.lab.document import SeedSet

PLACE = Path(__file__).with_name("seed_sets.json")
"""Written by ``python benchmarks/lab.py NAME --seeds A-B --keep``."""


@lru_cache(maxsize=1)
def _all() -> dict[str, list[SeedSet]]:
    return msgspec.json.decode(PLACE.read_bytes(), type=dict[str, list[SeedSet]])


def kept_of(name: str) -> list[SeedSet]:
    """Return what is kept of an experiment in its quick setting, the shipped seeds first."""
    return _all().get(name, [])


def keep(name: str, one: SeedSet) -> None:
    """Keep what an experiment showed on one set of seeds, in place of what was kept of it."""
    kept = {**_all()}
    others = [old for old in kept.get(name, []) if old.seeds != one.seeds]
    kept[name] = sorted([*others, one], key=lambda x: x.seeds)
    plain = msgspec.to_builtins(dict(sorted(kept.items())))
    PLACE.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _all.cache_clear()
