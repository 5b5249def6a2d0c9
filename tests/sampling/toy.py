"""A language model of a few words, with the samplers that real servers have."""

from __future__ import annotations

import math
import random
import re
from typing import Any

STARTS, ENDS = "bcdfghjklmnprstvz", ("a", "e", "i", "o", "u", "en", "or", "is")
WORDS = [a + b for a in STARTS for b in ENDS]
FOLLOW = 12
SAMPLERS = (
    "temperature", "top_k", "top_p", "min_p", "xtc_probability", "xtc_threshold", "dry_multiplier",
    "dry_base", "dry_allowed_length", "repetition_penalty", "frequency_penalty", "presence_penalty",
)  # fmt: skip
_LINE = re.compile(r"the line '([^']+)'")


def logits(prompt: str, before: list[str], sure: float) -> dict[str, float]:
    """Return the log-odds of the words that may follow; the surer, the further apart."""
    last = before[-1] if before else ""
    chance = random.Random(f"{prompt} {last}")
    names = chance.sample(WORDS, FOLLOW)
    odds = {name: chance.gauss(0, 1) * sure for name in names}
    if line := _LINE.search(prompt):
        cycle = line[1].split()
        odds[cycle[len(before) % len(cycle)]] = 8.0
    return odds


def draw(
    prompt: str, words: int, asked: dict[str, Any], chance: random.Random, sure: float = 1.0
) -> list[str]:
    """Return the words of one output."""
    said: list[str] = []
    for _ in range(words):
        said.append(_next(logits(prompt, said, sure), said, asked, chance))
    return said


def _next(
    odds: dict[str, float], said: list[str], asked: dict[str, Any], chance: random.Random
) -> str:
    for name in odds:
        count = said.count(name)
        if count:
            odds[name] -= asked.get("frequency_penalty", 0.0) * count
            odds[name] -= asked.get("presence_penalty", 0.0)
            penalty = asked.get("repetition_penalty", 1.0)
            odds[name] = odds[name] / penalty if odds[name] > 0 else odds[name] * penalty
        if multiplier := asked.get("dry_multiplier", 0.0):
            length = _match(said, name)
            over = length - asked.get("dry_allowed_length", 2)
            if over >= 0:
                odds[name] -= multiplier * asked.get("dry_base", 1.75) ** min(over, 20)
    temperature = asked.get("temperature", 1.0)
    if temperature <= 0:
        return max(odds, key=lambda name: odds[name])
    top = max(odds.values())
    shares = {name: math.exp((x - top) / temperature) for name, x in odds.items()}
    total = sum(shares.values())
    ranked = sorted(((x / total, name) for name, x in shares.items()), reverse=True)
    if k := asked.get("top_k", 0):
        ranked = ranked[:k]
    if (p := asked.get("top_p", 1.0)) < 1:
        kept, mass = [], 0.0
        for share, name in ranked:
            kept.append((share, name))
            mass += share
            if mass >= p:
                break
        ranked = kept
    ranked = [one for one in ranked if one[0] >= asked.get("min_p", 0.0) * ranked[0][0]]
    above = sum(share >= asked.get("xtc_threshold", 0.1) for share, _ in ranked)
    if above > 1 and chance.random() < asked.get("xtc_probability", 0.0):
        ranked = ranked[above - 1 :]
    shares_left = [share for share, _ in ranked]
    return chance.choices([name for _, name in ranked], shares_left)[0]


def _match(said: list[str], name: str) -> int:
    """The length of the longest end of what was said that came before and went on so."""
    longest = 0
    for i in range(len(said) - 1):
        if said[i + 1] == name:
            length = 0
            while length <= i and said[i - length] == said[-1 - length]:
                length += 1
            longest = max(longest, length)
    return longest
