"""Ids, numbers, labels and lists of items: judged as the same or not, with what a score did."""

from __future__ import annotations

import json
import lzma
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fullmenu import measures
from fullmenu.judge.case import OrderedLog
from fullmenu.judge.items import effective_number_of
from fullmenu.judge.many import trend
from fullmenu.judge.materials import Excerpt, materials
from fullmenu.judge.one import check
from fullmenu.judge.two import compare
from fullmenu.measures.registry import get
from fullmenu.report.report import Report
from fullmenu.samples import Record, Samples

DATA = Path(__file__).parents[3] / "shared" / "data"


def shown(draw: str, seed: int, clicks: float = 0.1, users: int = 60) -> Samples:
    """Ten impressions a user: of 100 items, uniformly, or mostly the first ones."""
    random = np.random.default_rng(seed)
    records = []
    for user in range(users):
        items = random.integers(0, 100, 10) if draw == "uniform" else random.geometric(0.25, 10)
        records += [
            Record(f"b{item}", prompt_id=f"u{user}", score=float(random.random() < clicks))
            for item in items
        ]
    return Samples.from_records(records)


def lists(draw: str, seed: int, items: int = 40, users: int = 60) -> Samples:
    """One JSON list of eight different items a user."""
    random = np.random.default_rng(seed)
    weights = np.ones(items) if draw == "uniform" else 0.8 ** np.arange(items)
    return Samples.from_records(
        Record(
            json.dumps([f"b{i}" for i in random.choice(items, 8, False, weights / weights.sum())]),
            prompt_id=f"u{user}",
        )
        for user in range(users)
    )


def told(report: Report) -> dict[str, str]:
    return {x["name"]: x["sentence"] for x in report.document["notices"]}


def test_ids_are_judged_by_exact_and_the_report_says_why() -> None:
    report = compare(shown("uniform", 1), shown("few", 2))
    assert report.verdict == "collapsed"
    assert list(report.document["views"]) == ["exact"]
    assert "ids or numbers" in told(report)["exact"]
    assert "--views phrasing,outline,answer" in told(report)["exact"]


def test_what_ids_share_is_no_frame_around_them() -> None:
    random = np.random.default_rng(5)
    before, after = (
        {f"u{n}": [f"PROD-{item:04d}" for item in random.integers(0, most, 10)] for n in range(40)}
        for most in (50, 5)
    )
    report = compare(before, after)
    assert report.verdict == "collapsed"
    assert "free" not in report.document["views"]["exact"]
    assert report.document["error_rates"]["verdict"]["decisions"] == 2


def test_named_views_overrule() -> None:
    report = compare(shown("uniform", 1), shown("few", 2), views=["phrasing", "answer"])
    assert list(report.document["views"]) == ["phrasing", "answer"]
    assert "exact" not in told(report)


def test_both_logs_must_hold_them() -> None:
    prose = Samples.of({f"u{n}": [f"I would pick item {n}, as it is fine."] * 4 for n in range(60)})
    report = compare(shown("uniform", 1), prose)
    assert list(report.document["views"]) == ["phrasing", "outline", "answer"]


def test_labels_are_looked_at_by_their_sense_too() -> None:
    before = {f"Capital {n}?": ["Rome", "Paris", "Oslo", "Bern"] * 2 for n in range(12)}
    after = {f"Capital {n}?": ["Rome", "Rome now", "in Rome", "Rome it"] * 2 for n in range(12)}
    report = compare(before, after)
    assert list(report.document["views"]) == ["exact", "answer"]
    views = report.document["views"]
    assert views["exact"]["verdict"] == "held"  # four before, four after
    assert views["answer"]["verdict"] in ("narrowed", "collapsed")
    assert report.verdict == views["answer"]["verdict"]


def test_a_trend_and_a_check_choose_alike() -> None:
    versions = [shown("uniform", 1), shown("uniform", 2), shown("few", 3)]
    followed = trend(versions).document
    assert list(followed["views"]) == ["exact"]
    assert any("ids or numbers" in caveat for caveat in followed["caveats"])
    assert list(check(versions[0]).document["views"]) == ["exact"]


