"""A log that is read in parts gives the document that it gives when it is read whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fullmenu as fm
from fullmenu.engine.engines import Local, Pool
from fullmenu.errors import BadInput, FullmenuError, NotEnoughData
from fullmenu.judge.census import faces
from fullmenu.judge.census.faces import check_in_parts, compare_in_parts, trend_in_parts
from fullmenu.samples import Samples

from ..documents import same

Rows = list[dict[str, Any]]


def rows_of(log: Samples) -> Rows:
    pairs = zip(log.prompts, log.outputs, strict=True)
    return [
        {"prompt": p, "response": f"I would take {o} today, please, and {n % 3} more", "model": "m"}
        for n, (p, o) in enumerate(pairs)
    ]


@pytest.fixture
def cut(tmp_path: Path) -> Callable[..., Path]:
    """Write rows to a folder of some files, shuffled over them."""

    def cut(name: str, rows: Sequence[dict[str, Any]], files: int = 3, seed: int = 0) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        order = np.random.default_rng(seed).permutation(len(rows))
        for k, some in enumerate(np.array_split(order, files)):
            text = "\n".join(json.dumps(rows[i]) for i in some)
            (folder / f"{k}.jsonl").write_text(text, encoding="utf-8")
        return folder

    return cut


@pytest.mark.parametrize("engine", [Local(), Pool(2)], ids=["local", "pool"])
def test_a_check_in_parts_is_the_check(serve, cut, valid, engine):
    path = cut("log", rows_of(serve()))
    document = check_in_parts(path, engine=engine, label="log").document
    valid(document)
    same(document, fm.check(fm.read(path), label="log").document)


def test_a_comparison_in_parts_is_the_comparison(serve, menu, cut, valid):
    a = cut("a", rows_of(serve()))
    b = cut("b", rows_of(serve(menu[:4], prompts=17, outputs=8, seed=1)), files=2)
    document = compare_in_parts(a, b, labels=("a", "b")).document
    valid(document)
    assert document["verdict"] in ("narrowed", "collapsed")
    whole = fm.compare(fm.read(a), fm.read(b), labels=("a", "b")).document
    left = "Left out, since only a has them: 3 prompts, 30 outputs."
    assert left in document.pop("caveats")
    whole.pop("caveats")
    assert document.pop("pipe")[0]["count"] == 170  # of the prompts that both hold
    assert whole.pop("pipe")[0]["count"] == 200
    same(document, whole)


def test_how_a_log_is_cut_changes_nothing(serve, cut, tmp_path):
    rows = rows_of(serve(prompts=40))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "log.parquet", row_group_size=30)
    logs = [tmp_path / "log.parquet", cut("two", rows, 2, 1), cut("five", rows, 5, 2)]
    documents = [check_in_parts(log, label="log").document for log in logs]
    for document in documents:
        document["log"].pop("read")  # names the files
    same(documents[1], documents[0])
    same(documents[2], documents[0])


def test_a_larger_log_says_what_is_of_a_sample(serve, cut, look_at):
    look_at(150)
    path = cut("log", rows_of(serve(prompts=60)))
    whole = fm.check(fm.read(path), label="log").document
    document = check_in_parts(path, label="log").document
    assert "150 of 600 outputs: those of 15 whole prompts" in document["caveats"][-1]
    same(document["log"], whole["log"])
    for name, view in document["views"].items():
        same(view["within"], whole["views"][name]["within"])
        across, all_across = (v["across"]["repeat_rate"] for v in (view, whole["views"][name]))
        assert across["low"] <= all_across["value"] <= across["high"]
    again = check_in_parts(cut("again", rows_of(serve(prompts=60)), 7, 3), label="log").document
    for part in (document, again):
        part["log"].pop("read")
    same(document, again)


def test_outputs_that_are_null_or_empty(serve, cut):
    rows = rows_of(serve(prompts=12))
    for row in rows[:10]:
        row["response"] = None  # all of one prompt
    for row in rows[13::9]:
        row["response"] = ""
    other = rows_of(serve(prompts=12, seed=3))
    a, b = cut("a", rows), cut("b", other)
    same(check_in_parts(a, label="a").document, fm.check(fm.read(a), label="a").document)
    document = compare_in_parts(a, b, labels=("a", "b")).document
    whole = fm.compare(fm.read(a), fm.read(b), labels=("a", "b")).document
    assert document["after"]["outputs"] == whole["after"]["outputs"] == 110
    same(document["views"], whole["views"])


class Counting(Local):
    """An engine that stops after some parts, and remembers what it did."""

    def __init__(self, most: int = 10**9) -> None:
        self.most, self.done = most, 0

    def map(self, job: Callable[[Any], bytes], items: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        for place, state in super().map(job, items):
            if self.done == self.most:
                raise KeyboardInterrupt
            self.done += 1
            yield place, state


def test_a_stopped_run_goes_on_and_reads_no_part_twice(serve, cut, tmp_path):
    path = cut("log", rows_of(serve()), files=4)
    engine = Counting()
    whole = check_in_parts(path, engine=engine, label="log").document
    for stop in (0, 1, 3, 5, 8):
        folder = tmp_path / f"run {stop}"
        with pytest.raises(KeyboardInterrupt):
            check_in_parts(path, engine=Counting(stop), folder=folder, label="log")
        rest = Counting()
        same(check_in_parts(path, engine=rest, folder=folder, label="log").document, whole)
        assert stop + rest.done == engine.done
    with pytest.raises(BadInput, match="run of other files"):
        check_in_parts(path, folder=folder, views=["phrasing"])


def test_ids_that_stand_for_several_texts(serve, cut):
    rows = rows_of(serve())
    for row in rows:
        row["prompt_id"] = str(int(row["prompt"].split()[1]) // 2)
    path = cut("log", rows)
    document, whole = (
        check_in_parts(path, label="a").document, fm.check(fm.read(path), label="a").document,
    )  # fmt: skip
    same(document["views"], whole["views"])
    with pytest.raises(BadInput, match="stand for several texts"):
        compare_in_parts(path, path)


def test_what_is_not_done_in_parts_is_refused_before_it_is_counted(serve, cut):
    rows = rows_of(serve())
    lists = [{**row, "response": json.dumps(["a", f"b{n % 5}"])} for n, row in enumerate(rows)]
    engine = Counting()
    with pytest.raises(BadInput, match="The outputs are lists"):
        check_in_parts(cut("lists", lists, 1), engine=engine)
    assert engine.done == 0
    with pytest.raises(NotEnoughData, match="no prompt is in both logs"):
        compare_in_parts(
            cut("x", rows), cut("y", [{**row, "prompt": "Z " + row["prompt"]} for row in rows])
        )


def labelled(rows: Rows, of: int) -> Rows:
    words = ["yes", "no", "maybe"][:of]
    return [{**row, "response": words[n % 7 % of]} for n, row in enumerate(rows)]


def test_labels_are_judged_as_labels(serve, cut):
    rows = rows_of(serve())
    path, later = cut("labels", labelled(rows, 3)), cut("later", labelled(rows, 1))
    document = check_in_parts(path, label="a").document
    assert document["notices"][0]["name"] == "exact"
    same(document, fm.check(fm.read(path), label="a").document)
    document = compare_in_parts(path, later, labels=("a", "b")).document
    same(document, fm.compare(fm.read(path), fm.read(later), labels=("a", "b")).document)
    assert check_in_parts(path, views=["phrasing"]).document["views"].keys() == {"phrasing"}


def test_labels_that_only_begin_the_log_are_refused(serve, cut):
    rows = rows_of(serve())
    path = cut("log", labelled(rows, 3), 1)
    (path / "z.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with pytest.raises(BadInput, match="name the views"):
        check_in_parts(path)


@pytest.mark.parametrize("prompts", [1, 5])
def test_few_prompts_are_checked_as_in_memory(serve, menu, cut, prompts):
    a = cut("a", rows_of(serve(prompts=prompts, outputs=40)))
    b = cut("b", rows_of(serve(menu[:2], prompts=prompts, outputs=40)), 2)
    document = check_in_parts(a, label="a").document
    same(document, fm.check(fm.read(a), label="a").document)
    document = compare_in_parts(a, b, labels=("a", "b")).document
    same(document, fm.compare(fm.read(a), fm.read(b), labels=("a", "b")).document)


@pytest.mark.parametrize("prompts", [1, 3, 9])
def test_of_prompts_with_too_many_outputs_some_are_compared(
    serve, cut, look_at, monkeypatch, prompts
):
    look_at(60 * prompts)
    monkeypatch.setattr(faces, "MOST", 60)
    path = cut("log", rows_of(serve(prompts=prompts, outputs=240)))
    document = check_in_parts(path, label="log", views=["answer"]).document
    whole = fm.check(fm.read(path), label="log", views=["answer"]).document
    assert document["log"] == whole["log"]
    kept, all_of = (d["views"]["answer"]["within"]["repeat_rate"] for d in (document, whole))
    assert kept["low"] <= all_of["value"] <= kept["high"]
    assert kept["high"] - kept["low"] > all_of["high"] - all_of["low"]
    told = [c for c in document["caveats"] if "more than 60 outputs: about 60" in c]
    assert len(told) == 1


def test_the_outputs_compared_are_a_fair_draw(cut, look_at):
    """Of one prompt, in many logs: its interval holds what all of its outputs show."""
    look_at(100)
    rng = np.random.default_rng(4)
    held = 0
    for k in range(40):
        fruits = rng.choice([*"abcdefgh"], 900, p=rng.dirichlet(np.ones(8)))
        rows = [{"prompt": "A fruit?", "response": f"fruit {x}"} for x in fruits]
        document = check_in_parts(cut(f"log{k}", rows, 2), views=["exact"]).document
        rate = document["views"]["exact"]["within"]["repeat_rate"]
        n = np.unique(fruits, return_counts=True)[1]
        held += rate["low"] <= (n * (n - 1)).sum() / (900 * 899) <= rate["high"]
    assert held >= 34  # of 40: at 95 % fewer have a chance of 1 %


def dated(rows: Rows, weeks: int) -> Rows:
    return [
        {**row, "time": f"2025-05-{5 + 7 * (n % weeks):02}T08:00:00Z"} for n, row in enumerate(rows)
    ]


def by_week(rows: Rows, later: Rows) -> Rows:
    """Four weeks, of which the last two are those of a narrower model."""
    both = zip(dated(rows, 2), dated(later, 2), strict=True)
    moved = [(a, {**b, "time": b["time"].replace("-05-05", "-05-19").replace("-05-12", "-05-26")})
             for a, b in both]  # fmt: skip
    return [row for pair in moved for row in pair]


def test_the_groups_of_a_log_are_followed_as_in_memory(serve, menu, cut, valid):
    rows = by_week(rows_of(serve()), rows_of(serve(menu[:2], seed=1)))
    path = cut("log", rows)
    document = trend_in_parts(path, by="week").document
    valid(document)
    whole = fm.check(fm.read(path), by="week").document
    assert document["fall"]["when"] == "in the week of 19 May"
    for version in (*document["versions"], *whole["versions"]):
        version.pop("read")
    same(document, whole)


def test_two_groups_are_compared_as_in_memory(serve, menu, cut):
    rows = [
        {**row, "model": f"m{k}"}
        for k, log in enumerate((serve(), serve(menu[:3], seed=1)))
        for row in rows_of(log)
    ]
    path = cut("log", [*rows, {**rows[0], "model": "other"}])
    document = trend_in_parts(path, by="model", views=["answer"]).document
    whole = fm.compare(fm.read(path), by="model", views=["answer"]).document
    assert document["verdict"] == whole["verdict"]
    assert "not judged, with fewer than 8 outputs: other (1)" in document["caveats"]
    same(document["views"], whole["views"])


def test_versions_in_files_are_followed_and_gone_on_with(
    serve, menu, cut, tmp_path, look_at, monkeypatch
):
    dishes = (menu, menu, menu[:2])
    paths = [cut(f"v{k}", rows_of(serve(d, seed=k))) for k, d in enumerate(dishes)]
    given = {"labels": ["a", "b", "c"], "views": ["phrasing", "answer"]}
    whole = fm.trend([fm.read(p) for p in paths], **given).document
    with pytest.raises(KeyboardInterrupt):
        trend_in_parts(paths, folder=tmp_path / "run", engine=Counting(5), **given)
    engine = Counting()
    document = trend_in_parts(paths, folder=tmp_path / "run", engine=engine, **given).document
    same(document, whole)
    look_at(60)
    larger = trend_in_parts(paths, **given).document
    assert larger["verdict"] == whole["verdict"] == "collapsed"
    assert "360 of 600 outputs: those of 12 whole prompts" in larger["caveats"][-1]
    within = [v["steps"] for v in larger["views"].values()]
    assert [s["verdict"] for steps in within for s in steps][1::2] == ["collapsed"] * 2
    monkeypatch.setattr(faces, "MOST", 8)
    thinned = trend_in_parts(paths, **given).document
    assert [version["outputs"] for version in thinned["versions"]] == [200] * 3
    assert "c: 20 prompts have more than 8 outputs: about 8 of each" in " ".join(thinned["caveats"])


def test_what_makes_no_groups_is_refused(serve, cut):
    path = cut("log", rows_of(serve()))
    for by, why in (("week", "no output has a time"), ("prompt", "would share no prompt"),
                    ("step", "step"), ("model", "there is one group")):  # fmt: skip
        with pytest.raises(FullmenuError, match=why):
            trend_in_parts(path, by=by)
    with pytest.raises(BadInput, match="three versions or more, not 2"):
        trend_in_parts([path, path])


def test_too_little_memory_says_how_much_it_takes(serve, cut):
    with pytest.raises(BadInput, match=r"they need \d+ MiB"):
        check_in_parts(cut("log", rows_of(serve())), memory=100 << 20)


def test_a_prompt_that_carries_the_rate_is_named_by_its_own_name(cut):
    rng = np.random.default_rng(5)
    letters = np.array([*"abcdefghijklmnopqrstuvwxyz"])
    before, after = (
        [
            {
                "prompt": f"Guest {p}",
                "response": "fig" if p == one else "".join(rng.choice(letters, 9)),
            }
            for p in range(40)
            for _ in range(10)
        ]
        for one in (None, 17)
    )
    paths = cut("a", before), cut("b", after)
    document = compare_in_parts(*paths, labels=("a", "b"), views=["phrasing"]).document
    whole = fm.compare(*map(fm.read, paths), labels=("a", "b"), views=["phrasing"]).document
    named, told = (
        [*re.findall("“Guest [0-9]+”", json.dumps(d, ensure_ascii=False))]
        for d in (document, whole)
    )
    assert named == told
    assert "“Guest 17”" in named
    seen, alone = (
        [c for c in d["caveats"] if "“Guest" in c]
        for d in (
            check_in_parts(paths[1], views=["phrasing"]).document,
            fm.check(fm.read(paths[1]), views=["phrasing"]).document,
        )
    )
    assert seen == alone


@pytest.mark.parametrize("sampled", [150, 250])
def test_a_comparison_of_more_than_the_sample_never_says_the_opposite(
    serve, menu, cut, look_at, sampled
):
    look_at(sampled)
    a = cut("a", rows_of(serve(prompts=60)))
    for k, dishes in enumerate((menu, menu[:3])):
        b = cut(f"b{k}", rows_of(serve(dishes, prompts=60, seed=2)))
        document = compare_in_parts(a, b, labels=("a", "b")).document
        whole = fm.compare(fm.read(a), fm.read(b), labels=("a", "b")).document
        assert document["verdict"] in {whole["verdict"], "unclear" if k == 0 else "collapsed"}
        assert "whole prompts, the first" in document["caveats"][-1]


def test_a_log_without_outputs_says_why(tmp_path):
    path = tmp_path / "null.jsonl"
    path.write_text('{"prompt": "A fruit?", "output": null}\n' * 3)
    with pytest.raises(fm.errors.BadInput, match=r"null outputs \(3\)"):
        check_in_parts(path)
