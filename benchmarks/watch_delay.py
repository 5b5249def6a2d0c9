"""How soon is a planted collapse seen, and how well was that predicted?

Raw text through the whole pipeline: visits without a change and with one are cooked and read once,
and streams are drawn from them, 100 visits before the change and up to 1,000 after it; every
baseline is cooked and fitted anew. Page's CUSUM is told the true means before and after, and its
level is set by simulation for the same mean run length; river's detectors are set on unchanged
streams for the same, too. Streams with an alarm before the change are left out, for each detector.

Run: python benchmarks/watch_delay.py [streams]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fullmenu.monitor.detector import bets, prompt_means
from fullmenu.monitor.ruler import Reading
from fullmenu.watch import Baseline, Monitor, plan
from peer import bench
from table import Table
from watch_streams import Kitchen, cusum, e_detector, first_at, values_of

A = 1000.0
PROMPTS, WARM, AFTER = 40, 100, 1000
BASELINES = {40: 20, 100: 10, 400: 4}
"""Outputs of each prompt in the baseline, and how many baselines of that size are fitted."""
VISITS = (2, 5)
POOL = {2: 40_000, 5: 12_000}
"""Visits cooked of either state, by outputs of a visit."""
RIVER: dict[str, list[dict[str, Any]]] = {
    "ADWIN": [{"delta": d} for d in (0.5, 0.2, 0.05, 0.01, 0.002)],
    "PageHinkley": [{"threshold": h, "delta": 0.005} for h in (0.3, 0.6, 1.0, 1.5, 2.5, 4.0)],
    "KSWIN": [{"alpha": a, "seed": 0} for a in (1e-3, 1e-4, 1e-5, 1e-6)],
}
NULL, LENGTH = 60, 1500
THEIRS, THEIRS_AFTER = 20, 400
DATED = 60
"""Streams that the monitor itself watches, and dates."""


def main(streams: int = 1000) -> None:
    table = Table(f"Median delay of an alarm at A = {A:,.0f}, {streams} streams each, in visits")
    kitchen = Kitchen(PROMPTS)
    baselines = {
        each: [
            Baseline.fit(
                kitchen.log(each, np.random.default_rng(1000 * each + k)),
                views=["phrasing"],
                signals=[],
            )
            for k in range(n)
        ]
        for each, n in BASELINES.items()
    }
    for size in VISITS:
        planted(table, kitchen, baselines, size, streams)
    planned(table, kitchen)
    table.show()


def planted(
    table: Table,
    kitchen: Kitchen,
    baselines: dict[int, list[Baseline]],
    size: int,
    streams: int,
) -> None:
    """A collapse of known size, in visits of so many outputs."""
    sharp = Kitchen(PROMPTS)
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
    reader = baselines[min(baselines)][0]
    before = read(reader, kitchen, size, 2 * POOL[size], np.random.default_rng(1))
    calm = values_of(before)[:, 0]
    null = calm[rng.integers(0, len(calm), (NULL, LENGTH))]
    river = matched(null, size, table)
    truth = calm.mean()
    for name, (cook, p, dishes) in cases.items():
        after = read(reader, cook, size, POOL[size], np.random.default_rng(3), p, dishes)
        worse = values_of(after)[:, 0]
        middle = (truth + worse.mean()) / 2
        level = tuned(calm, middle, rng)
        drawn = [
            (rng.integers(0, len(before), WARM), rng.integers(0, len(after), AFTER))
            for _ in range(streams)
        ]
        x = np.stack([np.concatenate([calm[i], worse[j]]) for i, j in drawn])
        best = median(first_at(cusum(x, middle), level) - WARM)
        title = f"visits of {size}: {name}, repeat rate {truth:.4f} → {worse.mean():.4f}"
        table.add(title, f"CUSUM told the truth: {shown(best)}")
        asked = [prompts_of(before), prompts_of(after)]
        prompts = np.stack([np.concatenate([asked[0][i], asked[1][j]]) for i, j in drawn])
        known = first_at(e_detector(x, np.full(streams, truth), bets(A)), np.log(A)) - WARM
        compared(table, "m0 known", known, truth, best, 1.4)
        few = min(baselines)
        for each, held in baselines.items():
            one = np.arange(streams) % len(held)
            m0 = np.array([b.level(None).bounds[0] for b in held])[one]
            plain = first_at(e_detector(x, m0, bets(A)), np.log(A)) - WARM
            means = np.stack(
                [means_of(held[k])[p] for k, p in zip(one.tolist(), prompts, strict=True)]
            )
            watched = first_at(e_detector(x, m0, bets(A), means), np.log(A)) - WARM
            compared(table, f"m0 from {PROMPTS} × {each}", watched, m0.mean(), best, 2.2)
            share = median(watched) / median(plain)
            table.add("    ÷ the same without prompts' own means", f"{share:.2f} ×", "≤ 1.1 ×",
                      share <= 1.1)  # fmt: skip
            if each == few:
                direct = watched[:DATED]
        seen = Seen()
        for k, (i, j) in enumerate(drawn[:DATED]):
            held = baselines[few][k % len(baselines[few])]
            seen.add(held, [before[n] for n in i], [after[n] for n in j])
        same = bool((np.minimum(direct[direct > 0], AFTER + 1) == seen.capped).all())
        table.add(f"  the monitor itself, m0 from {PROMPTS} × {few}, {DATED} streams",
                  f"{'the same' if same else 'OTHER'} delays", "the same", same)  # fmt: skip
        if seen.dated:
            error = np.array(seen.dated)
            said = f"median {np.median(error):+.0f}, median size {np.median(np.abs(error)):.0f}"
            said += f"; its range holds the truth {np.mean(seen.inside):.0%}"
            table.add("    change dated, error", said)
        few = x[:THEIRS, : WARM + THEIRS_AFTER]
        for detector, options in river.items():
            delay = theirs(few, detector, options)
            table.add(f"  river {detector}, {len(few)} streams", shown(delay, THEIRS_AFTER))
        print(".", end="", flush=True)


def compared(
    table: Table, what: str, delays: np.ndarray, m0: float, best: float, most: float
) -> None:
    """Report a delay against CUSUM's."""
    found = median(delays)
    said = f"m0 {m0:.4f}: {shown(found)}"
    said += f", {found / best:.2f} × CUSUM" if max(found, best) <= AFTER else ""
    table.add(f"  {what}", said, f"≤ {most} ×", found <= min(most * best, AFTER))


