"""Planning: how many visits until a loss of this kind would be seen?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Margins
from fullmenu.kernel.likeness import share_of_pairs
from fullmenu.monitor import detector
from fullmenu.monitor.baseline import Baseline, whole
from fullmenu.monitor.ruler import places, signal_values
from fullmenu.report.watch.document import Expected
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats

WARM = 100
"""Visits without a change before the change, in every simulated watch."""

LOSSES = ("halving", "a fifth lost", "takeover")


def plan(
    samples: Samples,
    baseline: Baseline,
    *,
    size: int = 5,
    run_length: float = 1000.0,
    model: str | None = None,
    runs: int = 400,
    horizon: int = 2000,
    seed: int = 0,
) -> list[Expected]:
    """Predict after how many visits a loss would raise an alarm.

    Visits are drawn from the baseline's own outputs, with outputs replaced by another output of the
    same prompt (its own dish), and watched by the baseline's own detectors; the change comes after
    100 visits without one.

    There is one for each of :data:`LOSSES`; a halving that needs a repeat rate above 1 is left
    out.

    Parameters
    ----------
    samples, baseline
        The log from before, and what was fitted to it.
    size
        Outputs of a live visit.
    run_length
        A, as for the monitor.
    model
        Which model's baseline, where the log holds several.
    runs, horizon
        Simulated watches, and the visits of each after the change.
    seed
        For the simulation.

    Raises
    ------
    NotEnoughData
        No prompt has more than ``size`` outputs.
    BadInput
        ``size`` is below two.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> words = [f"{a}{b}" for a in "bcdfgh" for b in ("ara", "elo", "imu", "osk", "uty")]
    >>> log = Samples.of({f"q{i}": rng.choice(words, 12).tolist() for i in range(40)})
    >>> b = Baseline.fit(log, views=["phrasing"], signals=[])
    >>> [x.loss for x in plan(log, b, runs=50, horizon=200)]
    ['halving', 'a fifth lost', 'takeover']
    """
    if size < 2:
        raise BadInput(f"size={size}: visits of fewer than two outputs show no repeats")
    log = samples if model is None else samples.of_model(model)
    draw = _drawer(log, baseline, size)
    rng = np.random.default_rng(seed)
    level = baseline.level(model)
    main = baseline.ruler.streams.index(baseline.ruler.views[0].name)
    before = float(level.mean[main])
    calm = _pool(draw, rng, 0.0)
    found = []
    margins = Margins()
    aims = (before / margins.collapsed, before / margins.held_low, None)
    # Replacing a share p by one of the prompt's own dishes brings U to U + p²(1 − U).
    for loss, aim in zip(LOSSES, aims, strict=True):
        if aim is not None and (aim >= 1 or before <= 0):
            continue
        p = 0.3 if aim is None else float(np.sqrt((aim - before) / (1 - before)))
        worse = _pool(draw, rng, p)
        ends = _delays(baseline, model, calm, worse, run_length, runs, horizon, rng)
        low, median, high = (_finite(np.quantile(ends, q), horizon) for q in (0.1, 0.5, 0.9))
        after = before + p * p * (1 - before)
        found.append(Expected(loss, p, before, after, median, low, high, horizon))
    return found


def _finite(x: float, horizon: int) -> int | None:
    return None if x > horizon else round(x)


Draw = Callable[[np.random.Generator, float], Floats]


def _drawer(log: Samples, b: Baseline, size: int) -> Draw:
    """Return what draws one visit and reads it, from pair tables made once."""
    place = {p: i for i, p in enumerate(b.prompts)}
    visits = [v for v in whole(log) if len(v.outputs) > size]
    if not visits or not b.ruler.within:
        most = max((len(v.outputs) for v in whole(log)), default=0)
        raise NotEnoughData(
            f"planning for visits of {size} outputs draws from prompts with more than that, and "
            f"the baseline's have at most {most}; give more, or a smaller size"
        )
    tables: list[dict[str, Floats]] = [{} for _ in visits]
    for view in b.ruler.views:
        for mine, found in zip(tables, b.ruler.pair_tables(visits, view), strict=True):
            mine.update(found)
    stands = [places(v) for v in visits]
    values: dict[str, Sequence[Floats]] = {
        name: [b.ruler.scaled(name, x) for x in signal_values(name, visits)]
        for name in ("length", "caution", "score")
        if name in b.ruler.streams
    }
    weights = np.array([b.weights[place[v.prompt_id]] for v in visits])
    edges = np.cumsum(weights / weights.sum())

    def draw(rng: np.random.Generator, replaced: float) -> Floats:
        v = min(int(np.searchsorted(edges, rng.random())), len(visits) - 1)
        chosen = rng.permutation(len(visits[v].outputs))[: size + 1]
        at = np.where(rng.random(size) < replaced, chosen[-1], chosen[:-1])
        x = np.full(len(b.ruler.streams), np.nan)
        for i, name in enumerate(b.ruler.streams):
            if name in tables[v]:
                part = tables[v][name][np.ix_(at, at)]
                if name != "top_dish":
                    x[i] = share_of_pairs(part)
                elif size >= b.ruler.size:
                    x[i] = b.ruler.tops(part, stands[v][at])[0]
            elif name in values and len(values[name][v]) == len(visits[v].outputs):
                x[i] = values[name][v][at].mean()
        return x

    return draw


def _pool(draw: Draw, rng: np.random.Generator, replaced: float, n: int = 3000) -> Floats:
    return np.stack([draw(rng, replaced) for _ in range(n)])


def _delays(
    b: Baseline,
    model: str | None,
    calm: Floats,
    worse: Floats,
    run_length: float,
    runs: int,
    horizon: int,
    rng: np.random.Generator,
) -> Floats:
    """Visits from the change to the alarm in simulated watches; one past the horizon if none."""
    level = b.level(model)
    weights = b.shares(model)
    streams = np.array([c.stream for c in b.channels])
    falls = np.array([c.falls for c in b.channels])
    bets = detector.bets(run_length)
    wealth = np.stack([detector.start(len(streams))] * runs)
    ends = np.full(runs, horizon + 1.0)
    for t in range(-WARM, horizon):
        pool = calm if t < 0 else worse
        x = pool[rng.integers(0, len(pool), runs)][:, streams]
        x = np.where(falls, 1 - x, x)
        wealth = detector.step(wealth, detector.growth(x, level.bounds, bets))
        total = (np.exp(np.minimum(wealth, 700.0)) * weights).sum(axis=(1, 2))
        hit = total >= run_length
        if t < 0:
            wealth[hit] = -np.inf  # a false alarm: it begins anew
            continue
        ends[hit & (ends > horizon)] = t + 1
        if (ends <= horizon).mean() > 0.95:
            break
    return ends
