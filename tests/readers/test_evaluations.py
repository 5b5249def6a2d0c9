"""Evaluation harnesses: lm-eval, Inspect, AlpacaEval, NoveltyBench."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read

FIXTURES = Path(__file__).parent / "fixtures"


def test_lm_eval_reads_resps_once(load, groups):
    found = groups(load("lm_eval_samples.jsonl"))
    assert {p: len(o) for p, o in found.items()} == {
        f"Q: Name a {x}.\nA:": 4 for x in ("fruit", "tree", "colour")
    }
    raw = [json.loads(x) for x in (FIXTURES / "lm_eval_samples.jsonl").read_text().splitlines()]
    assert found["Q: Name a fruit.\nA:"] == raw[0]["resps"][0]
    assert any("under another filter (3)" in n for n in load("lm_eval_samples.jsonl").notes)


def test_lm_eval_likelihoods_are_no_outputs(load):
    with pytest.raises(BadInput, match=r"measure likelihoods and generate no text \(3\)"):
        load("lm_eval_choice.jsonl")


def test_lm_eval_chat_prompts_and_scores(write):
    chat = json.dumps([{"role": "user", "content": "Hi"}])
    record = {
        "doc": {},
        "arguments": [[chat, {"until": []}]],
        "resps": [["fig"]],
        "metrics": ["exact_match"],
        "exact_match": 1.0,
    }
    samples = read(write("samples_x.jsonl", json.dumps(record)))
    assert (samples.prompt_ids, samples.scores.tolist()) == (["Hi"], [1.0])


@pytest.mark.parametrize("name", ["inspect.eval", "inspect.json"])
def test_inspect(load, groups, name):
    samples = load(name)
    found = groups(samples)
    assert {p: len(o) for p, o in found.items()} == dict.fromkeys(
        ["menu/colour", "menu/fruit", "menu/tree"], 3
    )
    assert samples.scores.tolist() == [len(o) for o in samples.outputs]
    assert "system: Be brief.\nuser: Name a colour." in samples.prompts
    assert samples.models == ["mockllm/model"]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_inspect_with_other_zip_methods(write, groups, load, method):
    log = json.loads((FIXTURES / "inspect.json").read_text())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("header.json", json.dumps({"eval": log["eval"]}))
        for s in log["samples"]:
            archive.writestr(f"samples/{s['id']}_epoch_{s['epoch']}.json", json.dumps(s))
    samples = read(write("log.eval", packed.getvalue()))
    assert groups(samples) == groups(load("inspect.json"))


def test_inspect_cut_off_or_damaged(write):
    whole = (FIXTURES / "inspect.eval").read_bytes()
    with pytest.raises(BadInput, match="no complete Inspect log"):
        read(write("cut.eval", whole[: len(whole) // 2]))
    at = whole.index(b"samples/fruit_epoch_1.json") + 60
    hurt = whole[:at] + b"\0\0\0\0\0\0" + whole[at + 6 :]
    samples = read(write("hurt.eval", hurt))
    assert len(samples) == 8
    assert any("samples/fruit_epoch_1.json" in note for note in samples.notes)


def test_another_zip(write):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(BadInput, match="zip"):
        read(write("x.eval", packed.getvalue()))
    with pytest.raises(BadInput, match="zip archive"):
        read(write("x.zip", packed.getvalue()))


def test_alpaca_eval(load, groups):
    samples = load("alpaca_eval.json")
    assert groups(samples) == {"Name a fruit.": ["A fig."], "Name a tree.": ["An oak."]}
    assert samples.models == ["menu-7b"]
    assert "not read: null outputs (1)" in samples.notes


def test_noveltybench(load, groups):
    samples = load("noveltybench.jsonl")
    assert groups(samples) == {"curated-0": ["fig", "kiwi", "fig"], "curated-1": ["oak"] * 3}
    assert samples.scores.tolist() == [9, 7, 8]
