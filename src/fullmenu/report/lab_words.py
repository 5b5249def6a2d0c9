"""A lab document in words and cells, for the terminal and the page alike."""

from __future__ import annotations

from typing import Any, NamedTuple

from fullmenu.report.plain import Doc, one_line


class Row(NamedTuple):
    """One arm: its name, what it is, its numbers ready to print, and what the instrument said."""

    name: str
    about: str
    cells: list[str]
    said: str


def title(document: Doc) -> str:
    """Say in a few words how the run came out."""
    held = sum(bool(c["holds"]) for c in document["claims"])
    return f"{held} of {len(document['claims'])} claims hold"


def holds(document: Doc) -> bool:
    """Say whether every claim holds."""
    return all(c["holds"] for c in document["claims"])


def counts(document: Doc) -> str:
    """Say what was run."""
    seeds = document["seeds"]
    seconds = sum(arm["cpu_seconds"] for arm in document["arms"].values())
    return (
        f"{document['setting']} setting, {len(document['arms'])} arms × {len(seeds)} "
        f"seed{'' if len(seeds) == 1 else 's'}, {seconds:,.0f} CPU seconds"
    )


def rows(document: Doc, *, against: bool = False) -> list[Row]:
    """Return every arm with its numbers; with ``against``, differences to the baseline."""
    found = []
    for name, arm in document["arms"].items():
        numbers = arm["against_baseline" if against else "numbers"]
        if not numbers:
            continue
        cells = [
            figure(numbers[n], document["numbers"][n]["digits"], signed=against)
            for n in document["numbers"]
        ]
        found.append(Row(one_line(name, 40), one_line(arm["about"], 200), cells, said(arm)))
    return found


def published(document: Doc) -> dict[str, list[str]]:
    """Return figures of others by source, a line an arm.

    Examples
    --------
    >>> figures = [{"arm": "plain", "number": n, "value": v, "source": "Lin 2018"}
    ...            for n, v in (("modes", "17.3"), ("quality", "94.8"))]
    >>> published({"published": figures})
    {'Lin 2018': ['plain: modes 17.3, quality 94.8']}
    """
    found: dict[str, dict[str, list[str]]] = {}
    for x in document["published"]:
        arms = found.setdefault(one_line(x["source"], 200), {})
        told = f"{one_line(x['number'], 30)} {one_line(x['value'], 120)}"
        arms.setdefault(one_line(x["arm"], 60), []).append(told)
    return {
        source: [f"{arm}: {', '.join(told)}" for arm, told in arms.items()]
        for source, arms in found.items()
    }


def figure(estimate: dict[str, Any], digits: int, *, signed: bool = False) -> str:
    """Return a mean over seeds with half its interval.

    Examples
    --------
    >>> figure({"value": 24.4, "low": 23.3, "high": 25.5, "n": 5}, 1)
    '24.4 ±1.1'
    >>> figure({"value": 25.0, "low": None, "high": None, "n": 5}, 1)
    '25.0 each'
    """
    value = f"{estimate['value']:{'+' if signed else ''}.{digits}f}"
    if estimate["high"] is None:
        return f"{value} each" if estimate["n"] > 1 else value
    return f"{value} ±{estimate['high'] - estimate['value']:.{digits}f}"


def said(arm: dict[str, Any]) -> str:
    """Return the instrument's verdicts of an arm, each with how often.

    Examples
    --------
    >>> said({"verdicts": {"compare": ["collapsed", "collapsed", "held"]}})
    'compare: collapsed 2, held 1'
    """
    return "; ".join(
        f"{one_line(question, 40)}: "
        + ", ".join(f"{one_line(v, 20)} {found.count(v)}" for v in dict.fromkeys(found))
        for question, found in arm["verdicts"].items()
    )
