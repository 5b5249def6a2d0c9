"""Small documents of each kind, written out by hand; the words are ours, no model's."""

from __future__ import annotations

import copy
from typing import Any

from fullmenu.report import terminal
from fullmenu.report.document import Content
from fullmenu.report.report import Report

Doc = dict[str, Any]

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "--> <!-- <script>",
    "line\u2028separator\u2029paragraph",
    "\u202eesrever\u202c and \u2066isolate",
    "nul\x00bell\x07 \x1b[31mred\x1b[0m \x1b]8;;http://example.invalid\x07link\x1b]8;;\x07",
    "[bold red]markup[/bold red] [/] {{ 7 * 7 }} {% raw %}",
    "https://example.invalid/?q=1 javascript:alert(3)",
    "lone \ud800 surrogate, \U0001f372 stew, שלום, e\u0301",
    "x" * 5000,
)


def estimate(value: float, spread: float = 0.1, unit: str = "probability", n: int = 40) -> Doc:
    return {
        "value": value, "low": value * (1 - spread), "high": value * (1 + spread), "n": n,
        "unit": unit, "method": "by hand", "level": 0.95,
    }  # fmt: skip


def rarefied(u: float, m: int) -> float:
    return 1 / (1 / m + (1 - 1 / m) * u)


def side(u: float) -> Doc:
    m = [1, 2, 5, 10, 30, 100]
    return {
        "repeat_rate": estimate(u),
        "effective_number": estimate(1 / u, unit="dishes"),
        "curve": {
            "m": m,
            "value": [rarefied(u, x) for x in m],
            "low": [rarefied(1.1 * u, x) for x in m],
            "high": [rarefied(0.9 * u, x) for x in m],
        },
    }


def judged(ratio: float, verdict: str) -> Doc:
    return {
        "verdict": verdict,
        "reason": f"the ratio is {ratio:.2f}",
        "ratio": estimate(ratio, unit="ratio") | {"level": 1 - 0.05 / 3},
        "needed": None,
    }


def view(before: float, after: float, verdict: str) -> Doc:
    said = judged(before / after, verdict)
    flat = judged(0.98, "held")
    return {
        "sees": "words",
        "blind": "sense",
        "ruler": "fixed",
        "judged": "within",
        "before": side(before),
        "after": side(after),
        **said,
        "raw": said,
        "length_matched": None,
        "across": {
            "before": {k: v for k, v in side(0.02).items() if k != "curve"},
            "after": {k: v for k, v in side(0.0204).items() if k != "curve"},
            **flat,
            "raw": judged(0.85, "narrowed"),
            "length_matched": flat,
        },
    }


def about(label: str, outputs: int = 400) -> Doc:
    return {
        "label": label, "outputs": outputs, "prompts": 40, "outputs_per_prompt": 10.0,
        "models": [f"kitchen-{label}"], "empty": 2, "read": [f"read {label}.jsonl as JSONL"],
    }  # fmt: skip


def single(u: float, known: bool = True) -> Doc:
    """Return the repeat rate of one prompt."""
    return {"value": u, "low": 0.8 * u if known else None, "high": 1.3 * u if known else None}


def card(text: str, before: int, after: int) -> Doc:
    return {
        "example": text, "prompt": "What shall we eat?", "prompts": 3,
        "before": {"plates": before, "share": before / 400},
        "after": {"plates": after, "share": after / 400},
    }  # fmt: skip


def menu(top: float) -> Doc:
    return {
        "plates": 400, "seen": 120, "coverage": estimate(0.8, unit="share"),
        "unseen": estimate(60, unit="dishes"), "top_3_share": estimate(top, unit="share"),
        "cumulative": [min(1.0, top * (i / 3) ** 0.4) for i in range(1, 81)],
    }  # fmt: skip


def turned(text: str) -> Doc:
    one = {"text": text, "z": 6.5, "before": {"prompts": 2}, "after": {"prompts": 30}, "of": 40}
    gone = one | {"z": -6.5, "before": one["after"], "after": one["before"]}
    return {"gained": [one], "faded": [gone]}


