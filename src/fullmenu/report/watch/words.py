"""What a watch found, in words and rows: shared by terminal, page and webhook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import NamedTuple

from fullmenu.cleaner import clean, one_line
from fullmenu.report import plain, words
from fullmenu.report.watch.document import Alarm, CommonAnswer, MeanOverVisits, WatchDocument
from fullmenu.text.amounts import amount

ACROSS = " across"

SIGNALS = {
    "near_duplicates": ("near-duplicates", "share of pairs of one visit that are all but equal"),
    "near_duplicates across": (
        "near-duplicates across",
        "share of pairs of different prompts' outputs that are all but equal",
    ),
    "top_dish": (
        "top answer",
        "share of a visit's first outputs that its commonest answer makes up",
    ),
    "length": ("length", "typical words of an output"),
    "caution": ("caution", "share of outputs that refuse, hedge or warn"),
    "score": ("score", "typical score"),
}
"""Short names of the signals, and what they are."""

SHARES = ("near_duplicates", "near_duplicates across", "top_dish", "caution")


class StreamLine(NamedTuple):
    """One stream that is watched: name, baseline, since the start, and the last 100 visits."""

    stream: str
    name: str
    before: str
    now: str
    recent: str


def is_view(document: WatchDocument, stream: str) -> bool:
    """Whether a stream is the repeat rate of a view."""
    return stream.removesuffix(ACROSS) in document.views


def standing(document: WatchDocument) -> list[Alarm]:
    """Return the alarms that nobody acknowledged, the latest first."""
    return document.alarms[document.acknowledged :][::-1]


def title(document: WatchDocument) -> str:
    """Return the verdict in two or three words."""
    alarms = standing(document)
    if any(_narrower(document, a) for a in alarms):
        return "Variety lost"
    if alarms:
        return "Changed"
    return "No alarm" if document.visits else "Nothing seen yet"


def _narrower(document: WatchDocument, alarm: Alarm) -> bool:
    return bool(alarm.answers) or repeats(document, alarm)


def repeats(document: WatchDocument, alarm: Alarm) -> bool:
    """Tell whether an alarm is about outputs that repeat each other: its examples show that."""
    narrow = ("near_duplicates", "near_duplicates across", "top_dish")
    return is_view(document, alarm.stream) or alarm.stream in narrow


def next_step(document: WatchDocument, alarm: Alarm) -> str:
    """Say what to do about an alarm."""
    if alarm.pipe:
        return "Check the serving pipeline first: it may be all that changed."
    if alarm.answers:
        return (
            "Look where these texts come from: the model, or a cache, a fallback, a path for "
            "errors."
        )
    if repeats(document, alarm):
        step = "Compare the outputs since then with the baseline: fullmenu compare BASELINE SINCE."
        return f"{step} If it should be so, fit a new baseline."
    if alarm.stream == "caution":
        return "Read what it refuses: has the system prompt, the filter or the topic changed?"
    if alarm.stream == "length":
        return "Has the limit of tokens, the prompt's template or the topic changed?"
    return "Has the model, the prompt's template or the topic changed?"


def headline(document: WatchDocument) -> str:
    """Return what happened, in a sentence or two."""
    alarms = standing(document)
    if alarms:
        more = f" {len(alarms) - 1} more below." if len(alarms) > 1 else ""
        return f"{what(document, alarms[0])}, since {since(alarms[0])}.{more}"
    seen = amount(document.visits, "visit")
    if not document.visits:
        return "The log held no visit that could be read."
    past = document.raised
    noted = f"; {amount(past, 'earlier alarm')} acknowledged" if past else ""
    return f"Nothing in {seen} shows that variety was lost{noted}."


def what(document: WatchDocument, alarm: Alarm) -> str:
    """Say what an alarm is about."""
    who = one_line(alarm.model, 60) if alarm.model else "it"
    stream, before, after = alarm.stream, alarm.before, alarm.after
    if alarm.answers:
        n, of = sum(a.count for a in alarm.answers), alarm.answers[0].of
        same = "the same answer" if len(alarm.answers) == 1 else f"{len(alarm.answers)} answers"
        told = f"gives {same} again and again, to different prompts: {n} of the last {of}"
        return f"{'It' if who == 'it' else who} now {told}"
    if is_view(document, stream):
        asked = "To different prompts" if stream.endswith(ACROSS) else "To the same prompt"
        says = "says the same" if stream.endswith(ACROSS) else "repeats itself"
        often = words.often(after / before) if before > 0 else "where it never did"
        seen = one_line(stream.removesuffix(ACROSS), 40)
        return f"{asked}, {who} now {says} {often} (seen by {seen})"
    shown = f"{level(document, stream, before)} → {level(document, stream, after)}"
    told = {
        "near_duplicates": "now gives more near-duplicates",
        "near_duplicates across": "now gives different prompts all but equal answers more often",
        "top_dish": "now gives its commonest answer more often",
        "length": f"now answers {'shorter' if alarm.falls else 'longer'}",
        "caution": "now refuses, hedges or warns more often",
        "score": f"now scores {'lower' if alarm.falls else 'higher'}",
    }.get(stream, f"changed in {one_line(stream, 40)}")
    return f"{'It' if who == 'it' else who} {told} ({shown})"


def level(document: WatchDocument, stream: str, x: float | None) -> str:
    """Return a stream's mean as people read it: of ``length`` and ``score``, in their own unit."""
    if x is None:
        return "–"
    scale = document.scales.get(stream)
    if scale is not None:
        return plain.number(_unscaled(x, *scale))
    return plain.percent(x) if stream in SHARES else plain.rate(x)


