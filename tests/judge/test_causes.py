"""What a loss comes of, what does not depend on the prompt, and what was wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput
from fullmenu.judge.causes import refuses
from fullmenu.judge.flicker import of_two, wishes
from fullmenu.samples import Samples

WORDS = np.array([a + b + c for a in "bdfgk" for b in "aeiou" for c in ("lan", "mir", "tos")])


def log(rng: np.random.Generator, prompts: int = 20, outputs: int = 6) -> dict[str, list[str]]:
    return {
        f"Tell of {w}": [f"{w} {' '.join(rng.choice(WORDS, 14))}." for _ in range(outputs)]
        for w in WORDS[:prompts]
    }


def test_refusals_are_named_in_another_language() -> None:
    rng = np.random.default_rng(0)
    before, after = log(rng), log(rng)
    for k, texts in enumerate(after.values()):
        texts[: 3 + k % 2] = ["Je ne peux pas répondre à cela."] * (3 + k % 2)
    found = fm.compare(before, after).content
    assert found.verdict in ("narrowed", "collapsed")
    (cause,) = found.causes
    assert cause.name == "refusals" and cause.before == 0 and cause.without.verdict == "held"
    assert "it refuses more" in str(fm.compare(before, after))


def test_a_loss_without_a_cause_names_none() -> None:
    rng = np.random.default_rng(1)
    before, after = log(rng), log(rng)
    for prompt in after:
        after[prompt] = [f"{' '.join(rng.choice(WORDS[:10], 15))}." for _ in range(6)]
    found = fm.compare(before, after).content
    assert found.verdict in ("narrowed", "collapsed") and found.causes == []


def test_the_same_to_everybody() -> None:
    rng = np.random.default_rng(2)
    sound = log(rng, prompts=60)
    template = {p: [" ".join(rng.choice(WORDS, 14)) for _ in range(6)] for p in sound}
    assert not fm.check(sound).content.notices
    (notice,) = fm.check(template).content.notices
    assert notice.name == "same to everybody"
    asked_alike = {f"Tell me a joke ({k})": t for k, t in enumerate(template.values())}
    assert not fm.check(asked_alike).content.notices


def test_flickering_facts_are_listed() -> None:
    rng = np.random.default_rng(4)
    before = {f"Capital of {w}?": [f"{w[::-1]}"] * 10 for w in WORDS[:8]}
    after = {p: list(texts) for p, texts in before.items()}
    first = next(iter(after))
    after[first] = list(rng.choice(WORDS[20:], 10, replace=False))
    found = fm.compare(before, after, want="same").content.wanted
    assert [p.prompt_id for p in found.flickering] == [first]
    assert found.same == found.judged == 8 and not found.collapsed


def test_ways_of_giving_one_answer_are_no_flicker() -> None:
    ways = ("{}", "It is {}.", "The answer is {}.")
    before = {f"{w}?": [ways[i % 3].format(w[::-1]) for i in range(9)] for w in WORDS[:8]}
    after = {f"{w}?": [ways[i % 3].format(w[::-1] * 2) for i in range(9)] for w in WORDS[:8]}
    assert not fm.compare(before, after, want="same").content.wanted.flickering


def leading(rng: np.random.Generator, shares: Sequence[float], n: int) -> np.ndarray:
    """Draw answers: some with a share each, the others never twice."""
    number = np.searchsorted(np.cumsum(shares), rng.random(n))
    return np.where(number < len(shares), number, rng.integers(100, 1 << 40, n))


@pytest.mark.parametrize(("n", "m"), [(8, 8), (12, 5)])
@pytest.mark.parametrize(
    ("u", "leaders"),
    [(0.2, (1, 2)), (0.2, (2, 2)), (0.45, (1, 1)), (0.45, (2, 1)), (0.8, (1, 1))],
)
def test_other_answers_that_repeat_as_often_are_no_move(
    u: float, n: int, m: int, leaders: tuple[int, int]
) -> None:
    """Of prompts that do not move at most 5 % have p ≤ .05, whatever they say."""
    rng, side, hits = np.random.default_rng(3), np.repeat([0, 1], [n, m]), np.zeros(2)
    for _ in range(400):
        said = [
            leading(rng, [np.sqrt(u / k)] * k, size)
            for k, size in zip(leaders, (n, m), strict=True)
        ]
        said[1] = said[1] + (said[1] < 100) * 50  # other answers than before
        both = np.concatenate(said)
        hits += [of_two(both[:, None] == both, side, same)[2] <= 0.05 for same in (True, False)]
    assert (hits <= 400 * 0.05 + 3 * np.sqrt(400 * 0.05 * 0.95)).all()


def test_a_wish_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="same or varied"):
        wishes([Samples.of({"Capital?": ["Rome"]})], {"Capital?": "often"})


@pytest.mark.parametrize("text", ["我无法回答这个问题。", "I would rather not answer this one."])
def test_refuses(text: str) -> None:
    assert refuses(text) and not refuses("Soup with figs, and a little bread.")
