"""``fullmenu diagnose cue-or-content``."""

import json


def written(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)))
    return str(path)


def test_pairs_are_written_scored_and_judged(shell, tmp_path):
    pairs = [
        {"prompt": f"Say {n}.", "rejected": "A word.",
         "chosen": [{"role": "assistant", "content": f"Here is {n}."}]}
        for n in range(30)
    ]  # fmt: skip
    versions = tmp_path / "versions.jsonl"
    log = written(tmp_path / "pairs.jsonl", pairs)
    run = shell("diagnose", "cue-or-content", log, "--write", str(versions))
    assert run.returncode == 0, run.stderr
    assert "480 versions of 30 pairs" in run.stdout
    rows = [json.loads(line) for line in versions.read_text().splitlines()]
    for row in rows:
        row["score"] = ("Here is" in row["answer"]) + ("expert" in row["answer"])
    run = shell("diagnose", "cue-or-content", written(tmp_path / "scored.jsonl", rows), "--json")
    found = json.loads(run.stdout)
    assert found["verdict"] == "warning"
    assert found["evidence"]["author: cue's share"]["value"] == 0.5
    assert found["evidence"]["length: cue's share"]["value"] == 0
    assert shell("diagnose", "cue-or-content", log).returncode == 2


def test_a_log_of_scores(shell, tmp_path):
    rows = []
    for n in range(240):
        good, long = n * 7 % 5, n * 11 % 7
        text = " ".join(["word"] * (5 + 9 * long))
        rows.append({"prompt": f"p{n // 8}", "output": text, "content": good, "score": good - long})
    log = written(tmp_path / "rewards.jsonl", rows)
    found = json.loads(shell("diagnose", "cue-or-content", log, "--json").stdout)
    assert found["evidence"]["length: cue effect"]["high"] < 0
    run = shell("diagnose", "cue-or-content", log, "--cues", "smell")
    assert run.returncode == 2
    assert "smell: no column" in run.stderr
