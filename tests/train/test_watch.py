"""A watch in a loop: what it sees, when it rings, what it leaves behind, and how it goes on."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.train import Watch
from fullmenu.train.random_state import untouched

WORDS = [a + b for a in "bcdfgh" for b in ("ara", "elo", "imu", "osk", "uty")]
PROMPTS = [f"What is on the menu of table {i}?" for i in range(12)]
Sample = Callable[[Sequence[Any], int], list[list[str]]]


def cook(menu: list[str]) -> Sample:
    """Serve from a menu, by numpy's global random state."""
    return lambda prompts, k: [np.random.choice(menu, k).tolist() for _ in prompts]  # noqa: NPY002


def run(
    watch: Watch, menu: list[str], steps: Sequence[int], lose_at: int = 50, left: int = 2
) -> int:
    """Train: nothing is learned, but at one step the menu shrinks. Return the last step."""
    watch.begin()
    for step in steps:
        if step == lose_at:
            del menu[left:]
        watch.step(step)
        if watch.should_stop:
            return step
    return steps[-1]


def test_a_collapse_rings_stops_and_leaves_the_last_varied_step() -> None:
    menu, kept = list(WORDS), []
    watch = Watch(PROMPTS, cook(menu), every=10, keep=kept.append, stop_on_alarm=True)
    assert run(watch, menu, range(1, 101)) <= 60
    [raised] = watch.raised
    assert raised.since == 50
    assert watch.last_varied == 40 == kept[-1]
    assert kept == [0, 10, 20, 30, 40]
    assert raised.alarm.examples
    assert "false alarm" in watch.guarantee
    assert watch.notices[0].startswith("In outline the baseline repeats itself")


def test_without_a_change_it_is_silent() -> None:
    alarms = 0
    for seed in range(8):
        watch = Watch(PROMPTS, cook(list(WORDS)), every=1, views=["answer"], seed=seed)
        run(watch, list(WORDS), range(1, 6), lose_at=-1)
        alarms += len(watch.alarms)
    assert alarms <= 1  # 8 watches of 60 visits, at 1 in 1000 visits: 0.5 at most on average


def test_what_may_be_lost_is_the_margin() -> None:
    raised = {}
    for margin in (0.5, 1.0):
        menu = list(WORDS)
        watch = Watch(PROMPTS, cook(menu), every=1, margin=margin, views=["answer"])
        run(watch, menu, range(1, 21), lose_at=1, left=20)
        raised[margin] = len(watch.alarms)
    assert raised == {0.5: 0, 1.0: 1}


def test_the_log_is_read_and_gives_the_look(tmp_path: Path, shell: Any) -> None:
    path = tmp_path / "run.variety.jsonl"
    menu = list(WORDS)
    logged: dict[int, dict[str, float]] = {}
    watch = Watch(
        PROMPTS, cook(menu), every=10, path=path, log=lambda x, step: logged.update({step: x}),
        proxy=lambda completions, **_: [float(len(c)) for c in completions],
    )  # fmt: skip
    run(watch, menu, range(1, 31), lose_at=20)
    log = fm.read(path)
    assert log.models == ["step 0", "step 10", "step 20", "step 30"]
    assert len(log.scores) == len(log) and set(log.prompt_ids) == set(PROMPTS)
    for look in watch.looks:
        of_step = log.of_model(f"step {look.step}")
        seen = fm.check(of_step, views=list(look.rates)).document["views"]
        for view, rate in look.rates.items():
            told = seen[view]["within"]["repeat_rate"]["value"]
            assert rate.value == pytest.approx(told, abs=1e-12)
            assert logged[look.step][f"variety/{view}/repeat_rate"] == rate.value
    models = [f"--model=step {s}" for s in (0, 10, 30)]
    done = shell("compare", *[str(path)] * 3, *models, "--json")
    assert done.returncode in (0, 3), done.stderr
    assert json.loads(done.stdout)["verdict"] == "collapsed"


