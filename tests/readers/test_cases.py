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
