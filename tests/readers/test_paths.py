"""Hints that hold, and records under a key."""

from __future__ import annotations

import json
import re
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fullmenu as fm
from fullmenu.errors import BadInput
from fullmenu.readers.fields import parse_map
from fullmenu.readers.follow import Growing
from fullmenu.readers.paths import is_text, likely_output, of_records

WORDS = [
    "bake", "roast", "the", "plum", "with", "fig", "and", "serve", "it", "cold", "then", "slowly",
]  # fmt: skip
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=4, max_size=30).map(" ".join)
NAMES = st.text(string.ascii_lowercase, min_size=3, max_size=9)
IDS = st.one_of(
    st.uuids().map(str),
    st.integers(0, 10**12).map(str),
    st.text("0123456789abcdef", min_size=8, max_size=40),
    st.text(string.ascii_letters + string.digits, min_size=16, max_size=30).map(lambda x: x + "7a"),
    st.sampled_from(["https://example.com/a/b", "/srv/logs/x.txt", "2026-11-28T07:00:00Z", "run_7",
                     "gpt-4o-2024-08-06", "ann@example.com", "msg_01ABCDEF", "3.5", "img/a.png"]),
)  # fmt: skip
OF_IDS = st.sampled_from(
    ["id", "answer_id", "responseId", "output_hash", "completion_url", "generation_path", "uuid",
     "created", "answer_type", "solution_key"]
)  # fmt: skip


@pytest.mark.parametrize("text", ["I would bake it.", "yes", "Ja, gern!", "鱼", "It costs 5 euros"])
def test_texts(text):
    assert is_text(text)


@given(IDS)
def test_ids_links_dates_and_tokens_are_no_texts(value):
    assert not is_text(value)


@given(
    st.lists(st.tuples(OF_IDS, IDS), max_size=4),
    st.lists(NAMES, min_size=1, max_size=3),
    st.lists(SENTENCE, min_size=1, max_size=4),
    st.booleans(),
)
def test_a_hint_leads_to_texts_in_this_record(ids, steps, sentences, listed):
    def nested(value, steps):
        inner = value if len(steps) == 1 else nested(value, steps[1:])
        return {steps[0]: [inner] if listed and len(steps) > 1 else inner}

    records = [{**dict(ids), **nested(text, steps)} for text in sentences]
    path = likely_output(records, ("response", "output", "answer"))
    if path is None:
        return
    assert path == ".".join(steps)


@given(st.lists(st.tuples(OF_IDS, IDS), min_size=1, max_size=6))
def test_where_there_is_no_text_nothing_is_named(ids):
    assert likely_output([dict(ids)] * 3, ("response", "output", "answer", "answer id")) is None


def test_the_hint_that_is_printed_works(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [
        {
            "answer_id": str(uuid.UUID(int=i)),
            "q": f"Guest {i % 3}?",
            "turn": {"says": f"Bake fig {i}."},
        }
        for i in range(6)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(BadInput) as refused:
        fm.read(path)
    assert "answer_id'" not in str(refused.value).partition("Columns")[0]
    way = re.search(r"--map (\S+)", str(refused.value))
    assert way is not None and way[1] == "output=turn.says"
    assert fm.read(path, map=way[1]).outputs == [row["turn"]["says"] for row in rows]


def test_only_ids_are_named_by_no_hint(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({"answer_id": "a81bc81b-dead-4e5d-abff-90865d1e13b1", "q": "x"}))
    with pytest.raises(BadInput, match="Name it with --map output=COLUMN"):
        fm.read(path)


DOCUMENT = {
    "model": "gpt-x",
    "id": "run 7",
    "run": {"samples": [{"prompt": f"q{i % 2}", "response": f"r{i}"} for i in range(4)]},
    "failed": [{"prompt": "q0", "response": "none"}],
}


def test_records_under_a_key(tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(DOCUMENT))
    samples = fm.read(path, records="run.samples")
    assert samples.outputs == ["r0", "r1", "r2", "r3"]
    assert samples.prompt_ids == ["q0", "q1"] and samples.models == ["gpt-x"]
    assert of_records(DOCUMENT) == ["run.samples", "failed"]
    with pytest.raises(BadInput, match=r"nothing under 'runs'; lists of records stand under "
                       r"run.samples, failed. Give --records run.samples"):  # fmt: skip
        fm.read(path, records="runs")
    path.write_text(json.dumps({"model": "gpt-x", "run": DOCUMENT["run"]}))
    guessed = fm.read(path)  # there is one list of objects
    assert guessed.outputs == samples.outputs and guessed.models == ["gpt-x"]
    unlike = [{"prompt": f"q{i % 2}", "said": f"r{i} it is"} for i in range(4)]
    path.write_text(json.dumps({"model": "gpt-x", "run": {"samples": unlike}}))
    with pytest.raises(BadInput, match=r"--records run.samples"):
        fm.read(path)
    with pytest.raises(BadInput, match="records is ' '"):
        fm.read(path, records=" ")


def test_records_under_a_key_of_every_line_and_of_an_array(tmp_path):
    lines = tmp_path / "runs.jsonl"
    lines.write_text("\n".join(json.dumps({**DOCUMENT, "model": m}) for m in ("a", "b")) + "\n")
    samples = fm.read(lines, records="run.samples", map="output=response,prompt=prompt")
    assert len(samples) == 8 and samples.models == ["a", "b"]
    array = tmp_path / "runs.json"
    array.write_text(json.dumps([DOCUMENT, {"run": None}]))
    some = fm.read(array, records="run.samples")
    assert len(some) == 4 and "without anything under 'run.samples' (1)" in " ".join(some.notes)
    assert fm.read([DOCUMENT], records="run.samples").outputs == ["r0", "r1", "r2", "r3"]
    growing = Growing(lines, records="run.samples")
    part = growing.part()
    assert part is not None and len(part.records) == 8


def test_names_with_commas(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text('"answer, final",question\nfig,q0\noak,q1\n')
    assert fm.read(path, map='output="answer, final",prompt=question').outputs == ["fig", "oak"]
    assert parse_map('output="a ""b"", c"') == {"output": 'a "b", c'}
    for wrong in ("", ",", "output=a,", "output=a,,prompt=b", 'output="a, b', "output"):
        with pytest.raises(BadInput, match="cannot read the map"):
            parse_map(wrong)


def test_objects_over_several_lines_in_a_jsonl_file(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [{"prompt": f"q{i % 3}", "response": f"r{i}"} for i in range(9)]
    path.write_text("\n".join(json.dumps(row, indent=2) for row in rows))
    assert fm.read(path).outputs == [row["response"] for row in rows]
    long = [{**row, "response": f"{row['response']} " * 30_000} for row in rows]
    path.write_text("\n".join(json.dumps(row, indent=2) for row in long))
    assert len(fm.read(path)) == 9
    path.write_text('{"prompt": "q", "respo\n' + "\n".join(map(json.dumps, rows)))
    assert len(fm.read(path, tolerate=True)) == 9  # one line that is damaged stays one line
