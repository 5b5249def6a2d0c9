"""NoveltyBench generations: many outputs of each prompt, perhaps with rewards.

The benchmark scores the first generation of each class of its ``partition`` and writes 0 for every
later one. Such a 0 is no reward of that text, so it is left out.
"""

from __future__ import annotations

from typing import Any

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.scalars import number
from fullmenu.samples import Record
from fullmenu.text.encoding import dump


def recognise(value: Any) -> bool:
    """Tell by ``id``, ``prompt`` and a list of ``generations``."""
    return (
        isinstance(value, dict)
        and {"id", "prompt"} <= value.keys()
        and isinstance(value.get("generations"), list)
    )


def records(value: Any, log: Ledger) -> list[Record]:
    """Return the generations, with ``generation_scores`` as score."""
    if not recognise(value):
        raise Reject("no id, prompt and list of generations")
    outputs = value["generations"]
    scores = value.get("generation_scores")
    if not isinstance(scores, list) or len(scores) != len(outputs):
        scores = [None] * len(outputs)
    classes = value.get("partition")
    if not isinstance(classes, list) or len(classes) != len(outputs):
        classes = list(range(len(outputs)))
    found, seen = [], set()
    for output, score, dish in zip(outputs, scores, classes, strict=True):
        if dish in seen and score == 0:
            log.remark("scores of 0 left out, which NoveltyBench writes for repeats")
            score = None
        seen.add(dish)
        if isinstance(output, str):
            pid, model = dump(value["id"]), value.get("model")
            found.append(Record(output, value["prompt"], pid, model, score=number(score)))
        else:
            log.skip("null outputs" if output is None else "outputs that are not text")
    return found


FORMAT = Shape(
    "noveltybench",
    "NoveltyBench generations",
    recognise,
    records,
    about="generations of NoveltyBench",
    told_by="`id`, `prompt` and a list of `generations`",
)
