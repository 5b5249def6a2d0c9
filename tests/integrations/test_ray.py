"""Ray gives what one process gives, also when a worker dies."""

import os
import signal
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fullmenu.errors import BadInput
from fullmenu.readers.parts import parts


def counted(part):
    """A state: how many outputs of each prompt."""
    counts = {}
    for samples in part.batches():
        for prompt in samples.prompts:
            counts[prompt] = counts.get(prompt, 0) + 1
    return repr(sorted(counts.items())).encode()


def dying_once(item):
    """Kill the worker the first time an item is met."""
    part, mark = item
    if part.number == 2 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return counted(part)


def named(first, item):
    return f"{first}{item}".encode()


def failing(part):
    raise BadInput(f"part {part.number} is bad")


@pytest.fixture(scope="module")
def engine(require):
    ray = require("ray")
    from fullmenu.integrations.ray import Ray

    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parents[2] / "src"), os.environ.get("PYTHONPATH", "")]
    )
    yield Ray(workers=2)
    ray.shutdown()


@pytest.fixture
def cut(tmp_path):
    rows = [{"prompt": f"p{i % 7}", "output": f"fig {i}"} for i in range(400)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "log.parquet", row_group_size=50)
    return parts(tmp_path / "log.parquet", size=1)


@pytest.mark.filterwarnings("ignore")
def test_two_workers_give_what_this_process_gives(engine, cut):
    here = {part.number: counted(part) for part in cut}
    assert len(here) == 8
    assert dict(engine.map(counted, cut)) == here
    assert dict(engine.map(partial(named, "x"), ["a", "b"])) == {0: b"xa", 1: b"xb"}


@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_is_killed_changes_nothing(engine, cut, tmp_path):
    items = [(part, str(tmp_path / "mark")) for part in cut]
    there = dict(engine.map(dying_once, items))
    assert (tmp_path / "mark").exists()
    assert there == {part.number: counted(part) for part in cut}


@pytest.mark.filterwarnings("ignore")
def test_an_error_of_the_job_is_its_own(engine, cut):
    with pytest.raises(BadInput, match="part 0 is bad"):
        list(engine.map(failing, cut[:1]))


def test_without_ray_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    from fullmenu.integrations.ray import Ray

    with pytest.raises(ImportError, match=r'pip install "fullmenu\[ray\]"'):
        Ray()
