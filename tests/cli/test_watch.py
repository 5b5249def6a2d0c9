"""``fullmenu watch``: exit codes, restarts, rotation, webhooks, and what is refused."""

from __future__ import annotations

import http.server
import io
import json
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import typer

from fullmenu import files
from fullmenu.cli import main, watch, watch_faces, watch_plan
from fullmenu.cli.app import app
from fullmenu.errors import BadInput
from fullmenu.live import session, storage, webhook
from fullmenu.live.session import Session
from fullmenu.report.document import read
from fullmenu.report.watch.document import RepeatedOutput, WatchDocument
from fullmenu.watch import Monitor

WORDS = [f"{a}{b}{c}" for a in "bdfgklmprs" for b in "aeiou" for c in ("nt", "sk", "lm", "rp")]
PROMPTS = 25
ONE = ("--views", "phrasing", "--quiet")


def visits(n, *, dishes=20, each=4, seed=0, order=None, **more):
    """Return the records of visits of prompts drawn at random; each prompt has its own menu."""
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, PROMPTS, n) if order is None else order
    found = []
    for p in asked:
        menu = np.random.default_rng(int(p)).permutation(len(WORDS))[:20]
        found += [
            {"prompt": f"Question {p}", "response": f"{WORDS[menu[d]]} stew", **more}
            for d in rng.integers(0, dishes, each)
        ]
    return found


def lines(records):
    return "".join(json.dumps(r) + "\n" for r in records)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    path = tmp_path_factory.mktemp("watch") / "before.jsonl"
    path.write_text(lines(visits(0, order=range(PROMPTS), each=12, seed=9, model="a")))
    return path


@pytest.fixture
def live(tmp_path):
    path = tmp_path / "live.jsonl"
    path.write_text(lines(visits(60, seed=1, model="a") + visits(40, dishes=2, seed=2, model="b")))
    return path


@pytest.fixture
def calm(tmp_path):
    path = tmp_path / "calm.jsonl"
    path.write_text(lines(visits(80, seed=3)))
    return path


