"""Is the house in order? One of each thing, names that tell, rules that the machine holds.

Prints what stands in `src/fullmenu` beside what it must be: how often one thing is written, lines,
types, names, imports, the way of a log through `compare`; with --patches also how many files a
change touches (the sample patches in `benchmarks/structure/patches`, tested in a copy).

Mutants have a table of their own: `python benchmarks/mutants.py`.

Run: python benchmarks/house.py [--patches]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import fullmenu as fm
from fullmenu.report import schema
from structure import imports, source, way
from table import Table

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "fullmenu"

SAME_KIND = {
    "registry": "each lists what its own room offers by name",
    "document": "what a page is drawn from: of logs, of a watch, of a lab run",
    "words": "the sentences of each of these documents",
    "terminal": "each of them in a terminal",
    "page": "each of them as a page",
    "report": "each of them with ways to show it",
    "charts": "each of them as pictures",
    "diagnosis": "each makes the finding of its cousin",
    "docstrings": "what measures, and what cures, say in common",
    "app": "the program of a face: the command line, the server",
    "demo": "what a face shows without a log",
    "alarms": "the command that lists alarms, and the page that does",
    "review": "the command that begins a review, and its pages",
    "look": "a stage, and the command that shows it",
    "phrases": "a stage, and the command that shows it",
    "watch": "the command, the public face, and the watch in training, by its public name",
    "parquet": "files of Parquet: as they are read, as a store writes them",
    **dict.fromkeys(
        ("double_descent", "forgetting", "lottery_ticket", "over_optimisation"),
        "one cousin: its mathematics, its command, its experiment",
    ),
}
"""Names that files of several rooms bear for the same kind of thing, and why that is one kind."""

KEPT_NAMES = {
    "lexical": "the view of words alone; measures of the words of a text",
    "prompts": "the prompts that lost most; the prompts that a model is asked",
    "options": "of the command line; the experiment on keeping options, by its public name",
}
"""Names that stand for different things, and why they stay."""

SAME_CLASS = {
    "VarietyCallback": "one a trainer, called alike by all who train",
}
"""Names that public classes of several files bear on purpose."""

WHOLE_KERNEL = {
    "measures/vectors/_spectrum.py": "eigenvalues need the kernel as a matrix",
    "measures/vectors/vendi_fourier.py": "a kernel of Fourier features, as a matrix",
    "measures/vectors/distances.py": "distances, not squares",
    "measures/vectors/leinster_cobbold.py": "ordinariness needs k, not k²",
    "measures/reference/mauve.py": "principal components",
}
"""Files that multiply rows with themselves for something else than k² of pairs by group."""

VAGUE = set(
    [
        "watching",
        "looking",
        "judging",
        "preferring",
        "avoiding",
        "rolling",
        "counting",
        "matching",
        "sweeping",
        "training",
        "pairing",
        "reading",
        "selecting",
        "running",
        "tuned",
        "since",
        "before",
        "few",
        "asked",
        "measured",
        "saved",
        "crossed",
        "rarefied",
        "misgeneralizing",
        "over_optimising",
    ]
)
"""Participles and adverbs that modules were called by, or might be."""

REGENERATE = (["docs/tables.py"], ["-m", "fullmenu.report.schema"])
"""What writes files from the code: they are not touched by hand."""

PATCHES = {
    "column": ("a column of a report", 3, ["tests/report", "tests/judge/test_two.py"]),
    "view": ("a view", 3, ["tests/views"]),
    "format": ("a format (with its fixture and the fixture's script)", 3, ["tests/readers"]),
}
"""Sample patches: what each adds, how many files it may touch, the tests that must pass with it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patches", action="store_true", help="apply and test the sample patches")
    asked = parser.parse_args()
    sources = source.files(PACKAGE)
    table = Table("The house")
    copies(table, sources)
    types(table, sources)
    names(table, sources)
    lines(table, sources)
    ways(table, sources)
    if asked.patches:
        for name in PATCHES:
            patch(table, name)
    table.show()


def at_most(table: Table, what: str, count: float, most: float, more: str = "") -> None:
    """Add a row that may not be larger than so much."""
    shown = f"{count:,}" if isinstance(count, int) else f"{count:.1f}"
    table.add(what, f"{shown}{more}", f"≤ {most:,}", count <= most)


def copies(table: Table, sources: list[source.File]) -> None:
    """How often one thing is written, and whether all who ask get one answer."""
    for what, written, home in source.written(sources):
        written = [name for name in written if name not in WHOLE_KERNEL]
        at_most(table, f"files that {what}, besides {home}", len(written), 0, _some(written))
    served = dishes()
    table.add(
        "dishes of the same 300 outputs: " + ", ".join(served),
        ", ".join(map(str, served.values())),
        "equal",
        len(set(served.values())) == 1,
    )


