"""Whatever happens to a log, it is read, or it is refused in one line."""

import json
import sys
import time
from pathlib import Path
from random import Random

import pytest

from fullmenu.errors import FullmenuError
from fullmenu.readers import known_formats, read

ODD = [None, 1, -1.5, True, "x", "", [], {}, [None], [[1]], {"a": 1}, {"role": "user"}, ["a"], [{}]]
ODD += ["[1", "{}", '{"role": "a"}', {"content": [{"type": "text"}]}, [{"role": 1, "content": 2}]]
ODD += [float("nan"), 10**400]


def _try(path, chance, **options):
    try:
        read(path, tolerate=chance.random() < 0.5, **options)
    except FullmenuError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("seed", range(80))
def test_damaged_bytes(write, seed, fixtures):
    chance = Random(seed)
    source = chance.choice(sorted(p for p in fixtures.iterdir() if p.suffix not in (".py", "")))
    data = bytearray(source.read_bytes())
    for _ in range(chance.choice([1, 3, 30])):
        kind, at = chance.random(), chance.randrange(len(data) + 1)
        if kind < 0.4:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif kind < 0.7:
            del data[at : at + chance.randrange(1, 40)]
        elif kind < 0.9:
            data[at:at] = bytes(chance.choices(b'[]{}",:0\n\xff', k=chance.randrange(1, 9)))
        else:
            del data[at:]
    _try(write(source.name, bytes(data)), chance)


@pytest.mark.parametrize("seed", range(150))
def test_values_of_the_wrong_kind(write, seed, fixtures):
    chance = Random(seed)
    source = chance.choice(sorted(p for p in fixtures.iterdir() if "json" in p.suffix))
    lines = source.suffix == ".jsonl"
    text = source.read_text()
    values = [json.loads(x) for x in text.splitlines()] if lines else json.loads(text)
    values = _mutated(values, chance, chance.choice([0.003, 0.02, 0.1]))
    if lines and isinstance(values, list):
        text = "\n".join(map(json.dumps, values))
    else:
        text = json.dumps(values, indent=1)
    shape = chance.choice([None, *known_formats()])
    _try(write(source.name, text), chance, format=shape)


def _mutated(value, chance, share):
    if chance.random() < share:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {k: _mutated(v, chance, share) for k, v in value.items() if chance.random() > share}
    if isinstance(value, list):
        return [_mutated(v, chance, share) for v in value]
    return value


@pytest.fixture(scope="module")
def damage():
    """What makes the mutated files of the benchmark."""
    folder = str(Path(__file__).parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        import reading_damage
    finally:
        sys.path.remove(folder)
    return reading_damage


@pytest.mark.parametrize("seed", range(300))
def test_mutated_files(damage, seed, tmp_path):
    began = time.process_time()
    assert damage.attempt(seed, tmp_path) == ""
    assert time.process_time() - began < damage.HANG
