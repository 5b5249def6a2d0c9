"""Are the samples of a target independent? A few probes before it is asked in earnest.

Every accusation is a comparison under which a sound target, however sure of its answer, would have
given what was seen with a chance of 1 % at most; where it might, nothing is said.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import comb
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.sampling.request import Answer, Prompt, Refused, Request, Target
from fullmenu.stats.arrays import Floats
from fullmenu.text.chat import said

DRAWS = 8
"""Requests that are compared with each other."""
OUTPUTS = 4
"""Outputs that a request asks for where ``n`` is probed."""
CHANCE = 0.01
"""Chance at most with which a sound target gives what was seen."""
FEWEST, MOST = 64, 256
"""Tokens of an output of a probe."""
LONG_WORDS = 10
"""Shorter outputs may well be alike."""
COLD = 0.3
"""Below this temperature equal outputs are what was asked for."""

VARIED = "Write a story of about sixty words, about something that nobody expects."
REPEATED = "Write the line 'round and round and round we go' ten times, and nothing else."

CONSTANT: Mapping[str, Any] = {"temperature": 0.0, "top_k": 1, "top_p": 1e-6, "min_p": 1.0}
"""Parameters, and where each leaves one token: all outputs become one."""
SHIFTED: Mapping[str, Mapping[str, Any]] = {
    "xtc_probability": {"xtc_probability": 1.0, "xtc_threshold": 0.01},
    "xtc_threshold": {"xtc_probability": 1.0, "xtc_threshold": 0.01},
}
"""Parameters, and where each takes the likely tokens away."""
UNREPEATED: Mapping[str, Mapping[str, Any]] = {
    "dry_multiplier": {"dry_multiplier": 5.0, "dry_base": 4.0, "dry_allowed_length": 1},
    "repetition_penalty": {"repetition_penalty": 2.0},
    "repeat_penalty": {"repeat_penalty": 2.0, "repeat_last_n": 256},
    "frequency_penalty": {"frequency_penalty": 2.0},
    "no_repeat_ngram_size": {"no_repeat_ngram_size": 2},
}
"""Parameters, and where each keeps an output from repeating itself."""


@dataclass(frozen=True)
class Fault:
    """Something that keeps samples from being what they are taken for.

    Parameters
    ----------
    name
        ``n ignored``, ``n identical``, ``pinned seed``, ``cache``, ``always the same`` or
        ``ignored sampler``.
    sentence
        What was seen.
    way
        How it is worked round; or, where it cannot be, what to do.
    mended
        Whether the run works round it.
    """

    name: str
    sentence: str
    way: str
    mended: bool


@dataclass
class Independence:
    """What the probes say.

    Parameters
    ----------
    faults
        What was found; none is no proof that there is none.
    honours_n
        Whether one request may ask for several outputs.
    needs_seeds
        Whether each request must carry a seed of its own.
    usage
        What the probes cost: ``requests``, ``prompt_tokens`` and ``completion_tokens``.
    """

    faults: list[Fault] = field(default_factory=list)
    honours_n: bool = False
    needs_seeds: bool = False
    usage: Counter[str] = field(default_factory=Counter)


def probe(
    target: Target, parameters: Mapping[str, Any] | None = None, *, seeded: bool = False
) -> Independence:
    """Probe a target with some requests of its own: are its samples independent?

    Parameters
    ----------
    target
        What will be asked.
    parameters
        As it will be asked: each sampler among them that has an extreme is probed there.
    seeded
        Whether requests will carry seeds anyhow.

    Returns
    -------
    Independence
        From about 10 requests on, up to 40 where something is odd or samplers are probed.

    Raises
    ------
    BadInput, Unreachable
        The target cannot be asked.

    Notes
    -----
    Blind to what needs more draws than these: a cache that answers now and then, or a handful of
    seeds that come round. The checks of the pipe look for those in the samples themselves.

    Examples
    --------
    >>> from fullmenu.sampling.functions import FunctionTarget
    >>> def always(prompt, n=1, **parameters):
    ...     return ["It was a dark and stormy night, of course, and nobody came home."] * n
    >>> [fault.name for fault in probe(FunctionTarget(always)).faults]
    ['always the same']
    """
    from fullmenu.sampling.run import finished

    return finished(_Probe(target, dict(parameters or {}), seeded).go())


class _Probe:
    def __init__(self, target: Target, parameters: dict[str, Any], seeded: bool) -> None:
        self.target, self.seeded = target, seeded
        length = parameters.get("max_tokens") or MOST
        self.parameters = {
            **parameters,
            "max_tokens": int(min(max(length, FEWEST), MOST)),
        }
        self.parameters.pop("logprobs", None)
        self.seen = Independence()
        self._tried: set[str] = set()

    async def go(self) -> Independence:
        try:
            plain = await self.draws(seeds=self.seeded)
            if not plain.said:
                return self.seen
            warmth = self.parameters.get("temperature")
            cold = warmth is not None and warmth < COLD
            alike = plain.same and plain.is_long and not cold
            if alike and not self.seeded:
                alike = await self._seeds(plain)
            elif alike:
                alike = await self._sure(plain)
            if not alike:
                await self._n(plain)
                for name in self.parameters:
                    await self._sampler(name)
        finally:
            await self.target.close()
        return self.seen

    async def _seeds(self, plain: Draws) -> bool:
        """All requests without a seed got one text: a seed, a cache, or a sure model?

        Returns whether they stay alike whatever is done.
        """
        try:
            seeded = await self.draws(seeds=True)
        except Refused:
            seeded = await self.draws()
        if seeded.same:
            both = Draws(plain.texts + seeded.texts, plain.ids + seeded.ids)
            return await self._sure(both if both.same else seeded)
        if seeded.chance_of_same(DRAWS) > CHANCE:  # nearly so with seeds too: ask again
            plain = await self.draws(first=plain)
            if not plain.same or seeded.chance_of_same(2 * DRAWS) > CHANCE:
                return False
        self.seen.needs_seeds = True
        way = "each request carries a seed of its own"
        if plain.repeats_ids or not await self._is_pinned(plain):
            self._add(
                "cache",
                f"{len(plain.texts)} equal requests got one answer, word for word, and others as "
                "soon as the request differed: a cache answers",
                way,
            )
        else:
            self._add(
                "pinned seed",
                f"{len(plain.texts)} requests without a seed got one text, and others with seeds: "
                "the server draws with a seed of its own, always the same",
                way,
            )
        return False

    async def _is_pinned(self, plain: Draws) -> bool:
        """Whether a request that differs in nothing that matters gets the same text."""
        given = {**self.parameters, "max_tokens": self.parameters["max_tokens"] + 1}
        other = await self.draws(1, parameters=given)
        if not plain.texts[0] or not other.texts:
            return True
        a, b = plain.texts[0].split(), other.texts[0].split()
        return a[:LONG_WORDS] == b[:LONG_WORDS]

    async def _sure(self, plain: Draws) -> bool:
        """One text whatever the seed: is the model sure, or does nothing reach it?"""
        hot = await self.draws(
            parameters={**self.parameters, "temperature": 2.0}, seeds=True, count=4
        )
        if not hot.same:
            return "temperature" not in self.parameters and await self._is_cold(plain)
        if hot.texts[0] != plain.texts[0]:
            self._add(
                "pinned seed",
                "every request got one text, whatever its seed, and another one, but one again, "
                "at another temperature: seeds are ignored, and all draws share one",
                "none from here: let the server draw afresh",
                mended=False,
            )
        else:
            cached = plain.repeats_ids or hot.repeats_ids
            self._add(
                "cache" if cached else "always the same",
                f"{len(plain.texts) + len(hot.texts)} requests got one text, word for word, "
                "whatever their seed and temperature: "
                + ("" if cached else "greedy decoding (do_sample off?), or ")
                + "a cache that looks at the prompt alone",
                "none from here: let the server sample, or switch the cache off",
                mended=False,
            )
        return True

    async def _is_cold(self, plain: Draws) -> bool:
        """Whether the server is greedy unless a temperature is asked for."""
        warm = await self.draws(parameters={**self.parameters, "temperature": 1.0}, seeds=True)
        if warm.chance_of_same(len(plain.texts)) > CHANCE:
            return False
        self._add(
            "always the same",
            f"{len(plain.texts)} requests without a temperature got one text, and at temperature 1 "
            "they get others: the server's own temperature is 0, or near it",
            "give one, such as --temperature 1",
            mended=False,
        )
        return True

    async def _n(self, plain: Draws) -> None:
        """Is ``n`` honoured, and are its outputs drawn apart?"""
        base = await self.draws(seeds=True) if self.seen.needs_seeds else plain
        for alike in range(1, 7):
            try:
                answer = await self._ask(range(OUTPUTS), self.parameters, self._fresh_seed())
            except Refused:
                return
            texts = [text_of(reply.output) for reply in answer.replies]
            if len(texts) < OUTPUTS:
                self._add(
                    "n ignored",
                    f"a request for {OUTPUTS} outputs (n) brought {len(texts)}",
                    "each output is asked for by itself",
                )
                return
            if len(set(texts)) > 1 or base.same or not base.is_long:
                self.seen.honours_n = len(set(texts)) > 1
                return
            if base.chance_of_same(OUTPUTS) ** alike <= CHANCE / 2:
                self._add(
                    "n identical",
                    f"{alike} request{'s' * (alike > 1)} for {OUTPUTS} outputs (n) brought one "
                    f"text {OUTPUTS} times, while requests by themselves got different ones",
                    "each output is asked for by itself",
                )
                return

    async def _sampler(self, name: str) -> None:
        """Does a sampler at its extreme change anything?"""
        prompt = REPEATED if name in UNREPEATED else VARIED
        if name in CONSTANT:
            extreme: Mapping[str, Any] = {name: CONSTANT[name]}
        else:
            extreme = SHIFTED.get(name) or UNREPEATED.get(name) or {}
        if not extreme or self._tried & extreme.keys() or not self.parameters[name]:
            return
        self._tried |= extreme.keys()
        samplers = {*CONSTANT, *SHIFTED, *UNREPEATED}
        plain = {k: v for k, v in self.parameters.items() if k not in samplers}
        plain["temperature"] = 1.0
        seeds = self.seeded or self.seen.needs_seeds
        try:
            without = await self.draws(prompt=prompt, parameters=plain, seeds=seeds)
            with_it = await self.draws(prompt=prompt, parameters={**plain, **extreme}, seeds=seeds)
        except Refused:  # whoever refuses an extreme does not ignore it
            return
        if name in CONSTANT and with_it.same:
            return
        repeating = float(np.mean([_repeats(text) for text in without.texts]))
        tells = repeating > 0.2 if prompt is REPEATED else without.agreement < 0.3
        if tells and with_it.said and differ(without.texts, with_it.texts) > CHANCE:
            settings = ", ".join(f"{k}={v:g}" for k, v in extreme.items())
            self._add(
                "ignored sampler",
                f"{settings} changed nothing in {DRAWS} outputs: the server ignores {name}",
                "none from here: what is asked with it is answered without",
                mended=False,
            )

    async def draws(
        self,
        count: int = DRAWS,
        *,
        prompt: str = VARIED,
        parameters: Mapping[str, Any] | None = None,
        seeds: bool = False,
        first: Draws | None = None,
    ) -> Draws:
        """Ask by single requests: one first, which a cache may keep, and then the others."""
        given = self.parameters if parameters is None else parameters

        def one() -> Coroutine[Any, Any, Answer]:
            seed = secrets.randbelow(1 << 31) if seeds else None
            return self._ask((0,), given, seed, prompt)

        answers = [await one()]
        answers += await asyncio.gather(*(one() for _ in range(count - 1)))
        texts = [text_of(a.replies[0].output) for a in answers]
        ids = [a.replies[0].call_id for a in answers]
        if first is not None:
            texts, ids = first.texts + texts, first.ids + ids
        return Draws(texts, ids)

    async def _ask(
        self,
        indices: Sequence[int],
        parameters: Mapping[str, Any],
        seed: int | None,
        prompt: str = VARIED,
    ) -> Answer:
        def sent() -> None:
            self.seen.usage["requests"] += 1

        answer = await self.target.ask(
            Request(Prompt(prompt), tuple(indices), parameters, seed), sent
        )
        if not answer.replies:
            raise BadInput(f"{self.target.name} gave no output for {prompt!r}")
        self.seen.usage["prompt_tokens"] += answer.prompt_tokens
        self.seen.usage["completion_tokens"] += answer.completion_tokens
        return answer

    def _fresh_seed(self) -> int | None:
        return secrets.randbelow(1 << 31) if self.seeded or self.seen.needs_seeds else None

    def _add(self, name: str, sentence: str, way: str, mended: bool = True) -> None:
        self.seen.faults.append(Fault(name, sentence, way, mended))


@dataclass
class Draws:
    """Outputs of requests that should have been drawn independently, and what named each."""

    texts: list[str]
    ids: list[str | None]

    @property
    def said(self) -> bool:
        """Whether there is text at all."""
        return any(self.texts)

    @property
    def same(self) -> bool:
        """Whether all are one text."""
        return len(set(self.texts)) == 1

    @property
    def is_long(self) -> bool:
        """Whether the text is long enough that chance does not repeat it."""
        return min(len(text.split()) for text in self.texts) >= LONG_WORDS

    @property
    def repeats_ids(self) -> bool:
        """Whether answers share the id that each should have for itself."""
        named = [one for one in self.ids if one]
        return len(named) > 1 and len(set(named)) < len(named)

    @property
    def agreement(self) -> float:
        """The share of pairs that are equal."""
        n = len(self.texts)
        return sum(m * (m - 1) for m in Counter(self.texts).values()) / max(n * (n - 1), 1)

    def chance_of_same(self, n: int) -> float:
        """Return the chance that n draws of what gave these are one text, at most.

        The commonest text counts as common as these leave possible at 99 %.
        """
        k, m = Counter(self.texts).most_common(1)[0][1], len(self.texts)
        if k == m:
            return 1.0
        # Σ pᵢⁿ ≤ max(p)ⁿ⁻¹
        return _largest_share(k, m) ** (n - 1)


def _largest_share(k: int, m: int, level: float = 0.99) -> float:
    """Return the largest share that shows k or fewer of m with chance ≥ 1 − level."""
    low, high = k / m, 1.0
    for _ in range(50):
        p = (low + high) / 2
        shown = sum(comb(m, i) * p**i * (1 - p) ** (m - i) for i in range(k + 1))
        low, high = (p, high) if shown > 1 - level else (low, p)
    return low


def differ(one: Sequence[str], other: Sequence[str], permutations: int = 999) -> float:
    """Return the chance that two groups of texts drawn alike lie so far apart: a permutation test.

    Texts lie apart by their words, word pairs and how much they repeat themselves.

    >>> differ(["a b c d"] * 8, ["e f g h"] * 8), differ(["a b"] * 8, ["a b"] * 8)
    (0.001, 1.0)
    """
    x = _features([*one, *other])
    # energy distance (Székely & Rizzo 2013): 2·E|X − Y| − E|X − X'| − E|Y − Y'|
    squares = (x**2).sum(1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * x @ x.T, 0.0))
    n, rng = len(one), np.random.default_rng(0)

    def distance(order: Any) -> float:
        a, b = order[:n], order[n:]
        between = apart[np.ix_(a, b)].mean()
        return float(2 * between - apart[np.ix_(a, a)].mean() - apart[np.ix_(b, b)].mean())

    seen = distance(np.arange(len(x)))
    if seen <= 1e-9:
        return 1.0
    as_far = sum(distance(rng.permutation(len(x))) >= seen - 1e-12 for _ in range(permutations))
    return (1 + as_far) / (1 + permutations)


def _features(texts: Sequence[str]) -> Floats:
    rows = []
    for text in texts:
        words = text.lower().split()
        rows.append(Counter(words) + Counter(map(" ".join, pairwise(words))))
    names = {name: i for i, name in enumerate(sorted(set().union(*rows)))}
    x = np.zeros((len(texts), len(names) + 1))
    for row, counts in zip(x, rows, strict=True):
        for name, count in counts.items():
            row[names[name]] = np.log1p(count)
    norms = np.sqrt((x**2).sum(1, keepdims=True))
    x /= np.where(norms > 0, norms, 1.0)
    x[:, -1] = [_repeats(text) for text in texts]
    return x


def _repeats(text: str) -> float:
    """The share of word pairs of a text that came before in it."""
    words = text.lower().split()
    pairs = list(pairwise(words))
    return 1 - len(set(pairs)) / len(pairs) if pairs else 0.0


def text_of(output: Any) -> str:
    """Return the text of an output, whatever it is."""
    return (said(output).text or "").strip()