def dishes() -> dict[str, int]:
    """Count the dishes of 300 outputs, by whoever tells dishes apart."""
    mains = ("Roast salmon", "Lentil soup", "Fig tart", "Plum cake", "Bean stew", "Leek pie")
    ways = ("under lemon", "with cream", "in broth", "on toast", "with herbs", "over coals")
    more = ("", "!", " tonight", " please", " and bread", " for two with wine")
    rng = np.random.default_rng(1)
    texts = [
        f"{mains[min(rng.geometric(0.3) - 1, 5)]} {rng.choice(ways)}{rng.choice(more)}"
        for _ in range(300)
    ]
    log = fm.Samples.of({f"What is for dinner on day {i}?": texts[i::30] for i in range(30)})
    watch = fm.train.Watch(every=1, baseline=log)
    return {
        "check": fm.check(log).document["dishes"]["seen"],
        "compare": fm.compare(log, log).document["dishes"]["after"]["seen"],
        "cure": len(np.unique(fm.cure.rebalance(log).dishes)),
        "train": int(watch.completions(1, log.prompts, log.outputs).dishes["served"]),
    }


def types(table: Table, sources: list[source.File]) -> None:
    """What is not typed."""
    at_most(
        table, "dict[str, Any] in annotations, aliases and their uses", source.untyped(sources), 40
    )
    at_most(table, '.get("…") in report/', source.gets(sources, "report"), 20)
    unsaid = source.any_in_signatures(sources, ("judge", "report", "live"))
    at_most(table, "Any in public signatures of judge, report, live", len(unsaid), 0, _some(unsaid))


def names(table: Table, sources: list[source.File]) -> None:
    """Names that stand for several things."""
    shared = source.shared_basenames(sources)
    unlike = [n for n in shared if n not in SAME_KIND]
    at_most(
        table,
        "basenames in several rooms, but for one kind of thing",
        len(unlike),
        5,
        _some(unlike),
    )
    for name in shared:
        table.add(f"… {name}", {**SAME_KIND, **KEPT_NAMES}.get(name, "no reason is given"))
    classes = [n for n in source.shared_classes(sources) if n not in SAME_CLASS]
    at_most(table, "public classes that share a name", len(classes), 0, _some(classes))
    participles = [f.name for f in sources if f.path.stem.lstrip("_") in VAGUE]
    at_most(
        table,
        "modules called by a participle or an adverb",
        len(participles),
        0,
        _some(participles),
    )


def lines(table: Table, sources: list[source.File]) -> None:
    """How much there is to read, and how much of it twice."""
    at_most(table, "lines of code", sum(len(f.code_lines) for f in sources), 25_000)
    at_most(table, "lines of docstrings", sum(len(f.docstring_lines) for f in sources), 11_500)
    thousand = sum(f.text.count("\n") for f in sources) / 1_000
    pairs = source.repeats(sources)
    at_most(
        table,
        "pairs of files that share six lines of one shape, per 1,000",
        len(pairs) / thousand,
        3,
    )
    generated = {schema.path(kind): schema.text(kind) for kind in schema.DOCUMENTS}
    by_hand = [
        p.name
        for p in sorted(PACKAGE.rglob("*.json"))
        if "schema" in p.parts and generated.get(p) != p.read_text("utf-8")
    ]
    at_most(
        table, "schema files that are not written from the types", len(by_hand), 0, _some(by_hand)
    )


def ways(table: Table, sources: list[source.File]) -> None:
    """Who imports whom, and the way of a log."""
    graph = imports.arrows(sources)
    loops = imports.circles(graph)
    at_most(table, "circles of imports", len(loops), 0, _some(" ↔ ".join(x) for x in loops))
    up = imports.back_up(graph, imports.layers(ROOT / "pyproject.toml"))
    at_most(table, "imports that go up or sideways", len(up), 0, _some(f"{a} → {b}" for a, b in up))
    files, held = way.way()
    at_most(table, "returns of a log to a file that it had left, in compare", way.returns(files), 6)
    table.add("… its way", " → ".join(Path(f).stem for f in files))
    table.add("… its names", ", ".join(sorted(held)))
    planted = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_rules.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = re.search(r"(?:(\d+) failed, )?(\d+) passed", planted.stdout)
    missed, seen = (int(n or 0) for n in said.groups()) if said else (1, 0)
    table.add("forbidden imports planted in a copy, seen", f"{seen} of {seen + missed}", "all",
              seen >= 12 and not missed)  # fmt: skip


def patch(table: Table, name: str) -> None:
    """Apply a sample patch to a copy, count its files, and run the tests near it."""
    what, most, tests = PATCHES[name]
    diff = Path(__file__).parent / "structure" / "patches" / f"{name}.patch"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv*", "__pycache__"))
        subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
        subprocess.run(["git", "apply", str(diff)], cwd=copy, check=True)
        touched = re.findall(r"^diff --git a/(\S+)", diff.read_text("utf-8"), re.M)
        for command in REGENERATE:
            subprocess.run([sys.executable, *command], cwd=copy, check=True, env=_env(copy))
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *tests],
            cwd=copy, env=_env(copy), capture_output=True, text=True, check=False,
        )  # fmt: skip
    passed = run.returncode == 0
    kept = f"{len(touched)}: {', '.join(touched)}" + ("" if passed else "; its tests FAIL")
    table.add(f"files touched to add {what}", kept, f"≤ {most}", passed and len(touched) <= most)


def _env(copy: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(copy / "src")}


def _some(listed: Iterable[str], most: int = 4) -> str:
    shown = list(listed)
    more = f", and {len(shown) - most} more" if len(shown) > most else ""
    return f" ({', '.join(shown[:most])}{more})" if shown else ""


if __name__ == "__main__":
    main()
