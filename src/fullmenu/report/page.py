"""What the page says: the words and numbers of a document, ready for the template."""

from __future__ import annotations

from typing import Any

from fullmenu.report import asked, plain, reading, sentences
from fullmenu.report.figures import drawings
from fullmenu.report.plain import Doc, interval, label, one_line, rate, value
from fullmenu.report.reading import Line

CARDS = 5
"""Dishes shown as lost, and as served more than before."""

TURNS = 12
"""Turns of phrase shown of each kind."""


def contents(document: Doc) -> dict[str, Any]:
    """Return what the template shows: words and numbers ready to print, and chart specs."""
    compared = "before" in document
    before = label(document.get("before"), "before")
    after = label(document.get("after") or document.get("log"), "after" if compared else "outputs")
    drawn = drawings(document)
    if not reading.prompts(document):
        drawn = [f for f in drawn if f["kind"] != "prompts"]
    verdict = document.get("verdict")
    word_title = sentences.TITLES.get(str(verdict), "How varied is it?")
    shown: dict[str, Any] = {
        "title": f"Fullmenu: {word_title.lower()}",
        "subject": _subject(document, before, after),
        "verdict": verdict if verdict in plain.SYMBOLS else None,
        "word_title": word_title,
        "answer": sentences.headline(document),
        "notes": _notes(document),
        "unit": _unit(document, before, after),
        "compared": compared,
        "before": before,
        "after": after,
        "table": [_table_row(x, compared) for x in reading.lines(document)],
        "versions": [
            label(v, f"version {i + 1}") for i, v in enumerate(document.get("versions") or [])
        ],
        "trend_rows": _trend_rows(document),
        "regulars": sentences.regulars(document),
        "lost": [_card(c) for c in (document.get("lost") or [])[:CARDS]],
        "fallback": [_card(c) for c in (document.get("fallback") or [])[:CARDS]],
        "places": plain.media(document) != "text",
        "gallery": _sheets(document.get("gallery"), before, after),
        "turns_found": _turns(document),
        "prompt_examples": [
            {**p, "sheets": _sheets(p.get("pictures"), before, after)}
            for p in reading.prompts(document)
            if p.get("example")
        ][:CARDS],
        "signals": _signals(document, compared, before, after),
        "asked_heads": asked.heads(document),
        "asked": [
            {"title": title, "rows": found}
            for question, title in asked.TITLES.items()
            if (found := asked.rows(document, question))
        ],
        "caveats": [plain.clean(c, 600) for c in document.get("caveats") or []],
        "views": views_seen(document),
        "matched": _matched(document),
        "reasons": [
            {"what": what, "verdict": verdict, "reason": plain.clean(reason, 500)}
            for what, verdict, reason in reading.verdicts(document)
        ],
        "method": _method(document),
        "computed": _computed(document),
        "logs": _logs(document),
        "specs": {f["id"]: f.pop("spec") for f in drawn},
    }
    for name in ("forest", "plates", "prompts"):
        shown[name] = next((f for f in drawn if f["kind"] == name), None)
    for name in ("curve", "trend"):
        shown[f"{name}s"] = [f for f in drawn if f["kind"] == name]
    return shown


def _card(c: Doc) -> Doc:
    """Return a dish; of its pictures, those that are pictures."""
    return {**c, "pictures": plain.pictures(c.get("pictures"))}


def _sheets(given: Any, before: str, after: str) -> list[dict[str, Any]]:
    """Return the pictures of each log."""
    given = given if isinstance(given, dict) else {}
    names = {"before": before, "after": after, "log": after}
    return [
        {"label": name, "css": "was" if key == "before" else "is", "pictures": shown}
        for key, name in names.items()
        if (shown := plain.pictures(given.get(key)))
    ]


def _subject(document: Doc, before: str, after: str) -> str:
    if "versions" in document:
        return f"a trend over {len(document['versions'])} versions"
    if "before" in document:
        return f"{before} compared with {after}"
    return after


def _notes(document: Doc) -> list[str]:
    found = []
    same = [
        x for x in reading.lines(document) if x.verdict and x.verdict == document.get("verdict")
    ]
    if len(same) > 1:
        where = ", ".join(f"{one_line(x.view, 40)} ({reading.QUESTIONS[x.question]})" for x in same)
        found.append(f"The same verdict in {where}.")
    if document.get("judged") == "across prompts only":
        found.append("Judged across prompts only: there is one output per prompt.")
    return found


