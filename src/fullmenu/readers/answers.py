"""From what a model said to records: what every format of served answers does alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, repeat

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
    reasons: Iterable[object] = (),
    fingerprint: object = None,
    parameters: Mapping[str, object] | None = None,
    call_id: object = None,
    extra: Mapping[str, object] | None = None,
) -> list[Record]:
    """Return a record for each answer that has a text, and count the others.

    Parameters
    ----------
    served
        As :func:`fullmenu.text.chat.said` and ``served`` find them, with log-probabilities.
    prompt, prompt_id
        What was asked, in any shape; and what names it, by default its text.
    model, time, score, fingerprint, call_id
        As they stand in the log.
    reasons
        Why each answer ended, as far as is said.
    parameters, extra
        Of the request, and what else the log tells; see :class:`fullmenu.samples.Record`.
    """
    question = asked(prompt)
    name = None if model is None else dump(model)
    when = scalars.time(time)
    mark = scalars.number(score)
    print_of, call = (None if x is None else dump(x) for x in (fingerprint, call_id))
    return [
        Record(
            text,
            question,
            prompt_id,
            name,
            when,
            mark,
            logprobs=logprobs(answer.logprobs, log),
            finish_reason=None if reason is None else dump(reason),
            system_fingerprint=print_of,
            parameters=parameters,
            call_id=call,
            extra=extra,
        )
        for answer, reason in zip(served, chain(reasons, repeat(None)), strict=False)
        if (text := log.text(answer)) is not None
    ]
