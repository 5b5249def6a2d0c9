"""What docstrings have in common is written once, and put in: those of measures by ``@measure``.

A measure's own docstring says what is special to it. What recurs (parameters such as ``texts``
and ``level``, what is returned, what is raised on too little data, the source) is added, so that
``help`` shows a complete numpydoc page. An entry of its own stands instead of the common one; an
entry that begins with ``…`` goes on from it. A paragraph on ``value`` is what is returned, and the
paragraphs after it are notes; examples at the end need no title.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

_WIDTH = 96
_ORDER = ("Parameters", "Returns", "Raises", "Notes", "References", "Examples")


class Common(NamedTuple):
    """What a parameter is wherever it occurs: its shape, its meaning, and what is wrong input."""

    text: str
    shape: str = ""
    wrong: str = ""


_ROWS = "(n, d) array or CSR"
_PARAMETERS = {
    "texts": Common("Outputs."),
    "features: features": Common("Unit rows of one sample.", _ROWS),
    "features, reference: features": Common("Generated rows, of any length.", _ROWS),
    "counts": Common("How often each dish was served; zeros are left out.", "(S,)"),
    "counts, reference: counts": Common("How often the model served each dish now.", "(S,)"),
    "lists": Common(
        "A ranked list of item ids for each user, the first on top.",
        wrong="lists that are no ranked lists",
    ),
    "logprobs": Common(
        "For each output the natural logarithms of the probabilities of its tokens, each at most "
        "0; ``None`` or nothing where they were not recorded.",
        wrong="a number above 0, NaN, −∞ or −9999",
    ),
    "features: reference": Common(
        "Real rows.", "(m, d) array or CSR", "rows of different widths, or not finite"
    ),
    "counts: reference": Common(
        "How often it did before: the same dishes in the same order, 0 where it did not.",
        "(S,)",
        "counts of different lengths",
    ),
    "groups": Common(
        "Prompt of each output: the interval then leaves prompts out.", "(n,), optional"
    ),
    "tokenize": Common(
        "From a text to its words: ``str.split``, say. By default lower-cased runs of letters and "
        "digits; in scripts without spaces, characters."
    ),
    "texts: n": Common("Words of an n-gram."),
    "units": Common(
        "How many sampling units (prompts) were looked at, where ``counts`` says in how many of "
        "them each dish occurs.",
        wrong="a dish in more units than there are",
    ),
    "asymptotic": Common(
        "Of the kitchen (any finite order); ``False``: of this sample's shares, any order."
    ),
    "bootstrap": Common(
        "How many samples are drawn for the interval.", wrong="fewer than two draws"
    ),
    "lists: k": Common("Look at the first k places only."),
    "users": Common(
        "Among how many users; all that there are by default. The value grows with users by that "
        "alone, so that values compare only at one number of them."
    ),
    "weights": Common(
        'How exposure falls with the place: not at all, or with ``"dcg"`` as 1 / log₂(1 + rank).'
    ),
    "catalogue": Common(
        "How many items could be shown, or their ids.",
        wrong="a catalogue that lacks an item that was shown",
    ),
    "neighbours": Common("k.", wrong="``neighbours`` below 1"),
    "metric": Common(
        "``cosine`` (1 − k) or ``euclidean``.",
        wrong="an unknown metric, or rows that are not of unit length for ``cosine``",
    ),
    "pairs": Common(
        "About how many random pairs are compared, each output equally often. By default all "
        "pairs of up to 1,024 outputs, and beyond that about 127 partners for each output."
    ),
    "texts: words": Common(
        "How many first words make an opening. A shorter output is its own opening."
    ),
    "features, reference: level": Common(
        "Coverage of the interval, of the value that samples of these sizes give on average."
    ),
    "level": Common("Coverage of the interval."),
    "seed": Common("Of the draws."),
}
"""By parameter; before it may stand what the measure takes, with ``reference`` where it has one."""

_COVERS = (
    "It holds the mean of such samples in 90 % of them or more (``benchmarks/intervals_texts.py``)."
)
"""What stands for the mark ``[90 %]`` in an entry."""

_TOO_LITTLE = {
    "texts": "Fewer than two outputs (or prompts).",
    "features": "Fewer than two rows.",
    "counts": "Fewer than two servings.",
    "counts, units": "Fewer than two servings (or units).",
    "lists": "Fewer than two users with a list.",
    "logprobs": "Fewer than two outputs (or prompts) with log-probabilities.",
}

_NOT_AS_SAID = "an argument that is not as described here"


def completed(function: Callable[..., Any], takes: str, unit: str, paper: str) -> str:
    """Return a measure's docstring, with the common parts put in, of what is special to it.

    >>> def dots(texts, level=0.95):
    ...     "Count the dots."
    >>> completed(dots, "texts", "dots", "Nobody 2026").split("\\n")[4:6]
    ['texts', '    Outputs.']
    """
    if not function.__doc__:
        return ""
    head, own = sections(inspect.cleandoc(function.__doc__).replace("[90 %]", _COVERS))
    names = list(inspect.signature(function).parameters)
    common = {name: _common(name, takes, names) for name in names}
    first, *rest = head.split("\n\n")
    at = next((i for i, part in enumerate(rest) if part.startswith("``value``")), len(rest))
    head = "\n\n".join([first, *rest[:at]])
    returned, *notes = rest[at:] or [f"``value`` and its interval; unit: {unit}."]
    own.setdefault("Returns", f"Estimate\n{_filled(returned)}")
    if notes:
        own.setdefault("Notes", "\n\n".join(notes))
    little = _TOO_LITTLE["counts, units" if "units" in names else takes]
    own["References"] = paper
    raised = {"NotEnoughData": little, "BadInput": wrong_of(common, _NOT_AS_SAID)}
    return written(head, own, common, raised)


def wrong_of(common: Mapping[str, Common], *more: str) -> str:
    """Say what is wrong input, of all parameters."""
    wrong = "; ".join([*(c.wrong for c in common.values() if c.wrong), *more])
    return f"{wrong[0].upper()}{wrong[1:]}." if wrong else ""


def written(
    head: str, own: dict[str, str], common: Mapping[str, Common], raised: Mapping[str, str]
) -> str:
    """Return a docstring: its own sections, and the common entries that they leave out."""
    own["Parameters"] = _merged(
        own.get("Parameters", ""),
        {name: (f"{name} : {c.shape}" if c.shape else name, c.text) for name, c in common.items()},
    )
    own["Raises"] = _merged(own.get("Raises", ""), {e: (e, why) for e, why in raised.items()})
    order = [*_ORDER, *(name for name in own if name not in _ORDER)]
    parts = [f"{name}\n{'-' * len(name)}\n{own[name]}" for name in order if own.get(name)]
    return "\n\n".join([head, *parts])


def _common(name: str, takes: str, names: list[str]) -> Common:
    keys = [f"{takes}: {name}", name]
    if names[1:2] == ["reference"]:
        keys = [f"{takes}, reference: {name}", *keys]
    return next((_PARAMETERS[key] for key in keys if key in _PARAMETERS), Common(""))


def sections(doc: str) -> tuple[str, dict[str, str]]:
    """Return what stands before the first section, and the sections by title."""
    if "\nExamples\n" not in doc:
        doc = doc.replace("\n\n>>> ", "\n\nExamples\n--------\n>>> ", 1)
    head, *rest = re.split(r"^(\w[\w ]*)\n-{3,}\n", doc, flags=re.MULTILINE)
    return head.strip(), {t: b.rstrip() for t, b in zip(rest[::2], rest[1::2], strict=True)}


def _merged(own: str, common: dict[str, tuple[str, str]]) -> str:
    """Return the entries of a section: for each name its own, or the common one, or both in one."""
    entries = re.findall(r"^(\S.*)((?:\n(?:[ \t].*)?)*)", own, re.MULTILINE)
    said = {n.strip(): (h, b.rstrip()) for h, b in entries for n in h.split(" : ")[0].split(",")}
    out: dict[str, str] = {}
    for name, (head, text) in common.items():
        own_head, body = said.pop(name, ("", ""))
        go_on = body.strip().removeprefix("…") if body.strip().startswith("…") else None
        if go_on is not None:
            text = (text if go_on.startswith(" ") else text.rstrip(".")) + go_on
        elif body:
            full = own_head if " : " in own_head or "," in own_head else head
            out.setdefault(full, body)
            continue
        if text:
            out[head] = f"\n{_filled(text)}"
    out.update({h: b for h, b in said.values()})
    return "\n".join(h + b for h, b in out.items())


def _filled(text: str) -> str:
    return textwrap.fill(
        re.sub(r"\s+", " ", text),
        _WIDTH,
        initial_indent="    ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
