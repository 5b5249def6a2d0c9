"""What is unlike the others and yet nothing new: guards of a bonus for variety."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fullmenu.kernel.likeness import parts
from fullmenu.stats.arrays import Ints
from fullmenu.text.languages import foreign, script

LONGER, SLACK, SHORTER = 2.0, 8, 0.25
"""An output of more words than twice the median of its group and 8, or of less than a quarter of a
median of 20 or more, earns no bonus."""
GARBLED = 0.4
"""Share of an output's letter triples that hardly a word of fifteen languages has."""
_FEW = 4
WHOLE = 12
READ = 200
"""Characters at either end by which the language of an output, and whether it is one, is told."""

_LEET = str.maketrans("013457@$", "oieastas")
_MIXED = re.compile(r"\w*(?:[a-z][013457@$]|[013457@$][a-z])[\w@$]*")
_LEETY = "013457@$"
_UNSEEN = re.compile("[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LOOKALIKE = str.maketrans("аеорсухіјѕԁһοαεικν", "aeopcyxijsdhoaeikv")
_SPACED = re.compile(r"\b(?:\w[ .\-_*]){3,}\w\b")
_TOKEN = re.compile(r"\w+")
_COMMENT = re.compile(r'"""[\s\S]*?"""|/\*[\s\S]*?\*/|(?:#|//)[^\n]*')
_CODE = (
    "```", "def ", "class ", "function ", "func ", "fn ", "import ", "#include", "let ", "const ",
    "var ", "for ",
)  # fmt: skip
"""How a line of code begins, in many languages."""
_BOUND = re.compile(
    r"\b(?:def|class|function|func|fn|let|const|var|for|as|lambda|int|float|double|char|auto|bool"
    r"|string|void|long)\s+\**([a-z_]\w*)|\b([a-z_]\w*)\s*(?::[^=\n(]+)?=(?!=)"
    r"|(?<=[(,])\s*\**([a-z_]\w*)\s*(?=[,):=])"
)


def plain(text: str) -> str:
    """Return a text without disguise: its case, accents, look-alike and spaced letters, leetspeak.

    In code the names that it binds itself, and its comments, are left out.

    >>> plain("P4r1s!"), plain("Pärís\u200b"), plain("P.a.r.i.s")
    ('paris!', 'paris', 'paris')
    >>> plain("def f(x): return x  # one") == plain("def g(value): return value")
    True
    """
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _UNSEEN.sub("", text))
        text = "".join(c for c in text if not unicodedata.combining(c))
        if re.search("[a-z]", text):
            text = text.translate(_LOOKALIKE)
    if 3 * sum(map(text[:READ].count, " .-_*")) > len(text[:READ]):
        text = _SPACED.sub(lambda found: re.sub(r"[\W_]", "", found[0]), text)
    if any(mark in text for mark in _LEETY):
        text = _MIXED.sub(lambda found: found[0].translate(_LEET), text)
    if any(line.lstrip().startswith(_CODE) for line in text.splitlines()):
        text = _without_names(_COMMENT.sub("", text)).strip()
    return text


def _without_names(code: str) -> str:
    names = {name for bound in _BOUND.findall(code) for name in bound if name}
    return _TOKEN.sub(lambda found: "" if found[0] in names else found[0], code)


def barred(
    texts: Sequence[str], plain: Sequence[str], prompts: Sequence[str], groups: Ints
) -> NDArray[np.bool_]:
    """Return which outputs earn no bonus, however unlike they are, (n,).

    The empty ones, those of garbled letters, much longer or shorter than their group, and in
    another script or language than most of prompt and group.

    >>> said = ["a fig", "a kiwi", "", "qzxvj kwqtx", "eine der reifen Feigen ist es"]
    >>> barred(said, said, ["Name a fruit that you have."] * 5, np.zeros(5, int)).tolist()
    [False, False, True, True, True]
    """
    out = np.array([not _TOKEN.search(t) for t in plain], bool) | _garbled(_ends(plain))
    words = np.array([len(t.split()) for t in texts])
    for rows in parts(groups):
        told = rows[~out[rows]]
        if not len(told):
            continue
        middle = float(np.median(words[told]))
        out[rows] |= words[rows] > LONGER * middle + SLACK
        out[rows] |= (words[rows] < SHORTER * middle) & (middle >= 20)
        said = _ends([texts[i] for i in rows.tolist()])
        out[rows] |= _elsewhere(said, prompts[int(rows[0])])
    return out


