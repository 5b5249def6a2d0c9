"""Rollouts of verifiers, as its evaluations and prime-rl write them.

An episode holds a trace for each agent, and a trace a graph of messages: the output is what was
said last on the last branch, with its log-probabilities; ``calls`` are those of the whole run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.readers.scalars import number
from fullmenu.samples import Record
from fullmenu.text.chat import NO_TURN, Said, said
from fullmenu.text.encoding import dump
from fullmenu.text.json_values import Object, at, first, holds, is_object, listed


def recognise(value: object) -> bool:
    """Tell by ``task`` and ``traces``, or ``task`` and ``nodes``."""
    return holds(value, task=dict, traces=list) or holds(value, task=dict, nodes=list)


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield the last words of every agent that is trained."""
    if not recognise(value):
        raise Reject("no task and traces")
    if "nodes" in value:
        return iter(_outputs(value, log, {}))
    if not value["traces"]:
        log.skip("episodes without a trace")
    work = at(value, "run", "work")
    about = {
        "env": first(value.get("env"), "name", "id"),
        "run": at(value, "run", "name"),
        "step": at(work, "step"),
        "work": at(work, "type"),
    }
    read = partial(_outputs, log=log, about=about)
    return log.each(listed(value["traces"]), "not a trace of verifiers", read)


def _outputs(trace: object, log: Ledger, about: Object) -> list[Record]:
    if not is_object(trace):
        raise TypeError("no object")
    agent = at(trace, "agent", "name")
    if at(trace, "agent", "trainable") is False:
        log.skip("traces of agents that are not trained")
        return []
    nodes = [node if is_object(node) else {} for node in listed(trace.get("nodes"))]
    branch = _branch(nodes)
    turns = [said(node.get("message")) for node in nodes if node.get("sampled")]
    own = [i for i in branch if nodes[i].get("sampled")]
    call: Object = {}
    last = Said(missing=NO_TURN)
    if own:
        call = _call_of(own[-1], trace)
        last = said(trace.get("root_reply") or nodes[own[-1]].get("message"))._replace(
            calls=tuple(one for turn in turns for one in turn.calls),
            logprobs=None if trace.get("root_reply") else nodes[own[-1]].get("logprobs") or None,
            finish_reason=call.get("finish_reason"),
        )
    task = trace.get("task")
    key = first(task, "key", "hash")
    told = {**about, "agent": agent, "stop_condition": trace.get("stop_condition")}
    before = [nodes[i].get("message") for i in branch[: branch.index(own[0])]] if own else []
    return answers(
        [last],
        log,
        before or at(task, "data", "prompt"),
        None if key is None else "/".join(dump(x) for x in (key, agent) if x is not None),
        model=call.get("model") or at(trace, "agent", "config", "model"),
        time=nodes[own[-1]].get("timestamp") if own else None,
        score=_reward(trace.get("rewards")),
        call_id=trace.get("id"),
        parameters=call.get("sampling"),
        extra={name: value for name, value in told.items() if value is not None},
        once=(trace.get("id"),),
    )


def _branch(nodes: Sequence[Object]) -> list[int]:
    """Return the last branch of the graph of messages, from its root."""
    path = [len(nodes) - 1] if nodes else []
    while path and isinstance(parent := nodes[path[-1]].get("parent"), int):
        if not 0 <= parent < path[-1]:  # a message stands behind the one that it answers
            break
        path.append(parent)
    return path[::-1]


def _call_of(node: int, trace: Object) -> Object:
    """Return the call of a model that gave a message."""
    calls = (call for call in listed(trace.get("calls")) if at(call, "node") == node)
    return next(filter(is_object, calls), {})


def _reward(rewards: object) -> float | None:
    """Return the sum of all rewards, each times its weight; ``None`` where none was given."""
    given = (
        [reward for reward in rewards.values() if is_object(reward)] if is_object(rewards) else []
    )
    worth = [(number(reward.get("score")), number(reward.get("weight", 1))) for reward in given]
    known = [score * weight for score, weight in worth if score is not None and weight is not None]
    return sum(known) if known else None


FORMAT = Shape("verifiers", "verifiers rollouts", recognise, records)
