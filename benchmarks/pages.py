"""What does a page cost: in CPU on top of the text, in bytes, in scripts, and in scrolling?

Two logs of made-up dishes, or two logs that are given. CPU is that of the whole command with
``--html`` less that without, each the median of five runs. Heights are measured in a browser, where
Playwright and Chromium are installed.

Run: python benchmarks/pages.py [BEFORE AFTER] [--install]

``--install`` also installs Fullmenu from this folder into a bare environment, and weighs it.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fullmenu.readers.reader import read
from fullmenu.report.report import Report
from table import Table

ROOT = Path(__file__).parents[1]
RUNS = 5
HEIGHTS = {1280: 3000, 390: 7000}
"""Pixels before the outputs at most, for each width of a window."""
SAMPLES = ("example", "prompt", "text", "outputs")
"""Fields of a document that hold what models and users said."""


def main(args: list[str]) -> None:
    install = "--install" in args
    logs = [a for a in args if a != "--install"]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        logs = logs or [made(place / "before.jsonl", 24), made(place / "after.jsonl", 5)]
        page, document = place / "page.html", place / "report.json"
        command = [sys.executable, "-m", "fullmenu", "compare", *logs, "--quiet"]
        plain, drawn = [], []
        for _ in range(RUNS):  # one after the other: a busy machine slows both alike
            plain.append(cpu_of([*command, "--json"], document))
            drawn.append(cpu_of([*command, "--json", "--html", str(page)], document))
        text = page.read_text("utf-8")
        said = sum(len(o.encode()) for x in logs for o in read(x).column("output"))
        report = Report(json.loads(document.read_text("utf-8")))
        bare = Report(without_samples(report.document)).to_html()
        tall = heights(page)
    table = Table("the page of a comparison")
    more = float(np.median(drawn) - np.median(plain))
    table.add("CPU without --html", f"{np.median(plain):.2f} s")
    table.add("--html on top", f"{more:.2f} s", "≤ 0.8 s", more <= 0.8)
    table.add("the page", f"{len(text.encode()) / 1000:.0f} kB")
    size = len(bare.encode()) / 1000
    table.add("frame, charts, tables", f"{size:.0f} kB", "≤ 300 kB", size <= 300)
    beside = (len(text.encode()) - len(bare.encode())) / said
    table.add("outputs on the page, of their text", f"{beside:.2f}", "≤ 1.3", beside <= 1.3)
    charts = re.findall(r'<div class="chart .*?</div>', text, re.S)
    shown = sum(len(re.findall("<(?:circle|line|path)", chart)) >= 5 for chart in charts)
    ready = shown == len(charts) and "<script" not in bare
    table.add("charts without scripts", f"{shown} of {len(charts)}", "all", ready)
    notebook = len(report._repr_html_().encode()) / 1000
    table.add("in a notebook", f"{notebook:.0f} kB", "≤ 100 kB", notebook <= 100)
    for width, most in HEIGHTS.items():
        told = f"{tall[width]:,} px" if tall else "no browser here"
        ok = not tall or tall[width] <= most
        table.add(f"before the outputs, {width} px wide", told, f"≤ {most:,} px", ok)
    if install:
        weight, largest = installed()
        table.add("bare install", f"{weight} MB", "≤ 520 MB", weight <= 520)
        for name, size in largest:
            table.add(f"  {name}", f"{size} MB")
    table.show()


def heights(page: Path) -> dict[int, int]:
    """Return where the outputs begin on a page, for each width; nothing without a browser."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return {}
    chromium = os.environ.get("FULLMENU_CHROMIUM", "/usr/bin/chromium")
    if not Path(chromium).exists():
        return {}
    top = "Math.round(document.getElementById('outputs-read').getBoundingClientRect().top)"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        found = {}
        for width in HEIGHTS:
            shown = browser.new_page(viewport={"width": width, "height": 900})
            shown.goto(page.as_uri())
            found[width] = int(shown.evaluate(top))
        browser.close()
    return found


def made(path: Path, dishes: int) -> str:
    """Write 40 prompts with ten outputs each, from so many dishes."""
    rng = np.random.default_rng(dishes)
    words = np.array([f"word{k}" for k in range(400)])
    menu = [[" ".join(rng.choice(words, 60)) for _ in range(dishes)] for _ in range(40)]
    with path.open("w", encoding="utf-8") as file:
        for p, served in enumerate(menu):
            for _ in range(10):
                line = {"prompt": f"What is on menu {p}?", "output": served[rng.integers(dishes)]}
                file.write(json.dumps(line) + "\n")
    return str(path)


def cpu_of(command: list[str], out: Path) -> float:
    """Return the CPU seconds of a command; its output goes to a file."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with out.open("w", encoding="utf-8") as file:
        if subprocess.run(command, check=False, stdout=file).returncode not in (0, 3):
            raise SystemExit(f"{command} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def without_samples(part: object) -> object:
    """Return a document with every text of others cut to a letter."""
    if isinstance(part, dict):
        return {
            key: "x" if key in SAMPLES and isinstance(value, str) else without_samples(value)
            for key, value in part.items()
        }
    return [without_samples(x) for x in part] if isinstance(part, list) else part


def installed() -> tuple[int, list[tuple[str, int]]]:
    """Install into a bare environment; return megabytes of all of it, and of its largest parts."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        pip = [f"{folder}/bin/pip", "install", "--quiet", "--no-cache-dir", str(ROOT)]
        subprocess.run(pip, check=True)
        [packages] = Path(folder).glob("lib/python*/site-packages")
        parts = sorted(_weighed(packages), key=lambda part: -part[1])
        return _megabytes(Path(folder)), parts[:8]


def _weighed(packages: Path) -> Iterator[tuple[str, int]]:
    for path in packages.iterdir():
        if path.is_dir():
            yield path.name, _megabytes(path)


def _megabytes(path: Path) -> int:
    told = subprocess.run(["du", "-sm", str(path)], check=True, capture_output=True, text=True)
    return int(told.stdout.split()[0])


if __name__ == "__main__":
    main(sys.argv[1:])
