"""What some row groups say of a log."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.judge.census.part_sample import sampled_rates


@pytest.fixture
def logs(tmp_path, serve):
    """The same outputs by prompt and shuffled, in 60 row groups."""
    log = serve(prompts=120, outputs=10, seed=4)
    log = log.take(np.flatnonzero(np.arange(1_200) % 7 > 0))
    rows = [{"prompt": p, "output": o} for p, o in zip(log.prompts, log.outputs, strict=True)]
    order = np.random.default_rng(1).permutation(len(rows))
    paths = {}
    for name, some in {"by prompt": rows, "shuffled": [rows[i] for i in order]}.items():
        paths[name] = tmp_path / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(some), paths[name], row_group_size=17)
    return paths


VIEWS = ["phrasing", "exact"]


@pytest.mark.parametrize("order", ["by prompt", "shuffled"])
def test_all_parts_give_the_rates_of_the_log(logs, order):
    rates = sampled_rates(logs[order], 1e6, views=VIEWS)
    report = fm.check(logs[order], views=VIEWS)
    whole = {name: view.within.repeat_rate for name, view in report.content.views.items()}
    for name in VIEWS:
        assert rates[name].low == rates[name].high == rates[name].value
        assert rates[name].value == pytest.approx(whole[name].value, rel=1e-9)


@pytest.mark.parametrize("order", ["by prompt", "shuffled"])
def test_some_parts_cover_the_rate_of_the_log(logs, order):
    whole = sampled_rates(logs[order], 1e6, views=["exact"])["exact"].value
    covered = 0
    for seed in range(12):
        e = sampled_rates(logs[order], 510, views=["exact"], seed=seed)["exact"]
        assert "standard error" in e.method
        covered += e.low <= whole <= e.high
    assert covered >= 11


def test_the_report_says_what_is_of_the_sample(logs, shell, valid):
    ran = shell("check", str(logs["shuffled"]), "--sample", "510", "-v", "exact", "--json")
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    valid(document)
    rate = document["views"]["exact"]["within"]["repeat_rate"]
    e = sampled_rates(logs["shuffled"], 510, views=["exact"])["exact"]
    assert [rate["value"], rate["low"], rate["high"]] == [e.value, e.low, e.high]
    assert document["caveats"][0].startswith("A sample, drawn with seed 0: 484 of 1,028 records")
    refused = shell("check", str(logs["shuffled"]), "--sample", "510", "--engine", "local")
    assert refused.returncode == 2
    assert "leave --baseline and --engine out" in " ".join(refused.stderr.split())


def test_a_sample_needs_row_groups_and_enough_of_them(logs, tmp_path):
    with pytest.raises(NotEnoughData, match="smaller row groups"):
        sampled_rates(logs["shuffled"], 100)
    lines = tmp_path / "log.jsonl"
    lines.write_text('{"prompt": "Q", "output": "fig"}\n')
    with pytest.raises(BadInput, match=r"log\.jsonl has none: write it as Parquet"):
        sampled_rates(lines, 100)
