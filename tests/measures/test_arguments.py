"""Arguments are what their annotation says, and within their limits, in every measure."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fullmenu import measures
from fullmenu.errors import BadInput, UnknownName
from fullmenu.measures.arguments import LIMITS
from fullmenu.samples import Samples

TEXTS = ["the cat sat on the mat", "the cat sat on my mat", "a dog ran", "the cat ran off"]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: measures.hill([4, 3, 9], "2"), "order='2': give a number of at least 0"),
        (lambda: measures.hill([1e300] * 2), "counts must be whole numbers"),
        (lambda: measures.hill(np.ma.array([4, 3, 9], mask=[False, False, True])), "masked"),
        (lambda: measures.hill([4, 3, 9], level="0.9"), "level='0.9'"),
        (lambda: measures.hill([4, 3, 9], level=True), "level=True"),
        (lambda: measures.rarefaction([4, 3, 9], bootstrap=10**9), "at most 10000"),
        (lambda: measures.self_bleu(TEXTS, 2**63), "n=9223372036854775808"),
        (lambda: measures.self_bleu("abc"), "texts is one string; give a list of outputs"),
        (lambda: measures.self_bleu({"p": TEXTS}), "texts is a dict"),
        (lambda: measures.self_bleu(itertools.repeat("a")), "goes on beyond"),
        (lambda: measures.vendi(np.eye(3) * 1j), "complex"),
        (lambda: measures.vendi([[1.0], [1.0, 0.0]]), "make no array"),
        (lambda: measures.coverage(np.eye(9), np.eye(9), float("inf")), "neighbours=inf"),
        (lambda: measures.vendi_fourier(np.eye(9), seed=-5), "seed=-5"),
        (lambda: measures.distinct_n(TEXTS, range(1, 10**9)), "n=range"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(call, says) -> None:
    with pytest.raises(BadInput, match=says) as error:
        call()
    assert "\n" not in str(error.value)


def test_a_name_among_several_is_looked_up() -> None:
    with pytest.raises(UnknownName, match="unknown variant 'sentences'; did you mean 'sentence'"):
        measures.self_bleu(TEXTS, variant="sentences")


def test_whole_numbers_may_be_of_any_kind() -> None:
    same = {measures.top_share([5, 3, 1], k).value for k in (2, 2.0, np.int8(2), np.float32(2))}
    assert len(same) == 1


def test_limits_are_of_parameters_that_exist() -> None:
    known = {(m.name, p) for m in measures.all_measures().values() for p in m.parameters}
    for key in LIMITS:
        measure, _, name = key.rpartition(" ")
        assert any(p == name and measure in ("", m) for m, p in known), key


def test_a_catalogue_of_a_billion_items_costs_nothing() -> None:
    assert measures.exposure_gini([["a"], ["b"]], 10**9).value == pytest.approx(1, abs=1e-8)


def test_outputs_of_several_prompts_want_groups() -> None:
    log = Samples.of({"one": TEXTS, "two": TEXTS})
    with pytest.warns(UserWarning, match=r"self_bleu takes these outputs of 2 prompts as of one"):
        measures.self_bleu(log.outputs)
    measures.self_bleu(log.outputs, groups=log.groups)
    measures.self_bleu(Samples.of({"one": TEXTS}).outputs)
    measures.self_bleu(list(log.outputs))
