"""A trial of arms: each asks the same prompts, and what came is read as outputs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from fullmenu.cure.arms.arm import CureArm
from fullmenu.cure.arms.registry import DEFAULT, arm_of
from fullmenu.cure.arms.surplus import Surplus
from fullmenu.errors import BadInput
from fullmenu.samples import Record, Samples
from fullmenu.sampling.budget import Budget
from fullmenu.sampling.functions import Function, target_of
from fullmenu.sampling.journal import Journal
from fullmenu.sampling.prompt_list import Prompts, prompts_of
from fullmenu.sampling.request import Target
from fullmenu.sampling.run import Progress, collect
from fullmenu.text.chat import said


@dataclass(frozen=True)
class ArmLog:
    """What an arm brought.

    Parameters
    ----------
    name, about
        What it is called, and what it does.
    samples
        Its outputs, under the prompts that they stand for; before any are picked.
    replies, unread
        Replies that came, and those that cannot be read as a list of answers.
    asked
        Outputs of a prompt that were asked for, those of unread replies among them.
    read, written
        Tokens; 0 where nobody counted them.
    seconds
        How long each request took.
    keeps, method
        Of each prompt so many outputs are picked, by which method; 0: all are kept.
    stopped
        Why it ended before it was done; empty where it was not.
    """

    name: str
    samples: Samples
    about: str = ""
    replies: int = 0
    unread: int = 0
    asked: int = 0
    read: int = 0
    written: int = 0
    seconds: Sequence[float] = ()
    keeps: int = 0
    method: str = ""
    stopped: str = ""
    remarks: tuple[str, ...] = field(default=())


def try_arms(
    prompts: Prompts,
    target: Target | Function,
    n: int = 10,
    *,
    arms: Sequence[str] = DEFAULT,
    parameters: Mapping[str, Any] | None = None,
    folder: str | Path | None = None,
    seed: int | None = None,
    concurrency: int = 8,
    per_request: int | None = None,
    budget: Budget | None = None,
    progress: Callable[[str], Progress | None] | None = None,
) -> list[ArmLog]:
    """Ask a model the same prompts in several ways.

    Parameters
    ----------
    prompts, target
        As in :func:`fullmenu.sampling.sample`.
    n
        Outputs of each prompt that each arm is to bring.
    arms
        Their names; see :func:`fullmenu.cure.arm_of`. The first is what the others are held
        against.
    parameters
        Of the model, for all arms.
    folder
        Where each arm's replies are kept, a file an arm: a trial that was stopped goes on there.
    seed, concurrency, per_request
        As in :func:`fullmenu.sampling.sample`.
    budget
        What all may cost; each arm gets an equal part.
    progress
        Called with an arm's name, returns what is called with its :class:`Status`.

    Returns
    -------
    list of ArmLog
        In the order of the arms; :func:`fullmenu.cure.compare_arms` weighs them.

    Raises
    ------
    BadInput
        Fewer than two arms, one of them twice, or what :func:`fullmenu.sampling.sample` refuses.
    UnknownName
        There is no such arm.
    Unreachable
        The target cannot be asked; what came before is in the folder.

    Examples
    --------
    >>> from itertools import cycle
    >>> fruits = cycle(["fig", "kiwi", "plum"])
    >>> logs = try_arms(
    ...     ["Name a fruit."], lambda prompt: next(fruits), 3, arms=["plain", "persona"]
    ... )
    >>> [(log.name, log.samples.outputs) for log in logs]
    [('plain', ['fig', 'kiwi', 'plum']), ('persona', ['fig', 'kiwi', 'plum'])]
    """
    ways = arms_of(arms)
    asked, model = prompts_of(prompts), target_of(target)
    if n < 2:
        raise BadInput(f"n={n}: variety needs 2 outputs of each prompt or more, best 10")
    share = part_of(budget, len(ways))
    logs = []
    for arm in ways:
        plan = arm.plan(
            asked, n, parameters or {}, per_request=per_request or model.per_request, seed=seed
        )
        rows: list[Mapping[str, Any]] = []
        path = None if folder is None else Path(folder) / f"{file_name(arm.name)}.jsonl"
        outcome = collect(
            plan,
            model,
            None if path is None else Journal(path),
            parameters={**(parameters or {}), **arm.parameters},
            concurrency=concurrency,
            budget=share,
            progress=progress(arm.name) if progress else None,
            keep=rows.append if path is None else None,
        )
        if outcome.interrupted:
            raise KeyboardInterrupt
        log = log_of(arm, rows if path is None else _lines(path), n)
        logs.append(replace(log, stopped=outcome.stopped, remarks=tuple(outcome.remarks)))
    return logs


def arms_of(names: Sequence[str]) -> list[CureArm]:
    """Return arms by their names: two or more, each once."""
    arms = [arm_of(name) for name in names]
    called = [arm.name for arm in arms]
    if len(arms) < 2 or len(set(called)) < len(called):
        raise BadInput(
            f"the arms {', '.join(called) or 'none'}: give two or more, each once; the first is "
            "what the others are held against, such as plain"
        )
    return arms


def part_of(budget: Budget | None, arms: int) -> Budget | None:
    """Return each arm's part of a budget.

    >>> part_of(Budget(requests=100), 3)
    Budget(requests=33, tokens=None, money=None, prices=None)
    """
    if budget is None:
        return None
    requests, tokens = (
        None if x is None else max(x // arms, 1) for x in (budget.requests, budget.tokens)
    )
    money = None if budget.money is None else budget.money / arms
    return Budget(requests, tokens, money, budget.prices)


def log_of(arm: CureArm, rows: Iterable[Mapping[str, Any]], n: int) -> ArmLog:
    """Read an arm's replies, as they stand in a file, as outputs."""
    records, replies, unread = [], 0, 0
    slots: dict[str, int] = {}
    read = written = 0
    seconds = []
    ordered = sorted(rows, key=lambda row: (row.get("turn", 0), row.get("sample_index", 0)))
    for row in ordered:
        base = str(row.get("base_id", row["prompt_id"]))
        answer = said(row["output"]).text or ""
        outputs = arm.outputs(answer)
        replies += 1
        unread += outputs is None
        begin = slots.get(base, 0)
        slots[base] = begin + arm.each
        for place, text in enumerate(outputs or ()):
            records.append(
                Record(
                    text,
                    row.get("base_prompt", row.get("prompt")),
                    base,
                    row.get("model"),
                    sample_index=begin + place,
                    source=arm.name,
                    finish_reason=row.get("finish_reason"),
                )
            )
        usage = row.get("usage") or {}
        read += int(usage.get("prompt_tokens") or 0)
        written += int(usage.get("completion_tokens") or 0)
        if usage and "seconds" in row:
            seconds.append(float(row["seconds"]))
    keeps = n if isinstance(arm, Surplus) else 0
    return ArmLog(
        arm.name,
        Samples.from_records(records),
        arm.about,
        replies,
        unread,
        int(np.median([*slots.values()])) if slots else 0,
        read,
        written,
        tuple(seconds),
        keeps,
        arm.method if isinstance(arm, Surplus) else "",
    )


def read_log(path: str | Path) -> ArmLog | None:
    """Read a file that :func:`try_arms` wrote; ``None`` where it is another log."""
    path = Path(path)
    try:
        rows = _lines(path)
        names = {row["arm"] for row in rows}
        arm = arm_of(names.pop()) if len(names) == 1 else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if arm is None:
        return None
    log = log_of(arm, rows, 0)
    from fullmenu.cure.arms.surplus import TIMES

    return replace(log, keeps=max(log.asked // TIMES, 1)) if log.method else log


def file_name(name: str) -> str:
    """Return a name that any file system takes.

    >>> file_name("temperature=1.3+min_p=0.1")
    'temperature-1.3-min_p-0.1'
    """
    return re.sub(r"[^\w.-]+", "-", name)


def _lines(path: Path) -> list[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if not line.isspace()]
