"""``answer``: the same dish, whatever the words.

What the prompt says is in every answer to it, so it is taken out; the answer comes first, so the
opening counts most; and two kernels stand side by side, as weighted blocks of one unit row.
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

from fullmenu.kernel import compiled
from fullmenu.kernel.rows import joined, stacked
from fullmenu.text import tokens
from fullmenu.text.function_words import FUNCTION_WORDS
from fullmenu.views.registry import Encoder, View

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
WORDS = 0.1
"""Share of the word block in the semantic kernel: names and numbers, which embeddings blur."""
ALONE = 64
"""Words of an output that are embedded by themselves."""
OPENING = 32
"""Words of an output that are embedded after its prompt."""
CONTEXT = 64
"""Words of a prompt, counted from its end, that an output is read after."""
BITS = 18
MOST_WORDS = 1 << 17
"""Different words that are kept from one log to the next."""

Prompts = Sequence[str | None]


def lexical_rows(texts: Sequence[str], prompts: Prompts | None = None) -> csr_matrix:
    """Feature rows whose inner product says how far two outputs give one answer, in [0, 1].

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
    prompts = [None] * len(texts) if prompts is None else prompts
    parts = []
    vocabulary = _vocabulary()
    loops = compiled.loops(sum(map(len, texts)))
    for start, batch in tokens.batches(texts):
        found = _read(batch, prompts[start : start + len(batch)], vocabulary)
        share = 30 / (40 + np.bincount(found.rows, minlength=found.n))
        shares = np.stack([1 - share, share], axis=1)
        if loops is not None:
            parts.append(_looped(found, shares, loops))
        else:
            parts.append(joined([_word_block(found), _piece_block(found)], shares))
    return stacked(parts) if parts else joined([_none(), _none()], [0.5, 0.5])


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
    vectors = _unit(np.asarray(encode(list(index)), np.float32))
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

    ``stem``, ``column`` and ``function``, (words,), are of each word the number of its stem, the
    column of that, and whether it is a function word; the rows of ``pieces`` its character runs.
    """

    def __init__(self) -> None:
        self._number: dict[int, int] = {}
        self._stem: dict[str, int] = {}
        self.stem = self.column = np.empty(0, np.int64)
        self.function = np.empty(0, bool)
        self._pieces: list[csr_matrix] = []

    @property
    def stems(self) -> int:
        """How many different stems there are."""
        return len(self._stem)

    @property
    def pieces(self) -> csr_matrix:
        """Unit row of each word: its runs of characters, the ends of the word marked."""
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
        different, first, which = np.unique(hashes, return_index=True, return_inverse=True)
        known = len(self._number)
        number = self._number
        numbers = np.array(
            [number.setdefault(h, len(number)) for h in different.tolist()], np.int64
        )
        new = first[numbers >= known]
        spans = zip(starts[new].tolist(), ends[new].tolist(), strict=True)
        if len(new):
            self._add([_spelt(points[a:b]) for a, b in spans])
        return np.asarray(numbers[which], np.int64)

    def _add(self, words: list[str]) -> None:
        cut = [stem(word) for word in words]
        stems = [self._stem.setdefault(s, len(self._stem)) for s in cut]
        columns = [zlib.crc32(s.encode("utf-8", "surrogatepass")) % (1 << BITS) for s in cut]
        function = [word in FUNCTION_WORDS for word in words]
        self.stem = np.concatenate([self.stem, np.array(stems, np.int64)])
        self.column = np.concatenate([self.column, np.array(columns, np.int64)])
        self.function = np.concatenate([self.function, np.array(function, bool)])
        self._pieces.append(_pieces(words))


def _spelt(points: NDArray[np.uint32]) -> str:
    return points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


class _Read(NamedTuple):
    """The words of a batch: each occurrence's row, word and weight, text by text."""

    n: int
    rows: NDArray[np.int64]
    word: NDArray[np.int64]
    weight: NDArray[np.float64]
    vocabulary: _Vocabulary

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where the words of each text begin, and the last one's end, (n + 1,)."""
        return np.searchsorted(self.rows, np.arange(self.n + 1))

    def times(self, weight: NDArray[np.float64], words: csr_matrix) -> csr_matrix:
        """Add up, for each text, the rows of its words by weight."""
        from scipy.sparse import csr_matrix

        return csr_matrix((weight, self.word, self.starts), (self.n, words.shape[0])) @ words


