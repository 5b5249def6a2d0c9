"""``answer``: the same dish, whatever the words.

What the prompt says is in every answer to it, so it is taken out; the answer comes first, so the
opening counts most; and kernels stand side by side, as weighted blocks of one unit row.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice
from fullmenu.kernel.rows import joined, stacked
from fullmenu.stats.arrays import Floats, Ints, run_starts
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
PIECED = (30, 40)
"""Share of pieces of words: 30/(40 + words)."""
BITS = 18

MOST_WORDS = 1 << 17
"""Different words that are kept from one log to the next."""

Prompts = Sequence[str | None]
_Float = TypeVar("_Float", np.float32, np.float64)


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


def _lexical(found: _Read) -> csr_matrix:
    return _blocks(found, semantic=False)


def _meant(found: _Read) -> csr_matrix:
    return _blocks(found, semantic=True)


def _blocks(found: _Read, semantic: bool) -> csr_matrix:
    """Set the word and the piece block, and rows of meaning if asked for, side by side."""
    from scipy.sparse import csr_matrix

    loops = found.loops()
    if loops is None:
        weight, shares, meaning = _weighed(found, semantic)
        blocks = [_word_block(found, weight), _piece_block(found, weight)]
        return joined([*blocks, csr_matrix(meaning)] if semantic else blocks, shares)
    words = _for_loops(loops, found, semantic)
    rows = loops.answer(words, found.different.vocabulary.standing, 2 << BITS)
    return csr_matrix(rows, (found.n, (2 << BITS) + words.meaning.shape[1] + 1))


def _for_loops(loops: ModuleType, found: _Read, semantic: bool) -> Any:
    """Return the words of a batch as loops read them."""
    different = found.different
    pieces = different.pieces
    return loops.Words(
        found.starts, found.word, different.stem_column.astype(np.uint32),
        (pieces.indptr.astype(np.int64), pieces.indices.astype(np.uint32), pieces.data),
        len(different.vocabulary.standing), *_weighed(found, semantic),
    )  # fmt: skip


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
    encoded = as_vectors(encode(list(index)), len(index), "texts")
    vectors = _unit(encoded.astype(np.float32))
    vectors = np.vstack([vectors, np.zeros_like(vectors[:1])])  # place -1: nothing
    meaning = _unit(
        _without(vectors[alone], vectors[asked]) + _without(vectors[answering], vectors[asked])
    )
    parts = []
    vocabulary = _vocabulary()
    for start, batch in tokens.batches(texts):
        part = slice(start, start + len(batch))
        found = _read(batch, prompts[part], vocabulary)
        words = _word_block(found, _weighed(found, semantic=False).weight)
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
        self._hashes, self._numbers = np.empty(0, np.uint64), np.empty(0, np.int64)
        self._stem: dict[str, int] = {}
        self.stem = np.empty(0, np.int64)
        self.stem_column = self.standing = np.empty(0, np.int32)
        self._column = np.full(2 << BITS, -1, np.int32)
        self.content = np.empty(0)
        self._pieces: list[csr_matrix] = []
        self._words: list[str] = []
        self._place = np.empty(0, np.int64)
        self._vectors = np.empty((0, word_vectors.COLUMNS), np.float32)

    @property
    def meanings(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
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

    def numbers(self, hashes: tokens.Hashes, spelt: Callable[[Ints], list[str]]) -> Ints:
        """Return the numbers of different words; new ones are spelt, by their places."""
        order = np.argsort(hashes)  # what is looked for in order is found three times as fast
        at = np.empty(len(hashes), np.int64)
        at[order] = np.searchsorted(self._hashes, hashes[order])
        numbers = np.append(self._numbers, 0)[at]
        new = np.append(self._hashes, 0)[at] != hashes
        if new.any():
            numbers[new] = len(self._words) + np.arange(new.sum())
            self._add(spelt(np.flatnonzero(new)))
            order = order[new[order]]
            self._hashes = np.insert(self._hashes, at[order], hashes[order])
            self._numbers = np.insert(self._numbers, at[order], numbers[order])
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
        new = np.sort(standing[self._column[standing] < 0]).astype(np.int32)
        new = new[run_starts(new)]
        self._column[new] = np.arange(len(self.standing), len(self.standing) + len(new))
        self.standing = np.concatenate([self.standing, new])
        return self._column[standing]

    def hashed(self, block: csr_matrix, first: int) -> csr_matrix:
        """Return rows on these columns as they stand from a place on."""
        from scipy.sparse import csr_matrix

        columns = self.standing[block.indices] - np.int32(first)
        return csr_matrix((block.data, columns, block.indptr), (block.shape[0], 1 << BITS))


class _Different:
    """The different words of a batch, (m,): what the vocabulary knows of them."""

    def __init__(self, vocabulary: _Vocabulary, numbers: Ints) -> None:
        self.vocabulary, self._numbers = vocabulary, numbers

    @cached_property
    def content(self) -> Floats:
        """Their weights, as content or function words."""
        return self.vocabulary.content[self._numbers]

    @cached_property
    def stem(self) -> Ints:
        """The numbers of their stems."""
        return self.vocabulary.stem[self._numbers]

    @cached_property
    def stem_column(self) -> NDArray[np.int32]:
        """The columns of their stems."""
        return self.vocabulary.stem_column[self._numbers]

    @cached_property
    def pieces(self) -> csr_matrix:
        """Their runs of characters."""
        return self.vocabulary.pieces[self._numbers]

    @cached_property
    def meanings(self) -> tuple[Ints, NDArray[np.float32]]:
        """Where each word's vector stands, −1 where it has none, and the vectors."""
        place, vectors = self.vocabulary.meanings
        place = place[self._numbers]
        known = place >= 0
        vectors = vectors[place[known]]
        place[known] = np.arange(len(vectors))
        return place, vectors


