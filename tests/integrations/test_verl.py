"""verl's reward manager, on the parts of its batch that are read."""

import pytest

from fullmenu import cure
from fullmenu.integrations.verl import manager


class Letters:
    """A tokenizer: 0 is padding, n the n-th letter."""

    def decode(self, ids, skip_special_tokens=True):
        return " ".join(chr(96 + int(i)) * 3 for i in ids if int(i))


class Batch:
    """Two prompts, the same text under two uids, shuffled; padded left and right."""

    def __init__(self, torch, uid=True):
        answers = torch.tensor([[1, 2, 0], [1, 2, 0], [3, 4, 5], [1, 2, 0]])
        self.batch = {
            "prompts": torch.tensor([[0, 9]] * 4),
            "responses": answers,
            "attention_mask": torch.cat([torch.tensor([[0, 1]] * 4), (answers > 0).long()], 1),
        }
        self.non_tensor_batch = {
            "data_source": ["letters"] * 4,
            "reward_model": [{"ground_truth": "aaa bbb"}] * 4,
            **({"uid": ["u", "v", "u", "v"]} if uid else {}),
        }

    def __len__(self):
        return 4


def right(data_source, solution_str, ground_truth, extra_info=None):
    return {"score": float(solution_str == ground_truth)}


def test_responses_are_grouped_by_uid_and_paid_at_their_last_token(require):
    torch = require("torch")
    managed = manager(lambda quality: cure.own_share())(Letters(), 0, compute_score=right)
    paid = managed(Batch(torch))
    assert paid.argmax(1).tolist() == [1, 0, 2, 0]
    assert paid.sum(1).tolist() == pytest.approx([1, 0, 1, 0])


def test_its_own_score_is_the_quality(require):
    torch = require("torch")
    managed = manager(lambda quality: cure.multiply(quality, cure.own_share()))(
        Letters(), compute_score=right, reward_fn_key="data_source"
    )
    found = managed(Batch(torch, uid=False), return_dict=True)
    assert found["reward_extra_info"]["score"] == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3])
    assert found["reward_extra_info"]["quality"] == [1, 1, 0, 1]  # for a filter of groups
    assert found["reward_tensor"].sum().item() == pytest.approx(1)