@pytest.mark.parametrize(
    ("clicks", "word"), [(0.4, "gained"), (0.1, "not shown to change"), (0.01, "lost")]
)
def test_what_the_score_did_stands_beside_the_loss(clicks: float, word: str) -> None:
    report = compare(shown("uniform", 1), shown("few", 2, clicks))
    assert f"Variety lost, scores {word}: effective items " in told(report)["variety and score"]


def test_a_score_that_did_not_change_is_seldom_said_to() -> None:
    said = [
        told(compare(shown("uniform", 2 * seed), shown("few", 2 * seed + 1)))["variety and score"]
        for seed in range(40)
    ]
    assert sum("not shown to change" not in sentence for sentence in said) <= 6


def test_lists_are_taken_apart() -> None:
    before, after = lists("uniform", 1), lists("few", 2)
    report = compare(before, after)
    assert report.verdict == "collapsed"
    assert report.document["judged"] == "across prompts only"
    assert "lists" in told(report)["lists of items"]
    across = report.document["views"]["exact"]["across"]["before"]["effective_number"]
    assert across["low"] < 40 < across["high"]
    assert report.document["signals"]["items_shown"]["before"]["value"] == 40


def test_lists_that_stayed_are_held() -> None:
    assert compare(lists("uniform", 1, users=200), lists("uniform", 2, users=200)).verdict == "held"


def test_measures_of_lists_are_taken_of_each_prompts_list() -> None:
    before, after = lists("uniform", 1), lists("few", 2)
    ranked = [json.loads(text) for text in before.outputs]
    items = Samples.from_records(
        Record(item, prompt_id=f"u{user}") for user, row in enumerate(ranked) for item in row
    )
    for log in (before, items):
        (row,) = check(log, measures=["effective_items"]).document["measures"]
        assert row["across"]["value"] == pytest.approx(measures.effective_items(ranked).value)
    report = compare(before, after, measures=["user_overlap"])
    assert report.verdict == "collapsed"
    assert list(report.document["views"]) == ["exact"]


def test_items_keep_their_places() -> None:
    rows = [["b1", "b2", "b3"], ["b4", "b1"]]
    log = Samples.of({"ann": [json.dumps(rows[0])], "bob": [json.dumps(rows[1])]}).apart(rows)
    ordered = OrderedLog(log, log.outputs, log.prompts, log.groups).at(np.array([4, 3, 2, 1, 0]))
    back = replace(ordered, samples=log.take([4, 3, 2, 1, 0]), groups=log.groups[::-1])
    _, [material] = next(
        iter(materials([get("effective_items")], [Excerpt(back, [], back.groups)]))
    )
    assert material.of_prompts(np.array([4, 1])) == rows


def test_lists_of_sentences_stay_text() -> None:
    ideas = json.dumps(["Walk along the river at night.", "Cook a long dinner for your friends."])
    report = check(Samples.of({f"Plan {n}?": [ideas] * 3 for n in range(8)}))
    assert list(report.document["views"]) == ["phrasing", "outline", "answer"]
    assert report.document["log"]["outputs"] == 24


def test_effective_items_are_of_pairs_of_different_users() -> None:
    names = ["a"] * 10 + ["b"] * 10
    assert effective_number_of(names, np.repeat([0, 1, 2, 3], 5)).value == pytest.approx(3)
    assert effective_number_of(names, np.zeros(20, int)).value == pytest.approx(20 * 19 / 180)


@pytest.mark.skipif(not DATA.exists(), reason="the handed data are not here")
def test_a_recommender_in_production() -> None:
    def impressions(name: str) -> Samples:
        with lzma.open(DATA / "open_bandit" / f"men_{name}.jsonl.xz", "rt") as lines:
            rows = [json.loads(line) for line in lines]
        return Samples.from_records(
            Record(str(r["item_id"]), prompt_id=r["user"], score=float(r["click"])) for r in rows
        )

    report = compare(impressions("random"), impressions("bts"))
    items = report.document["signals"]["items_effective"]
    assert report.verdict == "collapsed"
    assert items["before"]["value"] == pytest.approx(33.9, abs=0.1)
    assert items["after"]["value"] == pytest.approx(9.9, abs=0.1)
    assert told(report)["variety and score"].startswith("Variety lost, scores gained")
