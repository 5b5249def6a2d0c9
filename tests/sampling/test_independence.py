"""Servers whose samples are not what they are taken for are named; sound ones are left alone."""

from __future__ import annotations

import pytest

import fullmenu as fm
from fullmenu.sampling import probe

pytestmark = pytest.mark.usefixtures("ask")

WARM = {"temperature": 1.0}


def probed(server, parameters=None, **given):
    return probe(fm.endpoint(server.url, "toy-model"), parameters, **given)


@pytest.mark.parametrize(
    ("settings", "parameters", "name"),
    [
        ({"n": "ignored"}, {}, "n ignored"),
        ({"n": "identical"}, WARM, "n identical"),
        ({"draws": "pinned"}, WARM, "pinned seed"),
        ({"draws": "one seed"}, WARM, "pinned seed"),
        ({"draws": "cached"}, WARM, "cache"),
        ({"draws": "cached by prompt"}, WARM, "cache"),
        ({"draws": "greedy"}, {}, "always the same"),
        ({"temperature": 0.0}, {}, "always the same"),
        ({"ignores": ["min_p"]}, {"min_p": 0.1}, "ignored sampler"),
        ({"ignores": ["temperature"]}, {"temperature": 0.7}, "ignored sampler"),
        (
            {"ignores": ["xtc_probability"]},
            {"xtc_probability": 0.5, "xtc_threshold": 0.1},
            "ignored sampler",
        ),
        ({"ignores": ["dry_multiplier"]}, {"dry_multiplier": 0.8}, "ignored sampler"),
        ({"ignores": ["frequency_penalty"]}, {"frequency_penalty": 0.5}, "ignored sampler"),
    ],
)
def test_a_planted_fault_is_named(serve, settings, parameters, name):
    found = probed(serve(chance=1, **settings), parameters)
    assert [fault.name for fault in found.faults] == [name]


@pytest.mark.parametrize(
    ("settings", "parameters"),
    [
        ({}, {}),
        ({"sure": 4.0}, WARM),
        ({"sure": 12.0}, WARM),  # often the same text, and rightly so
        ({"words": 2}, WARM),
        ({"max_n": 1}, WARM),
        ({"draws": "greedy"}, {"temperature": 0.0}),
        ({}, {"min_p": 0.1, "top_k": 40, "top_p": 0.9, "temperature": 0.8}),
        ({}, {"xtc_probability": 0.5, "xtc_threshold": 0.1}),
        ({}, {"dry_multiplier": 0.8, "dry_base": 1.75, "dry_allowed_length": 2}),
        ({}, {"frequency_penalty": 0.5, "presence_penalty": 0.5, "repetition_penalty": 1.1}),
    ],
)
def test_a_sound_server_is_not_accused(serve, settings, parameters):
    assert probed(serve(chance=1, **settings), parameters).faults == []


def test_what_was_found_says_how_to_ask(serve):
    assert probed(serve()).honours_n
    assert not probed(serve(n="identical")).honours_n
    assert probed(serve(draws="pinned")).needs_seeds
    assert probed(serve(draws="cached")).needs_seeds
    assert not probed(serve(draws="pinned"), seeded=True).faults


def test_probes_are_few_and_counted(serve):
    server = serve()
    found = probed(server)
    assert found.usage["requests"] == server.log()["came"] <= 10
    assert found.usage["completion_tokens"] > found.usage["prompt_tokens"] > 0
