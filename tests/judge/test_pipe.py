"""Is it the model or the pipe? Each sign is found where it is planted, and not in honest logs."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

import fullmenu as fm
from fullmenu.judge.pipe import look_for
from fullmenu.samples import Record, Samples

WORDS = (
    "the", "a", "one", "this", "that", "harbour", "kitchen", "orchard", "ferry", "winter", "river",
    "lantern", "bread", "stone", "letter", "garden", "bell", "market", "road", "morning", "evening",
    "window", "table", "song", "opens", "waits", "turns", "falls", "rises", "sings",
)  # fmt: skip


def text(rng: random.Random, words: int = 24) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def served(seed: int = 0, prompts: int = 16, outputs: int = 6) -> list[Record]:
    rng = random.Random(seed)
    return [Record(text(rng), f"Question {p}?") for p in range(prompts) for _ in range(outputs)]


def names(records: list[Record], label: str = "log") -> list[str]:
    return [sign.name for sign in look_for([Samples.from_records(records)], [label])]


def first_of_each(rows: list[Record]) -> list[Record]:
    first: dict[str | None, str] = {}
    return [r._replace(output=first.setdefault(r.prompt, r.output)) for r in rows]


def half_cached(rows: list[Record]) -> list[Record]:
    cached = first_of_each(rows)
    half = len(rows) // 2
    return cached[:half] + rows[half:]


def with_parts(rows: list[Record], field: str, *values: object) -> list[Record]:
    return [r._replace(**{field: values[i % len(values)]}) for i, r in enumerate(rows)]


CANNED = (
    "Thank you for your question! Our team is looking into it and will come back to you as soon "
    "as possible."
)
PLANTED: dict[str, tuple[str, Callable[[list[Record]], list[Record]]]] = {
    "greedy": ("identical outputs", first_of_each),
    "joined with itself": ("repeated lines", lambda rows: rows + rows),
    "three times": ("repeated lines", lambda rows: rows + rows[::-1] + rows),
    "every third twice": ("repeated lines", lambda rows: rows + rows[::3]),
    "three seeds in turn": (
        "repeated lines",
        lambda rows: [rows[i - i % 6 + i % 3] for i in range(len(rows))],
    ),
    "half from a cache": ("cached outputs", half_cached),
    "canned": (
        "one text for many prompts",
        lambda rows: [r._replace(output=CANNED) if i % 4 == 0 else r for i, r in enumerate(rows)],
    ),
    "one frame": (
        "one frame for all outputs",
        lambda rows: [r._replace(output=r.output + " " + CANNED + CANNED[::-1]) for r in rows],
    ),
    "two models": ("several models", lambda rows: with_parts(rows, "model", "a", "b")),
    "two temperatures": (
        "several values of temperature",
        lambda rows: with_parts(rows, "parameters", {"temperature": 0.2}, {"temperature": 1}),
    ),
    "two servers": (
        "several fingerprints",
        lambda rows: with_parts(rows, "system_fingerprint", "fp_1", "fp_2"),
    ),
    "two texts": (
        "several prompt texts",
        lambda rows: [
            r._replace(prompt_id=r.prompt, prompt=f"{r.prompt} {'Be brief.' * (i % 2)}")
            for i, r in enumerate(rows)
        ],
    ),
    "two templates": (
        "several templates",
        lambda rows: [
            r._replace(prompt=f"Human: {r.prompt}\n\nAssistant:" if i % 2 else r.prompt)
            for i, r in enumerate(rows)
        ],
    ),
    "cut": (
        "cut outputs",
        lambda rows: [
            r._replace(output=" ".join(r.output.split()[:9]), finish_reason="length") for r in rows
        ],
    ),
    "filtered": (
        "filtered outputs",
        lambda rows: with_parts(rows, "finish_reason", "stop", "stop", "content_filter"),
    ),
    "empty": (
        "empty outputs",
        lambda rows: [r._replace(output="") if i % 5 == 0 else r for i, r in enumerate(rows)],
    ),
    "errors": (
        "error outputs",
        lambda rows: [
            r._replace(output="Error: 429 Too Many Requests") if i % 5 == 0 else r
            for i, r in enumerate(rows)
        ],
    ),
    "marked as cached": (
        "cached outputs",
        lambda rows: with_parts(rows, "extra", {"cached": True}, {"cached": False}),
    ),
}  # fmt: skip


def test_an_honest_log_shows_no_sign() -> None:
    assert names(served()) == []


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_named(kind: str) -> None:
    name, plant = PLANTED[kind]
    assert name in names(plant(served(seed=3)))


def labelled() -> list[Record]:
    return [Record(("yes", "no")[p % 2], f"Is {p} odd?") for p in range(20) for _ in range(6)]


def extracted() -> list[Record]:
    record = {"city": "Bern", "order": 7, "items": ["bread", "salt"], "note": "to be sent by post"}
    return [
        Record(json.dumps(record | {"id": p}), f"Read {p}.") for p in range(20) for _ in range(5)
    ]


def refused() -> list[Record]:
    said = "I'm sorry, but I can't assist with that request. Is there anything else I can do?"
    return [Record(said, f"Harm {p}?") for p in range(30) for _ in range(4)]


def lukewarm() -> list[Record]:
    rng = random.Random(5)
    rows = first_of_each(served(seed=5, outputs=8))
    return [
        r._replace(
            output=" ".join(w if rng.random() > 0.03 else "slowly" for w in r.output.split())
        )
        for r in rows
    ]


def ended_at_a_limit() -> list[Record]:
    rng = random.Random(6)
    return [
        Record(text(rng, 90), f"Question {p}?", finish_reason="length" if n else "stop")
        for p in range(10)
        for n in range(5)
    ]


@pytest.mark.parametrize("log", [labelled, extracted, refused, lukewarm, ended_at_a_limit])
def test_honest_repeats_are_not_blamed(log: Callable[[], list[Record]]) -> None:
    assert names(log()) == []


def test_the_order_of_a_log_does_not_matter() -> None:
    rows = served(seed=7)
    rows += rows
    ordered = look_for([Samples.from_records(rows)], ["log"])
    random.Random(1).shuffle(rows)
    again = look_for([Samples.from_records(rows)], ["log"])
    assert [(s.name, s.count, s.of) for s in ordered] == [(s.name, s.count, s.of) for s in again]


def test_copies_explain_a_loss_and_weaken_the_word() -> None:
    before, after = served(1, 30, 8), served(2, 30, 8)
    report = fm.compare(
        Samples.from_records(before), Samples.from_records(after[::2] * 4), views=["phrasing"]
    )
    (sign,) = report.document["pipe"]
    assert (sign["name"], sign["log"], sign["explains"]) == ("repeated lines", "after", True)
    assert report.verdict in ("held", "unclear")
    assert "without what the pipeline did (repeated lines)" in report.content.reason  # type: ignore[union-attr]
    assert "Model or pipeline? The pipeline" in str(report)
    assert "Model or pipeline?" in report.to_html()


def test_a_loss_that_stands_without_the_copies_is_not_hidden() -> None:
    after = [
        Record(f"Soup of the day, number {n % 2}.", f"Question {p}?")
        for p in range(30)
        for n in range(8)
    ]
    report = fm.compare(
        Samples.from_records(served(1, 30, 8)),
        Samples.from_records(after + after),
        views=["phrasing"],
    )
    assert report.verdict == "collapsed"
    assert not any(sign["explains"] for sign in report.document["pipe"])


def test_a_cache_names_the_cause_and_the_word_stays() -> None:
    before, after = served(1, 30, 8), first_of_each(served(2, 30, 8))
    report = fm.compare(
        Samples.from_records(before), Samples.from_records(after), views=["phrasing"]
    )
    (sign,) = report.document["pipe"]
    assert (sign["name"], sign["explains"], report.verdict) == (
        "identical outputs",
        True,
        "collapsed",
    )
    assert "asked twice it cannot be judged" in report.content.reason  # type: ignore[union-attr]


def test_nothing_is_held_where_a_cache_serves_both_sides() -> None:
    text = "We would roast the fish number {} with lemon and thyme, and serve it with bread."
    cached = Samples.of({f"Dinner {p}?": [text.format(p)] * 5 for p in range(20)})
    report = fm.compare(cached, cached)
    assert report.verdict == "unclear"
    assert "byte for byte" in report.document["reason"]


def test_what_changed_between_logs_is_named() -> None:
    before = [
        r._replace(parameters={"temperature": 1.0}, model="m", system_fingerprint="a")
        for r in served(1)
    ]
    after = [
        r._replace(
            parameters={"temperature": 0.2}, model="m", system_fingerprint="b",
            prompt=f"Think first. {r.prompt}", prompt_id=r.prompt,
        )
        for r in served(2)
    ]  # fmt: skip
    before = [r._replace(prompt_id=r.prompt) for r in before]
    signs = look_for([Samples.from_records(x) for x in (before, after)], ["before", "after"])
    assert [s.name for s in signs] == [
        "changed temperature",
        "changed fingerprint",
        "changed prompts",
    ]


def test_prompts_of_one_id_are_told_apart_by_their_texts() -> None:
    rows = PLANTED["two texts"][1](served(seed=3))
    report = fm.check(Samples.from_records(rows), views=["phrasing"])
    assert len({p["prompt_id"] for p in report.document["prompts"]}) == 32
    stamped = [r._replace(prompt_id="one", prompt=f"At {i}: hello?") for i, r in enumerate(rows)]
    assert (
        fm.check(Samples.from_records(stamped), views=["phrasing"]).document["views"]["phrasing"][
            "within"
        ]["repeat_rate"]["value"]
        < 1
    )


def test_a_cached_case_of_promptfoos_kind(tmp_path: Path) -> None:
    rows = first_of_each(served(4, prompts=4, outputs=5))
    path = tmp_path / "log.jsonl"
    path.write_text(
        "".join(json.dumps({"prompt": r.prompt, "output": r.output}) + "\n" for r in rows)
    )
    assert [sign["name"] for sign in fm.check(fm.read(path)).document["pipe"]] == [
        "identical outputs"
    ]