def _ends(texts: Sequence[str]) -> list[str]:
    return [t if len(t) <= 2 * READ else f"{t[:READ]} {t[-READ:]}" for t in texts]


def _elsewhere(texts: Sequence[str], prompt: str) -> NDArray[np.bool_]:
    """Which are in another script, or another language, than the prompt and most of the others."""
    scripts = [_script(t) for t in texts]
    usual = Counter(s for s in [_script(prompt), *scripts] if s).most_common(1)
    other = np.array([bool(s) and s != usual[0][0] for s in scripts])
    return other | foreign(texts, prompt)


def _script(text: str) -> str:
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else ""
    letters = [c for c in text if c.isalpha()]
    return Counter(map(script, letters)).most_common(1)[0][0] if letters else ""


def _garbled(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which are mostly of triples of letters, three or more, that no word has, nor known words."""
    out = _odd_share(texts) > GARBLED
    doubted = np.flatnonzero(out)
    if len(doubted):
        known = _words()
        said = [texts[i] for i in doubted.tolist()]
        left = [" ".join(set(_TOKEN.findall(t)) - known) for t in said]
        few = np.array([len(x) < len(t) / 2 for x, t in zip(left, said, strict=True)])
        out[doubted] = (_odd_share(left) > GARBLED) & ~few
    return out


def _odd_share(texts: Sequence[str]) -> NDArray[np.float64]:
    lines = [t.encode("ascii", "replace").lower() + b"\n\n" for t in texts]
    letter = np.frombuffer(b"".join(lines) + b"\n\n", np.uint8) - np.uint8(ord("a"))
    inside = letter < 26
    at = np.where(inside, letter, 0).astype(np.int16)
    whole = inside[:-2] & inside[1:-1] & inside[2:]
    odd = whole & ~_usual_triples()[(at[:-2] * 26 + at[1:-1]) * 26 + at[2:]]
    starts = np.cumsum([0, *map(len, lines[:-1])])
    triples, odds = (np.add.reduceat(x, starts, dtype=np.int64) for x in (whole, odd))
    return np.where(triples >= 3, odds / np.maximum(triples, 1), 0.0)


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    from fullmenu.text.word_vectors import known_words

    return frozenset(known_words())


@lru_cache(maxsize=1)
def _usual_triples() -> NDArray[np.bool_]:
    """Which of the 26³ triples of letters so many known words have as are no accident."""
    counts: Counter[str] = Counter()
    for word in _words():
        if word.isascii() and word.isalpha():
            counts.update(word[i : i + 3] for i in range(len(word) - 2))
    usual = np.zeros(26**3, bool)
    for triple, n in counts.items():
        a, b, c = (ord(x) - ord("a") for x in triple)
        usual[(a * 26 + b) * 26 + c] = n >= _FEW
    return usual


def hidden(texts: Sequence[str], groups: Ints) -> Iterator[tuple[int, int]]:
    """Yield pairs of an output and one of its group that it serves with something around it.

    Whole words in a row, 12 characters or more (a shorter answer may stand in another by right) or
    a whole sentence at the beginning, and at least half as much again around them.

    >>> said = ["it is a ripe fig", "well, it is a ripe fig, river lamp apple", "a kiwi"]
    >>> list(hidden(said, np.zeros(3, int)))
    [(1, 0)]
    """
    bare = [t.strip(" .!?\n") for t in texts]
    sizes = np.array([len(b) for b in bare])
    for rows in parts(groups):
        whole = {bare[i]: i for i in rows.tolist()[::-1] if sizes[i]}
        for i in rows.tolist() if sizes[rows].max() >= 1.5 * sizes[rows].min() else ():
            for short, j in whole.items():
                if 1.5 * sizes[j] <= sizes[i] and _within(short, bare[i]):
                    sentence = texts[j].rstrip()[-1:] in ".!?" and texts[i].startswith(texts[j])
                    if sizes[j] >= WHOLE or sentence:
                        yield i, j


def _within(short: str, text: str) -> bool:
    at = text.find(short)
    if at < 0:
        return False
    around = text[at - 1 : at] + text[at + len(short) : at + len(short) + 1]
    return not any(map(str.isalnum, around))


def merged(dishes: Ints, pairs: Iterable[tuple[int, int]]) -> Ints:
    """Return dishes in which the first of each pair is what the second is.

    >>> merged(np.array([0, 1, 2]), [(2, 0)]).tolist()
    [0, 1, 0]
    """
    out = dishes.copy()
    for i, j in pairs:
        out[out == out[i]] = out[j]
    return out
