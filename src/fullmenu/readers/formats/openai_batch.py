"""The output of an OpenAI batch.

The prompts are in the request file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fullmenu.errors import BadInput
from fullmenu.readers.formats import jsonl
from fullmenu.readers.formats.openai_chat import completion
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.sources import Source, resolve
from fullmenu.readers.streams import opened
from fullmenu.samples import Record
from fullmenu.text.chat import requested
from fullmenu.text.json_values import Object, holds, is_object

_SAMPLE = re.compile(r"[-_./:#](?:s|sample|rep|repeat|run|epoch)[-_]?\d+$", re.IGNORECASE)


def recognise(value: object) -> bool:
    """Tell by ``custom_id`` and ``response``."""
    return holds(value, "custom_id") and ("response" in value or "body" in value)


def prepare(head: Sequence[object], log: Ledger) -> None:
    """Read the prompts of the request file, once."""
    if log.requests is not None and "prompts" not in log.shared:
        log.shared["prompts"] = _prompts(log.requests, log)


def records(value: Object, log: Ledger) -> Iterable[Record]:
    """Return the choices of one response of a batch."""
    if not recognise(value):
        raise Reject("no custom_id and response")
    if "response" not in value:
        raise Reject("a batch's request, not its output: give this file as --requests")
    response = value["response"]
    if value.get("error") or not is_object(response):
        log.skip("requests of a batch that failed")
        return []
    if (status := response.get("status_code", 200)) != 200:
        log.skip(f"requests of a batch that failed with status {status}")
        return []
    custom = str(value["custom_id"])
    prompts: dict[str, str | None] | None = log.shared.get("prompts")
    prompt, prompt_id = None, custom
    if prompts is None:
        prompt_id = _SAMPLE.sub("", custom)
        numbered = " without its sample's number" if prompt_id != custom else ""
        log.say(
            "responses of a batch without its request file (--requests): "
            f"custom_id{numbered} is taken as the prompt's id"
        )
    elif (prompt := prompts.get(custom)) is None:
        log.say("some responses have no request of their custom_id: each is a prompt of its own")
    return completion(response["body"], prompt, prompt_id if prompt is None else None, log)


def _prompts(source: Source, outer: Ledger) -> dict[str, str | None]:
    """Return ``{custom_id: prompt}``; equal prompts share one string."""
    found: dict[str, str | None] = {}
    shared: dict[str, str] = {}
    log = Ledger()
    files, _ = resolve(source)
    for file in files:
        with opened(file) as stream:
            log.begin(file.name)
            for _, value in jsonl.items(stream, log):
                if holds(value, "custom_id"):
                    prompt = requested(value.get("body"))
                    found[str(value["custom_id"])] = prompt and shared.setdefault(prompt, prompt)
    if log.rejected:
        outer.say(f"lines of the request file that could not be read: {log.rejected:,}")
    if not shared:
        names = ", ".join(f.name for f in files)
        raise BadInput(
            f"{names} is not the request file of a batch: no line has a custom_id and a body with "
            "messages. Give the file that was uploaded, not the output"
        )
    return found


FORMAT = Shape("openai-batch", "OpenAI batch output", recognise, records, prepare)
