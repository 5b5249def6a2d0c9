"""Loops write nowhere but where they were given room."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack
from scipy.sparse import random as random_rows

from fullmenu.compiled import choice, loops
from fullmenu.judge.one import check
from fullmenu.judge.two import compare
from fullmenu.kernel.dishes import alike, group
from fullmenu.kernel.gram import gram
from fullmenu.kernel.likeness import pair_sums, within_pairs
from fullmenu.kernel.sketch import sketch
from fullmenu.samples import Samples
from fullmenu.text import tokens
from fullmenu.views.caution import cautious
from fullmenu.views.pairs_within import pairs_within
from fullmenu.views.registry import get

FREE, MARK = 1 << 12, 0xA5


class Fenced(loops._Machine):
    """A machine that marks what lies between arrays, and looks at the marks after each call."""

    called: ClassVar[set[str]] = set()

    def run(self, name: str, given: tuple[Any, ...]) -> tuple[int, list[Any]]:
        sizes = [x.nbytes if isinstance(x, np.ndarray) else loops._bytes(x)
                 for x in given if not isinstance(x, int)]  # fmt: skip
        arrays = [not isinstance(x, int) for x in given]
        loop = self._loops[name]

        def fenced(store: Any, *places: int) -> int:
            whole = np.ctypeslib.as_array(self._memory.get_buffer_ptr(store))
            begins = [at for at, is_array in zip(places, arrays, strict=True) if is_array]
            ends = [begin + size for begin, size in zip(begins, sizes, strict=True)]
            free = [slice(a, a + FREE - 16) for a in ends]
            for gap in free:
                whole[gap] = MARK
            result: int = loop(store, *places)
            whole = np.ctypeslib.as_array(self._memory.get_buffer_ptr(store))
            broken = [k for k, gap in enumerate(free) if (whole[gap] != MARK).any()]
            assert not broken, f"{name} wrote behind its arrays {broken}"
            return result

        self.called.add(name)
        self._loops[name] = fenced
        try:
            return super().run(name, given)
        finally:
            self._loops[name] = loop


@pytest.fixture(autouse=True)
def fences(monkeypatch):
    monkeypatch.setattr(loops, "GAP", FREE)
    for size in ("LARGE", "LOADED", "SMALL"):
        monkeypatch.setattr(choice, size, 0)
    machine = Fenced()
    monkeypatch.setattr(loops, "_machine", lambda: machine)


LETTERS = [
    *"abcdefgh", " ", " ", "\n", "\n\n", "'", ".", "? ", "- ", "1. ", "# ", "**", "狗", "é", "😀",
    "\u3000", "the ", "as an AI ", "I'm sorry, but I can't ", "\u2019", "|", "```\n",
]  # fmt: skip


def texts(rng: np.random.Generator, n: int) -> list[str]:
    """Texts of a few letters and marks, long ones and empty ones, and some twice."""
    some = rng.choice(LETTERS, rng.integers(1, len(LETTERS)))
    made = ["".join(rng.choice(some, rng.geometric(1 / rng.choice([3, 30, 300])) - 1))
            for _ in range(n)]  # fmt: skip
    return [made[i] for i in rng.integers(0, n, n)]


@pytest.mark.parametrize("seed", range(20))
def test_pairs_inside_prompts_stay_in_their_arrays(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 160))
    said = texts(rng, n)
    groups = np.sort(rng.integers(0, max(n // int(rng.choice([1, 3, 10, 40])), 1), n))
    asked = [f"{'Say the word' * (g % 3)} {g}" for g in groups.tolist()]
    for name in ("phrasing", "outline", "answer"):
        pairs_within([get(name)], said, asked, groups)
        rows = get(name).rows(said, asked)
        within_pairs(rows, groups)
        pair_sums(rows, groups)
        group(rows, 0.6)
    tokens.tokenize(said)
    cautious(said)


@pytest.mark.parametrize("seed", range(12))
def test_rows_stay_in_their_arrays(seed):
    rng = np.random.default_rng(seed)
    n, width = int(rng.integers(1, 90)), int(rng.choice([3, 70, 500]))
    filled = float(rng.choice([0.01, 0.2, 1.0]))
    some = random_rows(n, width, filled, "csr", np.float32, rng)
    some = hstack([some, np.ones((n, 1), np.float32)], "csr")
    lengths = np.sqrt(np.asarray(some.power(2).sum(1)))
    rows = csr_matrix(some.multiply(1 / lengths), dtype=np.float32)
    groups = np.sort(rng.integers(0, n, n))
    gram(rows)
    sketch(rows)
    alike(rows, rows[::-1])
    within_pairs(rows, groups)
    within_pairs(rows.toarray(), groups)
    if n > 1:
        for route in ("moments", "gram", "pairs"):
            pair_sums(rows, groups, route=route)


def test_whole_logs_stay_in_their_arrays():
    rng = np.random.default_rng(1)
    logs = [
        Samples.of({f"Prompt {p}?": texts(rng, 7) for p in range(30)}) for _ in range(2)
    ]  # fmt: skip
    check(logs[0])
    compare(*logs)


def test_a_fence_sees_what_is_written_behind_an_array():
    found = tokens.tokenize(["five words are too many"])
    kinds = tokens._kinds(found.points)
    rooms = [loops.Room(kind, 3) for kind in (np.int64, np.int64, np.uint64, np.int64)]
    with pytest.raises(AssertionError, match="words wrote behind its arrays"):
        loops.run("words", found.points, kinds, found.text_starts, 1, *rooms)


def test_every_loop_is_tried():
    for seed in range(12):
        test_pairs_inside_prompts_stay_in_their_arrays(seed)
        test_rows_stay_in_their_arrays(seed)
    test_whole_logs_stay_in_their_arrays()
    assert {*loops._machine()._loops} - Fenced.called == {"memory"}
