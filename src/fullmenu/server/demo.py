"""A store for ``fullmenu serve --demo``: a bot that goes stale, and what became of two others."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from fullmenu.lab import restaurant
from fullmenu.live.watcher import Watcher
from fullmenu.samples import Record, Samples
from fullmenu.store.nouns import Range

if TYPE_CHECKING:
    from fullmenu.store import Store

OUTPUTS = 5
"""Outputs of a visit."""

BEFORE, SINCE = 72, 150
"""Visits of a baseline, and those that are watched: one an hour."""

EACH = 150
"""Outputs that each menu has for a prompt."""

STALE, EARLY = "menu-bot", "waiter-bot"
NEW = "menu-bot-next"
CANNED = "The kitchen is busy right now. Please ask again in a few minutes."


Outputs = Mapping[str, Iterator[str]]
"""What a menu has left to give, by prompt: no output comes twice."""


class DemoVisit(NamedTuple):
    """One request: when, of which bot, from which menu, and what it was asked with.

    ``canned`` is the chance of the canned sentence; ``prompt`` is drawn unless it is given.
    """

    hour: int
    model: str
    outputs: Outputs
    canned: float = 0.0
    temperature: float = 1.0
    release: str = "1.3"
    prompt: int | None = None


def fill(store: Store, seed: int = 0, now: datetime | None = None) -> None:
    """Fill a store: the same bots, requests and answers every time, ending now.

    ``menu-bot`` goes stale, and an alarm stands. ``waiter-bot`` was cut down to one canned sentence
    for a while, which somebody acknowledged; ``menu-bot-next`` has no baseline yet.
    """
    now = now or datetime.now(timezone.utc)
    run = restaurant.run(seed=seed, per_prompt=EACH)
    before, after = (_outputs(log) for log in (run.before, run.after))
    columns = (run.before.column(name) for name in ("prompt_id", "prompt"))
    prompts = {name: prompt or name for name, prompt in zip(*columns, strict=True)}
    draws = random.Random(seed)
    began = now - timedelta(hours=BEFORE + SINCE)
    visits = [*_visits(before, after, draws)]
    middle = BEFORE + SINCE // 2
    halves = [v for v in visits if v.hour < middle], [v for v in visits if v.hour >= middle]
    store.add([*_records(_baselines(before), prompts, draws, began)])
    for model in store.models():
        store.set_baseline(model.model, Range(0, model.last_id))
    store.add([*_records(halves[0], prompts, draws, began)])
    store.add_change("prompt template v7", model=STALE, at=began + timedelta(hours=middle - 2))
    watcher = Watcher(store)
    _catch_up(watcher)
    for alarm in store.alarms(model=EARLY, standing=True):
        store.acknowledge(alarm.id, "Noor")
    store.add([*_records(halves[1], prompts, draws, began)])
    _catch_up(watcher)
    watcher.stop()


def _catch_up(watcher: Watcher) -> None:
    while watcher.turn():
        pass


def _outputs(log: Samples) -> Outputs:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, output in zip(log.column("prompt_id"), log.outputs, strict=True):
        found[name].append(output)
    return {name: iter(outputs) for name, outputs in found.items()}


def _baselines(menu: Outputs) -> list[DemoVisit]:
    """Return visits to every prompt, twice."""
    return [DemoVisit(k, model, menu, prompt=k) for k in range(BEFORE) for model in (STALE, EARLY)]


def _visits(before: Outputs, after: Outputs, draws: random.Random) -> Iterator[DemoVisit]:
    """Yield what is watched: the stale menu comes in the second half, the busy kitchen early."""
    for k in range(SINCE):
        hour, passed = BEFORE + k, k / SINCE
        stale = draws.random() < 4 * (passed - 0.52)
        colder = 1.0 if passed < 0.5 else 0.4
        yield DemoVisit(hour, STALE, after if stale else before, temperature=colder)
        busy = 0.7 if 0.2 < passed < 0.4 else 0.0
        release = "1.3" if passed < 0.7 else "1.4"
        yield DemoVisit(hour, EARLY, before, canned=busy, release=release)
        if passed > 0.7:
            yield DemoVisit(hour, NEW, before, release="2.0")


def _records(
    visits: Sequence[DemoVisit], prompts: Mapping[str, str], draws: random.Random, began: datetime
) -> Iterator[Record]:
    """Yield the outputs of visits."""
    names = sorted(prompts)
    for visit in visits:
        turn = draws.randrange(len(names)) if visit.prompt is None else visit.prompt
        chosen = names[turn % len(names)]
        time = began + timedelta(hours=visit.hour, minutes=draws.randrange(40))
        for k in range(OUTPUTS):
            yield Record(
                CANNED if draws.random() < visit.canned else next(visit.outputs[chosen]),
                prompts[chosen],
                chosen,
                visit.model,
                time,
                sample_index=k,
                finish_reason="stop",
                parameters={"temperature": visit.temperature},
                call_id=f"{visit.model}-{visit.hour}",
                extra={"release": visit.release},
            )
