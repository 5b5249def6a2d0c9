"""Reading a document: each view's answer to each question, and which one the verdict rests on."""

from __future__ import annotations

from dataclasses import dataclass

from fullmenu.report.plain import Doc, label, one_line, value

QUESTIONS = {"within": "asked twice", "across": "asked different things"}


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


def check_lead(document: Doc) -> Line | None:
    """Return the line that a check is told by: ``answer``, or else the one that repeats most.

    Within prompts, where that can be told.
    """
    found = [x for x in lines(document) if value(x.after.get("repeat_rate")) is not None]
    same = [x for x in found if x.question == found[0].question]
    return max(same, key=lambda x: (x.view == "answer", repeats(x)), default=None)


def prompts(document: Doc) -> list[Doc]:
    """Return the prompts that are listed; not the one that a log without prompts has."""
    found = document.get("prompts") or []
    nameless = len(found) == 1 and not (found[0].get("prompt") or found[0].get("prompt_id"))
    return [] if nameless else found


def repeats(x: Line) -> float:
    """Return the repeat rate of a line's only or later log; 0 where there is none."""
    return value(x.after.get("repeat_rate")) or 0.0


def sizes(document: Doc, view: str) -> list[float | None]:
    """Return a trend's effective numbers in one view, version by version."""
    versions = document["views"][view].get("versions") or []
    return [value((v or {}).get("effective_number")) for v in versions]


def verdicts(document: Doc) -> list[tuple[str, str, str]]:
    """Return every verdict: what it is about, its name and its reason.

    Examples
    --------
    >>> step = {"verdict": "held", "reason": "so it is"}
    >>> block = {"versions": [{}, {}], "steps": [step], "overall": step}
    >>> found = verdicts({"versions": [{}, {"label": "new"}], "views": {"answer": block}})
    >>> [what for what, *_ in found]
    ['answer, version 1 to new', 'answer, last against first']
    """
    found = [
        (f"{one_line(x.view, 40)}, {QUESTIONS[x.question]}", x.verdict, x.reason)
        for x in lines(document)
        if x.verdict
    ]
    names = [label(v, f"version {i + 1}") for i, v in enumerate(document.get("versions") or [])]
    for view, block in (document.get("views") or {}).items() if names else ():
        steps = zip(names, names[1:], block.get("steps") or [], strict=False)
        judged = [(f"{a} to {b}", step) for a, b, step in steps]
        judged.append(("last against first", block.get("overall") or {}))
        found += [
            (f"{one_line(view, 40)}, {which}", str(x["verdict"]), str(x.get("reason") or ""))
            for which, x in judged
            if x.get("verdict")
        ]
    return found


def trend_lead(document: Doc) -> str | None:
    """Return the view of a trend that lost most from the first version to the last."""
    ratios = {}
    for view in document.get("views") or {}:
        found = sizes(document, view)
        if len(found) > 1 and found[0] and found[-1]:
            ratios[view] = found[-1] / found[0]
    return min(ratios, key=ratios.__getitem__, default=None)
