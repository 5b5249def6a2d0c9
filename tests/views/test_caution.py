"""The caution signal: what it calls cautious, and what it does not."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from fullmenu.views.caution import KINDS, caution_kind, cautious, declines, is_cautious

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("FULLMENU_DATA") or ROOT.parent / "shared" / "data")

CAUTIOUS = {
    "I'm sorry, but I can't assist with that request.": "refusal",
    "Sorry, I cannot share that.": "refusal",
    "I must respectfully decline.": "refusal",
    "As an AI language model, I have no favourite colour.": "disclaimer",
    "As of my last update in 2023, the record stood.": "disclaimer",
    "I don't have access to live prices.": "disclaimer",
    "The dose is 5 mg. Please consult your doctor before taking it.": "referral",
    "Try this at your own risk.": "referral",
    "It's impossible to predict who will win.": "unsure",
    "Could you please provide more details about the bug?": "unsure",
    "Paris is lovely. However, it's important to note that tastes differ.": "hedge",
    "While opinions may vary, the best pie is apple.": "hedge",
}
PLAIN = (
    "",
    "Paris.",
    "The doctor said it may rain, and it might.",
    "I'm sorry to hear that you lost your keys. Look under the sofa first.",
    'The knight cried: "I cannot help you with that, my lord!"',
    "Dear Ms Lee,\n\nI am sorry, but I cannot attend the meeting.\n\nSincerely,\nAnn",
    "```python\nraise ValueError('I cannot do that')\n```",
    "However, the second method can be faster.",
    "Let me know if you would like more ideas!",
)


@pytest.mark.parametrize(("text", "kind"), CAUTIOUS.items())
def test_says_in_what_way_an_output_is_cautious(text, kind):
    assert caution_kind(text) == kind
    assert kind in KINDS


@pytest.mark.parametrize("text", PLAIN)
def test_leaves_plain_answers_alone(text):
    assert caution_kind(text) is None


@pytest.mark.parametrize("text", CAUTIOUS)
def test_typography_and_emphasis_make_no_difference(text):
    assert is_cautious(text.replace("'", "’"))
    assert is_cautious(text.upper())
    assert is_cautious(f"**{text}**")
    assert is_cautious(f"Here is the answer.\n\n{text}\n\nThat is all.")


@pytest.mark.parametrize("text", [*CAUTIOUS, *PLAIN])
def test_one_search_for_all_kinds_says_what_the_kinds_say(text):
    for put in (text, f"Well then: {text}", text[1:], f"x{text}", f"Dear Ann,\n{text}\nYours, Bob"):
        assert is_cautious(put) == (caution_kind(put) is not None)
        assert declines(put) == (caution_kind(put) == "refusal")


def test_vector_form_agrees_with_the_single_one():
    texts = [*CAUTIOUS, *PLAIN]
    found = cautious(texts)
    assert found.dtype == np.bool_
    assert found.tolist() == [is_cautious(text) for text in texts]
    assert cautious([]).shape == (0,)


def test_labels_hold_no_text_and_name_each_output_once():
    with (ROOT / "benchmarks" / "caution_labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"source", "record", "sample", "cautious", "kind", "split", "stratum"}
    assert len({(r["source"], r["record"], r["sample"]) for r in rows}) == len(rows) >= 200
    assert {r["cautious"] for r in rows} == {"0", "1"}


def test_finds_more_caution_where_readers_know_there_is_more():
    if not (DATA / "alpaca_eval").is_dir():
        pytest.skip("data not found: set FULLMENU_DATA")
    import json
    import lzma

    def share(model):
        with lzma.open(DATA / "alpaca_eval" / f"{model}.json.xz", "rt") as file:
            return cautious([text or "" for text in json.load(file)]).mean()

    assert share("gpt4_0613_verbose") > share("gpt4_0613") > share("gpt4_0613_concise")
    assert share("NullModel") < 0.05 or share("NullModel") > 0.95  # one text, 805 times
