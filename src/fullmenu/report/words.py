"""A document in sentences: what the numbers mean, said to somebody who never saw a kernel."""

from __future__ import annotations

from fullmenu.cleaner import clean, one_line
from fullmenu.report.document import (
    CheckDocument,
    ComparisonDocument,
    Content,
    DishCounts,
    DishesOfAll,
    Question,
    TrendDocument,
)
from fullmenu.report.plain import interval, number, percent
from fullmenu.report.questions import ViewAnswer, lead, names, trend_lead
from fullmenu.text.amounts import amount

TITLES = {
    "collapsed": "Variety collapsed",
    "narrowed": "Variety narrowed",
    "unclear": "Not clear yet",
    "held": "Variety held",
    "widened": "Variety widened",
}
SIGNALS = {
    "distinct_n": "of a fixed number of word pairs, the share that are different",
    "openings": "how many equally common ways to begin would repeat as often (first three words)",
    "repeated_phrases": "the share of four-word phrases that another output has too",
    "compression_ratio": "how far the outputs shrink when packed: the more, the more they repeat",
}
"""What the short labels of signals stand for."""

LOSSES = ("collapsed", "narrowed")
TURNS = ("phrases", "openings", "outlines")
"""Kinds of turns of phrase, as a comparison holds them."""


def often(ratio: float) -> str:
    """Say how a rate changed.

    >>> [often(x) for x in (4.96, 1.22, 1.02, 0.7, 0.31)]
    ['5 times as often', '22 % more often', 'about as often', '30 % less often', '69 % less often']
    """
    if ratio >= 1.95:
        return f"{ratio:.0f} times as often" if _whole(ratio) else f"{ratio:.1f} times as often"
    if ratio >= 1.05:
        return f"{100 * (ratio - 1):.0f} % more often"
    if ratio > 0.95:
        return "about as often"
    return f"{100 * (1 - ratio):.0f} % less often"


def _whole(x: float) -> bool:
    return x >= 9.5 or abs(x - round(x)) < 0.06


def dishes(x: float | None, beside: float | None = None) -> str:
    """Say a number of answers; tenths only where it stands beside a number like it.

    >>> dishes(7.755), dishes(7.755, beside=6.4), dishes(1.0)
    ('7.8 different answers', '7.8 different answers', '1 answer')
    """
    if x is None:
        return "an unknown number of answers"
    if x < 1.05:
        return "1 answer"
    return f"{_count(x, beside)} different answers"


def title(document: Content) -> str:
    """Answer it in a few words: the verdict, or how much one log serves."""
    if not isinstance(document, CheckDocument):
        return TITLES[document.verdict]
    x = lead(document)
    if x is None or not x.after.size:
        return "Too little to tell"
    dishes = _count(x.after.size)
    return (
        f"It gives about {dishes} different answer{'' if dishes in ('1', '1.0', '1.00') else 's'}"
    )


def headline(document: Content) -> str:
    """Answer the reader's question in one or two sentences of plain language."""
    if isinstance(document, TrendDocument):
        return _trend_headline(document)
    if isinstance(document, CheckDocument):
        return _check_headline(document)
    x = lead(document)
    explained = any(sign.explains for sign in document.pipe or ())
    if explained or x is None or x.decision is None or x.before is None:
        return clean(document.reason)
    if x.verdict == "unclear":
        return _unclear(x)
    if not (x.before.rate and x.after.rate):
        return clean(x.decision.reason)
    change = often(x.after.rate / x.before.rate)
    told = f"{_doing(x.question, x.decision.verdict, change)} {_serving(x)}"
    if x.free:
        return f"{told} All of this leaves out the part that all outputs share."
    return f"{told.rstrip(' .')}, all at matched lengths." if x.at_matched else told


def pipe(document: Content) -> list[str]:
    """Answer whether it is the model or the pipeline: in one line, then what was found."""
    signs = document.pipe or []
    lost = not isinstance(document, CheckDocument) and document.verdict in LOSSES
    causes = [sign for sign in signs if sign.explains]
    names = ", ".join(dict.fromkeys(sign.name for sign in causes or signs))
    if causes:
        told = f"The pipeline, as far as this log can tell: without it the loss is gone ({names})."
    elif signs and not lost:
        told = f"The pipeline left traces in what was read: {names}."
    elif not signs:
        told = (
            "The model, as far as this log can tell: no sign of a cache, one seed or copied lines."
        )
    elif all(sign.explains is False for sign in signs):
        told = f"The model: the loss stands without what the pipeline did ({names})."
    else:
        told = f"Not clear: what the pipeline did cannot be told apart from the loss ({names})."
    return [told, *(clean(sign.sentence, 400) for sign in signs)] if signs or lost else []