class _Read(NamedTuple):
    """The words of a batch."""

    different: _Different
    word: NDArray[np.uint32]
    """Of each occurrence, its place among these; text by text."""
    starts: Ints
    """Where each text's words begin, and the last one's end."""
    prompt: Ints
    """Of each text, its prompt's number."""
    asked: NDArray[np.uint32]
    """The words of each prompt, as those of texts."""
    asked_starts: Ints

    @property
    def n(self) -> int:
        """How many texts."""
        return len(self.prompt)

    @property
    def lengths(self) -> Ints:
        """Words in each text."""
        return np.diff(self.starts)

    @property
    def text(self) -> Ints:
        """Of each occurrence, its text."""
        return np.repeat(np.arange(self.n), self.lengths)

    def loops(self) -> ModuleType | None:
        """The compiled loops, where there are so many pieces of words that they pay."""
        return choice.loops(sum(PIECES) * len(self.word))

    def at(self, places: Ints) -> _Read:
        """Return some of the texts, (m,) in ascending order."""
        if len(places) == self.n:
            return self
        chosen = np.zeros(self.n, bool)
        chosen[places] = True
        return self._replace(
            word=self.word[np.repeat(chosen, self.lengths)], prompt=self.prompt[places],
            starts=np.concatenate([[0], np.cumsum(self.lengths[places])]),
        )  # fmt: skip

    def alone(self) -> _Read:
        """Return the texts as if nothing had been asked."""
        return self._replace(
            prompt=np.zeros(self.n, np.int64), asked=self.asked[:0],
            asked_starts=np.zeros(2, np.int64),
        )  # fmt: skip

    def times(self, weight: Floats, words: csr_matrix) -> csr_matrix:
        """Add up, for each text, the rows of its words by weight."""
        from scipy.sparse import csr_matrix

        return csr_matrix((weight, self.word, self.starts), (self.n, words.shape[0])) @ words


class _Reading:
    def __init__(self, texts: Sequence[str], prompts: Prompts) -> None:
        self._found = _read(texts, prompts, _vocabulary())

    def rows(self, at: Ints, alone: bool = False) -> csr_matrix:
        found = self._found.at(at)
        return _meant(found.alone() if alone else found)

    def squares(self, ends: Ints) -> Floats:
        loops = choice.started()
        sums: Floats = loops.answer_squares(_for_loops(loops, self._found, semantic=True), ends)
        return sums


def _read(texts: Sequence[str], prompts: Prompts, vocabulary: _Vocabulary) -> _Read:
    place: dict[str, int] = {}
    prompt = np.array([place.setdefault(p or "", len(place)) for p in prompts], np.int64)
    said, asked = _words(texts), _words([*place])
    hashes = np.concatenate([said.hashes, asked.hashes])
    first, word = _distinct(hashes)
    n = len(said.hashes)

    def spelt(new: Ints) -> list[str]:
        at = first[new]
        return [*said.spelt(at[at < n]), *asked.spelt(at[at >= n] - n)]

    words = vocabulary.numbers(hashes[first], spelt)
    different = _Different(vocabulary, words)
    return _Read(different, word[:n], said.texts, prompt, word[n:], asked.texts)


