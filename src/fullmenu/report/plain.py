"""Plain words for a document's numbers, and model text made harmless; shared by all renderers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Doc = dict[str, Any]

QUESTIONS = {"within": "asked twice", "across": "asked different things"}
SYMBOLS = {"collapsed": "▼▼", "narrowed": "▼", "unclear": "?", "held": "=", "widened": "▲"}
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

_ANSI = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
                   r"|(?:\x1b[\]PX^_]|\x9d).{0,400}?(?:\x07|\x1b\\|\x9c)"
                   r"|\x1b[ -/]*[0-~]")  # fmt: skip
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
                     "\U000e0000-\U000e007f]")  # fmt: skip


def clean(text: Any, limit: int = 2000) -> str:
    """Return text that nobody can use to steer a terminal or a page, cut to ``limit`` characters.

    ANSI escapes go; control characters, bidirectional overrides and lone surrogates become
    U+FFFD. Escaping for HTML or for rich is left to those who write it.

    Examples
    --------
    >>> clean("\\x1b[31mred\\x1b[0m\\x00")
    'red�'
    """
    text = _BREAKS.sub("\n", _ANSI.sub("", str(text)[: 4 * limit]))
    text = _UNSAFE.sub("\ufffd", text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def one_line(text: Any, limit: int = 120) -> str:
    """Return cleaned text on one line.

    Examples
    --------
    >>> one_line("soup\\n\\n of the  day", 11)
    'soup of th…'
    """
    text = " ".join(clean(text, 4 * limit).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def number(x: float | None) -> str:
    """Return a number as people write it: three digits at most, no false precision.

    Examples
    --------
    >>> [number(x) for x in (38.46, 7.755, 0.0260, 0.2, 1677, None)]
    ['38', '7.8', '0.026', '0.20', '1,677', '–']
    """
    if x is None:
        return "–"
    size = abs(x)
    if size >= 10:
        return f"{x:,.0f}"
    if size >= 2:
        return f"{x:.1f}"
    if size >= 0.1 or x == 0:
        return f"{x:.2f}"
    return f"{x:.2g}" if size >= 1e-4 else f"{x:.1e}"


def rate(x: float | None) -> str:
    """Return a probability, with at most three decimals.

    Examples
    --------
    >>> [rate(x) for x in (0.1289, 0.026, 0.00004)]
    ['0.129', '0.026', '4.0e-05']
    """
    if x is None:
        return "–"
    return f"{x:.3f}" if x >= 0.0095 or x == 0 else number(x)


def percent(x: float | None) -> str:
    """Return a share in per cent.

    Examples
    --------
    >>> [percent(x) for x in (0.0189, 0.4, None)]
    ['1.9 %', '40 %', '–']
    """
    if x is None:
        return "–"
    return f"{100 * x:.1f} %" if 0 < abs(x) < 0.0995 else f"{100 * x:.0f} %"


def points(x: float | None) -> str:
    """Return a difference of shares.

    Examples
    --------
    >>> points(0.06), points(-0.012)
    ('+6.0 points', '-1.2 points')
    """
    return "–" if x is None else f"{100 * x:+.1f} points"


def signed(x: float | None) -> str:
    """Return a difference with its sign, to a tenth where that shows something."""
    if x is None:
        return "–"
    return f"{x:+,.1f}" if abs(x) >= 0.95 or x == 0 else f"{x:+.2g}"


def difference(e: Any, unit: str | None) -> str:
    """Return a difference with its interval.

    Examples
    --------
    >>> difference({"value": 0.06, "low": 0.045, "high": 0.075}, "share")
    '+6.0 [+4.5, +7.5] points'
    """
    if unit != "share":
        return interval(e, signed)
    return interval(e, lambda x: points(x).removesuffix(" points")) + (
        " points" if is_estimate(e) else ""
    )


def is_estimate(e: Any) -> bool:
    """Whether this is an Estimate in JSON form, not null or undefined."""
    return isinstance(e, dict) and e.get("value") is not None


def value(e: Any) -> float | None:
    """Return the value of an Estimate in JSON form; ``None`` where there is none."""
    return float(e["value"]) if is_estimate(e) else None


def form(unit: str | None) -> Any:
    """Return the function that writes numbers of a unit."""
    return {"share": percent, "probability": rate}.get(unit or "", number)


def interval(e: Any, write: Any = number) -> str:
    """Return ``value [low, high]``.

    Examples
    --------
    >>> interval({"value": 38.46, "low": 35.2, "high": None})
    '38 [35, …]'
    """
    if not is_estimate(e):
        return "–"
    bounds = e.get("low"), e.get("high")
    if bounds == (None, None):
        return str(write(e["value"]))
    low, high = ("…" if b is None else write(b) for b in bounds)
    return f"{write(e['value'])} [{low}, {high}]"


def label(side: Any, otherwise: str) -> str:
    """Return what the report calls a log."""
    named = side.get("label") if isinstance(side, dict) else None
    return one_line(named, 40) if named else otherwise


@dataclass(frozen=True, slots=True)
class Line:
    """What one view says to one question.

    Parameters
    ----------
    view, question
        A view's name; ``"within"`` or ``"across"`` prompts.
    before, after
        ``{"repeat_rate": E, "effective_number": E}`` or ``{"undefined": reason}``; a check has
        ``after`` alone.
    verdict, reason, ratio
        ``None`` where nothing was judged.
    raw, matched
        Verdicts as the outputs are, and at matched lengths.
    """

    view: str
    question: str
    before: Doc
    after: Doc
    verdict: str | None = None
    reason: str = ""
    ratio: Doc | None = None
    needed: int | None = None
    raw: Doc | None = None
    matched: Doc | None = None

    @property
    def at_matched(self) -> bool:
        """Whether ratio and verdict are those at matched lengths, unlike the numbers as read."""
        return bool(self.raw and self.matched and self.ratio != self.raw.get("ratio"))

    @property
    def undefined(self) -> str | None:
        """Why there is no answer, where there is none."""
        found = [str(x["undefined"]) for x in (self.before, self.after) if "undefined" in x]
        return found[0] if found else None


def lines(document: Doc) -> list[Line]:
    """Return every view's answers, within prompts first.

    Examples
    --------
    >>> views = {"phrasing": {"within": {"undefined": "one output per prompt"}, "across": {}}}
    >>> [(x.question, x.undefined) for x in lines({"views": views})]
    [('within', 'one output per prompt'), ('across', None)]
    """
    found = []
    for question in QUESTIONS:
        for view, block in (document.get("views") or {}).items():
            if "before" in block or "after" in block:
                found.append(_compared(view, question, block))
            elif block.get(question):
                found.append(Line(view, question, {}, block[question]))
            elif question in block:
                found.append(Line(view, question, {}, {}))
    return found


def _compared(view: str, question: str, block: Doc) -> Line:
    at = block if question == "within" else block.get("across") or {}
    judged = question == "across" or block.get("judged", "within") == "within"
    here = at if judged else {}
    return Line(
        view,
        question,
        at.get("before") or {},
        at.get("after") or {},
        here.get("verdict"),
        here.get("reason") or "",
        here.get("ratio"),
        here.get("needed"),
        here.get("raw"),
        here.get("length_matched"),
    )


def lead(document: Doc) -> Line | None:
    """Return the line that the overall verdict rests on: the same verdict, the least ratio."""
    judged = [x for x in lines(document) if x.verdict]
    same = [x for x in judged if x.verdict == document.get("verdict")] or judged
    if document.get("verdict") == "widened":
        return max(same, key=_depth, default=None)
    return min(same, key=_depth, default=None)


def _depth(x: Line) -> float:
    ratio = value(x.ratio)
    return 1.0 if ratio is None else ratio


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
    if low is not None and high is not None:
        said += (
            f": seen by {one_line(x.view, 40)}, it may serve anything from {number(low)} to "
            f"{number(high)} times as many dishes"
        )
    elif x.reason:
        said += f": {one_line(x.reason, 300)}"
    settle = f" About {x.needed:,} prompts would settle it." if x.needed else ""
    return said + "." + settle


def check_lead(document: Doc) -> Line | None:
    """Return the line of a check that repeats most: within prompts, where that can be told."""
    found = [x for x in lines(document) if value(x.after.get("repeat_rate")) is not None]
    same = [x for x in found if x.question == found[0].question]
    return max(same, key=_repeats, default=None)


def _check_headline(document: Doc) -> str:
    x = check_lead(document)
    if x is None:
        return "Nothing here could be measured; the reasons are below."
    u = _repeats(x)
    asked = "Asked twice" if x.question == "within" else "Asked different things"
    told = f"{asked}, it repeats itself {_one_in(u)}"
    size = value(x.after.get("effective_number"))
    return told + (
        f": seen by {one_line(x.view, 40)}, it serves what {dishes(size)} would." if size else "."
    )


def _repeats(x: Line) -> float:
    return value(x.after.get("repeat_rate")) or 0.0


def _one_in(u: float) -> str:
    """Say a probability.

    Examples
    --------
    >>> [_one_in(u) for u in (0.0, 0.129, 0.62)]
    ['never', 'about 1 time in 8', 'about 62 times in 100']
    """
    if u <= 0:
        return "never"
    if u < 0.34:
        return f"about 1 time in {1 / u:,.0f}"
    return f"about {100 * u:.0f} times in 100"


def sizes(document: Doc, view: str) -> list[float | None]:
    """Return a trend's effective numbers in one view, version by version."""
    versions = document["views"][view].get("versions") or []
    return [value((v or {}).get("effective_number")) for v in versions]


def trend_lead(document: Doc) -> str | None:
    """Return the view of a trend that lost most from the first version to the last."""
    ratios = {}
    for view in document.get("views") or {}:
        found = sizes(document, view)
        if len(found) > 1 and found[0] and found[-1]:
            ratios[view] = found[-1] / found[0]
    return min(ratios, key=ratios.__getitem__, default=None)


def _trend_headline(document: Doc) -> str:
    names = [label(v, f"version {i + 1}") for i, v in enumerate(document["versions"])]
    view = trend_lead(document)
    if view is None:
        return clean(document.get("reason") or "")
    first, *_, last = sizes(document, view)
    return (
        f"From {names[0]} to {names[-1]}, over {len(names)} versions: seen by "
        f"{one_line(view, 40)}, it serves what {dishes(last, first)} would, where it served {_count(first or 0, last)}."
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
    return said
