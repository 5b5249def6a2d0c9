"""Forgetting from per-item results: the arithmetic, the verdicts, the files."""

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from fullmenu.diagnose import Results, changes_by_suite, forgetting, read_results, replay_weights
from fullmenu.diagnose.checkpoints.change import Spread, both, mcnemar, over_items
from fullmenu.diagnose.checkpoints.results import ItemScore
from fullmenu.errors import BadInput, NotEnoughData

HERE = Path(__file__).parent / "fixtures"


def items(right, n):
    return [1] * right + [0] * (n - right)


def run(rng, p, n=400):
    return {"old": (rng.random(n) < p) * 1.0}


def test_mcnemar_is_the_exact_sign_test():
    from scipy.stats import binomtest

    for lost, gained in [(10, 2), (3, 3), (0, 7), (40, 25), (1, 0)]:
        assert mcnemar(lost, gained) == pytest.approx(binomtest(lost, lost + gained).pvalue)
    with pytest.raises(BadInput, match="lost=-1"):
        mcnemar(-1, 2)


def test_interval_of_right_and_wrong_is_bonett_and_price():
    lost, gained, n = 12, 5, 80
    d = np.array([-1.0] * lost + [1.0] * gained + [0.0] * (n - lost - gained))
    spread = over_items(d, np.arange(n))
    p, q = (lost + 1) / (n + 2), (gained + 1) / (n + 2)
    assert spread.mean == pytest.approx(q - p)
    # theirs divides by n + 2, a sample's variance by one less
    assert spread.se == pytest.approx(np.sqrt((p + q - (p - q) ** 2) / (n + 1)))


def test_items_and_runs_at_once():
    found = both(Spread(-0.1, 0.03, 400), Spread(-0.1, 0.04, 4))
    assert found.se == pytest.approx(0.05)
    assert found.df == pytest.approx(0.05**4 / (0.03**4 / 400 + 0.04**4 / 4))


def test_lost_and_gained_stand_apart():
    before = {"churn": items(50, 100)}
    after = {"churn": items(50, 100)[::-1]}
    (change,), _, _ = changes_by_suite(before, after)
    assert (change.change.value, change.lost.value, change.gained.value) == (0.0, 0.5, 0.5)
    assert change.counts == (50, 50)
    found = forgetting(before, after)
    assert found.verdict == "inconclusive"
    assert any("50% lost and 50% gained" in note for note in found.notes)


def test_one_run_warns_and_three_fail():
    rng = np.random.default_rng(0)
    before = run(rng, 0.9)
    one = forgetting(before, run(rng, 0.5))
    assert (one.verdict, one.seeds) == ("warning", 1)
    assert "one training run warns at most" in one.why
    three = forgetting(before, [run(rng, 0.5) for _ in range(3)])
    assert (three.verdict, three.seeds) == ("failure", 3)
    assert {"old: change, over items", "old: change, over training runs"} <= set(three.evidence)
    assert three.gap.low > 0.2


def test_runs_that_scatter_do_not_fail_where_their_items_would():
    rng = np.random.default_rng(1)
    runs = [run(rng, p) for p in (0.3, 0.9, 0.88)]
    found = forgetting(run(rng, 0.9), runs)
    assert found.evidence["old: change, over items"].high < -0.02
    assert found.evidence["old: change, over training runs"].high > 0
    assert found.verdict == "inconclusive"


def test_the_same_run_thrice_is_one_run():
    found = forgetting({"old": items(60, 60)}, [{"old": items(0, 60)}] * 3)
    assert (found.verdict, found.seeds) == ("warning", 1)
    assert any("3 runs, of which 1 differ" in note for note in found.notes)
    other = {"old": items(1, 60)}
    found = forgetting({"old": items(60, 60)}, [{"old": items(0, 60)}, other, other])
    assert (found.verdict, found.seeds) == ("failure", 2)


def test_ok_needs_enough_items():
    still = {"old": items(70, 100)}
    assert forgetting(still, still).verdict == "inconclusive"  # 100 items cannot exclude 2 %
    many = {"old": items(700, 1000)}
    assert forgetting(many, many).verdict == "ok"
    assert forgetting(still, still, margin=0.1).verdict == "ok"


def test_a_loss_within_the_margin_is_ok():
    after = items(7000, 10000)
    after[:60] = [0] * 60
    found = forgetting({"old": items(7000, 10000)}, {"old": after})
    assert found.verdict == "ok"
    assert "a loss, but within the margin" in found.why


