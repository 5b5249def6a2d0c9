"""``answer``: the same dish, whatever the words.

What the prompt says is in every answer to it, so it is taken out; the answer comes first, so the
opening counts most; and kernels stand side by side, as weighted blocks of one unit row.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice
from fullmenu.kernel.rows import joined, stacked
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.text import tokens, word_vectors
from fullmenu.text.function_words import FUNCTION_WORDS
from fullmenu.views.registry import Embedder, View, as_vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FUNCTION = 0.3
"""Weight of a function word; a content word has 1."""
ECHO = 0.05
"""Weight of a word that the prompt says too."""
EARLY = 10
"""Word number i weighs 1/√(1 + i/EARLY): it is halved by word 30."""
PIECES = (2, 3)
"""Lengths of the pieces of words, in characters."""
MEANING, SHORT = 0.65, 100
"""Share of word vectors where every word has one: MEANING·SHORT/(SHORT + words)."""
WORDS = 0.1
"""Share of the word block in the semantic kernel: names and numbers, which embeddings blur."""
ALONE = 64
"""Words of an output that are embedded by themselves."""
OPENING = 32
"""Words of an output that are embedded after its prompt."""
CONTEXT = 64
"""Words of a prompt, counted from its end, that an output is read after."""
BITS = 18

SLOTS = 18
"""Bits of a word's hash that pick the slot where its number is looked up first."""

MOST_WORDS = 1 << 17
"""Different words that are kept from one log to the next."""

Prompts = Sequence[str | None]


def rows(texts: Sequence[str], prompts: Prompts | None = None) -> csr_matrix:
    """Feature rows whose inner product says how far two outputs give one answer.

    Beside the blocks of :func:`lexical_rows`, the sum of the vectors of an output's words
    (:mod:`fullmenu.text.word_vectors`), less its part along that of the prompt. It has .65 of the
    kernel in an output of a few words, half of that at 100, and less where there are more: the mean
    of many words is the topic, which all answers share. Where only some words have vectors, it has
    as much less.

    Parameters
    ----------
    texts
        Outputs. An empty one is a dish of its own; one whose words are not known is read by the
        words themselves.
    prompts
        The prompt of each output; where there is none, nothing is taken out.

    Returns
    -------
    (n, 2**19 + 129) CSR, float32
        Unit rows; nothing is fitted. Inner products are in [−1, 1], about 0 where two texts have
        nothing in common.

    Notes
    -----
    Sees likeness of sense in fifteen languages, and across them, word by word. Cannot see the order
    of words, "not", or whether it is true; the sense of rare words, names and numbers, or of words
    in other languages, which are compared as they are written.

    Examples
    --------
    >>> x = rows(["take it home", "bring it back to the house", "sell it", ""])
    >>> (x @ x.T).toarray()[0] > 0.3
    array([ True,  True, False, False])
    """
    return _batched(texts, prompts, _meant)


def lexical_rows(texts: Sequence[str], prompts: Prompts | None = None) -> csr_matrix:
    """Feature rows whose inner product says how far two outputs use the same words, in [0, 1].

    Content words (stems) beside pieces of words (runs of two and three characters). The pieces
    have the share 30/(40 + words): where a text is short they must help, and where it is long they
    meet by chance.

    Parameters
    ----------
    texts
        Outputs. An empty one is a dish of its own; one without words is read by its symbols.
    prompts
        The prompt of each output; where there is none, nothing is taken out.

    Returns
    -------
    (n, 2**19 + 1) CSR, float32
        Unit rows; nothing is fitted.

    Notes
    -----
    The stems and the list of function words are English; in scripts without spaces, pairs of
    characters are words. Cannot see sense: "take it home" and "carry it back" share nothing.

    Examples
    --------
    >>> x = lexical_rows(["A dog.", "The dog!", "A cat", ""], ["Name a pet."] * 4)
    >>> (x @ x.T).toarray()[0] > 0.5
    array([ True,  True, False, False])
    """
    return _batched(texts, prompts, _lexical)