def _unscaled(x: float, middle: float, spread: float) -> float:
    d = min(max(2 * x - 1, -0.999), 0.999)
    return middle + spread * d / (1 - abs(d))


def since(alarm: Alarm) -> str:
    """Say when it began."""
    if not alarm.exact:
        return f"visit {alarm.since:,} or before"
    said = f"about visit {alarm.since:,}"
    if alarm.since_low < alarm.since_high:
        said += f" (between {alarm.since_low:,} and {alarm.since_high:,})"
    return said + (f", {moment(alarm.since_time)}" if alarm.since_time else "")


def moment(seconds: float | None) -> str:
    """Return a time as people write it, in UTC.

    >>> moment(0.0), moment(None)
    ('1970-01-01 00:00 UTC', '')
    """
    if seconds is None:
        return ""
    try:
        return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, OSError, ValueError):
        return ""


def answers(found: Sequence[CommonAnswer]) -> list[tuple[str, str]]:
    """Return how often each of the commonest answers came, and the answer."""
    return [
        (
            f"{a.count} of {a.of} ({plain.percent(a.count / a.of)})",
            one_line(a.output, 200) or "(an empty output)",
        )
        for a in found
    ]


def nearest(alarm: Alarm) -> str:
    """Return the last change of what outputs are asked with that came before it began."""
    c = alarm.change
    if c is None:
        return ""
    name, before, value = (one_line(x, 60) for x in (c.name, c.before, c.value))
    at = f", {moment(c.time)}" if c.time else ""
    return f"{name}: {before} → {value}, from visit {c.visit:,}{at}"


def pipe(alarm: Alarm) -> str:
    """Answer whether it is the model or the pipeline, as far as the outputs show."""
    if alarm.pipe is None:
        return ""
    if not alarm.pipe:
        return "the model, as far as the outputs show: the pipeline left no new trace in them"
    return "the pipeline changed too. " + " ".join(clean(sentence, 400) for sentence in alarm.pipe)


def evidence(document: WatchDocument, alarm: Alarm) -> str:
    """Say in what the alarm shows, the surest first: what carries a hundredth and more."""
    names = [stream_name(name) for name, share in alarm.evidence if share >= 0.01][:4]
    return ", then ".join(filter(None, (names[0] if names else "", ", ".join(names[1:]))))


def stream_name(stream: str) -> str:
    """Return a stream's short name."""
    return SIGNALS[stream][0] if stream in SIGNALS else one_line(stream, 40)


def raised(alarm: Alarm) -> str:
    """Say when an alarm was raised."""
    at = f"visit {alarm.visit:,}"
    at += f", {moment(alarm.time)}" if alarm.time else ""
    again = f"; again {alarm.again} times since" if alarm.again else ""
    return at + again


