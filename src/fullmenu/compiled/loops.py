"""Compiled loops: the arithmetic of the array code, in one pass over the data each.

`fullmenu.compiled.choice` says when they are used. ``loops.c`` is compiled to WebAssembly
(``make loops``) and kept as ``loops.wasm``: one file for all machines, the same bits on each. It
runs in a memory of its own, which holds the arrays of one call; a call releases the interpreter's
lock.
"""

from __future__ import annotations

import atexit
import ctypes
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray
from wasmtime import Engine, Instance, Module, Store, WasmtimeError

from fullmenu.stats.arrays import Floats, Ints

PAGE = 1 << 16
KEPT = 1 << 28
"""A memory that grew beyond so many bytes is given back after the call."""

GAP = 16
"""Bytes that are free behind each array."""

WIDE = 128
"""Columns of a word's vector."""

WIDTH = (1 << 21) + 1024
"""Columns of rows, at most: the tables of the loops have so many places."""

ROWS = 32
"""Rows of a part whose pairs are summed without writing them, at most."""

MOST = 1 << 22
"""Entries of rows whose products are taken in one call, at most: they may need 200 bytes each."""

Rows = Any
"""CSR rows, float32."""


class Room(NamedTuple):
    """An array that a loop fills, or a table that it needs: empty at first."""

    dtype: DTypeLike
    size: int
    cut: int = 0  # so many numbers are read back for each that the loop says it filled; 0: all
    read: bool = True  # or it is a table that the loop works with, and fills before it reads


def run(name: str, *given: NDArray[Any] | Room | int) -> tuple[int, list[NDArray[Any]]]:
    """Run a loop on arrays and numbers: what it returned, and the arrays that it filled."""
    return _machine().run(name, given)


def start() -> None:
    """Start the machine, which fails where there is no room for its memory.

    Raises
    ------
    RuntimeError
        It cannot run here.
    """
    try:
        _machine()
    except WasmtimeError as error:
        raise RuntimeError(f"compiled loops do not run here: {error}") from error


