"""From what a model said to records: what every format of served answers does alike."""

from __future__ import annotations

from collections.abc import Iterable

from fullmenu.readers import scalars
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.logprobs import logprobs
from fullmenu.samples import Record
from fullmenu.text.chat import Said, asked
from fullmenu.text.encoding import dump


def answers(
    served: Iterable[Said],
    log: Ledger,
    prompt: object = None,
    prompt_id: str | None = None,
    *,
    model: object = None,
    time: object = None,
    score: object = None,
) -> list[Record]:
    """Return a record for each answer that has a text, and count the others.

    Parameters
    ----------
    served
        As :func:`fullmenu.text.chat.said` and ``served`` find them; their log-probabilities are
        read too.
    log
        Where those without a text are counted.
    prompt
        What was asked: a text, or a conversation in any shape.
    prompt_id
        What names the prompt; by default its text.
    model, time, score
        As they stand in the log.
    """
    question = asked(prompt)
    name = None if model is None else dump(model)
    when = scalars.time(time)
    mark = scalars.number(score)
    return [
        Record(text, question, prompt_id, name, when, mark, logprobs=logprobs(answer.logprobs, log))
        for answer in served
        if (text := log.text(answer)) is not None
    ]
