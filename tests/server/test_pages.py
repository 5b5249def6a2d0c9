"""The pages in process: every page, every state, and hostile text that stays text."""

from __future__ import annotations

import html
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("sqlalchemy")

from fullmenu.errors import BadInput
from fullmenu.live.watcher import Watcher
from fullmenu.report.watch.document import WatchDocument
from fullmenu.samples import Record
from fullmenu.server import demo
from fullmenu.server.janitor import DAYS, Janitor
from fullmenu.server.pages import course
from fullmenu.server.pages.drawing import link
from fullmenu.server.summaries import KEPT, WAITING, number_at
from fullmenu.store import Store

TOKEN = "a-token-that-is-long-enough"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'\u202e\x1b[31m\x00{{7*7}}"
PAGES = ("/", "/alarms", "/latest", "/prompts", "/comparison", "/settings")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of ``fullmenu serve --demo``."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    with Store.open(str(path)) as store:
        demo.fill(store, now=datetime(2026, 11, 2, 12, tzinfo=timezone.utc))
    return path


@pytest.fixture
def shown(filled: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it."""
    with Store.open(str(shutil.copy(filled, tmp_path / "demo.db"))) as store:
        yield store


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "empty.db")) as store:
        yield store


def post(client: Any, path: str, **fields: object) -> Any:
    """Post a form with the CSRF token of the page."""
    text = client.get("/settings").text
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', text)
    assert found
    form = {name: str(value) for name, value in fields.items()}
    return client.post(path, data={"csrf": found[1], **form})


def settled(client: Any, path: str) -> str:
    """Ask for a page once all that it shows is computed."""
    client.get(path)
    client.app.state.services.summaries.settle()
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    text: str = answer.text
    return text


def menu(n: int, model: str | None = "cook", first: int = 0, dishes: int = 30) -> list[Record]:
    """Samples in visits of three, of which ``dishes`` different ones are given."""
    began = datetime.now(timezone.utc) - timedelta(hours=1)
    return [
        Record(
            f"Dish {(7 * i + i // 3) % dishes}: roast {'abcdefgh'[i % 8]}{i % dishes}",
            f"Guest {i // 3 % 12}?",
            model=model,
            time=began + timedelta(seconds=i // 3),
            call_id=f"{model} {first} {i}",
        )
        for i in range(first, first + n)
    ]


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_store_says_what_to_do(
    client: Callable[..., Any], empty: Store, path: str
) -> None:
    answer = client(empty).get(path)
    assert answer.status_code == 200
    told = {"/": "Send your first span", "/latest": "Send your first span",
            "/settings": "Nothing is watched", "/alarms": "There is none here"}  # fmt: skip
    assert told.get(path, "send samples first") in answer.text


def test_styles_and_scripts_come_from_files_only(client: Callable[..., Any], shown: Store) -> None:
    asks = client(shown)
    paths = [*PAGES, link("/model", name=demo.STALE), "/alarms/1", "/sign-in"]
    for path in paths:
        answer = asks.get(path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy
        assert not re.search(r"<[^>]+\s(style|on\w+)=", answer.text), path
        for script in re.findall(r"<script([^>]*)>", answer.text):
            assert "src=" in script or 'type="application/json"' in script
        for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text):
            file = asks.get(name.replace("&amp;", "&"))
            assert file.status_code == 200 and "immutable" in file.headers["cache-control"]
    assert asks.get("/static/other.js").status_code == 404


def test_the_overview_shows_every_model_and_what_needs_somebody_first(
    client: Callable[..., Any], shown: Store
) -> None:
    text = client(shown).get("/").text
    assert "1 alarm stands" in text
    names = re.findall(r'<h2 id="model-\d"><a href="/model\?name=([\w-]+)"', text)
    assert names[0] == demo.STALE and {*names} == {demo.STALE, demo.EARLY, demo.NEW}
    for told in ("No baseline", "acknowledged by <bdi>Noor</bdi>", 'class="spark"'):
        assert told in text


def test_a_watched_model_shows_its_course_its_answers_and_what_changed(
    client: Callable[..., Any], shown: Store
) -> None:
    text = settled(client(shown), link("/model", name=demo.STALE))
    for told in (
        "Given more than before", "Not given any more", "What came since the change",
        "prompt template v7", "temperature: 1.0\u00a0→\u00a00.4", "Set baseline here", "Phrases",
        "the baseline, as of",
    ):  # fmt: skip
        assert told in text, told
    assert 'data-unit="visit"' in text


def test_a_part_of_the_course_can_be_looked_at_alone(
    client: Callable[..., Any], shown: Store
) -> None:
    asks = client(shown)
    path = link("/model", name=demo.STALE, view="outline", **{"from": 60, "to": 120})
    text = asks.get(path).text
    assert 'data-low="60" data-high="120"' in text and "Show all" in text
    assert asks.get(link("/model", name=demo.STALE, **{"from": "x", "to": 9})).status_code == 200
    far = link("/model", name=demo.STALE, **{"from": 10**30, "to": 10**31})
    assert asks.get(far).status_code == 200
    beyond = asks.get(link("/model", name=demo.STALE, **{"from": 5_000, "to": 6_000}))
    assert beyond.status_code == 200


def test_a_model_without_a_baseline_gets_one_from_a_range_of_its_course(
    client: Callable[..., Any], shown: Store
) -> None:
    asks = client(shown)
    text = settled(asks, link("/model", name=demo.NEW))
    extent = re.search(r'data-unit="sample" data-low="(\d+)" data-high="(\d+)"', text)
    assert extent and "Nothing is watched yet" in text
    first, last = int(extent[1]) + 1, int(extent[2])
    form = {"named": "1", "name": demo.NEW, "from": first, "to": last, "unit": "sample"}
    assert post(asks, "/model/baseline", **form).status_code == 303
    (watch,) = [w for w in shown.watches() if w.model == demo.NEW]
    assert watch.baseline == (first - 1, last)
    assert "Getting ready" in asks.get(link("/model", name=demo.NEW)).text


def test_a_range_of_visits_becomes_the_samples_of_these_visits(
    client: Callable[..., Any], shown: Store
) -> None:
    asks = client(shown)
    form = {"named": "1", "name": demo.EARLY, "from": 1, "to": 20, "unit": "visit"}
    before = next(w for w in shown.watches() if w.model == demo.EARLY)
    assert post(asks, "/model/baseline", **form).status_code == 303
    watch = next(w for w in shown.watches() if w.model == demo.EARLY)
    held = shown.samples(*watch.baseline, model=demo.EARLY)
    assert watch.baseline.after == before.baseline.until
    assert len(held) == pytest.approx(100, abs=5)
    assert shown.alarms(model=demo.EARLY), "the alarms of the watch before stay"


@pytest.mark.parametrize("times", [True, False])
def test_visits_are_found_among_the_samples(empty: Store, times: bool) -> None:
    empty.add(menu(90))
    empty.add(menu(30, "another"))
    records = menu(90, first=90)
    empty.add(records if times else [r._replace(time=None) for r in records])
    watch = empty.set_baseline("cook", (0, 90))
    watcher = Watcher(empty)
    while watcher.turn():
        pass
    watcher.stop()
    data = empty.document(watch.id)
    assert data is not None
    document = msgspec.json.decode(data, type=WatchDocument)
    watch = empty.watch(watch.id)
    assert document.visits >= 28

    def found(first: int, last: int) -> list[str]:
        part = course.samples_of_visits(empty, watch, document, first, last)
        return [x.record.output for x in empty.samples(*part, model="cook")]

    assert found(1, document.visits) == [r.output for r in records]
    assert found(6, 15) == [r.output for r in records[15:45]] or not times
    assert len(found(6, 15)) == pytest.approx(30, abs=0 if times else 12)
    with pytest.raises(BadInput, match=r"no visits 900 to 950: it counted"):
        found(900, 950)


def test_the_sample_of_a_time_is_found(empty: Store) -> None:
    empty.add(menu(90))
    stored = empty.samples()
    for at in (0, 1, 44, 89):
        time = stored[at].record.time
        assert time is not None
        number = number_at(empty, "cook", time, 90)
        assert number == at - at % 3, "three samples share each time"
    assert number_at(empty, "cook", datetime(2200, 1, 1, tzinfo=timezone.utc), 90) == 90


def test_writing_needs_the_token_of_the_form(client: Callable[..., Any], shown: Store) -> None:
    asks = client(shown)
    for path in ("/model/baseline", "/alarms/2/acknowledge", "/settings/tokens", "/model/change"):
        assert asks.post(path, data={"csrf": "0" * 64}).status_code == 403
    assert asks.post("/alarms/2/acknowledge").status_code == 403
    assert shown.alarm(2).acknowledged is None


def test_an_alarm_says_what_since_when_and_how_sure_and_can_be_acknowledged(
    client: Callable[..., Any], shown: Store
) -> None:
    asks = client(shown)
    text = asks.get("/alarms/2").text
    for told in (
        "how sure", "since about visit", "Before and after", "asked with", "prompt template v7",
        "Acknowledge", "Compare what came since",
    ):  # fmt: skip
        assert told in text, told
    assert post(asks, "/alarms/2/acknowledge", by="Ann <b>").status_code == 303
    assert "Ann &lt;b&gt;" in asks.get("/alarms/2").text
    assert "No alarm stands" in asks.get("/").text
    assert asks.get("/alarms/99").status_code == 404
    assert asks.get("/alarms/x").status_code == 422


def test_an_alarm_of_a_watch_that_ended_can_still_be_read(
    client: Callable[..., Any], shown: Store
) -> None:
    watch = next(w for w in shown.watches() if w.model == demo.STALE)
    shown.end_watch(watch.id)
    text = client(shown).get("/alarms/2").text
    assert "Its watch ended" in text and "how sure" in text and "Acknowledge<" not in text


def test_all_alarms_are_on_one_page_with_their_state(
    client: Callable[..., Any], shown: Store
) -> None:
    asks = client(shown)
    assert 'href="/alarms"' in asks.get("/").text
    text = asks.get("/alarms").text
    assert "1 alarm stands" in text
    for told in ("seen by", "menu-bot", "about visit", "stands", 'href="/alarms/2"'):
        assert told in text, told
    assert 'href="/alarms/2"' not in asks.get("/alarms?state=over").text
    assert 'href="/alarms/2"' not in asks.get("/alarms?before=2").text
    post(asks, "/alarms/2/acknowledge", by="Ann")
    assert "acknowledged by <bdi>Ann</bdi>" in asks.get("/alarms?state=over").text
    assert "There is none here" in asks.get("/alarms?state=standing").text
    assert asks.get("/alarms?state=<b>&before=x").status_code == 200


def test_an_alarm_of_a_watch_that_ended_stands_nowhere(
    client: Callable[..., Any], shown: Store
) -> None:
    watch = next(w for w in shown.watches() if w.model == demo.STALE)
    shown.end_watch(watch.id)
    assert "its watch has ended" in client(shown).get("/").text
    assert "its watch has ended" in client(shown).get("/alarms").text


def test_a_model_s_page_says_what_the_pipe_did(client: Callable[..., Any], empty: Store) -> None:
    texts = [
        f"Dish {i}: a roast of {'abcdefgh'[i % 8] * 4} with sauce number {i}." for i in range(40)
    ]
    asked = [Record(t, f"Guest {p}?", model="bot") for p in range(12) for t in texts[p : p + 20]]
    empty.add(asked)
    empty.set_baseline("bot", (0, len(asked)))
    empty.add([r._replace(output="") if i % 4 else r for i, r in enumerate(asked)])
    watcher = Watcher(empty)
    while watcher.turn():
        pass
    watcher.stop()
    asks = client(empty)
    asks.get("/model?name=bot")
    asks.app.state.services.summaries.settle()
    text = asks.get("/model?name=bot").text
    assert "Model or pipeline?" in text and "outputs are empty" in text
    alarm = empty.alarms()[0]
    assert "model or pipeline" in asks.get(f"/alarms/{alarm.id}").text
    assert "The pipeline changed too" in asks.get("/alarms").text


def test_a_comparison_is_the_report_of_two_ranges(client: Callable[..., Any], shown: Store) -> None:
    asks = client(shown)
    watch = next(w for w in shown.watches() if w.model == demo.STALE)
    path = link("/model/stretch", name=demo.STALE, **{"from": 110, "to": 149})
    to = asks.get(path).headers["location"]
    assert f"a_to={watch.baseline.until}" in to
    assert "being computed" in asks.get(to).text
    text = settled(asks, to)
    for told in (
        "Variety",
        "How this was measured and decided",
        "/static/browser.js",
        "compare others",
    ):
        assert told in text, told
    sides = {"a_model": demo.STALE, "a_to": "2026-10-28", "b_model": demo.STALE}
    by_time = link("/comparison", **sides, b_from="2026-11-01 06:00", b_to="")
    assert "Variety" in settled(asks, by_time)


@pytest.mark.parametrize(
    ("side", "told"),
    [
        ({"b_from": "yesterday"}, "neither the number of a sample nor a time"),
        ({"b_from": "1", "b_model": "nobody"}, "no sample of the model nobody"),
    ],
)
def test_what_cannot_be_compared_is_said(
    client: Callable[..., Any], shown: Store, side: dict[str, str], told: str
) -> None:
    answer = client(shown).get(link("/comparison", **side))
    assert answer.status_code == 400 and told in answer.text


def test_a_comparison_of_nothing_says_so(client: Callable[..., Any], shown: Store) -> None:
    text = settled(client(shown), link("/comparison", a_model=demo.NEW, a_to=1, b_model=demo.NEW,
                                       b_from=2))  # fmt: skip
    assert "no sample of the model" in text


def test_prompts_can_be_searched_and_paged(client: Callable[..., Any], shown: Store) -> None:
    asks = client(shown)
    text = asks.get(link("/prompts", model=demo.STALE)).text
    assert text.count('data-of="repeat rate"') == 25 and "More prompts" in text
    more = re.search(r'class="button" href="([^"]+)"', text)
    assert more
    rest = asks.get(more[1].replace("&amp;", "&")).text
    assert rest.count('data-of="repeat rate"') == 11 and "More prompts" not in rest
    found = asks.get(link("/prompts", model=demo.STALE, q="RAINY")).text
    assert found.count('data-of="repeat rate"') == 1
    assert "No prompt has that" in asks.get(link("/prompts", model=demo.STALE, q="50%_")).text


def test_latest_samples_come_once(client: Callable[..., Any], empty: Store) -> None:
    asks = client(empty)
    empty.add(menu(60))
    text = asks.get("/latest").text
    numbers = re.findall(r'data-id="(\d+)"', text)
    assert len(numbers) == 50 and numbers == sorted(numbers, key=int, reverse=True)
    older = re.search(r'class="button" href="([^"]+)"', text)
    assert older
    left = re.findall(r'data-id="(\d+)"', asks.get(older[1].replace("&amp;", "&")).text)
    assert {*numbers, *left} == {str(i) for i in range(1, 61)}
    empty.add(menu(3, first=60))
    new = asks.get(link("/latest/rows", after=numbers[0])).text
    assert re.findall(r'data-id="(\d+)"', new) == ["63", "62", "61"]
    assert "<html" not in new
    assert asks.get(link("/latest", model="cook", prompt="Guest 3?")).text.count("data-id") == 6
    assert "No sample is like that" in asks.get(link("/latest", model="nobody")).text


def test_the_states_of_a_model(client: Callable[..., Any], empty: Store) -> None:
    asks = client(empty)
    path = link("/model", name="cook")
    assert asks.get(path).status_code == 404
    empty.add(menu(180))
    assert "No baseline" in asks.get(path).text
    watch = empty.set_baseline("cook", (0, 180))
    assert "Getting ready" in asks.get(path).text
    watcher = Watcher(empty)
    while watcher.turn():
        pass
    assert "Nothing came since the baseline" in asks.get(path).text
    empty.add(menu(60, first=180))
    while watcher.turn():
        pass
    assert "No alarm" in settled(asks, path)
    watcher.stop()
    empty.keep_error(watch.id, "the disk <b>is</b> full")
    told = asks.get(path).text
    assert "Stopped" in told and "the disk &lt;b&gt;is&lt;/b&gt; full" in told


def test_the_first_samples_make_a_point_as_soon_as_they_can(
    client: Callable[..., Any], empty: Store
) -> None:
    asks = client(empty)
    path = link("/model", name="m")
    empty.add([Record("a fig", "Fruit?", model="m", call_id="0")])
    assert "Too few outputs to tell" in settled(asks, path)
    asks = client(empty)  # what was computed is good enough for a while
    empty.add([Record("a plum", "Fruit?", model="m", call_id="1")])
    text = settled(asks, path)
    assert "Set baseline here" in text and text.count('class="ring') == 1


def test_a_model_that_is_not_heard_of_is_quiet(client: Callable[..., Any], shown: Store) -> None:
    text = client(shown).get(link("/model", name=demo.EARLY)).text
    assert "Quiet" in text and "days ago" in text


@pytest.mark.parametrize("model", [HOSTILE, None, "", "a/b?c=d&e", "x" * 500])
def test_hostile_models_prompts_and_outputs_stay_text(
    client: Callable[..., Any], empty: Store, model: str | None
) -> None:
    asks = client(empty)
    records = [
        r._replace(output=f"{HOSTILE} {r.output} {'long ' * 4_000}", prompt=f"{HOSTILE} {r.prompt}",
                   parameters={"temperature": HOSTILE}, finish_reason=HOSTILE)
        for r in menu(60, model)
    ]  # fmt: skip
    empty.add(records)
    (facts,) = empty.models()
    empty.set_baseline(facts.model, (0, 40))
    empty.add_change(HOSTILE, model=facts.model)
    empty.add_token(HOSTILE, "read")
    watcher = Watcher(empty)
    while watcher.turn():
        pass
    watcher.stop()
    name = facts.model
    unnamed = "1" if name is None else None
    whole = {"b_from": 41, "a_to": 40}
    sides = ({"a_model": name, "b_model": name} if name is not None
             else {"a_is": "unnamed", "b_is": "unnamed"})  # fmt: skip
    for path in (
        "/", "/latest", "/settings", link("/model", name=name),
        link("/prompts", model=name, unnamed=unnamed, q="Guest"),
        link("/latest", prompt=HOSTILE), link("/comparison", **sides, **whole),
    ):  # fmt: skip
        text = settled(asks, path)
        assert "<script>alert" not in text and "<img src=x" not in text, path
        text = re.sub(r' value="[^"]*"', "", text)  # a form gives the name back as it is
        assert "\x1b" not in text and "\u202e" not in text and "\x00" not in text, path
        assert len(text) < 4_000_000, path


def test_settings_are_kept_and_secrets_shown_once(client: Callable[..., Any], shown: Store) -> None:
    asks = client(shown)
    assert post(asks, "/settings/retention", days=30).status_code == 303
    assert shown.setting(DAYS) == 30 and 'value="30"' in asks.get("/settings").text
    assert post(asks, "/settings/retention", days=0).status_code == 400
    assert post(asks, "/settings/retention", days="").status_code == 303
    assert shown.setting(DAYS) is None
    made = post(asks, "/settings/tokens", name="ci <b>", scope="ingest").text
    secret = re.search(r"fm_[\w-]+", made)
    assert secret and shown.check(secret[0]) == "ingest"
    page = asks.get("/settings").text
    assert secret[0] not in page and "ci &lt;b&gt;" in page
    assert post(asks, "/settings/tokens", name="x", scope="all").status_code == 400
    (token,) = shown.tokens()
    assert post(asks, "/settings/tokens/revoke", token=token.id).status_code == 303
    assert not shown.tokens()
    hook = "https://alarms.example.org/secret-path"
    assert post(asks, "/settings/webhooks", url=hook, secret="s3cret").status_code == 303
    page = asks.get("/settings").text
    assert "alarms.example.org" in page and "secret-path" not in page and "s3cret" not in page
    bad = post(asks, "/settings/webhooks", url="file:///etc/passwd")
    assert bad.status_code == 400 and "no URL to post to" in bad.text
    identity = re.search(r'name="webhook" value="(\w+)"', page)
    assert identity
    assert post(asks, "/settings/webhooks/remove", webhook=identity[1]).status_code == 303
    assert "alarms.example.org" not in asks.get("/settings").text


def test_a_watch_can_be_ended_and_begun_anew(client: Callable[..., Any], shown: Store) -> None:
    asks = client(shown)
    watch = next(w for w in shown.watches() if w.model == demo.EARLY)
    form = {"watch": watch.id, "run_length": 10_000}
    assert post(asks, "/settings/watch", **form).status_code == 303
    anew = next(w for w in shown.watches() if w.model == demo.EARLY)
    assert anew.settings.run_length == 10_000 and anew.baseline == watch.baseline
    assert post(asks, "/settings/watch", watch=anew.id, run_length=7).status_code == 400
    assert post(asks, "/settings/watch", watch=anew.id, end=1).status_code == 303
    assert demo.EARLY not in {w.model for w in shown.watches()}


def test_pages_are_for_those_who_signed_in(client: Callable[..., Any], shown: Store) -> None:
    asks = client(shown, token=TOKEN)
    for path in (*PAGES, link("/model", name=demo.STALE), "/alarms/1", "/latest/rows"):
        assert asks.get(path).headers.get("location", "").startswith("/sign-in"), path
    reader = shown.add_token("reader", "read")
    asks.post("/sign-in", data={"token": reader, "next": "/"})
    text = asks.get(link("/model", name=demo.STALE)).text
    assert "Bearer $FULLMENU_TOKEN" in html.unescape(asks.get("/").text)
    assert "Sign out" in text and "Set baseline here" not in text and "Note it" not in text
    assert asks.get("/settings").status_code == 403
    assert asks.get("/alarms/2").status_code == 200


def test_people_get_a_page_where_programs_get_json(
    client: Callable[..., Any], shown: Store
) -> None:
    asks = client(shown)
    look = {"Accept": "text/html,*/*"}
    for path, told in (
        ("/nowhere", "Not Found"), ("/alarms/99", "no alarm 99"), ("/alarms/x", "no page with"),
        (link("/model", name=HOSTILE), "no sample of the model"),
    ):  # fmt: skip
        answer = asks.get(path, headers=look)
        assert answer.status_code == 404 and told in answer.text and "Overview</a>" in answer.text
        assert "<script>alert" not in answer.text
        assert asks.get(path).headers["content-type"] == "application/json"
    assert "load the page again" in asks.post("/settings/retention", headers=look).text
    api = asks.get("/api/nowhere", headers=look)
    assert api.headers["content-type"] == "application/json"


def test_what_cannot_be_computed_is_told_and_tried_again(
    client: Callable[..., Any], empty: Store
) -> None:
    empty.add(menu(1))
    summaries = client(empty).app.state.services.summaries
    summary = summaries.course("nobody", 5)
    summaries.settle()
    summary = summaries.course("nobody", 5)
    assert summary.error == "no sample of this model is here" and not summary.working


def test_only_so_much_waits_and_so_much_is_kept(client: Callable[..., Any], empty: Store) -> None:
    empty.add(menu(30))
    summaries = client(empty).app.state.services.summaries
    going_on = threading.Event()
    summaries._look("slow", 0, going_on.wait)
    while summaries._wanted:
        time.sleep(0.01)
    told = [summaries.course(f"nobody {i}", i) for i in range(WAITING + 1)]
    assert all(x.working for x in told[:-1])
    assert told[-1].error and "try again later" in told[-1].error
    going_on.set()
    summaries.settle()
    assert summaries.course("cook", 30).working
    summaries.settle()
    assert summaries.course("cook", 30).value.stretches
    assert len(summaries._kept) == KEPT


def test_the_janitor_takes_away_what_is_too_old(empty: Store) -> None:
    empty.add(menu(30))
    janitor = Janitor(empty)
    assert janitor.round() == 0
    empty.set(DAYS, 1)
    assert janitor.round() == 0, "they arrived just now"
    assert len(empty.samples()) == 30


def test_a_demo_takes_no_store(shell: Callable[..., Any], tmp_path: Path) -> None:
    done = shell("serve", "--demo", "--store", str(tmp_path / "mine.db"), "--port", "0")
    assert done.returncode == 1 and "--demo makes a store of its own" in done.stderr
    assert not (tmp_path / "mine.db").exists()
