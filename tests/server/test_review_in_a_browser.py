"""A person's way through a review, keyboard only, in a real browser on a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fullmenu.review.labels import read_labels, standing

CHROMIUM = Path(os.environ.get("FULLMENU_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        {"prompt": f"Guest {p}? {HOSTILE}", "output": f"Dish {p % 4 + k % 3} {HOSTILE}",
         "model": ("old", "new")[k % 2]}
        for p in range(25) for k in range(6)
    ]  # fmt: skip
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


class Serving:
    """``fullmenu review`` as it runs."""

    def __init__(self, folder: Path, *options: str) -> None:
        command = [sys.executable, "-m", "fullmenu", "review", "log.jsonl", "--port", "0", *options]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"http://[\w.:]+\d", line):
                self.url = found[0]
                return
        pytest.fail(f"the server ended with {self.process.wait()}")

    def end(self, kill: bool = False) -> None:
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture
def serving(require: Callable[..., Any], folder: Path) -> Iterator[Callable[..., Serving]]:
    for name in ("fastapi", "sqlalchemy", "uvicorn"):
        require(name)
    running: list[Serving] = []

    def start(*options: str) -> Serving:
        running.append(Serving(folder, *options))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.end()
        one.process.stdout.close()


@pytest.fixture(scope="module")
def browser(require: Callable[..., Any]) -> Iterator[Any]:
    playwright = require("playwright.sync_api", CHROMIUM)
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Callable[[str, str], tuple[Any, list[str]]]]:
    """``tab(url, name)`` opens the page and gives one's name, by keyboard."""
    contexts = []

    def open_tab(url: str, name: str) -> tuple[Any, list[str]]:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        faults: list[str] = []
        page.on("dialog", lambda dialog: (faults.append("dialog"), dialog.dismiss()))
        page.on("pageerror", lambda error: faults.append(f"error {error}"))
        page.on("console", lambda said: faults.append(f"console {said.type}: {said.text}"))
        page.goto(f"{url}/review")
        page.wait_for_selector("#start:not([hidden])")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        page.wait_for_selector("#asked:not([hidden])")
        return page, faults

    yield open_tab
    for context in contexts:
        context.close()


def told(page: Any, mine: int, what: str = "by you") -> None:
    """Wait until the page says that so many answers are saved."""
    page.wait_for_function(
        "said => document.getElementById('progress').textContent.startsWith(said)",
        arg=f"{mine} {what}",
    )


def answers(page: Any, keys: str, first: int = 1) -> None:
    for number, key in enumerate(keys, first):
        page.keyboard.press(key)
        told(page, number)


@pytest.mark.parametrize(("kind", "keys"), [("same", "1234t"), ("better", "12t12"), ("look", ())])
def test_twenty_questions_by_keyboard(serving, tab, folder, kind, keys):
    at = serving("--ask", kind, "-n", "20")
    page, faults = tab(at.url, "Ann")
    assert page.is_hidden("#start")
    assert HOSTILE in page.inner_text("#prompt")
    page.keyboard.press("?")
    assert page.is_visible("#sheet")
    page.keyboard.press("Escape")
    if kind == "look":
        page.keyboard.type("1120")
        answers(page, ["Enter"] * 8)
    else:
        answers(page, (keys * 4)[:8])
    page.keyboard.press("u")
    told(page, 7)
    page.keyboard.press("n")
    page.keyboard.type("1 doubt")  # a digit in a note is no answer
    page.keyboard.press("Enter")
    answers(page, ["Enter" if kind == "look" else "1"], 8)
    page.keyboard.press("s")
    page.reload()  # leave, and come back
    page.wait_for_selector("#start:not([hidden])")
    assert page.input_value("#start input") == "Ann"
    page.keyboard.press("Enter")
    told(page, 8)
    for number in range(9, 26):
        if page.is_visible("#done"):
            break
        page.keyboard.press("Enter" if kind == "look" else "2")
        told(page, number)
    page.wait_for_selector("#done:not([hidden])")
    kept = standing(read_labels(folder / "log.jsonl.answers.jsonl"))
    assert len(kept) == len({x.question for x in kept}) == 20
    assert any("1 doubt" in x.note for x in kept) and not faults
    assert kind != "look" or "1 1 2 0 - -" in {x.groups for x in kept}


