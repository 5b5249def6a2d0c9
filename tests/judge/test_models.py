"""Which models could replace one another: found where it is so, and not made up."""

from __future__ import annotations

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.judge.case import Settings
from fullmenu.judge.models import alike_models
from fullmenu.samples import Samples

DISHES = [
    f"{a} {b} with {c}"
    for a, b, c in zip(
        np.random.default_rng(0).permutation(["baked", "cold", "fried", "raw"] * 30),
        [f"{x}{y}" for x in "bdfglmnprst" for y in ("ake", "ill", "orn", "une", "ock", "irt")][:60]
        * 2,
        [f"{x}{y}" for x in "wvzkhj" for y in ("addle", "ember", "ingle", "orrow", "ustic")] * 4,
        strict=False,
    )
]


def menus(recipes, prompts=30, outputs=8, seed=0):
    """Logs of models: each draws, for each prompt, from its own numbers of dishes."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(DISHES)) for _ in range(prompts)]
    return [
        Samples.of(
            {
                f"What do you cook on day {p}?": [
                    DISHES[order[int(rng.choice(recipe))]] for _ in range(outputs)
                ]
                for p, order in enumerate(orders)
            }
        )
        for recipe in recipes
    ]


def alike(logs, **settings):
    names = [f"model-{k}" for k in range(len(logs))]
    return alike_models(logs, names, Settings(**settings))


def test_twins_are_one_group_and_strangers_are_not():
    found = alike(menus([range(4), range(4), range(10, 14), range(20, 24)]))
    assert found.groups == [["model-0", "model-1"]]
    first, *others = found.pairs
    assert {first.one, first.other} == {"model-0", "model-1"}
    assert first.sameness.high > 0.95
    assert all(pair.sameness.high < 0.4 for pair in others)
    assert 2 < found.effective.low < 16 / 6 < found.effective.high < 3  # of twins and two
    assert found.between.high < found.within.low
    assert found.beyond_chance.low > 0


def test_models_with_nothing_in_common_count_whole():
    found = alike(menus([range(4), range(10, 14), range(20, 24)]))
    assert found.effective.value > 2.7
    assert not found.groups


def test_the_interval_of_twins_holds_one():
    hits = 0
    for seed in range(20):
        found = alike(menus([range(5)] * 3, prompts=15, outputs=4, seed=seed))
        hits += all(pair.sameness.high >= 0.999 for pair in found.pairs)
    assert hits >= 17


def test_the_most_different_answers_are_chosen():
    found = alike(menus([range(2), range(8), range(8, 16), range(4)]))
    one, two, three = found.teams
    assert one.models[0] in ("model-1", "model-2")
    assert set(two.models) == {"model-1", "model-2"}
    assert two.answers.value > one.answers.value
    assert two.held_out > 0.98
    alone = {model.name: model.alone.value for model in found.models}
    assert alone["model-2"] > 3 and alone["model-0"] < 0.5
    assert {"model-1", "model-2"} <= set(three.models)


def test_numbers_of_outputs_that_differ_change_little():
    logs = menus([range(4), range(4), range(10, 14)], outputs=10)
    fewer = logs[1].take(np.arange(len(logs[1])) % 10 < 6)
    found = alike([logs[0], fewer, logs[2]])
    assert found.outputs == 6
    assert found.groups == [["model-0", "model-1"]]


def test_one_output_of_a_prompt_is_too_few():
    logs = menus([range(4)] * 3, outputs=1)
    assert "one output of a prompt" in alike(logs)
    assert "share 0 prompts" in alike([logs[0], *(Samples.of({f"{k}": ["fig"] * 3}) for k in "ab")])


def test_a_model_that_never_says_the_same_twice_gives_no_scale():
    logs = menus([range(3), range(3), range(len(DISHES))])
    assert "hardly says the same twice" in alike(logs)


@pytest.fixture(scope="module")
def report():
    rows = [
        {"prompt": prompt, "output": output, "model": f"<i>model-{k}"}
        for k, log in enumerate(menus([range(4), range(4), range(10, 14)]))
        for prompt, output in zip(log.prompts, log.outputs, strict=True)
    ]
    return fm.compare(rows, by="model")


def test_a_comparison_by_model_tells_it(report, valid, tmp_path):
    valid(report.document)
    models = report.content.models
    assert models.groups == [["<i>model-0", "<i>model-1"]]
    assert "Could replace one another: <i>model-0 and <i>model-1." in " ".join(str(report).split())
    page = report.save(tmp_path / "models.html").read_text(encoding="utf-8")
    assert "Which models could replace one another" in page
    assert 'class="heat"' in page and "<i>model" not in page
    assert fm.Report(report.document).content.models == models


def test_logs_of_their_own_are_told_too_but_weeks_are_not(report):
    logs = menus([range(4), range(4), range(10, 14)])
    assert fm.trend(logs).content.models.groups == [["v1", "v2"]]
    rows = [
        {"prompt": prompt, "output": output, "week_of": f"w{k}"}
        for k, log in enumerate(logs)
        for prompt, output in zip(log.prompts, log.outputs, strict=True)
    ]
    assert not fm.compare(rows, by="week_of").content.models


def test_families_of_real_models_stand_together(data):
    import json
    import lzma

    logs: dict[str, dict[str, list[str]]] = {}
    with lzma.open(data / "noveltybench" / "generations.jsonl.xz", "rt") as file:
        for line in file:
            r = json.loads(line)
            if int(r["id"].rpartition("-")[2]) % 3 == 0:
                logs.setdefault(r["model"].lower(), {})[r["prompt"]] = r["generations"]
    found = alike_models([Samples.of(x) for x in logs.values()], list(logs), Settings())
    nearest = found.pairs[0]
    assert "llama" in nearest.one and "llama" in nearest.other
    assert found.beyond_chance.low > 0.1
    order = [model.name for model in found.models]
    places = [k for k, name in enumerate(order) if "gemini" in name]
    assert places[1] - places[0] == 1


def test_of_a_large_log_some_prompts_are_compared(monkeypatch):
    monkeypatch.setattr("fullmenu.judge.models.CHARACTERS", 10_000)
    found = alike(menus([range(4), range(4), range(10, 14)]))
    assert 6 <= found.prompts < 30
    assert found.groups == [["model-0", "model-1"]]