class _Machine:
    """An instance with its memory; of one thread, as it is no other's."""

    def __init__(self) -> None:
        engine, module = _module()
        self._store = Store(engine)
        exports = Instance(self._store, module, []).exports(self._store)
        self._loops: dict[str, Any] = dict(exports)
        self._memory = self._loops["memory"]
        self._free = self._memory.data_len(self._store)  # data and stack of the loops end here

    def run(
        self, name: str, given: tuple[NDArray[Any] | Room | int, ...]
    ) -> tuple[int, list[NDArray[Any]]]:
        top = self._free
        places: list[int] = []
        for one in given:
            if isinstance(one, int):
                places.append(one)
                continue
            places.append(top)
            size = one.nbytes if isinstance(one, np.ndarray) else _bytes(one)
            top += -(-size // 16) * 16 + GAP
        memory, store = self._memory, self._store
        missing = top - memory.data_len(store)
        if missing > 0:
            try:
                memory.grow(store, -(-missing // PAGE))
            except WasmtimeError as error:
                raise MemoryError(f"{missing:,} bytes for the loop {name}") from error
        base = ctypes.addressof(memory.data_ptr(store).contents)
        whole = np.ctypeslib.as_array((ctypes.c_uint8 * top).from_address(base))
        for one, at in zip(given, places, strict=True):
            if isinstance(one, np.ndarray):
                flat = np.ascontiguousarray(one).reshape(-1)
                whole[at : at + flat.nbytes].view(flat.dtype)[:] = flat
            elif isinstance(one, Room) and one.read and not one.cut:
                whole[at : at + _bytes(one)] = 0
        try:
            result = self._loops[name](store, *places)
        except WasmtimeError:
            del _kept.machine  # its tables may not be empty
            raise
        filled = [
            whole[at : at + _bytes(one)]
            .view(one.dtype)[: result * one.cut if one.cut else None]
            .copy()
            for one, at in zip(given, places, strict=True)
            if isinstance(one, Room) and one.read
        ]
        if top > KEPT:
            del _kept.machine
        return result, filled


def _bytes(room: Room) -> int:
    return room.size * np.dtype(room.dtype).itemsize


_kept = threading.local()


def _machine() -> _Machine:
    if not hasattr(_kept, "machine"):
        _kept.machine = _Machine()
    machine: _Machine = _kept.machine
    return machine


@lru_cache(maxsize=1)
def _module() -> tuple[Engine, Module]:
    engine = Engine()
    return engine, Module.from_file(engine, str(Path(__file__).with_suffix(".wasm")))


@atexit.register
def _close() -> None:
    """Give back what the interpreter could no longer, at its end."""
    _kept.__dict__.clear()
    _module.cache_clear()


def table(dtype: DTypeLike, size: int) -> Room:
    """Return a table that a loop works with and nobody reads."""
    return Room(dtype, int(size), read=False)


def _slots(keys: int) -> int:
    """Return the slots of a hash table of so many keys, as the loops count them."""
    few, many = (1 << (times * int(keys) - 1).bit_length() for times in (2, 6))
    return max(64, few, min(many, 1 << 17))


def words(
    points: NDArray[np.uint32], kinds: NDArray[np.uint8], texts: Ints
) -> tuple[Ints, Ints, NDArray[np.uint64], Ints]:
    """Return where words begin and end, their hashes and the texts that they belong to.

    ``kinds`` are those of all characters up to the last of the points.
    """
    most = len(points)
    rooms = [Room(kind, most, cut=1) for kind in (np.int64, np.int64, np.uint64, np.int64)]
    _, (starts, ends, hashes, rows) = run("words", points, kinds, texts, len(texts) - 1, *rooms)
    return starts, ends, hashes, rows


def phrasing(
    points: NDArray[np.uint32], texts: Ints, hashes: NDArray[np.uint64], words: Ints
) -> tuple[Floats, Ints, Ints]:
    """Return the rows of `fullmenu.views.phrasing`, CSR as data, columns and ends.

    ``texts`` and ``words`` say where each text begins among the points and the hashes.
    """
    n = len(texts) - 1
    keys = 2 * np.diff(words) + np.diff(texts) + 4
    most, entries = int(keys.max(initial=0)), int(keys.sum())
    _, (ends, columns, data) = run(
        "phrasing", points, texts, hashes, words, n, np.log1p(np.arange(most + 1.0)),
        table(np.uint32, 4 * most + 64), table(np.uint32, most), table(np.uint32, most),
        Room(np.int64, n + 1), Room(np.int32, entries, cut=1), Room(np.float32, entries, cut=1),
    )  # fmt: skip
    return data, columns, ends


def phrasing_squares(
    points: NDArray[np.uint32], texts: Ints, hashes: NDArray[np.uint64], words: Ints, parts: Ints
) -> Floats:
    """Return Σ k² of each text over the others of its part, by the rows that `phrasing` makes.

    ``parts`` say where each part begins among the texts: 32 of them at most.
    """
    keys = np.concatenate([[0], np.cumsum(2 * np.diff(words) + np.diff(texts) + 4)])
    of_text, rows = int(np.diff(keys).max(initial=0)), np.diff(parts)
    of_part = np.diff(keys[parts])
    most, bits = int(of_part.max(initial=0)), 2 * (rows + 1) * (of_part // 64 + 1)
    _, (same,) = run(
        "phrasing_squares", points, texts, hashes, words, parts, len(parts) - 1,
        np.log1p(np.arange(of_text + 1.0)), table(np.uint32, 4 * most + 64),
        table(np.uint32, 2 * most), table(np.uint32, of_text),
        table(np.uint64, bits.max(initial=0)), table(np.uint32, of_text),
        table(np.uint32, 2 * most), table(np.uint32, most),
        table(np.float64, (of_part * rows).max(initial=0)), Room(np.float64, len(texts) - 1),
    )  # fmt: skip
    return same


def openings(points: NDArray[np.uint32], texts: Ints, some: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return the text and the place of each word that begins with three of some characters.

    ``some`` says of each three whether they are: a number of 15 bits, five for each character: 1 to
    26 a letter, 27 an apostrophe, 28 a space, 0 another. What is behind a letter that is not ASCII
    may be a word or not.
    """
    most = len(points)
    _, (rows, at) = run(
        "openings", points, texts, len(texts) - 1, some,
        Room(np.int64, most + 1, cut=1), Room(np.int64, most + 1, cut=1),
    )  # fmt: skip
    return rows, at


def _lists(entries: int) -> tuple[Room, ...]:
    """Return the tables that products of so many entries need."""
    numbers = table(np.uint32, entries), table(np.uint32, entries + 1)
    lists = table(np.uint32, 2 * entries + 2), table(np.float32, 2 * entries + 2)
    return (table(np.uint64, _slots(entries)), *numbers, *lists)


def inner_products(x: Rows, common: int) -> tuple[Floats, Floats]:
    """Return the inner products of rows below the diagonal, by the columns of few rows.

    Columns of more than ``common`` rows are returned beside, dense, (n, c): there a matrix product
    is faster.
    """
    n = x.shape[0]
    most = n * (x.nnz // (common + 1))
    many, (products, wide) = run(
        "products", *_arrays(x), n, common, *_lists(x.nnz), Room(np.float64, n * n),
        Room(np.float64, most, cut=n),
    )  # fmt: skip
    return products.reshape(n, n), wide.reshape(n, many)


def _arrays(x: Rows) -> tuple[NDArray[Any], NDArray[Any], Ints]:
    ends = x.indptr.astype(np.int64)
    at = slice(ends[0], ends[-1])
    return x.indices[at].astype(np.int32, copy=False), x.data[at], ends - ends[0]


def products_inside(x: Rows, ends: Ints) -> tuple[Floats, Floats]:
    """Return the inner products of rows of one part at unit length, and the length of each row.

    Those below the diagonal of each part's square, all squares in a row. Parts stand one behind the
    other; ``ends`` say where each begins and the last ends.
    """
    _, (norms, products) = run(
        "products_inside", *_arrays(x), np.asarray(ends, np.int64), len(ends) - 1,
        *_tables_of_parts(x, ends), Room(np.float64, x.shape[0]),
        Room(np.float64, int((np.diff(ends) ** 2).sum())),
    )  # fmt: skip
    return products, norms


def squares_inside(x: Rows, weights: Floats, ends: Ints) -> tuple[Floats, Floats]:
    """Return Σ w·w′·k² of each row over the other rows of its part, and the length of each row."""
    n, rows = x.shape[0], int(np.diff(ends).max(initial=1))
    _, (norms, same) = run(
        "squares_inside", *_arrays(x), weights, np.asarray(ends, np.int64), len(ends) - 1,
        *_tables_of_parts(x, ends), table(np.float64, rows * rows), Room(np.float64, n),
        Room(np.float64, n),
    )  # fmt: skip
    return same, norms


def squares_inside_dense(
    x: NDArray[np.float32], weights: Floats, ends: Ints
) -> tuple[Floats, Floats]:
    """Return what :func:`squares_inside` does, of dense rows, most of whose numbers are 0."""
    (n, width), rows = x.shape, int(np.diff(ends).max(initial=1))
    _, (norms, same) = run(
        "squares_inside_dense", x, width, weights, np.asarray(ends, np.int64), len(ends) - 1,
        table(np.int32, rows * width), table(np.float64, rows * width), table(np.int64, rows + 1),
        table(np.float64, width), Room(np.float64, n), Room(np.float64, n),
    )  # fmt: skip
    return same, norms


def _tables_of_parts(x: Rows, ends: Ints) -> tuple[Room, ...]:
    """Return the tables that products inside parts need."""
    entries = np.diff(x.indptr[ends])
    wide = int((np.diff(ends) * (entries // 2 + 4)).max(initial=1))
    return (*_lists(int(entries.max(initial=1))), table(np.float64, wide))


def pair_products(a: Rows, b: Rows) -> Floats:
    """Return the inner products of rows of ``a`` and of ``b``, pair by pair."""
    _, (k,) = run(
        "pair_products", *_arrays(a), *_arrays(b), a.shape[0], Room(np.float64, a.shape[0])
    )
    return k


def squares_by_moments(x: Rows, weights: Floats) -> Floats:
    """Return Σ w·k² of each unit row, CSR in float64, over all rows, by the moments Σ w·xxᵀ."""
    n, width = x.shape
    ordered = x if x.has_sorted_indices else x.sorted_indices()
    _, (same,) = run(
        "squares_by_moments", *_arrays(ordered), n, weights, width, table(np.float64, width**2),
        Room(np.float64, n),
    )  # fmt: skip
    return same


def sketch(x: Rows, width: int) -> NDArray[np.float32]:
    """Return the rows of `fullmenu.kernel.sketch`, (n, width)."""
    n = x.shape[0]
    _, (narrow,) = run(
        "sketch", *_arrays(x), n, width, table(np.float64, width), Room(np.float32, n * width)
    )
    return narrow.reshape(n, width)


def distinct(hashes: NDArray[np.uint64]) -> tuple[Ints, NDArray[np.uint32]]:
    """Return where each of the different hashes comes first, and the number of each, by that."""
    n = len(hashes)
    slots = table(np.uint32, max(1 << 10, 1 << (8 * n).bit_length()))
    _, (number, first) = run(
        "distinct", hashes, n, slots, Room(np.uint32, n), Room(np.int64, n, cut=1)
    )
    return first, number


def answer_weights(
    texts: tuple[Ints, NDArray[np.uint32]],
    prompt: Ints,
    asked: tuple[Ints, NDArray[np.uint32]],
    content: Floats,
    stem: Ints,
    place: Ints,
    vectors: NDArray[np.float32],
    semantic: bool,
    how: Sequence[float],
) -> tuple[Floats, Floats, NDArray[np.float32]]:
    """Return the weight of each word, the shares of blocks, (n, 3 or 2), and the rows of meaning.

    ``texts`` and ``asked`` say where the words of each text and each prompt begin, and which they
    are; ``prompt`` is of each text; ``content``, ``stem`` and the ``place`` among the vectors, or
    −1, are of each of the different words. ``how`` are numbers of `fullmenu.views.answer`.
    """
    n, blocks, columns = len(prompt), 3 if semantic else 2, vectors.shape[1] * semantic
    assert not len(vectors) or vectors.shape[1] == WIDE
    longest = int(max(np.diff(texts[0]).max(initial=0), np.diff(asked[0]).max(initial=0)))
    stems = int(stem.max(initial=-1)) + 1
    _, (weight, shares, rows) = run(
        "answer_weights", texts[0], n, texts[1], prompt, *asked, content, stem.astype(np.uint32),
        stems, place.astype(np.int32), vectors, int(semantic), np.array(how, np.float64),
        table(np.uint32, stems), table(np.int32, longest + 1), table(np.float64, longest + 1),
        Room(np.float64, len(texts[1])), Room(np.float64, n * blocks),
        Room(np.float32, n * columns),
    )  # fmt: skip
    return weight, shares.reshape(n, blocks), rows.reshape(n, columns)


class Words(NamedTuple):
    """The words of texts, as `answer` and `answer_squares` are given them.

    ``texts`` say where each text begins among the occurrences, and ``word`` and ``weight`` are of
    each of these; of each word ``stem`` and ``pieces``, unit rows as CSR arrays (ends, columns,
    data), on one numbering of ``columns`` columns; ``shares``, (n, blocks), are those of stems, of
    pieces, and of the dense rows ``meaning``.
    """

    texts: Ints
    word: NDArray[np.uint32]
    stem: NDArray[np.uint32]
    pieces: tuple[Ints, NDArray[np.uint32], Floats]
    columns: int
    weight: Floats
    shares: Floats
    meaning: NDArray[np.float32]

    def entries(self) -> Ints:
        """Return how many stems, pieces and dense columns the texts before each have, at most."""
        upto = np.zeros(len(self.word) + 1, np.int64)
        np.cumsum((1 + np.diff(self.pieces[0]).astype(np.int32))[self.word], out=upto[1:])
        dense = self.meaning.shape[1] + 1
        return np.asarray(upto[self.texts] + dense * np.arange(len(self.texts)))

    def given(self, upto: Ints) -> tuple[NDArray[Any] | Room | int, ...]:
        """Return what both loops are given; ``upto`` are the entries."""
        words, longest = len(self.stem), int(np.diff(self.texts).max(initial=0))
        of_words, of_columns = table(np.float64, words), table(np.float64, self.columns)
        return (
            self.word, self.weight, self.stem, *self.pieces, words, self.columns, self.meaning,
            self.meaning.shape[1], self.shares, of_words, of_words, table(np.uint32, longest + 1),
            of_columns, of_columns, table(np.uint32, np.diff(upto).max(initial=0)),
        )  # fmt: skip


def answer(x: Words, column: NDArray[np.int32], dense: int) -> tuple[Floats, Ints, Ints]:
    """Return the rows of `fullmenu.views.answer`, CSR as data, columns and ends.

    ``column`` is where each of the columns stands, and ``dense`` where the dense ones begin.
    """
    n, upto = len(x.texts) - 1, x.entries()
    entries = int(upto[-1])
    _, (ends, columns, data) = run(
        "answer", x.texts, n, *x.given(upto), column, dense,
        Room(np.int64, n + 1), Room(np.int32, entries, cut=1), Room(np.float32, entries, cut=1),
    )  # fmt: skip
    return data, columns, ends


def answer_squares(x: Words, parts: Ints) -> Floats:
    """Return Σ k² of each text over the others of its part, by the rows that `answer` makes.

    ``parts`` say where each part begins among the texts: 32 of them at most.
    """
    upto = x.entries()
    entries = np.diff(upto[parts])
    most = int(entries.max(initial=0)) + 1
    wide = np.minimum(entries, x.columns) + x.meaning.shape[1] + 1
    room = int((np.diff(parts) * wide).max(initial=0))
    _, (same,) = run(
        "answer_squares", x.texts, parts, len(parts) - 1, *x.given(upto),
        table(np.uint32, x.columns), table(np.uint32, most), table(np.float64, room), room,
        Room(np.float64, len(x.texts) - 1),
    )  # fmt: skip
    return same


FACTS = 45
"""Numbers that :func:`outline` tells of a text."""


def outline(
    points: NDArray[np.uint32], texts: Ints, decimals: NDArray[np.uint32]
) -> tuple[Ints, NDArray[np.uint8], Ints]:
    """Return the facts of `fullmenu.views.outline` about each text, (n, FACTS).

    Beside, the kinds of all blocks and the words of all sentences, text by text. ``decimals`` are
    the digits that are not ASCII.
    """
    n, longest = len(texts) - 1, int(np.diff(texts).max(initial=0))
    most = len(points) + n
    _, (facts, kinds, lengths) = run(
        "outline", points, texts, n, decimals, len(decimals),
        table(np.int64, 2 * longest + 2), Room(np.int64, n * FACTS), Room(np.uint8, most),
        Room(np.int64, most, cut=1),
    )  # fmt: skip
    facts = facts.reshape(n, FACTS)
    return facts, kinds[: facts[:, -2].sum()], lengths


def mentions(
    points: NDArray[np.uint32], texts: Ints, most: int, phrases: NDArray[np.uint32], begins: Ints
) -> NDArray[np.bool_]:
    """Return which phrases the last characters of each text, in lower case, hold, (n, m).

    ``most``: how many characters; ``begins`` say where each phrase does.
    """
    n, m = len(texts) - 1, len(begins) - 1
    _, (said,) = run(
        "mentions", points, texts, n, most, phrases, begins, m, table(np.uint32, m),
        Room(np.uint8, n * m),
    )  # fmt: skip
    return said.reshape(n, m).view(np.bool_)


def outline_rows(
    facts: Ints,
    paths: tuple[Ints, Ints, Floats],
    levels: tuple[Floats, Floats, Floats, Floats],
    formulas: NDArray[np.bool_],
    at: Ints,
    shares: Floats,
) -> NDArray[np.float32]:
    """Return the rows of `fullmenu.views.outline` from the facts that :func:`outline` tells.

    ``paths`` are the columns of each text's order of blocks: where they end, columns, masses.
    ``levels`` are of words in places, of sizes, marks and sentences; ``formulas``, (n, 16); ``at``
    and ``shares`` are of the groups of columns.
    """
    n, width = len(facts), int(at[-1]) + 1
    _, (rows,) = run(
        "outline_rows", facts, n, *paths, *levels, formulas.view(np.uint8), at, shares,
        Room(np.float32, n * width, cut=width),
    )  # fmt: skip
    return rows.reshape(n, width)


def outline_squares(
    facts: Ints,
    paths: tuple[Ints, Ints, Floats],
    levels: tuple[Floats, Floats, Floats, Floats],
    formulas: NDArray[np.bool_],
    at: Ints,
    shares: Floats,
    parts: Ints,
) -> Floats:
    """Return Σ k² of each text over the others of its part, by the rows of `outline_rows`.

    ``parts`` say where each part begins among the texts: 32 of them at most.
    """
    _, (same,) = run(
        "outline_squares", facts, parts, len(parts) - 1, *paths, *levels, formulas.view(np.uint8),
        at, shares, Room(np.float64, len(facts)),
    )  # fmt: skip
    return same
