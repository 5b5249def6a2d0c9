"""The pages in a real browser, on a real server: the way from the first sample to an alarm."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

CHROMIUM = Path(os.environ.get("FULLMENU_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SOON = 90_000
"""Milliseconds after which what is computed behind a page must be on it."""

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"


class Serving(NamedTuple):
    """A server that runs, and what talks to it."""

    url: str

    def send(self, samples: list[dict[str, object]]) -> None:
        """Send samples as an application does."""
        request = urllib.request.Request(
            f"{self.url}/api/samples",
            json.dumps(samples).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200


@pytest.fixture(scope="module")
def serving(require: Callable[..., Any]) -> Iterator[Callable[..., Serving]]:
    """``serving("--demo")`` starts a server of its own."""
    for name in ("fastapi", "sqlalchemy", "uvicorn"):
        require(name)
    running = []

    def start(*options: str, folder: Path | None = None) -> Serving:
        command = [sys.executable, "-m", "fullmenu", "serve", "--port", "0", *options]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        running.append(process)
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"http://[\w.:]+\d", line):
                return Serving(found[0])
        pytest.fail(f"the server ended with {process.wait()}: {''.join(said)[-2_000:]}")

    yield start
    for process in running:
        process.terminate()
    for process in running:
        process.communicate(timeout=60)


@pytest.fixture(scope="module")
def shown(serving: Callable[..., Serving]) -> Serving:
    return serving("--demo")


@pytest.fixture(scope="module")
def browser(require: Callable[..., Any]) -> Iterator[Any]:
    playwright = require("playwright.sync_api", CHROMIUM)
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Callable[..., tuple[Any, list[str]]]]:
    """``tab(server)`` opens a tab; it returns that, and a list of what it should not have done."""
    contexts = []

    def open_tab(server: Serving, width: int = 1280, **options: Any) -> tuple[Any, list[str]]:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        faults: list[str] = []

        def routed(route: Any) -> None:
            if not route.request.url.startswith(server.url):
                faults.append(f"request {route.request.url}")
                route.abort()
            else:
                route.continue_()

        context.route("**/*", routed)
        page = context.new_page()
        page.on("dialog", lambda dialog: (faults.append("dialog"), dialog.dismiss()))
        page.on("pageerror", lambda error: faults.append(f"error {error}"))
        page.on("console", lambda said: faults.append(f"console {said.type}: {said.text}"))
        return page, faults

    yield open_tab
    for context in contexts:
        context.close()


def samples(
    visits: int, dishes: int, seed: int, first: int, model: str = "cook"
) -> list[dict[str, object]]:
    """Visits of four outputs to twelve guests, drawn from so many dishes."""
    draws = np.random.default_rng(seed)
    return [
        {
            "id": f"{first + i}-{k}",
            "model": model,
            "prompt": f"Guest {int(guest)} asks for dinner",
            "output": f"Dish {dish}: roast {'abcdefghijklmnop'[dish % 16] * 4} with sauce {dish}",
        }
        for i, guest in enumerate(draws.integers(0, 12, visits))
        for k in range(4)
        for dish in [int(draws.integers(0, dishes))]
    ]


def test_from_the_first_sample_over_a_baseline_to_an_alarm_that_is_acknowledged(
    serving: Callable[..., Serving], tab: Callable[..., Any], tmp_path: Path
) -> None:
    server = serving(folder=tmp_path)
    page, faults = tab(server)
    page.goto(server.url)
    assert page.locator("h2").first.inner_text() == "Send your first span"
    server.send(samples(90, 40, 0, 0))
    page.get_by_role("link", name="cook", exact=True).click(timeout=SOON)
    page.locator(".course .chart").wait_for(timeout=SOON)
    page.get_by_role("button", name="Set baseline here").click()
    page.get_by_role("heading", name=re.compile("Watched|No alarm|Getting ready")).wait_for()
    page.get_by_text("Nothing came since the baseline").wait_for(timeout=SOON)
    server.send(samples(60, 40, 1, 90))
    page.get_by_role("heading", name="No alarm").wait_for(timeout=SOON)
    server.send(samples(120, 1, 2, 150))
    page.get_by_role("heading", name="Alarm", exact=True).wait_for(timeout=SOON)
    page.locator("#alarms ~ .scroll a").first.click()
    page.get_by_label("Your name").fill("Ann")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Acknowledged").wait_for()
    assert "by Ann" in page.inner_text("main")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("heading", name="No alarm stands").wait_for()
    assert faults == []


PLACES = {
    "overview": "/",
    "model": "/model?name=menu-bot",
    "no baseline": "/model?name=menu-bot-next",
    "alarm": "/alarms/2",
    "alarms": "/alarms",
    "form": "/comparison",
    "comparison": "/comparison?a_model=menu-bot&a_to=700&b_model=menu-bot&b_from=1900",
    "prompts": "/prompts?model=menu-bot",
    "latest": "/latest",
    "settings": "/settings",
    "sign-in": "/sign-in",
}


@pytest.mark.parametrize("name", list(PLACES))
def test_pages_are_sound_at_every_width_and_in_every_light(
    shown: Serving, tab: Callable[..., Any], require: Callable[..., Any], name: str
) -> None:
    axe = require("axe_playwright_python.sync_playwright").Axe()
    page, faults = tab(shown)
    page.goto(shown.url + PLACES[name])
    if name in ("model", "no baseline", "comparison"):
        page.locator(".busy").wait_for(state="detached", timeout=SOON)
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.reload()
            page.locator("main").wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = axe.run(page).response["violations"]
            told = [(x["id"], [n["html"][:200] for n in x["nodes"][:3]]) for x in found]
            assert told == [], (width, scheme)
    assert faults == []


def test_a_stretch_is_chosen_with_the_pointer_or_the_keyboard(
    shown: Serving, tab: Callable[..., Any]
) -> None:
    page, faults = tab(shown)
    page.goto(shown.url + PLACES["model"])
    plane = page.locator(".course .plane")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 90, steps=4)
    page.mouse.up()
    first, last = (page.get_by_label(name).input_value() for name in ("from visit", "to"))
    assert 30 < int(first) < 45 and 68 < int(last) < 82
    page.locator(".course .chosen").wait_for(timeout=SOON)
    page.get_by_label("to", exact=True).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**from=*")
    assert f"to={int(last) + 1}" in page.url
    page.get_by_role("link", name="Show all").wait_for(timeout=SOON)
    assert faults == []


def test_new_samples_come_to_the_page_each_once(
    serving: Callable[..., Serving], tab: Callable[..., Any], tmp_path: Path
) -> None:
    server = serving(folder=tmp_path)
    server.send(samples(3, 9, 0, 0))
    page, faults = tab(server)
    page.goto(f"{server.url}/latest")
    assert page.locator("li.sample").count() == 12
    hostile = {"model": HOSTILE, "prompt": HOSTILE, "output": HOSTILE * 50}
    server.send([{**hostile, "id": str(i)} for i in range(5)])
    page.locator("li.sample.new").first.wait_for(timeout=SOON)
    page.wait_for_timeout(5_000)
    numbers = page.eval_on_selector_all("li.sample", "xs => xs.map(x => x.dataset.id)")
    assert numbers == [str(i) for i in range(17, 0, -1)]
    assert "5 came" in page.inner_text("#came")
    for path in ("/", "/prompts", "/comparison", "/settings"):
        page.goto(server.url + path)
    page.goto(server.url)
    page.locator("article a").first.click()
    page.locator("h1").wait_for()
    page.wait_for_timeout(1_000)
    assert page.locator("main script, main img").count() == 0
    assert faults == []


def test_pages_work_without_scripts(shown: Serving, tab: Callable[..., Any]) -> None:
    page, faults = tab(shown, java_script_enabled=False)
    page.goto(shown.url + PLACES["model"])
    page.get_by_label("from visit").fill("40")
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("link", name="Show all").wait_for(timeout=SOON)
    page.goto(shown.url + PLACES["latest"])
    with page.expect_navigation():
        page.get_by_role("link", name="Older samples").click()
    assert page.locator("li.sample").count() == 50
    page.goto(shown.url + "/alarms/2")
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_role("heading", name="Acknowledged").wait_for(timeout=SOON)
    assert faults == []
