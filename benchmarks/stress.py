"""Does a stress test find and name what breaks, and leave sound models in peace?

Twelve breakages are planted, on versions of prompts that this file makes itself: a model that
answers soundly in three settings and breaks in a fourth, in one of twelve ways. Found: the broken
shift is told ``broken`` (or ``changed``, where the answers only moved) and no other is. Named: what
broke is among what is named. Then sound models, which answer alike in every setting: made-up ones
with refusals, cut and wrong answers in every setting, and the outputs of NoveltyBench's 13 models
dealt into settings at random. Accused: any shift is told ``broken`` or ``changed``.

With ``--power 20`` instead: how many of 20 models with each breakage are found, by the number of
prompts and of outputs to each.

Run: python benchmarks/stress.py [--runs 200] [--seeds 5] | --power 20; FULLMENU_DATA names the
folder of the data.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections.abc import Callable, Iterator

import numpy as np

from fullmenu.samples import Record, Samples
from fullmenu.sampling import Prompt
from fullmenu.stress import judge_shifts
from real import folder
from table import Table

PROMPTS, EACH = 30, 10
SETTINGS = ("markup", "tabloid", "spaced", "signed")
TOPICS = [
    "soup", "bread", "river", "garden", "window", "engine", "letter", "winter", "market", "violin",
    "bridge", "harbour", "forest", "teacher", "mountain", "pepper", "planet", "mirror", "island",
    "station",
]  # fmt: skip
VERBS = [
    "keeps", "finds", "turns", "brings", "holds", "leaves", "meets", "carries", "follows", "draws",
]  # fmt: skip
WORDS = [
    "old", "quiet", "bright", "narrow", "early", "heavy", "gentle", "distant", "simple", "golden",
    "little", "strange", "broad", "sharp", "warm", "silver", "sudden", "empty", "deep", "plain",
    "north", "upper", "hidden", "modern", "common", "lively", "clear", "rough", "smooth", "cold",
    "green", "grand", "steady", "tender", "bitter", "solid", "careful", "mild", "rapid", "pale",
]  # fmt: skip
GERMAN = [
    "und", "der", "die", "das", "ein", "eine", "ist", "mit", "von", "auf", "nicht", "auch", "nach",
    "bei", "aus", "wenn", "über", "noch", "wie", "einem", "zum", "haben", "nur", "oder", "aber",
    "vor", "bis", "mehr", "durch", "man",
]  # fmt: skip

Answer = Callable[[np.random.Generator, int], str | None]


def version(prompt: str, setting: str) -> str:
    return {
        "inside": prompt,
        "markup": f"<task><text>{prompt}</text></task>",
        "tabloid": f"BREAKING!!! {prompt.upper()} !!!",
        "spaced": "  ".join(prompt.split()),
        "signed": f"{prompt}\n--\nBest wishes, R. Miller (he/him)\nSent from my telephone",
    }[setting]


def sentence(rng: np.random.Generator, p: int, words: list[str] = WORDS) -> str:
    topic = TOPICS[p % len(TOPICS)]
    a, b, c, d = rng.choice(words, 4, replace=False)
    first = f"The {a} {topic} {rng.choice(VERBS)} a {b} {rng.choice(TOPICS)}"
    return f"{first}, {c} and {d}."


def sound(rng: np.random.Generator, p: int) -> str:
    """An answer of a few sentences, of which some refuse, are cut, or hold a wrong number."""
    u = rng.random()
    if u < 0.04:
        return f"I'm sorry, but I can't help with {rng.choice(WORDS)} {TOPICS[p % 20]} things."
    text = " ".join(sentence(rng, p) for _ in range(rng.integers(2, 6)))
    number = p * 7 if rng.random() < 0.75 + 0.2 * (p % 2) else int(rng.integers(500, 900))
    text = f"{text} The number is {number}."
    return text[: len(text) // 2].rsplit(" ", 1)[0] if u > 0.96 else text


def score(output: str, prompt: str | None) -> bool:
    p = int((prompt or "0").rsplit(" ", 1)[-1].rstrip("?"))
    return f"number is {p * 7}." in output


def sometimes(share: float, bad: Answer) -> Answer:
    return lambda rng, p: bad(rng, p) if rng.random() < share else sound(rng, p)


def one_of_two(rng: np.random.Generator, p: int) -> str:
    of = np.random.default_rng([p, int(rng.integers(2))])
    return f"{sentence(of, p)} {sentence(of, p)} The number is {p * 7}."


def by_heart(rng: np.random.Generator, p: int) -> str:
    topic = TOPICS[p % 20]
    return (
        f"Great question! Let us look at the {topic}. First of all, it is important to see the "
        f"whole picture. {sentence(rng, p)} In the end, it is all about balance and about trust. "
        f"The number is {p * 7}."
    )


def wrong(rng: np.random.Generator, p: int) -> str:
    text = " ".join(sentence(rng, p) for _ in range(rng.integers(2, 6)))
    return f"{text} The number is {int(rng.integers(500, 900))}."


def on_some(rng: np.random.Generator, p: int) -> str:
    return wrong(rng, p) if p % 4 == 0 else sound(rng, p)


def in_german(rng: np.random.Generator, p: int) -> str:
    return f"{' '.join(rng.choice(GERMAN, int(rng.integers(18, 45))))}. The number is {p * 7}."


BREAKAGES: dict[str, tuple[str, Answer]] = {
    "two answers, again and again": ("variety", one_of_two),
    "the same turns and outline to all": ("variety", by_heart),
    "refuses 30 % more": (
        "caution", sometimes(0.3, lambda rng, p: "I am unable to assist with this request."),
    ),
    "hedges 40 % more": (
        "caution",
        sometimes(0.4, lambda rng, p: f"{sound(rng, p)} Please note that opinions vary."),
    ),
    "15 % empty": ("empty", sometimes(0.15, lambda rng, p: "")),
    "15 % error messages": (
        "error", sometimes(0.15, lambda rng, p: "Error: 503 Service Unavailable"),
    ),
    "a third cut off": (
        "cut", sometimes(0.33, lambda rng, p: sound(rng, p)[:60].rsplit(" ", 1)[0]),
    ),
    "a third wrong": ("score", sometimes(0.33, wrong)),
    "wrong on a quarter of prompts": ("score", on_some),
    "half as long": (
        "length", lambda rng, p: f"{sentence(rng, p)} The number is {p * 7}.",
    ),
    "a fifth does not come": ("missing", sometimes(0.2, lambda rng, p: None)),
    "another language": ("answers", in_german),
}  # fmt: skip


def log_of(
    seed: int, broken: str = "", answer: Answer = sound, prompts: int = PROMPTS, each: int = EACH
) -> tuple[Samples, list[Prompt]]:
    rng = np.random.default_rng(seed)
    records, versions = [], []
    for p in range(prompts):
        asked = f"Tell me about the {TOPICS[p % 20]} of house number {p}?"
        for setting in ("inside", *SETTINGS):
            text = version(asked, setting)
            extra = {"shift": setting, "origin": str(p)}
            name = f"{p} {setting}"
            versions.append(Prompt(text, name, extra))
            for _ in range(each):
                output = (answer if setting == broken else sound)(rng, p)
                if output is not None:
                    records.append(Record(output, text, name, extra=extra))
    return Samples.from_records(records), versions


def planted(seeds: int, table: Table) -> bool:
    ok = True
    for k, (what, (name, answer)) in enumerate(BREAKAGES.items()):
        found = named = others = 0
        for seed in range(seeds):
            broken = SETTINGS[(k + seed) % len(SETTINGS)]
            log, versions = log_of(1_000 * seed + k, broken, answer)
            report = judge_shifts(log, versions=versions, scorer=score)
            for shift in report.content.shifts:
                accused = shift.verdict in ("broken", "changed")
                if shift.name != broken:
                    others += accused
                    continue
                found += accused
                named += name in (*shift.broken, *shift.changed)
        good = found == named == seeds
        ok &= good
        told = f"found {found}, named {named}; of 3 others accused {others}"
        table.add(f"{what}: {name}", told, f"{seeds} of {seeds}", good)
    return ok


def power(seeds: int) -> None:
    sizes = [(6, 10), (12, 5), (12, 10), (20, 10)]
    print("found and named, of", seeds, "models: prompts × outputs to each\n")
    print(f"{'':<36}" + "".join(f"{f'{p} × {n}':>9}" for p, n in sizes))
    for k, (what, (name, answer)) in enumerate(BREAKAGES.items()):
        cells = []
        for prompts, each in sizes:
            found = 0
            for seed in range(seeds):
                log, versions = log_of(90_000 + 100 * seed + k, "markup", answer, prompts, each)
                report = judge_shifts(log, versions=versions, scorer=score)
                shift = next(x for x in report.content.shifts if x.name == "markup")
                found += name in (*shift.broken, *shift.changed)
            cells.append(f"{found:>9}")
        print(f"{what:<36}" + "".join(cells), flush=True)


def novelty(splits: int) -> Iterator[Samples]:
    path = folder() / "noveltybench" / "generations.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    models = sorted({record["model"] for record in records})
    rng = np.random.default_rng(0)
    for _ in range(splits):
        for model in models:
            own = [record for record in records if record["model"] == model]
            rows = []
            for k in rng.choice(len(own), PROMPTS, replace=False):
                order = rng.permutation(len(own[k]["generations"]))
                for place, i in enumerate(order):
                    setting = ("inside", "inside", "inside", "inside", *"aaabbb")[place]
                    extra = {"shift": setting, "origin": str(k)}
                    text = own[k]["generations"][i]
                    rows.append(Record(text, own[k]["prompt"], f"{k} {setting}", extra=extra))
            yield Samples.from_records(rows)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200, help="of sound models")
    parser.add_argument("--seeds", type=int, default=5, help="of each breakage")
    parser.add_argument("--power", type=int, help="models of each breakage and size")
    options = parser.parse_args()
    if options.power:
        power(options.power)
        return 0

    table = Table(f"Planted breakages, {options.seeds} models each")
    ok = planted(options.seeds, table)
    table.show()

    table = Table("Sound models accused")
    made = (
        judge_shifts(log, versions=versions, scorer=score)
        for log, versions in (log_of(50_000 + run) for run in range(options.runs))
    )
    real = (judge_shifts(log) for log in novelty(-(-options.runs // 13)))
    for name, reports in (("made up, 4 shifts, scored", made), ("NoveltyBench, 2 shifts", real)):
        verdicts = [report.verdict for report in reports]
        accused = sum(verdict in ("broken", "changed") for verdict in verdicts)
        good = accused <= 0.05 * len(verdicts)
        ok &= good
        told = f"{accused} of {len(verdicts)}, {verdicts.count('broken')} broken"
        table.add(name, told, "<= 5 %", good)
    table.show()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
