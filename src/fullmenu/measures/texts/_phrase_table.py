"""Which phrases were taken up, and which were dropped? The words behind the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.measures.arguments import checked, units, whole
from fullmenu.stats.arrays import Floats, Ints, run_starts
from fullmenu.stats.log_odds import log_odds
from fullmenu.text import tokens

PRIOR = 0.1
"""Weight of the prior: the pooled shares, as if from so many times the data."""

FALSE = 0.05
"""Share of false discoveries among the phrases shown (Benjamini & Hochberg)."""

ALIKE = 0.8
"""A phrase grows by a word that follows (or leads) in this share of the outputs that hold it."""

LONGEST = 24
"""Words of the longest phrase shown."""

TRIES = 20
"""So many of the strongest phrases are looked at for each one that may be shown."""

SPARE = 10
"""So many more than are shown are grown, because some turn out to be parts of others."""


class Phrase(NamedTuple):
    """A phrase, lower-cased, words joined by spaces, that became commoner or rarer.

    So many outputs hold it, under so many prompts, before and after. ``delta`` is the log-odds
    ratio, ``z`` the same over its standard error; positive where it became commoner.
    """

    text: str
    words: int
    before: int
    after: int
    before_prompts: int
    after_prompts: int
    z: float
    delta: float


class PhraseTable(NamedTuple):
    """What :func:`phrase_table` found: phrases taken up and dropped, strongest first.

    So many were common enough to be ``tested``, and had to reach ``threshold`` in ``|z|``.
    """

    taken_up: tuple[Phrase, ...]
    dropped: tuple[Phrase, ...]
    tested: int
    threshold: float
    n_before: int
    n_after: int


def phrase_table(
    before: Sequence[str],
    after: Sequence[str],
    max_words: int = 4,
    min_outputs: int = 5,
    *,
    before_groups: Any = None,
    after_groups: Any = None,
    top: int = 20,
    false: float = FALSE,
) -> PhraseTable:
    """Find the phrases that were taken up, and those that were dropped: ``top`` at most of each.

    Cut outputs to matched lengths first: longer texts hold more of every phrase. Phrases of one to
    ``max_words`` words are counted, each once an output; those shown may be longer, where the next
    word is nearly always the same. Phrases in fewer than ``min_outputs``, or under effectively
    fewer prompts (each output's own, without groups), are not tested.

    A phrase under one prompt only is that prompt's matter. Counts are therefore divided by their
    design effect Σy²/Σy over prompts (y: outputs of a prompt with the phrase), so that a phrase
    counts as often as it has effective prompts, at most once a prompt; then log-odds with the
    pooled shares as prior, and a threshold for a share ``false`` of false discoveries.

    >>> old = [f"a joke about {x} for you" for x in "abcdefghijkl" * 5]
    >>> new = [f"sure thing! a joke about {x} for you" for x in "abcdefghijkl" * 5]
    >>> [p.text for p in phrase_table(old, new).taken_up]
    ['sure thing a joke about']
    """
    longest, least = whole("max_words", max_words), whole("min_outputs", min_outputs)
    limit = whole("top", top)
    texts = [checked(before, 1), checked(after, 1)]
    corpus = _read(texts, before_groups, after_groups)
    parts = [f for n in range(1, longest + 1) for f in _common(corpus, n, least)]
    words = np.concatenate([np.full(len(f.names), f.n) for f in parts])
    names = np.concatenate([f.names for f in parts])
    rows = np.concatenate([f.rows for f in parts])
    seen = np.concatenate([f.outputs for f in parts], axis=1)
    squares = np.concatenate([f.squares for f in parts])
    tested = len(names)
    if not tested:
        return PhraseTable((), (), 0, 0.0, *corpus.sizes)
    z, _ = _compare(seen, squares, corpus.sizes)
    threshold = _threshold(np.abs(z), false)
    shown: list[tuple[Phrase, ...]] = []
    for side, sign in ((1, 1), (0, -1)):
        order = np.lexsort((-words, -sign * z))[: TRIES * limit]
        seeds = [
            _Seed(names[i], int(rows[i]), int(words[i]), int(seen[side, i]))
            for i in order.tolist()
            if sign * z[i] >= threshold
        ]
        shown.append(_shown(corpus, texts, seeds, side, threshold, limit))
    return PhraseTable(shown[0], shown[1], tested, threshold, *corpus.sizes)


class _Corpus(NamedTuple):
    """All words of both sides; outputs are numbered so that those of a prompt are neighbours."""

    hashes: tokens.Hashes
    order: Ints  # that sorts them
    rows: NDArray[np.int32]  # the output that each word is in
    starts: Ints  # where each text's words begin
    prompt: Ints  # of each output; those of the second side are other prompts
    source: Ints  # which text (before, then after) an output is
    sizes: tuple[int, int]

    @property
    def bits(self) -> np.uint64:
        """Bits that hold the number of an output."""
        bits: np.uint64 = np.uint64(max(len(self.prompt) - 1, 1).bit_length())
        return bits

    def outputs(self, at: Ints) -> Ints:
        """Return the different outputs that some words are in, in order."""
        return np.flatnonzero(np.bincount(self.rows[at]))

    def late(self, outputs: Any) -> NDArray[np.bool_]:
        """Which of some outputs are of the second side."""
        return np.asarray(self.source[outputs] >= self.sizes[0])


class _Found(NamedTuple):
    n: int
    names: tokens.Hashes  # of each phrase: its hash, the low bits cut off
    rows: NDArray[np.int32]  # an output that holds it
    outputs: Floats  # (2, phrases): in how many outputs, before and after
    squares: Floats  # Σ over prompts of (outputs that hold it)²


@dataclass(frozen=True, slots=True)
class _Seed:
    name: np.uint64
    row: int
    n: int
    count: int


@dataclass(frozen=True, slots=True)
class _Grown:
    at: Ints  # where it occurs
    words: tokens.Hashes
    count: int  # outputs of the side that hold it
    phrase: Phrase


def _read(texts: list[list[str]], before_groups: Any, after_groups: Any) -> _Corpus:
    sizes = (len(texts[0]), len(texts[1]))
    before, _ = units(before_groups, sizes[0], 1)
    after, _ = units(after_groups, sizes[1], 1)
    prompt = np.concatenate([before, after + before.max() + 1])
    source = np.argsort(prompt, kind="stable")
    number = np.empty(len(source), np.int32)
    number[source] = np.arange(len(source), dtype=np.int32)
    hashes, lengths = [], []
    for side in texts:
        for _, batch in tokens.batches(side, 500_000):
            found = tokens.tokenize(batch)
            hashes.append(found.hashes)
            lengths.append(found.lengths())
    sizes_of = np.concatenate(lengths)
    starts = np.concatenate([[0], np.cumsum(sizes_of)])
    words = np.concatenate(hashes)
    return _Corpus(
        words, np.argsort(words), np.repeat(number, sizes_of), starts, prompt[source], source, sizes
    )


def _mixed(words: tokens.Hashes, n: int) -> tokens.Hashes:
    """Hashes of the n-grams of a run of words."""
    g = max(len(words) - n + 1, 0)
    mixed: tokens.Hashes = words[:g].copy()
    for k in range(1, n):
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed += words[k : g + k]
        mixed = tokens.mix(mixed)
    return mixed


def _common(corpus: _Corpus, n: int, least: int) -> Iterator[_Found]:
    """Count the outputs that hold each n-gram; keep those in enough of them. Part by part."""
    bits = corpus.bits
    mixed = _mixed(corpus.hashes, n)
    g = len(mixed)
    whole_ones = corpus.rows[:g] == corpus.rows[n - 1 : g + n - 1]
    parts = 1 << max(g // 500_000, 1).bit_length()
    part = (mixed >> np.uint64(64 - parts.bit_length() + 1)).astype(np.uint16)
    part[~whole_ones] = parts
    for k in range(parts):
        at = np.flatnonzero(part == k)
        # high bits of the hash, then the output: sorting brings equal phrases together, by prompt
        keys = (mixed[at] >> bits << bits) | corpus.rows[at].astype(np.uint64)
        keys.sort()
        yield _counted(corpus, keys, n, least)


def _counted(corpus: _Corpus, keys: tokens.Hashes, n: int, least: int) -> _Found:
    keys = keys[run_starts(keys)]
    kinds = keys >> corpus.bits
    starts = np.flatnonzero(run_starts(kinds))
    held = np.diff(np.append(starts, len(kinds)))
    good = held >= least
    if not good.any():
        none = np.empty(0)
        return _Found(n, np.empty(0, np.uint64), np.empty(0, np.int32), np.empty((2, 0)), none)
    names, keep, held = kinds[starts[good]], np.repeat(good, held), held[good]
    rows = (keys[keep] & ((np.uint64(1) << corpus.bits) - np.uint64(1))).astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(held)[:-1]])
    after = np.add.reduceat(corpus.late(rows).astype(np.int64), starts)
    turn = run_starts(corpus.prompt[rows])
    turn[starts] = True
    runs = np.flatnonzero(turn)
    lengths = np.diff(np.append(runs, len(rows))).astype(np.float64)
    squares = np.add.reduceat(lengths**2, np.searchsorted(runs, starts))
    spread = held.astype(np.float64) ** 2 >= least * squares  # effective prompts
    seen = np.stack([held - after, after]).astype(np.float64)
    return _Found(n, names[spread], rows[starts][spread], seen[:, spread], squares[spread])


def _compare(seen: Floats, squares: Floats, sizes: tuple[int, int]) -> tuple[Floats, Floats]:
    """Log-odds of effective numbers of prompts."""
    effect = squares / seen.sum(0)
    n = np.array(sizes, np.float64)
    prior = PRIOR * seen.sum(0) / effect
    return log_odds(
        seen[0] / effect,
        seen[1] / effect,
        prior,
        before_total=(n[0] + 0.5) / effect,  # half an output more: no phrase is in "all there are"
        after_total=(n[1] + 0.5) / effect,
        prior_total=PRIOR * (n.sum() + 1) / effect,
    )


def _threshold(z: Floats, false: float) -> float:
    """|z| from which at most so much is expected to be false (Benjamini & Hochberg)."""
    from scipy.special import ndtr

    p = np.sort(2 * ndtr(-z))
    passed = np.flatnonzero(p <= false * np.arange(1, len(p) + 1) / len(p))
    rank = int(passed[-1]) + 1 if len(passed) else 1
    from statistics import NormalDist

    return -NormalDist().inv_cdf(false * rank / len(p) / 2)


def _shown(
    corpus: _Corpus,
    texts: list[list[str]],
    seeds: list[_Seed],
    side: int,
    threshold: float,
    top: int,
) -> tuple[Phrase, ...]:
    """Grow each phrase to all that goes with it, and leave out what another one says already."""
    found: list[_Grown] = []
    for seed in seeds:
        if len(found) >= top + SPARE:
            break
        text = int(corpus.source[seed.row])
        run = corpus.hashes[corpus.starts[text] : corpus.starts[text + 1]]
        here = int(np.flatnonzero(_mixed(run, seed.n) >> corpus.bits == seed.name)[0])
        words = run[here : here + seed.n]
        if any(f.count >= ALIKE * seed.count and _inside(words, f.words) for f in found):
            continue
        at = _occurrences(corpus, words)
        grown = _described(corpus, texts, *_grow(corpus, at, seed.n, side), side)
        if abs(grown.phrase.z) < threshold:
            grown = _described(corpus, texts, at, seed.n, side)
        if not any(_says(f, grown) for f in found):
            found.append(grown)
    kept: list[_Grown] = []
    for grown in sorted(found, key=lambda f: -len(f.words)):  # the longest first
        left = grown.at
        for other in kept:
            if _inside(grown.words, other.words):
                place = np.searchsorted(other.at, left, side="right") - 1
                end = other.at[np.maximum(place, 0)] + len(other.words)
                left = left[(place < 0) | (left + len(grown.words) > end)]
        rest = corpus.outputs(left)
        if float((corpus.late(rest) == bool(side)).sum()) > (1 - ALIKE) * grown.count:
            kept.append(grown)
    ranked = sorted((f.phrase for f in kept), key=lambda p: (-abs(p.z), -p.words, p.text))
    return tuple(ranked[:top])


def _says(known: _Grown, new: _Grown) -> bool:
    """Whether a known phrase makes a new one needless: the same, or a small part of its cases."""
    if not _inside(known.words, new.words):
        return False
    n = len(known.words)
    return n == len(new.words) or new.count < (0.5 if n > 1 else 0.2) * known.count


def _occurrences(corpus: _Corpus, words: tokens.Hashes) -> Ints:
    """Where a run of words begins."""
    n, h = len(words), corpus.hashes
    first, behind = (
        np.searchsorted(h, words, side=side, sorter=corpus.order) for side in ("left", "right")
    )
    rarest = int((behind - first).argmin())
    at = np.sort(corpus.order[first[rarest] : behind[rarest]]) - rarest
    at = at[(at >= 0) & (at + n <= len(h))]
    for k in range(n):
        at = at[h[at + k] == words[k]]
    return np.asarray(at[corpus.rows[at] == corpus.rows[at + n - 1]])


def _grow(corpus: _Corpus, at: Ints, n: int, side: int) -> tuple[Ints, int]:
    """Add words before and after as long as most outputs of the side agree on them."""
    rows, h = corpus.rows, corpus.hashes
    mine = corpus.late(rows[at]) == bool(side)
    grew = True
    while grew and n < LONGEST:
        grew = False
        for after in (True, False):
            near = np.clip(at + (n if after else -1), 0, len(h) - 1)
            fits = (rows[near] == rows[at]) & (near != at)
            ours = fits & mine
            if not ours.any():
                continue
            values, votes = np.unique(h[near[ours]], return_counts=True)
            same = fits & (h[near] == values[votes.argmax()])
            agreeing, all_ = (len(corpus.outputs(at[some])) for some in (same & mine, mine))
            if agreeing >= ALIKE * all_:
                at, mine, n, grew = at[same] - (not after), mine[same], n + 1, True
    return at, n


def _described(corpus: _Corpus, texts: list[list[str]], at: Ints, n: int, side: int) -> _Grown:
    outputs = corpus.outputs(at)
    late = corpus.late(outputs)
    seen = np.array([[float((~late).sum())], [float(late.sum())]])
    _, which, held = np.unique(corpus.prompt[outputs], return_index=True, return_counts=True)
    z, delta = _compare(seen, np.array([float((held**2).sum())]), corpus.sizes)
    phrase = Phrase(
        _decoded(corpus, texts, int(at[0]), n),
        n,
        int(seen[0, 0]),
        int(seen[1, 0]),
        int((~late[which]).sum()),
        int(late[which].sum()),
        float(z[0]),
        float(delta[0]),
    )
    return _Grown(at, corpus.hashes[at[0] : at[0] + n], int(seen[side, 0]), phrase)


def _decoded(corpus: _Corpus, texts: list[list[str]], at: int, n: int) -> str:
    """Read a phrase back from the text that it stands in."""
    source = int(corpus.source[corpus.rows[at]])
    side = int(source >= corpus.sizes[0])
    found = tokens.tokenize([texts[side][source - side * corpus.sizes[0]]])
    return found.word(at - int(corpus.starts[source]), n)


def _inside(short: tokens.Hashes, long: tokens.Hashes) -> bool:
    """Whether one run of words stands within another."""
    n = len(short)
    return any(bool((long[i : i + n] == short).all()) for i in range(len(long) - n + 1))