def _read(texts: Sequence[str], prompts: Prompts, vocabulary: _Vocabulary) -> _Read:
    n = len(texts)
    place: dict[str, int] = {}
    prompt = np.array([place.setdefault(p or "", len(place)) for p in prompts], np.int64)
    rows, word = _words([*texts, *place], vocabulary)
    stem_of, stems = vocabulary.stem, vocabulary.stems
    is_output = rows < n
    said = (rows[~is_output] - n) * stems + stem_of[word[~is_output]]
    rows, word = rows[is_output], word[is_output]
    echo = np.isin(prompt[rows] * stems + stem_of[word], said)
    at = np.arange(len(rows)) - np.searchsorted(rows, rows)
    weight = np.where(vocabulary.function[word], FUNCTION, 1) * np.where(echo, ECHO, 1)
    return _Read(n, rows, word, weight / np.sqrt(1 + at / EARLY), vocabulary)


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
    single = (ends - starts == 1) & (points[starts] >= 0x0E00) if len(starts) else starts > 0
    pair = np.zeros(len(starts), bool)
    pair[:-1] = (single[:-1] & single[1:] & (starts[1:] == ends[:-1]))[: len(starts)]
    pair[:-1] &= rows[:-1] == rows[1:]
    second = np.zeros(len(starts), bool)
    second[1:] = pair[:-1]
    first = np.flatnonzero(pair)
    hashes[first] = tokens.mix(hashes[first] * np.uint64(3) + hashes[first + 1])
    ends[first] += 1
    keep = pair | ~second
    starts, ends, rows, hashes = starts[keep], ends[keep], rows[keep], hashes[keep]

    mark = _is_pictograph(points)
    owner = np.repeat(np.arange(found.n), np.diff(found.text_starts))
    seen = np.bincount(rows, minlength=found.n) + np.bincount(owner[mark], minlength=found.n)
    if not seen.all():
        mark |= (seen[owner] == 0) & ~_is_blank(points)
    at = np.flatnonzero(mark)
    if len(at):
        starts, ends = np.concatenate([starts, at]), np.concatenate([ends, at + 1])
        rows = np.concatenate([rows, owner[at]])
        code = tokens.mix(points[at].astype(np.uint64) + np.uint64(1 << 40))
        hashes = np.concatenate([hashes, code])
        order = np.argsort(starts, kind="stable")
        starts, ends, rows, hashes = starts[order], ends[order], rows[order], hashes[order]
    return rows, vocabulary.numbers(hashes, points, starts, ends)


def _is_pictograph(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    emoji = (points >= 0x1F000) & (points <= 0x1FAFF) & ~((points >= 0x1F3FB) & (points <= 0x1F3FF))
    return emoji | ((points >= 0x2190) & (points <= 0x2BFF))


def _is_blank(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return np.isin(points, [0x85, 0xA0, 0x1680, 0x3000, 0xFE0F, 0xFEFF]) | (
        (points <= 32) | ((points >= 0x2000) & (points <= 0x200F))
    )


def _word_block(found: _Read) -> csr_matrix:
    """Unit rows of hashed stems: mean weight × √count."""
    from scipy.sparse import csr_matrix

    column = found.vocabulary.column
    words = np.arange(len(column) + 1)
    stems = csr_matrix((np.ones(len(column)), column, words), (len(column), 1 << BITS))
    total = found.times(found.weight, stems)
    total.data /= np.sqrt(found.times(np.ones(len(found.word)), stems).data)
    return _unit_csr(total)


def _piece_block(found: _Read) -> csr_matrix:
    """Unit rows of hashed pieces of words: the root of each piece's total weight."""
    block = found.times(found.weight, found.vocabulary.pieces)
    block.data = np.sqrt(block.data)
    return _unit_csr(block)


def _looped(found: _Read, shares: NDArray[np.float64], loops: ModuleType) -> csr_matrix:
    """Both blocks side by side, by compiled loops."""
    from scipy.sparse import csr_matrix

    pieces, column = found.vocabulary.pieces, found.vocabulary.column
    ends, columns, data = loops.answers(
        found.word, found.starts, found.weight, column,
        pieces.indptr, pieces.indices, pieces.data, shares, 1 << BITS,
    )  # fmt: skip
    return csr_matrix((data, columns, ends), (found.n, 2 * (1 << BITS) + 1))


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
    return csr_matrix((weight, (row, np.concatenate(columns))), shape=(len(words), 1 << BITS))


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


def _semantic(encoder: Encoder, ruler: str) -> View:
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
    lexical_rows,
    sees="content words and pieces of them, the opening first, less what the prompt already says",
    blind="sense: a paraphrase in other words is a new dish, a small word that turns it is not",
    ruler="lexical: word stems and pieces of words, nothing fitted, no model",
    reads_prompt=True,
    tells_dishes=True,
    default=3,
    encoded=_semantic,
)
