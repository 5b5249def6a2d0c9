"""Of very many prompts some are looked at closely, and the repeat rates are of all."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fullmenu.judge import closeup as closeup_module
from fullmenu.judge.census.faces import compare_in_parts
from fullmenu.judge.closeup import closeup
from fullmenu.judge.one import check
from fullmenu.judge.two import compare
from fullmenu.report.report import Report
from fullmenu.samples import Record, Samples

from .documents import same

PROMPTS, EACH = 2_100, 10


@pytest.fixture(scope="module")
def log() -> Samples:
    """A log of prompts that get a few dishes each, some with a longer list than others."""
    rng = np.random.default_rng(3)
    words = np.array([f"word{k}" for k in range(400)])
    records = []
    for p in range(PROMPTS):
        dishes = [" ".join(words[rng.integers(0, 400, 6)]) for _ in range(1 + p % 7)]
        for _ in range(EACH):
            records.append(Record(dishes[rng.integers(len(dishes))], f"Question {p}?", f"p{p}"))
    return Samples.from_records(records)


def rate(document: dict, question: str) -> dict:
    return document["views"]["phrasing"][question]["repeat_rate"]


def test_rates_within_prompts_are_of_every_output(log, monkeypatch):
    close = check(log, views=["phrasing"]).document
    monkeypatch.setattr(closeup_module, "SAMPLED", 10**9)
    whole = check(log, views=["phrasing"]).document
    for bound in ("value", "low", "high", "n"):
        assert rate(close, "within")[bound] == pytest.approx(rate(whole, "within")[bound], 1e-12)
    assert close["log"] == whole["log"]
    assert rate(close, "across")["low"] <= rate(whole, "across")["value"]
    assert rate(whole, "across")["value"] <= rate(close, "across")["high"]
    said = [c for c in close["caveats"] if "whole prompts" in c]
    assert said and "20,480 of 21,000 outputs: those of 2,048 whole prompts" in said[0]
    assert not any("whole prompts" in c for c in whole["caveats"])


def test_the_order_of_a_log_changes_nothing(log):
    turned = log.take(np.random.default_rng(0).permutation(len(log)))
    one, other = (check(x, views=["phrasing"]).document for x in (log, turned))
    for question in ("within", "across"):
        assert rate(one, question)["value"] == pytest.approx(rate(other, question)["value"], 1e-12)
    assert one["dishes"] == other["dishes"]
    assert one["fallback"] == other["fallback"]


def test_whole_prompts_are_chosen_by_their_ids_alone(log):
    (close,) = closeup([log])
    assert close.n_prompts == 2_048
    assert (np.bincount(close.groups) == EACH).all()
    (other,) = closeup([log.with_outputs(["fig"] * len(log))])
    assert other.prompt_ids == close.prompt_ids


def test_few_prompts_are_looked_at_whole():
    log = Samples.of({f"Question {p}?": [f"fig {i}" for i in range(100)] for p in range(300)})
    assert closeup([log])[0] is log


def test_prompts_asked_once_but_for_a_few_are_looked_at_whole():
    menu = {f"Question {p}?": ["fig"] for p in range(30_000)}
    assert closeup([Samples.of(menu)])[0].n_prompts == 20_000
    log = Samples.of({**menu, "Question 7?": ["fig", "kiwi"]})
    assert closeup([log])[0] is log


@pytest.fixture(scope="module")
def after(log) -> Samples:
    """The log after it lost some, of prompts in another order, a few of them its own."""
    rng = np.random.default_rng(8)
    kept = log.take(np.flatnonzero(log.groups >= 20))
    outputs = np.array(kept.outputs)
    repeated = rng.random(len(kept)) < 0.5
    outputs[repeated] = outputs[kept.groups[repeated] * EACH]
    fresh = Samples.of({f"Other question {p}?": ["fig"] * 9 for p in range(4)})
    lost = Samples.joined([fresh, kept.with_outputs(outputs.tolist())])
    return lost.take(rng.permutation(len(lost)))


@pytest.fixture(scope="module")
def compared(log, after) -> Report:
    return compare(log, after, views=["phrasing"], labels=("before", "after"))


def test_of_two_logs_rates_within_prompts_are_of_every_output(log, after, compared, monkeypatch):
    close = compared.document
    monkeypatch.setattr(closeup_module, "SAMPLED", 10**9)
    whole = compare(log, after, views=["phrasing"], labels=("before", "after")).document
    for document in (close, whole):
        assert document["verdict"] == "narrowed"
        assert document["shared_prompts"] == 2_080
    assert close["before"] == whole["before"] and close["after"] == whole["after"]
    for side in ("before", "after", "ratio"):
        for bound in ("value", "low", "high"):
            a, b = (sides(d, "within")[side][bound] for d in (close, whole))
            assert a == pytest.approx(b, 1e-12)
    ratios = [sides(d, "across")["ratio"] for d in (close, whole)]
    assert ratios[0]["low"] <= ratios[1]["value"] <= ratios[0]["high"]
    told = ["Left out, since only before has them: 20 prompts, 200 outputs.",
            "Left out, since only after has them: 4 prompts, 36 outputs."]  # fmt: skip
    for document in (close, whole):
        assert {*told} <= {*document["caveats"]}
    said = "20,480 of 20,800 and 20,480 of 20,800 outputs: those of 2,048 whole prompts"
    assert sum(said in caveat for caveat in close["caveats"]) == 1
    assert not any("whole prompts" in caveat for caveat in whole["caveats"])


def test_a_page_says_how_many_prompts_it_holds(compared):
    page = compared.to_html()
    assert "The log is large: 2,048 of 2,080 prompts are here" in page
    assert "Every prompt" not in page
    few = Samples.of({f"Question {p}?": ["fig", "kiwi"] for p in range(8)})
    assert "Every prompt, and what it was answered" in check(few, views=["phrasing"]).to_html()


def sides(document: dict, question: str) -> dict:
    found = document["views"]["phrasing"]
    found = found["across"] if question == "across" else found
    rates = {side: found[side]["repeat_rate"] for side in ("before", "after")}
    return {**rates, "ratio": found["ratio"]}


def test_in_memory_and_in_parts_two_logs_are_compared_alike(log, after, compared, tmp_path):
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for part, path in zip((log, after), paths, strict=True):
        pq.write_table(part.table.select(["prompt_id", "prompt", "output"]), path)
    names = ("before", "after")
    memory = copy.deepcopy(compared.document)
    parts = compare_in_parts(*paths, views=["phrasing"], labels=names).document
    for document in (memory, parts):
        document["caveats"] = sorted(document["caveats"])
        for side in names:
            document[side].pop("read", None)
    same(memory, parts)


def asked_again(part: Samples, again: Callable[[str, int], str]) -> Samples:
    """Return a log whose prompts ``p99`` and ``p100`` have other texts, told from text and row."""
    ids, texts = part.column("prompt_id"), part.prompts
    asked = [
        again(text, k) if name in ("p99", "p100") else text
        for k, (name, text) in enumerate(zip(ids, texts, strict=True))
    ]
    field, place = part.table.schema.field("prompt"), part.table.column_names.index("prompt")
    return Samples(part.table.set_column(place, field, pa.array(asked, field.type)))


def test_one_id_of_two_texts_is_two_prompts(log, after):
    logs = [asked_again(x, lambda text, k: f"{text} {k % 2}") for x in (log, after)]
    document = compare(*logs, views=["phrasing"]).document
    assert document["shared_prompts"] == 2_082
    assert document["before"]["prompts"] == document["after"]["prompts"] == 2_082
    assert any("whole prompts" in caveat for caveat in document["caveats"])


def test_where_one_log_alone_tells_prompts_apart_otherwise_all_are_looked_at(log, after):
    """Two texts of ten outputs are two prompts; with ten more of one each, they are one."""
    logs = [asked_again(log, lambda text, k: f"{text} {k % 2}"),
            asked_again(after, lambda text, k: f"{text} {k}")]  # fmt: skip
    document = compare(*logs, views=["phrasing"]).document
    assert document["shared_prompts"] == document["before"]["prompts"] == 2_080
    assert not any("whole prompts" in caveat for caveat in document["caveats"])


def test_what_is_wanted_is_judged_of_all_outputs(log, after):
    document = compare(log, after, views=["phrasing"], want="varied").document
    assert document["shared_prompts"] == 2_080
    assert not any("whole prompts" in caveat for caveat in document["caveats"])


def test_items_are_counted_in_all_outputs():
    log = Samples.of({f"Question {p}?": ["yes", "no"] * 5 for p in range(PROMPTS)})
    document = check(log).document
    assert [notice["name"] for notice in document["notices"]][:1] == ["exact"]
    assert rate_of_exact(document) == pytest.approx(4 / 9)
    assert not any("whole prompts" in caveat for caveat in document["caveats"])


def rate_of_exact(document: dict) -> float:
    return document["views"]["exact"]["within"]["repeat_rate"]["value"]
