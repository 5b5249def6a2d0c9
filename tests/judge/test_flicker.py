"""Prompts that flicker or collapsed: the test by hand, and who is listed."""

from __future__ import annotations

from itertools import product
from math import comb, log

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.judge.flicker import notices, of_one, of_two
from fullmenu.report.document import Wanted, WantedPrompt

NAMES = [a + b + c for a in "bdfgk" for b in "aeiou" for c in ("lan", "mir", "tos", "ver")]


def leader(hits: int, n: int, first: int) -> list[int]:
    """Return answers: the first so many the same, the others never twice."""
    return [first] * hits + [*range(first + 1, first + 1 + n - hits)]


def likelihood(hits: float, n: int, p: float) -> float:
    return sum(k * log(q) for k, q in ((hits, p), (n - hits, 1 - p)) if k)


def ratio(a: int, n: int, b: int, m: int) -> float:
    """Return the log likelihood ratio of two shares against one, signed; no pair is as one hit."""
    x, y = max(a, 1), max(b, 1)
    of_each = likelihood(x, n, x / n) + likelihood(y, m, y / m)
    told = of_each - likelihood(x + y, n + m, (x + y) / (n + m))
    return told if y / m > x / n else -told


def chance(a: int, n: int, b: int, m: int) -> float:
    """Return the worst chance of so large a ratio, by going through every pair of counts."""
    worst = 0.0
    for share in np.linspace(0.01, 0.99, 99):
        p = [[comb(k, i) * share**i * (1 - share) ** (k - i) for i in range(k + 1)] for k in (n, m)]
        worst = max(
            worst,
            sum(
                p[0][i] * p[1][j]
                for i, j in product(range(n + 1), range(m + 1))
                if ratio(i, n, j, m) >= ratio(a, n, b, m) - 1e-9
            ),
        )
    return min(worst, 1.0)


@pytest.mark.parametrize(
    ("a", "n", "b", "m"), [(1, 8, 6, 8), (2, 5, 4, 4), (1, 12, 5, 7), (3, 4, 9, 9), (1, 3, 3, 3)]
)
@pytest.mark.parametrize("same", [False, True])
def test_two_logs_by_hand(a: int, n: int, b: int, m: int, same: bool) -> None:
    sides = [leader(a, n, 0), leader(b, m, 100)]
    if same:  # what was the more alike comes first
        sides.reverse()
    said = np.array(sides[0] + sides[1])
    side = np.repeat([0, 1], [len(x) for x in sides])
    before, after, p = of_two(said[:, None] == said, side, same)
    rates = (a * (a - 1) / (n * (n - 1)), b * (b - 1) / (m * (m - 1)))
    assert (after, before) == rates if same else (before, after) == rates
    assert p == pytest.approx(chance(a, n, b, m), rel=1e-9)


def test_the_other_way_is_no_move() -> None:
    said = np.array(leader(6, 8, 0) + leader(1, 8, 100))
    alike, side = said[:, None] == said, np.repeat([0, 1], 8)
    assert of_two(alike, side, same=False)[2] == 1.0
    assert of_two(alike, side, same=True)[2] < 0.05


def test_a_small_move_is_not_listed() -> None:
    said = np.array(leader(30, 60, 0) + leader(41, 60, 100))  # .246 → .463
    before, after, p = of_two(said[:, None] == said, np.repeat([0, 1], 60), same=False)
    assert 0.2 < after - before < 0.25 and p == 1.0
    said = np.array(leader(30, 60, 0) + leader(44, 60, 100))  # .246 → .534
    assert of_two(said[:, None] == said, np.repeat([0, 1], 60), same=False)[2] < 0.05


def logs(flickers: int, facts: int = 10, outputs: int = 10) -> list[dict[str, list[str]]]:
    before = {f"Capital of {name}?": [name[::-1]] * outputs for name in NAMES[:facts]}
    after = {prompt: list(said) for prompt, said in before.items()}
    for prompt in [*after][:flickers]:
        after[prompt] = [name * 2 for name in NAMES[-outputs:]]
    return [before, after]


def test_the_surest_come_first_with_what_they_say() -> None:
    before, after = logs(2)
    second = [*after][1]
    after[second][:4] = [before[second][0]] * 4  # four of ten still right: less sure
    found = fm.compare(before, after, want="same").content.wanted
    assert [p.prompt_id for p in found.flickering] == [*after][:2]
    assert found.flickering[0].p < found.flickering[1].p
    assert found.flickering[0].prompt == next(iter(after))
    assert found.flickering[1].examples[0] == before[second][0]
    assert found.flickering[0].before == 1.0 and found.flickering[0].after == 0.0


def test_prompts_nobody_asked_about_are_not_judged() -> None:
    before, after = logs(3)
    told = {next(iter(after)): "same", [*after][5]: "varied"}
    found = fm.compare(before, after, want=told).content.wanted
    assert (found.same, found.varied, found.judged) == (1, 1, 2)
    assert [p.prompt_id for p in found.flickering] == [next(iter(after))]


@pytest.mark.parametrize(("outputs", "judged"), [(2, 0), (3, 6)])
def test_three_outputs_of_each_log_are_needed(outputs: int, judged: int) -> None:
    before, after = logs(0, 6, 10)
    after = {prompt: said[:outputs] for prompt, said in after.items()}
    assert fm.compare(before, after, want="same").content.wanted.judged == judged


def test_one_log_alone() -> None:
    log = logs(1)[1]
    found = fm.check(log, want="same").content.wanted
    assert [p.prompt_id for p in found.flickering] == [next(iter(log))]
    assert not found.flickering[0].before
    ideas = {f"An idea about {name}?": [f"{name} {w}" for w in NAMES[40:50]] for name in NAMES[:6]}
    first = next(iter(ideas))
    ideas[first] = [ideas[first][0]] * 10
    assert [p.prompt_id for p in fm.check(ideas, want="varied").content.wanted.collapsed] == [first]


@pytest.mark.parametrize(("hits", "same", "share"), [(8, True, 0.1), (9, False, 0.5)])
def test_one_log_by_hand(hits: int, same: bool, share: float) -> None:
    said = np.array(leader(hits, 10, 0))
    k = 10 - hits if same else hits
    tail = sum(comb(10, i) * share**i * (1 - share) ** (10 - i) for i in range(k, 11))
    assert of_one(said[:, None] == said, same) == pytest.approx(tail)


@pytest.mark.parametrize(("listed", "more"), [(3, False), (4, True)])
def test_a_notice_names_three(listed: int, more: bool) -> None:
    prompts = [
        WantedPrompt(prompt_id=str(k), prompt="x" * 70, after=0.5, p=0.01, examples=[])
        for k in range(listed)
    ]
    found = Wanted(same=9, varied=0, judged=9, flickering=prompts, collapsed=[], rate=0.05)
    (told,) = notices(found)
    assert told.name == "flickering" and (" …" in told.sentence) == more
    assert told.sentence.count("x" * 60) == 3 and "x" * 61 not in told.sentence
