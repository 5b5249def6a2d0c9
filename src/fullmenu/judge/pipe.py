"""Is it the model or the pipe? What makes variety fall in a log though no model lost any.

A *sign* is something in a log that a model does not do when it is sampled: copies of whole lines,
one text for many prompts, answers cut at a limit, two models in one log. Short labels, JSON and
refusals repeat themselves honestly, so only texts that are long enough count where chance, or a
sure model, could say the same again.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from fullmenu.judge.case import several_texts
from fullmenu.report.document import PipeCheck
from fullmenu.samples import Samples
from fullmenu.text.function_words import FUNCTION_WORDS
from fullmenu.views.caution import declines

Mask = NDArray[np.bool_]

LONG_WORDS, LONG_CHARACTERS = 10, 50
"""From this length on, the same text again asks for an explanation."""
CANNED_CHARACTERS = 80
"""From this length on, one text for different prompts does; of refusals, from twice that on."""
LONGEST_REFUSAL = 200
AFFIX_CHARACTERS = 100
"""An opening or an ending of all outputs is the pipe's from this length on."""
STUB_WORDS = 50
"""Outputs that a limit cut below this length are stubs."""
SOME, MANY, NEARLY_ALL = 0.05, 0.1, 0.9
"""Shares of outputs, or of prompts."""
ENOUGH_PROMPTS = 3

