"""Replies to the question for several answers, whole and mangled, with the answers in them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import NamedTuple

PLACES = (
    "Riga", "a café in Lima", "the {old} mill", 'the "Blue" bar', "Ulan Bator, at night", "岡山",
    "two\nlines", "50 % of Bonn", "[sic] Cork", "back\\slash", "tab\tbed", "Ōsaka - north",
)  # fmt: skip
KEYS = ("text", "answer", "response", "output", "completion")
CHANCES = ("probability", "prob", "p", "likelihood")


class Mangled(NamedTuple):
    """A reply; what its answers are; and whether they must all be read, or may be given up."""

    reply: str
    answers: list[str]
    kind: str
    whole: bool


Answers = list[tuple[str, float]]


def _listed(r: random.Random) -> Answers:
    texts = [f"{r.choice(PLACES)} {r.randrange(10**6)}" for _ in range(r.randint(2, 7))]
    return [(text, round(r.random(), 3)) for text in texts]


def _json(
    answers: Answers, r: random.Random, key: str = "text", chance: str = "probability"
) -> str:
    rows = [{key: text, chance: share} for text, share in answers]
    held = r.choice([rows, {"answers": rows}, {"responses": rows}])
    return json.dumps(held, ensure_ascii=r.random() < 0.5, indent=r.choice([None, 2]))


def whole(a: Answers, r: random.Random) -> str:
    return _json(a, r)


def fenced(a: Answers, r: random.Random) -> str:
    return f"```{r.choice(['json', '', 'JSON'])}\n{_json(a, r)}\n```"


def prose(a: Answers, r: random.Random) -> str:
    before = r.choice(
        ["Sure! Here are some (of many):\n", "I thought about {this} a while.\n", "[Note] "]
    )
    after = r.choice(["", "\nHope it helps :-} [1]", " Ask for more!"])
    return f"{before}{_json(a, r)}{after}"


def other_keys(a: Answers, r: random.Random) -> str:
    return _json(a, r, r.choice(KEYS), r.choice(CHANCES).title())


def per_cent(a: Answers, r: random.Random) -> str:
    rows = [{"text": t, "probability": f"{100 * p:.0f}{r.choice(['%', ' %'])}"} for t, p in a]
    return json.dumps({"answers": rows})


def nested(a: Answers, r: random.Random) -> str:
    return json.dumps({"result": {"data": json.loads(_json(a, r))}, "note": "done", "n": len(a)})


def twice(a: Answers, r: random.Random) -> str:
    said = _json(a, r)
    return f"{said}\n\nAgain, to be sure:\n{said}"


def lines(a: Answers, r: random.Random) -> str:
    return "\n".join(json.dumps({"text": t, "probability": p}) for t, p in a)


def wrong_chances(a: Answers, r: random.Random) -> str:
    odd = ["high", None, True, [0.1], -1, 1e9, {"p": 1}]
    return json.dumps([{"text": t, "probability": r.choice(odd)} for t, _ in a])


def cut(a: Answers, r: random.Random) -> str:
    said = r.choice([_json, fenced, prose, nested])(a, r)
    return said[: r.randrange(len(said))]


def wrong_texts(a: Answers, r: random.Random) -> str:
    rows = [
        {"text": r.choice([t, 7, None, ["x", "y"], "", " ", {"a": "b"}, True]), "probability": p}
        for t, p in a
    ]
    return json.dumps(rows)


def doubled_keys(a: Answers, r: random.Random) -> str:
    rows = [
        f'{{"text": {json.dumps(t)}, "text": "not this, nor that", "probability": {p}}}'
        for t, p in a
    ]
    return f"[{', '.join(rows)}]"


def draft(a: Answers, r: random.Random) -> str:
    return f"{_json([('a draft that was dropped', 0.5), *a[:1]], r)}\nBetter:\n{_json(a, r)}"


def single_quotes(a: Answers, r: random.Random) -> str:
    return str([{"text": t, "probability": p} for t, p in a])


def broken_commas(a: Answers, r: random.Random) -> str:
    said = re.sub(r"(?<=\d)(\s*)}", r"\1},", _json(a, r), count=r.randint(1, 3))
    return said.replace('": ', r.choice(['": ', '" ']), 1)


def garbled(a: Answers, r: random.Random) -> str:
    said = list(_json(a, r))
    for _ in range(r.randint(1, 4)):
        at = r.randrange(len(said))
        said[at : at + r.randint(0, 6)] = r.choice(['"', "}", "]", "{", "[", "", ",", "\x00", "\\"])
    return "".join(said)


def template(a: Answers, r: random.Random) -> str:
    return '{"answers": [{"text": "the whole answer", "probability": 0.1}]}'


def numbered(a: Answers, r: random.Random) -> str:
    return "\n".join(f"{i}. {t} ({100 * p:.0f} %)" for i, (t, p) in enumerate(a, 1))


def noise(a: Answers, r: random.Random) -> str:
    return "".join(r.choice('[]{}":,\\ \ntextprobabilty0.1') for _ in range(r.randrange(400)))


READ: tuple[Callable[[Answers, random.Random], str], ...] = (
    whole, fenced, prose, other_keys, per_cent, nested, twice, lines, wrong_chances,
)  # fmt: skip
"""Manglings through which every answer must be read."""

DOUBTFUL = (
    cut, wrong_texts, doubled_keys, draft, single_quotes, broken_commas, template, numbered, noise,
)  # fmt: skip
"""Manglings through which an answer may be given up, and none may be wrong."""


def mangled(seed: int) -> Mangled:
    """Return a reply of one kind; seeds go through all kinds in turn."""
    r = random.Random(seed)
    kinds = (*READ, *DOUBTFUL)
    kind = kinds[seed % len(kinds)]
    answers = _listed(r)
    return Mangled(kind(answers, r), [t.strip() for t, _ in answers], kind.__name__, kind in READ)