def compare() -> Doc:
    return {
        "schema": "fullmenu/compare/1",
        "verdict": "collapsed",
        "reason": "collapsed in phrasing within prompts: the ratio is 0.20",
        "judged": "within and across prompts",
        "margins": {
            "collapsed": 0.5, "narrowed": 0.9, "held_low": 0.8, "held_high": 1.25, "alpha": 0.05,
            "held_level": 0.9,
        },
        "before": about("spring"),
        "after": about("autumn"),
        "shared_prompts": 40,
        "views": {
            "phrasing": view(0.026, 0.129, "collapsed"),
            "outline": view(0.2, 0.24, "narrowed"),
            "answer": view(0.05, 0.0505, "held"),
        },
        "signals": {
            "caution": {
                "label": "cautious outputs", "unit": "share",
                "before": estimate(0.05, unit="share"), "after": estimate(0.11, unit="share"),
                "difference": estimate(0.06, unit="share"),
            },
            "score": {
                "label": "score", "unit": "score", "before": None, "after": None,
                "difference": None,
            },
            "openings": {
                "label": "effective openings", "unit": "dishes", "difference": None,
                "before": estimate(50, unit="dishes"), "after": estimate(5.1, unit="dishes"),
            },
        },
        "dishes": {"before": menu(0.1), "after": menu(0.5), "by_chance_lost": 3.2, "lost": 21},
        "half_of_plates": {"before": 30, "after": 3},
        "lost": [card("Plum dumplings with a little cinnamon.", 9, 0)],
        "fallback": [card("Soup of the day. " * 30, 4, 160)],
        "phrases": turned("as the chef recommends"),
        "openings": turned("good evening, and"),
        "outlines": turned("heading, list, closing question"),
        "prompts": [
            {
                "prompt_id": f"p{i}", "prompt": f"What is dish number {i}?",
                "example": "Soup, as ever.", "rise": 0.3 - i / 100,
                "views": {
                    v: {"before": single(0.1, i < 9), "after": single(0.4 - i / 100, i < 9)}
                    for v in ("phrasing", "outline", "answer")
                },
            }
            for i in range(15)
        ],
        "caveats": ["Mean length went from 40 to 60 words."],
    }  # fmt: skip


def across_only() -> Doc:
    """One output per prompt, one log too small: much is undefined or null."""
    found = compare()
    found |= {"verdict": "unclear", "judged": "across prompts only", "prompts": []}
    for v in found["views"].values():
        v |= {
            "judged": "across", "before": {"undefined": "one output per prompt", "curve": None},
            "after": {"undefined": "one output per prompt", "curve": None},
            "verdict": "unclear", "reason": "no honest interval", "ratio": None, "needed": 90,
        }  # fmt: skip
        v["across"] |= {"verdict": "unclear", "reason": "fragile", "ratio": None, "needed": 90}
        v["across"] |= {"raw": judged(1, "held") | {"ratio": None}, "length_matched": None}
        del v["raw"], v["length_matched"]
    first = found["views"]["phrasing"]
    first["across"] = {s: {"undefined": "fewer than six prompts"} for s in ("before", "after")}
    first.pop("verdict"), first.pop("judged")
    found["dishes"]["after"] |= {"coverage": None, "unseen": None}
    for key in ("phrases", "openings", "outlines"):
        found[key] = {"gained": [], "faded": []}
    found |= {"lost": [], "fallback": [], "signals": {}}
    return found


def check() -> Doc:
    return {
        "schema": "fullmenu/check/1",
        "log": about("tonight"),
        "views": {
            name: {
                "sees": "words", "blind": "sense", "ruler": "fixed", "within": side(u),
                "across": {"undefined": "fewer than six prompts"},
            }
            for name, u in (("phrasing", 0.1), ("outline", 0.4), ("answer", 0.2))
        },
        "signals": {
            "caution": {
                "label": "cautious outputs", "unit": "share", "value": estimate(0.1, unit="share"),
            },
            "score": {"label": "score", "unit": "score", "value": None},
        },
        "dishes": menu(0.45),
        "fallback": [
            {
                "example": "Soup of the day.", "prompt": None, "prompts": 12, "plates": 80,
                "share": 0.2,
            }
        ],
        "prompts": [
            {
                "prompt_id": "p1", "prompt": None, "example": "Soup.",
                "views": {"phrasing": single(0.5), "outline": single(0.6), "answer": single(0.7)},
            }
        ],
        "caveats": ["One log: there is nothing to compare with."],
    }  # fmt: skip


