"""The lab's frame: cells over seeds, kept as they end, resumed, and put on paper."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from msgspec import structs
from typer.testing import CliRunner

from fullmenu.cli.app import app
from fullmenu.errors import BadInput, MissingExtra, UnknownName
from fullmenu.lab.experiment import Claim, Experiment, Number, Outcome, Published, Settings
from fullmenu.lab.registry import experiment, names
from fullmenu.lab.runs import run, seeds_in
from fullmenu.lab.seed_sets import kept_of
from fullmenu.report import schema, svg
from fullmenu.report.document import read, to_json
from fullmenu.report.forms import Line, Picture, Plot
from fullmenu.report.lab.document import LabDocument, SeedSet
from fullmenu.report.lab.page import render
from fullmenu.report.lab.words import counts, elsewhere, limits, rows

RAN: list[tuple[str, int]] = []


def _cell(arm: str, seed: int, settings: Settings) -> Outcome:
    RAN.append((arm, seed))
    value = settings["base"] + seed + (10 if arm == "remedy" else 0)
    return Outcome({"modes": value}, {"compare": "held"}, {"course": [1, 2]})


def _draw(result: Any) -> Picture:
    line = Line(x=[1.0, 2.0], y=[5.0, 7.0], name="</svg><script>alert(2)</script>")
    return Picture(title="A toy <b>picture</b>", forms=[Plot(lines=[line])])


TOY = Experiment(
    name="toy",
    about="A toy <script>alert(1)</script>.",
    arms={"plain": "as it is", "remedy": "with ten more"},
    numbers={"modes": Number("kept", "modes", 1)},
    cell=_cell,
    claims=lambda r: [
        Claim("the remedy keeps more", "10", r.difference("remedy", "modes").value == 10)
    ],
    draw=_draw,
    settings={"base": 5},
    full={"base": 50, "seeds": 2},
    seeds=3,
    published=[Published("plain", "modes", "6.3 ± 0.5", "somebody")],
    extras="",
)


def test_intervals_are_over_seeds_and_differences_are_paired() -> None:
    result = run(TOY, workers=0)
    assert result.values("plain", "modes") == [5, 6, 7]
    estimate = result.estimate("plain", "modes")
    assert (estimate.value, estimate.n) == (6, 3)
    assert estimate.high == pytest.approx(6 + 4.302652729911275 / 3**0.5)  # t, 2 degrees, sd 1
    paired = result.difference("remedy", "modes")
    assert (paired.value, paired.low, paired.high) == (10, None, None)  # alike: no spread


def test_a_stopped_run_goes_on_and_another_setting_starts_anew(tmp_path: Path) -> None:
    run(TOY, seeds=1, workers=0, folder=tmp_path)
    RAN.clear()
    result = run(TOY, workers=0, folder=tmp_path)
    assert RAN == [("plain", 1), ("remedy", 1), ("plain", 2), ("remedy", 2)]
    assert [c.seed for c in result.cells] == [0, 0, 1, 1, 2, 2]
    RAN.clear()
    assert run(TOY, full=True, workers=0, folder=tmp_path).mean("plain", "modes") == 50.5
    assert len(RAN) == 4


def test_a_half_written_cell_is_trained_again(tmp_path: Path) -> None:
    run(TOY, seeds=1, workers=0, folder=tmp_path)
    kept = next(tmp_path.rglob("plain-0.json"))
    kept.write_text(kept.read_text()[:20])
    RAN.clear()
    run(TOY, seeds=1, workers=0, folder=tmp_path)
    assert RAN == [("plain", 0)]


def test_processes_give_what_one_gives() -> None:
    alone = run("menu", seeds=1, workers=0)
    pooled = run("menu", seeds=1, workers=2)
    assert [c.outcome for c in alone.cells] == [c.outcome for c in pooled.cells]


def test_a_cell_without_its_number_is_refused() -> None:
    broken = Experiment(
        **{**vars(TOY), "cell": lambda arm, seed, settings: Outcome({"other": 1.0})}
    )
    with pytest.raises(BadInput, match="gave no modes"):
        run(broken, workers=0)


def test_no_seeds_is_refused() -> None:
    with pytest.raises(BadInput, match="seeds=0"):
        run(TOY, seeds=0, workers=0)


def test_seeds_by_name_and_by_number() -> None:
    assert run(TOY, seeds=[7, 9], workers=0).seeds == [7, 9]
    assert [seeds_in(t) for t in ("3", "8000-8001", "5, 7-8")] == [3, [8000, 8001], [5, 7, 8]]
    for wrong in ("", "a", "5-", "9-7", "3,,4", "-2"):
        with pytest.raises(BadInput, match="8000-8004"):
            seeds_in(wrong)
    for seeds in ([], [3, 3], [-1]):
        with pytest.raises(BadInput, match="named once"):
            run(TOY, seeds=seeds, workers=0)


def test_the_quick_run_may_train_fewer_arms() -> None:
    some = replace(TOY, quick_arms=("plain",), claims=lambda r: [])
    assert {c.arm for c in run(some, seeds=1, workers=0).cells} == {"plain"}
    assert {c.arm for c in run(some, full=True, workers=0).cells} == {"plain", "remedy"}


def test_what_is_kept_of_other_seeds_is_of_these_claims() -> None:
    """Every experiment's claims say what they cannot show, and stand on sets nobody looked at."""
    kept = {name: kept_of(name) for name in names() if kept_of(name)}
    assert len(kept) >= 15
    for name, sets in kept.items():
        unseen = [one for one in sets if one.seeds[0] >= 10_000]
        assert len(unseen) >= 2, name
        for one in sets:
            assert [c.says for c in one.claims] == [c.says for c in sets[0].claims]
            assert all(c.blind for c in one.claims), name
            assert one.cpu_seconds > 0