CUT = {"length", "max_tokens", "max_output_tokens", "model_length", "max_new_tokens", "token_limit"}
FILTERED = {
    "content_filter", "content_filtered", "safety", "recitation", "prohibited_content", "blocklist",
    "spii", "refusal", "guardrail_intervened",
}  # fmt: skip
SAMPLING = ("temperature", "top_p", "top_k", "min_p")
_CACHED = ("cached", "cache_hit", "from_cache", "is_cached", "cacheHit", "fromCache", "isCached")
_TEMPLATE = re.compile(
    r"(prompt|chat|system)?[_ ]?(template|prompt)([_ ]?(id|name|version))?", re.I
)
_ERROR = re.compile(
    r"^\W*(error|exception|traceback|fehler|http error|api error|request failed|failed to)\b"
    r"|\b(rate.?limit(ed)?|too many requests|internal server error|service unavailable|bad gateway"
    r"|gateway time-?out|timed?[ -]?out|connection (error|reset|refused)|quota exceeded"
    r"|invalid api key|overloaded_error|context length exceeded"
    r"|content (management )?policy|content filter|blocked by|(status|error)( code)?:? [45]\d\d)\b",
    re.I,
)
_FRAME = re.compile(r"[\n:#<|]|You are ")
_ENDS = tuple(".!?…。！？\"'”’»)]}>`*|:;")


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was found.

    Parameters
    ----------
    name
        What is amiss.
    log
        In which log: ``log``, ``before``, ``after``; or ``both``, where they differ.
    count, of
        How many outputs or prompts, and of how many.
    sentence
        What the report says.
    kept
        The outputs of each log without it; ``None`` where it cannot be taken out.
    """

    name: str
    log: str
    count: int
    of: int
    sentence: str
    kept: tuple[Mask, ...] | None = None

    def check(self, explains: bool | None = None) -> PipeCheck:
        """Return it as a document holds it."""
        return PipeCheck(self.name, self.log, self.count, self.of, explains, self.sentence)


@dataclass(frozen=True)
class Log:
    """A log as the tests see it."""

    samples: Samples
    name: str
    label: str

    @cached_property
    def outputs(self) -> list[str]:
        """Its outputs without the space around them."""
        return [text.strip() for text in self.samples.outputs]

    @cached_property
    def ids(self) -> list[str]:
        """The prompt of each output: its id."""
        return self.samples.column("prompt_id")

    @cached_property
    def asked(self) -> list[str]:
        """The prompt of each output: its text, or else its id."""
        return [t or i for t, i in zip(self.samples.prompts, self.ids, strict=True)]

    @cached_property
    def by_prompt(self) -> dict[str, Counter[str]]:
        """How often each output was given to each prompt."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for prompt, text in zip(self.ids, self.outputs, strict=True):
            found[prompt][text] += 1
        return dict(found)

    @cached_property
    def by_prompt_long(self) -> dict[str, Counter[str]]:
        """The same of long outputs, where there are two or more."""
        found: dict[str, Counter[str]] = {
            prompt: Counter({text: n for text, n in texts.items() if _is_long(text)})
            for prompt, texts in self.by_prompt.items()
        }
        return {prompt: texts for prompt, texts in found.items() if texts.total() > 1}

    def parameter(self, name: str) -> list[object]:
        """Return a parameter of each output's request."""
        return [_read(text).get(name) if text else None for text in self._parameters]

    def further(self, name: str) -> list[object]:
        """Return a further column."""
        return [_read(text).get(name) if text else None for text in self._extra]

    @cached_property
    def further_names(self) -> list[str]:
        """The names of the further columns of the first outputs."""
        return list({name: None for text in self._extra[:100] if text for name in _read(text)})

    @cached_property
    def _parameters(self) -> list[str | None]:
        return self.samples.column("parameters")

    @cached_property
    def _extra(self) -> list[str | None]:
        return self.samples.column("extra")

    @cached_property
    def reasons(self) -> list[str]:
        """Why each output ended, in lower case; empty where nothing says so."""
        return [(reason or "").lower() for reason in self.samples.column("finish_reason")]

    def drop(self, bad: Sequence[bool] | Mask) -> tuple[Mask, ...]:
        """Return which outputs are left without these."""
        return (~np.asarray(bad, bool),)

    def copies(self, each: int = 0) -> tuple[Mask, ...]:
        """Return which outputs are left where one stands for each so many copies; 0: for all."""
        left = {
            (prompt, text): -(-n // each) if each else 1
            for prompt, texts in self.by_prompt.items()
            for text, n in texts.items()
        }
        kept = np.zeros(len(self.outputs), bool)
        for i, key in enumerate(zip(self.ids, self.outputs, strict=True)):
            kept[i] = left[key] > 0
            left[key] -= 1
        return (kept,)


@lru_cache(maxsize=10_000)
def _read(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(text)
    return found


def _is_long(text: str) -> bool:
    return len(text) >= LONG_CHARACTERS and text[0] not in "{[" and (
        _has_words(text, LONG_WORDS) or not text.isascii()
    )  # fmt: skip


def _has_words(text: str, n: int) -> bool:
    return len(text.split(None, n - 1)) >= n


def look_for(logs: Sequence[Samples], labels: Sequence[str]) -> list[Sign]:
    """Look for every sign in one log, or in the log before and the log after.

    Examples
    --------
    >>> served = "I would braise {}, bake it with a little {} and serve it hot with cream."
    >>> cached = {f"Dish {n}?": [served.format(f"fruit {n}", f"herb {n}")] * 5 for n in range(6)}
    >>> [(sign.name, sign.count, sign.of) for sign in look_for([Samples.of(cached)], ["log"])]
    [('identical outputs', 6, 6)]
    """
    names = ("log",) if len(logs) == 1 else ("before", "after")
    found: list[Sign] = []
    seen = [Log(*given) for given in zip(logs, names, labels, strict=True)]
    for log in seen:
        for test in OF_ONE if log.samples.media == "text" else OF_ANY:
            found += test(log)
    if len(seen) == 2:
        for test_of_two in OF_TWO:
            found += test_of_two(*seen)
        return [_of_both(sign, seen) for sign in found]
    return found


def changes(before: Samples, after: Samples, label: str) -> list[Sign]:
    """Look for what changed around the model from one log to the next, which is called so."""
    logs = Log(before, "before", "before"), Log(after, "after", label)
    return [replace(sign, log=label) for test in OF_TWO for sign in test(*logs)]


def new_signs(before: Samples, after: Samples, labels: tuple[str, str]) -> list[Sign]:
    """Look for what the log after shows and the log before does not, and for what changed.

    Examples
    --------
    >>> dishes = {f"Dish {n}?": [f"Soup {n} with herb {m}." for m in range(5)] for n in range(9)}
    >>> cut = {prompt: ["" for _ in served] for prompt, served in dishes.items()}
    >>> signs = new_signs(Samples.of(dishes), Samples.of(cut), ("before", "now"))
    >>> [sign.sentence for sign in signs]
    ['now: 45 of 45 outputs are empty.']
    """
    signs = look_for([before, after], labels)
    known = {sign.name for sign in signs if sign.log == "before"}
    return [s for s in signs if s.log == "both" or (s.log == "after" and s.name not in known)]


def _of_both(sign: Sign, logs: list[Log]) -> Sign:
    """Say what is left of both logs without a sign that one of them shows."""
    if sign.kept is None or len(sign.kept) == 2:
        return sign
    whole = [np.ones(len(log.outputs), bool) for log in logs]
    whole[0 if sign.log == "before" else 1] = sign.kept[0]
    return Sign(sign.name, sign.log, sign.count, sign.of, sign.sentence, tuple(whole))


def identical(log: Log) -> Iterator[Sign]:
    """Nearly every output of nearly every prompt is the same, byte for byte."""
    asked_twice = {p: texts for p, texts in log.by_prompt.items() if texts.total() > 1}
    if len(asked_twice) < ENOUGH_PROMPTS:
        return
    cold = _cold(log)
    one_seed = _one_seed(log)
    texts = asked_twice if cold or one_seed else log.by_prompt_long
    equal = [_equal_pairs(list(found.values())) for found in texts.values()]
    modes = [found.most_common(1)[0][0] for found in texts.values()]
    repeated = sum(
        (found.total() - 1) * len(m.split()) for m, found in zip(modes, texts.values(), strict=True)
    )
    told = cold or one_seed
    enough = told or (
        len(texts) >= max(ENOUGH_PROMPTS, len(asked_twice) / 2)
        and len({*modes}) >= 0.8 * len(modes)
        and repeated >= 100
        and not all(map(_refuses, modes[:20]))
    )
    if not enough or np.mean(equal) < (0.5 if told else NEARLY_ALL):
        return
    count = sum(len(found) == 1 for found in texts.values())
    why = "temperature 0, a cache, or one seed?"
    if cold:
        why = "the log says temperature 0"
    elif one_seed:
        why = "the log says one seed for all"
    yield Sign(
        "identical outputs",
        log.name,
        count,
        len(asked_twice),
        f"{log.label}: {count:,} of {len(asked_twice):,} prompts got the same output every time, "
        f"byte for byte ({why}). Asked twice says nothing of the model here.",
        log.copies(),
    )


def _equal_pairs(counts: list[int]) -> float:
    """The share of pairs of outputs that are equal: Σ m(m − 1) / n(n − 1)."""
    n = sum(counts)
    return sum(m * (m - 1) for m in counts) / (n * (n - 1))


def _cold(log: Log) -> bool:
    told = log.parameter("temperature")
    values = [_number(t) for t in told if t is not None]
    return len(values) >= NEARLY_ALL * len(told) and all(v is not None and v < 0.01 for v in values)


def _one_seed(log: Log) -> bool:
    seeds = log.parameter("seed")
    if any(seed is None for seed in seeds):
        return False
    if any((_number(n) or 1) > 1 for n in log.parameter("n")):  # each draw has its own, seed + i
        return False
    by_prompt: dict[str, set[object]] = defaultdict(set)
    for prompt, seed in zip(log.ids, seeds, strict=True):
        by_prompt[prompt].add(str(seed))
    several = [prompt for prompt, texts in log.by_prompt.items() if texts.total() > 1]
    return bool(several) and all(len(by_prompt[prompt]) == 1 for prompt in several)


def _number(value: object) -> float | None:
    if value is None:
        return None
    try:
        return float(str(value))
    except ValueError:
        return None


def repeated_lines(log: Log) -> Iterator[Sign]:
    """Lines are there as often as each other: twice, three times. Chance does not count so well."""
    often = [m for texts in log.by_prompt.values() if len(texts) > 1 for m in texts.values()]
    long = [m for texts in log.by_prompt_long.values() if len(texts) > 1 for m in texts.values()]
    copies = sum(m - 1 for texts in log.by_prompt.values() for m in texts.values())
    if len(often) < 6 or copies < 6:
        return
    for k in (5, 4, 3, 2):
        whole = np.mean([m % k == 0 for m in often]) > 0.95
        if whole and (len(often) >= 20 or len(long) >= 6):
            count = len(log.outputs) - len(log.outputs) // k
            said = f"nearly every output stands in the log {_times(k)}"
            yield _repeats(log, count, said, log.copies(k))
            return
    again = [m for m in long if m > 1]
    k = Counter(again).most_common(1)[0][0] if again else 0
    copies = sum(m - 1 for m in again)
    if len(again) >= 12 and np.mean([m == k for m in again]) > 0.95 and copies >= MANY * sum(long):
        said = f"{len(again):,} long outputs stand in the log exactly {_times(k)}"
        yield _repeats(log, copies, said, log.copies())
        return
    even = [
        max(texts.values()) - min(texts.values()) <= 1 and len(texts) <= texts.total() / 2
        for texts in log.by_prompt_long.values()
        if texts.total() >= 6 and len(texts) > 1
    ]
    if len(even) >= 5 and np.mean(even) > 0.95:
        said = "each prompt's few long outputs come round equally often, as with a few seeds"
        yield _repeats(log, copies, said, log.copies())


def _repeats(log: Log, count: int, said: str, kept: tuple[Mask, ...]) -> Sign:
    sentence = (
        f"{log.label}: {said}. Was each call exported or traced twice, or the log joined with "
        "itself? Every copy counts as a repeat."
    )
    return Sign("repeated lines", log.name, count, len(log.outputs), sentence, kept)


def _times(k: int) -> str:
    return {2: "twice", 3: "three times", 4: "four times", 5: "five times"}.get(k, f"{k} times")


def cached(log: Log) -> Iterator[Sign]:
    """Some prompts always get one long text, or one text again and again among others."""
    marks = [log.further(name) for name in log.further_names if name in _CACHED]
    if marks:
        told = [any(map(_is_yes, row)) for row in zip(*marks, strict=True)]
        if sum(told) > SOME * len(told):
            said = f"{sum(told):,} outputs are marked as served from a cache"
            yield _from_cache(log, sum(told), said, log.drop(told))
            return
    texts = log.by_prompt_long
    if len(texts) < 5:
        return
    one = [f for f in texts.values() if max(f.values()) > max(1, 0.6 * f.total())]
    others = [f for f in texts.values() if f not in one]
    total = sum(found.total() for found in texts.values())
    copies = sum(found.total() - len(found) for found in texts.values())
    beside = sum(found.total() - len(found) for found in others)
    among = sum(found.total() for found in others)
    bimodal = len(one) >= max(4, 0.15 * len(texts)) and others and beside < 0.08 * among
    repeating = [found for found in texts.values() if len(found) > 1 and max(found.values()) > 1]
    single = [sum(m > 1 for m in found.values()) == 1 for found in repeating]
    fresh = (
        copies >= 0.2 * total
        and len(repeating) >= max(5, 0.5 * len(texts))
        and np.mean(single) > NEARLY_ALL
        and np.median([_likeness(found) for found in repeating]) < 0.6
    )
    if bimodal and len({found.most_common(1)[0][0] for found in one}) >= 0.8 * len(one):
        said = (
            f"{len(one):,} of {len(texts):,} prompts got one long output every time, while the "
            "others hardly ever got one twice"
        )
    elif fresh:
        said = f"in {len(repeating):,} of {len(texts):,} prompts one long output comes again"
    else:
        return
    yield _from_cache(log, copies, said, log.copies())


def _from_cache(log: Log, count: int, said: str, kept: tuple[Mask, ...]) -> Sign:
    sentence = f"{log.label}: {said}. Did a cache answer in place of the model?"
    return Sign("cached outputs", log.name, count, len(log.outputs), sentence, kept)


def _is_yes(value: object) -> bool:
    return str(value).lower() in ("true", "1", "1.0", "hit", "yes")


def _likeness(texts: Counter[str]) -> float:
    """How many words the commonest text shares with the others: the mean of |A ∩ B| / |A ∪ B|."""
    first, *rest = ({*text.split()} for text, _ in texts.most_common(6))
    return float(np.mean([len(first & other) / len(first | other) for other in rest]))


def canned(log: Log) -> Iterator[Sign]:
    """One long text, or one wording of a refusal among answers, is given to many prompts."""
    prompts: dict[str, set[str]] = defaultdict(set)
    plates: Counter[str] = Counter(log.outputs)
    for prompt, text in zip(log.asked, log.outputs, strict=True):
        prompts[text].add(prompt)
    n = len(log.outputs)
    asked = len({*log.asked})
    shared = {text for text, given in prompts.items() if len(given) >= ENOUGH_PROMPTS and text}
    long = {t for t in shared if len(t) >= CANNED_CHARACTERS and t[0] not in "{["}
    long = {t for t in long if not _ERROR.search(t) and not _refuses(t)}
    count = sum(plates[text] for text in long)
    if count > MANY * n and len(set().union(*(prompts[t] for t in long))) > MANY * asked:
        yield _canned(log, count, long, "the same long text answers different prompts")
        return
    refusals = {t for t in shared - long if _refuses(t)}
    count = sum(plates[text] for text in refusals)
    if not refusals or count <= MANY * n or len(refusals) > 2:
        return
    given = set().union(*(prompts[t] for t in refusals))
    inside = [text for p, text in zip(log.asked, log.outputs, strict=True) if p in given]
    other = [text for text in inside if text not in refusals]
    others = sum(map(_refuses, other[:2_000]))
    if len(other) > 0.2 * len(inside) and count >= 20 and others <= SOME * count:
        said = "one wording of a refusal stands among the answers to many prompts"
        yield _canned(log, count, refusals, said)


def _refuses(text: str) -> bool:
    return 15 < len(text) < LONGEST_REFUSAL and declines(text)


def _canned(log: Log, count: int, texts: set[str], said: str) -> Sign:
    sentence = (
        f"{log.label}: {said} ({count:,} of {len(log.outputs):,} outputs). Did a filter, a "
        "fallback or a wrongly keyed cache answer in place of the model?"
    )
    kept = log.drop([text in texts for text in log.outputs])
    return Sign("one text for many prompts", log.name, count, len(log.outputs), sentence, kept)


def affixed(log: Log) -> Iterator[Sign]:
    """Nearly all outputs begin, or end, with the same long text."""
    texts = {text for text in log.outputs if text and text[0] not in "{["}
    if len(texts) < 20 or len({*log.asked}) < 5:
        return
    size = AFFIX_CHARACTERS
    for where, part in (("begin", slice(size)), ("end", slice(-size, None))):
        ((frame, count),) = Counter(text[part] for text in texts).most_common(1)
        if len(frame) == size and count > NEARLY_ALL * len(texts):
            yield Sign(
                "one frame for all outputs",
                log.name,
                count,
                len(texts),
                f"{log.label}: {count:,} of {len(texts):,} different outputs {where} with the same "
                f"{size} characters or more. Does the pipeline add them? They make outputs alike.",
            )


def prompt_texts(log: Log) -> Iterator[Sign]:
    """One prompt id stands for several prompt texts."""
    several = several_texts(log.samples)
    if several:
        ids = len({*log.ids})
        yield Sign(
            "several prompt texts",
            log.name,
            len(several),
            ids,
            f"{log.label}: {len(several):,} of {ids:,} prompt ids stand for several prompt texts "
            "each. Outputs to different texts are taken as of different prompts.",
        )


def models(log: Log) -> Iterator[Sign]:
    """A log pools the outputs of several models."""
    names = log.samples.models
    if len(names) > 1:
        some = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        sentence = (
            f"{log.label} pools {len(names)} models ({some}): two outputs to one prompt may be of "
            "two models. --model NAME, or Samples.of_model, keeps one."
        )
        yield _pooled("several models", log, log.samples.column("model"), len(names), sentence)


def _pooled(name: str, log: Log, values: Sequence[Hashable], count: int, sentence: str) -> Sign:
    """Return a sign that goes where only the commonest value is kept."""
    commonest = Counter(v for v in values if v is not None).most_common(1)[0][0]
    kept = log.drop([v is not None and v != commonest for v in values])
    return Sign(name, log.name, count, len(log.outputs), sentence, kept)


def parameters(log: Log) -> Iterator[Sign]:
    """Outputs were sampled in several ways."""
    for name in SAMPLING:
        values = [None if v is None else _number(v) for v in log.parameter(name)]
        if there := _common(values):
            told = ", ".join(f"{v:g}" for v in sorted(there)[:4])
            sentence = (
                f"{log.label} pools outputs sampled at several values of {name} ({told}): its "
                "variety is of none of them."
            )
            yield _pooled(f"several values of {name}", log, values, len(there), sentence)


def _common(values: Sequence[float | str | None]) -> list[float | str] | None:
    """Return the values that are not rare, where there are several."""
    counts = Counter(v for v in values if v is not None)
    common = [v for v, n in counts.items() if n > SOME * len(values)]
    return common if len(common) > 1 else None


def fingerprints(log: Log) -> Iterator[Sign]:
    """The server changed within a log."""
    values = log.samples.column("system_fingerprint")
    if there := _common(values):
        sentence = (
            f"{log.label}: {len(there)} system fingerprints: the server changed while the log was "
            "written."
        )
        yield _pooled("several fingerprints", log, values, len(there), sentence)


def templates(log: Log) -> Iterator[Sign]:
    """The same was asked in several templates, or under several system prompts."""
    count = 0
    what = ""
    for name in log.further_names:
        if not _TEMPLATE.fullmatch(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)):
            continue
        values = [None if v is None else str(v) for v in log.further(name)]
        by_prompt: dict[str, set[str | None]] = defaultdict(set)
        for prompt, value in zip(log.ids, values, strict=True):
            by_prompt[prompt].add(value)
        several = sum(len(found) > 1 for found in by_prompt.values())
        if _common(values) and several > MANY * len(by_prompt):
            count, what = several, f"in several templates ({name})"
    texts = list({text: None for text in log.samples.prompts if text})
    if not count:
        count, what = _wrapped(texts, texts), "in several templates or under several system prompts"
    if count > max(ENOUGH_PROMPTS, MANY * len(texts) / 2):
        sentence = (
            f"{log.label} asks {count:,} prompts {what}: outputs differ, or agree, by how they "
            "were asked."
        )
        yield Sign("several templates", log.name, count, len({*log.ids}), sentence)


def _wrapped(texts: Sequence[str], others: Sequence[str]) -> int:
    """Return how many texts ask what one of the others asks too, in another frame."""
    ours, theirs = ([*dict.fromkeys(side)][:1_000] for side in (texts, others))
    framed, beside = _frames(ours), _frames(theirs)
    return sum(
        any(_differ(frame, other) for other in beside.get(core, ()))
        for core, frames in framed.items()
        for frame in frames[:1]
    ) or _nested(ours[:300], theirs[:300])


def _nested(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Return how many of our texts stand within one of theirs, or the other way round."""
    joined = ["\0".join(side) for side in (ours, theirs)]
    # most texts stand nowhere but in themselves: these need no look at every other
    inner = [
        [text for text in side if other.count(text) > (text in beside)]
        for side, beside, other in ((ours, theirs, joined[1]), (theirs, ours, joined[0]))
    ]
    held = {u for u in ours if any(_holds(u, t) for t in inner[1])}
    return len(held.union(t for t in inner[0] if any(_holds(u, t) for u in theirs)))


def _differ(a: str, b: str) -> bool:
    """Tell whether two frames are two templates, not two questions about the same."""
    return a != b and (bool(_FRAME.search(a + b)) or abs(len(a) - len(b)) > 30)


def _holds(outer: str, inner: str) -> bool:
    around = len(outer) - len(inner)
    if around < 3 or len(inner) < 12 or inner not in outer:
        return False
    return _differ(outer.replace(inner, "", 1), "")


def _frames(texts: Sequence[str]) -> dict[str, list[str]]:
    """Return what texts ask, without the frame that a quarter of them share, and the frames."""
    heads = _shared(texts)
    tails = _shared([text[::-1] for text in texts])
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        head, tail = heads[text], tails[text[::-1]][::-1]
        core = text[len(head) : max(len(head), len(text) - len(tail))].strip()
        if len(core) >= 3:
            found[core].append(f"{head}…{tail}")
    return found


def _shared(texts: Sequence[str]) -> dict[str, str]:
    """Return for each text the longest beginning of whole words that a quarter of all share."""
    ordered = sorted(texts)
    many = max(ENOUGH_PROMPTS, len(texts) // 4)
    found = dict.fromkeys(texts, "")
    for i in range(len(ordered) - many + 1):
        head = _alike(ordered[i], ordered[i + many - 1])
        head = head[: max(head.rfind(" "), head.rfind("\n")) + 1]
        for text in ordered[i : i + many] if head else ():
            if len(head) > len(found[text]):
                found[text] = head
    return found


def _alike(a: str, b: str) -> str:
    """Return the beginning that two texts share."""
    pairs = enumerate(zip(a, b, strict=False))
    return a[: next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))]


def cut(log: Log) -> Iterator[Sign]:
    """Outputs were cut to stubs by a limit on their length."""
    reasons = log.reasons
    told = np.array([reason in CUT for reason in reasons], bool)
    if told.sum() > 0.2 * len(told):
        words = np.array([len(text.split()) for text in log.outputs])
        short = np.median(words[told])
        rest = words[~told & (words > 0)]
        uneven = len(rest) > MANY * len(told) and np.median(rest) > 1.5 * short
        if short < STUB_WORDS or uneven:
            yield _cut(log, told, f"the log says so; half of them have {short:.0f} words or fewer")
        return
    if any(reasons):
        return
    open_end = np.array([not t.endswith(_ENDS) and _has_words(t, 6) for t in log.outputs])
    if open_end.sum() < max(20, 0.6 * len(open_end)):
        return
    ended = [text.split() for text, o in zip(log.outputs, open_end, strict=True) if o]
    lengths = [*map(len, ended)]
    spread = np.subtract(*np.percentile(lengths, [90, 10])) / np.median(lengths)
    loose = np.mean([words[-1].lower().strip(",") in FUNCTION_WORDS for words in ended])
    if np.median(lengths) < STUB_WORDS and spread < 0.4 and loose > 0.12:
        yield _cut(log, open_end, "they stop in the middle of a sentence, at about one length")


def _cut(log: Log, bad: Mask, said: str) -> Sign:
    n = int(bad.sum())
    sentence = (
        f"{log.label}: {n:,} of {len(bad):,} outputs were cut at a limit on their length ({said}): "
        "beginnings are more alike than answers."
    )
    return Sign("cut outputs", log.name, n, len(bad), sentence, log.drop(bad))


def filtered(log: Log) -> Iterator[Sign]:
    """A filter ended outputs."""
    bad = [reason in FILTERED for reason in log.reasons]
    if sum(bad) > SOME * len(bad):
        sentence = f"{log.label}: a content filter ended {sum(bad):,} of {len(bad):,} outputs."
        yield Sign("filtered outputs", log.name, sum(bad), len(bad), sentence, log.drop(bad))


def empty(log: Log) -> Iterator[Sign]:
    """Outputs are empty."""
    bad = [not text for text in log.outputs]
    if sum(bad) > SOME * len(bad):
        sentence = f"{log.label}: {sum(bad):,} of {len(bad):,} outputs are empty."
        yield Sign("empty outputs", log.name, sum(bad), len(bad), sentence, log.drop(bad))


def errors(log: Log) -> Iterator[Sign]:
    """Outputs are messages of errors."""
    bad = [len(text) < 400 and bool(_ERROR.search(text)) for text in log.outputs]
    seen = Counter(text for text, is_bad in zip(log.outputs, bad, strict=True) if is_bad)
    if sum(bad) > SOME * len(bad) and (sum(bad) > 2 * len(seen) or sum(bad) > 0.2 * len(bad)):
        sentence = (
            f"{log.label}: {sum(bad):,} of {len(bad):,} outputs read like the message of an error."
        )
        yield Sign("error outputs", log.name, sum(bad), len(bad), sentence, log.drop(bad))


def changed_sampling(before: Log, after: Log) -> Iterator[Sign]:
    """The two logs were sampled in different ways."""
    for name in (*SAMPLING, "max_tokens", "max_new_tokens", "max_completion_tokens"):
        sides = [
            Counter(number for v in log.parameter(name) if (number := _number(v)) is not None)
            for log in (before, after)
        ]
        if not all(sides):
            continue
        was, now = (side.most_common(1)[0][0] for side in sides)
        if was != now:
            yield Sign(
                f"changed {name}",
                "both",
                sides[1][now],
                len(after.outputs),
                f"{name} went from {was:g} to {now:g}: the two logs were not sampled alike.",
            )


def changed_server(before: Log, after: Log) -> Iterator[Sign]:
    """The same model came from another server."""
    prints = [{*log.samples.column("system_fingerprint")} - {None} for log in (before, after)]
    if all(prints) and not prints[0] & prints[1] and before.samples.models == after.samples.models:
        yield Sign(
            "changed fingerprint",
            "both",
            len(after.outputs),
            len(after.outputs),
            "The system fingerprint changed between the logs though the model's name did not: the "
            "server changed.",
        )


def changed_prompts(before: Log, after: Log) -> Iterator[Sign]:
    """The same was asked otherwise."""
    texts: list[dict[str, str]] = [
        {i: " ".join(t.split()) for i, t in zip(log.ids, log.samples.prompts, strict=True) if t}
        for log in (before, after)
    ]
    shared = texts[0].keys() & texts[1].keys()
    count = sum(texts[0][i] != texts[1][i] for i in shared)
    of = len(shared)
    if not shared:
        ours, theirs = (list({*side.values()}) for side in texts)
        count, of = _wrapped(ours, theirs), len(ours)
    if count > max(2, MANY * of):
        yield Sign(
            "changed prompts",
            "both",
            count,
            of,
            f"{count:,} of {of:,} prompts have another text, or another frame around it, after "
            "than before: the two logs were not asked alike.",
        )


def changed_endings(before: Log, after: Log) -> Iterator[Sign]:
    """Many more outputs are cut after than before, or cut much shorter."""
    told = [np.array([reason in CUT for reason in log.reasons], bool) for log in (before, after)]
    if not all(any(log.reasons) for log in (before, after)):
        return
    was, now = (float(side.mean()) for side in told)
    if abs(now - was) > 0.3:
        yield Sign(
            "changed endings",
            "both",
            int(told[1].sum()),
            len(told[1]),
            f"{was:.0%} of the outputs were cut at a limit before, {now:.0%} after.",
            (~told[0], ~told[1]),
        )


OF_ANY: tuple[Callable[[Log], Iterator[Sign]], ...] = (models, parameters, fingerprints)
OF_ONE: tuple[Callable[[Log], Iterator[Sign]], ...] = (
    identical,
    repeated_lines,
    cached,
    canned,
    affixed,
    prompt_texts,
    *OF_ANY,
    templates,
    cut,
    filtered,
    empty,
    errors,
)
OF_TWO: tuple[Callable[[Log, Log], Iterator[Sign]], ...] = (
    changed_sampling,
    changed_server,
    changed_prompts,
    changed_endings,
)
"""What is looked for, in the order in which a report says it; a new one is a function more here."""