def _batched(
    texts: Sequence[str], prompts: Prompts | None, rows_of: Callable[[_Read], csr_matrix]
) -> csr_matrix:
    prompts = [None] * len(texts) if prompts is None else prompts
    vocabulary = _vocabulary()
    parts = [
        rows_of(_read(batch, prompts[start : start + len(batch)], vocabulary))
        for start, batch in tokens.batches(texts)
    ]
    return stacked(parts) if parts else rows_of(_read([], [], vocabulary))


def both(texts: Sequence[str], prompts: Prompts, at: Ints) -> tuple[csr_matrix, csr_matrix]:
    """Return :func:`rows` of texts, and of those at some places without their prompts.

    >>> with_prompts, alone = both(["A dog.", "A cat"], ["Name a pet: dog or cat?"] * 2, [1])
    >>> bool(abs(alone - rows(["A cat"])).max() < 1e-6)
    True
    """
    vocabulary = _vocabulary()
    places = np.asarray(at, np.int64)
    whole: list[csr_matrix] = []
    alone: list[csr_matrix] = []
    for start, batch in [*tokens.batches(texts)] or [(0, [])]:
        end = start + len(batch)
        found = _read(batch, prompts[start:end], vocabulary)
        whole.append(_meant(found))
        some = places[(places >= start) & (places < end)]
        alone.append(_meant(found.alone(some - start)))
    return stacked(whole), stacked(alone)


def squares(texts: Sequence[str], prompts: Prompts, ends: Ints) -> Floats:
    """Return Σ k² of each text over the others of its prompt, (n,), by compiled loops."""
    loops, found = choice.started(), _read(texts, prompts, _vocabulary())
    words, _ = _for_loops(loops, found, *_shares(found))
    sums: Floats = loops.answer_squares(words, ends)
    return sums


def _lexical(found: _Read) -> csr_matrix:
    pieces = 30 / (40 + found.lengths)
    return _blocks(found, np.stack([1 - pieces, pieces], axis=1))


def _meant(found: _Read) -> csr_matrix:
    return _blocks(found, *_shares(found))


def _shares(found: _Read) -> tuple[Floats, NDArray[np.float32]]:
    """Return the shares of stems, pieces and meaning, (n, 3), and the rows of meaning."""
    pieces = 30 / (40 + found.lengths)
    block, known = _meaning_block(found)
    meaning = known * MEANING * SHORT / (SHORT + found.lengths)
    return np.stack([(1 - meaning) * (1 - pieces), (1 - meaning) * pieces, meaning], axis=1), block


def _blocks(
    found: _Read, shares: NDArray[np.float64], meaning: NDArray[np.float32] | None = None
) -> csr_matrix:
    """Set the word and the piece block, and dense rows if any, side by side."""
    from scipy.sparse import csr_matrix

    loops = choice.loops(sum(PIECES) * len(found.word))
    if loops is None:
        blocks = [_word_block(found), _piece_block(found)]
        return joined(blocks if meaning is None else [*blocks, csr_matrix(meaning)], shares)
    words, column = _for_loops(loops, found, shares, meaning)
    rows = loops.answer(words, column, 2 << BITS)
    return csr_matrix(rows, (found.n, (2 << BITS) + words.meaning.shape[1] + 1))


def _for_loops(
    loops: ModuleType,
    found: _Read,
    shares: NDArray[np.float64],
    meaning: NDArray[np.float32] | None,
) -> tuple[Any, NDArray[np.int32]]:
    """Return the words of a batch, and where each of their columns stands in a row."""
    known = found.vocabulary
    seen = np.zeros(len(known.stem), bool)
    seen[found.word] = True
    some = np.flatnonzero(seen)
    pieces = known.pieces[some]
    dense = np.empty((found.n, 0), np.float32) if meaning is None else meaning
    words = loops.Words(
        found.starts, (np.cumsum(seen) - 1)[found.word], found.full,
        known.stem_column[some].astype(np.uint32),
        (pieces.indptr.astype(np.int64), pieces.indices.astype(np.uint32), pieces.data),
        len(known.standing), shares, dense,
    )  # fmt: skip
    return words, known.standing


