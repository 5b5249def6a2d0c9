"""An alarm says whether the pipe changed too: streams in which more than the model did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sqlalchemy")

from fullmenu.live import Watcher
from fullmenu.report.watch import words
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Record
from fullmenu.store import Store

WORDS = [f"{a}{b}{c}" for a in "bdfgklmprstvz" for b in "aeiou" for c in ("n", "sk", "lma", "rpo")]
EACH = 4

Fault = Callable[[list[Record]], list[Record]]


def visit(
    rng: np.random.Generator, prompt: int, dishes: int = 200, each: int = EACH
) -> list[Record]:
    """Outputs of forty words to a prompt, each one of so many that the prompt has, said anew."""
    made = []
    for dish in rng.integers(0, dishes, each).tolist():
        own = np.random.default_rng([prompt, dish])
        chosen = np.where(rng.random(40) < 0.1, rng.choice(WORDS, 40), own.choice(WORDS, 40))
        said = [" ".join(part).capitalize() + "." for part in np.split(chosen, 4)]
        made.append(Record(" ".join(said), f"What is to be done about the {WORDS[prompt]}?",
                           model="bot", finish_reason="stop",
                           parameters={"temperature": 1.0, "max_tokens": 500}))  # fmt: skip
    return made


def stream(fault: Fault, dishes: int, seed: int) -> Iterator[list[Record]]:
    rng = np.random.default_rng(seed)
    for n in range(120):
        records = visit(rng, int(rng.integers(0, 40)), dishes if n >= 60 else 200)
        yield fault(records) if n >= 60 else records


def alarms_of(path: Path, fault: Fault, *, dishes: int = 200, seed: int = 1) -> list[Alarm]:
    with Store.open(str(path / "store.db")) as store:
        rng = np.random.default_rng(seed + 1000)
        store.add([r for prompt in range(40) for r in visit(rng, prompt, each=10)])
        store.set_baseline("bot", (0, 400))
        watcher = Watcher(store)
        rows = [r for part in stream(fault, dishes, seed) for r in part]
        for a in range(0, len(rows), 150):  # as they come
            store.add(rows[a : a + 150])
            while watcher.turn():
                pass
        return [found.alarm for found in store.alarms()][::-1]


def emptied(records: list[Record]) -> list[Record]:
    return [records[0], *(r._replace(output="") for r in records[1:])]


def stubs(records: list[Record]) -> list[Record]:
    return [
        r._replace(output="Well, to begin with, " + " ".join(r.output.split()[:4]),
                   finish_reason="length")
        for r in records
    ]  # fmt: skip


def fewer_tokens(records: list[Record]) -> list[Record]:
    return [r._replace(parameters={"temperature": 1.0, "max_tokens": 8}) for r in stubs(records)]


def cold(records: list[Record]) -> list[Record]:
    told = {"temperature": 0.0, "max_tokens": 500}
    return [r._replace(output=records[0].output, parameters=told) for r in records]


def doubled(records: list[Record]) -> list[Record]:
    half = records[: EACH // 2]
    return [r for one in half for r in (one, one)]


def failing(records: list[Record]) -> list[Record]:
    return [r._replace(output="Error: 503 service unavailable, try again.") for r in records]


def reframed(records: list[Record]) -> list[Record]:
    told = "You are a terse clerk. Answer in one line.\n\n"
    return [
        r._replace(prompt_id=r.prompt, prompt=f"{told}{r.prompt}", output=records[0].output)
        for r in records
    ]


def fallback(records: list[Record]) -> list[Record]:
    said = (
        "Thank you for your message. All of our advisers are busy at the moment; please look at "
        "our help pages, or write to us again later today, and we will be glad to help you then."
    )
    return [records[0], *(r._replace(output=said) for r in records[1:])]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (emptied, "are empty"),
        (stubs, "were cut at a limit"),
        (fewer_tokens, "max_tokens went from 500 to 8"),
        (cold, "temperature went from 1 to 0"),
        (doubled, "stands in the log twice"),
        (failing, "read like the message of an error"),
        (fallback, "the same long text answers different prompts"),
        (reframed, "another text, or another frame"),
    ],
)
def test_an_alarm_tells_what_the_pipe_did(tmp_path: Path, fault: Fault, says: str) -> None:
    alarm = alarms_of(tmp_path, fault)[0]
    assert alarm.pipe is not None
    assert any(says in sentence for sentence in alarm.pipe), alarm.pipe
    assert words.pipe(alarm).startswith("the pipeline changed too")


@pytest.mark.parametrize("seed", range(4))
def test_a_model_that_says_less_is_not_put_down_to_the_pipe(tmp_path: Path, seed: int) -> None:
    alarm = alarms_of(tmp_path, lambda records: records, dishes=5, seed=seed)[0]
    assert alarm.pipe == ()
    assert words.pipe(alarm).startswith("the model, as far as the outputs show")


def test_what_the_baseline_shows_too_is_no_news(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        rng = np.random.default_rng(5)
        store.add([r for p in range(40) for r in emptied(visit(rng, p, each=10))[:4]
                   + visit(rng, p, each=6)])  # fmt: skip
        store.set_baseline("bot", (0, 400))
        watcher = Watcher(store)
        for _ in range(120):
            store.add(emptied(visit(rng, int(rng.integers(0, 40)), each=12)))
        while watcher.turn():
            pass
        found = store.alarms()[-1].alarm
        assert found.pipe is not None
        assert not any("are empty" in sentence for sentence in found.pipe)


def test_a_watch_that_goes_on_knows_what_came_before(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        rng = np.random.default_rng(3)
        store.add([r for prompt in range(40) for r in visit(rng, prompt, each=10)])
        store.set_baseline("bot", (0, 400))
        found: list[Alarm] = []
        for part in stream(emptied, 200, 7):
            store.add(part)
            watcher = Watcher(store)  # a new one for each visit
            watcher.turn()
            watcher.stop()
            found = [a.alarm for a in store.alarms()]
            if found:
                break
        assert found[0].pipe is not None
        assert any("are empty" in sentence for sentence in found[0].pipe)