def _distinct(hashes: tokens.Hashes) -> tuple[Ints, NDArray[np.uint32]]:
    """Where each of the different hashes comes first, in order; and the number of each."""
    loops = choice.loops(len(hashes))
    if loops is not None:
        found: tuple[Ints, NDArray[np.uint32]] = loops.distinct(hashes)
        return found
    _, first, which = np.unique(hashes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty(len(order), np.uint32)
    number[order] = np.arange(len(order))
    return first[order], number[which]


class _Weighed(NamedTuple):
    """How much counts of each text."""

    weight: Floats
    """Of each occurrence: by its place, and whether the prompt says it; function words less."""
    shares: Floats
    """Of stems, of pieces, and of meaning, (n, blocks)."""
    meaning: NDArray[np.float32]
    """Rows of meaning, of no columns where it is not asked for."""


def _weighed(found: _Read, semantic: bool) -> _Weighed:
    loops = found.loops()
    if loops is not None:
        return _Weighed(*_weighed_by_loops(loops, found, semantic))
    rows, lengths = found.text, found.lengths
    at = np.arange(len(rows)) - found.starts[rows]
    echo = _echoes(found)
    here = np.where(echo, ECHO, 1) / np.sqrt(1 + at / EARLY)
    weight = found.different.content[found.word] * here
    pieces = PIECED[0] / (PIECED[1] + lengths)
    if not semantic:
        none = np.empty((found.n, 0), np.float32)
        return _Weighed(weight, np.stack([1 - pieces, pieces], axis=1), none)
    block, known = _meaning_block(found, here, weight, ~echo)
    meaning = known * MEANING * SHORT / (SHORT + lengths)
    shares = np.stack([(1 - meaning) * (1 - pieces), (1 - meaning) * pieces, meaning], axis=1)
    return _Weighed(weight, shares, block)


def _weighed_by_loops(
    loops: ModuleType, found: _Read, semantic: bool
) -> tuple[Floats, Floats, NDArray[np.float32]]:
    different = found.different
    if semantic:
        place, vectors = different.meanings
    else:
        place = np.full(len(different.stem), -1)
        vectors = np.empty((0, word_vectors.COLUMNS), np.float32)
    weighed: tuple[Floats, Floats, NDArray[np.float32]] = loops.answer_weights(
        (found.starts, found.word), found.prompt, (found.asked_starts, found.asked),
        different.content, different.stem, place, vectors, semantic,
        (ECHO, EARLY, SHORT, *PIECED, MEANING),
    )  # fmt: skip
    return weighed


def _echoes(found: _Read) -> NDArray[np.bool_]:
    """Tell of each occurrence whether its prompt says its stem."""
    _, stem = np.unique(found.different.stem, return_inverse=True)
    stems, prompts = int(stem.max(initial=0)) + 1, len(found.asked_starts) - 1
    asked = np.repeat(np.arange(prompts), np.diff(found.asked_starts)) * stems + stem[found.asked]
    said = found.prompt[found.text] * stems + stem[found.word]
    if prompts * stems > _CELLS:
        return np.isin(said, asked)
    table = np.zeros(prompts * stems, bool)
    table[asked] = True
    return table[said]


_CELLS = 1 << 24
"""Prompts of a batch × its stems, beyond which no table is made."""


class _Words(NamedTuple):
    """The words of texts: their hashes, where each stands, and where each text's begin."""

    hashes: tokens.Hashes
    begins: Ints
    ends: Ints
    texts: Ints
    text: str

    def spelt(self, at: Ints) -> list[str]:
        """Return the words at some places."""
        spans = zip(self.begins[at].tolist(), self.ends[at].tolist(), strict=True)
        return [self.text[a:b] for a, b in spans]


def _words(texts: Sequence[str]) -> _Words:
    """Find every word, in order.

    In scripts without spaces two neighbouring characters are a word. A pictograph is one too; so
    is any mark, in a text that has nothing else.
    """
    found = tokens.tokenize(texts)
    points, starts, ends, rows, hashes = (
        found.points, found.starts, found.ends, found.rows, found.hashes
    )  # fmt: skip
    mark = np.empty(0, np.int64)
    if points.max(initial=0) >= _SPACED:
        single = (ends - starts == 1) & (points[starts] >= _SPACED)
        pair = np.zeros(len(starts), bool)
        pair[:-1] = single[:-1] & single[1:] & (starts[1:] == ends[:-1]) & (rows[:-1] == rows[1:])
        second = np.zeros(len(starts), bool)
        second[1:] = pair[:-1]
        first = np.flatnonzero(pair)
        hashes, ends = hashes.copy(), ends.copy()
        hashes[first] = tokens.mix(hashes[first] * np.uint64(3) + hashes[first + 1])
        ends[first] += 1
        keep = pair | ~second
        starts, ends, rows, hashes = starts[keep], ends[keep], rows[keep], hashes[keep]
        mark = np.flatnonzero(points >= _PICTOGRAPHS)
        mark = mark[_is_pictograph(points[mark])]

    numbers = np.arange(found.n + 1)
    texts_at = np.searchsorted(rows, numbers)
    bare = np.diff(texts_at) == 0
    bare[_owner(mark, found)] = False
    if bare.any():
        of_bare = np.repeat(bare, np.diff(found.text_starts)) & ~_is_blank(points)
        mark = np.union1d(mark, np.flatnonzero(of_bare))
    if len(mark):
        starts, ends = np.concatenate([starts, mark]), np.concatenate([ends, mark + 1])
        rows = np.concatenate([rows, _owner(mark, found)])
        code = tokens.mix(points[mark].astype(np.uint64) + np.uint64(1 << 40))
        hashes = np.concatenate([hashes, code])
        at = np.argsort(starts, kind="stable")
        starts, ends, rows, hashes = starts[at], ends[at], rows[at], hashes[at]
        texts_at = np.searchsorted(rows, numbers)
    return _Words(hashes, starts, ends, texts_at, found.text)


def _owner(at: NDArray[np.int64], found: tokens.Tokens) -> NDArray[np.int64]:
    """The text of each code point."""
    return np.searchsorted(found.text_starts, at, side="right") - 1


_SPACED = 0x0E00
"""Characters below it stand in scripts with spaces, and are no pictographs."""
_PICTOGRAPHS = 0x2190


def _is_pictograph(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    emoji = (points >= 0x1F000) & (points <= 0x1FAFF) & ~((points >= 0x1F3FB) & (points <= 0x1F3FF))
    return emoji | ((points >= _PICTOGRAPHS) & (points <= 0x2BFF))


def _is_blank(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return np.isin(points, [0x85, 0xA0, 0x1680, 0x3000, 0xFE0F, 0xFEFF]) | (
        (points <= 32) | ((points >= 0x2000) & (points <= 0x200F))
    )


def _word_block(found: _Read, weight: Floats) -> csr_matrix:
    """Unit rows of hashed stems: mean weight × √count."""
    from scipy.sparse import csr_matrix

    column = found.different.stem_column
    words = np.arange(len(column) + 1)
    stems = csr_matrix((np.ones(len(column)), column, words), (len(column), 2 << BITS))
    total = found.times(weight, stems)
    total.data /= np.sqrt(found.times(np.ones(len(found.word)), stems).data)
    return found.different.vocabulary.hashed(_unit_csr(total), 0)


def _piece_block(found: _Read, weight: Floats) -> csr_matrix:
    """Unit rows of hashed pieces of words: the root of each piece's total weight."""
    block = found.times(weight, found.different.pieces)
    block.data = np.sqrt(block.data)
    return found.different.vocabulary.hashed(_unit_csr(block), 1 << BITS)


def _meaning_block(
    found: _Read, here: Floats, weight: Floats, own: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], Floats]:
    """Unit rows, and the share of a text, by weight, whose words have vectors.

    A row is the sum of the vectors of the words that its prompt does not say, by where they stand,
    less its part along the prompt's.
    """
    from scipy.sparse import csr_matrix

    place, vectors = found.different.meanings
    vectors = np.concatenate([vectors, np.zeros((1, vectors.shape[1]))], dtype=np.float64)
    at = np.where(place >= 0, place, len(vectors) - 1)

    def total(weights: Floats, words: NDArray[np.uint32], starts: Ints) -> Floats:
        shape = (len(starts) - 1, len(vectors))
        return _unit(csr_matrix((weights, at[words], starts), shape) @ vectors)

    asked = total(np.ones(len(found.asked)), found.asked, found.asked_starts)
    said = total(here * own, found.word, found.starts)
    covered = np.bincount(found.text, weight * (own & (place[found.word] >= 0)), found.n)
    whole = np.bincount(found.text, weight, found.n)
    meaning = _without(said, asked[found.prompt]).astype(np.float32)
    return meaning, covered / np.where(whole > 0, whole, 1)


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


def _unit(x: NDArray[_Float]) -> NDArray[_Float]:
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    return (x / np.where(norms > 0, norms, 1)).astype(x.dtype)


def _without(x: NDArray[_Float], away: NDArray[_Float]) -> NDArray[_Float]:
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
    read=_Reading,
)
