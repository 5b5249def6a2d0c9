"""A watch in a trainer that runs on two processes: one record and one alarm, not two."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import fullmenu as fm

from . import tiny


def test_two_processes_keep_one_record_and_raise_one_alarm(tmp_path: Path, require: Any) -> None:
    for package in ("torch", "accelerate", "trl"):
        require(package)
    base = tmp_path / "base"
    for part in tiny.llama(dropout=0.0):
        part.save_pretrained(base)
    script = Path(__file__).with_name("two_processes.py")
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    # what `accelerate launch --cpu` sets; gloo is what processors speak
    alone = {"ACCELERATE_USE_CPU": "true", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, *launch, str(script), str(base), str(tmp_path)],
        capture_output=True, text=True, timeout=300, check=False, env=os.environ | alone,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    told = [json.loads((tmp_path / f"process_{i}.json").read_text()) for i in range(2)]
    assert [one["processes"] for one in told] == [2, 2]
    assert told[0]["step"] == told[1]["step"] < 40
    assert len(told[0]["alarms"]) == 1 and told[1]["alarms"] == []
    assert told[0]["looks"] == told[0]["step"] and told[1]["looks"] == 0
    log = fm.read(tmp_path / "run.jsonl")
    assert len(log) == 24 * told[0]["looks"]
    seen = Counter(zip(log.column("model"), log.prompts, strict=True))
    assert all(count % 4 == 0 for count in seen.values())  # groups are whole, though split
