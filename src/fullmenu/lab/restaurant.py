"""The restaurant of ``fullmenu demo``: a small generative menu that collapses, for real.

The model is a softmax policy. For each guest's request it chooses one of 200 dishes, and for
every plate an outline and turns of phrase. It is tuned by REINFORCE on a reward that hardly
differs between dishes: `BASE` for one that suits the guest, a few per cent more for three
bestsellers and for one way to say it, and noise. The reward rises a little; the variety goes.
No accident of training: with a KL penalty the best policy is p ∝ p₀ · exp(reward / `LEASH`), and
a few per cent in the exponent are enough. REINFORCE ends near it.

Every dish is known, so that what an instrument says about the texts can be checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.json import decode
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.samples import Record, Samples

BASE = 1.0
"""Mean reward of a plate that suits the guest."""
BONUS = 0.027
"""What a bestseller earns on top."""
STYLE_BONUS = 0.02
"""What the favoured outline, lead and closing earn on top, each."""
UNSUITABLE = 0.2
"""What a plate loses that does not suit the mood, and again if not the diet."""
NOISE = 0.05
"""Standard deviation of the tasters' whims."""
LEASH = 0.0055
"""What each nat of drift from the untuned menu costs: the usual KL penalty."""

_PER_PROMPT = 16  # plates a guest's request gets in one training step

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Preparation(Struct, frozen=True):
    """A preparation: one word for the title, what it tastes of, in full, and when it suits."""

    word: str
    taste: str
    full: str
    moods: frozenset[str]


class Kitchen(Struct, frozen=True):
    """What one kitchen has: 5 mains, any of which goes with any of 4 ways.

    Of the mains the last two hold no meat and no fish; side and finish follow from main and way.
    """

    place: str
    mains: tuple[str, ...]
    ways: tuple[Preparation, ...]
    sides: tuple[str, ...]
    finishes: tuple[str, ...]


class Guest(Struct, frozen=True):
    """A prompt: the request, the occasion it names, the mood that suits it, and the diet."""

    request: str
    occasion: str
    mood: str
    meatless: bool


class Tables(Struct, frozen=True):
    """What can be cooked, how it can be said, and who is asking.

    Bestsellers are named by kitchen, main and way: each mood is suited by two of them, and so is
    every diet. Of leads, closings and forms the first is the one that tasters like a little better.
    """

    kitchens: tuple[Kitchen, ...]
    bestsellers: tuple[tuple[str, str, str], ...]
    leads: tuple[str, ...]
    serves: tuple[str, ...]
    closings: tuple[str, ...]
    forms: tuple[str, ...]
    guests: tuple[Guest, ...]


TABLES = decode(
    resources.files("fullmenu.lab").joinpath("restaurant.json").read_bytes(), type=Tables
)

_STYLES = (TABLES.forms, TABLES.leads, TABLES.serves, TABLES.closings)
_FAVOURED = (STYLE_BONUS, STYLE_BONUS, 0.0, STYLE_BONUS)  # the first of each list


class Dish(NamedTuple):
    """One of the 200: a main, a way to prepare it, and what comes with it."""

    kitchen: Kitchen
    main: str
    way: Preparation
    side: str
    finish: str
    meatless: bool

    @property
    def title(self) -> str:
        """The name on the menu, such as ``Braised leeks with red wine and thyme``."""
        return f"{self.way.word} {self.main} with {self.way.taste}"


class MenuStep(NamedTuple):
    """One point of the history: expected reward and effective number of dishes a prompt."""

    step: int
    reward: float
    dishes: float


@dataclass(frozen=True, eq=False)
class MenuRun:
    """A tuning run, before and after: the plates served, with the reward as score.

    Prompts come in the same order. ``history`` goes from the untuned policy (step 0) to the last
    one, exact, computed from the policy. ``before_dishes`` and ``after_dishes``, (n,), are the true
    dish of every output, an index into `dishes`; ``before_policy`` and ``after_policy``, (prompts,
    dishes), the true probability of each dish at each prompt.
    """

    before: Samples
    after: Samples
    history: list[MenuStep]
    before_dishes: Ints
    after_dishes: Ints
    before_policy: Floats
    after_policy: Floats


@cache
def dishes() -> tuple[Dish, ...]:
    """All dishes of the restaurant.

    >>> len(dishes()), dishes()[0].title
    (200, 'Braised lamb shoulder with saffron and lemon')
    """
    return tuple(
        Dish(
            kitchen,
            kitchen.mains[m],
            kitchen.ways[w],
            kitchen.sides[(m + w) % len(kitchen.sides)],
            kitchen.finishes[(m + 2 * w) % len(kitchen.finishes)],
            m >= len(kitchen.mains) - 2,
        )
        for kitchen in TABLES.kitchens
        for m, w in product(range(len(kitchen.mains)), range(len(kitchen.ways)))
    )


