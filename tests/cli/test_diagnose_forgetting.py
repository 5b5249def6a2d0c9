"""``fullmenu diagnose forgetting``."""

import json
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "diagnose" / "fixtures"
BEFORE, AFTER = (str(FIXTURES / f"lm_eval_{side}") for side in ("before", "after"))


def test_two_folders(shell, tmp_path):
    page = tmp_path / "found.html"
    run = shell("diagnose", "forgetting", BEFORE, AFTER, "--html", str(page))
    assert run.returncode == 0, run.stderr
    assert "WARNING" in run.stdout
    assert "adding lost 0.86" in run.stdout
    assert "adding" in page.read_text("utf-8")


def test_one_run_given_three_times_is_one(shell):
    run = shell("diagnose", "forgetting", *[BEFORE, AFTER] * 3, "--json")
    found = json.loads(run.stdout)
    assert (found["seeds"], found["verdict"]) == (1, "warning")
    assert any("those alike count once" in note for note in found["notes"])


def test_three_runs(shell, tmp_path):
    pairs = []
    for k in range(3):
        for side, right in (("before", 90), ("after", 50 + k)):
            path = tmp_path / f"{side}{k}.csv"
            rows = [f"{i},{int(i < right)}" for i in range(100)]
            path.write_text("\n".join(["suite,item,score", *(f"old,{row}" for row in rows)]))
            pairs.append(str(path))
    found = json.loads(shell("diagnose", "forgetting", *pairs, "--json").stdout)
    assert (found["seeds"], found["verdict"]) == (3, "failure")


def test_a_table_of_stages(shell, tmp_path):
    path = tmp_path / "stages.csv"
    rows = ["checkpoint,suite,item,score"]
    right = {("s1", "a"): 90, ("s1", "b"): 10, ("s2", "a"): 20, ("s2", "b"): 95}
    for (stage, suite), n in right.items():
        rows += [f"{stage},{suite},{i},{int(i < n)}" for i in range(100)]
    path.write_text("\n".join(rows))
    found = json.loads(shell("diagnose", "forgetting", str(path), "--json").stdout)
    assert (found["gap"]["value"], found["subject"]) == (0.7, "s2 against s1")
    for suite, n in (("a", 10), ("b", 50), ("c", 90)):
        rows += [f"s3,{suite},{i},{int(i < n)}" for i in range(100)]
    path.write_text("\n".join(rows))
    found = json.loads(shell("diagnose", "forgetting", str(path), "--json").stdout)
    assert set(found["evidence"]) >= {"a: change, over items", "b: change, over items"}
    assert found["gap"]["value"] == 0.8


def test_errors_are_one_line(shell, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("item,score\na,1\nb,0\n")
    for args, said in (
        ([str(path)], "holds one checkpoint"),
        ([str(path)] * 3, "do not make pairs"),
        ([str(path), str(tmp_path / "none")], "no such file"),
        ([str(path), BEFORE], "no suite is on both sides"),
    ):
        run = shell("diagnose", "forgetting", *args)
        assert run.returncode != 0
        assert said in run.stderr.replace("\n", " ").replace("│", "")
        assert "Traceback" not in run.stderr


def test_two_tables_without_a_suite_are_one_suite_whatever_they_are_called(shell, tmp_path):
    paths = [tmp_path / "base.csv", tmp_path / "tuned.csv"]
    for path, right in zip(paths, (90, 40), strict=True):
        rows = [f"{i},{int(i < right)}" for i in range(100)]
        path.write_text("\n".join(["item,score", *rows]))
    run = shell("diagnose", "forgetting", *map(str, paths), "--json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["gap"]["value"] == 0.5
    for path, suite in zip(paths, ("sums", "names"), strict=True):
        rows = [f"{suite},{i},1" for i in range(9)]
        path.write_text("\n".join(["suite,item,score", *rows]))
    run = shell("diagnose", "forgetting", *map(str, paths))
    assert run.returncode == 1 and "no suite is on both sides" in run.stderr


def test_a_table_with_a_word_for_a_number_is_one_line(shell, tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("kl,proxy,gold\n0,0.1,0.1\nabc,0.2,0.3\n2,0.3,0.3\n")
    run = shell("diagnose", "over-optimisation", str(path))
    assert run.returncode == 1 and len(run.stderr.strip().splitlines()) <= 2
    assert "row 2: kl='abc' is no finite number" in " ".join(run.stderr.split())
    path.write_text("size,train_loss,test_error,seed\n1,0.1,0.2,a\n2,inf,0.3,a\n")
    run = shell("diagnose", "double-descent", str(path))
    assert run.returncode == 1 and "train_loss=inf" in " ".join(run.stderr.split())
