"""The output of an OpenAI batch.

The prompts are in the request file.
"""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.errors import BadInput
from fullmenu.readers.bodies import NAMES, batched
from fullmenu.readers.formats import jsonl
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.sources import Source, resolve
from fullmenu.readers.streams import opened
from fullmenu.samples import Record
from fullmenu.text.chat import requested
from fullmenu.text.json_values import Object, at, first, holds

_REQUESTS = ("body", "params", "request", "modelInput")


def recognise(value: object) -> bool:
    """Tell by ``custom_id`` and ``response``."""
    return holds(value, "custom_id") and ("response" in value or "body" in value)


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the choices of one response of a batch."""
    if not recognise(value):
        raise Reject("no custom_id and response")
    if "response" not in value:
        raise Reject("a batch's request, not its output: give this file as --requests")
    response = value["response"]
    status = at(response, "status_code")
    failed = value.get("error") or (None if status == 200 else status)
    return batched(value, at(response, "body"), failed, log)


def read_requests(head: Sequence[object], log: Ledger) -> None:
    """Read the prompts of the request file, once."""
    if log.requests is not None and "prompts" not in log.shared:
        log.shared["prompts"] = _prompts(log.requests, log)


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
                if (name := first(value, *NAMES)) is not None:
                    prompt = requested(first(value, *_REQUESTS))
                    found[str(name)] = prompt and shared.setdefault(prompt, prompt)
    if log.rejected:
        outer.say(f"lines of the request file that could not be read: {log.rejected:,}")
    if not shared:
        names = ", ".join(f.name for f in files)
        raise BadInput(
            f"{names} is not the request file of a batch: no line has a custom_id and a body with "
            "messages. Give the file that was uploaded, not the output"
        )
    return found


FORMAT = Shape("openai-batch", "OpenAI batch output", recognise, records, read_requests)
