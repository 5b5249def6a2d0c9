"""``fullmenu diagnose agent-loops``."""

import json


def test_a_looping_agent_is_warned_of(shell, tmp_path):
    log = tmp_path / "runs.jsonl"
    rows = [
        {"task_id": n % 5, "success": n % 4 > 0, "steps": [
            {"tool": "look", "arguments": {"at": k if n % 4 else 0}, "result": f"at {n % 4 and k}"}
            for k in range(6)]}
        for n in range(60)
    ]  # fmt: skip
    log.write_text("\n".join(map(json.dumps, rows)))
    run = shell("diagnose", "agent-loops", str(log))
    assert run.returncode == 0, run.stderr
    assert "WARNING" in run.stdout
    assert "15 of 60 runs go round in a loop" in run.stdout
    found = json.loads(shell("diagnose", "agent-loops", str(log), "--json").stdout)
    assert found["evidence"]["runs with the same call"]["value"] == 0.25
