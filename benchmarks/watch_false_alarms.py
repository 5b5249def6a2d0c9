"""Where nothing changes: how long until a false alarm, and what do others do on the same streams?

Simulated streams are raw text, generated anew for every stream, through the whole pipeline, with a
baseline of their own each. Real streams are outputs of OLMo-2 and NoveltyBench reshuffled: half of
each prompt's outputs are the baseline, the others live.

Run: python benchmarks/watch_false_alarms.py [streams] [visits]
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fullmenu.monitor.bounds import (
    apart_spread,
    gamma_bound,
    pair_doubt,
    pair_jump,
    pair_variance,
    strata_spread,
)
from fullmenu.monitor.detector import bets
from fullmenu.samples import Samples
from fullmenu.watch import Baseline, Monitor
from peer import bench
from real import OLMO, noveltybench, olmo
from table import Table
from watch_streams import Kitchen, cached, e_detector, first_at, in_visits, split, values_of

A = 1000.0
PROMPTS, EACH, VISIT = 20, 10, 2
PEER_STREAMS = 200
VIEWS = ("phrasing", "outline", "answer")


def main(streams: int = 2000, visits: int = 1200) -> None:
    table = Table(f"No change, A = {A:,.0f}: run lengths and false alarms")
    simulated(table, streams, visits)
    bounds(table)
    cycled(table, 40)
    reshuffled(table, 12)
    table.show()


def bounds(table: Table, baselines: int = 1000) -> None:
    """Do the baselines' bounds hold? Prompts with dishes of known weights; alike or not at all."""
    rng = np.random.default_rng(0)
    rare = np.ones(400)
    menus = {
        "60 dishes alike": np.ones(60),
        "Zipf's 60 dishes": 1 / np.arange(1, 61),
        "one of 5 %, 400 rare ones": np.append(rare, 400 * 0.05 / 0.95),
        "one of 15 %, 400 rare ones": np.append(rare, 400 * 0.15 / 0.85),
    }
    for name, weights in menus.items():
        p = weights / weights.sum()
        truth = float(p @ p)
        for prompts, each in ((200, 5), (50, 10), (20, 10), (20, 40)):
            held = within(rng, [(p, prompts)], each, baselines) >= truth
            row(table, f"bound within, {prompts} prompts × {each}, {name}", held.mean())
        for n in (100, 400):
            rates = alike(rng, p, (baselines, n)) / (n - 1)
            held = [gamma_bound(r.mean(), *apart_spread(r, n)) >= truth for r in rates]
            row(table, f"bound across, {n} outputs, {name}", float(np.mean(held)))
    rare /= rare.sum()
    for share in (0.2, 0.6):
        one = np.append(rare * (1 - share), share)
        for prompts, each in ((50, 10), (20, 40)):
            truth = float((one @ one + (prompts - 1) * (rare @ rare)) / prompts)
            held = within(rng, [(one, 1), (rare, prompts - 1)], each, baselines) >= truth
            what = f"{prompts} prompts × {each}, one of them with a dish of {share:.0%}"
            row(table, f"bound within, {what}", held.mean())


def within(
    rng: np.random.Generator, menus: list[tuple[np.ndarray, int]], each: int, baselines: int
) -> np.ndarray:
    """Bounds of so many baselines; menus are (weights of dishes, how many prompts have them)."""
    found = []
    for _ in range(baselines):
        same = np.concatenate([alike(rng, p, (prompts, each)) for p, prompts in menus])
        n = len(same)
        parts = (pair_variance(same), pair_jump(same), *pair_doubt(same))
        variance, jump = strata_spread(*parts, weights=np.full(n, 1 / n))
        rate = float(same.sum() / (n * each * (each - 1)))
        found.append(gamma_bound(rate, variance, jump))
    return np.array(found)


def row(table: Table, what: str, share: float) -> None:
    table.add(f"{what}: holds", f"{share:.3f}", "≥ 0.985", share >= 0.985)


