"""Arms weighed: what is recommended, what it costs, and whether the sameness only moved."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from math import comb

import numpy as np
import pytest

from fullmenu.cure import ArmLog, compare_arms, pass_at, try_arms
from fullmenu.cure.side_effects import broken_share
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.report.cures.report import CureReport
from fullmenu.samples import Record, Samples
from fullmenu.text.languages import language_of

from .stories import MOVES, drawn, stories


def logs(seed=0, move=None, prompts=24):
    menus = stories(seed, prompts)
    return {
        "plain": drawn(seed + 1, menus, 8, top=0.6),
        "cured": drawn(seed + 2, menus, 8, top=0.08, move=move),
    }


def test_an_honest_cure_is_recommended_and_not_accused():
    report = compare_arms(logs())
    arm = report.content.arms[1]
    assert report.content.recommended == "cured"
    assert arm.verdict == "widened"
    assert arm.ratio.low > 1.2
    assert arm.effects == []
    assert arm.yields.value > report.content.arms[0].yields.value + 0.2
    assert re.search(r"Use cured: [\d.]+ \[[\d., ]+\] times as many", str(report))


@pytest.mark.parametrize("move", MOVES)
def test_a_cure_that_moves_the_sameness_is_caught(move):
    content = compare_arms(logs(3, move)).content
    assert not content.recommended
    assert any(effect.moved for effect in content.arms[1].effects)
    assert content.reason[0].startswith("Keep plain")


def test_no_change_is_no_cure():
    menus = stories(5, 24)
    same = {name: drawn(k, menus, 8, top=0.6) for k, name in enumerate(("plain", "again"))}
    content = compare_arms(same).content
    assert not content.recommended
    assert content.arms[1].verdict in ("held", "unclear")


def test_quality_is_paired_and_a_worse_arm_is_not_recommended():
    both = logs(7)
    better = compare_arms(both, quality=lambda text: len(text) % 7).content
    assert better.arms[1].quality_change.low < 0 < better.arms[1].quality_change.high
    assert better.recommended == "cured"
    alike = compare_arms(both, quality=lambda text: 1).content.arms[1]
    assert alike.quality_change.value == 0
    assert alike.quality_change.low is alike.quality.high is None
    worse = set(both["cured"].outputs) - set(both["plain"].outputs)
    content = compare_arms(both, quality=lambda text, prompt: -float(text in worse)).content
    assert not content.recommended
    assert "it is worse, by" in content.reason[1]
    assert content.arms[0].frontier
    assert content.arms[1].frontier


def test_a_hair_more_variety_does_not_outweigh_outputs_that_are_no_good():
    r = np.random.default_rng(3)
    towns = ["Rome", "Oslo", "Lima", "Bern", "Kyiv", "Riga", "Cork", "Bonn", "Nice", "Graz"]
    asked = [f"Where {i}?" for i in range(40)]
    good = {q: [str(r.choice(towns)) for _ in range(8)] for q in asked}
    poor = {
        q: [t if i == 0 else t[::-1].lower() for i, t in enumerate(texts)]
        for q, texts in good.items()
    }
    logs = {"good": Samples.of(good), "poor": Samples.of(poor)}
    arms = compare_arms(logs, valid=lambda text: text in towns).content.arms
    assert arms[1].valid.value < 0.2
    assert arms[1].answers.value > arms[0].answers.value
    assert [arm.frontier for arm in arms] == [True, False]


def test_pass_at_k_is_the_published_estimator():
    n, c = np.array([10, 10, 10]), np.array([0, 3, 10])
    for k in (1, 4, 10):
        expected = [1 - comb(10 - x, k) / comb(10, k) for x in c.tolist()]
        assert pass_at(n, c, k) == pytest.approx(expected)
    with pytest.raises(NotEnoughData, match="pass@11"):
        pass_at(n, c, 11)


def test_a_checker_brings_validity_yield_and_pass_at_k():
    both = logs(9)
    content = compare_arms(both, valid=lambda text: text.startswith("The o")).content
    first = content.arms[0]
    assert [one.k for one in first.pass_at] == [1, 5, 8]
    assert first.pass_at[0].chance.value == pytest.approx(first.valid.value)
    chances = [one.chance.value for one in first.pass_at]
    assert chances == sorted(chances)
    assert all(one.chance.low <= one.chance.value <= one.chance.high for one in first.pass_at)
    assert all(arm.yields.value <= arm.valid.value for arm in content.arms)


def test_unread_replies_count_as_lost_and_too_many_are_named():
    both = logs(11)
    arm = ArmLog("lists", both["cured"], replies=40, unread=20, asked=16, read=400, written=4000)
    content = compare_arms([ArmLog("plain", both["plain"], asked=8), arm]).content
    assert not content.recommended
    assert "20 of 40 replies cannot be read" in content.reason[1]
    assert content.arms[1].cost.tokens == pytest.approx(4400 / len(both["cured"]))
    few = compare_arms([ArmLog("plain", both["plain"]), replace(arm, unread=1)]).content
    assert few.recommended == "lists"


def test_an_arm_that_picks_keeps_the_best_of_more():
    def model(prompt, seed=[0]):  # noqa: B006
        seed[0] += 1
        return ["fig", "fig", "a ripe kiwi", "fig", "one plum"][seed[0] % 5]

    tried = try_arms([f"Fruit {i}?" for i in range(8)], model, 3, arms=["plain", "pick=mmr"])
    content = compare_arms(tried).content
    assert content.arms[1].log.outputs == 24
    assert content.arms[1].yields.value > 0.9 > content.arms[0].yields.value


def test_mistakes_are_named():
    both = logs(prompts=5)
    with pytest.raises(NotEnoughData, match="plain 5, cured 5"):
        compare_arms(both)
    with pytest.raises(BadInput, match="two or more"):
        compare_arms({"plain": both["plain"]})
    both = logs()
    with pytest.raises(BadInput, match="finite number"):
        compare_arms(both, quality=lambda text: None)
    with pytest.raises(BadInput, match="score"):
        compare_arms(both, quality="score")


def test_the_logs_own_scores_are_quality():
    scored = {
        name: Samples.from_records(
            Record(text, prompt, prompt, score=float(len(text)))
            for text, prompt in zip(log.outputs, log.prompts, strict=True)
        )
        for name, log in logs().items()
    }
    assert compare_arms(scored, quality="score").content.arms[0].quality.value > 10


def test_the_report_fits_a_screen_and_the_document_comes_back(tmp_path):
    hostile = "<script>alert(1)</script>"
    both = {hostile: logs()["plain"], **{f"arm {k}": logs(k)["cured"] for k in range(2)}}
    report = compare_arms(both, valid=lambda text: "e" in text)
    lines = str(report).splitlines()
    assert len(lines) <= 25
    assert all(len(line) <= 80 for line in lines)
    page = report.save(tmp_path / "cures.html").read_text("utf-8")
    assert "<svg" in page
    assert hostile not in page
    saved = json.loads(report.save(tmp_path / "cures.json").read_text("utf-8"))
    assert CureReport(saved).document == report.document
    with pytest.raises(BadInput, match=r"\.html or \.json"):
        report.save(tmp_path / "cures.txt")


@pytest.mark.parametrize("text", [
    "The café's well-known owner, McDonald, e-mailed me at 5pm: https://x.org/aB3cD.",
    "Well-being (i.e., 3D-printing) matters; see README.md!", "岡山に行きます。", "",
])  # fmt: skip
def test_ordinary_words_are_hardly_broken(text):
    assert broken_share(text) <= 0.25


@pytest.mark.parametrize(("text", "language"), [
    ("Le chat est sur le tapis et il ne veut pas qu'on le dérange dans la nuit.", "French"),
    ("Der Hund ist nicht auf dem Sofa und die Katze auch nicht, sagt mir das Kind.", "German"),
    ("猫はマットの上に座っていました。", "CJK"),
    ("42", ""),
])  # fmt: skip
def test_languages_are_told(text, language):
    assert language_of(text) in (language, "HIRAGANA" if language == "CJK" else language)


def test_a_list_that_is_always_the_same_is_no_long_menu():
    asked = [f"City {i}?" for i in range(12)]
    cities = ["Rome", "Oslo", "Lima", "Bern", "Kyiv"]
    content = compare_arms({
        "plain": Samples.of({q: ["Rome"] * 7 + ["Oslo"] * 3 for q in asked}),
        "lists": Samples.of(dict.fromkeys(asked, cities * 2)),
    }).content  # fmt: skip
    assert [arm.answers.value for arm in content.arms] == pytest.approx(
        [1 / 0.58, 5.0], abs=0.25
    )  # cities are a little alike; 1/U of the lists alone would be 9


def test_an_arm_that_never_repeats_itself_is_no_riddle():
    asked = [f"City {i}?" for i in range(12)]
    cities = ["Rome", "Oslo", "Lima", "Bern", "Kyiv", "Riga"]
    plain = {q: ["Rome"] * 5 + [cities[1 + i % 5]] for i, q in enumerate(asked)}
    content = compare_arms({
        "plain": Samples.of(plain), "memory": Samples.of(dict.fromkeys(asked, cities)),
    }).content  # fmt: skip
    assert content.arms[1].answers.value == pytest.approx(6, abs=0.3)
    assert content.arms[1].verdict == "widened"
