"""The command line: exit codes, what goes where, and one line for every expected error."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from fullmenu import __version__
from fullmenu.cli import main
from fullmenu.cli.app import app
from fullmenu.measures import all_measures
from fullmenu.samples import Samples

COMMANDS = typer.main.get_command(app).commands


@pytest.fixture
def run(monkeypatch, capsys):
    """Run ``fullmenu`` in this process; return its exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*args, stdin=""):
        monkeypatch.setattr(sys, "argv", ["fullmenu", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=out, err=err)

    return run


@pytest.fixture
def logs(serve, menu, write):
    """A released log, another draw of the same, and one that collapsed."""
    few = menu[:5]
    return [
        write("released.jsonl", serve(few, 40, 20)),
        write("same.jsonl", serve(few, 40, 20, 1)),
        write("lost.jsonl", serve(few[:1], 40, 20)),
    ]


PHRASING = ("--views", "phrasing", "--quiet")


def one_line(err):
    assert err.startswith("fullmenu: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def test_exit_codes_of_compare(run, logs):
    released, same, lost = logs
    assert run("compare", released, same, *PHRASING).code == 0
    found = run("compare", released, lost, *PHRASING)
    assert (found.code, found.err) == (3, "")
    assert "VARIETY COLLAPSED" in found.out
    assert run("compare", released, lost, *PHRASING, "--fail-on", "none").code == 0
    assert run("compare", released, lost, *PHRASING, "--fail-on", "narrowed, unclear").code == 0
    assert run("compare", released, same, *PHRASING, "--fail-on", "held,collapsed").code == 3


def test_what_is_not_settled_ends_with_4(run, tmp_path, serve):
    few = [tmp_path / name for name in ("before.jsonl", "after.jsonl")]
    for seed, path in enumerate(few):
        log = serve(prompts=3, seed=seed)
        rows = zip(log.column("prompt_id"), log.outputs, strict=True)
        path.write_text("".join(json.dumps({"prompt": p, "output": o}) + "\n" for p, o in rows))
    assert run("compare", *few, *PHRASING).code == 0
    assert run("compare", *few, *PHRASING, "--fail-on", "unclear").code == 4
    assert run("compare", *few, *PHRASING, "--fail-on", "collapsed,unclear").code == 4
    assert run("check", few[1], "--baseline", few[0], *PHRASING, "--fail-on", "unclear").code == 4


def test_flickering_facts_end_with_3(run, write):
    names = ("Ruritania", "Graustark", "Zubrowka", "Freedonia", "Sylvania", "Genovia")
    words = (
        "amber",
        "birch",
        "cobalt",
        "delta",
        "ember",
        "fjord",
        "grove",
        "heron",
        "inlet",
        "jade",
    )
    settled = {f"Capital of {name}?": [name] * 10 for name in names}
    before = write("before.jsonl", Samples.of(settled))
    after = write(
        "after.jsonl",
        Samples.of({key: [f"{key[11:-1]} {word}" for word in words] for key in settled}),
    )
    wanted = ("--want", "same", "--fail-on", "collapsed,narrowed", *PHRASING)
    ends = run("compare", before, after, *wanted)
    assert ends.code == 3
    assert run("compare", before, before, *wanted).code == 0


def test_exit_codes_of_check(run, logs):
    released, _, lost = logs
    assert run("check", lost, *PHRASING).code == 0
    assert run("check", lost, "--baseline", released, *PHRASING).code == 3
    assert run("check", released, "--baseline", lost, *PHRASING).code == 0
    refused = run("check", lost, *PHRASING, "--fail-on", "collapsed")
    assert refused.code == 2
    assert "--baseline" in refused.err


def test_check_with_a_baseline_is_compare(run, logs):
    check = run("check", logs[2], "--baseline", logs[0], *PHRASING, "--json")
    assert check.out == run("compare", logs[0], logs[2], *PHRASING, "--json").out


@pytest.mark.parametrize(
    "args",
    [
        ("compare",),
        ("compare", "only-one.jsonl"),
        ("compare", "a", "b", "--no-such-option"),
        ("compare", "a", "b", "--seed", "x"),
        ("compare", "a", "b", "--fail-on", "colapsed"),
        ("compare", "a", "b", "--margins", "narowed=0.8"),
        ("compare", "a", "b", "--margins", "collapsed=0.95"),
        ("check", "a", "--margins", "narrowed=0.8"),
        ("check",),
        ("no-such-command",),
    ],
)
def test_usage_errors(run, args):
    found = run(*args)
    assert found.code == 2
    assert "Usage: fullmenu" in found.err
    assert found.out == ""


def test_expected_errors_are_one_line(run, logs, tmp_path):
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 9)
    log = logs[0]
    assert "no such file" in one_line(run("check", tmp_path / "gone.jsonl").err)
    for args in (
        ("check", tmp_path / "gone.jsonl"),
        ("compare", log, tmp_path / "gone.jsonl", "-q"),
        ("check", tmp_path / "empty.jsonl"),
        ("check", tmp_path / "noise.bin"),
        ("check", log, "-q", "--views", "phrasng"),
        ("check", log, "-q", "--format", "jsonn"),
        ("check", log, "-q", "--map", "nonsense"),
        ("check", log, "-q", "--html", tmp_path / "no" / "such" / "folder.html"),
        ("check", log, "-q", "--html", tmp_path / "report.pdf"),
        ("check", log, "-q", "--rejects", log),
        ("measures", "repeat_rat"),
    ):
        found = run(*args)
        assert found.code == 1
        assert found.out == ""
        one_line(found.err)


def test_did_you_mean(run, logs):
    assert "did you mean 'repeat_rate'?" in run("measures", "repeat_rat").err
    assert "did you mean 'phrasing'?" in run("check", logs[0], "-q", "-v", "phrasng").err


def test_json_is_the_document_and_nothing_else(run, logs, valid):
    for args in (
        ("compare", *logs[:2]),
        ("compare", *logs),
        ("check", logs[0]),
    ):
        found = run(*args, "--json", "--views", "phrasing")
        document = json.loads(found.out)
        valid(document)
        assert found.err.startswith("read 800 outputs of 40 prompts from released.jsonl as JSONL")


def test_html_is_written_besides(run, logs, tmp_path):
    page = tmp_path / "report.html"
    found = run("compare", *logs[:2], *PHRASING, "--html", page)
    assert found.out.endswith(f"report: {page}\n")
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    found = run("compare", *logs[:2], *PHRASING, "-o", page, "--json")
    json.loads(found.out)


def test_three_logs_are_a_trend(run, logs):
    found = run("compare", *logs, *PHRASING, "--json")
    assert found.code == 3
    document = json.loads(found.out)
    assert document["schema"] == "fullmenu/trend/1"
    assert [v["label"] for v in document["versions"]] == [p.stem for p in logs]


def test_standard_input(run, logs):
    text = logs[0].read_text(encoding="utf-8")
    found = run("check", "-", "--json", *PHRASING, stdin=text)
    assert json.loads(found.out)["log"]["outputs"] == 800
    found = run("compare", "-", logs[2], "--json", *PHRASING, stdin=text)
    assert found.code == 3


def test_map_and_format(run, tmp_path):
    rows = [
        {"q": f"p{k % 9}", "said": {"text": f"dish {k % 4}"}, "prompt": "no"} for k in range(90)
    ]
    path = tmp_path / "odd.log"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    args = ("check", path, "--map", "output=said.text,prompt=q", "--format", "jsonl", "--json")
    found = json.loads(run(*args, *PHRASING).out)
    assert (found["log"]["outputs"], found["log"]["prompts"]) == (90, 9)
    lines = run("check", path, "--format", "text", "--json", *PHRASING)
    assert json.loads(lines.out)["log"]["prompts"] == 1


def test_rejects_of_all_logs_are_kept(run, serve, write, tmp_path):
    logs = [write(name, serve()) for name in ("a.jsonl", "b.jsonl")]
    for path in logs:
        path.write_text(path.read_text(encoding="utf-8") + "{broken\n", encoding="utf-8")
    bad = tmp_path / "bad.jsonl"
    assert run("compare", *logs, *PHRASING, "--rejects", bad).code == 0
    found = [json.loads(line) for line in bad.read_text(encoding="utf-8").splitlines()]
    assert [(r["source"], r["line"]) for r in found] == [("a.jsonl", 201), ("b.jsonl", 201)]


def test_tolerate(run, tmp_path):
    rows = [json.dumps({"prompt": f"p{k % 5}", "response": f"dish {k % 3}"}) for k in range(60)]
    path = tmp_path / "half.jsonl"
    path.write_text("\n".join(rows + ["{broken"] * 40), encoding="utf-8")
    refused = run("check", path, *PHRASING)
    assert refused.code == 1
    assert "--tolerate" in one_line(refused.err)
    assert run("check", path, *PHRASING, "--tolerate").code == 0


def test_views(run, logs):
    document = json.loads(run("check", logs[0], "-q", "--json", "-v", "outline, phrasing").out)
    assert list(document["views"]) == ["outline", "phrasing"]


def test_margins_are_taken(run, logs):
    released, same, _ = logs
    given = ("--margins", "narrowed=0.8,held_low=0.999", *PHRASING, "--json")
    for args in (("compare", released, same), ("check", same, "--baseline", released)):
        document = json.loads(run(*args, *given).out)
        assert document["margins"] == {
            "collapsed": 0.5, "narrowed": 0.8, "held_low": 0.999, "held_high": 1.25,
            "alpha": 0.05, "held_level": 0.9,
        }  # fmt: skip
        assert document["verdict"] == "unclear"
    trend = json.loads(run("compare", *logs, *given).out)
    assert trend["margins"]["held_low"] == 0.999


def test_quiet_is_quiet(run, logs):
    assert run("check", logs[0], "-q", "-v", "phrasing").err == ""
    assert "read 800 outputs" in run("check", logs[0], "-v", "phrasing").err


def test_measures_lists_and_explains(run):
    found = run("measures")
    for name in all_measures():
        assert name in found.out
        one = run("measures", name)
        assert one.code == 0
        assert one.out.startswith(f"fm.measures.{name}(")
        assert "Parameters" in one.out


def test_version_and_help(run):
    assert run("--version").out == f"{__version__}\n"
    bare = run()
    assert "fullmenu demo" in bare.out + bare.err
    for name in COMMANDS:
        assert name in run("--help").out


def all_commands(group, names=()):
    for name, command in group.items():
        yield " ".join([*names, name]), command
        yield from all_commands(getattr(command, "commands", {}), [*names, name])


@pytest.mark.parametrize(("name", "command"), list(all_commands(COMMANDS)))
def test_every_command_explains_itself(run, name, command):
    found = run(*name.split(), "--help")
    assert found.code == 0
    assert f"fullmenu {name}" in found.out.partition("Examples")[2]
    assert command.help
    for option in command.params:
        assert option.help or option.name == "name", option.name


def test_help_names_the_extra_in_full(run):
    assert '"fullmenu[semantic]"' in " ".join(run("check", "--help").out.replace("│", "").split())


def test_a_missing_extra_says_how_to_install_it(run, logs, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    found = run("check", logs[0], "-q", "--semantic", "some-model")
    assert found.code == 1
    assert 'pip install "fullmenu[semantic]"' in one_line(found.err)


def test_a_terminal_without_unicode(shell, logs):
    found = shell("check", str(logs[0]), *PHRASING, env={"PYTHONIOENCODING": "ascii"})
    assert (found.returncode, found.stderr) == (0, "")
    assert "repeats itself" in found.stdout


def test_an_error_leaves_no_traceback_for_real(shell):
    found = shell("compare", "gone.jsonl", "also-gone.jsonl")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == "fullmenu: no such file: 'gone.jsonl'\n"


def test_the_demo_runs_to_the_end(demo):
    found, folder = demo
    assert (found.returncode, found.stderr) == (0, "")
    assert "VARIETY COLLAPSED" in found.stdout
    written = {p.name for p in (folder / "fullmenu-demo").iterdir()}
    assert written == {"before.jsonl", "after.jsonl", "report.html"}


def test_what_the_demo_says_to_try_works(demo, run, monkeypatch):
    found, folder = demo
    monkeypatch.chdir(folder)
    line = next(x for x in found.stdout.splitlines() if x.startswith("again:"))
    again = run(*line.split()[2:], "-q", "-v", "phrasing")
    assert again.code == 3


def test_the_demo_takes_a_folder_and_a_seed(run, tmp_path, monkeypatch):
    from fullmenu.lab import restaurant

    asked = []

    def quick(seed, real=restaurant.run):
        asked.append(seed)
        return real(seed=seed, steps=90)

    monkeypatch.setattr(restaurant, "run", quick)
    found = run("demo", "--folder", tmp_path / "here", "--seed", "7")
    assert (found.code, asked) == (0, [7])
    assert Path(tmp_path / "here" / "report.html").exists()


def test_one_model_of_several(run, tmp_path):
    rows = [
        {
            "prompt": f"p{k % 8}",
            "output": f"dish {k}" if model == "varied" else "soup",
            "model": model,
        }
        for model in ("varied", "stuck")
        for k in range(80)
    ]
    path = tmp_path / "both.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    pooled = json.loads(run("check", path, "--json", *PHRASING).out)
    assert [sign["name"] for sign in pooled["pipe"]] == ["several models"]
    found = run("compare", path, path, "--model", "varied", "--model", "stuck", "--json", *PHRASING)
    document = json.loads(found.out)
    assert (found.code, document["verdict"]) == (3, "collapsed")
    assert (document["before"]["label"], document["after"]["label"]) == ("varied", "stuck")
    assert "did you mean 'stuck'" in run("check", path, "--model", "stuk").err
    assert run("compare", path, path, *["--model", "a"] * 3).code == 2


def test_several_files_are_one_log(run, logs):
    found = run("check", *logs, "--json", *PHRASING)
    assert json.loads(found.out)["log"]["outputs"] == 2400


@pytest.fixture
def dated(write_lines):
    """A log that is varied up to 11 May, and serves one dish from the 12th on."""
    menu = ["soup with salt", "figs in honey", "rice and nuts", "stew of plums", "kiwi on ice"]
    return write_lines(
        {
            "prompt": f"Guest {guest}?",
            "output": menu[(day + guest * time) % 5] if day < 11 else menu[0],
            "time": f"2025-05-{day + 1:02d}T{guest:02d}:00:00Z",
            "step": day // 7,
        }
        for day in range(28)
        for guest in range(1, 7)
        for time in range(2)
    )


@pytest.fixture
def write_lines(tmp_path):
    def write(rows):
        path = tmp_path / "dated.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)))
        return path

    return write


def test_one_log_by_week_says_when(run, dated):
    found = run("compare", dated, "--by", "week", *PHRASING)
    assert found.code == 3
    assert "fell in the week of 12 May (" in " ".join(found.out.split())
    assert run("check", dated, "--by", "week", *PHRASING).code == 0
    assert run("check", dated, "--by", "week", "--fail-on", "collapsed", *PHRASING).code == 3
    document = json.loads(run("check", dated, "--by", "step", "--json", *PHRASING).out)
    assert [v["label"] for v in document["versions"]] == ["step 0", "step 1", "step 2", "step 3"]


def test_several_files_are_one_log_to_check(run, dated, tmp_path):
    lines = dated.read_text().splitlines()
    parts = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for part, some in zip(parts, (lines[:200], lines[200:]), strict=True):
        part.write_text("\n".join(some))
    once, twice = (
        json.loads(run("check", *files, "--by", "week", "--json", *PHRASING).out)
        for files in ([dated], parts)
    )
    assert once["views"] == twice["views"]
    found = run("compare", *parts, "--by", "week")
    assert (found.code, "give one" in found.err) == (2, True)


def test_since_and_until(run, dated):
    given = ("--since", "2025-05-03", "--until", "2025-05-04", "--json", *PHRASING)
    document = json.loads(run("check", dated, *given).out)
    assert document["log"]["outputs"] == 24
    document = json.loads(run("compare", dated, dated, *given).out)
    assert document["after"]["outputs"] == 24
    for wrong, said in (
        (("--since", "2030-01-01"), "the log goes from 2025-05-01"),
        (("--until", "soon"), "write a day, 2025-05-12"),
        (("--by", "stp"), "did you mean 'step'"),
    ):
        found = run("check", dated, *wrong, "--quiet")
        assert found.code == 1
        assert said in one_line(found.err)


def test_by_goes_without_a_baseline(run, dated):
    assert run("check", dated, "--by", "week", "--baseline", dated).code == 2