def test_other_seeds_stand_beside_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    from fullmenu.report.lab.terminal import show

    failed = Claim("the remedy keeps more", "0", False, "why it does", "10 at first")
    here = SeedSet([0, 1, 2], [failed], 1.0)
    other = SeedSet([70, 71], [failed], 1.0)
    monkeypatch.setattr("fullmenu.lab.experiment.kept_of", lambda name: [here, other])
    body = run(TOY, workers=0).document()
    assert [kept.seeds for kept in body.other_seeds] == [[70, 71]]
    said = "seeds 70–71: 0 of 1 claims hold; not: the remedy keeps more (0)"
    assert elsewhere(other) == said and said in render([body])
    assert limits(failed) == "Cannot show: why it does. History: 10 at first."
    console = Console(width=100)
    with console.capture() as told:
        show(body, console)
    assert said in " ".join(told.get().split())
    assert "Unchanged since first written." in told.get()


def test_a_missing_extra_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'pip install "fullmenu\[lab\]"'):
        run(Experiment(**{**vars(TOY), "extras": "lab"}), workers=0)


def test_unknown_names_list_the_known() -> None:
    with pytest.raises(UnknownName, match="did you mean 'gan-grid'"):
        experiment("gan-gird")
    with pytest.raises(UnknownName, match="unknown arm"):
        run(TOY, seeds=1, workers=0).of("nobody")


@pytest.mark.parametrize("name", names())
def test_every_experiment_is_whole(name: str) -> None:
    """Loading needs no extra; what a reader of the table needs is there."""
    found = experiment(name)
    assert found.name == name
    assert found.about.endswith((".", "?"))
    assert found.numbers and len(found.arms) >= 2
    assert found.caveat
    assert not {p.number for p in found.published} - set(found.numbers)
    json.dumps([dict(found.settings), dict(found.full)])