def trend() -> Doc:
    rates = {"phrasing": (0.05, 0.06, 0.15, 0.2), "answer": (0.1, 0.1, 0.11, 0.1)}
    words = {"phrasing": ("unclear", "collapsed", "narrowed"), "answer": ("held",) * 3}
    return {
        "schema": "fullmenu/trend/1",
        "verdict": "collapsed",
        "reason": "collapsed in phrasing",
        "margins": compare()["margins"],
        "versions": [about(x) for x in ("v1", "v2", "v2", "v3")],
        "views": {
            name: {
                "sees": "words",
                "blind": "sense",
                "ruler": "fixed",
                "judged": "within",
                "versions": [{k: v for k, v in side(u).items() if k != "curve"} for u in us],
                "steps": [
                    judged(a / b, w) | {"at_matched_lengths": w == "narrowed"}
                    for a, b, w in zip(us, us[1:], words[name], strict=False)
                ],
                "overall": judged(us[0] / us[-1], "held" if name == "answer" else "collapsed"),
            }
            for name, us in rates.items()
        },
        "caveats": ["Four versions, one test each."],
    }  # fmt: skip


def answered() -> Doc:
    """Return a trend with the answers of each version."""
    return trend() | {
        "answers": {
            "counted": [400, 400, 400, 200],
            "answers": [
                {"example": "Plum dumplings.", "prompt": "Sweet?", "outputs": [9, 8, 0, 0]},
                {"example": "Soup of the day. " * 30, "prompt": None, "outputs": [4, 4, 90, 60]},
                {"example": "", "prompt": "Sweet?", "outputs": [2, 2, 1, 0]},
            ],
        }
    }


def over(versions: int) -> Doc:
    """Return a trend over so many versions, by fours, that falls once."""
    found = answered()
    times = versions // 4
    found["versions"] = [about(f"checkpoint-{k:05d}") for k in range(versions)]
    found["answers"]["counted"] = [100] * versions
    for answer in found["answers"]["answers"]:
        answer["outputs"] = answer["outputs"] * times
    for seen in found["views"].values():
        seen["versions"] = [x for x in seen["versions"] for _ in range(times)]
        held = judged(1.0, "held") | {"at_matched_lengths": False}
        seen["steps"] = [held] * (versions - 1)
        seen["steps"][2 * times - 1] = held | {"verdict": "collapsed"}
    found["fall"] = {"version": 2 * times, "when": "in the middle", "view": "phrasing",
                     "verdict": "collapsed", "before": 16.0, "after": 6.0}  # fmt: skip
    return found


def hostile(document: Doc) -> Doc:
    """Put hostile text wherever a document holds text that somebody else wrote."""
    texts = ("example", "prompt", "prompt_id", "text", "label", "sees", "blind", "ruler", "reason",
             "method")  # fmt: skip
    count = 0

    def poison(found: Any) -> Any:
        nonlocal count
        if isinstance(found, dict):
            for key in found:
                if key in texts and isinstance(found[key], str):
                    found[key] = HOSTILE[count % len(HOSTILE)]
                    count += 1
                elif key in ("models", "read", "caveats"):
                    found[key] = list(HOSTILE)
                else:
                    poison(found[key])
        elif isinstance(found, list):
            for one in found:
                poison(one)
        return found

    found = poison(copy.deepcopy(document))
    views = found["views"]
    views["<b onclick=alert(4)>view</b>"] = views.pop("answer")
    return found


def page(document: Doc | Content) -> str:
    """Return the page of a document."""
    return Report(document).to_html()


def text(document: Doc, width: int | None = None) -> str:
    """Return the terminal text of a document."""
    return terminal.as_text(Report(document).content, width)


ALL = {"compare": compare, "across": across_only, "check": check, "trend": trend}
