"""Which language a text is in: by its commonest words, or by its script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W\d_]+")
READ, LEAST = 2_000, 8
"""Characters of a text that are read, and words that it takes to tell languages apart."""

_FUNCTION = {
    "English": "the and of to with that this is are was were you they have has had from not but",
    "French": "le la les des une est dans pour pas sur avec qui que et du au ce sont plus",
    "German": "der die das und ist nicht ein eine mit den dem für auf sich auch von zu im es",
    "Spanish": "el los las una es en con por para que y del se no como más su lo está",
    "Italian": "il gli della che di è un per con non una sono nel del si da più le come",
    "Portuguese": "o os as uma é em com por para que não do da no na se mais um são dos",
    "Dutch": "de het een en van is niet op dat met voor zijn te aan er ook maar wordt bij",
    "Polish": "i w na nie się z do jest że to jak po co od za przez dla tym są",
    "Turkish": "ve bir bu için ile de da çok olarak daha gibi en olan ne ki var kadar sonra",
}
_LANGUAGES = {name: frozenset(words.split()) for name, words in _FUNCTION.items()}
"""Common words by which languages of the Latin script are told apart. Written for this project."""

_KNOWN = [*_LANGUAGES.values()]
_COMMON = frozenset().union(*_KNOWN)


def language_of(text: str) -> str:
    """Return the language of a text by its commonest words, or its script; empty: cannot be told.

    >>> language_of("The cat sat on the mat and was not to be moved from it.")
    'English'
    >>> language_of("Кошка сидела на ковре."), language_of("fig")
    ('CYRILLIC', '')
    """
    letters = [x for x in text[:READ] if x.isalpha()]
    if len(letters) < 10:
        return ""
    most, count = Counter(map(script, letters[:400])).most_common(1)[0]
    if most != "LATIN" or count < 0.6 * min(len(letters), 400):
        return most
    words = [word.lower() for word in _WORD.findall(text[:READ])]
    if len(words) < LEAST:
        return ""
    hits = {name: sum(word in known for word in words) for name, known in _LANGUAGES.items()}
    ranked = sorted(hits, key=lambda name: -hits[name])
    first, second = hits[ranked[0]], hits[ranked[1]]
    return ranked[0] if first >= 0.1 * len(words) and first >= second + 2 else ""


def foreign(texts: Sequence[str], prompt: str) -> NDArray[np.bool_]:
    """Return which texts are in another language than most, the prompt counting as half of them.

    By common words of the Latin script: two or more that the usual language does not have, and
    more of them than of its own. Short texts without common words cannot be told.

    >>> foreign(["it is a fig and not a kiwi", "es ist eine Feige"], "What fruit is that?").tolist()
    [False, True]
    """
    common = [_COMMON.intersection(t.lower().split()) for t in (prompt, *texts)]
    hits = np.array([[*map(len, map(words.intersection, _KNOWN))] for words in common])
    votes = np.zeros(len(_LANGUAGES))
    weight = np.array([len(texts) / 2, *[1.0] * len(texts)])
    np.add.at(votes, hits.argmax(axis=1), weight * (hits.max(axis=1) > 0))
    usual = int(votes.argmax())
    own = hits[1:, usual]
    others = np.array([*map(len, common[1:])]) - own
    return np.asarray((others >= 2) & (others > own) & bool(votes.any()))


@lru_cache(maxsize=4096)
def script(letter: str) -> str:
    """Return the script of a letter, as Unicode names it.

    >>> script("a"), script("я")
    ('LATIN', 'CYRILLIC')
    """
    return unicodedata.name(letter, "").partition(" ")[0]
