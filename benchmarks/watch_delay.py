"""How soon is a planted collapse seen, and how well was that predicted?

Raw text through the whole pipeline; 100 visits without a change, then the change.
Page's CUSUM is told the true means before and after, and its level is set by simulation for the
same mean run length; river's detectors are set on unchanged streams for the same, too.

Run: python benchmarks/watch_delay.py [streams] [visits after the change]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fullmenu.watch import Baseline, Monitor, plan
from peer import bench
from table import Table
from watch_streams import Kitchen, cusum, first_at, values_of

A = 1000.0
PROMPTS, EACH, WARM = 40, 40, 100
VISITS = (2, 5)
RIVER: dict[str, list[dict[str, Any]]] = {
    "ADWIN": [{"delta": d} for d in (0.5, 0.2, 0.05, 0.01, 0.002)],
    "PageHinkley": [{"threshold": h, "delta": 0.005} for h in (0.3, 0.6, 1.0, 1.5, 2.5, 4.0)],
    "KSWIN": [{"alpha": a, "seed": 0} for a in (1e-3, 1e-4, 1e-5, 1e-6)],
}
NULL, LENGTH = 60, 1500


def main(streams: int = 40, after: int = 400) -> None:
    table = Table(f"Median delay of an alarm at A = {A:,.0f}, {streams} streams each, in visits")
    for size in VISITS:
        planted(table, size, streams, after)
    planned(table, streams)
    table.show()


def planted(table: Table, size: int, streams: int, after: int) -> None:
    """A collapse of known size, in visits of so many outputs."""
    kitchen, sharp = Kitchen(PROMPTS), Kitchen(PROMPTS)
    sharp.shares = kitchen.shares**1.25
    sharp.shares /= sharp.shares.sum(axis=1, keepdims=True)
    sharp.edges = sharp.shares.cumsum(axis=1)
    cases: dict[str, tuple[Kitchen, float, int]] = {
        f"{p:.0%} of outputs are {'one dish' if d == 1 else 'three dishes'}": (kitchen, p, d)
        for d in (1, 3)
        for p in (0.1, 0.3, 0.6)
    }
    cases["spread × 0.8 (menu sharpened)"] = (sharp, 0.0, 1)
    rng = np.random.default_rng(0)
    reader = Baseline.fit(kitchen.log(EACH, rng), views=["phrasing"], signals=[])
    calm = read(reader, kitchen, size, 4000, np.random.default_rng(1))
    null = calm[rng.integers(0, len(calm), (NULL, LENGTH))]
    river = matched(null, size, table)
    for name, (cook, p, dishes) in cases.items():
        worse = read(reader, cook, size, 3000, np.random.default_rng(3), p, dishes)
        middle = (calm.mean() + worse.mean()) / 2
        level = tuned(calm, middle, rng)
        seen = Seen()
        for k in range(streams):
            stream = np.random.default_rng(100 + k)
            b = Baseline.fit(kitchen.log(EACH, stream), views=["phrasing"], signals=[])
            before = kitchen.visits(stream.integers(0, PROMPTS, WARM), size, stream)
            change = cook.visits(stream.integers(0, PROMPTS, after), size, stream, p, dishes)
            seen.add(b, b.ruler.read([*before, *change]), calm.mean())
        x = np.stack(seen.rows)
        best = float(np.median(first_at(cusum(x, middle)[:, WARM:], level)))
        title = f"visits of {size}: {name}, repeat rate {calm.mean():.3f} → {worse.mean():.3f}"
        table.add(title, f"CUSUM told the truth: {shown(best, after)}")
        for what, most in (("estimated", 2.2), ("known", 1.4)):
            found = float(np.median(seen.delays[what]))
            said = shown(found, after)
            if best > after:
                table.add(f"  m0 {what}", said)
                continue
            said += f", {found / best:.2f} × CUSUM" if found <= after else ""
            fine = found <= min(most * best, after)
            table.add(f"  m0 {what}", said, f"≤ {most} ×", fine)
        if seen.dated:
            error = np.array(seen.dated)
            said = f"median {np.median(error):+.0f}, median size {np.median(np.abs(error)):.0f}"
            said += f"; its range holds the truth {np.mean(seen.inside):.0%}"
            table.add("  change dated, error", said)
        for detector, options in river.items():
            table.add(f"  {detector} {options}", shown(theirs(x, detector, options), after))
        print(".", end="", flush=True)


class Seen:
    """What the watches of one case gave."""

    def __init__(self) -> None:
        self.delays: dict[str, list[float]] = {"estimated": [], "known": []}
        self.dated: list[int] = []
        self.inside: list[bool] = []
        self.rows: list[np.ndarray] = []

    def add(self, b: Baseline, readings: list[Any], truth: float) -> None:
        """Watch one stream with its baseline's bound, and with the true mean."""
        self.rows.append(values_of(readings)[:, 0])
        sure = replace(b.level(None), bounds=np.array([truth]))
        for what, held in (("estimated", b), ("known", replace(b, levels={None: sure}))):
            monitor = Monitor(held, run_length=A)
            if monitor.take(readings[:WARM]):
                continue
            alarms = monitor.take(readings[WARM:])
            self.delays[what].append(alarms[0].visit - WARM if alarms else np.inf)
            if alarms and what == "estimated":
                self.dated.append(alarms[0].since - WARM - 1)
                self.inside.append(alarms[0].since_low <= WARM + 1 <= alarms[0].since_high)


