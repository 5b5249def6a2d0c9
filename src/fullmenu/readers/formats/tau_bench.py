"""Runs of tau-bench and tau2-bench: a model, its tools and a simulated user.

The output is what the model said last, its ``calls`` are those of the whole run. What the simulated
user says differs from run to run, so the task is the prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import NO_TURN, Said, is_own, said
from fullmenu.text.encoding import dump
from fullmenu.text.json_values import Object, at, holds, is_object, listed

_TOLD = ("reason_for_call", "known_info", "unknown_info", "task_instructions")


def recognise(value: object) -> bool:
    """Tell by ``task_id``, ``reward`` and ``traj``, or ``simulations`` with ``tasks``."""
    return holds(value, "task_id", "reward", traj=list) or holds(
        value, simulations=list, tasks=list
    )


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield the last words of the model in each run."""
    if not recognise(value):
        raise Reject("no task_id, reward and traj")
    if "traj" in value:
        return iter(_run(value, log))
    model = at(value, "info", "agent_info", "llm")
    tasks = {dump(at(task, "id")): task for task in listed(value["tasks"])}
    read = partial(_run, log=log, model=model, tasks=tasks)
    return log.each(listed(value["simulations"]), "not a run of tau2-bench", read)


def _run(
    run: object, log: Ledger, model: object = None, tasks: Mapping[str, object] | None = None
) -> list[Record]:
    if not is_object(run):
        raise TypeError("no object")
    turns = [
        said(turn)
        for turn in listed(run.get("traj") or run.get("messages"))
        if is_object(turn) and turn.get("role") == "assistant" and is_own(turn)
    ]
    calls = tuple(call for turn in turns for call in turn.calls)
    words = [turn for turn in turns if turn.text]
    last = words[-1]._replace(calls=calls) if words else Said(missing=NO_TURN)
    task = dump(run.get("task_id"))
    told = {name: run[name] for name in ("trial", "seed", "termination_reason") if name in run}
    return answers(
        [last],
        log,
        at(run, "info", "task", "instruction") or _asked((tasks or {}).get(task)),
        task,
        model=model,
        time=run.get("start_time"),
        score=run.get("reward", at(run, "reward_info", "reward")),
        call_id=run.get("id"),
        extra=told,
    )


def _asked(task: object) -> str | None:
    """Return what the simulated user of tau2-bench is told to ask for."""
    told = at(task, "user_scenario", "instructions")
    parts = [told.get(name) for name in _TOLD] if is_object(told) else [told]
    return "\n".join(part for part in parts if isinstance(part, str)) or None


FORMAT = Shape("tau-bench", "tau-bench runs", recognise, records)