def test_it_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    def new(name: str, menu: list[str]) -> Watch:
        return Watch(PROMPTS, cook(menu), every=5, path=tmp_path / name, seed=3)

    menu = list(WORDS)
    whole = new("whole.jsonl", menu)
    run(whole, menu, range(1, 61), lose_at=40)
    menu = list(WORDS)
    first = new("parts.jsonl", menu)
    run(first, menu, range(1, 31), lose_at=40)
    state = json.loads(json.dumps(first.state_dict()))
    run(first, menu, range(31, 38), lose_at=40)  # lost: the run died here
    second = new("parts.jsonl", menu)
    second.load_state_dict(state)
    run(second, menu, range(31, 61), lose_at=40)
    assert (tmp_path / "whole.jsonl").read_bytes() == (tmp_path / "parts.jsonl").read_bytes()
    assert second.raised == whole.raised and len(whole.raised) == 1
    assert second.last_varied == whole.last_varied
    assert whole.monitor and second.monitor
    assert whole.monitor.to_bytes() == second.monitor.to_bytes()


def test_a_log_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("mine\n")
    with pytest.raises(fm.BadInput, match="is there already"):
        Watch(PROMPTS, cook(WORDS), path=path).begin()
    watch = Watch(PROMPTS, cook(WORDS), path=tmp_path / "other.jsonl")
    watch.begin()
    state = watch.state_dict()
    (tmp_path / "other.jsonl").write_text("")
    with pytest.raises(fm.BadInput, match="holds 0 bytes"):
        watch.load_state_dict(state)
    assert path.read_text() == "mine\n"


def test_random_states_are_left_alone_and_looks_draw_anew(require: Any) -> None:
    torch = require("torch")

    def sample(prompts: Sequence[Any], k: int) -> list[list[str]]:
        drawn.append((random.random(), np.random.rand(), torch.rand(1).item()))  # noqa: NPY002
        return cook(list(WORDS))(prompts, k)

    drawn: list[tuple[float, float, float]] = []
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    expected = (random.random(), np.random.rand(), torch.rand(1).item())  # noqa: NPY002
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    run(Watch(PROMPTS, sample, every=1), [], range(1, 4))
    assert (random.random(), np.random.rand(), torch.rand(1).item()) == expected  # noqa: NPY002
    assert len({x for x, _, _ in drawn}) == len({x for _, _, x in drawn}) == len(drawn) == 4
    with pytest.raises(KeyError), untouched(0):
        raise KeyError


def test_completions_are_grouped_by_prompt_and_chats_are_text() -> None:
    rng = np.random.default_rng(0)
    chats = [[{"role": "user", "content": p}] for p in PROMPTS] * 6
    watch = Watch(every=10, baseline=2)
    for step in range(20):
        order = rng.permutation(len(chats))
        said = [[{"role": "assistant", "content": str(rng.choice(WORDS))}] for _ in order]
        watch.completions(step, [chats[i] for i in order], said, [1.0] * len(order))
    assert [look.step for look in watch.looks] == [0, 1, 10]
    look = watch.looks[-1]
    assert (look.prompts, look.outputs, look.means["quality"]) == (12, 72, 1.0)
    assert watch.looks[0].rates["answer"].value < 0.2
    assert "No guarantee" in watch.guarantee
    for step in range(20, 60):
        watch.completions(step, chats, [WORDS[0]] * len(chats))
    assert [r.step for r in watch.raised] == [20]
    assert watch.raised[0].alarm.sure == watch.guarantee
    assert watch.looks[3].evidence and watch.looks[3].evidence >= 1
    with pytest.raises(fm.BadInput, match="give one for each"):
        watch.completions(60, chats, [WORDS[0]])


def test_dishes_lost_and_proxy_against_gold() -> None:
    menu = list(WORDS)
    watch = Watch(
        PROMPTS, cook(menu), every=1, draws=40,
        proxy=lambda completions, **_: [WORDS.index(c) for c in completions],
        gold=lambda completions, **_: [-WORDS.index(c) for c in completions],
    )  # fmt: skip
    run(watch, menu, range(1, 3), lose_at=2, left=15)
    same, lost = watch.looks[1], watch.looks[2]
    assert same.dishes["lost"] <= same.dishes["lost_by_chance"] + 3
    assert lost.dishes["lost"] >= 12 and lost.dishes["served"] == 15
    assert lost.agreement == -1
    assert lost.means["gold"] == -lost.means["proxy"]


