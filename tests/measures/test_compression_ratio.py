"""Compression ratio: fixed blocks, no order, no drift."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import compression_ratio
from fullmenu.measures.texts import compression_ratio as module


def _texts(seed: int, n: int, words: int = 30) -> list[str]:
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, 2001)
    lexicon = np.random.default_rng(7).integers(0, 26, (2000, 6))
    return [
        " ".join(
            "".join(chr(97 + c) for c in lexicon[i]) for i in rng.choice(2000, words, p=p / p.sum())
        )
        for _ in range(n)
    ]


def test_is_bytes_by_gzipped_bytes() -> None:
    texts = ["the same line of text"] * 100
    block = (("the same line of text\n") * 100)[:512].encode()
    e = compression_ratio(texts, block=512)
    assert e.value == pytest.approx(512 / len(gzip.compress(block, 9, mtime=0)), rel=0.02)


def test_does_not_grow_with_sample_size() -> None:
    small = np.mean([compression_ratio(_texts(s, 60)).value for s in range(5)])
    large = compression_ratio(_texts(99, 2_000)).value
    assert small == pytest.approx(large, rel=0.02)


def test_long_outputs_are_cut_so_that_several_share_a_block() -> None:
    long = _texts(0, 40, words=3_000)
    assert compression_ratio(long).value == pytest.approx(
        compression_ratio([t[:1023] for t in long]).value
    )


def test_alike_outputs_zip_better() -> None:
    varied = compression_ratio(_texts(0, 100))
    alike = compression_ratio(_texts(0, 10) * 10)
    assert varied.high is not None and alike.low is not None
    assert varied.high < alike.low


def test_interval_by_prompt_is_wider_where_prompts_differ() -> None:
    texts = [t for s in range(12) for t in _texts(s, 3) * 4]
    groups = np.repeat(np.arange(12), 12)
    plain, by_prompt = compression_ratio(texts), compression_ratio(texts, groups=groups)
    assert plain.value == pytest.approx(by_prompt.value, rel=0.05)
    assert by_prompt.n == 12


def test_less_than_a_block_says_what_would_do() -> None:
    with pytest.raises(NotEnoughData, match="block="):
        compression_ratio(_texts(0, 3))
    with pytest.raises(NotEnoughData, match="prompts"):
        compression_ratio(_texts(0, 100), groups=["a"] * 100)


def test_all_at_once_is_plain_gzip() -> None:
    texts = _texts(1, 50)
    data = " ".join(texts).encode()
    e = compression_ratio(texts, variant="gzip")
    assert e.value == pytest.approx(len(data) / len(gzip.compress(data)))
    assert e.low is not None and e.high is not None and e.low < e.value < e.high


def test_twice_zipped_is_the_number_of_the_package() -> None:
    five = ["It is important to note that the cat sat on the mat."] * 5
    data = " ".join(five).encode()
    inner = gzip.compress(data, mtime=module.TIME)
    twice = len(gzip.compress(inner)) + len("compressed") + 1
    assert compression_ratio(five, variant="double").value == pytest.approx(len(data) / twice)


def test_of_a_large_sample_the_interval_looks_at_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = _texts(2, 400)
    whole = compression_ratio(texts, variant="gzip")
    monkeypatch.setattr(module, "LOOKED", 30_000)
    part = compression_ratio(texts, variant="gzip")
    assert whole.low is not None and whole.high is not None
    assert part.low is not None and part.high is not None
    assert part.value == whole.value
    assert 0.4 < (part.high - part.low) / (whole.high - whole.low) < 2.5


def test_variants_say_no() -> None:
    with pytest.raises(BadInput, match="variant"):
        compression_ratio(_texts(0, 9), variant="xz")
    with pytest.raises(NotEnoughData):
        compression_ratio(["", "", "abc"], variant="gzip")
