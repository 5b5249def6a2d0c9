"""Bodies of responses, alone, beside their request, or as the lines of a batch."""

from __future__ import annotations

import re

from fullmenu.readers.fields import is_random, parameters
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import requested
from fullmenu.text.encoding import dump
from fullmenu.text.json_values import Object, first, is_object
from fullmenu.text.wrappings import served

_SAMPLE = re.compile(r"[-_./:#](?:s|sample|rep|repeat|run|epoch)[-_]?\d+$", re.IGNORECASE)
NAMES = ("custom_id", "key", "recordId")
"""What names a request of a batch."""
_MODELS = ("model", "model_version", "modelVersion", "modelId")


def completion(
    body: object,
    request: object,
    prompt_id: str | None,
    log: Ledger,
    *,
    model: object = None,
    time: object = None,
    prompt: str | None = None,
) -> list[Record]:
    """Return the answers in the body of a response.

    Without a prompt, only answers in the same response are known to answer the same one.

    Parameters
    ----------
    body
        Of the response, in any provider's shape.
    request
        Its request, if it is known.
    prompt_id
        What names the prompt.
    log
        Where it is said how the response was read.
    model, time
        Where they stand beside the body.
    prompt
        The prompt, where it was read before.
    """
    if not is_object(body):
        raise TypeError("the body is no object")
    said = served(body)
    prompt = prompt or requested(request)
    call = first(body, "id", "response_id", "responseId")
    if prompt is None and prompt_id is None:
        several = len(said) > 1
        prompt_id = str(call or log.position) if several else ""
        log.say(
            "responses without their request: each answers a prompt of its own"
            if several
            else "responses without their request: taken as answers to one prompt"
        )
    named = first(body, *_MODELS) or first(request, *_MODELS) or model
    written = first(body, "created", "created_at", "create_time", "createTime") or time
    return answers(
        said,
        log,
        prompt,
        prompt_id,
        model=named,
        time=written,
        call_id=call,
        parameters=parameters(None, request or body),
        fingerprint=body.get("system_fingerprint"),
        once=(call, hash(dump(body))) if is_random(call) else (),
    )


def batched(
    value: Object, body: object, failed: object, log: Ledger, model: object = None
) -> list[Record]:
    """Return the answers in a line of a batch's output.

    Parameters
    ----------
    value
        The line; the request in it is read, or else that of the same name in the request file.
    body
        Of the response.
    failed
        What is said of a failure.
    log
        As of :func:`completion`.
    model
        Where it stands beside the body.
    """
    if failed or not is_object(body):
        status = f" with status {failed}" if type(failed) is int else ""
        log.skip(f"requests of a batch that failed{status}")
        return []
    own = first(value, "request", "modelInput")
    name = first(value, *NAMES)
    if own is not None or name is None:
        return completion(body, own, None, log, model=model)
    custom = str(name)
    prompts: dict[str, str | None] | None = log.shared.get("prompts")
    prompt, prompt_id = None, custom
    if prompts is None:
        prompt_id = _SAMPLE.sub("", custom)
        field = next(n for n in NAMES if value.get(n))
        numbered = " without its sample's number" if prompt_id != custom else ""
        log.say(
            "responses of a batch without its request file (--requests): "
            f"{field}{numbered} is taken as the prompt's id"
        )
    elif (prompt := prompts.get(custom)) is None:
        log.say("some responses have no request of their custom_id: each is a prompt of its own")
    name_of_prompt = prompt_id if prompt is None else None
    return completion(body, None, name_of_prompt, log, prompt=prompt, model=model)