def test_cost_is_its_share_of_the_time() -> None:
    now = [0.0]

    def sample(prompts: Sequence[Any], k: int) -> list[list[str]]:
        now[0] += 2.0
        return cook(list(WORDS))(prompts, k)

    watch = Watch(PROMPTS, sample, every=10)
    watch._cost.clock = lambda: now[0]
    watch.begin()
    for step in range(1, 101):
        now[0] += 1.0
        watch.step(step)
    assert watch.cost == pytest.approx(20 / 120)
    assert watch.every_for(0.03) == 65  # 2 s of looking in 65 steps of 1 s: 2/67 = 3 %


def test_a_baseline_that_repeats_itself_is_said_to_blind_it() -> None:
    watch = Watch(PROMPTS, lambda prompts, k: [["soup"] * k for _ in prompts], every=1)
    with pytest.warns(UserWarning, match="No alarm can be raised"):
        watch.begin()
    assert watch.step(1) is not None and not watch.raised
    assert "cannot be seen" in watch.notices[0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"prompts": PROMPTS}, "no sample"),
        ({"every": 0}, "every=0"),
        ({"per_prompt": 1}, "per_prompt=1"),
        ({"margin": 0.0}, "margin=0"),
        ({"baseline": 0}, "baseline=0"),
        ({"prompts": [3], "sample": cook(WORDS)}, "a prompt or completion of type int"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(fm.BadInput, match=says):
        Watch(**options)


def test_a_sample_or_scorer_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(fm.BadInput, match="return a list of 32 texts"):
        Watch(PROMPTS, lambda prompts, k: [["fig"]] * len(prompts)).begin()
    with pytest.raises(fm.BadInput, match="return one for each"):
        Watch(PROMPTS, cook(WORDS), gold=lambda **_: [1.0]).begin()
    with pytest.raises(fm.BadInput, match="holds no output of the prompt"):
        Watch(PROMPTS, cook(WORDS), baseline=fm.Samples.of({"Other?": ["a", "b"]}))
    with pytest.raises(fm.BadInput, match="no state of a watch"):
        Watch().load_state_dict({"schema": "x"})


def test_it_needs_no_torch() -> None:
    code = "import sys, fullmenu.train.watch; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("party", "home", "extra"),
    [
        ("transformers", "transformers", "trl"),
        ("transformers", "trl", "trl"),
        ("lightning", "lightning", "lightning"),
        ("keras", "keras", "keras"),
    ],
)
def test_an_absent_trainer_is_named(
    party: str, home: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == party]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("transformers", "trl", "lightning", "keras"):
        monkeypatch.delitem(sys.modules, f"fullmenu.integrations.{name}", raising=False)
    monkeypatch.setitem(sys.modules, party, None)
    with pytest.raises(fm.MissingExtra, match=rf"fullmenu\[{extra}\]"):
        import_module(f"fullmenu.integrations.{home}")


def test_a_look_counts_what_is_right_and_which_prompts_give_no_gradient():
    prompts = [f"Task {i}?" for i in range(10) for _ in range(4)]
    said = ["one way", "another thing", "no", "never"] * 10
    scores = [1.0, 1.0, 0.0, 0.0] * 5 + [0.0] * 20
    watch = Watch(every=1, baseline=2)
    look = watch.completions(0, prompts, said, scores)
    numbers = look.scalars()
    assert numbers["variety/pass_1"] == pytest.approx(0.25)
    assert numbers["variety/pass_4"] == pytest.approx(0.5)
    assert numbers["variety/without_gradient"] == pytest.approx(0.5)
    assert numbers["variety/yield"] == pytest.approx(0.25)
    assert numbers["variety/pass_1_low"] < 0.25 < numbers["variety/pass_1_high"]
    graded = Watch(every=1, baseline=2).completions(0, prompts, said, [s + 0.3 for s in scores])
    assert "pass_1" not in graded.grades and "without_gradient" in graded.grades


