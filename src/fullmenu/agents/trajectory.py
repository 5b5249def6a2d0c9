"""Trajectories: the tool calls of a run, in order, with what came back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.readers.reader import read
from fullmenu.readers.replies import calls_of
from fullmenu.samples import Record, Samples
from fullmenu.text.chat import said
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import is_list, is_object, listed

TURNS = ("messages", "traj", "trajectory", "conversation", "history")
"""Fields of a record that hold the turns of a run."""
TASKS = ("task_id", "prompt_id", "task", "id", "question_id", "prompt")
SCORES = ("score", "reward", "success", "resolved", "passed")
RUNS = ("run_id", "trial", "call_id", "seed", "epoch", "sample_index")


@dataclass(frozen=True, slots=True)
class Step:
    """A tool call: the tool, its arguments as JSON, and its result; ``None`` where not logged."""

    tool: str
    arguments: str
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One run of an agent.

    Parameters
    ----------
    task
        What it was to do: runs of one task are compared with each other.
    run
        Its name, for reports.
    steps
        Its tool calls in order.
    score
        How well it did, where that is known.
    model
        Which agent.
    """

    task: str
    run: str
    steps: tuple[Step, ...]
    score: float | None = None
    model: str | None = None


def trajectories(source: str | PathLike[str] | Samples | Iterable[Any]) -> list[Trajectory]:
    """Return the runs of agents in a file, in samples, or in records.

    Parameters
    ----------
    source
        A JSONL or JSON file, or a list, of records with the turns of a run (``messages``, ``traj``)
        in the shape of OpenAI or Anthropic, and a task, a score and a run's name where there are
        such; a list of conversations; or anything that :func:`fullmenu.read` takes, whose outputs
        have calls. Results of tools are known of turns only.

    Raises
    ------
    NotEnoughData
        No tool call is in it.
    BadInput
        A file cannot be read.

    Examples
    --------
    >>> turns = [
    ...     {"role": "user", "content": "Weather?"},
    ...     {"role": "assistant", "tool_calls": [
    ...         {"id": "1", "function": {"name": "look_up", "arguments": '{"city": "Oslo"}'}}]},
    ...     {"role": "tool", "tool_call_id": "1", "content": "rain"},
    ...     {"role": "assistant", "content": "It rains."},
    ... ]
    >>> trajectories([turns])[0].steps
    (Step(tool='look_up', arguments='{"city": "Oslo"}', result='rain'),)
    """
    found = [] if isinstance(source, Samples) else [*_of_records(_records(source))]
    if not any(run.steps for run in found):
        found = _of_samples(source if isinstance(source, Samples) else read(source))
    if not any(run.steps for run in found):
        raise NotEnoughData(
            "no tool call was found; give records with messages whose turns hold tool_calls "
            "(OpenAI) or tool_use parts (Anthropic)"
        )
    return found


def paths(runs: Iterable[Trajectory], arguments: bool = False) -> Samples:
    """Return a run's way as an output: its tools in order, a row for each run.

    So every measure, ``check``, ``compare`` and ``watch`` take runs as they take outputs, with the
    view ``exact``: two runs of one task that call the same tools in the same order are one path.

    Parameters
    ----------
    runs
        The runs.
    arguments
        Whether arguments count too: then hardly any two runs are the same.

    Examples
    --------
    >>> runs = [Trajectory("t", str(k), (Step("look", "{}"), Step("book", "{}"))) for k in (0, 1)]
    >>> paths(runs).outputs
    ['look > book', 'look > book']
    """
    return Samples.from_records(
        Record(
            " > ".join(f"{s.tool}{s.arguments}" if arguments else s.tool for s in run.steps)
            or "(no call)",
            prompt=run.task, prompt_id=run.task, model=run.model, score=run.score,
            extra={"run": run.run},
        )
        for run in runs
    )  # fmt: skip


def _records(source: Any) -> Iterator[Any]:
    if not isinstance(source, (str, PathLike)):
        yield from source
        return
    path = Path(source)
    if not path.is_file() or path.suffix not in (".json", ".jsonl", ".ndjson"):
        return
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from error
    try:
        if path.suffix == ".json":
            held = json.loads(text)
            yield from held if is_list(held) else listed(held.get("simulations")) or [held]
            return
        for line in text.splitlines():
            if line.strip():
                yield json.loads(line)
    except (ValueError, AttributeError):
        return  # another format, which the readers know


def _of_records(records: Iterable[Any]) -> Iterator[Trajectory]:
    for number, record in enumerate(records, 1):
        if isinstance(record, Trajectory):
            yield record
            continue
        turns = record
        told: Mapping[str, Any] = {}
        if is_object(record):
            told = record
            turns = next((unquote(record[f]) for f in TURNS if f in record), None)
        if not is_list(turns):
            continue
        messages = [turn for turn in turns if is_object(turn)]
        task = next((told[f] for f in TASKS if told.get(f) is not None), None)
        if task is None:
            asked = [m.get("content") for m in messages if m.get("role") == "user"]
            task = asked[0] if asked else ""
        run = next((told[f] for f in RUNS if told.get(f) is not None), number)
        reward = told.get("reward_info")
        given = {**told, **reward} if is_object(reward) else told
        score = next((given[f] for f in SCORES if isinstance(given.get(f), (int, float))), None)
        yield Trajectory(
            task if isinstance(task, str) else json.dumps(task), str(run), steps_of(messages),
            None if score is None else float(score),
            told.get("model") if isinstance(told.get("model"), str) else None,
        )  # fmt: skip


def steps_of(messages: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Return the tool calls of a conversation in order, with their results by id, or by order."""
    steps: list[tuple[str | None, str, str]] = []
    results: dict[int, str] = {}
    for message in messages:
        if message.get("role") in ("tool", "function", "ipython"):
            _note(steps, results, message.get("tool_call_id"), message.get("content"))
            continue
        for part in listed(message.get("content")):
            if is_object(part) and part.get("type") == "tool_result":
                _note(steps, results, part.get("tool_use_id"), part.get("content"))
        if message.get("role") == "assistant":
            spoken = said(message)
            known = [call.get("id") if is_object(call) else None for call in spoken.calls]
            ids = [None if name is None else str(name) for name in known]
            for name, call in zip(ids, calls_of(spoken) or (), strict=True):
                steps.append((name, call["name"], _canonical(call["arguments"])))
    return tuple(
        Step(tool, arguments, results.get(k)) for k, (_, tool, arguments) in enumerate(steps)
    )


def _note(
    steps: Sequence[tuple[str | None, str, str]], results: dict[int, str], name: Any, content: Any
) -> None:
    """Note a result: of the last call of that id, or else of the first call without one."""
    named = [k for k, (known, *_) in enumerate(steps) if name is not None and known == name]
    open_ = [k for k in range(len(steps)) if k not in results]
    waiting = [k for k in named if k not in results] or (named if named else open_)
    if waiting:
        results[waiting[0]] = content if isinstance(content, str) else json.dumps(content)


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True, ensure_ascii=False)
    except ValueError:
        return arguments


def _of_samples(samples: Samples) -> list[Trajectory]:
    columns = (samples.column(name) for name in ("prompt_id", "calls", "score", "model"))
    return [
        Trajectory(
            task, str(number),
            tuple(Step(c["name"], _canonical(c["arguments"])) for c in calls or ()), score, model,
        )
        for number, (task, calls, score, model) in enumerate(zip(*columns, strict=True), 1)
    ]  # fmt: skip