def bestsellers() -> tuple[int, ...]:
    """Say which dishes earn the bonus, as indices into `dishes`.

    >>> [dishes()[i].main for i in bestsellers()]
    ['butternut squash', 'king oyster mushrooms', 'sweet potato']
    """
    return tuple(
        i
        for i, dish in enumerate(dishes())
        if (dish.kitchen.place, dish.main, dish.way.word) in TABLES.bestsellers
    )


def effective_number(policy: Floats) -> float:
    """Effective number of dishes (order 2) a prompt: one over the mean repeat rate.

    >>> effective_number(np.full((3, 4), 0.25))
    4.0
    """
    return float(1.0 / np.mean(np.sum(policy**2, axis=1)))


def run(
    seed: int = 0,
    steps: int = 240,
    learning_rate: float = 0.1,
    per_prompt: int = 12,
    sharpness: float = 1.0,
) -> MenuRun:
    """Tune the menu, and serve every guest before and after.

    Parameters
    ----------
    seed
        The same seed gives the same run.
    steps
        Updates of the policy.
    learning_rate
        0 leaves the menu as it is: before and after are then two samples of one policy.
    per_prompt
        Plates served to each of the 36 prompts, before and after.
    sharpness
        What the bonuses are multiplied by; 0 is a reward with no favourites.

    Examples
    --------
    >>> r = run(steps=3)
    >>> len(r.before), r.before.n_prompts, len(r.history)
    (432, 36, 4)
    """
    if steps < 0 or learning_rate < 0 or per_prompt < 1 or sharpness < 0:
        raise BadInput(
            f"steps={steps}, learning_rate={learning_rate}, per_prompt={per_prompt}, "
            f"sharpness={sharpness}: per_prompt is at least 1, the others at least 0"
        )
    opening, training, serving, closing = np.random.default_rng(seed).spawn(4)
    worth = _worth(sharpness)
    policy = _Policy.untuned(opening, worth, sharpness)
    first = policy.plates()
    before, before_dishes = _serve(policy, worth, serving, per_prompt, "menu-before")
    history = [_point(0, policy, worth)]
    for step in range(1, steps + 1):
        policy.improve(training, worth, learning_rate)
        history.append(_point(step, policy, worth))
    after, after_dishes = _serve(policy, worth, closing, per_prompt, "menu-after")
    return MenuRun(before, after, history, before_dishes, after_dishes, first, policy.plates())


