"""Cures at inference: does picking pay, is the parser strict, is a cure that only moves caught?

Picking: NoveltyBench's ten generations of each of 100 prompts by the models whose scores are there;
its utility, the discounted score of classes served once, of the best k by score against k that are
picked for variety too. Parser: mangled replies with known answers. Frontier: cures with planted
side effects, and honest ones, made of stories and of NoveltyBench's real outputs. Coverage: how
often the intervals of the ratio, the answers and the yield hold the truth, over designs of prompts.

Run: python benchmarks/cures.py [picking] [parser] [frontier] [coverage]
"""

from __future__ import annotations

import json
import lzma
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.cure.replies import mangled  # noqa: E402
from tests.cure.stories import MOVES, drawn, moved, stories  # noqa: E402

from fullmenu.cure import (  # noqa: E402
    cluster_best,
    compare_arms,
    dpp,
    facility_location,
    mmr,
    read_answers,
)  # fmt: skip
from fullmenu.cure import frontier as weighed  # noqa: E402
from fullmenu.judge.verdict import decide  # noqa: E402
from fullmenu.kernel.rates import mean_rate  # noqa: E402
from fullmenu.samples import Samples  # noqa: E402
from fullmenu.stats.quantile import t_quantile  # noqa: E402
from fullmenu.views import answer  # noqa: E402
from real import folder, noveltybench  # noqa: E402
from table import Table  # noqa: E402

PATIENCE = 0.8
"""NoveltyBench's: how much less each further generation counts."""
REPLIES, CASES = 1_000, 20
SEED = 1_000
"""Seeds begin here; the tests use others."""


def picking() -> bool:
    """Utility at equal k: ranked by score alone, and picked."""
    path = folder() / "noveltybench" / "generations.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        records = [r for r in map(json.loads, file) if "generation_scores" in r]
    size = 10
    texts = [text for r in records for text in r["generations"]]
    x = answer.rows(texts, [r["prompt"] for r in records for _ in range(size)])
    ways = {"MMR": mmr, "DPP": dpp, "cluster-best": cluster_best, "facility": facility_location}
    ok = True
    for k in (3, 5):
        gains: dict[str, list[float]] = {name: [] for name in ways}
        top, models = [], []
        for i, r in enumerate(records):
            rows, scores = x[i * size : (i + 1) * size], _scores(r)
            best = np.argsort(-scores, kind="stable")[:k]
            top.append(_utility(best, r["partition"], scores))
            models.append(r["model"])
            for name, choose in ways.items():
                chosen = choose(rows, k, quality=scores.tolist())
                gains[name].append(_utility(chosen, r["partition"], scores) - top[-1])
        prompts = len({r["prompt"] for r in records})
        table = Table(
            f"Utility of {k} of {size} generations, {len({*models})} models × {prompts} prompts, "
            "by words and their vectors"
        )
        table.add("the best by score", f"{np.mean(top):.2f}")
        for name, values in gains.items():
            low, high = _interval(np.array(values), [r["prompt"] for r in records])
            needed = name != "facility"
            ok &= low > 0 or not needed
            table.add(
                f"{name}, against that", f"{np.mean(values):+.2f} [{low:.2f}, {high:.2f}]",
                "> 0" if needed else "", low > 0 if needed else None,
            )  # fmt: skip
        wins = {
            name: sum(
                np.mean([v for v, m in zip(gains[name], models, strict=True) if m == model]) > 0
                for model in {*models}
            )
            for name in ways
        }
        table.add("models for which it is better", ", ".join(f"{n} {w}" for n, w in wins.items()))
        table.show()
    return ok


def _scores(record: dict[str, Any]) -> np.ndarray:
    """Return the score of each generation: that of the first of its class, which alone has one."""
    first: dict[int, float] = {}
    for kind, score in zip(record["partition"], record["generation_scores"], strict=True):
        first.setdefault(kind, score)
    return np.array([first[kind] for kind in record["partition"]], float)