def test_a_loss_not_surely_above_the_margin_warns():
    found = forgetting({"old": items(90, 100)}, {"old": items(82, 100)})
    assert found.verdict == "warning"
    assert "not surely above 0.02" in found.why


def test_holm_over_suites_and_the_interval_of_the_worst():
    rng = np.random.default_rng(2)
    before = {f"s{k}": rng.permutation(items(70, 100)) for k in range(20)}
    after = {name: x.copy() for name, x in before.items()}
    right = np.flatnonzero(before["s3"])[:7]
    after["s3"][right] = 0
    alone = forgetting({"s3": before["s3"]}, {"s3": after["s3"]})
    among = forgetting(before, after)
    assert alone.verdict == "warning"
    assert among.verdict == "inconclusive"
    assert among.gap.value == alone.gap.value == 0.07
    assert among.gap.high > alone.gap.high


def test_who_could_nothing_before_forgot_nothing():
    found = forgetting({"new": items(0, 50)}, {"new": items(40, 50)})
    assert found.verdict == "incapable"
    guess = {"choice": items(27, 100)}
    assert forgetting(guess, {"choice": items(5, 100)}, chance=0.25).verdict == "incapable"
    both = forgetting(
        {"choice": guess["choice"], "old": items(90, 100)},
        {"choice": items(5, 100), "old": items(90, 100)},
        chance={"choice": 0.25},
        margin=0.1,
    )
    assert both.verdict == "ok"
    assert any("not judged: choice" in note for note in both.notes)


def test_groups_are_the_units():
    rows = [[], []]
    for g in range(12):
        for i in range(10):
            rows[0].append(ItemScore("texts", f"{g}-{i}", 1.0, group=str(g)))
            rows[1].append(ItemScore("texts", f"{g}-{i}", float(g >= 3), group=str(g)))
    grouped = forgetting(*(Results(tuple(r)) for r in rows))
    alone = forgetting(*(Results(tuple(x._replace(group="") for x in r)) for r in rows))
    assert (grouped.items, alone.items) == (12, 120)
    width = [f.evidence["texts: change, over items"] for f in (grouped, alone)]
    assert width[0].high - width[0].low > 2 * (width[1].high - width[1].low)
    assert (grouped.verdict, alone.verdict) == ("inconclusive", "warning")


def test_graded_scores():
    rng = np.random.default_rng(3)
    before = rng.uniform(0.4, 1, 200)
    found = forgetting({"essay": before}, {"essay": before - rng.uniform(0.1, 0.3, 200)})
    assert found.verdict == "warning"
    assert found.gap.value == pytest.approx(0.2, abs=0.01)
    assert not any("McNemar" in note for note in found.notes)


def test_items_pair_by_name_and_what_is_left_out_is_said():
    before = {"s": {"a": 1, "b": 1, "c": 0}, "gone": {"x": 1}}
    after = {"s": {"c": 0, "b": 0, "a": 1, "d": 1}}
    changes, notes, _ = changes_by_suite(before, after)
    assert [c.suite for c in changes] == ["s"]
    assert changes[0].counts == (1, 0)
    assert any("1 of 4 items" in n for n in notes)
    assert any("left out: gone" in n for n in notes)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"a": [1, 0]}, {"b": [1, 0]}, "no suite is on both sides"),
        ({"a": {"x": 1}}, {"a": {"y": 1}}, "no item is on both sides"),
        ({"a": [1, 0]}, {"a": [3, 1]}, "scores 3.0"),
        ({"a": [1, float("nan")]}, {"a": [1, 1]}, "scores nan"),
        ({}, {"a": [1]}, "without a row"),
        ([{"a": [1, 0]}] * 2, [{"a": [1, 0]}] * 3, "do not pair"),
        (7, {"a": [1, 0]}, "7 is no result"),
        ([], {"a": [1, 0]}, "empty list"),
    ],
)
def test_bad_input(before, after, said):
    with pytest.raises(BadInput, match=said):
        forgetting(before, after)


def test_too_little():
    with pytest.raises(NotEnoughData, match="at least 2 items"):
        forgetting({"a": [1]}, {"a": [0]})
    for wrong in ({"margin": 0}, {"level": 0.4}):
        with pytest.raises(BadInput, match=next(iter(wrong))):
            forgetting({"a": [1, 0]}, {"a": [1, 0]}, **wrong)


