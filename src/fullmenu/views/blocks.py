"""Reading a text into blocks: headings, paragraphs, list items, code, tables, verse."""

from __future__ import annotations

import re
from typing import NamedTuple

KINDS = "HPIVLBNbnCTQR"
"""A letter for each kind of block.

H heading, P paragraph, I paragraph that ends in a colon, V verse (short lines without a blank one
between), L label (four words or fewer, no full stop), B bulleted item, N numbered item, b and n
the same, nested, C code, T table, Q quotation, R rule.
"""

ENDS = ".!?:"

_LINE = re.compile(
    r"(?P<indent>[ \t\u3000]*)(?:"
    r"(?P<H>\#{1,6}[ \t]+|(?=\*\*[^*]{1,80}\*\*:?[ \t]*$))"
    r"|(?P<C>```|~~~)"
    r"|(?P<T>\|(?=.*\|))"
    r"|(?P<R>(?:-[ ]?){3,}$|(?:\*[ ]?){3,}$|_{3,}$|={3,}$)"
    r"|(?P<B>[-*+•●▪◦·–—・][ \t]+(?=\S)|[•●▪◦・](?=\S))"
    r"|(?P<N>(?:\*\*)?(?:\(?\d{1,3}[.):、．]|\(?[a-zA-Z][.)]|[(（][一二三四五六七八九十\d]{1,3}[)）]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳]|Step \d{1,2}[:.])(?:[ \t]+|(?<=[、．）①-⑳])|\*\*))"
    r"|(?P<Q>>)"
    r")?"
)
_SENTENCE_END = re.compile(
    r"[.!?…。！？｡]+[\"'”’)\]*_」』]*(?:\s+|$|(?<=[。！？｡」』]))"  # 3.14 does not end one
)
_LAST = re.compile(r"[.!?:。！？：][\s*_\"'”’)」』]*$")
_NO_SPACES = r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_ASCII_END = {"。": ".", "！": "!", "？": "?", "：": ":"}


class Block(NamedTuple):
    """One block of a text."""

    kind: str
    words: int
    sentences: list[int]
    """Words of each sentence (of each line, in verse)."""
    end: str
    """The mark it ends with: one of ``. ! ? :``, or nothing."""


def words(text: str) -> int:
    """Words of a text; in a script without spaces two characters count as one word."""
    n = len(text.split())
    if not text.isascii():
        n += len(re.findall(_NO_SPACES, text)) // 2
    return n


def blocks(text: str) -> list[Block]:
    """Read a text into its blocks, in order.

    A text that breaks off is read as far as it goes; only one that is blank has no blocks.

    >>> "".join(b.kind for b in blocks("Two steps:\\n1. Stir.\\n2. Wait.\\n\\nThen eat it all up."))
    'INNP'
    """
    found: list[Block] = []
    plain: list[str] = []
    code: list[str] | None = None
    in_list = False
    for line in text.splitlines():
        if code is not None:
            if line.lstrip().startswith(("```", "~~~")):
                found.append(Block("C", words(" ".join(code)), [], ""))
                code = None
            else:
                code.append(line)
            continue
        if not line or line.isspace():
            if plain:
                found += _plain(plain)
                plain = []
            continue
        start = _LINE.match(line)
        assert start is not None  # every part of the pattern is optional
        kind, indented = start.lastgroup or "indent", start.end("indent") > 1
        if kind == "indent":
            if in_list and indented:  # it belongs to the item above
                found[-1] = _longer(found[-1], _prose(found[-1].kind, line))
            else:
                plain.append(line)
                in_list = False
            continue
        if plain:
            found += _plain(plain)
            plain = []
        if kind in "BN" and in_list and indented:
            kind = kind.lower()
        in_list = kind in "BNbn"
        if kind == "C":
            code = []
        elif kind in "TQ":
            block = Block(kind, words(line), [], "")
            if found and found[-1].kind == kind:  # one table, one quotation
                found[-1] = _longer(found[-1], block)
            else:
                found.append(block)
        else:
            found.append(_prose(kind, line[start.end() :]))
    if code is not None:
        found.append(Block("C", words(" ".join(code)), [], ""))
    if plain:
        found += _plain(plain)
    return found


def _prose(kind: str, text: str) -> Block:
    parts = _SENTENCE_END.split(text)
    if text.isascii():
        sentences = [n for part in parts if (n := len(part.split()))]
    else:
        sentences = [words(part) for part in parts if part and not part.isspace()]
    end = text.rstrip(" \t*_\"'”’)]」』")[-1:]
    end = _ASCII_END.get(end, end)
    return Block(kind, sum(sentences), sentences, end if end in ENDS else "")


def _plain(lines: list[str]) -> list[Block]:
    """Plain lines between two blank ones: verse, or paragraphs (a sentence's end ends one)."""
    if len(lines) > 1:
        lengths = [words(line) for line in lines]
        if sum(lengths) <= 12 * len(lines):
            return [Block("V", sum(lengths), lengths, _prose("V", lines[-1]).end)]
    found: list[Block] = []
    start = 0
    for stop, line in enumerate(lines, 1):
        if stop == len(lines) or _LAST.search(line):
            found.append(_paragraph(" ".join(lines[start:stop])))
            start = stop
    return found


def _paragraph(text: str) -> Block:
    block = _prose("P", text)
    if block.end == ":":
        return block._replace(kind="I")
    return block._replace(kind="L") if block.words <= 4 and not block.end else block


def _longer(block: Block, more: Block) -> Block:
    return Block(block.kind, block.words + more.words, block.sentences + more.sentences, more.end)