def alike(rng: np.random.Generator, p: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """For each output of each prompt, how many others are the same dish."""
    drawn = np.searchsorted(p.cumsum(), rng.random(shape)).clip(max=len(p) - 1)
    keys = drawn + len(p) * np.arange(shape[0])[:, None]
    return (np.bincount(keys.ravel())[keys] - 1).astype(float)


class Stream(NamedTuple):
    """One stream: the visit of its first alarm, and what was said and read on the way."""

    end: int
    warned: bool
    covered: bool
    mean: float
    values: np.ndarray | None


def stream(k: int, visits: int, truth: float, whole: bool) -> Stream:
    """Cook a baseline and a stream, and watch it."""
    kitchen, rng = Kitchen(PROMPTS), np.random.default_rng(k)
    baseline = Baseline.fit(kitchen.log(EACH, rng), views=["phrasing"], signals=["length"])
    level = baseline.level(None)
    monitor = Monitor(baseline, run_length=A)
    seen = []
    end = visits + 1
    for a in range(0, visits, 200):
        order = rng.integers(0, PROMPTS, min(200, visits - a))
        readings = baseline.ruler.read(kitchen.visits(order, VISIT, rng))
        seen.append(values_of(readings)[:, 0])
        found = monitor.take(readings)
        if found and end > visits:
            end = found[0].visit
            if not whole:
                break
    values = np.concatenate(seen) if whole else None
    covered = bool(level.bounds[0] >= truth)
    return Stream(end, bool(monitor.notices), covered, float(level.mean[0]), values)


def simulated(table: Table, streams: int, visits: int) -> None:
    """Raw text, a baseline of its own for every stream; on all cores."""
    began = time.perf_counter()
    plates = Kitchen(PROMPTS).log(400, np.random.default_rng(10**6))
    truth = float(Baseline.fit(plates, views=["phrasing"], signals=[]).level(None).mean[0])
    with ProcessPoolExecutor() as pool:
        n = range(streams)
        whole = [k < PEER_STREAMS for k in n]
        found = list(
            pool.map(stream, n, [visits] * streams, [truth] * streams, whole, chunksize=20)
        )
    ends = [s.end for s in found]
    warned, covered = (sum(getattr(s, what) for s in found) for what in ("warned", "covered"))
    kept = np.stack([s.values for s in found if s.values is not None])
    means = [s.mean for s in found if s.values is not None]
    run = np.array(ends)
    n = len(run)
    least = float(np.minimum(run, visits).mean())
    label = f"simulated text, {n:,} streams of {visits:,} visits"
    table.add(f"{label}: mean run length (cut at {visits:,})", f"≥ {least:,.0f}",
              "≥ 1,000", least >= 1000)  # fmt: skip
    for t in (100, 300, visits):
        share, most = float((run <= t).mean()), min(t / A + 0.01, 1.0)
        table.add(f"  P(alarm by {t})", f"{share:.4f}", f"≤ {most:.3f}", share <= most)
    table.add("  bound of the mean repeat rate holds", f"{covered / n:.4f}", "≥ 0.99",
              covered / n >= 0.99)  # fmt: skip
    table.add("  said falsely that prompts do not come at random", f"{warned / n:.4f}", "≤ 0.01",
              warned / n <= 0.01)  # fmt: skip
    table.add("  seconds", f"{time.perf_counter() - began:.0f}")
    x, m0 = kept, np.array(means)
    for what, level in (("the estimate as m0, no bound", m0), ("the true mean as m0", truth)):
        at = first_at(e_detector(x, level, bets(A)), np.log(A))
        others(table, f"{what}, {len(x)} streams", at, visits)
    window = np.array([[row[a : a + 50].mean() for a in range(0, visits - 49, 50)] for row in x])
    high = window >= 1.1 * m0[:, None]
    at = np.where(high.any(1), (high.argmax(1) + 1) * 50, visits + 1)
    others(table, f"windows of 50, 10 % above the baseline (as Evidently), {len(x)}", at, visits)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.npy"
        np.save(path, x)
        for name, few in (("ADWIN", len(x)), ("PageHinkley", len(x)), ("KSWIN", min(len(x), 60))):
            found = bench.theirs("river", "detect", path=str(path), name=name, rows=few)
            others(table, f"river {name}, defaults, {few} streams", np.array(found.value), visits)


def others(table: Table, what: str, at: np.ndarray, visits: int) -> None:
    """Report another detector on the same streams; there is no target."""
    mean = np.minimum(at, visits).mean()
    table.add(f"  same streams, {what}",
              f"mean ≥ {mean:,.0f}, alarms by 300: {(at <= 300).mean():.1%}, "
              f"by {visits:,}: {(at <= visits).mean():.1%}")  # fmt: skip


def cycled(table: Table, streams: int) -> None:
    """Prompts in blocks of 50 visits: the monitor says so, or has bounds for each prompt."""
    kitchen = Kitchen(10, (0.2, 2.0))
    said, alarms = [], {"drawn": 0, "any": 0}
    for k in range(streams):
        rng = np.random.default_rng(k)
        log = kitchen.log(60, rng)
        order = np.repeat(rng.permutation(10), 50)
        live = kitchen.visits(order, VISIT, rng)
        for traffic in ("drawn", "any"):
            baseline = Baseline.fit(log, views=["phrasing"], signals=[], traffic=traffic)
            monitor = Monitor(baseline, run_length=A)
            found = monitor.update(live)
            alarms[traffic] += bool(found)
            if traffic == "drawn":
                said.append(bool(monitor.notices))
    table.add(f"blocks of 50 visits of a prompt, 500 visits, {streams} streams: one bound for all",
              f"alarms {alarms['drawn'] / streams:.0%}")  # fmt: skip
    share = float(np.mean(said))
    table.add("  it says that no guarantee holds", f"{share:.0%}", "100 %", share == 1)
    rate = alarms["any"] / streams
    table.add("  traffic='any', bounds for every prompt: P(alarm by 500)", f"{rate:.3f}",
              "≤ 0.510", rate <= 0.51)  # fmt: skip


def reshuffled(table: Table, shuffles: int) -> None:
    """Real outputs: half of each prompt's are the baseline, the others live; on all cores."""
    logs = [*map(olmo, OLMO), *noveltybench().values()]
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(alarms_in, logs, [shuffles] * len(logs)))
    for t, what in ((200, "OLMo-2, 4 stages"), (100, "NoveltyBench, 13 models")):
        mine = [n for log, n in zip(logs, found, strict=True) if log.n_prompts == t]
        streams = shuffles * len(mine)
        share, most = sum(mine) / streams, t / A + 0.01
        table.add(f"{what}, halves reshuffled, {streams} streams: P(alarm by {t})",
                  f"{share:.3f}", f"≤ {most:.3f}", share <= most)  # fmt: skip


def alarms_in(log: Samples, shuffles: int) -> int:
    """How many of so many shuffles of a log raise an alarm."""
    views = cached(VIEWS, [log])
    alarms = 0
    for k in range(shuffles):
        rng = np.random.default_rng(k)
        before, live = split(log, 5, rng)
        monitor = Monitor(Baseline.fit(before, views=views), run_length=A)
        alarms += bool(monitor.update(in_visits(live, 5, rng)))
    return alarms


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