def _unit(document: Doc, before: str, after: str) -> dict[str, Any] | None:
    """Return a plate for each dish that the leading view sees, in each log."""
    if "versions" in document:
        view = reading.trend_lead(document)
        if view is None:
            return None
        names = [label(v, f"version {i + 1}") for i, v in enumerate(document["versions"])]
        found = list(zip(names, reading.sizes(document, view), strict=False))
        sides = [(*found[0], "was"), (*found[-1], "is")]
        seen_by = one_line(view, 40)
    else:
        x = reading.lead(document) if document.get("verdict") else reading.check_lead(document)
        if x is None:
            return None
        sizes = [value(s.get("effective_number")) for s in (x.before, x.after)]
        sides = list(zip((before, after), sizes, ("was", "is"), strict=True))
        seen_by = f"{one_line(x.view, 40)}, {reading.QUESTIONS[x.question]}"
    shown = [side_of_plates(*side) for side in sides if side[1] is not None]
    alt = f"Seen by {seen_by}: " + "; ".join(f"{s['label']}: {s['shown']}" for s in shown)
    return {"sides": shown, "alt": alt} if shown else None


def side_of_plates(name: str, n: float | None, css: str) -> dict[str, Any]:
    """Return one log's effective number as plates to draw."""
    n = n or 1.0
    more = " (120 drawn)" if n > 120.5 else ""
    shown = f"{plain.number(n).removesuffix('.0')} dish{'' if n < 1.05 else 'es'}{more}"
    return {"label": name, "n": max(1, round(n)), "css": css, "shown": shown}


def _table_row(x: Line, compared: bool) -> dict[str, Any]:
    rates = [value(s.get("repeat_rate")) for s in ((x.before, x.after) if compared else (x.after,))]
    return {
        "view": one_line(x.view, 40),
        "question": reading.QUESTIONS[x.question],
        "undefined": plain.clean(x.undefined, 300) if x.undefined else None,
        "before": interval(x.before.get("effective_number")),
        "after": interval(x.after.get("effective_number")),
        "rate": " → ".join(map(rate, rates)),
        "ratio": interval(x.ratio) + (" at matched lengths" if x.at_matched else ""),
        "verdict": x.verdict,
    }


def _trend_rows(document: Doc) -> list[dict[str, Any]]:
    found = []
    for view, block in (document.get("views") or {}).items():
        if "versions" not in block:
            continue
        overall = block.get("overall") or {}
        cells = []
        for one, step in zip(block["versions"], [None, *(block.get("steps") or [])], strict=False):
            size = interval((one or {}).get("effective_number"))
            if "undefined" in (one or {}):
                size = plain.clean(one["undefined"], 200)
            cells.append(
                {
                    "size": size,
                    "verdict": (step or {}).get("verdict"),
                    "ratio": _step_ratio(step) if step else "",
                }
            )
        found.append(
            {
                "view": one_line(view, 40),
                "cells": cells,
                "verdict": overall.get("verdict"),
                "ratio": _step_ratio(overall),
            }
        )
    return found


def _step_ratio(step: Doc) -> str:
    matched = " at matched lengths" if step.get("at_matched_lengths") else ""
    return interval(step.get("ratio")) + matched


def _turns(document: Doc) -> list[list[dict[str, Any]]]:
    """Return a column of what took over, and one of what faded."""
    columns = []
    for way, went in (("gained", "took over"), ("faded", "faded")):
        column = []
        for kind in ("phrases", "openings", "outlines"):
            entries = [t for t in (document.get(kind) or {}).get(way) or [] if t.get("of")]
            if entries:
                title = f"{kind.capitalize()} that {went}"
                column.append({"title": title, "entries": entries[:TURNS]})
        if column:
            columns.append(column)
    return columns


def _signals(document: Doc, compared: bool, before: str, after: str) -> list[dict[str, Any]]:
    keys = ("before", "after", "difference") if compared else ("value",)
    heads = (before, after, "difference") if compared else ("value",)
    found = []
    for s in (document.get("signals") or {}).values():
        if any(plain.is_estimate(s.get(k)) for k in keys):
            cells = [_signal(s, k) for k in keys]
            found.append({"label": one_line(s.get("label"), 60), "cells": cells, "heads": heads})
    return found


