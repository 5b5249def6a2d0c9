"""Real reports for the gallery: the restaurant of ``fullmenu demo``, watched from all sides.

``python docs/gallery.py FOLDER`` makes them; the site makes them each time it is built. With
``--pictures`` the screenshots of ``docs/gallery/`` are taken anew (this needs Playwright).
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PICTURES = Path(__file__).parent / "gallery"


SERVED = {"overview": "/", "model": "/model?name=menu-bot"}
"""Pages of ``fullmenu serve --demo`` of which pictures are taken."""


class Page(NamedTuple):
    """One report: its file, what it is, and the command that makes it."""

    file: str
    title: str
    about: str
    command: str


PAGES = (
    Page(
        "compare.html",
        "Two versions",
        "What changed, how sure that is, what was lost, and every output to read.",
        "compare before.jsonl after.jsonl --html compare.html",
    ),
    Page(
        "check.html",
        "One log",
        "How many different answers there are, and which come most often.",
        "check before.jsonl --html check.html",
    ),
    Page(
        "trend.html",
        "Many versions",
        "When variety fell, on six versions that take over more and more of the tuned model.",
        "compare v1.jsonl v2.jsonl v3.jsonl v4.jsonl v5.jsonl v6.jsonl --html trend.html",
    ),
    Page(
        "watch.html",
        "A log that goes on",
        "Alarms whose rate of false ones is bounded, and the answers that took over.",
        "watch live.jsonl --baseline before.jsonl --html watch.html",
    ),
    Page(
        "lab.html",
        "An experiment",
        "A collapse with a known answer, and whether the instrument sees it.",
        "lab run menu --folder lab --quiet",
    ),
    Page(
        "family.html",
        "The cousins",
        "Mode collapse beside other ways in which a model optimises the score.",
        "diagnose report collapse.json --html family.html",
    ),
)


def make(folder: Path) -> None:
    """Write all reports into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        place = Path(work)
        fullmenu(place, "demo", "--folder", ".")
        logs(place)
        collapse = fullmenu(place, "compare", "before.jsonl", "after.jsonl", "--json", "--quiet")
        (place / "collapse.json").write_text(collapse, "utf-8")
        for page in PAGES:
            fullmenu(place, *page.command.split())
        shutil.copy(next((place / "lab").rglob("report.html")), place / "lab.html")
        for page in PAGES:
            shutil.copy(place / page.file, folder / page.file)


def logs(place: Path) -> None:
    """Mix the menus before and after tuning into versions, and into traffic."""
    before, after = (
        [json.loads(line) for line in (place / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("before", "after")
    )
    draws = random.Random(0)
    for k, share in enumerate((0, 0, 0.1, 0.3, 0.6, 1), 1):
        mixed = [
            draws.choices(pair, (1 - share, share))[0] for pair in zip(before, after, strict=True)
        ]
        write(place / f"v{k}.jsonl", [{**row, "model": f"menu-{k}"} for row in mixed])
    live = []
    asked = sorted({row["prompt_id"] for row in before})
    for visit in range(160):
        prompt = draws.choice(asked)
        rows = [row for row in (after if visit >= 80 else before) if row["prompt_id"] == prompt]
        told = {"model": "menu-2", "time": 1_790_000_000 + 3600 * visit}
        five = enumerate(draws.sample(rows, 5))
        live += [{**row, **told, "sample_index": k} for k, row in five]
    write(place / "live.jsonl", live)


def write(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def fullmenu(place: Path, *args: str) -> str:
    """Run a command, which may find that variety was lost (exit code 3)."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "fullmenu", *args]
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(f"fullmenu {' '.join(args)}: {done.stderr}")
    return done.stdout


def card(page: Page) -> str:
    """Write a page's part of the gallery."""
    name = Path(page.file).stem
    return (
        f"## {page.title}\n\n{page.about}\n\n```sh\nfullmenu {page.command}\n```\n\n"
        f"[![{page.title}: the first screen of the page](gallery/{name}.png)](gallery/{page.file})"
        f"\n\n[Open the page](gallery/{page.file})\n"
    )


def photograph(folder: Path) -> None:
    """Take a picture of the first screen of every report."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(exist_ok=True)
    browser_path = shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for page in PAGES:
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            tab.goto((folder / page.file).as_uri())
            tab.screenshot(path=PICTURES / f"{Path(page.file).stem}.png")
        with serving() as address:
            for name, path in SERVED.items():
                tab = browser.new_page(viewport={"width": 1280, "height": 800})
                tab.goto(address + path)
                tab.screenshot(path=PICTURES / f"serve-{name}.png")


@contextmanager
def serving() -> Iterator[str]:
    """Serve the demo while pictures are taken, and yield where."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "fullmenu", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        found = (re.search(r"http://[\w.:]+\d", line) for line in server.stdout)
        yield next(match[0] for match in found if match)
        server.terminate()


if __name__ == "__main__":
    target = Path(next((a for a in sys.argv[1:] if a[0] != "-"), "gallery")).resolve()
    make(target)
    if "--pictures" in sys.argv:
        photograph(target)