def _utility(chosen: np.ndarray, kinds: list[int], scores: np.ndarray) -> float:
    weights = PATIENCE ** np.arange(len(chosen))
    seen: set[int] = set()
    worth = []
    for row in chosen.tolist():
        worth.append(0.0 if kinds[row] in seen else scores[row])
        seen.add(kinds[row])
    return float((weights * worth).sum() / weights.sum())


def _interval(values: np.ndarray, prompts: list[str]) -> tuple[float, float]:
    """Return the 95 % interval of a mean, prompts as the units."""
    codes = np.unique(prompts, return_inverse=True)[1]
    each = np.bincount(codes, values) / np.bincount(codes)
    half = t_quantile(0.95, len(each) - 1) * each.std(ddof=1) / np.sqrt(len(each))
    return float(each.mean() - half), float(each.mean() + half)


def parser() -> bool:
    """Mangled replies: none wrong; those that are whole are read whole."""
    wrong, lost, whole, given_up = 0, 0, 0, 0
    kinds: Counter[str] = Counter()
    for seed in range(SEED, SEED + REPLIES):
        one = mangled(seed)
        answers = read_answers(one.reply)
        texts = [a.text for a in answers or []]
        wrong += not set(texts) <= set(one.answers)
        whole += one.whole
        lost += one.whole and texts != one.answers
        given_up += answers is None
        kinds[one.kind] += 1
    table = Table(f"{REPLIES:,} mangled replies to the question for several answers")
    table.add("kinds of mangling", len(kinds))
    table.add("replies with a wrong answer", wrong, "0", wrong == 0)
    table.add("replies that hold the whole list, and are not read whole", f"{lost} of {whole}", "0",
              lost == 0)  # fmt: skip
    table.add("replies not parsed, and counted so", given_up)
    table.show()
    return wrong == lost == 0


def frontier() -> bool:
    """Planted cures that only move the sameness, and honest ones."""
    caught, accused, recommended = [], [], 0
    models = [*noveltybench().values()]
    for k in range(CASES):
        move = MOVES[k % len(MOVES)]
        plain, honest, spoilt = _real(k, models, move) if k % 2 else _made(k, move)
        content = compare_arms({"plain": plain, "cured": spoilt}).content
        signs = [e.sign for e in content.arms[1].effects if e.moved]
        caught.append(bool(signs) and not content.recommended)
        if not caught[-1]:
            print(f"not caught: {move}, {'real' if k % 2 else 'made up'}", file=sys.stderr)
        content = compare_arms({"plain": plain, "cured": honest}).content
        found = [e.sentence for e in content.arms[1].effects if e.moved]
        accused.append(bool(found))
        recommended += bool(content.recommended)
        if found:
            print(f"accused: {'; '.join(found)}", file=sys.stderr)
    table = Table(f"{CASES} cures that move the sameness, {CASES} honest ones")
    table.add("caught", sum(caught), "≥ 19", sum(caught) >= CASES - 1)
    table.add("honest ones accused", sum(accused), "≤ 1", sum(accused) <= 1)
    table.add("honest ones recommended", recommended, "≥ 18", recommended >= CASES - 2)
    table.show()
    return sum(caught) >= CASES - 1 and sum(accused) <= 1 and recommended >= CASES - 2


def _made(k: int, move: str) -> tuple[Samples, Samples, Samples]:
    menus = stories(SEED + k, 30 + 5 * (k % 3))
    plain = drawn(SEED + k + 100, menus, 10, 0.6)
    honest, spoilt = (drawn(SEED + k + 200, menus, 10, 0.08, how) for how in (None, move))
    return plain, honest, spoilt


def _real(k: int, models: list[Samples], move: str) -> tuple[Samples, Samples, Samples]:
    """Return a collapsed version of real outputs, the outputs, and these with a sameness put in."""
    r = np.random.default_rng(SEED + k)
    varied = sorted(models, key=lambda log: len({*log.outputs}))[-6:]
    log = varied[k % len(varied)]
    outputs: dict[str, list[str]] = {}
    for prompt, text in zip(log.prompts, log.outputs, strict=True):
        outputs.setdefault(str(prompt), []).append(text)
    collapsed = {
        prompt: [texts[0] if r.random() < 0.7 else text for text in texts]
        for prompt, texts in outputs.items()
    }
    return Samples.of(collapsed), Samples.of(outputs), moved(r, outputs, move)


