"""Real changes: OLMo-2 after each stage of alignment, GPT-4 over time, another topic.

Half of each prompt's outputs are the baseline; live traffic is the other half, 100 visits before
the change and the rest after it, prompts in random order. A topic is changed by writing every
letter 13 places further: other words, the same likeness between them.

Run: python benchmarks/watch_real.py [shuffles]
"""

from __future__ import annotations

import codecs
import sys

import numpy as np
import pyarrow as pa

from fullmenu.samples import Samples
from fullmenu.watch import Baseline, Monitor, TwoSample
from real import alpaca_eval, olmo
from table import Table
from watch_streams import cached, in_visits, split

A = 1000.0
VIEWS = ("phrasing", "outline", "answer")
WARM = 100


def main(shuffles: int = 40) -> None:
    table = Table(f"Real changes, A = {A:,.0f}, {shuffles} shuffles")
    for step in (("base", "sft"), ("sft", "dpo"), ("dpo", "instruct")):
        switch(table, step, shuffles)
    versions(table, shuffles)
    topic(table, shuffles)
    table.show()


def switch(table: Table, step: tuple[str, str], shuffles: int) -> None:
    """Traffic that goes over from one stage to the next, and does not say so."""
    before, after = (without(olmo(s), "model") for s in step)
    views = cached(VIEWS, [before, after])
    goal = step == ("base", "sft")
    for size in (5, 2):
        delays, dated, inside, early = [], [], [], 0
        for k in range(shuffles):
            rng = np.random.default_rng(k)
            known, live = split(before, 5, rng)
            _, later = split(after, 5, rng)
            monitor = Monitor(Baseline.fit(known, views=views), run_length=A)
            calm, changed = in_visits(live, size, rng)[:WARM], in_visits(later, size, rng)
            if monitor.update(calm):
                early += 1
                continue
            alarms = monitor.update(changed)
            delays.append(alarms[0].visit - WARM if alarms else np.inf)
            if alarms:
                dated.append(alarms[0].since - WARM - 1)
                inside.append(alarms[0].since_low <= WARM + 1 <= alarms[0].since_high)
        share = float(np.mean(np.array(delays) <= 20))
        name = f"{step[0]} → {step[1]}, visits of {size}, default views and signals"
        seen = np.mean(np.isfinite(delays))
        mark = share >= 0.95 if goal and size == 5 else None
        table.add(f"{name}: alarm within 20 visits", f"{share:.0%}",
                  "≥ 95 %" if mark is not None else "", mark)  # fmt: skip
        table.add(f"  alarm within {len(changed)} visits; false ones before",
                  f"{seen:.0%}, median delay {np.median(delays):.0f}; {early}")  # fmt: skip
        if dated:
            off = float(np.median(np.abs(dated)))
            table.add("  change dated, median error",
                      f"{off:.0f} visits, its range holds the truth {np.mean(inside):.0%}",
                      "≤ 10" if goal else "", off <= 10 if goal else None)  # fmt: skip


def versions(table: Table, shuffles: int) -> None:
    """GPT-4 over time, one output per prompt: across prompts, told as found."""
    names = ("gpt4_0314", "gpt4_0613", "gpt4_1106_preview")
    logs = {name: alpaca_eval(name) for name in names}
    views = cached(VIEWS, [without(log, "prompt") for log in logs.values()])
    first: dict[str, list[str]] = {name: [] for name in names}
    for k in range(shuffles):
        order = np.random.default_rng(k).permutation(805)
        known = of_prompts(logs[names[0]], order[:402])
        monitor = Monitor(Baseline.fit(known, views=views, signals=["length"]), run_length=A)
        for name, rows in zip(names, np.array_split(order[402:], 3), strict=True):
            alarms = monitor.update(of_prompts(logs[name], rows))
            if alarms:
                falls = " fell" if alarms[0].falls else " rose"
                first[name].append(alarms[0].stream + falls)
                break
    for name, found in first.items():
        said = ", ".join(f"{w} {found.count(w)}" for w in sorted(set(found))) or "none"
        table.add(f"{names[0]} as baseline, then 134 visits each: first alarm in {name}",
                  f"{len(found) / shuffles:.0%} ({said})")  # fmt: skip


def without(log: Samples, column: str) -> Samples:
    """The same rows without models; or without prompts, as views across prompts see them."""
    at = log.table.column_names.index(column)
    field = log.table.schema.field(at)
    return Samples(log.table.set_column(at, field, pa.nulls(len(log), field.type)))


def of_prompts(log: Samples, prompts: np.ndarray) -> Samples:
    """Rows of these prompts (numbered as in the log of all), in this order."""
    place = {int(p): i for i, p in enumerate(log.table.column("prompt_id").to_pylist())}
    return log.take([place[p] for p in prompts.tolist() if p in place])


def topic(table: Table, shuffles: int) -> None:
    """Changed, or less varied? Two answers, kept apart."""
    base, sft = olmo("base"), olmo("sft")
    other = sft.with_outputs([codecs.encode(t, "rot13") for t in sft.outputs])
    [view] = cached(("phrasing",), [base, sft, other])
    cases = {
        "no change (sft)": (sft, sft),
        "another topic, same variety (sft in other letters)": (sft, other),
        "collapse (base → sft)": (base, sft),
    }
    for name, (before, after) in cases.items():
        changed, less = 0, 0
        for k in range(shuffles):
            rng = np.random.default_rng(k)
            known, live = split(before, 5, rng)
            if after is other:
                live = live.with_outputs([codecs.encode(t, "rot13") for t in live.outputs])
            elif after is not before:
                _, live = split(after, 5, rng)
            answer = TwoSample(known, views=[view], seed=k).update(in_visits(live, 5, rng))
            changed += answer.most_changed >= 20
            less += answer.most_less_varied >= 20
        for what, n in (("changed", changed), ("less varied", less)):
            share = n / shuffles
            low = before is not base and (what == "less varied" or after is before)
            goal = "≤ 5 %" if low else ""
            table.add(f"two-sample, {name}: says {what!r}", f"{share:.0%}", goal,
                      share <= 0.05 if low else None)  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
