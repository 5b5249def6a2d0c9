"""Dishes of a sample, counted in every output of a log."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from fullmenu.cli import main
from fullmenu.engine.engines import Local, Pool
from fullmenu.judge.census.dish_tally import GROUPS, DishTally
from fullmenu.judge.census.faces import check_in_parts, compare_in_parts
from fullmenu.judge.closeup import keys_of
from fullmenu.report import words
from fullmenu.report.plain import interval, percent
from fullmenu.stats.proportion import share

FRUIT = ["fig tart", "kiwi salad", "plum cake", "lime pie", "pear soup", "date bread", "sloe gin"]
OFTEN = [0.4, 0.25, 0.15, 0.1, 0.05, 0.03, 0.02]
Rows = list[dict[str, Any]]


def rows_of(prompts: int = 60, seed: int = 0) -> Rows:
    rng = np.random.default_rng(seed)
    return [
        {"prompt": f"What shall I cook tonight, number {p}?", "response": said(rng, p)}
        for p in range(prompts)
        for _ in range(10)
    ]


def said(rng: np.random.Generator, prompt: int) -> str:
    if rng.random() < 0.1:
        return "".join(rng.choice(list("bcdfghaeiou"), 30))
    return f"{rng.choice(FRUIT, p=OFTEN)}, {rng.choice(['please', 'today', 'now'])}"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, rows: Rows, files: int = 3, seed: int = 0) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        order = np.random.default_rng(seed).permutation(len(rows))
        for k, some in enumerate(np.array_split(order, files)):
            lines = [json.dumps(rows[i]) for i in some]
            (folder / f"{k}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return folder

    return write


def test_of_a_log_that_is_its_own_sample_the_counts_are_the_sample_s(write, valid):
    report = check_in_parts(write("log", rows_of()), count_dishes=True)
    valid(report.document)
    document = report.content
    found = document.dishes_of_all
    assert found.outputs == document.dishes.plates == 600
    again = [dish for dish in document.fallback if dish.plates >= 2]
    assert [x.outputs for x in found.commonest[: len(again)]] == [x.plates for x in again]
    assert found.top_3_share.value == pytest.approx(document.dishes.top_3_share.value)
    assert 0.8 < found.found.value < 1
    assert "600 outputs" in report.to_markdown() or "600" in str(report)


def test_engines_and_parts_count_alike(write, look_at):
    look_at(150)
    rows = rows_of()
    found = [
        check_in_parts(write(f"log{k}", rows, files, k), engine=engine, count_dishes=True).content
        for k, (files, engine) in enumerate([(1, Local()), (3, Local()), (5, Pool(2))])
    ]
    first = found[0].dishes_of_all
    assert first.outputs == 600 > found[0].dishes.plates == 150
    assert all(x.dishes_of_all == first for x in found)
    # what is rare on the menu may be served less than twice in fifteen prompts
    of_menu = sum(any(name in row["response"] for name in FRUIT) for row in rows) / 600
    common = sum(any(name in row["response"] for name in FRUIT[:4]) for row in rows) / 600
    assert common <= first.found.value <= of_menu
    assert first.found.low < first.found.value < first.found.high


def test_what_others_still_serve_is_not_lost(write, look_at):
    look_at(150)
    before = rows_of()
    log = write("before", before)
    close = {*check_in_parts(log).samples[0].prompts}
    rng = np.random.default_rng(5)
    after = [
        {**row, "response": "plum cake, please" if row["prompt"] in close else said(rng, 0)}
        for row in before
    ]
    other = write("after", after)
    plain = compare_in_parts(log, other).content
    counted = compare_in_parts(log, other, count_dishes=True)
    assert plain.dishes.lost >= 5
    assert plain.lost
    assert counted.content.dishes_of_all.not_lost == plain.dishes.lost
    assert not counted.content.lost
    told = "Among all 600 outputs after, all of them are still given: not listed as lost."
    shown = [" ".join(str(text).split()) for text in (counted, counted.to_html())]
    assert all(told in text and "before are gone" not in text for text in shown)
    said_of_the_sample = "before look gone among the outputs that were grouped (150 and 150); had"
    assert any(said_of_the_sample in one for one in words.regulars(plain))


def test_the_commonest_of_both_logs_stand_side_by_side_with_intervals(write):
    rng = np.random.default_rng(9)
    rows = rows_of()
    new = [{**row, "response": f"{rng.choice(['rye', 'corn', 'oats'])}, now"} for row in rows]
    after = [b if rng.random() < 0.6 else a for a, b in zip(rows, new, strict=True)]
    given = (write("before", rows), write("after", after))
    report = compare_in_parts(*given, count_dishes=True)
    of_all = report.content.dishes_of_all
    before, after = of_all.before.commonest, of_all.after.commonest
    assert [x.example for x in before] == [x.example for x in after]
    assert 10 <= len(before) <= 20
    assert [x.outputs for x in before if x.example.startswith(("rye", "corn", "oats"))] == [0] * 3
    for made in (report, report.to_markdown(), report.to_html()):
        text = html.unescape(str(made)).replace("\xa0", " ")
        assert "Commonest answers (share of all 600 and 600 outputs)" in text
        for x in (*before, *after):
            assert interval(x.share, percent) in text


@pytest.mark.parametrize(
    ("lost", "still", "said"),
    [
        (1, 0, "None of all 9 outputs after gives it."),
        (1, 1, "Among all 9 outputs after, it is still given: not listed as lost."),
        (4, 0, "None of all 9 outputs after gives any of them."),
        (4, 4, "Among all 9 outputs after, all of them are still given: not listed as lost."),
        (
            4,
            1,
            "Among all 9 outputs after, 1 of them is still given; 3 are gone, and listed as lost.",
        ),
        (
            12,
            9,
            "Among all 9 outputs after, 9 of the 10 commonest of them are still given; "
            "1 is gone, and listed as lost.",
        ),
    ],
)
def test_what_is_gone_is_said_of_all_outputs(write, lost, still, said):
    content = compare_in_parts(*[write(f"log{k}", rows_of(8)) for k in (0, 1)], count_dishes=True)
    document = content.content
    one = structs.replace(document.dishes_of_all.after, outputs=9, held_against=10)
    both = structs.replace(document.dishes_of_all, after=one, not_lost=still)
    dishes = structs.replace(document.dishes, lost=lost)
    document = structs.replace(document, dishes=dishes, dishes_of_all=both)
    assert said in words.regulars(document)
    assert words.gone(document) == lost - still


def test_a_run_that_was_stopped_goes_on(write, tmp_path, look_at):
    look_at(150)
    log = write("log", rows_of())
    given: dict[str, Any] = {"folder": tmp_path / "run", "count_dishes": True}
    first = check_in_parts(log, **given).content
    assert len([*(tmp_path / "run" / "log dishes").glob("*.done")]) == 3
    assert check_in_parts(log, **given).content.dishes_of_all == first.dishes_of_all


def test_of_few_prompts_there_are_no_intervals(write):
    found = check_in_parts(write("log", rows_of(4)), count_dishes=True).content.dishes_of_all
    assert found.found is None
    assert found.commonest[0].share is None
    assert found.commonest[0].outputs > 5


def test_parts_add_up_in_any_order():
    rng = np.random.default_rng(3)
    keys, dish = keys_of([f"p{n}" for n in rng.integers(0, 90, 400)]), rng.integers(-1, 5, 400)
    whole = DishTally.partial(keys, dish, 5)
    parts = [DishTally.partial(keys[a], dish[a], 5) for a in np.array_split(np.arange(400), 7)]
    for order in ([*range(7)], [3, 1, 6, 0, 2, 5, 4]):
        merged = DishTally.partial(keys[:0], dish[:0], 5)
        for k in order:
            merged = merged.merge(DishTally.from_bytes(parts[k].to_bytes()))
        assert np.array_equal(merged.counts, whole.counts)


@pytest.mark.parametrize("prompts", [40, 400])
def test_intervals_cover_the_share_of_unequal_prompts(prompts):
    rng = np.random.default_rng(7)
    covered, draws = 0, 300
    for _ in range(draws):
        sizes = rng.geometric(0.1, prompts)
        # half of the prompts serve it often, one in ten always; the share is .45 whatever the size
        chance = np.array([0.7, 0.0, 1.0])[rng.choice(3, prompts, p=[0.5, 0.4, 0.1])]
        keys = np.repeat(rng.integers(0, 1 << 60, prompts).astype(np.uint64), sizes)
        dish = np.where(rng.random(sizes.sum()) < np.repeat(chance, sizes), 0, -1)
        counts = DishTally.partial(keys, dish, 1).counts
        counts = counts[counts.sum(axis=1) > 0]
        found = share(counts[:, 0], counts.sum(axis=1))
        covered += found.low <= 0.45 <= found.high
    assert covered >= 0.92 * draws
    assert len(counts) <= GROUPS


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["check", "{log}"], "it is of --engine"),
        (["compare", "{log}", "{log}", "{log}", "--engine", "local"], "not of a trend"),
    ],
)
def test_where_there_is_nothing_to_count(write, monkeypatch, capsys, given, said):
    log = str(write("log", rows_of(8)))
    words = [word.format(log=log) for word in given]
    monkeypatch.setattr("sys.argv", ["fullmenu", *words, "--count-dishes"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_the_command_counts(write, monkeypatch, capsys):
    log = str(write("log", rows_of(60)))
    argv = ["fullmenu", "check", log, "--engine", "local", "--count-dishes", "--quiet"]
    monkeypatch.setattr("sys.argv", argv)
    with pytest.raises(SystemExit):
        main()
    assert "of all 600 outputs" in capsys.readouterr().out
