"""A document in sentences: what the numbers mean, said to somebody who never saw a kernel."""

from __future__ import annotations

from fullmenu.report.plain import Doc, clean, interval, label, number, one_line, percent, value
from fullmenu.report.reading import Line, check_lead, lead, repeats, sizes, trend_lead

TITLES = {
    "collapsed": "Variety collapsed",
    "narrowed": "Variety narrowed",
    "unclear": "Not clear yet",
    "held": "Variety held",
    "widened": "Variety widened",
}
GLOSSARY = {
    "repeat rate": (
        "Ask the model the same thing twice: how likely is it to serve the same dish? 0 means "
        "never, 1 means always. Two answers that are partly alike count in part."
    ),
    "effective number": (
        "How many equally likely dishes would repeat themselves as often: 1 divided by the "
        "repeat rate. 1 means that the model says one thing only."
    ),
}
SIGNALS = {
    "distinct_n": "of a fixed number of word pairs, the share that are different",
    "openings": "how many equally common ways to begin would repeat as often (first three words)",
    "repeated_phrases": "the share of four-word phrases that another output has too",
    "compression_ratio": "how far the outputs shrink when packed: the more, the more they repeat",
}
"""What the short labels of signals stand for."""


def often(ratio: float) -> str:
    """Say how a rate changed.

    Examples
    --------
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
    """Say a number of dishes; tenths only where it stands beside a number like it.

    Examples
    --------
    >>> dishes(7.755), dishes(7.755, beside=6.4), dishes(1.0)
    ('8 equally likely dishes', '7.8 equally likely dishes', '1 dish')
    """
    if x is None:
        return "an unknown number of dishes"
    if x < 1.05:
        return "1 dish"
    return f"{_count(x, beside)} equally likely dishes"


def headline(document: Doc) -> str:
    """Answer the reader's question in one or two sentences of plain language."""
    if "versions" in document:
        return _trend_headline(document)
    if not document.get("verdict"):
        return _check_headline(document)
    x = lead(document)
    if x is None:
        return clean(document.get("reason") or "")
    rates = [value(s.get("repeat_rate")) for s in (x.before, x.after)]
    sizes = [value(s.get("effective_number")) for s in (x.before, x.after)]
    if x.verdict == "unclear":
        return _unclear(x)
    if not (rates[0] and rates[1]):
        return clean(x.reason)
    change = often(rates[1] / rates[0])
    return f"{_doing(x.question, str(x.verdict), change)} {_serving(x, sizes)}"


def _doing(question: str, verdict: str, change: str) -> str:
    told = {
        ("within", False): f"Asked twice, it now repeats itself {change}.",
        ("within", True): f"Asked twice, it repeats itself {change} as before.",
        ("across", False): f"Asked different things, it now says the same {change}.",
        ("across", True): f"Asked different things, it says the same {change} as before.",
    }
    as_before = change == "about as often"
    said = told[question, as_before]
    if verdict == "held" and not as_before:
        return said.replace(" now", "")[:-1] + ", a change within the margins."
    return said


def _serving(x: Line, sizes: list[float | None]) -> str:
    before, after = sizes
    if before is None or after is None:
        return ""
    eyes = f"Seen by {one_line(x.view, 40)}, it"
    if x.verdict == "held":
        return f"{eyes} serves what {dishes(after, before)} would; before, {_count(before, after)}."
    was = _count(before, after)
    return f"{eyes} serves what {dishes(after, before)} would, where it served {was}."


def _count(x: float, beside: float | None = None) -> str:
    """Return whole dishes, or tenths where rounding would misstate a change."""
    near = beside is not None and beside < 20 and 0.5 < x / (beside or 1) < 2
    return number(x) if x < 5 or near else f"{x:,.0f}"