def test_entropy_is_told_and_kept_where_log_probabilities_are_there(tmp_path):
    prompts = [f"Task {i}?" for i in range(8) for _ in range(3)]
    said = [f"answer {i}" for i in range(24)]
    logprobs = [[-0.1 * (i % 5), -1.0] for i in range(24)]
    path = tmp_path / "run.jsonl"
    look = Watch(every=1, baseline=2, path=path).completions(0, prompts, said, None, logprobs)
    numbers = look.scalars()
    mean = -np.mean(logprobs)
    assert numbers["variety/entropy"] == pytest.approx(mean)
    assert numbers["variety/entropy_low"] < mean < numbers["variety/entropy_high"]
    kept = fm.read(path).column("logprobs")
    assert [x for of in kept for x in of] == pytest.approx([x for of in logprobs for x in of])
    assert "variety/entropy" not in Watch(every=1).completions(0, prompts, said).scalars()
    with pytest.raises(fm.BadInput, match="log-probabilities of 1"):
        Watch(every=1).completions(0, prompts, said, None, [[-1.0]])


def trained(prompts, each, pool, baseline, collapse, steps=40):
    """Return the watch of a trainer's completions that all become one dish."""
    rng = np.random.default_rng(5)
    words = [a + b for a in "bcdfghklmnpr" for b in ("ara", "elo", "imu", "osk", "uty", "ane")]
    dishes = [" ".join(pair) for pair in zip(words, rng.permutation(words), strict=True)]
    watch = Watch(every=1, baseline=baseline)
    for step in range(1, steps + 1):
        menu = dishes if step < collapse else dishes[:1]
        asked = [
            f"Task {(prompts * step + i) % pool}?" for i in range(prompts) for _ in range(each)
        ]
        watch.completions(step, asked, rng.choice(menu, len(asked)).tolist())
        if watch.raised:
            break
    return watch, step


@pytest.mark.parametrize(("prompts", "each", "pool"), [(4, 16, 12), (2, 8, 500), (8, 8, 500)])
def test_what_is_foretold_comes_true(prompts, each, pool):
    reach = Watch(every=1, baseline=4).foretell(prompts, each, pool)
    watch, step = trained(prompts, each, pool, 4, collapse=reach.baseline + 1)
    assert watch.raised and step <= reach.baseline + reach.looks + 2


def test_a_baseline_that_is_too_small_grows_and_says_so_before():
    reach = Watch(baseline=4).foretell(2, 8, 500)
    assert 4 < reach.baseline <= 16
    assert f"the baseline takes {reach.baseline} looks instead of 4" in reach.sentence
    watch, _ = trained(2, 8, 500, 4, collapse=1000, steps=reach.baseline + 1)
    assert watch.monitor is not None and not watch.raised
    none = Watch(baseline=1).foretell(1, 2, 1)
    assert none.baseline is None or none.looks is not None


def test_a_look_says_that_mass_only_concentrates_and_a_restart_still_knows():
    rng = np.random.default_rng(0)
    prompts = [f"Task {i}?" for i in range(40)]

    def handed(watch, step, chances):
        asked = [p for p in prompts for _ in range(8)]
        scores = [float(rng.random() < c) for c in chances for _ in range(8)]
        return watch.completions(step, asked, rng.choice(WORDS, len(asked)).tolist(), scores)

    watch = Watch(every=1, baseline=1, views=["phrasing"])
    assert handed(watch, 0, [0.3] * 40).mass is None
    assert handed(watch, 1, [0.3] * 40).mass.word == "unclear"
    again = Watch(every=1, baseline=1, views=["phrasing"])
    again.load_state_dict(json.loads(json.dumps(watch.state_dict())))
    for one in (watch, again):
        look = handed(one, 2, [0.95, 0.0] * 20)
        assert look.mass.word == "concentrated mass" and look.mass.k == 8
        told = look.scalars()
        assert told["variety/concentrated_mass"] == 1
        assert told["variety/pass_1_change_low"] > 0 > told["variety/pass_8_change_high"]
