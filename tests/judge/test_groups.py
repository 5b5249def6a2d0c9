"""One log cut into groups: by time, by model, by any column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.judge.groups import FEW, MOST, between, split
from fullmenu.samples import SCHEMA, Record, Samples

MONDAY = datetime(2025, 4, 28)


def log(*, days=28, prompts=8, falls=14, back=99):
    """Two outputs a prompt and day; from one day to another they fall to a single dish."""
    rng = np.random.default_rng(3)
    dishes = [f"{a} {b}" for a in ("braised", "raw", "baked") for b in ("lime", "fig", "kiwi")]
    return Samples.from_records(
        Record(
            dishes[0] if falls <= day < back else str(rng.choice(dishes)),
            f"Guest {prompt}?",
            time=MONDAY + timedelta(days=day, hours=prompt),
            model="old" if day < 14 else "new",
            extra={"step": str(day // 7 * 50)},
        )
        for day in range(days)
        for prompt in range(prompts)
        for _ in "ab"
    )


def test_a_log_with_times_says_when_it_fell(valid):
    report = fm.check(log(), by="week", views=["phrasing", "answer"])
    valid(report.document)
    assert report.document["schema"] == "fullmenu/trend/1"
    assert report.document["by"] == "week"
    fall = report.document["fall"]
    assert (fall["version"], fall["when"]) == (2, "in the week of 12 May")
    assert (fall["view"], fall["verdict"]) == ("answer", "collapsed")
    assert fall["before"] > 2 > fall["after"] == pytest.approx(1)
    assert report.verdict == "collapsed"
    for text in (str(report), report.to_html()):
        assert "Answers fell in the week of 12 May (" in " ".join(text.split())
    assert "over 4 weeks" in " ".join(str(report).split())


def test_a_fall_that_was_made_good_is_told_too():
    report = fm.check(log(back=21), by="week", views=["answer"])
    assert report.verdict != "collapsed"
    assert report.document["fall"]["when"] == "in the week of 12 May"


def test_no_fall_no_word():
    report = fm.check(log(falls=99), by="week", views=["answer"])
    assert "fall" not in report.document
    assert "fell" not in str(report)


def test_versions_name_their_fall_too(serve, menu):
    served = [serve(dishes, 40, 20, seed) for seed, dishes in enumerate((menu[:6], menu[:1]))]
    report = fm.trend([served[0], *served], labels=["a", "b", "c"], views=["phrasing"])
    assert report.document["fall"]["when"] == "from b to c"
    assert "by" not in report.document
    assert "Variety of phrasing fell from b to c (" in str(report)


def test_faces_agree_and_two_groups_are_a_comparison():
    whole = log()
    one = fm.check(whole, by="step", views=["answer"]).document
    assert one == fm.compare(whole, by="step", views=["answer"]).document
    assert one == fm.trend(whole, by="step", views=["answer"]).document
    assert [v["label"] for v in one["versions"]] == ["step 0", "step 50", "step 100", "step 150"]
    assert one["fall"]["when"] == "at step 100"
    two = fm.compare(whole, by="model", views=["answer"])
    assert two.verdict == "collapsed"
    assert (two.document["before"]["label"], two.document["after"]["label"]) == ("old", "new")
    with pytest.raises(BadInput, match="three versions or more, not 2; use compare"):
        fm.trend(whole, by="model")


def test_arguments_that_do_not_go_together():
    whole = log()
    for given in ((whole,), (whole, whole)):
        by = "week" if len(given) == 2 else None
        with pytest.raises(BadInput, match="two logs, or one log and by='week'"):
            fm.compare(*given, by=by)
    with pytest.raises(BadInput, match=r"a list of three logs or more.*by='week'"):
        fm.trend(whole)
    with pytest.raises(BadInput, match=r"by is 5 \(int\)"):
        fm.check(whole, by=5)


def test_labels_of_time():
    whole = log(days=9, prompts=4)
    assert split(whole, "day").labels[:4] == ["28 April", "29 April", "30 April", "1 May"]
    assert split(log(days=6, prompts=4), "month").labels == ["April 2025", "May 2025"]
    years = [MONDAY + timedelta(days=7 * week) for week in range(53)]
    long = Samples.from_records(Record("x", "p", time=t) for t in years for _ in range(FEW))
    assert split(long, "week").labels[-1] == "week of 27 April 2026"


def test_weeks_are_those_of_utc():
    late = timezone(timedelta(hours=-5))
    times = [datetime(2025, 5, 4, 23, tzinfo=late)] * FEW + [datetime(2025, 5, 4, 23)] * FEW
    groups = split(Samples.from_records(Record("x", time=t) for t in times), "week")
    assert groups.labels == ["week of 28 April", "week of 5 May"]


def test_order_is_of_time_of_number_or_of_first_appearance():
    def labels(values):
        rows = (Record("x", extra={"at": value}) for value in values for _ in range(FEW))
        return [
            label.removeprefix("at ") for label in split(Samples.from_records(rows), "at").labels
        ]

    assert labels(["10", "9", "-1", "0.5"]) == ["-1", "0.5", "9", "10"]
    assert labels([3, 20, 1]) == ["1", "3", "20"]
    assert labels(["b", "a", "10"]) == ["b", "a", "10"]
    assert labels([True, False]) == ["true", "false"]
    assert labels(["2025-05-12", "2025-01-31T08:00"]) == ["2025-01-31 08:00:00", "2025-05-12"]


def test_few_and_nameless_outputs_are_left_out_and_said():
    sizes = {"a": 20, "b": FEW - 1, "c": FEW, None: 3}
    rows = [Record("x", "p", model=name) for name, size in sizes.items() for _ in range(size)]
    samples = Samples.from_records(rows)
    groups = split(samples, "model")
    assert groups.labels == ["a", "c"]
    assert sum(map(len, groups.logs)) == 20 + FEW
    assert groups.left_out == [
        f"not judged, with fewer than {FEW} outputs: b ({FEW - 1})",
        "3 outputs have no model",
    ]
    caveats = fm.compare(samples, by="model", views=["phrasing"]).document["caveats"]
    assert groups.left_out == caveats[:2]


def test_what_cannot_be_cut_is_refused_with_a_way_out():
    whole = log(days=7)
    times = pa.nulls(len(whole), SCHEMA.field("time").type)
    timeless = whole.table.set_column(4, SCHEMA.field("time"), times)
    for by, error, said in (
        ("week", NotEnoughData, "one group, week of 28 April.*--by day"),
        ("stp", UnknownName, "did you mean 'step'"),
        ("time", BadInput, "day, week or month"),
        ("output", BadInput, "another column"),
        ("prompt", BadInput, "share no prompt"),
    ):
        with pytest.raises(error, match=said):
            split(whole, by)
    with pytest.raises(
        BadInput, match=r"no output has a time.*--map time=COLUMN.*columns=\{'time'"
    ):
        split(replace(whole, table=timeless), "week")
    with pytest.raises(
        NotEnoughData, match=r"168 groups, and none has 8 outputs or more.*--by month"
    ):
        weeks = [MONDAY + timedelta(days=7 * week) for week in range(168)]
        split(Samples.from_records(Record("x", time=time) for time in weeks), "week")
    with pytest.raises(BadInput, match=rf"{MOST + 1} groups.*at most {MOST}.*--by week"):
        split(log(days=MOST + 1, prompts=4), "day")


def test_a_column_of_that_name_where_there_are_no_times():
    rows = [Record("x", extra={"week": w}) for w in (20, 3) for _ in range(FEW)]
    assert split(Samples.from_records(rows), "week").labels == ["week 3", "week 20"]


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("2025-05-01", None, 25),
        (None, "2025-05-01", 4),
        ("2025-05-01", "2025-05-01", 1),
        (date(2025, 5, 1), date(2025, 5, 2), 2),
        (datetime(2025, 5, 1), datetime(2025, 5, 1, 7), 1),
        ("2025-05-01T00:00:00Z", "2025-05-01T07:00:00+00:00", 1),
    ],
)
def test_both_ends_of_a_time_are_in_it(since, until, days):
    kept = between(log(), since, until)
    assert len(kept) == days * 16
    assert kept.notes[-1].endswith(f": {days * 16} of 448 outputs")


def test_times_that_are_none():
    for given, said in (
        ({"since": "yesterday"}, "since is 'yesterday'"),
        ({"until": "2025"}, "until is '2025'"),
        ({"since": 5}, r"since is 5 \(int\)"),
        ({"since": "2025-05-20", "until": "2025-05-10"}, "since is after until"),
        ({"since": "2026-01-01"}, "the log goes from 2025-04-28 00:00 to 2025-05-25 07:00 UTC"),
    ):
        with pytest.raises(BadInput, match=said):
            fm.check(log(), **given)
    with pytest.raises(BadInput, match="no output has a time"):
        fm.check(["a", "b"], since="2025-01-01")


def test_a_time_is_kept_of_every_log():
    whole = log()
    report = fm.compare(whole, whole, until="2025-05-11", views=["answer"])
    assert report.document["before"]["outputs"] == report.document["after"]["outputs"] == 224
    assert "until 2025-05-11: 224 of 448 outputs" in report.document["before"]["read"]
    assert fm.check(whole, since="2025-05-12", views=["answer"]).document["log"]["outputs"] == 224


@pytest.mark.parametrize(
    ("shared", "told"), [(1, "share 1 prompt (40"), (4, "share 4 prompts (40")]
)
def test_weeks_that_share_few_prompts_are_compared_across_prompts(shared, told):
    rng = np.random.default_rng(5)
    words = [["raw", "baked", "fried", "poached"], ["lime", "fig", "cod", "leek"], ["hot", "cold"]]
    live = Samples.from_records(
        Record(
            "raw lime hot" if week == 2 else " ".join(str(rng.choice(w)) for w in words),
            f"Guest {k}?" if k < shared else f"Guest {week}-{k}?",
            time=MONDAY + timedelta(weeks=week, hours=k),
        )
        for week in range(3)
        for k in range(40)
    )
    report = fm.check(live, by="week", views=["phrasing"])
    assert report.verdict == "collapsed"
    assert report.document["fall"]["when"] == "in the week of 12 May"
    assert any(told in caveat for caveat in report.document["caveats"])


def test_a_trend_says_where_the_server_changed(valid):
    served = log(falls=99)
    change = (MONDAY + timedelta(days=7)).replace(tzinfo=timezone.utc)
    marks = [f"fp_{'ab'[time >= change]}" for time in served.column("time")]
    at = served.table.schema.get_field_index("system_fingerprint")
    field = served.table.schema.field(at)
    table = served.table.set_column(at, field, pa.array(marks).cast(field.type))
    report = fm.check(Samples(table), by="week", views=["phrasing"])
    valid(report.document)
    changed = [sign for sign in report.document["pipe"] if sign["name"] == "changed fingerprint"]
    assert [sign["log"] for sign in changed] == ["week of 5 May"]