def _unclear(x: Line) -> str:
    where = {
        "within": "it repeats itself more than before when asked twice",
        "across": "it says the same more often than before when asked different things",
    }[x.question]
    said = f"These outputs do not settle whether {where}"
    low, high = (x.ratio or {}).get("low"), (x.ratio or {}).get("high")
    if x.at_matched and x.reason:
        said += f": {one_line(x.reason, 300)}"
    elif low is not None and high is not None:
        said += (
            f": seen by {one_line(x.view, 40)}, it may serve anything from {number(low)} to "
            f"{number(high)} times as many dishes"
        )
    elif x.reason:
        said += f": {one_line(x.reason, 300)}"
    units = "outputs" if "over outputs" in str((x.ratio or {}).get("method")) else "prompts"
    settle = f" About {x.needed:,} {units} would settle it." if x.needed else ""
    return said + "." + settle


def _check_headline(document: Doc) -> str:
    x = check_lead(document)
    if x is None:
        return "Nothing here could be measured; the reasons are below."
    u = repeats(x)
    asked = "Asked twice" if x.question == "within" else "Asked different things"
    told = f"{asked}, it repeats itself {_one_in(u)}"
    size = value(x.after.get("effective_number"))
    return told + (
        f": seen by {one_line(x.view, 40)}, it serves what {dishes(size)} would." if size else "."
    )


def _one_in(u: float) -> str:
    """Say a probability.

    Examples
    --------
    >>> [_one_in(u) for u in (0.0, 0.129, 0.62)]
    ['never', 'about 1 time in 8', 'about 62 times in 100']
    """
    if u <= 0:
        return "never"
    if u >= 0.995:
        return "always"
    if u < 0.34:
        return f"about 1 time in {1 / u:,.0f}"
    return f"about {100 * u:.0f} times in 100"


def _trend_headline(document: Doc) -> str:
    names = [label(v, f"version {i + 1}") for i, v in enumerate(document["versions"])]
    view = trend_lead(document)
    if view is None:
        return clean(document.get("reason") or "")
    first, *_, last = sizes(document, view)
    return (
        f"From {names[0]} to {names[-1]}, over {len(names)} versions: seen by "
        f"{one_line(view, 40)}, it serves what {dishes(last, first)} would, where it served "
        f"{_count(first or 0, last)}."
    )


def regulars(document: Doc) -> list[str]:
    """Say in words what the counts of dishes show."""
    block = document.get("dishes") or {}
    said = []
    before, after = block.get("before"), block.get("after") or block
    top = interval((after or {}).get("top_3_share"), percent)
    if top != "–" and before:
        was = interval(before.get("top_3_share"), percent)
        said.append(f"The three dishes served most make up {top} of all plates, before {was}.")
    elif top != "–":
        said.append(f"The three dishes served most make up {top} of all plates.")
    half = document.get("half_of_plates") or {}
    if half.get("before") and half.get("after"):
        said.append(
            f"Half of all plates come from {half['after']:,} dishes, before {half['before']:,}."
        )
    if block.get("lost") is not None and block.get("by_chance_lost") is not None:
        lost, chance = block["lost"], block["by_chance_lost"]
        more = "" if lost > chance else ", so single dishes do not show the loss"
        said.append(
            f"{lost:,} dishes that were served twice or more before are gone; had nothing "
            f"changed, about {chance:,.0f} would look gone by chance{more}."
        )
    return [*said, *_unseen(before, after)]


def _unseen(before: Doc | None, after: Doc | None) -> list[str]:
    """Say how much of the menu was seen (Good–Turing coverage), and what was not (Chao1)."""
    covered = interval((after or {}).get("coverage"), percent)
    if covered == "–":
        return []
    was = interval((before or {}).get("coverage"), percent)
    told = f"What was seen makes up {covered} of what it serves" + (
        f", before {was}." if was != "–" else "."
    )
    hidden = value((after or {}).get("unseen"))
    if hidden is None or hidden < 0.5:
        return [told]
    return [f"{told} At least {hidden:,.0f} more dishes were not seen yet."]