@pytest.fixture
def run(monkeypatch, capsys):
    """Run ``fullmenu watch`` in this process, without ever sleeping."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FULLMENU_WEBHOOK", raising=False)

    def run(*args, steps=()):
        todo = iter(steps)

        def sleep(seconds):
            step = next(todo, None)
            if step is None:
                raise KeyboardInterrupt
            step()

        monkeypatch.setattr(watch_faces, "sleep", sleep)
        monkeypatch.setattr(sys, "argv", ["fullmenu", "watch", *map(str, args)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=out, err=err)

    return run


def state_of(path):
    return path.with_name(path.name + storage.STATE)


def monitor_of(path):
    return json.loads(path.read_text())["body"]["monitor"]


def test_exit_codes_and_what_is_printed(run, live, calm, baseline):
    found = run(live, "--baseline", baseline, *ONE)
    assert found.code == 3
    for said in (
        "VARIETY LOST", "b now", "since about visit", "how sure", "what is now repeated", "stew",
        "model b", "Question", "phrasing",
    ):  # fmt: skip
        assert said in " ".join(found.out.split())
    assert max(map(len, found.out.splitlines())) <= 80
    assert found.err == ""
    found = run(calm, "--baseline", baseline, *ONE)
    assert (found.code, found.err) == (0, "")
    assert "NO ALARM" in found.out and "false alarm comes after 1,000 visits" in found.out
    assert run(calm).code == 2
    assert run(calm, "--baseline", baseline, "--poll", "0").code == 2
    found = run(calm.with_name("gone.jsonl"), "--baseline", baseline, *ONE)
    assert found.code == 1 and found.err.count("\n") == 1 and "no such file" in found.err


def test_a_second_run_counts_nothing_twice(run, live, baseline):
    first = run(live, "--baseline", baseline, *ONE)
    saved = state_of(live).read_bytes()
    again = run(live, "--baseline", baseline, *ONE)
    assert (again.code, again.out) == (3, first.out)
    assert state_of(live).read_bytes() == saved
    assert run(live, "--baseline", baseline, *ONE, "--acknowledge").code == 0
    with live.open("a") as file:
        file.write(lines(visits(40, dishes=1, seed=5, model="b")))
    found = run(live, "--baseline", baseline, *ONE)
    assert found.code == 3
    assert json.loads(state_of(live).read_text())["body"]["outputs"] == 560


def test_killed_between_batches_it_ends_as_if_it_had_not_been(run, live, baseline, monkeypatch):
    rows = [json.loads(x) for x in live.read_text().splitlines()]
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    for i, r in enumerate(rows):
        r["time"] = (start + timedelta(minutes=i)).isoformat()
    live.write_text(lines(rows[200:] + rows[:200]))  # put in order by time
    monkeypatch.setattr(session, "BATCH", 7)
    whole = run(live, "--baseline", baseline, *ONE, "--json")
    wanted = monitor_of(state_of(live))
    end = json.loads(whole.out.splitlines()[-1])["document"]
    assert end["alarms"][0]["model"] == "b"
    save = Session.save
    for stop in (0, 2, 7, 11):
        state_of(live).unlink()
        left = iter(range(stop))

        def killed(self, left=left):
            save(self)
            if next(left, None) is None:
                raise SystemExit(9)

        monkeypatch.setattr(Session, "save", killed)
        assert run(live, "--baseline", baseline, *ONE).code == 9
        monkeypatch.setattr(Session, "save", save)
        assert monitor_of(state_of(live)) != wanted
        found = run(live, "--baseline", baseline, *ONE, "--json")
        assert monitor_of(state_of(live)) == wanted
        assert json.loads(found.out.splitlines()[-1])["document"] == end


def test_following_in_parts_is_following_the_whole(run, tmp_path, baseline):
    """Parts end within visits and within lines; every second time the watch is restarted."""
    text = lines(visits(50, seed=1, model="a") + visits(30, dishes=2, seed=2, model="b"))
    other = tmp_path / "other" / "live.jsonl"
    other.parent.mkdir()
    other.write_text(text)
    run(other, "--baseline", baseline, *ONE, "--follow")
    path = tmp_path / "live.jsonl"
    cuts = [0, 1000, 1037, 9000, 9001, 20_000, len(text)]
    for a, b in pairwise(cuts):

        def grow(a=a, b=b):
            with path.open("a") as file:
                file.write(text[a:b])

        found = run(path, "--baseline", baseline, *ONE, "--follow", steps=[grow])
    assert found.code == 3
    assert monitor_of(state_of(path)) == monitor_of(state_of(other))
    body = json.loads(state_of(path).read_text())["body"]
    assert len(body["held"]) == 8  # the last visit of each model may go on
    assert body["outputs"] == 312


def test_following_through_a_rotation(run, tmp_path, baseline):
    text = [lines(visits(30, seed=s)) for s in (1, 2, 3)]
    path = tmp_path / "live.jsonl"
    path.write_text(text[0])

    def rotate():
        path.rename(tmp_path / "live.jsonl.1")
        path.write_text(text[1])

    def cut():
        path.write_text(text[2][: len(text[2]) // 2])

    found = run(
        path, "--baseline", baseline, "--views", "phrasing", "--follow", steps=[rotate, cut]
    )
    assert found.code == 0
    assert "was rotated" in found.err and "was cut" in found.err
    body = json.loads(state_of(path).read_text())["body"]
    assert body["outputs"] + len(body["held"]) == 240 + text[2][: len(text[2]) // 2].count("\n")


def test_an_interrupted_batch_is_taken_back(run, live, baseline, monkeypatch):
    update = Monitor.update
    calls = []

    def update_until(self, batch):
        calls.append(len(batch))
        raised = update(self, batch)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return raised

    monkeypatch.setattr(session, "BATCH", 30)
    monkeypatch.setattr(Monitor, "update", update_until)
    found = run(live, "--baseline", baseline, *ONE, "--follow")
    assert found.code == 0 and "30 visits" in found.out
    found = run(live, "--baseline", baseline, *ONE, "--follow")
    assert found.code == 3


def test_a_state_that_is_not_its_own_is_refused_and_kept(run, live, calm, baseline, tmp_path):
    run(live, "--baseline", baseline, *ONE)
    state = state_of(live)
    whole = state.read_bytes()
    other = tmp_path / "other.jsonl"
    other.write_text(lines(visits(0, order=range(PROMPTS), each=12, seed=77)))
    mine = ("--baseline", baseline, *ONE)
    for damaged, args, said in (
        (whole[:-30], (live, *mine), "cut off or damaged"),
        (whole[: len(whole) // 2], (live, *mine), "cut off or damaged"),
        (whole.replace(b'"done"', b'"dome"'), (live, *mine), "cut off or damaged"),
        (b"", (live, *mine), "cut off or damaged"),
        (b'{"a": 1}', (live, *mine), "schema"),
        (b'{"prompt": "q"}\n{"prompt": "r"}', (live, *mine), "cut off or damaged"),
        (whole, (live, "--baseline", other, *ONE), "the baseline's outputs are others"),
        (whole, (live, *mine, "--run-length", "50"), "run length 1000.0"),
        (whole, (live, "--baseline", baseline, "-q"), "views"),
        (whole, (calm, *mine, "--state", state), "log live.jsonl"),
    ):
        state.write_bytes(damaged)
        found = run(*args)
        assert found.code == 1
        assert found.out == ""
        assert found.err.startswith("fullmenu: the state ") and found.err.count("\n") == 1
        assert said in found.err
        assert state.read_bytes() == damaged
    assert run(live, "--baseline", other, *ONE, "--fresh").code == 3
    assert state.with_name(state.name + ".old").read_bytes() == whole


def test_nothing_is_left_beside_the_state(run, live, baseline, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    run(live, "--baseline", baseline, *ONE)
    old = state_of(live).read_bytes()
    monkeypatch.setattr(files.os, "fsync", full)
    found = run(live, "--baseline", baseline, *ONE)
    assert found.code == 1 and "No space left" in found.err
    assert state_of(live).read_bytes() == old
    assert len(list(live.parent.iterdir())) == 2


def test_a_change_of_topic_is_told_apart_from_a_loss(run, tmp_path, baseline):
    songs = visits(80, seed=5)
    for record in songs:
        record["response"] = record["response"].replace("stew", "waltz")
    topic, loss = tmp_path / "topic.jsonl", tmp_path / "loss.jsonl"
    topic.write_text(lines(songs))
    loss.write_text(lines(visits(80, dishes=2, seed=2)))
    events = {
        name: json.loads(
            run(path, "--baseline", baseline, "--views", "phrasing", "--json").out.splitlines()[-1]
        )["document"]["two_sample"]
        for name, path in (("topic", topic), ("loss", loss))
    }
    assert events["topic"]["most_changed"] > 20 > events["topic"]["most_less_varied"]
    assert events["loss"]["most_less_varied"] > 20
    said = " ".join(run(topic, "--baseline", baseline, *ONE, "--fresh").out.split())
    assert "Different from the baseline: yes (by chance in one watch of" in said
    assert "A change of topic is no collapse." in said
    assert "Less varied: not shown so far" in said


def test_the_two_sample_answer_goes_on_over_a_restart(run, tmp_path, baseline):
    rows = visits(80, seed=5, order=np.arange(80) % PROMPTS)
    whole, grows = tmp_path / "whole.jsonl", tmp_path / "grows.jsonl"
    whole.write_text(lines(rows))

    def told(path):
        out = run(path, "--baseline", baseline, "--views", "phrasing", "--json").out
        return json.loads(out.splitlines()[-1])["document"]["two_sample"]

    grows.write_text(lines(rows[:120]))
    part = told(grows)
    grows.write_text(lines(rows))
    assert part != told(grows) == told(whole)


def test_other_formats_are_read_on_where_they_were_left(run, tmp_path, baseline):
    path = tmp_path / "live.csv"
    rows = visits(60, seed=1)
    text = "prompt,response\n" + "".join(f"{r['prompt']},{r['response']}\n" for r in rows)
    head = text[: text.index("\n", len(text) // 2) + 1]
    path.write_text(head)
    run(path, "--baseline", baseline, *ONE)
    path.write_text(text)
    found = run(path, "--baseline", baseline, *ONE)
    assert "240 outputs" in found.out
    path.write_text(text.replace("stew", "soup"))
    found = run(path, "--baseline", baseline, *ONE)
    assert found.code == 1 and "does not begin with the 240 outputs" in found.err
    found = run(path, "--baseline", baseline, *ONE, "--fresh", "--follow")
    assert found.code == 1 and "--follow reads JSONL and text" in found.err


def test_events_are_json_lines(run, live, baseline, valid):
    found = run(live, "--baseline", baseline, *ONE, "--json")
    events = [json.loads(line) for line in found.out.splitlines()]
    assert [e["event"] for e in events] == ["begin", "alarm", "batch", "end"]
    alarm = events[1]["alarm"]
    assert alarm["model"] == "b" and 55 <= alarm["since"] <= 65 and alarm["examples"]
    valid(events[-1]["document"])
    assert events[-1]["standing"] is True


def test_where_nothing_is_guaranteed_it_says_so(run, tmp_path, baseline):
    path = tmp_path / "blocks.jsonl"
    order = [p for p in range(PROMPTS) for _ in range(8)]
    records = visits(0, order=order, seed=4)
    for i, r in enumerate(records):
        r["sample_index"] = i % 4
    path.write_text(lines(records))
    found = run(path, "--baseline", baseline, *ONE)
    assert "no guarantee holds" in " ".join(found.out.split())
    found = run(path, "--baseline", baseline, *ONE, "--json", "--fresh")
    assert '"event": "notice"' in found.out


def test_hostile_outputs_do_nothing_to_a_terminal(run, tmp_path, baseline):
    path = tmp_path / "live.jsonl"
    text = "\x1b]0;owned\x07\x1b[31m[bold]gone[/bold] \u202e<!channel>"
    found = visits(30, seed=1)
    found += [{"prompt": f"Question {i // 4}", "response": text, "model": text} for i in range(100)]
    path.write_text(lines(found))
    found = run(path, "--baseline", baseline, *ONE)
    assert found.code == 3
    assert "[bold]gone[/bold]" in found.out
    assert not {"\x1b", "\x07", "\u202e"} & set(found.out)


@pytest.fixture
def hook():
    """A server on this machine that answers as told, and keeps what it was sent."""
    answers, got = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0) if answers else 200)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/services/SECRET"
    yield SimpleNamespace(url=url, answers=answers, got=got)
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_an_alarm_is_posted_once(run, live, baseline, hook):
    hook.answers += [500, 503]
    args = (live, "--baseline", baseline, *ONE, "--webhook", hook.url)
    found = run(*args, steps=[lambda: None] * 2)
    assert found.code == 3 and found.err == ""
    assert len(hook.got) == 3 and hook.got[0] == hook.got[2]
    sent = hook.got[0]
    assert sent["event"] == "alarm" and sent["alarm"]["model"] == "b"
    assert sent["text"].startswith("Fullmenu: live: b now ")
    run(*args)
    assert len(hook.got) == 3


def test_an_alarm_that_could_not_be_sent_is_sent_next_time(run, live, baseline, hook):
    hook.answers += [404]
    args = (live, "--baseline", baseline, *ONE, "--webhook")
    found = run(*args, hook.url)
    assert found.code == 3
    assert "status 404" in found.err and "SECRET" not in found.err + found.out
    # two occasions: the batch that raised it, and the end
    assert len(hook.got) == 2 and run(*args, hook.url).code == 3
    assert len(hook.got) == 2


def test_a_webhook_that_is_down_stops_nothing(run, live, baseline, hook):
    waits = []
    url = "http://127.0.0.1:9/SECRET"  # nobody listens there
    found = run(live, "--baseline", baseline, *ONE, "--webhook", url, steps=[lambda: None] * 9)
    assert found.code == 3 and "VARIETY LOST" in found.out
    assert "could not be reached (ConnectionRefusedError), 4 times" in found.err
    assert "SECRET" not in found.err + found.out
    why = webhook.post(url, {"text": "x"}, sleep=waits.append)
    assert waits == list(webhook.PAUSES) and "4 times" in why
    hook.answers += [302]
    assert "302" in webhook.post(hook.url, {"text": "x"}, sleep=waits.append)
    assert len(hook.got) == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a/b", "hooks.slack.com/x", "http://"])
def test_a_webhook_is_an_address_of_the_web(url, run, live, baseline):
    with pytest.raises(BadInput, match="http"):
        webhook.check_url(url)
    found = run(live, "--baseline", baseline, *ONE, "--webhook", url)
    assert found.code == 1 and "is no URL to post to" in found.err


def test_model_text_mentions_nobody(run, live, baseline):
    end = json.loads(run(live, "--baseline", baseline, *ONE, "--json").out.splitlines()[-1])
    document = read(end["document"], WatchDocument)
    example = RepeatedOutput(4, "q", "<@U1> & more")
    alarm = replace(document.alarms[0], model="<!channel>", examples=(example,))
    text = webhook.message(document, alarm)["text"]
    assert "<" not in text and "&lt;!channel&gt;" in text and "&lt;@U1&gt; &amp; more" in text


def test_the_report_is_written(run, live, baseline, tmp_path):
    page = tmp_path / "watch.html"
    found = run(live, "--baseline", baseline, *ONE, "--html", page)
    assert found.out.endswith(f"report: {page}\n")
    text = page.read_text(encoding="utf-8")
    assert "Variety lost" in text and "What it gave, and what it repeats now" in text
    found = run(live, "--baseline", baseline, *ONE, "--html", tmp_path / "watch.json")
    assert found.code == 1 and "as .html" in found.err


def test_plan(run, baseline):
    found = run("plan", "--baseline", baseline, *ONE, "--size", "6", "-A", "100")
    assert found.code == 0
    assert "half the answers" in found.out and "takeover: 30 % one answer" in found.out
    body = json.loads(run("plan", "--baseline", baseline, *ONE, "--json", "-A", "20").out)
    assert [x["loss"] for x in body["losses"]] == ["halving", "a fifth lost", "takeover"]
    assert body["run_length"] == 20 and body["losses"][2]["visits"] < 20
    assert run("plan").code == 2
    assert "watch plan" in run("plan", "--help").out
    assert "fullmenu watch plan" in run("--help").out
    found = run("plan", "--baseline", baseline, *ONE, "--size", "30")
    assert found.code == 1 and "at most 12" in found.err


def test_stdin_is_watched_without_a_state(run, calm, baseline, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(calm.read_bytes())))
    found = run("-", "--baseline", baseline, *ONE)
    assert found.code == 0 and "320 outputs" in found.out
    assert [p.name for p in tmp_path.iterdir()] == ["calm.jsonl"]


def test_one_model_of_several(run, live, baseline):
    found = run(live, "--baseline", baseline, *ONE, "--model", "a")
    assert found.code == 0 and "240 outputs" in found.out
    args = ("--baseline", baseline, "--views", "phrasing", "--fresh")
    found = run(live, *args, "--model", "a", "--model", "nobody")
    assert found.code == 0 and "NOTHING SEEN YET" in found.out
    assert "no output of the model 'nobody'" in found.err


def test_examples_of_the_help_are_understood():
    command = typer.main.get_command(app).commands["watch"]
    found = [
        line.split()[2:]
        for line in (watch.EXAMPLES + watch_plan.EXAMPLES).splitlines()
        if line.strip().startswith("fullmenu watch")
    ]
    assert len(found) == 8
    for args in found:
        command.make_context("watch", args)
    with pytest.raises(Exception, match="No such option"):
        command.make_context("watch", ["plan", "--baseline", "x", "--follow"])


def test_a_whole_log_cannot_be_followed_on(run, tmp_path, baseline):
    path = tmp_path / "live.csv"
    path.write_text("prompt,response\nQuestion 1,fig\nQuestion 1,kiwi\n")
    assert run(path, "--baseline", baseline, *ONE).code == 0
    found = run(path, "--baseline", baseline, *ONE, "--follow")
    assert found.code == 1 and "--follow needs --fresh" in found.err


def test_two_watches_on_one_state_are_stopped(run, calm, baseline):
    def meddle():
        state_of(calm).write_bytes(b"another")
        with calm.open("a") as file:
            file.write(lines(visits(5, seed=8)))

    found = run(calm, "--baseline", baseline, *ONE, "--follow", steps=[meddle])
    assert found.code == 1 and "another watch writes the state" in found.err
    assert state_of(calm).read_bytes() == b"another"


def test_a_folder_keeps_its_state_beside_itself(run, calm, baseline, monkeypatch):
    folder = calm.parent / "logs"
    folder.mkdir()
    calm.rename(folder / calm.name)
    assert run(f"{folder}/", "--baseline", baseline, *ONE).code == 0
    assert (calm.parent / f"logs{storage.STATE}").exists()
    assert "320 outputs" in run(folder, "--baseline", baseline, *ONE).out
    monkeypatch.chdir(folder)
    assert run("*.jsonl", "--baseline", baseline, *ONE).code == 0
    assert [p.name for p in folder.iterdir()] == [calm.name]


def test_stopped_while_it_saves(run, live, baseline, monkeypatch):
    """Ctrl-C just before or just after the file is replaced: nothing is lost or counted twice."""
    whole = run(live, "--baseline", baseline, *ONE, "--follow").out
    monkeypatch.setattr(session, "BATCH", 30)
    save = storage.StateFile.save
    for after in (False, True):
        calls = []

        def stopped(self, data, place, alarms, after=after, calls=calls):
            calls.append(self)
            if len(calls) == 3 and not after:
                raise KeyboardInterrupt
            save(self, data, place, alarms)
            if len(calls) == 3 and after:
                raise KeyboardInterrupt

        monkeypatch.setattr(storage.StateFile, "save", stopped)
        found = run(live, "--baseline", baseline, *ONE, "--follow", "--fresh")
        assert found.err == ""
        assert f"({60 if after else 30} visits" in found.out
        monkeypatch.setattr(storage.StateFile, "save", save)
        assert run(live, "--baseline", baseline, *ONE, "--follow").out.endswith(whole[-900:])


def episode(row, step):
    """Return a rollout as verifiers writes it."""
    task = {"type": "T", "data": {"prompt": row["input"]}, "key": row["input"]}
    turns = [{"role": "user", "content": row["input"]}]
    turns.append({"role": "assistant", "content": row["output"]})
    nodes = [
        {"message": turn, "sampled": bool(i), "parent": i - 1 if i else None}
        for i, turn in enumerate(turns)
    ]
    nodes[1]["logprobs"] = [-0.5, -0.25]
    trace = {"task": task, "nodes": nodes, "rewards": {"right": {"score": row["score"]}}}
    return {"task": task, "run": {"type": "train", "work": {"step": step}}, "traces": [trace]}


def rollouts(folder, *, form, steps=20, collapse=13):
    """Write what a trainer dumps: a file or a folder a step, from one step on one dish only."""
    rng = np.random.default_rng(3)
    dishes = [f"{a} {b}" for a, b in zip(WORDS, rng.permutation(WORDS), strict=True)]
    for step in range(1, steps + 1):
        menu = dishes if step < collapse else dishes[:1]
        rows = [
            {"input": f"Task {step} {p}?", "output": str(rng.choice(menu)), "score": float(k % 2)}
            for p in range(8)
            for k in range(8)
        ]
        path = folder / (f"step_{step}/rollouts.jsonl" if form == "folder" else f"{step}.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        if form == "verifiers":
            rows = [episode(row, step) for row in rows]
        elif form == "column":
            rows = [{**row, "step": step} for row in rows]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize("form", ["column", "folder", "verifiers"])
def test_rollouts_on_disk_are_watched_by_step(shell, tmp_path, form):
    rollouts(tmp_path / "dump", form=form)
    run = shell("watch", str(tmp_path / "dump"), "--by", "step", "-q")
    assert run.returncode == 3, run.stderr
    lines = run.stdout.splitlines()
    assert "step      1" in lines[0] and "pass 1 0.50" in lines[0]
    assert "step 14 (since about step 13)" in run.stdout
    run = shell("watch", str(tmp_path / "dump"), "--by", "step", "--json", "-q")
    looks = [json.loads(line) for line in run.stdout.splitlines()]
    assert [look["step"] for look in looks] == list(range(1, 21))
    assert looks[-1]["variety/phrasing/repeat_rate"] == 1
    if form == "verifiers":
        assert looks[0]["variety/entropy"] == pytest.approx(0.375)


def test_rollouts_without_steps_are_refused_in_a_line(shell, tmp_path):
    path = tmp_path / "notes.jsonl"
    path.write_text(json.dumps({"prompt": "p", "output": "o"}) + "\n")
    run = shell("watch", str(path), "--by", "step", "-q")
    assert run.returncode == 1 and "as step_40/ or 40.jsonl" in " ".join(run.stderr.split())
    run = shell("watch", str(path), "-q")
    assert run.returncode == 2 and "--by step" in run.stderr
