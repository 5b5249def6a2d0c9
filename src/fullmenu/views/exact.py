"""``exact``: two outputs are the same or they are not, for ids, numbers and labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import numpy as np

from fullmenu.views.blocks import words
from fullmenu.views.registry import View

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COLUMNS = 1 << 21
"""Columns that outputs are hashed to: two different ones meet in one with chance 5e-7."""

NEARLY_ALL = 0.98
"""Of the outputs of a log, so many must be codes or labels."""

Kind = Literal["codes", "labels"]

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_CODE = re.compile(r"(?=\S{1,64}\Z)[-+#]?\w+(?:[-.:/#]\w+)*", re.ASCII)
_NO_WORD = re.compile(r"[-_.:/#0-9a-f]{8,}|[-_.:/#0-9A-Z]+|[-+.\d]+")
_LABEL = re.compile(r"[^\W\d_]+(?:[-'’_/ ]+[^\W\d_]+)*")
_LABEL_WORDS, _LABEL_CHARACTERS = 3, 40
_LONGEST = 128  # characters that are looked at, with white space around
_TIMES = 5  # that a label stands in a log, on average


def rows(texts: Sequence[str]) -> csr_matrix:
    """Unit rows, (n, 2²¹): a single 1 in the column of the output, as :func:`plain` has it.

    Examples
    --------
    >>> x = rows(["item7", "item8", "item7 ", "Yes", "yes."])
    >>> (x @ x.T).toarray().astype(int)[0].tolist(), (x @ x.T).toarray().astype(int)[3].tolist()
    ([1, 0, 1, 0, 0], [0, 0, 0, 1, 1])
    """
    from scipy.sparse import csr_matrix

    columns = np.array([_column(plain(text)) for text in texts], np.int32)
    return csr_matrix(
        (np.ones(len(columns)), columns, np.arange(len(columns) + 1)), (len(columns), COLUMNS)
    )


def _column(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") % COLUMNS


def plain(text: str) -> str:
    """Return an output without what says nothing: white space and a last full stop, the case of
    words, and the zeros behind the point of a whole number. Ids keep their case.

    >>> [plain(text) for text in (" Not  spam.", "aB3", "47.0", "007", "1.50")]
    ['not spam', 'aB3', '47', '007', '1.50']
    """
    text = " ".join(text.split())
    bare = text.rstrip(".!。") or text
    if _NUMBER.fullmatch(bare):
        whole, _, rest = bare.partition(".")
        return whole if not rest.strip("0") else bare
    return bare.casefold() if _LABEL.fullmatch(bare) else text


def kind_of(texts: Sequence[str]) -> Kind | None:
    """Tell whether outputs are codes (ids, numbers) or labels (few short names, again and again).

    Codes: at least 98 % are one ASCII word of 64 characters at most, or a number, and half of all
    hold a digit. They hold no words (``42``, ``B07XJ8``, hexadecimal), are alike but for digits
    (``item7``), or stand twice on average: names that a model makes up, ``sunny42``, are text.
    Labels: at least 98 % are codes or three words at most, and each stands five times
    on average. Anything else is text, empty outputs too: the other views tell paraphrases.

    Examples
    --------
    >>> kind_of(["item3", "item12", "item3"]), kind_of(["spam", "not spam"] * 10)
    ('codes', 'labels')
    >>> kind_of(["Rome", "It is Rome.", "The capital is Rome."] * 10), kind_of(["fig", "kiwi"])
    (None, None)
    """
    enough = NEARLY_ALL * len(texts)
    if sum(len(text) <= _LONGEST for text in texts) < enough:
        return None
    counts = Counter(map(plain, texts))
    codes = {text: n for text, n in counts.items() if _CODE.fullmatch(text)}
    with_digit = sum(n for text, n in codes.items() if re.search(r"\d", text))
    if texts and sum(codes.values()) >= enough and with_digit >= len(texts) / 2:
        return "codes" if _are_ids(codes) else None
    labels = sum(n for text, n in counts.items() if text in codes or _is_label(text))
    return "labels" if labels >= enough and len(texts) >= _TIMES * len(counts) > 0 else None


def _are_ids(codes: Mapping[str, int]) -> bool:
    shapes = {"0" if _NO_WORD.fullmatch(text) else re.sub(r"\d+", "0", text) for text in codes}
    return len(shapes) <= max(1, len(codes) // 10) or sum(codes.values()) >= 2 * len(codes)


def _is_label(text: str) -> bool:
    return (
        len(text) <= _LABEL_CHARACTERS
        and words(text) <= _LABEL_WORDS
        and bool(_LABEL.fullmatch(text))
    )


VIEWS_OF: dict[Kind, tuple[str, ...]] = {"codes": ("exact",), "labels": ("exact", "answer")}
"""Views that a log of these is looked through: labels by their sense too, for two may be one."""


VIEW = View(
    "exact",
    lambda texts, prompts: rows(texts),
    sees="whether two outputs are the same, but for white space and the case of words",
    blind="how alike two different ones are: 47 and 48, Rome and Roma",
    ruler="one column for each output, nothing fitted",
    tells_dishes=True,
    whole=True,
)