def semantic_rows(
    texts: Sequence[str], prompts: Prompts | None, encode: Callable[[list[str]], Any]
) -> csr_matrix:
    """Feature rows by an embedding model; the inner product says how far two outputs mean the same.

    Each output is embedded twice: its first 64 words by themselves, and its first 32 after its
    prompt, where words are understood that say little alone ("Emma", "instruct you"). From both
    the direction of the prompt is projected out; their unit vectors are added. As many words from
    each output: length does not decide. A tenth of the kernel is the word block of `lexical_rows`,
    which reads the whole text.

    Parameters
    ----------
    texts
        Outputs. An empty one is a dish of its own.
    prompts
        The prompt of each output; where there is none, it is embedded alone.
    encode
        From a list of strings to an array (m, d) of embeddings, of any length; called once, with
        no string twice.

    Returns
    -------
    (n, d + 2**18 + 1) CSR, float32
        Unit rows. Opposite meanings have a negative inner product, which the square in the repeat
        rate would count; with the models tried it is about 0 between unrelated texts.

    Notes
    -----
    Of what comes after the first 64 words it sees the words only; never whether it is true.

    Examples
    --------
    >>> def encode(texts):  # a toy; see the extra `semantic` for real ones
    ...     return np.array([[t.count("dog"), t.count("cat"), t.count("pet")] for t in texts]) + 0.1
    >>> x = semantic_rows(["a dog", "dog, dog", "a cat"], ["Which pet?"] * 3, encode)
    >>> (x @ x.T).toarray()[0] > 0.5
    array([ True,  True, False])
    """
    from scipy.sparse import csr_matrix

    prompts = [None] * len(texts) if prompts is None else prompts
    index: dict[str, int] = {}

    def place(text: str) -> int:
        return index.setdefault(text, len(index)) if text and not text.isspace() else -1

    alone = np.array([place(_opening(text, ALONE)) for text in texts], np.int64)
    asked = np.full(len(texts), -1)
    answering = np.full(len(texts), -1)
    for i, (text, prompt) in enumerate(zip(texts, prompts, strict=True)):
        if alone[i] >= 0 and prompt and not prompt.isspace():
            before = " ".join(prompt.split()[-CONTEXT:])[-8 * CONTEXT :]
            asked[i], answering[i] = place(before), place(f"{before} {_opening(text, OPENING)}")
    if not index:
        return joined([_none(len(texts)), _none(len(texts))], [1 - WORDS, WORDS])
    found = as_vectors(encode(list(index)), len(index), "texts")
    vectors = _unit(found.astype(np.float32))
    vectors = np.vstack([vectors, np.zeros_like(vectors[:1])])  # place -1: nothing
    meaning = _unit(
        _without(vectors[alone], vectors[asked]) + _without(vectors[answering], vectors[asked])
    )
    parts = []
    vocabulary = _vocabulary()
    for start, batch in tokens.batches(texts):
        part = slice(start, start + len(batch))
        words = _word_block(_read(batch, prompts[part], vocabulary))
        parts.append(joined([csr_matrix(meaning[part]), words], [1 - WORDS, WORDS]))
    return stacked(parts)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Cut the commonest English endings off a word.

    >>> [stem(w) for w in ("cities", "city's", "baked", "baking", "boss", "running", "42nd")]
    ['citi', 'citi', 'bak', 'bak', 'boss', 'run', '42nd']
    """
    word = word.removesuffix("'").removesuffix("'s")
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y" if len(word) > 4 else word[:-1]
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for end in ("ingly", "edly", "ing", "ed", "ly"):
        if word.endswith(end) and len(word) >= len(end) + 3:
            word = word.removesuffix(end)
            if end != "ly" and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if len(word) > 3 and word[-1] == "e":
        return word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word[-1] == "y" else word


def _opening(text: str, words: int) -> str:
    return " ".join(text.split(None, words)[:words])[: 8 * words]


_kept = threading.local()


def _vocabulary() -> _Vocabulary:
    """Return this thread's vocabulary, or a new one where it has grown large."""
    if not hasattr(_kept, "words") or len(_kept.words.stem) > MOST_WORDS:
        _kept.words = _Vocabulary()
    vocabulary: _Vocabulary = _kept.words
    return vocabulary