def test_replay_goes_where_it_was_lost():
    before = {s: items(50, 50) for s in "abc"}
    after = {"a": items(20, 50), "b": items(40, 50), "c": items(50, 50)}
    weights = replay_weights(before, after)
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["a"] > weights["b"] > weights["c"] > 0
    assert replay_weights(before, after, floor=1) == dict.fromkeys("abc", pytest.approx(1 / 3))
    assert replay_weights(before, before) == dict.fromkeys("abc", pytest.approx(1 / 3))
    assert "a 67%" in forgetting(before, after).cure
    with pytest.raises(BadInput, match="floor=2"):
        replay_weights(before, after, floor=2)


def test_two_checkpoints_as_lm_evaluation_harness_wrote_them():
    found = forgetting(HERE / "lm_eval_before", HERE / "lm_eval_after")
    assert found.verdict == "warning"
    assert "adding lost 0.86 and gained 0" in found.why
    assert any("adding: 86 lost, 0 gained" in note for note in found.notes)
    assert any("not judged: subtracting" in note for note in found.notes)
    assert "scores of lm-evaluation-harness: exact_match" in found.notes
    assert found.evidence["larger: change, over items"].value == 0
    assert found.evidence["subtracting: gained"].value == pytest.approx(42 / 55)


def test_one_sample_file_against_another(tmp_path):
    def plain(side):
        (packed,) = (HERE / f"lm_eval_{side}").glob("samples_adding_*")
        path = tmp_path / side / packed.name.removesuffix(".xz")
        path.parent.mkdir()
        path.write_bytes(lzma.decompress(packed.read_bytes()))
        return path

    before, after = plain("before"), plain("after")
    (tmp_path / "before" / "results_2026.json").write_text("{}")
    assert read_results(tmp_path / "before").suites == ["adding"]
    lines = [json.loads(line) for line in after.read_text().splitlines()]
    right = sum(line["exact_match"] for line in lines)
    (change,), _, _ = changes_by_suite(before, after)
    assert change.suite == "adding"
    assert change.score.value + change.change.value == pytest.approx(right / len(lines))


def test_filters_and_metrics_of_the_harness(tmp_path):
    def line(k, filter, **metrics):
        return {
            "doc_id": k, "doc": {}, "resps": [["x"]], "filter": filter,
            "metrics": list(metrics), **metrics,
        }  # fmt: skip

    path = tmp_path / "samples_gsm8k_cot_2026-11-20T18-57-01.123.jsonl"
    rows = [line(k, f, exact_match=float(f == "strict")) for f in ("strict", "loose") for k in "ab"]
    path.write_text("\n".join(json.dumps(r) for r in rows))
    found = read_results(path)
    assert [(r.suite, r.item, r.score) for r in found.rows] == [
        ("gsm8k_cot", "a", 1.0),
        ("gsm8k_cot", "b", 1.0),
    ]
    assert any("another filter" in note for note in found.notes)
    path.write_text(json.dumps(line(0, "none", word_perplexity=[-3.2, 4])))
    with pytest.raises(BadInput, match="not numbers of their own"):
        read_results(path)


def test_inspect_epochs_and_letters(tmp_path):
    def log(*values):
        return {
            "eval": {"task": "quiz"},
            "samples": [
                {"id": f"q{k % 2}", "epoch": k // 2 + 1, "scores": {"match": {"value": v}}}
                for k, v in enumerate(values)
            ],
        }

    before, after = tmp_path / "a.json", tmp_path / "b.json"
    before.write_text(json.dumps(log("C", "C", "C", "P")))
    after.write_text(json.dumps(log("I", "C", "C", 1)))
    (change,), _, _ = changes_by_suite(before, after)
    assert (change.suite, change.score.value, change.lost.value, change.gained.value) == (
        "quiz", pytest.approx(0.875), pytest.approx(0.25), pytest.approx(0.125),
    )  # fmt: skip


def test_a_table_with_seeds(tmp_path):
    rng = np.random.default_rng(4)

    def table(name, p):
        rows = ["suite,item,score,seed"]
        for seed in range(3):
            rows += [f"old,{i},{int(rng.random() < p)},{seed}" for i in range(150)]
        path = tmp_path / name
        path.write_text("\n".join(rows))
        return path

    found = forgetting(table("before.csv", 0.9), table("after.csv", 0.6))
    assert (found.verdict, found.seeds) == ("failure", 3)


def test_a_table_without_its_columns(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("question,right\na,1\n")
    with pytest.raises(BadInput, match="no columns item and score, but question, right"):
        read_results(path)
    path.write_text("item,score\na,yes\n")
    with pytest.raises(BadInput, match="'yes' is no number"):
        read_results(path)
