"""What a log tells of the call behind an output: why it ended, with which parameters, which id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fullmenu.readers import read
from fullmenu.samples import Samples

BODY = {
    "id": "chatcmpl-7",
    "object": "chat.completion",
    "system_fingerprint": "fp_7",
    "choices": [
        {"message": {"role": "assistant", "content": "fig"}, "finish_reason": "stop"},
        {"message": {"role": "assistant", "content": "kiwi and"}, "finish_reason": "length"},
    ],
}
SPAN = {
    "name": "chat m",
    "context": {"trace_id": "0xa1", "span_id": "0xb2"},
    "attributes": {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.temperature": 0.3,
        "gen_ai.request.model": "m",
        "gen_ai.response.finish_reasons": ["max_tokens"],
        "gen_ai.output.messages": json.dumps(
            [{"role": "assistant", "parts": [{"type": "text", "content": "fig"}]}]
        ),
    },
}
OBSERVATION = {
    "id": "o-1",
    "type": "GENERATION",
    "traceId": "t-1",
    "input": "A fruit?",
    "output": "fig",
    "modelParameters": {"temperature": "0.3"},
    "environment": "production",
}
SAMPLE = {
    "id": 1,
    "uuid": "u-1",
    "input": "A fruit?",
    "output": {
        "choices": [
            {"message": {"role": "assistant", "content": "fig"}, "stop_reason": "max_tokens"}
        ]
    },
    "metadata": {"level": 3},
}
INSPECT = {"eval": {"model_generate_config": {"temperature": 0.3}}, "samples": [SAMPLE]}
ROW = {"prompt": "p", "output": "a", "finishReason": "stop", "temperature": 0.3, "request_id": 5}


def of(tmp_path: Path, *values: dict[str, Any]) -> Samples:
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return read(path)


@pytest.mark.parametrize(
    ("value", "reason", "call", "further"),
    [
        (ROW | {"step": 4}, "stop", "5", {"temperature": 0.3, "step": 4}),
        (SPAN, "max_tokens", "0xa1/0xb2", {"temperature": 0.3}),
        (OBSERVATION, None, "o-1", {"temperature": "0.3", "environment": "production"}),
        (INSPECT, "max_tokens", "u-1", {"temperature": 0.3, "level": 3}),
        (BODY | {"request": {"prompt": "A fruit?", "seed": 1}}, "stop", "chatcmpl-7", {"seed": 1}),
    ],
    ids=["table", "otel", "langfuse", "inspect", "openai"],
)
def test_what_is_told(
    tmp_path: Path, value: Any, reason: str, call: str, further: dict[str, Any]
) -> None:
    samples = of(tmp_path, value)
    assert samples.column("finish_reason")[0] == reason
    assert samples.column("call_id")[0] == call
    assert {name: samples.column(name)[0] for name in samples.further} == further


def test_choices_of_one_call_end_each_for_a_reason(tmp_path: Path) -> None:
    samples = of(tmp_path, BODY)
    assert samples.column("finish_reason") == ["stop", "length"]
    assert samples.column("system_fingerprint") == ["fp_7", "fp_7"]
    assert samples.column("call_id") == ["chatcmpl-7"] * 2


def test_a_short_or_repeated_id_is_not_a_calls(tmp_path: Path) -> None:
    rows = [{"id": n // 2, "prompt": f"p{n // 2}", "output": "x"} for n in range(4)]
    samples = of(tmp_path, *rows)
    assert samples.column("call_id") == [None] * 4
    assert samples.column("id") == [0, 0, 1, 1]


def test_a_column_that_begins_late_is_kept(tmp_path: Path) -> None:
    rows = [{"prompt": "p", "output": "x"}] * 40 + [{"prompt": "p", "output": "y", "step": 1}]
    assert of(tmp_path, *rows).column("step") == [None] * 40 + [1]
