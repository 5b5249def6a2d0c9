"""Made-up stories: menus of them by prompt, draws from the menus, and cures that only move."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fullmenu.samples import Samples

_THINGS = """
river lantern orchard harbor violin kettle glacier market tunnel feather compass balcony meadow
engine pepper anchor library copper desert window ladder basket whistle marble garden rocket saddle
curtain button bridge candle forest island mirror needle pocket ribbon shovel temple wagon
"""
_VERBS = """
carries hides follows repairs remembers paints crosses sells opens measures waters guards counts
folds lifts burns carves plants gathers
"""
_KINDS = """
old quiet narrow bright heavy broken distant wooden frozen gentle hollow crooked silver patient
dusty tall
"""
THINGS, VERBS, KINDS = (tuple(words.split()) for words in (_THINGS, _VERBS, _KINDS))
PLACES = (
    "beside the mill", "under the stairs", "near the border", "across the square", "at the station",
    "behind the school", "before sunrise", "in late autumn", "after the storm", "above the bakery",
    "during the harvest", "on a rainy Tuesday",
)  # fmt: skip

Menus = dict[str, list[str]]
Chance = np.random.Generator


def story(r: Chance, topic: str) -> str:
    a, b, c = r.choice(THINGS, 3, replace=False)
    one, two = r.choice(KINDS, 2)
    first, second, third = r.choice(VERBS, 3)
    here, there = r.choice(PLACES, 2)
    return (
        f"The {one} {a} {first} a {two} {b} {here}, and the {topic} {second} the {c}. "
        f"Nobody {third} it {there}."
    )


def stories(seed: int, prompts: int, each: int = 20) -> Menus:
    """So many stories to each prompt."""
    r = np.random.default_rng(seed)
    topics = [THINGS[i % len(THINGS)] for i in range(prompts)]
    return {
        f"Tell a short story, number {i}, about a {topic}.": [story(r, topic) for _ in range(each)]
        for i, topic in enumerate(topics)
    }


def drawn(seed: int, menus: Menus, n: int, top: float, move: str | None = None) -> Samples:
    """n outputs of each prompt, of which the first story has the share ``top``."""
    r = np.random.default_rng(seed)
    outputs = {}
    for prompt, menu in menus.items():
        shares = np.full(len(menu), (1 - top) / (len(menu) - 1))
        shares[0] = top
        outputs[prompt] = [menu[i] for i in r.choice(len(menu), n, p=shares)]
    return moved(r, outputs, move) if move else Samples.of(outputs)


def moved(r: Chance, outputs: Menus, move: str) -> Samples:
    """Outputs with a sameness, or damage, of the kind ``move`` put into them."""
    if move == "one menu":
        pool = [story(r, "traveller") for _ in range(12)]
        return Samples.of(
            {p: [pool[i] for i in r.integers(0, 12, len(x))] for p, x in outputs.items()}
        )
    change = _MOVED[move]
    return Samples.of({p: [change(r, text) for text in texts] for p, texts in outputs.items()})


def _torn(r: Chance, text: str) -> str:
    words = text.split()
    return " ".join(w if r.random() > 0.08 else f"{w[:2]}xqzt7k{w[2:]}" for w in words)


def _spanish(r: Chance, text: str) -> str:
    if r.random() > 0.25:
        return text
    a, b, c = r.choice(THINGS, 3)
    return (
        f"El viejo {a} de la ciudad no se sabe por qué es más largo que el {b} y los vecinos lo "
        f"cruzan con un {c} del año."
    )


_MOVED: dict[str, Callable[[Chance, str], str]] = {
    "a phrase": lambda r, t: f"{t} It was a tapestry of quiet wonder." if r.random() < 0.6 else t,
    "an opening": lambda _, t: f"Ah, dear traveller, listen well: {t}",
    "broken words": _torn,
    "a language": _spanish,
    "an outline": lambda _, t: "1. " + t.replace(", ", "\n2. ").replace(". ", "\n3. "),
}
MOVES = (*_MOVED, "one menu")
"""Cures that give more different answers to a prompt, and are more alike elsewhere, or broken."""