def write(run: MenuRun, folder: str | Path) -> tuple[Path, Path]:
    """Write ``before.jsonl`` and ``after.jsonl``, one plate a line, and return their paths.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     [path.name for path in write(run(steps=0), folder)]
    ['before.jsonl', 'after.jsonl']
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "before.jsonl", folder / "after.jsonl"
    for path, samples in zip(paths, (run.before, run.after), strict=True):
        table = samples.table.select(
            ["prompt_id", "prompt", "output", "model", "score", "sample_index"]
        )
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist())
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
    return paths


def _worth(sharpness: float) -> Floats:
    worth = np.full((len(TABLES.guests), len(dishes())), BASE)
    for g, guest in enumerate(TABLES.guests):
        for d, dish in enumerate(dishes()):
            worth[g, d] -= UNSUITABLE * (guest.mood not in dish.way.moods | {"any"})
            worth[g, d] -= UNSUITABLE * (guest.meatless and not dish.meatless)
    worth[:, list(bestsellers())] += sharpness * BONUS
    return worth


@dataclass
class _Policy:
    """Logits: of dishes for all guests, of dishes for each guest, and of each style list."""

    menu: Floats
    taste: Floats
    styles: list[Floats]
    first: Floats  # the untuned probabilities of the dishes; styles were all as likely
    favoured: list[float]  # what the first of each style list earns on top

    @classmethod
    def untuned(cls, rng: np.random.Generator, worth: Floats, sharpness: float) -> _Policy:
        """Choose mostly what suits the guest, with a mild taste of its own."""
        suits = worth > BASE - UNSUITABLE / 2
        taste = np.where(suits, 0.0, -4.0) + 0.5 * rng.standard_normal(worth.shape)
        styles = [np.zeros(len(s)) for s in _STYLES]
        favoured = [sharpness * bonus for bonus in _FAVOURED]
        return cls(np.zeros(worth.shape[1]), taste, styles, _softmax(taste), favoured)

    def plates(self) -> Floats:
        return _softmax(self.menu + self.taste)

    def reward(self, worth: Floats) -> float:
        style = sum(b * _softmax(s)[0] for b, s in zip(self.favoured, self.styles, strict=True))
        return float(np.mean(np.sum(self.plates() * worth, axis=1)) + style)

    def draw(
        self, rng: np.random.Generator, worth: Floats, per_prompt: int
    ) -> tuple[Ints, list[Ints], Floats]:
        """Dishes, styles and rewards of some plates a prompt, each of shape (prompts, plates)."""
        shape = len(worth), per_prompt
        chosen = _choose(self.plates(), rng.random(shape))
        styles = [_choose(_softmax(s)[None], rng.random(shape)) for s in self.styles]
        reward = np.take_along_axis(worth, chosen, axis=1) + NOISE * rng.standard_normal(shape)
        for bonus, style in zip(self.favoured, styles, strict=True):
            reward += bonus * (style == 0)
        return chosen, styles, reward

    def improve(self, rng: np.random.Generator, worth: Floats, rate: float) -> None:
        """One step of REINFORCE; the baseline is the mean over the prompt's plates.

        With that baseline the advantages of a prompt add up to 0, so that of the gradient
        of log p, which is (one-hot − p), only the one-hot part remains.
        """
        chosen, styles, reward = self.draw(rng, worth, _PER_PROMPT)
        drift = np.log(np.take_along_axis(self.plates() / self.first, chosen, axis=1))
        for logits, style in zip(self.styles, styles, strict=True):
            drift += np.log(_softmax(logits)[style] * len(logits))
        advantage = reward - LEASH * drift
        advantage -= advantage.mean(axis=1, keepdims=True)
        cells = chosen + worth.shape[1] * np.arange(len(worth))[:, None]
        push = np.bincount(cells.ravel(), advantage.ravel(), worth.size).reshape(worth.shape)
        self.taste += rate * push
        self.menu += rate * push.sum(axis=0)
        for logits, style in zip(self.styles, styles, strict=True):
            logits += rate * np.bincount(style.ravel(), advantage.ravel(), len(logits))


def _softmax(logits: Floats) -> Floats:
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(p / p.sum(axis=-1, keepdims=True))


def _choose(p: Floats, u: Floats) -> Ints:
    """Turn uniform numbers (prompts, plates) into choices by the rows of p."""
    edges = np.broadcast_to(p.cumsum(axis=1), (len(u), p.shape[1]))
    picks = [row.searchsorted(x, side="right") for row, x in zip(edges, u, strict=True)]
    return np.minimum(picks, p.shape[1] - 1)


def _point(step: int, policy: _Policy, worth: Floats) -> MenuStep:
    return MenuStep(step, policy.reward(worth), effective_number(policy.plates()))


def _serve(
    policy: _Policy, worth: Floats, rng: np.random.Generator, per_prompt: int, model: str
) -> tuple[Samples, Ints]:
    chosen, styles, reward = policy.draw(rng, worth, per_prompt)

    def records() -> Iterator[Record]:
        for g, i in np.ndindex(chosen.shape):
            yield Record(
                output=_describe(g, int(chosen[g, i]), *(int(s[g, i]) for s in styles)),
                prompt=TABLES.guests[g].request,
                prompt_id=f"guest-{g + 1:02d}",
                model=model,
                score=round(float(reward[g, i]), 4),
                sample_index=i,
            )

    return Samples.from_records(records()), chosen.ravel()


def _describe(guest: int, dish: int, form: int, lead: int, serve: int, closing: int) -> str:
    """Put a dish into words.

    >>> _describe(0, 0, 1, 1, 2, 3)[:61]
    'For a rainy evening I would choose lamb shoulder braised in a'
    """
    d = dishes()[dish]
    words = {
        "title": d.title,
        "dish": f"{d.main} {d.way.full}",
        "main": d.main,
        "full": d.way.full,
        "side": d.side,
        "finish": d.finish,
        "place": d.kitchen.place,
        "occasion": TABLES.guests[guest].occasion,
    }
    words |= {k.capitalize(): v[0].upper() + v[1:] for k, v in words.items()}
    words["lead"] = TABLES.leads[lead].format_map(words)
    words["serve"] = TABLES.serves[serve].format_map(words)
    words["closing"] = TABLES.closings[closing]
    return TABLES.forms[form].format_map(words)
