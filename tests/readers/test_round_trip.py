"""Whatever is written as JSONL, JSON or CSV comes back."""

import csv
import json
import sys
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu.readers import read
from fullmenu.text.reasoning import apart

odd = ["\0"] if sys.version_info < (3, 11) else []  # csv of 3.10 refuses NUL
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=odd), max_size=30
).filter(lambda text: apart(text) is None)  # thoughts are left out
outputs = st.lists(st.tuples(texts, texts), min_size=1, max_size=8).filter(
    lambda rows: any(output for _, output in rows)
)


def _back(name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content.encode())
        samples = read(path)
    return list(zip(samples.prompts, samples.outputs, strict=True))


@given(outputs)
@settings(max_examples=60)
def test_jsonl_and_json(rows):
    for ascii_only in (True, False):
        records = [{"prompt": p, "response": o} for p, o in rows]
        lines = [json.dumps(r, ensure_ascii=ascii_only) for r in records]
        assert _back("x.jsonl", "\n".join(lines)) == rows
        assert _back("x.json", json.dumps(records, indent=1, ensure_ascii=ascii_only)) == rows


@given(outputs)
@settings(max_examples=60)
def test_csv(rows):
    with tempfile.TemporaryFile("w+", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["prompt", "output"])
        writer.writerows(rows)
        file.seek(0)
        content = file.read()
    assert _back("x.csv", content) == rows