def told_first(document: Content) -> list[str]:
    """Return what a reader should know first: causes of a loss, and what else stands out."""
    if isinstance(document, TrendDocument):
        return []
    causes = document.causes or [] if isinstance(document, ComparisonDocument) else []
    return [clean(x.sentence, 600) for x in (*causes, *(document.notices or []))]


def _doing(question: Question, verdict: str, change: str) -> str:
    told = {
        ("within", False): f"To the same prompt, it now repeats itself {change}.",
        ("within", True): f"To the same prompt, it repeats itself {change} as before.",
        ("across", False): f"To different prompts, it now says the same {change}.",
        ("across", True): f"To different prompts, it says the same {change} as before.",
    }
    as_before = change == "about as often"
    said = told[question, as_before]
    if verdict == "held" and not as_before:
        return said.replace(" now", "")[:-1] + ", a change within the margins."
    return said


def _serving(x: ViewAnswer) -> str:
    before, after = (side.size for side in x.sides)
    if before is None or after is None:
        return ""
    eyes = f"Seen by {x.name}, it"
    if x.verdict == "held":
        return f"{eyes} gives {dishes(after, before)}; before, {_count(before, after)}."
    was = _count(before, after)
    return f"{eyes} gives {dishes(after, before)}, where it gave {was}."


def _count(x: float, beside: float | None = None) -> str:
    """Return whole dishes, or tenths where rounding would misstate a change."""
    near = beside is not None and beside < 20 and 0.5 < x / (beside or 1) < 2
    return number(x) if x < 10 or near else f"{x:,.0f}"


def _unclear(x: ViewAnswer) -> str:
    where = {
        "within": "it repeats itself more than before to the same prompt",
        "across": "it says the same more often than before to different prompts",
    }[x.question]
    said = f"These outputs do not settle whether {where}"
    assert x.decision
    ratio, reason, needed = x.decision.ratio, x.decision.reason, x.decision.needed
    if x.at_matched and reason:
        said += f": {one_line(reason, 300)}"
    elif ratio and ratio.low is not None and ratio.high is not None:
        said += (
            f": seen by {x.name}, it may give anything from {number(ratio.low)} to "
            f"{number(ratio.high)} times as many answers"
        )
    elif reason:
        said += f": {one_line(reason, 300)}"
    units = "outputs" if ratio and "over outputs" in ratio.method else "prompts"
    return f"{said}." + (f" About {needed:,} {units} would settle it." if needed else "")


def _check_headline(document: CheckDocument) -> str:
    x = lead(document)
    if x is None:
        return "Nothing here could be measured; the reasons are below."
    asked = "To the same prompt" if x.question == "within" else "To different prompts"
    told = f"{asked}, it repeats itself {one_in(x.after.rate or 0.0)}"
    size = x.after.size
    return told + (f": seen by {x.name}, it gives {dishes(size)}." if size else ".")


def one_in(u: float) -> str:
    """Say a probability.

    >>> [one_in(u) for u in (0.0, 0.129, 0.62)]
    ['never', 'about 1 time in 8', 'about 62 times in 100']
    """
    if u <= 0:
        return "never"
    if u >= 0.995:
        return "always"
    if u < 0.34:
        return f"about 1 time in {1 / u:,.0f}"
    return f"about {100 * u:.0f} times in 100"


def _trend_headline(document: TrendDocument) -> str:
    view = trend_lead(document)
    if view is None:
        return clean(document.reason)
    called = names(document)
    first, *_, last = (version.size for version in document.views[view].versions)
    the = "the " if document.by == "week" else ""
    overall = document.views[view].overall
    matched = ""
    if overall.at_matched_lengths and overall.ratio:
        matched = f"; at matched lengths, {number(overall.ratio.value)} times as many"
    return (
        f"{_fell(document)}From {the}{called[0]} to {the}{called[-1]}, over {len(called)} "
        f"{trend_unit(document)}: seen by {one_line(view, 40)}, it gives "
        f"{dishes(last, first)}, where it gave {_count(first or 0, last)}{matched}."
    )


def trend_unit(document: TrendDocument) -> str:
    """Return what a trend goes over: versions, weeks, models, groups."""
    if not document.by:
        return "versions"
    return f"{document.by}s" if document.by in ("day", "week", "month", "model") else "groups"


def _fell(document: TrendDocument) -> str:
    fall = document.fall
    if not fall:
        return ""
    shown = {"answer": "Answers", "outline": "Outlines", "image": "Pictures"}
    subject = shown.get(fall.view, f"Variety of {one_line(fall.view, 40)}")
    size = ""
    if fall.before and fall.after and fall.after < fall.before:
        at = document.views[fall.view].steps[fall.version - 1].at_matched_lengths
        matched = " at matched lengths" if at else ""
        size = f" ({_count(fall.before, fall.after)} → {_count(fall.after, fall.before)}{matched})"
    return f"{subject} fell {one_line(fall.when, 120)}{size}. "


