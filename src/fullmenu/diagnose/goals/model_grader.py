"""Ratings by a model that is asked: the grader that most people have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fullmenu.diagnose.goals.graders import Version
from fullmenu.errors import NotEnoughData
from fullmenu.sampling.functions import Function
from fullmenu.sampling.request import Prompt, Target
from fullmenu.sampling.run import sample

ASKS = """Rate how good the answer is, from 1 (bad) to 10 (very good).

Question:
{prompt}

Answer:
{answer}

Reply with the number only."""
_NUMBER = re.compile(r"(?<![\d.])(10|[1-9])(?:\.\d+)?(?: ?/ ?10)?(?![\d.])")


def ratings(
    versions: Sequence[Version],
    target: Target | Function,
    *,
    asks: str = ASKS,
    parameters: Mapping[str, Any] | None = None,
    path: str | None = None,
    **how: Any,
) -> dict[int, float]:
    """Ask a model to rate every version; return the rating of each by its place.

    Parameters
    ----------
    versions
        As :func:`cue_versions` gives them.
    target
        ``fm.endpoint(…)``, or a function of a text.
    asks
        What it is asked, with ``{prompt}`` and ``{answer}``.
    parameters, path, how
        As :func:`fullmenu.sampling.sample` takes them.

    Returns
    -------
    dict
        A version whose reply holds no rating is left out.

    Raises
    ------
    NotEnoughData
        No reply holds a rating.

    Examples
    --------
    >>> version = Version(0, "length", 1, 0, "Boil an egg?", "Nine minutes.")
    >>> ratings([version], lambda text: "8/10" if "Nine" in text else "1")
    {0: 8.0}
    """
    questions = [Prompt(_filled(asks, v), f"version {i}") for i, v in enumerate(versions)]
    said = sample(questions, target, 1, parameters=parameters, path=path, **how)
    found = {}
    for name, reply in zip(said.column("prompt_id"), said.outputs, strict=True):
        rating = _NUMBER.search(reply)
        if rating:
            found[int(name.rpartition(" ")[2])] = float(rating[0].partition("/")[0])
    if not found:
        raise NotEnoughData(
            f"none of {len(said)} replies holds a rating from 1 to 10; the first is "
            f"{(said.outputs or [''])[0][:60]!r}; ask for the number only"
        )
    return dict(sorted(found.items()))


def _filled(asks: str, version: Version) -> str:
    fields = version._asdict()
    return re.sub(r"\{(prompt|answer)\}", lambda field: str(fields[field[1]]), asks)
