"""Where the guarantee of a watch ends: each premise broken, by strength.

Texts go through the whole pipeline: a baseline is fitted, visits are read, the monitor raises
alarms. In most rows nothing changes but the premise, so every alarm is a false one; what counts is
whether it comes *with the guarantee stated*, at the moment at which it is raised. In rows that say
"loss" the alarm is wanted.

Run: python benchmarks/watch_premises.py [streams] [--only WORD]
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from fullmenu.samples import Record, Samples
from fullmenu.views.registry import View
from fullmenu.watch import Baseline, Monitor, Visit
from real import alpaca_eval, olmo
from table import Table
from watch_streams import in_visits, split

A = 1000.0
VISITS = 300
Rng = np.random.Generator
Floats = NDArray[np.float64]


def _rows(texts: Sequence[str], prompts: Sequence[str | None]) -> sparse.csr_matrix:
    """One column a text, whatever it says."""
    columns = [zlib.crc32(t.encode()) & 0xFFFFFF for t in texts]
    at = np.arange(len(texts) + 1)
    return sparse.csr_matrix((np.ones(len(texts)), columns, at), (len(texts), 1 << 24))


EXACT = View("exact", _rows, "equal texts", "everything else")
SYLLABLES = [a + b + c for a in "bcdfghklmnprst" for b in "aeiou"
             for c in ("lan", "rik", "tos", "vem", "dur", "pin")]  # fmt: skip


def words(n: int, rng: Rng) -> str:
    """Return n made-up words."""
    return " ".join(SYLLABLES[i] for i in rng.integers(0, len(SYLLABLES), n))


class Model:
    """Prompts with a leading answer each, given with probability √U; other answers never repeat."""

    def __init__(self, rates: Sequence[float] | Floats) -> None:
        self.shares = np.sqrt(np.asarray(rates, np.float64))
        self.served = 0

    def outputs(self, prompt: int, n: int, rng: Rng, lost: float = 0.0) -> list[str]:
        """Return fresh outputs; ``lost`` of them are the leading answer as well."""
        leads = (rng.random(n) < self.shares[prompt]) | (rng.random(n) < lost)
        self.served += n
        return [
            f"leading answer of {prompt}" if lead else f"answer {self.served - i} {rng.random()}"
            for i, lead in enumerate(leads)
        ]


def log_of(visits: Sequence[tuple[int, Sequence[str]]]) -> Samples:
    """Return a log of visits, in their order."""
    return Samples.from_records(
        Record(text, f"Guest {p} asks", f"p{p}", sample_index=i)
        for p, texts in visits
        for i, text in enumerate(texts)
    )


def visit_of(prompt: int, texts: Sequence[str]) -> Visit:
    return Visit(f"p{prompt}", tuple(texts), f"Guest {prompt} asks")


class Course(NamedTuple):
    """How one stream went; visits are counted from 1, and one past the end is never."""

    alarm: int
    stated: bool
    notice: int
    corrected: bool


def watched(
    baseline: Samples, live: Sequence[Visit], views: Sequence[View | str], signals: object = ()
) -> Course:
    """Fit, watch, and tell of the first alarm and the first notice."""
    fitted = Baseline.fit(baseline, views=views, signals=signals, traffic="drawn")
    return course(Monitor(fitted, run_length=A), live)


def course(monitor: Monitor, live: Sequence[Visit], step: int = 10) -> Course:
    """Give the visits in small parts, as a session would."""
    never = len(live) + 1
    alarm, stated, notice = never, False, never
    for a in range(0, len(live), step):
        for raised in monitor.update(live[a : a + step]):
            if alarm == never:
                alarm, stated = raised.visit, raised.guaranteed
        if monitor.notices and notice == never:
            notice = monitor.visits
        if alarm < never and notice < never:
            break
    return Course(alarm, stated, notice, any(x.corrected for x in monitor.alarms))


# --- designs: each takes a seed and returns a course ------------------------------------------


def sound(seed: int, visits: int = 1000) -> Course:
    """Half of 40 prompts at U = .3, half at .02; the baseline 40 × 20; visits of 5."""
    return mixed(seed, (1.0, 1.0), visits)


def mixed(seed: int, weights: tuple[float, float], visits: int = VISITS) -> Course:
    """Repetitive and varied prompts, drawn with so many times their share."""
    rng = np.random.default_rng(seed)
    share = np.repeat(weights, 20) / (20 * sum(weights))
    return _mixed(rng, rng.choice(40, visits, p=share))


def cycle(seed: int, hard: bool) -> Course:
    """Day and night: 75 visits of one half, 75 of the other; or softly, 1 ± .6 sin(2πt/150)."""
    rng = np.random.default_rng(seed)
    t = np.arange(VISITS)
    if hard:
        night = t // 75 % 2 == rng.integers(0, 2)
    else:
        night = rng.random(VISITS) < (1 + 0.6 * np.sin(2 * np.pi * t / 150)) / 2
    return _mixed(rng, np.where(night, rng.integers(0, 20, VISITS), rng.integers(20, 40, VISITS)))


def _mixed(rng: Rng, order: NDArray[np.int64], lost: float = 0.0, onset: int = 0) -> Course:
    model = Model(np.repeat([0.3, 0.02], 20))
    baseline = log_of([(p, model.outputs(p, 20, rng)) for p in range(40)])
    live = [
        visit_of(p, model.outputs(p, 5, rng, lost if i >= onset else 0.0))
        for i, p in enumerate(order.tolist())
    ]
    return watched(baseline, live, [EXACT])


def shared(seed: int, excess: float) -> Course:
    """Each visit has a favourite of its own; the baseline 30 prompts × 5 visits × 4."""
    rng = np.random.default_rng(seed)

    def visit(p: int) -> list[str]:
        favourite = f"favourite {p} {rng.integers(0, 50)}"
        fresh = [f"answer {p} {rng.random()}" for _ in range(4)]
        return [favourite if rng.random() < np.sqrt(excess) else x for x in fresh]

    order = rng.permutation(np.repeat(np.arange(30), 5))
    baseline = log_of([(p, visit(p)) for p in order.tolist()])
    live = [visit_of(p, visit(p)) for p in rng.integers(0, 30, VISITS).tolist()]
    return watched(baseline, live, [EXACT])


def opening(seed: int) -> Course:
    """Raw text: the outputs of a visit share their first words; phrasing and all signals."""
    rng = np.random.default_rng(seed)

    def visit() -> list[str]:
        dear = words(4, rng)
        return [f"Dear {dear}, {words(22, rng)}" for _ in range(4)]

    order = rng.permutation(np.repeat(np.arange(30), 5))
    baseline = log_of([(p, visit()) for p in order.tolist()])
    live = [visit_of(p, visit()) for p in rng.integers(0, 30, 150).tolist()]
    return watched(baseline, live, ["phrasing"], None)


def loss(seed: int, weights: tuple[float, float], mixed_from: int = 0) -> Course:
    """The effective number halves at once, while prompts come with these weights."""
    rng = np.random.default_rng(seed)
    share = np.repeat(weights, 20) / (20 * sum(weights))
    before = 0.16
    lost = float(np.sqrt(before / (1 - before)))
    return _mixed(rng, rng.choice(40, 1000, p=share), lost)


CANNED = (
    "Thanks for reaching out! Please see our help centre for answers to common questions.",
    "I'm sorry, I can't help with that request right now. Please try again later.",
    "Your request was received. A member of the team will be in touch within two days.",
    "As a support assistant I can only answer questions about your current subscription.",
    "It depends on your situation. I would recommend that you speak to a professional.",
    "Great question! Here are a few things that you may want to keep in mind.",
)
BOTS = ("gpt4_0314", "claude-2.1", "zephyr-7b-beta", "gpt-3.5-turbo-1106", "phi-2-sft",
        "Mixtral-8x7B-Instruct-v0.1", "gpt4_1106_preview", "claude")  # fmt: skip


class Named(NamedTuple):
    """What a watch of a bot said: early alarms, delay, date error, and whether it named them."""

    early: int
    noticed: bool
    delay: float
    error: float
    named: bool


def canned(seed: int) -> Named:
    """AlpacaEval in its own order, one output a prompt; one to three texts take over a share."""
    rng = np.random.default_rng(1000 + seed)
    log = alpaca_eval(BOTS[seed % len(BOTS)])
    texts = rng.permutation(CANNED)[: rng.integers(1, 4)].tolist()
    share, onset = rng.uniform(0.4, 0.65), int(rng.integers(450, 650))
    outputs = [
        str(rng.choice(texts)) if i >= onset and rng.random() < share else x
        for i, x in enumerate(log.outputs)
    ]
    first = 300
    ids = [f"q{i}" for i in range(len(outputs))]
    before = Samples.from_records(
        Record(x, p, q) for x, p, q in zip(outputs[:first], log.prompts[:first], ids, strict=False)
    )
    monitor = Monitor(Baseline.fit(before), run_length=A)
    live = [Visit(ids[i], (outputs[i],), log.prompts[i]) for i in range(first, len(outputs))]
    early = sum(bool(monitor.update(visit)) for visit in live[: onset - first])
    noticed = bool(monitor.notices)
    for i, visit in enumerate(live[onset - first :][:100]):
        monitor.update(visit)
        latest = monitor.alarms[-1] if monitor.alarms else None
        if latest is not None and latest.answers:  # the headline tells of the latest alarm
            right = {a.output for a in latest.answers} <= set(texts)
            return Named(early, noticed, i + 1, latest.since - (onset - first + 1), right)
    return Named(early, noticed, np.inf, np.inf, False)


def aligned(seed: int) -> float:
    """OLMo-2, base → sft, 100 of 200 prompts, 5 outputs of each before; visits of 5."""
    rng = np.random.default_rng(100 + seed)
    before, after = (_unnamed(olmo(stage)) for stage in ("base", "sft"))
    chosen = {*rng.permutation(before.prompt_ids)[:100].tolist()}
    base, tuned = (
        log.take(
            [i for i, p in enumerate(log.table.column("prompt_id").to_pylist()) if p in chosen]
        )
        for log in (before, after)
    )
    known, live = split(base, 5, rng)
    monitor = Monitor(Baseline.fit(known), run_length=A)
    monitor.update(in_visits(live, 5, rng)[:50])
    monitor.acknowledge()
    start = monitor.visits
    alarms = monitor.update(in_visits(split(tuned, 5, rng)[0], 5, rng)[:60])
    return alarms[0].visit - start if alarms else np.inf


def _unnamed(log: Samples) -> Samples:
    at = log.table.column_names.index("model")
    empty = pa.nulls(len(log), log.table.schema.field("model").type)
    return Samples(log.table.set_column(at, log.table.schema.field("model"), empty))


Design = Callable[[int], Course]

FALSE: list[tuple[str, Design, int]] = [
    ("draws within a visit, excess .02", partial(shared, excess=0.02), VISITS),
    ("draws within a visit, excess .05", partial(shared, excess=0.05), VISITS),
    ("draws within a visit, excess .10", partial(shared, excess=0.10), VISITS),
    ("draws within a visit: a shared opening, raw text", opening, 150),
    ("mix 1.2 : .8", partial(mixed, weights=(1.2, 0.8)), VISITS),
    ("mix 1.5 : .5", partial(mixed, weights=(1.5, 0.5)), VISITS),
    ("mix 1.8 : .2", partial(mixed, weights=(1.8, 0.2)), VISITS),
    ("mix 2 : 0", partial(mixed, weights=(2.0, 0.0)), VISITS),
    ("mix, day and night, hard", partial(cycle, hard=True), VISITS),
    ("mix, day and night, soft", partial(cycle, hard=False), VISITS),
]


def main(streams: int, only: str) -> None:
    table = Table(f"Premises of a watch, broken; A = {A:,.0f}, {streams} streams a row")
    with ProcessPoolExecutor(2) as pool:

        def run(design: Design, n: int = streams) -> list[Course]:
            return list(pool.map(design, range(n), chunksize=10))

        if only in "sound premises":
            _sound(table, run(sound))
        for name, design, visits in FALSE:
            if only in name:
                _false(table, name, run(design), visits)
        if only in "loss under a changed mix":
            _losses(table, run)
        if only in "OLMo base → sft":
            delays = np.array(list(pool.map(aligned, range(20))))
            within = int((delays <= 20).sum())
            table.add("OLMo base → sft, visits of 5, 100 of 200 prompts: alarm within 20",
                      f"{within} of 20, median {np.median(delays):.0f}", "≥ 19",
                      within >= 19)  # fmt: skip
        if only in "canned answers":
            _canned(table, list(pool.map(canned, range(min(streams, 40)))))
    table.show()


def _sound(table: Table, courses: list[Course]) -> None:
    n = len(courses)
    for t in (100, 300, 1000):
        share = sum(c.alarm <= t for c in courses) / n
        most = t / A + 0.01
        table.add(f"sound premises: alarms by {t}", rate(share, n), f"≤ {most:.2f}", share <= most)
    share = sum(c.notice <= 1000 for c in courses) / n
    table.add("sound premises: notices in 1,000", rate(share, n), "≤ .05", share <= 0.05)


def _false(table: Table, name: str, courses: list[Course], visits: int) -> None:
    n = len(courses)
    share = sum(c.alarm <= visits and c.stated for c in courses) / n
    most = visits / A + 0.05
    all_of = sum(c.alarm <= visits for c in courses) / n
    told = [c.notice for c in courses if c.notice <= visits]
    seen = f", at visit {np.median(told):.0f}" if told else ""
    table.add(f"{name}: alarms with the guarantee stated", rate(share, n), f"≤ {most:.2f}",
              share <= most)  # fmt: skip
    table.add(f"  all alarms {all_of:.2f}, corrected {sum(c.corrected for c in courses) / n:.2f}; "
              f"notices {len(told) / n:.2f}{seen}", "")  # fmt: skip


def _losses(table: Table, run: Callable[[Design], list[Course]]) -> None:
    fixed = np.array([c.alarm for c in run(partial(loss, weights=(1.0, 1.0)))])
    usual = float(np.median(fixed))
    table.add("loss, the mix as it was: median delay", f"{usual:.0f} visits")
    other = np.array([c.alarm for c in run(partial(loss, weights=(1.5, 0.5)))])
    share = float((other <= 2 * usual).mean())
    table.add(f"loss under a changed mix, 1.5 : .5: found by {2 * usual:.0f}",
              rate(share, len(other)), "≥ .90", share >= 0.9)  # fmt: skip


def _canned(table: Table, found: list[Named]) -> None:
    n = len(found)
    right = sum(f.named and abs(f.error) <= 20 for f in found)
    table.add("canned answers in drifting one-output traffic: named first, ± 20 visits",
              f"{right} of {n}", f"≥ {round(0.9 * n)}", right >= 0.9 * n)  # fmt: skip
    delay = np.median([f.delay for f in found])
    off = np.median([abs(f.error) for f in found])
    table.add(f"  named {sum(f.named for f in found)}, median delay {delay:.0f}, median error of "
              f"the date {off:.0f}", "")  # fmt: skip
    drift = [f for f in found if f.early]
    table.add(f"  alarms of the drift before: {len(drift)} streams, with a notice that prompts are "
              f"others {sum(f.noticed for f in drift)}", "")  # fmt: skip


def rate(share: float, n: int) -> str:
    return f"{share:.3f} ± {np.sqrt(share * (1 - share) / n):.3f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("streams", nargs="?", type=int, default=200)
    parser.add_argument("--only", default="", help="rows whose name holds this")
    given = parser.parse_args()
    main(given.streams, given.only)