def shown(delay: float, after: int) -> str:
    return f"{delay:.0f}" if delay <= after else f"more than {after}"


def read(
    b: Baseline,
    cook: Kitchen,
    size: int,
    n: int,
    rng: np.random.Generator,
    p: float = 0.0,
    dishes: int = 1,
) -> np.ndarray:
    """Return what so many visits show."""
    order = rng.integers(0, PROMPTS, n)
    return values_of(b.ruler.read(cook.visits(order, size, rng, p, dishes)))[:, 0]


def tuned(calm: np.ndarray, middle: float, rng: np.random.Generator) -> float:
    """Return the level at which CUSUM runs 1,000 unchanged visits on average."""
    runs = cusum(calm[rng.integers(0, len(calm), (200, 6000))], middle)
    low, high = 0.0, float(runs.max())
    for _ in range(25):
        level = (low + high) / 2
        short = first_at(runs, level).mean() < A
        low, high = (level, high) if short else (low, level)
    return high


def matched(null: np.ndarray, size: int, table: Table) -> dict[str, dict[str, Any]]:
    """Choose for each of river's detectors the quickest options whose run length is A or more."""
    chosen = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "null.npy"
        np.save(path, null)
        for name, options in RIVER.items():
            for each in options:
                few = 12 if name == "KSWIN" else len(null)
                at = np.array(
                    bench.theirs("river", "detect", path=str(path), name=name, rows=few,
                                 options=each).value
                )  # fmt: skip
                hits = int((at <= LENGTH).sum())
                length = np.minimum(at, LENGTH).sum() / max(hits, 1)  # cut at LENGTH, exponential
                if length >= A or each is options[-1]:
                    chosen[name] = each
                    table.add(f"visits of {size}: river {name} {each}, {few} unchanged streams",
                              f"run length about {length:,.0f}")  # fmt: skip
                    break
    return chosen


def theirs(x: np.ndarray, name: str, options: dict[str, Any]) -> float:
    """Median delay of one of river's detectors; alarms before the change are left out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.npy"
        np.save(path, x)
        found = bench.theirs("river", "detect", path=str(path), name=name, rows=len(x),
                             options=options)  # fmt: skip
    at = np.array(found.value)
    return float(np.median(at[at > WARM] - WARM)) if (at > WARM).any() else float("nan")


def planned(table: Table, streams: int, baselines: int = 6) -> None:
    """Predicted delays against those on fresh text, over several baselines."""
    kitchen, size, horizon = Kitchen(PROMPTS), 5, 1500
    predicted: dict[str, list[float]] = {}
    seen: dict[str, list[float]] = {}
    for k in range(baselines):
        rng = np.random.default_rng(500 + k)
        log = kitchen.log(EACH, rng)
        b = Baseline.fit(log, views=["phrasing"], signals=[])
        for e in plan(log, b, size=size, run_length=A, runs=300, horizon=horizon):
            predicted.setdefault(e.loss, []).append(e.visits or np.inf)
            for _ in range(-(-streams // baselines)):
                monitor = Monitor(b, run_length=A)
                monitor.update(kitchen.visits(rng.integers(0, PROMPTS, WARM), size, rng))
                monitor.acknowledge()
                own, end = own_dish(kitchen, rng), np.inf
                for _ in range(horizon // 50):
                    order = rng.integers(0, PROMPTS, 50)
                    alarms = monitor.update(own.visits(order, size, rng, e.replaced))
                    if alarms:
                        end = alarms[0].visit - WARM
                        break
                seen.setdefault(e.loss, []).append(end)
    for loss in predicted:
        said, found = float(np.mean(predicted[loss])), float(np.median(seen[loss]))
        off = said / found - 1
        table.add(f"planned, {loss}, {baselines} baselines, {len(seen[loss])} watches",
                  f"predicted {said:.0f}, seen {found:.0f} ({off:+.0%})",
                  "within 25 %", abs(off) <= 0.25)  # fmt: skip


def own_dish(kitchen: Kitchen, rng: np.random.Generator) -> Any:
    """A kitchen whose takeover serves, word for word, one plate of the prompt's own."""
    plates = kitchen.texts(np.arange(kitchen.prompts), rng)

    class Own(Kitchen):
        def __init__(self) -> None:
            self.__dict__.update(kitchen.__dict__)

        def texts(self, prompts: Any, rng: Any, takeover: float = 0.0, dishes: int = 1) -> Any:
            fresh = kitchen.texts(prompts, rng)
            same = rng.random(len(fresh)) < takeover
            asked = np.asarray(prompts).tolist()
            return [plates[p] if s else t for p, s, t in zip(asked, same, fresh, strict=True)]

    return Own()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
