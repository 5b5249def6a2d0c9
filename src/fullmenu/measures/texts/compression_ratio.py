"""How much smaller do the outputs get when they are zipped together?"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import outputs
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile

BLOCK = 8_192
"""Bytes that are zipped together, where the caller does not say."""

SHARE = 8
"""An output gives a block at most 1/8 of its bytes, so that several share it."""

BLOCKS = 64
"""At most so many blocks are zipped: 512 kB say as much as all of a large sample."""

LOOKED = 1 << 18
"""Of more bytes than this that are zipped at once, the interval looks at so many."""

FOLDS = 20
"""The interval leaves out so many parts of the sample in turn; single units if they are fewer."""

FILE_NAME = 11
"""Bytes of the file name in the outer of two gzips, as the package ``diversity`` writes it."""

TIME = 0x6A5B3C7D
"""Stands in the inner of two gzips, where the package writes the time of day."""

Piece = tuple[int, bytes]
Variant = Literal["blocks", "gzip", "double"]


@measure(unit="ratio", paper="Shaib et al. 2024")
def compression_ratio(
    texts: Sequence[str],
    *,
    variant: Variant = "blocks",
    block: int = BLOCK,
    groups: Any = None,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Measure bytes ÷ gzipped bytes, over blocks of a fixed size.

    ``value``: the higher, the more the outputs repeat each other or themselves. English that
    repeats nothing is near 2 at 8 kB; random characters are below 1.4.

    Sees runs of equal characters, no sense. Part of it is the language: compare outputs of one
    language. Outputs that are shorter than block ÷ 8 still weigh by their length.

    Parameters
    ----------
    texts
        … They are sorted, then shuffled by ``seed``, so that their order does not matter.
    variant
        ``"blocks"``: over blocks of one size. ``"gzip"``: of all outputs at once, joined by blanks
        in the order given; it rises with the size of the sample, by that alone. ``"double"``: the
        same, zipped twice, as the package ``diversity`` does (whose number depends on the time of
        day, by a few bytes): no measure of anything by itself, for comparison with numbers of old.
    block
        Bytes of outputs zipped together (UTF-8, joined by newlines). The first block ÷ 8 bytes of
        each output count: a longer output is cut. Values compare only at the same size: a whole
        sample zips the better the larger it is.
    level
        …: jackknife over 20 parts of the sample, t on the log scale.
    seed
        Of the shuffle, and of the parts left out.

    Raises
    ------
    NotEnoughData
        …, or fewer bytes than one block; or no bytes at all.

    >>> fruit = ["fig", "kiwi", "plum", "lime", "pear", "date", "sloe", "acai"]
    >>> same = [f"Sure! Here is a fruit for you to try today: {f}." for f in fruit * 40]
    >>> print(compression_ratio(same))
    24.6 [22, 27.4]
    """
    found, unit, names = outputs(texts, groups)
    if variant != "blocks":
        return _at_once(found, unit, names, variant == "double", seed, level)
    blocks = _blocks(found, unit, block, seed, own=groups is None)
    m = int(unit.max()) + 1
    value, without = _ratios(blocks, m, seed, names)
    return _estimate(
        value, np.log(without), m, f"gzip, {len(blocks)} blocks of {block} bytes", names, level
    )


def _estimate(
    value: float, logs: Floats, m: int, method: str, names: str, level: float
) -> Estimate:
    parts = len(logs)
    half = t_quantile(level, parts - 1) * jackknife_se(logs)
    low, high = value * float(np.exp(-half)), value * float(np.exp(half))
    method = f"{method}, jackknife over {parts} parts of {names}"
    return Estimate(value, low, high, m, "ratio", method, level)


def _at_once(
    texts: Sequence[str], unit: Ints, names: str, double: bool, seed: int, level: float
) -> Estimate:
    data = [text.encode("utf-8", "surrogatepass") for text in texts]
    m = int(unit.max()) + 1
    held = np.bincount(unit, [len(d) for d in data], minlength=m)
    if (held > 0).sum() < 2:
        raise NotEnoughData(f"all bytes to be zipped are of one of {m} {names} or none; give more")
    used = np.random.default_rng([seed, 1]).permutation(np.flatnonzero(held))
    looked = max(int((np.cumsum(held[used]) <= LOOKED).sum()), 2)
    parts = min(FOLDS, looked)
    part = np.full(m, -1)
    part[used[:looked]] = np.arange(looked) % parts
    some = [(part[u], d) for d, u in zip(data, unit, strict=True) if part[u] >= 0]
    without = np.log([_zipped([d for p, d in some if p != k], double) for k in range(parts)])
    spread = (without - without.mean()) * np.sqrt(looked / len(used))
    method = "gzip of a gzip, all at once" if double else "gzip, all at once"
    return _estimate(_zipped(data, double), spread, m, method, names, level)


def _zipped(data: Sequence[bytes], double: bool) -> float:
    joined = b" ".join(data)
    small = gzip.compress(joined, 9, mtime=TIME if double else 0)
    size = len(gzip.compress(small, 9, mtime=0)) + FILE_NAME if double else len(small)
    return len(joined) / size


def _blocks(
    texts: Sequence[str], unit: Ints, size: int, seed: int, *, own: bool
) -> list[list[Piece]]:
    """Pack outputs, shuffled, into full blocks of so many bytes: which unit gave which bytes."""
    order = sorted(range(len(texts)), key=lambda i: (texts[i], 0 if own else int(unit[i])))
    shuffled = np.random.default_rng(seed).permutation(len(order)).tolist()
    most = size // SHARE
    blocks: list[list[Piece]] = []
    block: list[Piece] = []
    room = size
    for place in shuffled:
        i = order[place]
        data = texts[i][:most].encode("utf-8", "surrogatepass")[: most - 1] + b"\n"
        block.append((place if own else int(unit[i]), data[:room]))
        room -= len(data)
        if room <= 0:
            blocks.append(block)
            block, room = [], size
            if len(blocks) == BLOCKS:
                break
    if not blocks:
        raise NotEnoughData(
            f"{size - room} bytes of outputs do not fill one block of {size}; give more outputs, "
            f"or block={max((size - room) // 2, 64)} (values compare only at the same size)"
        )
    return blocks


def _bytes(pieces: list[Piece]) -> tuple[int, int]:
    """Bytes of a block, and of the gzipped block."""
    data = b"".join(piece for _, piece in pieces)
    return len(data), len(gzip.compress(data, 9, mtime=0))


def _ratios(blocks: list[list[Piece]], m: int, seed: int, names: str) -> tuple[float, Floats]:
    """Bytes ÷ gzipped bytes over blocks; and with each of up to 20 random parts left out."""
    used = sorted({unit for block in blocks for unit, _ in block})
    parts = min(FOLDS, len(used))
    if parts < 2:
        raise NotEnoughData(f"all bytes zipped are of one of {m} {names}; give more {names}")
    shuffled = np.random.default_rng([seed, 1]).permutation(used).tolist()
    part = {unit: place % parts for place, unit in enumerate(shuffled)}
    whole = np.zeros(2, np.int64)
    change = np.zeros((parts, 2), np.int64)  # a block without the part is zipped as it is
    for block in blocks:
        size = np.array(_bytes(block))
        whole += size
        for left_out in {part[unit] for unit, _ in block}:
            rest = [piece for piece in block if part[piece[0]] != left_out]
            change[left_out] += _bytes(rest) - size
    plain, zipped = (whole + change).T
    return int(whole[0]) / int(whole[1]), plain / zipped
