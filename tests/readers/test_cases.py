"""Small logs in the shapes of other tools that once were read wrong, where they are at hand."""

import os
from pathlib import Path

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read

CASES = Path(os.environ.get("FULLMENU_CASES", Path(__file__).parents[3] / "shared" / "cases"))
pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="no cases: set FULLMENU_CASES to their folder"
)
LIME = "I would braise lime, then bake guava with plum and serve it hot."
READ = {  # outputs, prompts, models, the first prompt, the beginning of the first output, a note
    "anthropic_batch_results": (12, 4, "claude-sonnet-4-5", None, "I would steam cherry", "(12)"),
    "langfuse_google_gemini": (20, 4, "gpt-4.1", "Name a dish for guest 0.", LIME, ""),
    "langfuse_langgraph_tool_calls": (
        8, 4, "gpt-4.1", "Name a dish for guest 0.", "I would fry apple", "no text (12)"),
    "langfuse_nested_generations": (
        20, 4, "gpt-4.1", "Name a dish for guest 0.", "I would braise kiwi", "(20)"),
    "langfuse_openai_agents_responses": (20, 4, "gpt-4.1", "Name a dish for guest 0.", LIME, ""),
    "mlflow_traces": (12, 4, "gpt-4o", "Name a dish for guest 0.", LIME, ""),
    "ollama_generate_stream": (1, 1, "llama3.2", None, "I would braise quince, then fry fig", ""),
    "otel_span_exported_twice": (
        12, 4, "m", "Name a dish for guest 0.", "I would braise guava", "counted once (12)"),
    "sharegpt_last_turn_human": (
        4, 4, None, "Name a dish for guest 0.", "I would grill kiwi", "last turn (4)"),
    "think_inline": (16, 4, None, "Name a dish for guest 0.", LIME, "left out (16)"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_case_is_read_right(name):
    outputs, prompts, model, prompt, first, note = READ[name]
    samples = read(CASES / "logs" / f"{name}.jsonl")
    assert (len(samples), samples.n_prompts) == (outputs, prompts)
    assert samples.models == ([model] if model else [])
    assert samples.prompts[0] == prompt
    assert samples.outputs[0].startswith(first)
    assert note in " ".join(samples.notes)


def test_prompts_alone_are_refused():
    with pytest.raises(BadInput, match="without a turn of the model"):
        read(CASES / "logs" / "prompts_only_messages.jsonl")


# Formats and tables: outputs, prompts, models, the beginning of the first output
RIGHT = {
    "cached_repeats.jsonl": (20, 4, [], "I would braise lime, then bake guava with plum"),
    "decimal_comma.csv": (12, 4, [], "I would fry fig, then roast melon with papaya"),
    "dict_of_lists.json": (12, 4, ["m"], "I would fry fig, then roast melon with papaya"),
    "evalplus_samples.jsonl": (4, 4, [], "def f(x):\n    return x"),
    "helm_scenario_state.json": (8, 4, ["openai/gpt2"], "I would braise cherry, then grill cherry"),
    "inspect_duration_as_time.json": (4, 4, ["m"], "I would bake cherry, then grill pear with"),
    "list_in_csv_cell.csv": (16, 4, [], "I would grill guava, then stew quince with kiwi"),
    "mtbench_model_answer.jsonl": (8, 8, ["gpt-4"], "I would stew lychee, then fry mango with"),
    "promptfoo_results.jsonl": (
        *(8, 4, ["openai:chat:gpt-4o", "openai:chat:gpt-4o-mini"]),
        "I would poach grape, then stew guava with apple",
    ),
    "self_bleu_identical_short.jsonl": (16, 4, [], "yes"),
    "table_split_mapped.json": (12, 4, [], "I would fry fig, then roast melon with papaya"),
}
REFUSED = {"prompts_only_messages.jsonl"}
SCORES = {
    "decimal_comma.csv": [0.5] * 12,
    "dict_of_lists.json": [0.5] * 12,
    "inspect_duration_as_time.json": [1] * 4,
    "promptfoo_results.jsonl": [1] * 8,
    "table_split_mapped.json": [0.5] * 12,
}


def test_every_case_is_told_of():
    assert {path.name for path in (CASES / "logs").iterdir()} == {*RIGHT} | {
        f"{name}.jsonl" for name in READ
    } | REFUSED


@pytest.mark.parametrize("name", RIGHT)
def test_a_log_is_read_as_it_is_meant(name):
    samples = read(CASES / "logs" / name)
    outputs, prompts, models, begins = RIGHT[name]
    assert (len(samples), samples.n_prompts, sorted(samples.models)) == (outputs, prompts, models)
    assert samples.outputs[0].startswith(begins)
    assert name not in SCORES or [*samples.scores] == SCORES[name]


def test_a_map_never_makes_every_cell_an_output():
    with pytest.raises(BadInput, match="no column 'data'"):
        read(CASES / "logs" / "table_split_mapped.json", map="output=data")


def test_a_duration_is_no_time():
    assert read(CASES / "logs" / "inspect_duration_as_time.json").column("time") == [None] * 4


def test_a_map_into_a_list_of_requests_keeps_the_prompts_apart():
    paths = "output=request_states.result.completions.text,prompt=request_states.request.prompt"
    samples = read(CASES / "logs" / "helm_scenario_state.json", map=paths)
    assert (len(samples), samples.n_prompts) == (8, 4)
