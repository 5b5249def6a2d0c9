"""The turns of phrase that a model overuses: against people, a baseline, or other models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.case import OrderedLog, Progress, pair, single
from fullmenu.judge.description import about
from fullmenu.judge.groups import Time, between, split
from fullmenu.judge.human_overuse import HumanOveruse
from fullmenu.judge.lengths import differ, matched
from fullmenu.judge.turn_uses import TurnUses, used_more
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
from fullmenu.text.human_turns import is_english
from fullmenu.text.tokens import count_words

FALSE = 0.05
"""Share of false discoveries among the turns listed."""

TOP = 20
"""Turns listed, unless told otherwise."""

LEAST = 6
"""Prompts that a log has, or more."""

PEOPLE = (
    "People means 177,477 English texts, most of them short stories: words of a trade or a topic "
    "look overused against them. Of turns outside their 200 commonest only the most that people "
    "may say is known.",
    "A score counts runs of three words of content, found on 75 prompts and counted on the others; "
    "it compares logs of one set of prompts.",
)
LOGS = "Turns are compared at matched lengths, prompt by prompt; a single word is no turn."


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
        baseline = between(read(against, columns=columns), since, until)
        names += called([against], ["the baseline"])
    if labels is not None and len(labels) != len(names):
        raise BadInput(f"{len(labels)} labels for {len(names)} logs: give one for each")
    names = list(labels or names)
    _check(kind, samples, names, baseline)
    if baseline is not None:
        label = names[-1]
        tell(names[0])
        came, gone = _against(baseline, samples[0], (label, names[0]), top, seed)
        moved = MovedTurns(
            turns=gone.turns, held_out=gone.held_out, score=_score(_single(baseline, label), seed)
        )
        return PhraseReport(
            PhrasesDocument(
                against=kind,
                baseline=label,
                logs=[came],
                gone=moved,
                caveats=_caveats([came], kind),
            )
        )
    listed = []
    for k, (log, name) in enumerate(zip(samples, names, strict=True)):
        tell(name)
        if kind == "people":
            listed.append(_against_people(log, name, top, seed))
        else:
            rest = Samples.joined([x for j, x in enumerate(samples) if j != k])
            more, _ = _against(rest, log, ("the others", name), top, seed)
            turns = [replace(turn, other_prompts=UNSET) for turn in more.turns]
            listed.append(replace(more, turns=turns))
    listed.sort(key=lambda x: -x.score.value if x.score else 0.0)
    return PhraseReport(PhrasesDocument(against=kind, logs=listed, caveats=_caveats(listed, kind)))


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
    spoken = [[bool(text.strip()) for text in log.outputs] for log in samples]
    return [log.take(rows) for log, rows in zip(samples, spoken, strict=True)], names


def _check(
    kind: Against, samples: Sequence[Samples], names: Sequence[str], baseline: Samples | None
) -> None:
    given = [*samples, *([baseline] if baseline is not None else [])]
    for log, name in zip(given, names, strict=True):
        if log.media != "text":
            raise BadInput(f"{name} holds {log.media}s, and turns of phrase are of texts")
        if log.n_prompts < LEAST:
            raise NotEnoughData(
                f"{name} has {log.n_prompts} prompts with an answer: a turn of phrase is known by "
                f"coming back under other prompts, so give {LEAST} or more, best 150"
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


def _caveats(logs: Sequence[OverusingLog], kind: Against) -> list[str]:
    people = PEOPLE if kind == "people" or any(log.score for log in logs) else ()
    return [*people, *(() if kind == "people" else (LOGS,))]


def _single(samples: Samples, name: str) -> OrderedLog:
    return single(samples, name).logs[0].few()


def _score(log: OrderedLog, seed: int) -> Estimate | UnsetType:
    return HumanOveruse(log).score(seed) if is_english(log.outputs[:200]) else UNSET


def _against_people(samples: Samples, name: str, top: int, seed: int) -> OverusingLog:
    log = HumanOveruse(_single(samples, name))
    return OverusingLog(
        log=about(samples, name),
        turns=log.listed(top, seed, FALSE),
        held_out=log.held_out(seed, FALSE),
        score=log.score(seed),
    )


def _against(
    before: Samples, after: Samples, names: tuple[str, str], top: int, seed: int
) -> tuple[OverusingLog, OverusingLog]:
    """Return what the second log uses more, and what the first does."""
    case = pair(before, after, names)
    first, second = (log.few() for log in case.logs)
    if differ(*(float(count_words(log.outputs).mean()) for log in (first, second))):
        first, second = matched(first, second)
    uses = TurnUses(first, len(case.ids)), TurnUses(second, len(case.ids))
    more = used_more(*uses, top, seed, FALSE)
    logs = zip((after, before), reversed(names), reversed(case.logs), more, strict=True)
    came, gone = (
        OverusingLog(
            log=about(samples, name),
            turns=turns,
            held_out=held_out,
            score=_score(log.few(), seed),
        )
        for samples, name, log, (turns, held_out) in logs
    )
    return came, gone
