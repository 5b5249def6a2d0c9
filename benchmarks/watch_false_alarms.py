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
from pathlib import Path

import numpy as np

from fullmenu.watch import Baseline, Monitor
from fullmenu.watch.bounds import apart_spread, gamma_bound, pair_jump, pair_variance
from fullmenu.watch.detector import BETS
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
        for prompts, each in ((200, 5), (50, 10), (20, 10)):
            held = 0
            for _ in range(baselines):
                same = alike(rng, p, (prompts, each))
                rate = float(same.sum() / (prompts * each * (each - 1)))
                variance = sum(pair_variance(s) for s in same) / prompts**2
                jump = max(pair_jump(s) for s in same) / prompts
                held += gamma_bound(rate, variance, jump) >= truth
            row(table, f"bound within, {prompts} prompts × {each}, {name}", held / baselines)
        for n in (100, 400):
            held = 0
            for _ in range(baselines):
                rates = alike(rng, p, (1, n))[0] / (n - 1)
                held += gamma_bound(float(rates.mean()), *apart_spread(rates, n)) >= truth
            row(table, f"bound across, {n} outputs, {name}", held / baselines)


def row(table: Table, what: str, share: float) -> None:
    table.add(f"{what}: holds", f"{share:.3f}", "≥ 0.985", share >= 0.985)


def alike(rng: np.random.Generator, p: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """For each output of each prompt, how many others are the same dish."""
    drawn = np.searchsorted(p.cumsum(), rng.random(shape)).clip(max=len(p) - 1)
    keys = drawn + len(p) * np.arange(shape[0])[:, None]
    return (np.bincount(keys.ravel())[keys] - 1).astype(float)


def simulated(table: Table, streams: int, visits: int) -> None:
    kitchen = Kitchen(PROMPTS)
    began = time.perf_counter()
    ends, warned, covered = [], 0, 0
    kept = np.full((PEER_STREAMS, visits), np.nan)
    means = []
    plates = kitchen.log(400, np.random.default_rng(10**6))
    truth = Baseline.fit(plates, views=["phrasing"], signals=["length"]).level(None).mean[0]
    for k in range(streams):
        rng = np.random.default_rng(k)
        baseline = Baseline.fit(kitchen.log(EACH, rng), views=["phrasing"], signals=["length"])
        covered += bool(baseline.level(None).bounds[0] >= truth)
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
                if k >= PEER_STREAMS:
                    break
        ends.append(end)
        warned += bool(monitor.notices)
        if k < PEER_STREAMS:
            kept[k] = np.concatenate(seen)
            means.append(baseline.level(None).mean[0])
        if k % 100 == 99:
            print(".", end="", flush=True)
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
    x, m0 = kept[: min(n, PEER_STREAMS)], np.array(means)
    for what, level in (("the estimate as m0, no bound", m0), ("the true mean as m0", truth)):
        at = first_at(e_detector(x, level, BETS), np.log(A))
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
    logs = {f"OLMo-2 {s}": olmo(s) for s in OLMO} | noveltybench()
    alarms, streams = {200: 0, 100: 0}, {200: 0, 100: 0}
    for log in logs.values():
        views = cached(VIEWS, [log])
        t = log.n_prompts
        for k in range(shuffles):
            rng = np.random.default_rng(k)
            before, live = split(log, 5, rng)
            monitor = Monitor(Baseline.fit(before, views=views), run_length=A)
            alarms[t] += bool(monitor.update(in_visits(live, 5, rng)))
            streams[t] += 1
        print("+", end="", flush=True)
    for t, what in ((200, "OLMo-2, 4 stages"), (100, "NoveltyBench, 13 models")):
        share = alarms[t] / streams[t]
        table.add(f"{what}, halves reshuffled, {streams[t]} streams: P(alarm by {t})",
                  f"{share:.3f}", f"≤ {t / A + 0.01:.3f}", share <= t / A + 0.01)  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