DISHES, RUNS = 40, 1_000


def menus_of(r: np.random.Generator, design: str, prompts: int) -> np.ndarray:
    """Return the shares of dishes that a model serves to each prompt, (prompts, DISHES)."""
    if design == "alike":
        return np.tile(
            1 / np.arange(1, DISHES + 1) / (1 / np.arange(1, DISHES + 1)).sum(), (prompts, 1)
        )
    if design == "two kinds":  # every third prompt has one answer only
        some = r.dirichlet(np.full(DISHES, 0.5), prompts)
        some[::3] = 0.01 / (DISHES - 1)
        some[::3, 0] = 0.99
        return some[r.integers(0, prompts, prompts)]
    return r.dirichlet(np.full(DISHES, {"spread": 0.3, "uneven": 0.03}[design]), prompts)


def served(r: np.random.Generator, menus: np.ndarray, slots: int, way: str) -> np.ndarray:
    """Return counts of dishes, (prompts, DISHES): drawn alone, or as lists without a repeat."""
    if way == "drawn":
        return r.multinomial(slots, menus)
    # the slots largest of log share + Gumbel noise: draws without replacement
    keys = np.log(menus + 1e-9) + r.gumbel(size=menus.shape)
    best = np.argsort(-keys, axis=1)[:, :slots]
    counts = np.zeros(menus.shape, int)
    np.put_along_axis(counts, best, 1, axis=1)
    return counts


def chances(counts: np.ndarray, slots: int) -> np.ndarray:
    """Return the chance that two outputs are one dish, one drawn twice included, by prompt."""
    return 1 / slots + (counts * (counts - 1)).sum(1) / slots**2


def coverage() -> bool:
    """Intervals of the ratio, of the answers and of the yield, against a population of prompts."""
    table = Table(f"coverage of 95 % intervals, {RUNS:,} runs: ratio, answers, yield")
    worst = 1.0
    for number, (design, way) in enumerate(
        (d, w) for d in ("alike", "spread", "uneven", "two kinds") for w in ("drawn", "list")
    ):
        for prompts in (8, 20, 60):
            slots, r = 8, np.random.default_rng(SEED + 100 * number + prompts)
            many = menus_of(r, design, 30_000)
            before, after = (
                served(r, many, slots, "drawn"),
                served(r, many**0.5 / (many**0.5).sum(1, keepdims=True), slots, way),
            )
            true = [chances(before, slots).mean(), chances(after, slots).mean()]
            true_yield = ((after > 0).sum(1) / slots).mean()
            held = np.zeros(3)
            for _ in range(RUNS):
                rows = r.integers(0, len(many), prompts)
                sides = [side[rows] for side in (before, after)]
                sizes = np.full(prompts, slots)
                rates = [mean_rate(chances(side, slots), sizes) for side in sides]
                ratio = decide(*rates).ratio
                low, high = (
                    (ratio.low, ratio.high) if ratio and ratio.low is not None else (0, np.inf)
                )
                held[0] += low <= true[0] / true[1] <= high
                number_of = weighed._number(rates[1])
                held[1] += number_of.low <= 1 / true[1] <= number_of.high
                shares = (sides[1] > 0).sum(1) / slots
                share = weighed._share(shares, np.arange(prompts), "share")
                held[2] += share.low <= true_yield <= share.high
            held /= RUNS
            worst = min(worst, held.min())
            shown = ", ".join(f"{x:.3f}" for x in held)
            reached = bool(held.min() >= 0.93)
            table.add(f"{design}, {way}, {prompts} prompts", shown, "≥ .93", reached)
    table.show()
    return bool(worst >= 0.93)


def main() -> int:
    parts = {"picking": picking, "parser": parser, "frontier": frontier, "coverage": coverage}
    asked = sys.argv[1:] or [*parts]
    return 0 if all([parts[name]() for name in asked]) else 1


if __name__ == "__main__":
    sys.exit(main())