def prompt(document: WatchDocument, prompt_id: str) -> str:
    """Return a prompt's text, where the baseline has it, on one line."""
    asked = document.asked.get(prompt_id)
    return one_line((asked and asked.prompt) or prompt_id, 200)


def lines(document: WatchDocument, views: bool) -> list[StreamLine]:
    """Return the rows of the views, in effective numbers, or those of the signals."""
    found = []
    for stream, block in document.streams.items():
        if is_view(document, stream) != views:
            continue
        if views:
            b = block.baseline
            before = plain.number(1 / b) if b else "–"
            since = [_number(part) for part in (block.now, block.recent)]
        else:
            before = level(document, stream, block.baseline)
            since = [_signal(document, stream, part) for part in (block.now, block.recent)]
        found.append(StreamLine(stream, stream_name(stream), before, *since))
    return found


def _number(block: MeanOverVisits | None) -> str:
    if block is None:
        return "–"
    if not block.effective_number:
        return f"{plain.number(1 / block.high)} or more" if block.high > 0 else "–"
    return plain.interval(block.effective_number)


def _signal(document: WatchDocument, stream: str, block: MeanOverVisits | None) -> str:
    if block is None:
        return "–"
    value, low, high = (level(document, stream, x) for x in (block.value, block.low, block.high))
    return f"{value} [{low}, {high}]"


def assumption(document: WatchDocument) -> list[str]:
    """Say what the guarantee is, and on what it rests; or that there is none, and why."""
    if document.notices:
        return [clean(n, 400) for n in document.notices]
    how = {
        "drawn": "each visit's prompt is drawn independently at random from the baseline's, with "
        "fixed weights",
        "open": "prompts are fresh draws of the population that the baseline's came from",
        "any": "prompts are the baseline's, in any order",
    }[document.traffic]
    said = [
        f"Where nothing changes, a false alarm comes after {document.run_length:,.0f} visits or "
        f"more on average, provided that {how}, and that visits are fresh draws. The baseline is a "
        f"sample too; the bounds are wide enough for {document.confidence:.0%} of such samples."
    ]
    if document.draws == "dependent":
        said.append(
            "In the baseline, outputs of one visit are more alike than those of several visits to "
            "the same prompt (a shared seed, session or date?): visits are the units here, and the "
            "bounds are wider for it."
        )
    if document.draws == "untested":
        said.append(
            "Outputs of one visit are taken as independent draws. The baseline asks no prompt "
            "twice, so this cannot be tested: where they share a seed, session or date, an alarm "
            "may come of that."
        )
    return said


SURE = 20.0
"""Odds from which a two-sample answer is told as found: reached by chance once in 20 watches."""


def apart(document: WatchDocument) -> list[str]:
    """Say whether the outputs are different at all, and whether less varied: two answers."""
    asked = document.two_sample
    if asked.visits == asked.skipped:
        return []
    used = amount(asked.visits - asked.skipped, "visit")
    answers = f"Different from the baseline: {_odds(asked.most_changed)}."
    if asked.most_less_varied >= SURE or not standing(document):
        answers += f" Less varied: {_odds(asked.most_less_varied)}."
    tail = " A change of topic is no collapse." if asked.most_changed >= SURE else ""
    more = "; the baseline's outputs are then used up" if asked.skipped else ""
    return [
        f"{answers} Each output of the baseline is compared once, with live ones to the same "
        f"prompt ({used}{more}).{tail}"
    ]


def _odds(wealth: float) -> str:
    if wealth >= SURE:
        return f"yes (by chance in one watch of {min(wealth, 1e6):,.0f} at most)"
    return "not shown so far"


def versions(document: WatchDocument) -> list[str]:
    """Return each model that was seen, and since when."""
    found = []
    for v in document.versions:
        name = one_line(v.model, 60) if v.model else "(no model named)"
        at = f", {moment(v.time)}" if v.time else ""
        seen = amount(v.visits, "visit")
        found.append(f"{name}: {seen}, the first is visit {v.first:,}{at}")
    return found
