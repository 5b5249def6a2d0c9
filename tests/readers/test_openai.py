"""OpenAI completions and batches."""

import json
from pathlib import Path

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read

MENU = {"Name a fruit.": ["fig", "kiwi", "fig"], "Name a tree.": ["oak", "ash", "oak"]}


def test_completions_beside_their_requests(load, groups):
    samples = load("openai_pairs.jsonl")
    assert groups(samples) == MENU
    assert samples.models == ["gpt-4o-mini-2024-07-18"]
    assert "not read: messages with tool calls and no text (1)" in samples.notes


def test_bare_completions_share_a_prompt_only_within_a_response(load, groups):
    assert list(groups(load("openai_chat.jsonl")).values()) == list(MENU.values())
    assert load("openai_one.json").outputs == MENU["Name a fruit."]
    assert load("openai_completions.jsonl").outputs == ["fig", "kiwi"]


def test_bare_completions_of_one_choice(load, write):
    body = json.loads(Path(_fixture("openai_one.json")).read_text())
    lines = [json.dumps({**body, "id": f"c{i}", "choices": body["choices"][:1]}) for i in range(3)]
    samples = read(write("x.jsonl", "\n".join(lines)))
    assert samples.n_prompts == 1, "an id of a call is not an id of a prompt"
    assert any("without their request" in note for note in samples.notes)


def test_batch_with_its_requests(load, groups):
    samples = load("openai_batch_output.jsonl", requests=_fixture("openai_batch_requests.jsonl"))
    assert {p: sorted(o) for p, o in groups(samples).items()} == {
        p: sorted(o) for p, o in MENU.items()
    }
    assert "not read: requests of a batch that failed (1)" in samples.notes


def test_batch_without_its_requests(load, groups):
    samples = load("openai_batch_output.jsonl")
    assert sorted(groups(samples)) == ["p0", "p1"]
    assert any("--requests" in note for note in samples.notes)


def test_numbered_requests_are_not_samples_of_one_prompt(write):
    body = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "fig"}}]}
    ids = ["request-1", "request-2", "q_sample_1", "q_sample_2"]
    lines = [{"custom_id": i, "response": {"status_code": 200, "body": body}} for i in ids]
    samples = read(write("x.jsonl", "\n".join(map(json.dumps, lines))))
    assert samples.prompt_ids == ["request-1", "request-2", "q"]


def test_requests_given_as_the_output(load):
    with pytest.raises(BadInput, match="a batch's request, not its output"):
        load("openai_batch_requests.jsonl")


def test_output_given_as_the_requests(load):
    with pytest.raises(BadInput, match="not the request file"):
        load("openai_batch_output.jsonl", requests=_fixture("openai_one.json"))


def test_refusal_is_what_was_served(write):
    message = {"role": "assistant", "content": None, "refusal": "I can't."}
    path = write("x.json", json.dumps({"choices": [{"index": 0, "message": message}]}))
    assert read(path).outputs == ["I can't."]


def test_responses_api(write):
    body = {
        "object": "response",
        "id": "r1",
        "model": "m",
        "output": [
            {"type": "reasoning", "summary": []},
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "fig"}],
            },
        ],
    }
    record = {"request": {"input": "Name a fruit."}, "response": body}
    for value in (body, record):
        assert read(write("x.json", json.dumps(value))).outputs == ["fig"]
    assert read(write("x.json", json.dumps(record))).prompt_ids == ["Name a fruit."]


def _fixture(name):
    return str(Path(__file__).parent / "fixtures" / name)
