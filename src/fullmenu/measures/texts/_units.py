"""What the text measures share: checked texts, prompts of texts, phrases of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.rates import all_same_bound, none_same_bound, with_chance
from fullmenu.stats.jackknife import Replicates, log_of
from fullmenu.text import tokens

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_STEP = np.uint64(0xD6E8FEB86659FD93)


def checked(texts: Any, least: int = 2) -> list[str]:
    """Return the texts as a list.

    Raises
    ------
    BadInput
        One string, or something that is not a string.
    NotEnoughData
        Fewer than ``least`` of them.
    """
    if isinstance(texts, str):
        raise BadInput("texts is one string; give a list of outputs")
    found = list(texts)
    wrong = next((t for t in found if not isinstance(t, str)), "")
    if wrong != "":
        raise BadInput(f"texts hold a {type(wrong).__name__}; give strings only")
    if len(found) < least:
        raise NotEnoughData(f"this needs at least {least} outputs, not {len(found)}; sample more")
    return found


def units(groups: Any, n: int, least: int = 2) -> tuple[Ints, str]:
    """Return the unit (0, 1, …) that each of n outputs belongs to, and what units are called.

    Outputs are units of their own where no ``groups`` are given.
    """
    if groups is None:
        return np.arange(n), "outputs"
    g = np.asarray(groups)
    if g.shape != (n,):
        raise BadInput(f"groups of shape {g.shape} for {n} outputs: give one prompt an output")
    _, codes = np.unique(g, return_inverse=True)
    count = int(codes.max()) + 1 if n else 0
    if count < least:
        raise NotEnoughData(
            f"outputs of {count} prompt(s), where at least {least} are needed; give more prompts, "
            "or leave groups out"
        )
    return codes.astype(np.int64), "prompts"


def phrases(texts: Sequence[str], n: int, *, short: bool) -> tuple[tokens.Hashes, Ints]:
    """Hashes of all word n-grams, and the text that each is in.

    Parameters
    ----------
    texts
        Outputs, any number: they are read a batch at a time.
    n
        Words of a phrase.
    short
        A text of fewer words counts as one phrase; otherwise it has none.
    """
    hashes, rows = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for start, batch in tokens.batches(texts):
        found = tokens.tokenize(batch)
        grams, first = found.grams(n)
        hashes.append(grams)
        rows.append(found.rows[first] + start)
        if short:
            brief = np.flatnonzero(found.lengths() < n)
            hashes.append(first_words(found, n)[brief])
            rows.append(brief + start)
    return np.concatenate(hashes), np.concatenate(rows)


def openings_of(texts: Sequence[str], words: int) -> tokens.Hashes:
    """Hash of the first words of each text; a text with fewer words is its own opening."""
    ends = 64 + 32 * words  # enough characters for most; texts with longer words are read again
    heads = [text[:ends] for text in texts]
    out = np.empty(len(texts), np.uint64)
    for start, batch in tokens.batches(heads):
        found = tokens.tokenize(batch)
        out[start : start + found.n] = first_words(found, words)
        for i in np.flatnonzero(found.lengths() <= words).tolist():
            if len(texts[start + i]) > ends:
                out[start + i] = first_words(tokens.tokenize([texts[start + i]]), words)[0]
    return out


def first_words(found: tokens.Tokens, words: int) -> tokens.Hashes:
    """Hash of the first words of each text; texts with fewer words differ from longer ones."""
    lengths = found.lengths()
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    hashes = np.full(found.n, 1, np.uint64)
    for k in range(words):
        has = np.flatnonzero(lengths > k)
        hashes[has] = tokens.mix(hashes[has] * _STEP + found.hashes[starts[has] + k])
    return hashes


def rate_of_pairs(
    value: float,
    without: Floats,
    names: str,
    unit: str,
    method: str,
    level: float,
    *,
    graded: bool = False,
) -> Estimate:
    """Turn a mean over pairs of units, in [0, 1], into an estimate: jackknife, t on the log scale.

    Where the jackknife is blind the interval is an exact one: all pairs alike, or none alike.

    Parameters
    ----------
    value
        On all units.
    without : (m,)
        With each unit left out.
    graded
        Pairs agree more or less (a share), not yes or no: there is less chance in it.
    """
    m = len(without)
    if not 0 < level < 1:
        raise BadInput(f"level={level} is no coverage; give one in (0, 1), such as 0.95")
    value = 1.0 if abs(value - 1) < 1e-12 else min(max(value, 0.0), 1.0)
    low, high = 0.0, 1.0
    if value == 1.0:
        low = all_same_bound(m, level)
    elif m > 2 and (value <= 0 or float(without.min()) <= 1e-15):
        high = max(none_same_bound(m, level), value)
    elif m > 2:
        q = log_of(Replicates(value, without, names))
        if not graded or q.se < 1e-9:
            q = with_chance(q, value, m)
        low, high = q.interval(level)
    method = f"{method}, jackknife over {names}"
    return Estimate(value, min(low, value), max(min(high, 1.0), value), m, unit, method, level)


def inverse(rate: Estimate, unit: str) -> Estimate:
    """Return 1 ÷ a rate: the effective number of order 2."""
    if rate.value <= 0 or rate.high is None:
        raise NotEnoughData(
            f"no two of {rate.n} agree, so the effective number is beyond what this sample can "
            "show; give more outputs"
        )
    high = 1 / rate.low if rate.low else None
    method = f"1 / ({rate.method})"
    return replace(
        rate, value=1 / rate.value, low=1 / rate.high, high=high, unit=unit, method=method
    )


def whole(name: str, value: Any, least: int = 1) -> int:
    """Check a whole number of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise BadInput(f"{name}={value!r}: give a whole number of at least {least}")
    return int(value)
