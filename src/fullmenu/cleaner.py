"""Text of others made harmless: it can steer neither a terminal nor a page."""

from __future__ import annotations

import re

_ANSI = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
                   r"|(?:\x1b[\]PX^_]|\x9d).{0,400}?(?:\x07|\x1b\\|\x9c)"
                   r"|\x1b[ -/]*[0-~]")  # fmt: skip
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
                     "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
                     r"|(?<![\u0600-\u0fff\u1780-\u17ff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])"
                     "[\u200c\u200d]")  # fmt: skip
"""Joiners are kept where scripts and emoji need them: after Arabic, Indic and pictographs."""


def clean(text: object, limit: int = 2000) -> str:
    """Return text that nobody can use to steer a terminal or a page, cut to ``limit`` characters.

    ANSI escapes go; control characters, what is not seen (bidirectional marks, spaces without
    width) and lone surrogates become U+FFFD. Escaping for HTML or for rich is left to those who
    write it.

    Examples
    --------
    >>> clean("\\x1b[31mred\\x1b[0m\\x00")
    'red�'
    """
    text = _BREAKS.sub("\n", _ANSI.sub("", str(text)[: 4 * limit]))
    text = _UNSAFE.sub("\ufffd", text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def one_line(text: object, limit: int = 120) -> str:
    """Return cleaned text on one line.

    Examples
    --------
    >>> one_line("soup\\n\\n of the  day", 11)
    'soup of th…'
    """
    text = " ".join(clean(text, 4 * limit).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
