"""Sessions: any storage, exactly once, and states that are not as they were written."""

from __future__ import annotations

import copy

import pytest

from fullmenu.errors import BadInput
from fullmenu.live import Session, SessionSettings, StateFile, fingerprint, open_log, state
from fullmenu.live.documents import document_of
from fullmenu.monitor import codec
from fullmenu.readers import read


class Shelf:
    """A storage in memory."""

    def __init__(self):
        self.data = None

    def __str__(self):
        return "on the shelf"

    def load(self):
        return self.data

    def save(self, data, place, alarms):
        self.data = data


@pytest.fixture(scope="module")
def baseline(before):
    return read(before)


def opened(log, baseline, storage):
    settings = SessionSettings(log.name, fingerprint(baseline), views=["phrasing"])
    session = Session.open(settings, baseline, storage=storage)
    cursor = open_log(log, session.place)
    session.begin(cursor)
    return session, cursor


def test_any_storage_will_do(log, baseline):
    shelf = Shelf()
    session, cursor = opened(log, baseline, shelf)
    assert [len(raised) for raised in session.batches(cursor)] == [1]
    again, cursor = opened(log, baseline, shelf)
    assert list(again.batches(cursor)) == []
    assert document_of(again, ("b", "l")) == document_of(session, ("b", "l"))
    shelf.data = b"another"
    with pytest.raises(BadInput, match="another watch writes the state on the shelf"):
        session.save()


def test_alarms_that_cannot_be_sent_wait_and_the_latest_are_kept(log, baseline):
    session, cursor = opened(log, baseline, Shelf())
    session.keeps_alarms = True
    [[alarm]] = session.batches(cursor)
    session.unsent = [alarm] * 30
    assert session.send(lambda alarm: "it is down") == "it is down"
    assert len(session.unsent) == 20
    sent = []
    assert session.send(sent.append) is None
    assert len(sent) == 20 and session.unsent == []


HOSTILE = (None, -1, "x", [], {}, [1, 2], True, 1e300, float("nan"))


def test_a_signed_state_with_fields_missing_or_mistyped_is_refused(log, baseline):
    shelf = Shelf()
    session, cursor = opened(log, baseline, shelf)
    session.keeps_alarms = True
    session.grows = True
    list(session.batches(cursor))
    body = codec.from_bytes(shelf.data, dict, state.SCHEMA)
    assert body["held"] and body["unsent"] and body["place"]
    refused = 0
    for name, was in body.items():
        for value in HOSTILE:
            if value == was or (name, value) in (("until", None), ("until", {}), ("place", {})):
                continue
            if type(value) is type(was) and value == type(was)():
                continue  # nothing held, nothing unsent: a good state
            shelf.data = codec.to_bytes({**body, name: value}, state.SCHEMA)
            with pytest.raises(BadInput, match=r"the state on the shelf is refused") as error:
                opened(log, baseline, shelf)
            assert "\n" not in str(error.value)
            refused += 1
        less = copy.deepcopy(body)
        del less[name]
        shelf.data = codec.to_bytes(less, state.SCHEMA)
        with pytest.raises(BadInput, match="is refused"):
            opened(log, baseline, shelf)
    assert refused > 70
    with pytest.raises(BadInput, match="cut off or damaged"):
        codec.from_bytes(b"[" * 100_000, dict)


def test_what_killed_watches_left_is_removed_and_newer_files_stay(log, baseline):
    import os

    place = log.with_name("state.json")
    dead, alive, other = (
        log.with_name(name) for name in (".state.json.ab12cd34", ".state.json.ef56ab78", ".other")
    )
    for path in (dead, alive, other):
        path.touch()
    os.utime(dead, (0, 0))
    os.utime(other, (0, 0))
    session, _ = opened(log, baseline, StateFile(place))
    session.save()
    assert [dead.exists(), alive.exists(), other.exists()] == [False, True, True]
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_log_without_ids_is_of_the_baselines_prompts(log, baseline):
    named = baseline.with_prompt_ids(f"id of {p}" for p in baseline.prompts)
    sessions = [opened(log, before, Shelf()) for before in (named, baseline)]
    raised = [[a.strength for batch in s.batches(c) for a in batch] for s, c in sessions]
    assert raised[0] == raised[1] != []
    assert sessions[0][0].monitor.unknown == 0
