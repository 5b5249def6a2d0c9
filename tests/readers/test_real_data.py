"""Logs of real models, where they are at hand."""

import os
from pathlib import Path

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read

DATA = Path(os.environ.get("FULLMENU_DATA", Path(__file__).parents[3] / "shared" / "data"))
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="no real data: set FULLMENU_DATA to its folder"
)


@pytest.mark.parametrize("stage", ["base", "sft", "dpo", "instruct"])
def test_stages_of_one_model(stage):
    samples = read(DATA / "olmo2_7b_stages" / f"{stage}_alpacaeval.jsonl.xz")
    assert (len(samples), samples.n_prompts) == (2_000, 200)
    assert samples.notes[0].startswith(
        f"read 2,000 outputs of 200 prompts from {stage}_alpacaeval.jsonl.xz as JSONL "
        "(output=response, prompt=prompt, prompt_id=prompt_id"
    )


def test_noveltybench():
    samples = read(DATA / "noveltybench" / "generations.jsonl.xz")
    assert (len(samples), samples.n_prompts, len(samples.models)) == (13_000, 100, 13)
    assert len(samples.scores) == 4_415, "one model was not scored, and repeats are not"
    assert 1 <= samples.scores.min() <= samples.scores.max() <= 10


def test_alpaca_eval_lists():
    samples = read(sorted((DATA / "alpaca_eval").glob("phi-2*.json.xz")))
    assert samples.n_prompts == 805
    assert len(samples) == 3 * 805 - 2
    assert any("null outputs (2)" in note for note in samples.notes)


def test_random_numbers():
    samples = read(DATA / "llm_random_numbers" / "llmrandom.json.xz")
    assert len(samples) == 2_200


def test_human_judged_sets():
    path = DATA / "tevet_mcdiv" / "con_test_200_with_hds_prompt_gen.csv.xz"
    samples = read(path)
    assert "output=resp_*, prompt=context" in samples.notes[0]
    assert len(samples) % 5 == 0


def test_a_file_of_metrics_is_refused():
    with pytest.raises(BadInput, match="Columns found: stage, prompt_set"):
        read(DATA / "olmo2_7b_stages" / "baseline_metrics.jsonl.xz")