def test_two_at_once_lose_nothing_and_answer_nothing_twice(serving, tab, folder):
    at = serving("-n", "24")
    people = [tab(at.url, name) for name in ("Ann", "Ben")]
    for number in range(1, 13):
        for page, _ in people:
            page.keyboard.press("4")
        for page, _ in people:
            told(page, number)
    for page, faults in people:
        page.wait_for_selector("#done:not([hidden])")
        assert not faults
    kept = read_labels(folder / "log.jsonl.answers.jsonl")
    assert len(kept) == len({x.question for x in kept}) == 24


def test_a_crash_loses_no_answer_that_was_shown_as_saved(serving, tab, folder):
    at = serving("-n", "20")
    page, _ = tab(at.url, "Ann")
    answers(page, "12341")
    at.end(kill=True)
    page.keyboard.press("1")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "Not saved" in page.inner_text("#trouble")
    assert len(read_labels(folder / "log.jsonl.answers.jsonl")) == 5
    again, _ = tab(serving("-n", "20").url, "Ann")
    told(again, 5)


def test_a_token_of_one_s_own(serving, browser, folder):
    command = ("--token", "a-token-that-is-long-enough", "--reviewer", "Ann")
    at = serving(*command)
    secret = None
    for line in at.process.stdout:
        if found := re.search(r"Ann signs in with (\S+)", line):
            secret = found[1]
            break
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{at.url}/review")
    page.fill("input[name=token]", secret)
    page.keyboard.press("Enter")
    page.wait_for_selector("#asked:not([hidden])")
    answers(page, "1")
    assert page.goto(f"{at.url}/review/result").status == 403
    context.close()
    assert read_labels(folder / "log.jsonl.answers.jsonl")[0].rater == "Ann"


def test_an_adjudicator_by_keyboard(serving, browser, folder):
    command = ("--overlap", "2", "--token", "a-token-that-is-long-enough", "-n", "6")
    people = ("--reviewer", "Ann", "--reviewer", "Ben", "--adjudicator", "Eve")
    at = serving(*command, *people)
    secrets = {}
    for line in at.process.stdout:
        if found := re.search(r"(\w+) signs in with (\S+)", line):
            secrets[found[1]] = found[2]
        if len(secrets) == 3:
            break
    for name, keys in (("Ann", "111111"), ("Ben", "444444"), ("Eve", "")):
        context = browser.new_context()
        page = context.new_page()
        where = "/review/disagreements" if name == "Eve" else "/review"
        page.goto(at.url + where)
        page.fill("input[name=token]", secrets[name])
        page.keyboard.press("Enter")
        page.wait_for_selector("#asked:not([hidden])")
        if name == "Eve":
            assert "different, same" in page.inner_text("#review")
            assert "Ann" not in page.inner_text("body") and "Ben" not in page.inner_text("body")
            page.keyboard.press("1")
            told(page, 1, "settled by you, 5 open")
            page.keyboard.press("u")
            told(page, 0, "settled by you, 6 open")
            page.keyboard.press("s")
            page.wait_for_selector("#review:not([data-busy])")
            page.keyboard.press("2")
            told(page, 1, "settled by you, 5 open")
        else:
            answers(page, keys)
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in")
        context.close()
    kept = read_labels(folder / "log.jsonl.answers.jsonl")
    assert [x.answer for x in kept if x.settles] == ["same", "undo", "skip", "mostly same"]
    assert {x.rater for x in kept if x.settles} == {"Eve"}
