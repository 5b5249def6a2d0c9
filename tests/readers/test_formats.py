"""Every format that is registered: its fixture, the script that made it, its row in the docs."""

import runpy
from pathlib import Path

import pytest

from fullmenu.errors import BadInput, MissingExtra
from fullmenu.readers import Packing, Shape, known_formats, registry
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.reader import Intake, understood
from fullmenu.readers.streams import File, opened

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def read_as():
    """The names of the packing and the shape that each fixture is taken for."""
    folder = Path(__file__).parent / "fixtures"
    found = {}
    for path in sorted(p for p in folder.iterdir() if p.is_file() and p.suffix != ".py"):
        with opened(File(path, path.name)) as file:
            packing = registry.guess_packing(file)
            log = Ledger()
            log.begin(path.name)
            try:
                values = [value for _, value in packing.items(file, log)]
                shape = understood(values, Intake(log)).name
            except (BadInput, MissingExtra):  # a log that is refused, or cannot be read here
                shape = None
            found[path] = packing.name, shape
    return found


@pytest.mark.parametrize("name", known_formats())
def test_a_format_has_a_fixture_that_is_read_as_it(name, read_as):
    assert name in {one for pair in read_as.values() for one in pair}


@pytest.mark.parametrize("name", known_formats())
def test_a_format_says_what_it_is(name):
    one = known_formats()[name]
    assert isinstance(one, (Packing, Shape))
    assert name == one.name == name.lower()
    assert one.title and one.about and one.told_by


def test_a_fixture_has_its_script(read_as):
    scripts = "".join(p.read_text("utf-8") for p in next(iter(read_as)).parent.glob("make_*.py"))
    assert [p.name for p in read_as if p.stem not in scripts] == []


def test_the_tables_in_the_docs_are_those_of_the_formats():
    page = (DOCS / "formats.md").read_text("utf-8")
    rewritten = runpy.run_path(str(DOCS / "tables.py"))["rewritten"]
    assert page == rewritten(page), "run: python docs/tables.py"


def test_endings():
    endings = registry.endings()
    assert {".jsonl", ".ndjson", ".csv", ".parquet", ".pq", ".eval"} <= {*endings}
    assert endings == tuple(sorted(set(endings)))