def _signal(s: Doc, key: str) -> str:
    if key == "difference":
        return plain.difference(s.get(key), s.get("unit"))
    return interval(s.get(key), plain.form(s.get("unit")))


def views_seen(document: Doc) -> list[dict[str, str]]:
    """Return what each view sees, what it cannot see, and its ruler."""
    return [
        {
            "name": one_line(name, 40),
            **{k: plain.clean(v.get(k) or "–", 400) for k in ("sees", "blind", "ruler")},
        }
        for name, v in (document.get("views") or {}).items()
    ]


def _matched(document: Doc) -> list[dict[str, Any]]:
    return [
        {
            "view": one_line(x.view, 40),
            "question": reading.QUESTIONS[x.question],
            "raw": x.raw,
            "raw_ratio": interval(x.raw.get("ratio")),
            "matched": x.matched,
            "matched_ratio": interval(x.matched.get("ratio")),
        }
        for x in reading.lines(document)
        if x.raw and x.matched
    ]


def _method(document: Doc) -> list[str]:
    found = []
    m = document.get("margins")
    n = len(document.get("views") or {})
    if m:
        steps = len(document.get("versions") or []) - 1
        level, stepwise = (100 * (1 - m["alpha"] / max(n * x, 1)) for x in (1, steps))
        shared = ""
        if steps > 0:
            shared = (
                f" Those of the {steps} steps are read from {stepwise:.2f} % intervals: the error "
                "rate is shared out over them too."
            )
        found += [
            f"Collapsed: the whole interval of the ratio lies below {m['collapsed']:g}. Narrowed: "
            f"it lies below 1, and the ratio below {m['narrowed']:g}. Widened: the mirror image.",
            f"Held: the {100 * m.get('held_level', 0.9):g} % interval lies inside "
            f"{m['held_low']:g} to {m['held_high']:g}. "
            "Unclear: none of these; more outputs or prompts would settle it.",
            f"Losses and gains are read from {level:.2f} % intervals: an error rate of "
            f"{100 * m['alpha']:g} %, shared out over {n} view{'' if n == 1 else 's'}. These "
            f"margins were set before looking.{shared}",
            "The overall verdict is the worst one found"
            + (" from the first version to the last" if shared else "")
            + "; held needs every view to have held.",
        ]
    found += [f"Computed as: {plain.clean(method, 300)}." for method in _methods(document)]
    if document.get("schema"):
        found.append(f"Document: {one_line(document['schema'], 60)}; docs/report.md explains it.")
    return found


def _methods(document: Doc) -> list[str]:
    """Return how the rates and ratios were computed, each way once."""
    found = [e for x in reading.lines(document) for e in (x.after.get("repeat_rate"), x.ratio)]
    for block in (document.get("views") or {}).values():
        if "versions" in block:
            found += [(one or {}).get("repeat_rate") for one in block["versions"]]
            found += [x.get("ratio") for x in (*block["steps"], block["overall"])]
    return list(dict.fromkeys(e["method"] for e in found if plain.is_estimate(e) and e["method"]))


def _computed(document: Doc) -> list[dict[str, str]]:
    """Return what each signal is, and how it was computed."""
    found = []
    for name, s in (document.get("signals") or {}).items():
        mine = [s[k] for k in ("value", "after", "before") if plain.is_estimate(s.get(k))][:1]
        mine += [s["difference"]] if plain.is_estimate(s.get("difference")) else []
        told = [sentences.SIGNALS.get(name), *(plain.clean(e["method"], 200) for e in mine)]
        if mine:
            shown = "; ".join(x for x in told if x)
            found.append({"label": one_line(s.get("label"), 60), "told": shown})
    return found


def _logs(document: Doc) -> list[str]:
    sides = [document.get("before"), document.get("after"), document.get("log")]
    sides += document.get("versions") or []
    found = []
    for side in sides:
        if not side:
            continue
        told = f"{label(side, 'outputs')}: {side.get('outputs', 0):,} outputs of "
        told += plain.counted(side.get("prompts", 0), "prompt")
        if side.get("models"):
            told += ", model " + ", ".join(one_line(x, 60) for x in side["models"][:5])
        if side.get("empty"):
            told += f", {side['empty']:,} empty"
        found.append(told + "".join(f"; {one_line(r, 300)}" for r in side.get("read") or []))
    return found