def regulars(document: Content) -> list[str]:
    """Say in words what the counts of dishes show."""
    if isinstance(document, TrendDocument):
        return []
    if isinstance(document, CheckDocument):
        if document.dishes_of_all:
            return [*_of_all(document.dishes_of_all), *_unseen(document.dishes)]
        return [*_top(document.dishes), *_unseen(document.dishes)]
    dishes, half = document.dishes, document.half_of_plates
    of_all = document.dishes_of_all
    said = _of_all(of_all.after, of_all.before) if of_all else _top(dishes.after, dishes.before)
    sides = [(dishes.before, document.before), (dishes.after, document.after)]
    some = any(counts.plates < log.outputs for counts, log in sides)
    if half.before and half.after:
        which = "the outputs that were grouped" if some else "all outputs"
        said.append(f"Half of {which} give {_one_of(half.after)}, before {_one_of(half.before)}.")
    least, most = dishes.by_chance_range or (dishes.by_chance_lost,) * 2
    more = "" if dishes.lost > most else ", so single answers do not show the loss"
    between = f" ({least:,} to {most:,})" if dishes.by_chance_range else ""
    were, are = ("was", "is") if dishes.lost == 1 else ("were", "are")
    where = ""
    if some:
        are = "looks" if dishes.lost == 1 else "look"
        grouped = " and ".join(f"{counts.plates:,}" for counts, _ in sides)
        where = f" among the outputs that were grouped ({grouped})"
    said.append(
        f"{amount(dishes.lost, 'answer')} that {were} given twice or more before {are} gone"
        f"{where}; had nothing changed, about {dishes.by_chance_lost:,.0f} would look gone by "
        f"chance{between}{more}."
    )
    if of_all and dishes.lost:
        said.append(_gone_from_all(document))
    return [*said, *_unseen(dishes.after, dishes.before)]


def gone(document: ComparisonDocument) -> int:
    """Return how many answers were lost: of the sample, less those that other outputs give."""
    of_all = document.dishes_of_all
    return document.dishes.lost - (of_all.not_lost if of_all else 0)


def _gone_from_all(document: ComparisonDocument) -> str:
    """Say how many of the answers that look gone in a sample are gone from all outputs."""
    of_all = document.dishes_of_all
    assert of_all
    lost, still = document.dishes.lost, of_all.not_lost
    asked = min(lost, of_all.after.held_against)
    those = "them" if asked == lost else f"the {asked:,} commonest of them"
    all_after = f"all {of_all.after.outputs:,} outputs after"
    if not still:
        return f"None of {all_after} gives {'it' if lost == 1 else f'any of {those}'}."
    if still == asked:
        given = "it is still given" if lost == 1 else f"all of {those} are still given"
        return f"Among {all_after}, {given}: not listed as lost."
    is_given, is_gone = ("is" if n == 1 else "are" for n in (still, asked - still))
    return (
        f"Among {all_after}, {still:,} of {those} {is_given} still given; "
        f"{asked - still:,} {is_gone} gone, and listed as lost."
    )


def _of_all(after: DishesOfAll, before: DishesOfAll | None = None) -> list[str]:
    """Say what share of all outputs gives what the sample gives again and again."""
    if not after.found:
        return []
    of = f"{after.outputs:,}" if before is None else f"{before.outputs:,} and {after.outputs:,}"
    was, top_was = (
        (
            f", before {interval(before.found, percent)},",
            f", before {interval(before.top_3_share, percent)}",
        )
        if before
        else ("", "")
    )
    top = f"the three commonest make up {interval(after.top_3_share, percent)}{top_was}"
    return [
        f"Of all {of} outputs, {interval(after.found, percent)}{was} give one of the "
        f"{after.held_against:,} answers that the sample gives twice or more; {top}."
    ]


def _one_of(n: int) -> str:
    return "one answer" if n == 1 else f"one of {n:,} answers"


def _top(after: DishCounts, before: DishCounts | None = None) -> list[str]:
    if not after.top_3_share:
        return []
    was = f", before {interval(before.top_3_share, percent)}" if before else ""
    top = interval(after.top_3_share, percent)
    return [f"The three commonest answers make up {top} of all outputs{was}."]


def _unseen(after: DishCounts, before: DishCounts | None = None) -> list[str]:
    """Say how much of the menu was seen (Good–Turing coverage), and what was not (Chao1)."""
    if not after.coverage:
        return []
    covered = interval(after.coverage, percent)
    was = f", before {interval(before.coverage, percent)}" if before and before.coverage else ""
    told = f"The answers seen make up {covered} of what it gives{was}."
    if not after.unseen or after.unseen.value < 0.5:
        return [told]
    return [f"{told} At least {after.unseen.value:,.0f} more answers were not seen yet."]
