from pathlib import Path

import pytest

from fullmenu.readers import read

collect_ignore_glob = ["fixtures/*"]  # the scripts there need the tools whose files they write
FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def fixtures():
    """The folder of files that the tools themselves wrote."""
    return FIXTURES


@pytest.fixture
def load():
    """Read a fixture by name."""
    return lambda name, **options: read(FIXTURES / name, **options)


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def groups():
    """The outputs of each prompt id."""

    def groups(samples):
        found = {}
        rows = samples.table.select(["prompt_id", "output"]).to_pylist()
        for row in rows:
            found.setdefault(row["prompt_id"], []).append(row["output"])
        return found

    return groups
