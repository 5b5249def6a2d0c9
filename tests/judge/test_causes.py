"""What a loss comes of, what does not depend on the prompt, and what was wanted."""

from __future__ import annotations

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput
from fullmenu.judge.causes import refuses
from fullmenu.judge.flicker import _moves, wishes
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


def test_moves_by_hand() -> None:
    k2 = np.eye(6)
    k2[3:, 3:] = 1.0
    before, after, _ = _moves(k2, np.repeat([0, 1], 3)[None], 1.0)
    assert (before[0], after[0]) == (0.0, 1.0)


def test_a_wish_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="same or varied"):
        wishes([Samples.of({"Capital?": ["Rome"]})], {"Capital?": "often"})


@pytest.mark.parametrize("text", ["我无法回答这个问题。", "I would rather not answer this one."])
def test_refuses(text: str) -> None:
    assert refuses(text) and not refuses("Soup with figs, and a little bread.")
