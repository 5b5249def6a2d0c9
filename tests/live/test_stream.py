"""A log followed from Python: every alarm once, over restarts and rotations."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from fullmenu.errors import BadInput
from fullmenu.live import follow, stream
from fullmenu.readers import read

from .conftest import visits


def state_of(path):
    return path.with_name(path.name + ".fullmenu-state.json")


def body(path):
    return json.loads(state_of(path).read_text())["body"]


def test_an_alarm_is_given_once_and_again_if_its_handling_was_cut_off(log, before):
    alarms = follow(log, before, poll=None, views=["phrasing"])
    first = next(alarms)
    alarms.close()
    assert 55 <= first.since <= 65 and "stew" in first.examples[0].output
    assert [a.visit for a in follow(log, before, poll=None, views=["phrasing"])] == [first.visit]
    assert list(follow(log, read(before), poll=None, views=["phrasing"])) == []
    assert body(log)["outputs"] == 400


def test_it_follows_a_log_as_it_grows(tmp_path, before, monkeypatch):
    log = tmp_path / "live.jsonl"
    log.write_text(visits(30, seed=1))
    parts = iter([visits(30, seed=2), visits(60, dishes=2, seed=3)])

    def sleep(seconds):
        assert seconds == 0.5
        with log.open("a") as file:
            file.write(next(parts))

    monkeypatch.setattr(stream.time, "sleep", sleep)
    [alarm] = islice(follow(log, before, poll=0.5, views=["phrasing"]), 1)
    assert 55 <= alarm.since <= 66


def test_the_command_goes_on_where_python_stopped(log, before, monkeypatch, capsys):
    from fullmenu.cli import main

    list(follow(log, before, poll=None, views=["phrasing"]))
    saved = state_of(log).read_bytes()
    monkeypatch.setattr(
        "sys.argv",
        ["fullmenu", "watch", str(log), "--baseline", str(before), "--views", "phrasing", "-q"],
    )
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 3 and "VARIETY LOST" in capsys.readouterr().out
    assert state_of(log).read_bytes() == saved


@pytest.mark.parametrize("begins", ["empty", "absent", "not empty"])
def test_a_log_rotated_before_its_first_line_was_read_loses_none(
    begins, tmp_path, before, monkeypatch
):
    log, older = tmp_path / "live.jsonl", tmp_path / "live.jsonl.1"
    older.write_text(visits(7, seed=8))  # of the time before: never watched
    if begins == "empty":
        log.touch()
    if begins == "not empty":
        log.write_text(visits(5, seed=4))
        follow(log, before, views=["phrasing"])  # stopped before it looked
    else:

        def stop(seconds):
            raise KeyboardInterrupt

        monkeypatch.setattr(stream.time, "sleep", stop)
        with pytest.raises(KeyboardInterrupt):
            list(follow(log, before, views=["phrasing"]))
    older.rename(tmp_path / "live.jsonl.2")
    with log.open("a") as file:
        file.write(visits(25, seed=5))
    log.rename(older)
    log.write_text(visits(2, seed=6))
    list(follow(log, before, poll=None, views=["phrasing"]))
    assert body(log)["outputs"] == (27 + 5 * (begins == "not empty")) * 4


def test_settings_and_arguments_that_do_not_fit_are_refused(log, before, tmp_path):
    list(follow(log, before, poll=None, views=["phrasing"]))
    with pytest.raises(BadInput, match=r"run length 1000.0, and now that is 50.0"):
        follow(log, before, poll=None, views=["phrasing"], run_length=50)
    with pytest.raises(BadInput, match="poll=0"):
        follow(log, before, poll=0)
    with pytest.raises(BadInput, match="no such file"):
        follow(tmp_path / "gone.jsonl", before, poll=None)
    follow(log, before, poll=None, fresh=True)
    assert state_of(log).with_name(state_of(log).name + ".old").exists()


def test_an_acknowledged_alarm_makes_room_for_the_next(log, before):
    args = dict(poll=None, views=["phrasing"])
    assert len(list(follow(log, before, **args))) == 1
    with log.open("a") as file:
        file.write(visits(60, dishes=1, seed=5))
    assert list(follow(log, before, **args)) == []  # it stands: raised again
    with log.open("a") as file:
        file.write(visits(60, dishes=1, seed=6))
    assert len(list(follow(log, before, acknowledge=True, **args))) == 1
