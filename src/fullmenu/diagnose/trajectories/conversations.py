"""Trajectories out of logs: conversations with tool calls, or model calls that share a trace."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from fullmenu.diagnose.trajectories.trajectory import Step, Trajectory
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.readers.reader import read_with_calls
from fullmenu.readers.replies import calls_of
from fullmenu.samples import Samples
from fullmenu.text.chat import CALL, RESULT, TEXT, Said, asked, is_call, is_message, parts_of, said
from fullmenu.text.encoding import dump, unquote
from fullmenu.text.json_values import Object, first, is_list, is_object

Runs: TypeAlias = "str | Path | Samples | Iterable[Any]"

_TASK = ("task_id", "instance_id", "problem_id", "prompt_id", "question_id", "task", "problem")
_RUN = ("run_id", "run", "trial", "id", "session_id", "traceId", "trace_id")
_TRACE = ("traceId", "trace_id", "session_id", "sessionId", "run_id", "conversation_id")
_SUCCESS = (
    "success", "successful", "succeeded", "resolved", "solved", "passed", "is_correct", "correct",
    "reward", "score",
)  # fmt: skip
_INSIDE = ("info", "result", "results", "metrics", "evaluation", "eval", "reward_info", "metadata")
_IDS = ("tool_call_id", "toolCallId", "tool_use_id", "toolUseId", "call_id", "callId", "id")
_TIMES = (
    "startTimeUnixNano",
    "timestamp",
    "time",
    "created_at",
    "startTime",
    "start_time",
    "start",
)
_RESULT_ROLES = {"tool", "function", "observation", "ipython", "toolmessage"}
_HELD = ("content", "output", "response", "result", "value", "text")
_TOOLS = ("tool", "tool_name", "toolName", "action")
_GIVEN = ("arguments", "args", "input", "tool_input", "action_input", "parameters")
_CAME = ("result", "observation", "output", "response")
_DEPTH = 3


def read_runs(runs: Runs, *, success: float = 1.0) -> list[Trajectory]:
    """Return the runs of an agent in a log.

    Parameters
    ----------
    runs
        A file; records; conversations; trajectories; or samples, whose outputs are model calls
        with the tools they called (as spans of OpenTelemetry are read). A record is a run where it
        holds a conversation, such as ``messages`` or ``traj``; or it is one model call of a run,
        which ``traceId``, ``run_id`` or ``session_id`` names. The task is ``task_id``,
        ``instance_id`` or ``prompt_id``, or else what the user asked first; success is
        ``success``, ``resolved``, ``reward`` … (true, or a number).
    success
        A run with this number or more succeeded.

    Raises
    ------
    BadInput
        The file cannot be read.
    NotEnoughData
        It holds no tool call.

    Examples
    --------
    >>> turns = [
    ...     {"role": "user", "content": "Which fruit is ripe?"},
    ...     {"role": "assistant", "content": None, "tool_calls": [
    ...         {"id": "c1", "function": {"name": "look", "arguments": '{"at": "fig"}'}}]},
    ...     {"role": "tool", "tool_call_id": "c1", "content": "ripe"}]
    >>> (run,) = read_runs([{"messages": turns, "reward": 1}])
    >>> run.task, run.success, run.steps[0].call, run.steps[0].result
    ('Which fruit is ripe?', True, ('look', '{"at": "fig"}'), 'ripe')
    """
    if isinstance(runs, Samples):
        found = _of_samples(runs, success)
    elif isinstance(runs, (str, Path)):
        records = _records_in(Path(runs))
        found = [] if records is None else _of_records(records, success)
        if not any(run.steps for run in found):
            found = _of_samples(read_with_calls(runs), success)
    else:
        given = list(runs)
        made = [run for run in given if isinstance(run, Trajectory)]
        found = made + _of_records(
            [run for run in given if not isinstance(run, Trajectory)], success
        )
    if not any(run.steps for run in found):
        raise NotEnoughData(
            f"{len(found)} runs hold no tool call; give a log with messages and their tool_calls, "
            "or records with steps: a list of name, arguments and result"
        )
    return found


def _records_in(path: Path) -> list[Any] | None:
    """Return the records of a file of JSON or JSON lines; ``None`` of any other."""
    try:
        text = path.read_text("utf-8-sig", errors="replace")
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from error
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        held = json.loads(text)
    except ValueError:
        held = None
    if is_object(held):
        lists = [v for v in held.values() if is_list(v) and all(map(is_object, v))]
        runs = next((v for v in lists if any(_turns(record) for record in v[:20])), None)
        return [held] if _turns(held) or runs is None else list(runs)
    if is_list(held):
        return [held] if _steps(held) else list(held)
    records = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except ValueError as error:
                raise BadInput(f"line {number} of {path} is no JSON: {error}") from error
    return records


def _of_records(records: Sequence[Any], least: float) -> list[Trajectory]:
    runs: list[Trajectory] = []
    traces: dict[str, list[Object]] = {}
    for number, record in enumerate(records, 1):
        if is_list(record):
            record = {"messages": record}
        if not is_object(record):
            raise BadInput(
                f"record {number} is {type(record).__name__}; give an object with messages"
            )
        trace = first(record, *_TRACE)
        of_span = "output" in record or "response" in record or "spanId" in record
        if trace is not None and of_span:
            traces.setdefault(str(trace), []).append(record)
        else:
            runs.append(_run(record, _turns(record), str(first(record, *_RUN) or number), least))
    for name, spans in traces.items():
        spans.sort(key=lambda span: _time(span) or 0.0)
        before = [_listed(first(span, "input", "messages", "request")) for span in spans]
        after = [_listed(first(span, "output", "response")) or _turns(span) for span in spans]
        # each model call is handed all that came before, or its own part only
        whole = max(
            ([*b, *a] for b, a in zip(before, after, strict=True)), key=lambda t: len(_steps(t))
        )
        parts = [
            _timed(turn, span) for span, part in zip(spans, after, strict=True) for turn in part
        ]
        turns = whole if len(_steps(whole)) >= len(_steps(parts)) else parts
        run = _run(spans[-1], turns, name, least)
        if not first(spans[-1], *_TASK) and before:
            asks = _asked(before[0]) or _first_asked(spans[0])
            run = replace(run, task=asks or run.task)
        runs.append(run)
    return runs


def _run(record: Object, turns: Sequence[Any], name: str, least: float) -> Trajectory:
    task = first(record, *_TASK)
    return Trajectory(
        _asked(turns) if task is None else dump(task), _steps(turns), _success(record, least), name
    )


def _turns(record: object, depth: int = 0) -> list[Any]:
    """Return the list in a record that holds most calls."""
    most: list[Any] = []
    if not is_object(record) or depth > _DEPTH:
        return most
    for value in record.values():
        inner = unquote(value) if isinstance(value, str) and value[:1] in "[{" else value
        turns = list(inner) if is_list(inner) else _turns(inner, depth + 1)
        if turns and len(_steps(turns)) > len(_steps(most)):
            most = turns
    return most


def _listed(value: object) -> list[Any]:
    value = unquote(value)
    if is_object(value) and is_list(value.get("messages")):
        value = value["messages"]
    return list(value) if is_list(value) else [] if value is None else [value]


def _asked(turns: Sequence[Any]) -> str:
    user = [
        turn for turn in turns
        if is_object(turn) and str(turn.get("role", turn.get("from"))) in ("user", "human")
    ]  # fmt: skip
    return (asked([user[0]]) or "") if user and is_message(user[0]) else ""


def _timed(turn: Any, span: Object) -> Any:
    """Return a turn with the time of its span, where it has none of its own."""
    time = _time(span)
    return {"time": time, **turn} if is_object(turn) and time and _time(turn) is None else turn


def _first_asked(span: Object) -> str:
    """Return what the user asked first, wherever in a span the conversation stands."""
    held = span.get("attributes")
    lists = [unquote(value) for value in (held.values() if is_object(held) else ())]
    return next((text for turns in lists if is_list(turns) and (text := _asked(turns))), "")


def _success(record: Object, least: float) -> bool | None:
    inner = [record.get(name) for name in _INSIDE]
    places = [place for place in [record, *inner] if is_object(place)]
    for place in places:
        for name in _SUCCESS:
            value = place.get(name)
            if isinstance(value, (bool, int, float)):
                return value if isinstance(value, bool) else value >= least
    return None


def _time(held: Object) -> float | None:
    value = first(held, *_TIMES)
    if isinstance(value, str) and value.isdigit():
        value = int(value) / 1e9 if len(value) > 15 else int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) / (1000 if value > 1e11 else 1)
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
        except ValueError:
            return None
    return None


def _steps(turns: Sequence[Any]) -> list[Step]:
    """Return the calls in a conversation, or a list of steps, each with what came back."""
    steps: list[Step] = []
    at: dict[str, int] = {}  # place of a call by its id
    waiting: list[int] = []  # calls without a result yet
    for turn in turns:
        if not is_object(turn):
            continue
        time = _time(turn)
        for name, held in _events(turn):
            if name == CALL:
                step = _step(held, time)
                if step is None:
                    continue
                if step.result is None:
                    waiting.append(len(steps))
                    for one in {str(held[i]) for i in _IDS if held.get(i) is not None}:
                        at[one] = len(steps)
                steps.append(step)
            elif waiting:
                ids = [at[str(held[i])] for i in _IDS if str(held.get(i)) in at]
                place = next((i for i in ids if i in waiting), waiting[0])
                waiting.remove(place)
                steps[place] = replace(steps[place], result=_result(held))
    return steps


def _events(turn: Object) -> Iterator[tuple[str, Object]]:
    """Yield the calls and results in a turn, in order."""
    role = str(turn.get("role", turn.get("from", turn.get("type", "")))).lower()
    kind = str(turn.get("type", "")).lower()
    if role in _RESULT_ROLES or kind.endswith(("_output", "tool_result", "toolresult")):
        yield RESULT, turn
        return
    if kind.endswith("_call") or is_call(turn) or _is_step(turn):
        yield CALL, turn
        return
    if not is_message(turn):
        return
    if role == "function_call":
        held = unquote(first(turn, "value", "content"))
        if is_object(held):
            yield CALL, held
        return
    parts = parts_of(turn)
    for call in said({**turn, "role": "assistant"}).calls if role not in ("user", "human") else ():
        if is_object(call):
            yield CALL, call
    for part in parts:
        if part.kind == RESULT and is_object(part.whole):
            yield RESULT, part.whole


def _is_step(turn: Object) -> bool:
    """Tell a step that is written down plainly: a tool, what it was given, what came back."""
    if "role" in turn or "from" in turn:
        return False
    if isinstance(first(turn, *_TOOLS), str):
        return any(name in turn for name in (*_GIVEN, *_CAME))
    named = isinstance(turn.get("name"), str)
    return named and any(name in turn for name in ("arguments", "args"))


def _step(held: Object, time: float | None) -> Step | None:
    calls = calls_of(Said(calls=(held,)))
    if not calls:
        return None
    name, given = calls[0]["name"], unquote(calls[0]["arguments"])
    if _is_step(held):
        name = str(first(held, *_TOOLS, "name"))
        named = first(held, *_GIVEN)
        given = unquote(named) if named is not None else {}
    result = next((held[n] for n in _CAME if held.get(n) is not None), None)
    written = json.dumps(given, ensure_ascii=False, sort_keys=True, default=str)
    moment = _time(held)
    return Step(name, written, None if result is None else dump(result),
                time if moment is None else moment)  # fmt: skip


def _result(held: Object) -> str:
    inner = held.get("functionResponse")
    held = inner if is_object(inner) else held
    for name in _HELD:
        value = held.get(name)
        if is_list(value):
            texts = [part.text for part in parts_of({"content": value}) if part.kind == TEXT]
            return "".join(texts) if texts else dump(value)
        if value is not None:
            return dump(value)
    return ""


def _of_samples(samples: Samples, least: float) -> list[Trajectory]:
    """Return the calls of samples: those of one trace are one run, any other sample is one."""
    calls, ids = samples.column("calls"), samples.column("call_id")
    tasks, times = samples.column("prompt_id"), samples.column("time")
    scores = samples.column("score")
    runs: dict[str, list[int]] = {}
    for row, call_id in enumerate(ids):
        trace = str(call_id).rpartition("/")[0] if call_id and "/" in str(call_id) else f"#{row}"
        runs.setdefault(trace, []).append(row)
    made = []
    for name, rows in runs.items():
        rows.sort(key=lambda row: times[row].timestamp() if times[row] else 0.0)
        steps = [
            Step(call["name"], call["arguments"], None,
                 times[row].timestamp() if times[row] else None)
            for row in rows
            for call in calls[row] or ()
        ]  # fmt: skip
        score = scores[rows[-1]]
        made.append(
            Trajectory(tasks[rows[0]], steps, None if score is None else score >= least, name)
        )
    return made
