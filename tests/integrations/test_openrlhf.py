"""OpenRLHF's reward function."""

import pytest

from fullmenu import cure
from fullmenu.integrations.openrlhf import reward_func


def test_the_prompt_is_taken_off_and_the_rewards_are_tensors(require):
    require("torch")
    seen = {}

    def quality(completions, labels, **_):
        seen.update(completions=completions, labels=labels)
        return [1.0, 1.0, None]

    adapted = reward_func(cure.multiply(quality, cure.own_share()))
    queries = ["Q? fig", "Q? kiwi", "Q? fig"]
    found = adapted(queries, ["Q?"] * 3, ["x", "y", "z"])
    assert seen == {"completions": [" fig", " kiwi", " fig"], "labels": ["x", "y", "z"]}
    assert found["rewards"].tolist() == pytest.approx([0.5, 1.0, 0.0])
    assert set(found) == {"rewards", "scores", "extra_logs"}
    assert list(found["extra_logs"]) == ["quality_times_own_share"]
