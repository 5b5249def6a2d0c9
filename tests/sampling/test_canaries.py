"""Canaries: what a watch needs to see, in the order in which it needs it."""

from __future__ import annotations

import json
import random

import pytest

import fullmenu as fm
from fullmenu.sampling import Budget, Refused, canary, sample
from fullmenu.sampling.functions import FunctionTarget
from fullmenu.watch import follow, gather

PROMPTS = [f"What is for dinner on day {i}?" for i in range(30)]
WORDS = [a + b for a in "bcdfghklm" for b in ("ara", "elo", "imu", "osk", "uty")]


def chef(dishes):
    def model(prompt, **given):
        return f"{random.choice(WORDS[:dishes])} with {random.choice(WORDS[:dishes])}"

    return FunctionTarget(model, "chef")


def test_visits_stand_together_in_the_log(tmp_path):
    path = tmp_path / "canary.jsonl"
    outcome = canary(PROMPTS, chef(40), path, k=4, visits=25)
    assert outcome.status.done == 100
    visits = gather(fm.read(path))
    assert [len(visit.outputs) for visit in visits] == [4] * 25
    assert {visit.prompt_id for visit in visits} <= set(PROMPTS)


def test_prompts_are_drawn_anew_each_time(tmp_path):
    path = tmp_path / "canary.jsonl"
    canary(PROMPTS, chef(40), path, k=2)
    seen = {visit.prompt_id for visit in gather(fm.read(path))}
    assert len(seen) < len(PROMPTS)  # all of 30 draws different: a chance of 10⁻¹²


def test_a_log_is_added_to_whatever_was_asked_before(tmp_path):
    path = tmp_path / "canary.jsonl"
    for temperature in (1.0, 0.5):
        canary(PROMPTS, chef(9), path, k=2, visits=3, parameters={"temperature": temperature})
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["parameters"]["temperature"] for row in rows] == [1.0] * 6 + [0.5] * 6


def test_a_log_that_is_renamed_is_begun_anew(tmp_path):
    path = tmp_path / "canary.jsonl"
    canary(PROMPTS, chef(9), path, k=2, visits=3)
    path.rename(tmp_path / "canary.jsonl.1")
    canary(PROMPTS, chef(9), path, k=2, visits=2)
    assert len(path.read_text().splitlines()) == 4


def test_several_outputs_a_request_are_one_visit(tmp_path):
    def model(prompt, n=1):
        return [random.choice(WORDS) for _ in range(min(n, 2))]  # never more than two at once

    path = tmp_path / "canary.jsonl"
    canary(PROMPTS, model, path, k=5, visits=6, per_request=5)
    assert [len(visit.outputs) for visit in gather(fm.read(path))] == [5] * 6


def test_fresh_seeds(tmp_path):
    path = tmp_path / "canary.jsonl"
    canary(PROMPTS, chef(9), path, k=3, visits=10, seeded=True)
    seeds = [json.loads(line)["parameters"]["seed"] for line in path.read_text().splitlines()]
    assert len(set(seeds)) == 30


def test_a_budget_ends_it(tmp_path):
    outcome = canary(PROMPTS, chef(9), tmp_path / "c.jsonl", budget=Budget(requests=7))
    assert outcome.status.requests == 7
    assert "7 requests" in outcome.stopped


def test_a_refused_prompt_ends_its_visit(tmp_path):
    class Picky(FunctionTarget):
        async def ask(self, request, sent):
            if request.prompt.text == PROMPTS[0]:
                raise Refused("no")
            return await super().ask(request, sent)

    target = Picky(lambda prompt: random.choice(WORDS))
    outcome = canary(PROMPTS[:2], target, tmp_path / "c.jsonl", k=2, visits=30)
    assert list(outcome.refused) == [PROMPTS[0]]
    assert outcome.status.done == outcome.status.total


@pytest.mark.parametrize(("dishes", "alarms"), [(40, 0), (3, 1)])
def test_a_watch_follows_it(tmp_path, dishes, alarms):
    random.seed(dishes)
    before, live = tmp_path / "before.jsonl", tmp_path / "canary.jsonl"
    sample(PROMPTS, chef(40), 12, path=before)
    canary(PROMPTS, chef(40), live, visits=20)
    canary(PROMPTS, chef(dishes), live, visits=100)
    raised = list(follow(live, before, views=["phrasing"], poll=None))
    assert len(raised) == alarms
    assert all(alarm.guaranteed and alarm.since > 15 for alarm in raised)