def prompts_of(readings: Sequence[Reading]) -> np.ndarray:
    """Numbers of the prompts that were asked."""
    return np.array([int(r.prompt_id[1:]) for r in readings])


def means_of(b: Baseline) -> np.ndarray:
    """What every bet holds each prompt against, (prompts, bets)."""
    level = b.level(None)
    return prompt_means(level.bounds, level.expected, b.weights, bets(A))[:, 0]


@dataclass
class Seen:
    """What the watches of one case gave."""

    delays: list[float] = field(default_factory=list)
    dated: list[int] = field(default_factory=list)
    inside: list[bool] = field(default_factory=list)

    @property
    def capped(self) -> np.ndarray:
        """Delays; one past the end where there was no alarm."""
        return np.minimum(self.delays, AFTER + 1)

    def add(self, b: Baseline, before: Sequence[Reading], after: Sequence[Reading]) -> None:
        """Watch one stream."""
        monitor = Monitor(b, run_length=A)
        if monitor.take(before):
            return
        for a in range(0, len(after), 50):
            alarms = monitor.take(after[a : a + 50])
            if alarms:
                self.delays.append(alarms[0].visit - WARM)
                self.dated.append(alarms[0].since - WARM - 1)
                self.inside.append(alarms[0].since_low <= WARM + 1 <= alarms[0].since_high)
                return
        self.delays.append(np.inf)


def median(delays: np.ndarray) -> float:
    """Median of what came after the change."""
    after = delays[delays > 0] if (delays > 0).any() else delays
    return float(np.median(after))


def shown(delay: float, after: int = AFTER) -> str:
    return f"{delay:.0f}" if delay <= after else f"more than {after:,}"


def read(
    b: Baseline,
    cook: Kitchen,
    size: int,
    n: int,
    rng: np.random.Generator,
    p: float = 0.0,
    dishes: int = 1,
) -> list[Reading]:
    """Return what so many visits show, prompts drawn at random."""
    found = []
    for order in np.array_split(rng.integers(0, PROMPTS, n), max(n // 1000, 1)):
        found += b.ruler.read(cook.visits(order, size, rng, p, dishes))
    return found


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


def planned(table: Table, kitchen: Kitchen, baselines: int = 6, watches: int = 60) -> None:
    """Predicted delays against those on fresh text, over several baselines."""
    size = 5
    predicted: dict[str, list[float]] = {}
    seen: dict[str, list[float]] = {}
    for k in range(baselines):
        rng = np.random.default_rng(500 + k)
        log = kitchen.log(40, rng)
        b = Baseline.fit(log, views=["phrasing"], signals=[])
        calm = read(b, kitchen, size, 2000, rng)
        for e in plan(log, b, size=size, run_length=A, runs=300, horizon=AFTER):
            predicted.setdefault(e.loss, []).append(e.visits or np.inf)
            after = [r for _ in range(10) for r in read(b, own_dish(kitchen, rng), size, 400, rng,
                                                        e.replaced)]  # fmt: skip
            found = Seen()
            for _ in range(watches):
                i, j = rng.integers(0, len(calm), WARM), rng.integers(0, len(after), AFTER)
                found.add(b, [calm[n] for n in i], [after[n] for n in j])
            seen.setdefault(e.loss, []).append(float(np.median(found.delays)))
    for loss in predicted:
        said, found_at = np.array(predicted[loss]), np.array(seen[loss])
        off = float(np.median(said / found_at)) - 1
        table.add(f"planned, {loss}, {baselines} baselines, {watches} watches each",
                  f"predicted {np.median(said):.0f}, seen {np.median(found_at):.0f} "
                  f"({off:+.0%}; single baselines {(said / found_at).min() - 1:+.0%} to "
                  f"{(said / found_at).max() - 1:+.0%})",
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
