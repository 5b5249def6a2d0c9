"""Generations of NoveltyBench.

The benchmark scores the first generation of each class of its ``partition`` and writes 0 for every
later one. Such a 0 is no reward of that text, so it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import said
from fullmenu.text.encoding import dump
from fullmenu.text.json_values import holds


def recognise(value: object) -> bool:
    """Tell by ``id``, ``prompt`` and a list of ``generations``."""
    return holds(value, "id", "prompt", generations=list)


def records(value: object, log: Ledger) -> Iterator[Record]:
    """Yield the generations, with ``generation_scores`` as score."""
    if not holds(value, "id", "prompt") or not isinstance(outputs := value["generations"], list):
        raise Reject("no id, prompt and list of generations")
    scores = _each(value.get("generation_scores"), [None] * len(outputs))
    classes = _each(value.get("partition"), range(len(outputs)))
    seen = set()
    for output, score, dish in zip(outputs, scores, classes, strict=True):
        if dish in seen and score == 0:
            log.remark("scores of 0 left out, which NoveltyBench writes for repeats")
            score = None
        seen.add(dish)
        prompt_id, model = dump(value["id"]), value.get("model")
        yield from answers(
            [said(output)], log, value["prompt"], prompt_id, model=model, score=score
        )


def _each(value: object, otherwise: Sequence[object]) -> Sequence[object]:
    """Return a list of one entry for each output, or what stands in where there is none."""
    return value if isinstance(value, list) and len(value) == len(otherwise) else otherwise


FORMAT = Shape("noveltybench", "NoveltyBench generations", recognise, records)