def test_the_document_is_plain_and_the_page_escapes_it() -> None:
    made = run(TOY, workers=0).document()
    body = read(json.loads(json.dumps(to_json(made), allow_nan=False)), LabDocument)
    assert body == made
    kept = json.loads(schema.path(LabDocument).read_text(encoding="utf-8"))
    Draft202012Validator(kept).validate(to_json(made))
    assert body.arms["remedy"].against_baseline["modes"].value == 10
    assert counts(body).startswith("quick setting, 2 arms × 3 seeds")
    assert rows(body)[0].cells == ["6.0 ±2.5"]
    page = render([body])
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert "1 of 1 claims hold" in page
    assert "<b>picture" not in page and page.count('class="chart ') == 1
    silent = {name: structs.replace(arm, verdicts={}) for name, arm in body.arms.items()}
    assert "the instrument says" in page
    assert "the instrument says" not in render([structs.replace(body, arms=silent)])
    assert (
        ElementTree.fromstring(svg.file(body.picture)).find("{*}title").text == made.picture.title
    )


def test_the_command_writes_result_picture_and_page(tmp_path: Path) -> None:
    runner = CliRunner()
    ran = runner.invoke(app, ["lab", "run", "menu", "--seeds", "1", "--folder", str(tmp_path)])
    assert "Claims:" in ran.output
    kept = {path.name for path in (tmp_path / "menu").iterdir() if path.is_file()}
    assert kept == {"result.json", "picture.svg", "report.html"}
    held = all(
        c["holds"] for c in json.loads((tmp_path / "menu/result.json").read_text())["claims"]
    )
    assert ran.exit_code == (0 if held else 1)
    page = tmp_path / "all.html"
    again = runner.invoke(app, ["lab", "report", str(tmp_path), "--html", str(page)])
    assert again.exit_code == 0
    assert "menu" in page.read_text()


def _needs_nothing(chosen: Experiment) -> None:
    if chosen.extras:
        raise MissingExtra(chosen.name, chosen.extras)


def test_all_runs_what_it_can_and_sums_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = replace(TOY, name="lacking", extras="lab")
    false = replace(TOY, name="false", claims=lambda r: [Claim("it is " * 20, "not so", False)])
    experiments = {"toy": TOY, "lacking": lacking, "false": false}
    monkeypatch.setattr("fullmenu.lab.registry.names", lambda: list(experiments))
    monkeypatch.setattr("fullmenu.lab.registry.experiment", experiments.__getitem__)
    monkeypatch.setattr(
        "fullmenu.lab.runs.run",
        lambda chosen, **given: run(chosen, **{**given, "workers": 0}),
    )
    monkeypatch.setattr("fullmenu.lab.runs._installed", _needs_nothing)
    folder = str(tmp_path)
    ran = CliRunner().invoke(
        app, ["lab", "run", "all", "--quick", "--seeds", "40-41", "--folder", folder]
    )
    assert ran.exit_code == 1, ran.output
    last = ran.output[ran.output.index("toy: 1 of 1 claims hold") :].splitlines()
    assert last[1] == "  yes  the remedy keeps more"
    assert last[2].startswith("false: 0 of 1 claims hold, ")
    assert last[3].startswith("  NO   it is it is") and len(last[3]) == 80
    assert last[4].strip() == "· not so"
    assert last[6].startswith("2 experiments: 1 of 2 claims hold, ")
    assert last[7].startswith("not run: lacking")
    assert json.loads((tmp_path / "toy/result.json").read_text())["seeds"] == [40, 41]


def test_report_of_an_empty_folder_says_the_way_out(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["lab", "report", str(tmp_path)])
    assert isinstance(ran.exception, BadInput)
    assert "fullmenu lab run NAME makes one" in str(ran.exception)


@pytest.mark.parametrize(("width", "table"), [(80, True), (16, False)])
def test_a_table_that_is_too_wide_becomes_lines(width: int, table: bool) -> None:
    from rich.console import Console

    from fullmenu.report.lab.terminal import show

    console = Console(width=width)
    with console.capture() as said:
        show(run(TOY, workers=0).document(), console)
    lines = said.get().splitlines()
    assert max(map(len, lines)) <= width
    assert any(line.split()[:2] == ["plain", "6.0"] for line in lines) == table
    assert "16.0" in said.get() and "±2.5" in said.get()
