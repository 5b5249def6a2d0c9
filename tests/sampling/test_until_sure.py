"""Sampling until sure: where it stops, what it asks first, and what it never takes for sure."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.sampling import Budget, sample
from fullmenu.sampling.functions import FunctionTarget
from fullmenu.sampling.journal import Journal
from fullmenu.sampling.prompt_list import prompts_of
from fullmenu.sampling.run import collect
from fullmenu.sampling.until_sure import UntilSure


def rows(outputs, prompts):
    """One dish, one coordinate."""
    return np.eye(64)[[int(text.rsplit(" ", 1)[-1]) % 64 for text in outputs]]


def dishes(prompt):
    """As many dishes as the prompt names."""
    return f"dish {random.randrange(int(prompt.rsplit(' ', 1)[-1]))}"


def run(prompts, model=dishes, path=None, **given):
    plan = UntilSure(prompts_of(prompts), rows, **given)
    outcome = collect(plan, FunctionTarget(model), None if path is None else Journal(path))
    return plan, outcome


def test_a_prompt_stops_where_its_interval_is_narrow():
    plan, outcome = run(["of 2", "of 4", "of 12"], factor=1.35)
    width = 2 * math.log(1.35)
    assert plan.sure == 3
    for n, low, high in plan.intervals().values():
        assert 20 <= n < 400
        assert math.log(high / low) <= width
    assert outcome.status.done == outcome.status.total == plan.done


def test_outputs_that_are_all_alike_are_not_sure_at_once():
    plan, _ = run(["of 1"], factor=1.1)
    (n, _, high), = plan.intervals().values()  # fmt: skip
    assert n > 30
    assert high > 1


def test_no_prompt_gets_more_than_the_most():
    plan, _ = run(["of 12", "of 40"], factor=1.02, most=50)
    assert [n for n, *_ in plan.intervals().values()] == [50, 50]
    assert plan.sure == 0


def test_where_the_budget_ends_the_prompts_that_matter_most_were_asked():
    def model(prompt):
        return dishes("of 1") if prompt == "sure" else f"dish {min(int(random.expovariate(1)), 60)}"

    plan = UntilSure(prompts_of(["sure", "open"]), rows, factor=1.02)
    collect(plan, FunctionTarget(model), budget=Budget(requests=150), concurrency=1)
    counts = {name: n for name, (n, *_) in plan.intervals().items()}
    assert counts["open"] > 2 * counts["sure"]


def test_a_stopped_run_goes_on(tmp_path):
    path = tmp_path / "s.jsonl"
    plan = UntilSure(prompts_of(["of 3", "of 9"]), rows)
    collect(plan, FunctionTarget(dishes), Journal(path), budget=Budget(requests=31))
    assert len(path.read_text().splitlines()) == 31
    plan, _ = run(["of 3", "of 9"], path=path)
    assert plan.sure == 2
    assert len(path.read_text().splitlines()) == plan.done
    again, outcome = run(["of 3", "of 9"], path=path)
    assert again.done == plan.done
    assert again.intervals() == plan.intervals()
    assert outcome.status.requests == plan.done


def test_a_fixed_run_that_is_gone_on_with(tmp_path):
    path = tmp_path / "s.jsonl"
    sample(["of 3"], FunctionTarget(dishes, "dishes"), 5, path=path)
    plan, _ = run(["of 3"], path=path)
    assert plan.sure == 1


@pytest.mark.parametrize(
    "given", [{"factor": 1.0}, {"least": 10}, {"least": 50, "most": 40}, {"factor": math.nan}]
)
def test_what_cannot_be_is_said(given):
    with pytest.raises(BadInput, match="give"):
        UntilSure(prompts_of(["a"]), rows, **given)
