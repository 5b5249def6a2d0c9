"""Logs in the shape of other tools, where they are at hand, are read right with no flag."""

from pathlib import Path

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read

CASES = Path(__file__).parents[3] / "shared" / "cases" / "logs"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"no cases in {CASES}")

# name: outputs, prompts, models, the beginning of the first output
RIGHT = {
    "anthropic_batch_results.jsonl": (12, 4, ["claude-sonnet-4-5"], "I would steam cherry, then"),
    "cached_repeats.jsonl": (20, 4, [], "I would braise lime, then bake guava with plum"),
    "decimal_comma.csv": (12, 4, [], "I would fry fig, then roast melon with papaya"),
    "dict_of_lists.json": (12, 4, ["m"], "I would fry fig, then roast melon with papaya"),
    "langfuse_google_gemini.jsonl": (20, 4, ["gpt-4.1"], "I would braise lime, then bake guava"),
    "langfuse_langgraph_tool_calls.jsonl": (8, 4, ["gpt-4.1"], "I would fry apple, then roast"),
    "langfuse_nested_generations.jsonl": (20, 4, ["gpt-4.1"], "I would braise kiwi, then steam"),
    "langfuse_openai_agents_responses.jsonl": (20, 4, ["gpt-4.1"], "I would braise lime, then"),
    "list_in_csv_cell.csv": (16, 4, [], "I would grill guava, then stew quince with kiwi"),
    "mlflow_traces.jsonl": (12, 4, ["gpt-4o"], "I would braise lime, then bake guava with plum"),
    "ollama_generate_stream.jsonl": (1, 1, ["llama3.2"], "I would braise quince, then fry fig"),
    "otel_span_exported_twice.jsonl": (12, 4, ["m"], "I would braise guava, then steam mango"),
    "self_bleu_identical_short.jsonl": (16, 4, [], "yes"),
    "sharegpt_last_turn_human.jsonl": (4, 4, [], "I would grill kiwi, then fry papaya with fig"),
    "table_split_mapped.json": (12, 4, [], "I would fry fig, then roast melon with papaya"),
    "think_inline.jsonl": (16, 4, [], "I would braise lime, then bake guava with plum"),
}
REFUSED = {"prompts_only_messages.jsonl"}
NOT_YET = {
    "evalplus_samples.jsonl",
    "helm_scenario_state.json",
    "inspect_duration_as_time.json",
    "mtbench_model_answer.jsonl",
    "promptfoo_results.jsonl",
}
SCORES = {
    "decimal_comma.csv": [0.5] * 12,
    "dict_of_lists.json": [0.5] * 12,
    "table_split_mapped.json": [0.5] * 12,
}


def test_every_case_is_told_of():
    assert {path.name for path in CASES.iterdir()} == {*RIGHT} | REFUSED | NOT_YET


@pytest.mark.parametrize("name", RIGHT)
def test_a_log_is_read_as_it_is_meant(name):
    samples = read(CASES / name)
    outputs, prompts, models, begins = RIGHT[name]
    assert (len(samples), samples.n_prompts, sorted(samples.models)) == (outputs, prompts, models)
    assert samples.outputs[0].startswith(begins)
    assert name not in SCORES or [*samples.scores] == SCORES[name]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_prompts_are_no_outputs(name):
    with pytest.raises(BadInput, match="prompts, not outputs"):
        read(CASES / name)


def test_a_map_never_makes_every_cell_an_output():
    with pytest.raises(BadInput, match="no column 'data'"):
        read(CASES / "table_split_mapped.json", map="output=data")