class _Vocabulary:
    """Different words, numbered as they come: each is spelt, cut and hashed once.

    Numbers depend on what was read before; no row does.

    ``stem``, ``stem_column`` and ``content``, (words,), are of each word the number of its stem,
    the column of that, and its weight as a content or function word; the rows of ``pieces`` are
    its character runs. Columns are numbered as they come; ``standing`` says where each stands in a
    row: by a hash, stems before pieces.
    """

    def __init__(self) -> None:
        self._number: dict[int, int] = {}
        self._slot_hash = np.zeros(1 << SLOTS, np.uint64)
        self._slot_number = np.full(1 << SLOTS, -1, np.int64)
        self._stem: dict[str, int] = {}
        self.stem = np.empty(0, np.int64)
        self.stem_column = self.standing = np.empty(0, np.int32)
        self._column = np.full(2 << BITS, -1, np.int32)
        self.content = np.empty(0)
        self._pieces: list[csr_matrix] = []
        self._words: list[str] = []
        self._place = np.empty(0, np.int64)
        self._vectors = np.empty((0, word_vectors.COLUMNS))

    @property
    def meanings(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Where each word's vector stands, −1 where it has none, and the vectors."""
        new = self._words[len(self._place) :]
        if new:
            known, vectors = word_vectors.vectors(new)
            place = np.full(len(new), -1)
            place[known] = len(self._vectors) + np.arange(len(known))
            self._place = np.concatenate([self._place, place])
            self._vectors = np.concatenate([self._vectors, vectors])
        return self._place, self._vectors

    @property
    def pieces(self) -> csr_matrix:
        """Of each word its runs of characters, the ends of the word marked: a unit row."""
        self._pieces = [stacked(self._pieces)] if self._pieces else [_pieces([])]
        return self._pieces[0]

    def numbers(
        self,
        hashes: tokens.Hashes,
        points: NDArray[np.uint32],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Return the number of each word, given by its hash and its span of the code points."""
        slot = hashes >> np.uint64(64 - SLOTS)
        numbers = self._slot_number[slot]
        other = np.flatnonzero((self._slot_hash[slot] != hashes) | (numbers < 0))
        different, first, which = np.unique(hashes[other], return_index=True, return_inverse=True)
        known, number = len(self._number), self._number
        found = np.array([number.setdefault(h, len(number)) for h in different.tolist()], np.int64)
        new = other[first[found >= known]]
        spans = zip(starts[new].tolist(), ends[new].tolist(), strict=True)
        if len(new):
            text = points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
            self._add([text[a:b] for a, b in spans])
        numbers[other] = found[which]
        free = other[self._slot_number[slot[other]] < 0]  # first come: the commonest words
        self._slot_hash[slot[free]], self._slot_number[slot[free]] = hashes[free], numbers[free]
        return numbers

    def _add(self, words: list[str]) -> None:
        self._words += words
        cut = [stem(word) for word in words]
        stems = [self._stem.setdefault(s, len(self._stem)) for s in cut]
        hashed = [zlib.crc32(s.encode("utf-8", "surrogatepass")) % (1 << BITS) for s in cut]
        content = [FUNCTION if word in FUNCTION_WORDS else 1.0 for word in words]
        self.stem = np.concatenate([self.stem, np.array(stems, np.int64)])
        self.stem_column = np.concatenate([self.stem_column, self._numbered(np.array(hashed))])
        self.content = np.concatenate([self.content, np.array(content)])
        pieces = _pieces(words)
        pieces.indices = self._numbered(pieces.indices + (1 << BITS))
        self._pieces.append(pieces)

    def _numbered(self, standing: Ints) -> NDArray[np.int32]:
        """Return the columns that stand at some places of a row."""
        new = np.unique(standing[self._column[standing] < 0]).astype(np.int32)
        self._column[new] = np.arange(len(self.standing), len(self.standing) + len(new))
        self.standing = np.concatenate([self.standing, new])
        return self._column[standing]

    def hashed(self, block: csr_matrix, first: int) -> csr_matrix:
        """Return rows on these columns as they stand from a place on."""
        from scipy.sparse import csr_matrix

        columns = self.standing[block.indices] - np.int32(first)
        return csr_matrix((block.data, columns, block.indptr), (block.shape[0], 1 << BITS))


class _Read(NamedTuple):
    """The words of a batch: each occurrence's row, word and weight, text by text."""

    n: int
    rows: NDArray[np.int64]
    word: NDArray[np.int64]
    weight: NDArray[np.float64]
    """By where it stands, and whether the prompt says it too."""
    echo: NDArray[np.bool_]
    """Whether the prompt says it too."""
    vocabulary: _Vocabulary
    prompt: NDArray[np.int64]
    """Of each text, its prompt's number."""
    asked: NDArray[np.int64]
    """The words of prompts: of each occurrence, its prompt's number and its word, (2, m)."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Words in each text."""
        return np.bincount(self.rows, minlength=self.n)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each text's words begin, and the last one's end."""
        return np.searchsorted(self.rows, np.arange(self.n + 1))

    @property
    def full(self) -> NDArray[np.float64]:
        """The weight of each occurrence, function words less."""
        return np.asarray(self.vocabulary.content[self.word] * self.weight)

    def alone(self, at: NDArray[np.int64]) -> _Read:
        """Return some of the texts, (m,) in ascending order, as if nothing had been asked."""
        n = len(at)
        chosen = np.zeros(self.n, bool)
        chosen[at] = True
        kept = chosen[self.rows]
        rows = (np.cumsum(chosen) - 1)[self.rows[kept]]
        return _weighed(
            n, rows, self.word[kept], np.zeros(len(rows), bool), self.vocabulary,
            np.zeros(n, np.int64), np.empty((2, 0), np.int64),
        )  # fmt: skip

    def times(self, weight: NDArray[np.float64], words: csr_matrix) -> csr_matrix:
        """Add up, for each text, the rows of its words by weight."""
        from scipy.sparse import csr_matrix

        return csr_matrix((weight, self.word, self.starts), (self.n, words.shape[0])) @ words


def _read(texts: Sequence[str], prompts: Prompts, vocabulary: _Vocabulary) -> _Read:
    n = len(texts)
    place: dict[str, int] = {}
    prompt = np.array([place.setdefault(p or "", len(place)) for p in prompts], np.int64)
    rows, word = _words(texts, vocabulary)
    asked = np.stack(_words([*place], vocabulary))
    stem = vocabulary.stem
    echo = _echoes(prompt[rows], stem[word], asked[0], stem[asked[1]])
    return _weighed(n, rows, word, echo, vocabulary, prompt, asked)


def _echoes(prompt: Ints, stem: Ints, asked_prompt: Ints, asked_stem: Ints) -> NDArray[np.bool_]:
    """Tell of each occurrence whether its prompt says its stem."""
    some, place = np.unique(asked_stem, return_inverse=True)
    prompts, columns = int(asked_prompt.max(initial=-1)) + 2, len(some) + 1
    if prompts * columns > _CELLS:
        stems = 1 + max(int(stem.max(initial=0)), int(asked_stem.max(initial=0)))
        return np.isin(prompt * stems + stem, asked_prompt * stems + asked_stem)
    said = np.zeros(prompts * columns, bool)
    said[asked_prompt * columns + place + 1] = True
    column = np.zeros(1 + max(int(stem.max(initial=0)), int(asked_stem.max(initial=0))), np.int64)
    column[some] = np.arange(1, columns)
    return said[np.minimum(prompt, prompts - 1) * columns + column[stem]]


_CELLS = 1 << 24
"""Prompts of a batch × stems that they say, beyond which no table is made."""


def _weighed(
    n: int,
    rows: Ints,
    word: Ints,
    echo: NDArray[np.bool_],
    vocabulary: _Vocabulary,
    prompt: Ints,
    asked: Ints,
) -> _Read:
    at = np.arange(len(rows)) - np.searchsorted(rows, np.arange(n))[rows]
    weight = np.where(echo, ECHO, 1) / np.sqrt(1 + at / EARLY)
    return _Read(n, rows, word, weight, echo, vocabulary, prompt, asked)


def _words(
    texts: Sequence[str], vocabulary: _Vocabulary
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and number of every word, in order.

    In scripts without spaces two neighbouring characters are a word. A pictograph is one too; so
    is any mark, in a text that has nothing else.
    """
    found = tokens.tokenize(texts)
    points, starts, ends, rows, hashes = (
        found.points, found.starts, found.ends.copy(), found.rows, found.hashes.copy()
    )  # fmt: skip
    single = (ends - starts == 1) & (points[starts] >= 0x0E00)
    if single.any():
        pair = np.zeros(len(starts), bool)
        pair[:-1] = single[:-1] & single[1:] & (starts[1:] == ends[:-1]) & (rows[:-1] == rows[1:])
        second = np.zeros(len(starts), bool)
        second[1:] = pair[:-1]
        first = np.flatnonzero(pair)
        hashes[first] = tokens.mix(hashes[first] * np.uint64(3) + hashes[first + 1])
        ends[first] += 1
        keep = pair | ~second
        starts, ends, rows, hashes = starts[keep], ends[keep], rows[keep], hashes[keep]

    mark = np.flatnonzero(points >= _PICTOGRAPHS)
    mark = mark[_is_pictograph(points[mark])]
    bare = (
        np.bincount(rows, minlength=found.n) + np.bincount(_owner(mark, found), minlength=found.n)
        == 0
    )
    if bare.any():
        of_bare = np.repeat(bare, np.diff(found.text_starts)) & ~_is_blank(points)
        mark = np.union1d(mark, np.flatnonzero(of_bare))
    if len(mark):
        starts, ends = np.concatenate([starts, mark]), np.concatenate([ends, mark + 1])
        rows = np.concatenate([rows, _owner(mark, found)])
        code = tokens.mix(points[mark].astype(np.uint64) + np.uint64(1 << 40))
        hashes = np.concatenate([hashes, code])
        order = np.argsort(starts, kind="stable")
        starts, ends, rows, hashes = starts[order], ends[order], rows[order], hashes[order]
    return rows, vocabulary.numbers(hashes, points, starts, ends)


def _owner(at: NDArray[np.int64], found: tokens.Tokens) -> NDArray[np.int64]:
    """The text of each code point."""
    return np.searchsorted(found.text_starts, at, side="right") - 1


_PICTOGRAPHS = 0x2190


def _is_pictograph(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    emoji = (points >= 0x1F000) & (points <= 0x1FAFF) & ~((points >= 0x1F3FB) & (points <= 0x1F3FF))
    return emoji | ((points >= _PICTOGRAPHS) & (points <= 0x2BFF))


def _is_blank(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return np.isin(points, [0x85, 0xA0, 0x1680, 0x3000, 0xFE0F, 0xFEFF]) | (
        (points <= 32) | ((points >= 0x2000) & (points <= 0x200F))
    )


def _word_block(found: _Read) -> csr_matrix:
    """Unit rows of hashed stems: mean weight × √count."""
    from scipy.sparse import csr_matrix

    column = found.vocabulary.stem_column
    words = np.arange(len(column) + 1)
    stems = csr_matrix((np.ones(len(column)), column, words), (len(column), 2 << BITS))
    total = found.times(found.full, stems)
    total.data /= np.sqrt(found.times(np.ones(len(found.word)), stems).data)
    return found.vocabulary.hashed(_unit_csr(total), 0)


def _piece_block(found: _Read) -> csr_matrix:
    """Unit rows of hashed pieces of words: the root of each piece's total weight."""
    block = found.times(found.full, found.vocabulary.pieces)
    block.data = np.sqrt(block.data)
    return found.vocabulary.hashed(_unit_csr(block), 1 << BITS)


def _meaning_block(found: _Read) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Unit rows, and the share of a text, by weight, whose words have vectors.

    A row is the sum of the vectors of the words that its prompt does not say, less its part along
    the prompt's.
    """
    from scipy.sparse import csr_matrix

    place, vectors = found.vocabulary.meanings

    def total(rows: Ints, at: Ints, weight: Floats, n: int) -> Any:
        ends = np.searchsorted(rows, np.arange(n + 1))
        return _unit(csr_matrix((weight, at, ends), (n, len(vectors))) @ vectors)

    prompts, words = found.asked
    at = place[words]
    seen = at >= 0
    n = int(found.prompt.max(initial=-1)) + 1
    asked = total(prompts[seen], at[seen], np.ones(int(seen.sum())), n)
    at = place[found.word]
    seen = (at >= 0) & ~found.echo
    said = total(found.rows[seen], at[seen], found.weight[seen], found.n)
    weight = found.full
    covered = np.bincount(found.rows, weight * seen, minlength=found.n)
    whole = np.bincount(found.rows, weight, minlength=found.n)
    return _without(said, asked[found.prompt]), covered / np.where(whole > 0, whole, 1)


def _pieces(words: Sequence[str]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    marked = "".join(f"\2{word}\3" for word in words).encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(marked, "<u4").astype(np.uint64)
    owner = np.repeat(np.arange(len(words)), [len(word) + 2 for word in words])
    owners, columns = [], []
    for size in PIECES:
        inside = np.flatnonzero(owner[: 1 - size] == owner[size - 1 :])
        code = np.full(len(inside), size, np.uint64)
        for k in range(size):
            code = tokens.mix(code * np.uint64(0x9E3779B97F4A7C15) + points[inside + k])
        owners.append(owner[inside])
        columns.append((code >> np.uint64(64 - BITS)).astype(np.int64))
    row = np.concatenate(owners).astype(np.int64)
    weight = 1 / np.sqrt(np.bincount(row, minlength=len(words)))[row]
    return csr_matrix((weight, (row, np.concatenate(columns))), shape=(len(words), 2 << BITS))


def _unit_csr(block: csr_matrix) -> csr_matrix:
    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    norms = np.sqrt(np.bincount(row, block.data**2, minlength=block.shape[0]))
    block.data = (block.data / norms[row]).astype(np.float32)
    return block


def _none(n: int = 0) -> csr_matrix:
    from scipy.sparse import csr_matrix

    return csr_matrix((n, 1 << BITS), dtype=np.float32)


def _unit(x: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    return (x / np.where(norms > 0, norms, 1)).astype(np.float32)


def _without(x: NDArray[np.float32], away: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit rows of ``x`` less their part along the unit rows ``away``; a mere echo stays whole."""
    left = x - (x * away).sum(1, keepdims=True) * away
    mere = np.linalg.norm(left, axis=1, keepdims=True) < 0.01
    return _unit(np.where(mere, x, left))


def _semantic(encoder: Embedder, ruler: str) -> View:
    return View(
        "answer",
        lambda texts, prompts: semantic_rows(texts, prompts, encoder),
        sees="meaning by embedding, alone and as an answer to its prompt, and content words",
        blind="what a text says after its first 64 words, except for its words; fine differences; "
        "truth",
        ruler=ruler,
        reads_prompt=True,
        same_dish=0.6,  # where pairs agree best with NoveltyBench's classes
        tells_dishes=True,
    )


VIEW = View(
    "answer",
    rows,
    sees="the sense of common words in fifteen languages, content words and pieces of them, the "
    "opening first, less what the prompt already says",
    blind="the order of words, and a small word that turns the sense; opposites, which are half "
    "alike (yes and no); the sense of rare words, numbers, and languages it has no vectors of",
    ruler="words, pieces of words, and 78,872 word vectors in fifteen languages; no model",
    reads_prompt=True,
    same_dish=0.6,  # where pairs agree best with NoveltyBench's classes
    tells_dishes=True,
    default=3,
    encoded=_semantic,
    read_once=both,
    squares=squares,
)
