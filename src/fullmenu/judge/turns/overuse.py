"""The turns of phrase that a model overuses: against people, a baseline, or other models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as replaced
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.case import Progress, named_alike, pair, single
from fullmenu.judge.description import about
from fullmenu.judge.groups import Time, between, split
from fullmenu.judge.turns.human_overuse import HumanOveruse
from fullmenu.judge.turns.turn_uses import Found, TurnUses, used_more
from fullmenu.readers.file_names import called
from fullmenu.readers.inputs import Log
from fullmenu.readers.reader import read
from fullmenu.report.phrases.document import (
    Against,
    MovedTurns,
    OverusingLog,
    PhrasesDocument,
)
from fullmenu.report.phrases.report import PhraseReport
from fullmenu.samples import Samples
from fullmenu.text.amounts import amount
from fullmenu.text.human_turns import is_english

FALSE = 0.05
"""Share of false discoveries among the turns listed."""

TOP = 20
"""Turns listed, unless told otherwise."""

LEAST, MOST = 6, 1_000
"""Prompts that a log has, or more; and prompts that are read, of more some by lot."""

FOLD = 75
"""Prompts that the turns of a score are found on, at most; half of the prompts of a smaller log."""

PEOPLE = (
    "People means 177,477 English texts, most of them short stories: words of a trade or a topic "
    "look overused against them. Of turns outside their 200 commonest only the most that people "
    "may say is known.",
    "A score counts runs of three words of content, found on {fold} prompts and counted on the "
    "others; it compares logs of one set of prompts.",
)
LOGS = (
    "Turns are compared at matched lengths, prompt by prompt, and where texts are cut for that, by "
    "uses in 1,000 words too; a single word is no turn."
)


def phrases(
    *logs: Log,
    against: Log = None,
    by: str | None = None,
    since: Time | None = None,
    until: Time | None = None,
    columns: Mapping[str, str] | None = None,
    labels: Sequence[str] | None = None,
    top: int = TOP,
    seed: int = 0,
    progress: Progress | None = None,
) -> PhraseReport:
    """List the turns of phrase that a model overuses, with intervals and a check on other prompts.

    Parameters
    ----------
    *logs
        One log, or several of different models: samples, or anything that :func:`fullmenu.read`
        takes. With ``by``, one log that is cut into several.
    against
        What use is compared with: ``"people"`` (counts of 177,477 English texts, which the package
        brings), ``"others"`` (the other logs, taken together), or an earlier log. By default people
        for one log, the others for several.
    by, since, until, columns
        As in :func:`fullmenu.compare`.
    labels
        How the report calls the logs, and last the baseline; by default by their files' names.
    top
        Turns listed of each log.
    seed
        For the halves and folds of prompts.
    progress
        Called with the name of each step as it begins.

    Returns
    -------
    PhraseReport
        ``.content`` (typed), ``.document`` (JSON), ``.save("phrases.html")``.

    Raises
    ------
    BadInput
        No texts; or against people, and the texts are not English.
    NotEnoughData
        A log has fewer than six prompts.

    Notes
    -----
    Against people, a turn is three words of content in a row, without the small words between. It
    is listed where it was found on half of the prompts and the other half confirms it: it comes up
    under more prompts than a Poisson number allows at the most that people say it. Words of the
    prompt do not count. Against a log, all runs of words are compared by log-odds at matched
    lengths, in any language. Both at 5 % false discoveries. It cannot see sense, irony, or single
    words.

    Examples
    --------
    >>> towns = ["Rome", "Oslo", "Lima", "Bern", "Kyiv", "Riga", "Cork", "Bonn"] * 5
    >>> asked = [f"Town {i}?" for i in range(40)]
    >>> old = {q: [f"I was born in {town}."] for q, town in zip(asked, towns)}
    >>> new = {q: [f"What a tapestry, {town}."] for q, town in zip(asked, towns)}
    >>> found = phrases(new, against=old).content
    >>> found.logs[0].turns[0].text, found.gone.turns[0].text
    ('what a tapestry', 'i was born in')
    """
    tell = progress or (lambda step: None)
    samples, names = _given(logs, by, since, until, columns)
    baseline: Samples | None = None
    kind: Against = "people" if len(samples) == 1 else "others"
    if isinstance(against, str) and against in ("people", "others"):
        kind = "people" if against == "people" else "others"
    elif against is not None:
        kind = "baseline"
        baseline = _spoken(between(read(against, columns=columns), since, until))
        names += called([against], ["the baseline"])
    if labels is not None and len(labels) != len(names):
        raise BadInput(f"{len(labels)} labels for {len(names)} logs: give one for each")
    names = list(labels or names)
    _check(kind, samples, names, baseline)
    every = [*samples, *([baseline] if baseline is not None else [])]
    how = How(top, seed, min(FOLD, min(log.n_prompts for log in every) // 2))
    caveats = _caveats(kind, every, how)
    if baseline is not None:
        tell(names[0])
        came, gone = _against(baseline, samples[0], how)
        moved = MovedTurns(turns=gone[0], held_out=gone[1], score=_score(baseline, how))
        told = [_overusing(samples[0], names[0], came, how)]
        return PhraseReport(
            PhrasesDocument(
                against=kind, baseline=names[-1], logs=told, gone=moved, caveats=caveats
            )
        )
    told = []
    for k, (log, name) in enumerate(zip(samples, names, strict=True)):
        tell(name)
        if kind == "people":
            found = _against_people(log, how)
        else:
            rest = Samples.joined([x for j, x in enumerate(samples) if j != k])
            (turns, held_out), _ = _against(rest, log, how)
            found = [replace(turn, other_prompts=UNSET) for turn in turns], held_out
        told.append(_overusing(log, name, found, how))
    told.sort(key=lambda x: -x.score.value if x.score else 0.0)
    return PhraseReport(PhrasesDocument(against=kind, logs=told, caveats=caveats))


class How(NamedTuple):
    """How turns are looked for: so many are listed, and a score is found on a fold of prompts."""

    top: int
    seed: int
    fold: int


def _given(
    logs: Sequence[Log],
    by: str | None,
    since: Time | None,
    until: Time | None,
    columns: Mapping[str, str] | None,
) -> tuple[list[Samples], list[str]]:
    if not logs or (by is not None and len(logs) > 1):
        raise BadInput(
            f"{len(logs)} logs and by={by!r}: give a log, or several, or one and what to cut it by"
        )
    samples = [between(read(log, columns=columns), since, until) for log in logs]
    names = called(logs, [f"log {k + 1}" for k in range(len(logs))])
    if by is not None:
        groups = split(samples[0], by)
        samples, names = groups.logs, groups.labels
    return [_spoken(log) for log in samples], names


def _spoken(log: Samples) -> Samples:
    """Return the outputs that say something, of 1,000 prompts at most: the same of every log."""
    log = log.take(np.array([bool(text.strip()) for text in log.outputs], bool))
    ids = log.prompt_ids
    if len(ids) <= MOST:
        return log
    kept = {*sorted(ids, key=lambda name: blake2b(name.encode(), digest_size=8).digest())[:MOST]}
    told = f"{MOST:,} of {len(ids):,} prompts, by lot"
    rows = np.array([name in kept for name in ids])[log.groups]
    return replaced(log.take(rows), notes=(*log.notes, told))


def _check(
    kind: Against, samples: Sequence[Samples], names: Sequence[str], baseline: Samples | None
) -> None:
    given = [*samples, *([baseline] if baseline is not None else [])]
    for log, name in zip(given, names, strict=True):
        if log.media != "text":
            raise BadInput(f"{name} holds {log.media}s, and turns of phrase are of texts")
        if log.n_prompts < LEAST:
            raise NotEnoughData(
                f"{name} has {amount(log.n_prompts, 'prompt')} with an answer: a turn of phrase "
                f"is known by coming back under other prompts, so give {LEAST} or more, best 150"
            )
    if kind == "baseline" and len(samples) > 1:
        raise BadInput(f"against a baseline stands one log, and {len(samples)} are given")
    if kind == "others" and len(samples) < 2:
        raise BadInput("against others needs several logs, or one and by='model' (--by model)")
    if kind == "people" and not all(is_english(log.outputs[:200]) for log in samples):
        raise BadInput(
            "the counts of what people say are of English texts, and these do not look English: "
            "compare with an earlier log of the model (--against LOG), or give several models' logs"
        )


def _caveats(kind: Against, logs: Sequence[Samples], how: How) -> list[str]:
    english = kind == "people" or any(is_english(log.outputs[:200]) for log in logs)
    people = [sentence.format(fold=how.fold) for sentence in PEOPLE] if english else []
    return [*people, *([] if kind == "people" else [LOGS])]


def _overusing(samples: Samples, name: str, found: Found, how: How) -> OverusingLog:
    turns, held_out = found
    return OverusingLog(
        log=about(samples, name), turns=turns, held_out=held_out, score=_score(samples, how)
    )


def _score(samples: Samples, how: How) -> Estimate | UnsetType:
    if not is_english(samples.outputs[:200]):
        return UNSET
    return HumanOveruse(single(samples).logs[0].few()).score(how.fold, how.seed)


def _against_people(samples: Samples, how: How) -> Found:
    log = HumanOveruse(single(samples).logs[0].few())
    return log.listed(how.top, how.seed, FALSE), log.held_out(how.seed, FALSE)


def _against(before: Samples, after: Samples, how: How) -> tuple[Found, Found]:
    """Return what the second log uses more, and what the first does."""
    before, after = named_alike([before, after])
    case = pair(before, after)
    first, second = (log.few() for log in case.logs)
    uses = TurnUses(first, len(case.ids)), TurnUses(second, len(case.ids))
    return used_more(*uses, how.top, how.seed, FALSE)
