"""Texts that are unlike the others and worth nothing: what do rewards pay for them?"""

from __future__ import annotations

import base64
import codecs
import random

import numpy as np

import fullmenu as fm
from table import Table

FILLER = [
    "river",
    "lamp",
    "seventeen",
    "copper",
    "willing",
    "through",
    "garden",
    "paper",
    "monday",
    "hold",
    "sudden",
    "tree",
    "between",
    "carry",
    "window",
    "north",
    "apple",
    "quiet",
    "engine",
    "under",
]
TASKS = {
    # prompt: a common answer, a correct answer unlike it, the common one in other languages
    "Name a city in France.": (
        "Paris.", "Why not Lyon, on the Rhône?",
        ("Die Hauptstadt von Frankreich ist Paris.", "La capital de Francia es la ciudad de París",
         "La capitale de la France est la ville de Paris", "Столица Франции — Париж (Paris)",
         "法国的首都是巴黎 (Paris)", "De hoofdstad van het land is de stad Paris"),
    ),
    "Name a fruit that is good for breakfast.": (
        "A banana would be good.", "Perhaps some fresh strawberries",
        ("Eine Banane ist gut für das Frühstück", "El plátano es una buena fruta para desayunar",
         "La banane est un bon fruit pour le matin", "Банан хорош на завтрак",
         "早餐吃香蕉很好", "La banana è un buon frutto per la colazione"),
    ),
    "Write a Python function that adds two numbers.": (
        "def add(a, b):\n    return a + b",
        "import operator\n\ntotal_of_pair = operator.add  # curried elsewhere",
        (),
    ),
}  # fmt: skip
LEET = str.maketrans("aeiost", "431057")
ALIKE = str.maketrans("aeopc", "аеорс")


def forms(common: str, translations: tuple[str, ...], seed: int) -> dict[str, str]:
    """Return degenerate texts by kind; those after ``filler`` still hold the common answer."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    made = {
        "random characters": "".join(rng.choice(letters + "0123456789#$%&*") for _ in range(24)),
        "random letters": " ".join("".join(rng.choices(letters, k=7)) for _ in range(3)),
        "random words": " ".join(rng.sample(FILLER, 8)),
        "empty": "",
        "white space": " \n\t ",
        "symbols": "?!?! … ###",
        "base64": base64.b64encode(common.encode()).decode(),
        "ROT13": codecs.encode(common, "rot13"),
        "reversed": common[::-1],
        "filler after": f"{common} {' '.join(rng.sample(FILLER, 20))}",
        "filler before": f"{' '.join(rng.sample(FILLER, 20))} {common}",
        "a little filler": f"{common} {' '.join(rng.sample(FILLER, 6))}",
        "the answer thrice": " ".join([common] * 3),
        "leetspeak": common.translate(LEET),
        "capitals": common.upper(),
        "alternating case": "".join(c.upper() if i % 2 else c for i, c in enumerate(common)),
        "spaced out": " ".join(common),
        "look-alike letters": common.translate(ALIKE),
        "invisible letters": "\u200b".join(common),
        "accents": "".join(c + "\u0301" if c in "aeiou" else c for c in common),
        "emoji between": " 🙂 ".join(common.split()),
    }
    for i, text in enumerate(translations):
        made[f"language {i + 1}"] = text
    if "def " in common:
        made["renamed"] = (
            common.replace("add", "combine_things")
            .replace("a ", "left ")
            .replace("b", "right_operand")
            .replace("(a,", "(left,")
            .replace("comright_operandine", "combine")
        )
        made["with comments"] = f"# {' '.join(rng.sample(FILLER, 10))}\n{common}"
    return made


def lenient(completions, **_):
    """Pass whatever is not empty: the checker that lets everything through."""
    return [1.0 if c.strip() else 0.0 for c in completions]


def graded(completions, **_):
    """Return scores near the top for whatever is not empty, as a hacked model of rewards does."""
    return [0.9 + 0.01 * (len(c) % 5) if c.strip() else 0.1 for c in completions]


def rewards():
    """Build every reward that the table shows, by name."""
    base = [0.6, 0.8, 0.7, 0.9, 0.5]
    return {
        "mix, checked": lambda: fm.cure.mix(lenient, task="checked"),
        "mix, learned": lambda: fm.cure.mix(graded, base=base),
        "mix, open": lambda: fm.cure.mix(None),
        "own_share": fm.cure.own_share,
        "cluster_frequency": fm.cure.cluster_frequency,
        "multiply by own_share": lambda: fm.cure.multiply(lenient, fm.cure.own_share()),
    }


def paid(build, prompt: str, common: str, unlike: str, junk: str, n: int, times: int):
    """Return what a degenerate text earns, less what the unlike answer does, and the common one."""
    said = [common] * (n - 1 - times) + [unlike] * times + [junk]
    values = build()(prompts=[prompt] * n, completions=said)
    return values[-1] - values[-2], values[-1] - values[0]


def table() -> bool:
    """Count texts that earn more than the unlike answer, and than the common one."""
    shown = Table("Degenerate texts that a lenient checker passes, n = 4 … 64")
    kinds: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for name, build in rewards().items():
        for prompt, (common, unlike, translations) in TASKS.items():
            for kind, junk in forms(common, translations, len(prompt)).items():
                kind = "other languages" if kind.startswith("language") else kind
                for n in (4, 8, 16, 64):
                    found = paid(build, prompt, common, unlike, junk, n, 1)
                    kinds.setdefault(kind, {}).setdefault(name, []).append(found)
    good = True
    for name in rewards():
        every = np.array([x for kind in kinds.values() for x in kind[name]])
        more = int((every[:, 0] > 1e-9).sum())
        judged = name.startswith("mix")
        good &= more == 0 or not judged
        shown.add(
            f"{name}: earn more than the correct, unlike answer", f"{more} of {len(every)}",
            "0" if judged else "", more == 0 if judged else None,
        )  # fmt: skip
        even = (every[:, 1] <= 1e-9).mean()
        shown.add(f"{name}: earn no more than the common answer", f"{even:.0%}")
    shown.show()
    print("\nShare of cases in which each kind earns more than the common answer\n")
    print(f"{'':24}" + "".join(f"{name:>24}" for name in rewards()))
    for kind, by in kinds.items():
        cells = [np.mean([x[1] > 1e-9 for x in by[name]]) for name in rewards()]
        print(f"{kind:24}" + "".join(f"{c:>24.0%}" for c in cells))
    return good
