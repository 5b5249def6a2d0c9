"""Small damaged files of many kinds, each with its right answer."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read

CASES = Path(__file__).parents[3] / "shared" / "cases" / "damaged"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="no cases of damaged files at hand")


def _check(name):
    """Run the command as a user does; return the process, and the seconds of CPU it took."""
    began = os.times()
    code = "from fullmenu.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(CASES / name)], capture_output=True
    )
    ended = os.times()
    took = ended.children_user + ended.children_system
    return done, took - began.children_user - began.children_system


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ansi-column-names.jsonl", "Columns found"),
        ("header-nested.npy", "cannot read header-nested.npy as an array"),
        ("parquet-bad-utf8-value.parquet", "text that is not UTF-8"),
        ("shape-huge.npz", "declares 32,768,000,000,000 bytes"),
        ("shape-negative.npy", "its shape is (-5, 8, 8)"),
        ("stray-quote.csv", "a quote opened on line 22 is never closed"),
        ("wide-header-hang.csv.bz2", "has the column '' twice in its header"),
        ("zst-quadratic.txt.zst", "longer than 64 MB"),
    ],
)
def test_one_line_and_exit_code_1(name, says):
    done, seconds = _check(name)
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert says in line
    assert line.isprintable()
    assert seconds < 8  # most of it is the start


def test_times_of_pandas_are_read():
    samples = read(CASES / "time-float-ms.csv")
    assert (len(samples), samples.n_prompts, samples.outputs[0]) == (50, 10, "out 0")
    assert {f"{t:%Y-%m-%d}" for t in samples.table["time"].to_pylist()} == {"2023-11-14"}


def test_zstandard_takes_no_time():
    began = time.process_time()
    with pytest.raises(BadInput, match="1 of 1 records rejected"):
        read(CASES / "zst-quadratic.txt.zst")
    assert time.process_time() - began < 2
