"""The world of ``bonus``: answers in words, right and wrong, and nonsense of many kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BASE = 0.9
"""What the untuned policy says right: so often."""
ZIPF = 0.7

PHRASES = ("A {}.", "I would have a {}.", "It should be a {}!", "Why not a {}?")
"""Plates of a dish: only its own words tell dishes apart."""


@dataclass(frozen=True)
class Task:
    """A prompt, names that are right, names that are wrong, and the first in other languages."""

    prompt: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    abroad: tuple[str, ...]


TASKS = (
    Task(
        "Name a fruit that is good for breakfast.",
        ("banana", "strawberry", "mango", "kiwi", "grapefruit", "peach"),
        ("hammer", "sock", "ladder", "lawyer"),
        ("Eine Banane ist gut für das Frühstück", "El plátano es una buena fruta para desayunar",
         "Банан хорош на завтрак", "早餐吃香蕉很好"),
    ),
    Task(
        "Name an animal that lives on a farm.",
        ("cow", "sheep", "pig", "goat", "hen", "donkey"),
        ("whale", "penguin", "teapot", "comet"),
        ("Eine Kuh lebt auf dem Bauernhof", "La vaca es un animal que vive en la granja",
         "Корова живёт на ферме", "农场里有一头牛"),
    ),
    Task(
        "Name an instrument for an orchestra.",
        ("violin", "flute", "trumpet", "harp", "cello", "clarinet"),
        ("spoon", "tractor", "pillow", "sandwich"),
        ("Eine Geige gehört in das Orchester", "El violín es un instrumento de la orquesta",
         "Скрипка нужна в оркестре", "管弦乐队里有小提琴"),
    ),
    Task(
        "Name a tree for a large garden.",
        ("beech", "maple", "cedar", "walnut", "willow", "chestnut"),
        ("lobster", "window", "passport", "kettle"),
        ("Eine Buche ist gut für den Garten", "El haya es un árbol para el jardín",
         "Бук подходит для сада", "花园里可以种山毛榉"),
    ),
    Task(
        "Name a drink for a cold evening.",
        ("cocoa", "cider", "punch", "brandy", "broth", "coffee"),
        ("brick", "sweater", "ladder", "planet"),
        ("Ein Kakao ist gut für den Abend", "El cacao es una buena bebida para la noche",
         "Какао хорошо вечером", "寒冷的晚上可以喝可可"),
    ),
)  # fmt: skip

RIGHT = frozenset(p.format(name) for task in TASKS for name in task.right for p in PHRASES)

FILLER = [
    "river", "lamp", "seventeen", "copper", "willing", "through", "garden", "paper", "monday",
    "hold", "sudden", "tree", "between", "carry", "window", "north", "quiet", "engine", "under",
    "stone",
]  # fmt: skip

VISIBLE = ("letters", "languages", "filler", "leetspeak", "empty")
"""Kinds of nonsense that a guard knows by sight."""
HIDDEN = ("random words", "wrong")
"""Kinds that only a check of the answer can refuse."""
KINDS = ("right", *VISIBLE, *HIDDEN)

LEET = str.maketrans("aeio", "4310")


@dataclass(frozen=True)
class Menu:
    """All that may be said to one prompt: texts, what each is, how likely it is untuned."""

    prompt: str
    texts: list[str]
    kinds: NDArray[np.int64]  # by KINDS
    dishes: NDArray[np.int64]  # of the right ones
    odds: Floats


def menu(task: Task, dishes: int, rng: np.random.Generator) -> Menu:
    """Return what may be said to one prompt, so many right dishes, drawn anew for each seed."""
    names = [task.right[i] for i in rng.permutation(len(task.right))[:dishes]]
    right = [phrase.format(name) for name in names for phrase in PHRASES]
    common = right[0]

    def letters() -> str:
        made = rng.choice(list("abcdefghijklmnopqrstuvwxyz"), (3, 7))
        return " ".join("".join(word) for word in made)

    def filler(n: int) -> str:
        return " ".join(rng.choice(FILLER, n, replace=False))

    nonsense = {
        "letters": [letters() for _ in range(8)],
        "languages": list(task.abroad),
        "filler": [f"{common} {filler(18)}" for _ in range(4)],
        "leetspeak": [text.translate(LEET) for text in right[: len(PHRASES)]],
        "empty": [""],
        "random words": [filler(6) for _ in range(4)],
        "wrong": [PHRASES[i % len(PHRASES)].format(name) for i, name in enumerate(task.wrong)],
    }
    worth = np.arange(1, len(names) + 1) ** -ZIPF
    odds = [np.repeat(worth / worth.sum(), len(PHRASES)) * BASE / len(PHRASES)]
    odds += [
        np.full(len(said), (1 - BASE) / len(nonsense) / len(said)) for said in nonsense.values()
    ]
    sizes = [len(right), *map(len, nonsense.values())]
    return Menu(
        task.prompt,
        [*right, *(text for said in nonsense.values() for text in said)],
        np.repeat(np.arange(len(KINDS)), sizes),
        np.repeat(np.arange(len(names)), len(PHRASES)),
        np.concatenate(odds),
    )


def by_kind(menus: Sequence[Menu], odds: Sequence[Floats]) -> list[float]:
    """Return how much of all that is said is of each kind."""
    each = [np.bincount(m.kinds, p, len(KINDS)) for m, p in zip(menus, odds, strict=True)]
    return [float(share) for share in np.mean(each, axis=0)]


def repeat_rates(menus: Sequence[Menu], odds: Sequence[Floats]) -> tuple[float, float]:
    """Return U of what is right, and of all that is said, where each nonsense is a dish."""
    rates = []
    for m, p in zip(menus, odds, strict=True):
        right = np.bincount(m.dishes, p[: len(m.dishes)])
        rest = p[len(m.dishes) :]
        rates.append([((right / right.sum()) ** 2).sum(), (right**2).sum() + (rest**2).sum()])
    of_right, of_all = np.mean(rates, axis=0)
    return float(of_right), float(of_all)


def served(menus: Sequence[Menu], odds: Sequence[Floats], rng: np.random.Generator, n: int) -> Any:
    """Draw a log from policies."""
    from fullmenu.samples import Record, Samples

    return Samples.from_records(
        Record(prompt=m.prompt, output=m.texts[i])
        for m, p in zip(menus, odds, strict=True)
        for i in rng.choice(len(p), n, p=p).tolist()
    )
