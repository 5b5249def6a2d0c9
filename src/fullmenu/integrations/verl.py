"""verl: a reward manager that sees whole groups.

A custom reward function of verl scores one response at a time, and its newer reward loop asserts
that there is just one, so a reward that compares the responses to a prompt cannot live there. A
reward manager gets the batch; responses of one prompt share a ``uid``::

    from verl.workers.reward_manager import register
    from fullmenu.integrations.verl import manager

    register("varied")(manager(lambda quality: fm.cure.mix(quality, at=1.0)))

and ``reward_model.reward_manager=varied`` in the configuration. With dynamic sampling
(``algorithm.filter_groups``) filter by ``metric=quality``: a bonus for variety gives every group a
spread, so that a filter by the score would find none to leave out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fullmenu.cure.rewards.reward import Quality
from fullmenu.errors import extra


def manager(build: Callable[[Quality], Quality]) -> type:
    """Return a reward manager class for verl to register.

    The reward is called once a batch with ``prompts=`` (a ``uid`` and the text), ``completions=``
    and the columns ``data_source``, ``ground_truth`` and ``extra_info``; it is paid at the last
    token of a response, ``None`` as 0. Without a ``uid`` prompts are told apart by their text.

    Parameters
    ----------
    build
        Given verl's own scoring of one response as a reward function, it returns the reward of the
        batch: ``lambda quality: fm.cure.mix(quality, at=1.0)``.
    """

    class Varied:
        def __init__(
            self,
            tokenizer: Any,
            num_examine: int = 0,
            compute_score: Callable[..., Any] | None = None,
            reward_fn_key: str = "data_source",
            **_: Any,
        ) -> None:
            self.tokenizer = tokenizer
            self.key = reward_fn_key
            self.quality = _one_by_one(compute_score)
            self.reward = build(self._noted)

        def __call__(self, data: Any, return_dict: bool = False) -> Any:
            self.scores: list[float] = []
            found = _rewards(self.reward, data, self.tokenizer, self.key)
            if self.scores:
                found["reward_extra_info"]["quality"] = self.scores
            return found if return_dict else found["reward_tensor"]

        def _noted(self, **call: Any) -> Sequence[float | None]:
            self.scores = [q or 0.0 for q in self.quality(**call)]
            return self.scores

    return Varied


def _one_by_one(compute_score: Callable[..., Any] | None) -> Quality:
    def quality(
        *, completions: Sequence[str], data_source: Sequence[Any], ground_truth: Sequence[Any],
        extra_info: Sequence[Any], **_: Any,
    ) -> list[float]:  # fmt: skip
        if compute_score is None:
            return [0.0] * len(completions)
        rows = zip(data_source, completions, ground_truth, extra_info, strict=True)
        found = [
            compute_score(data_source=d, solution_str=c, ground_truth=g, extra_info=e)
            for d, c, g, e in rows
        ]
        return [float(f["score"] if isinstance(f, dict) else f) for f in found]

    return quality


def _rewards(reward: Quality, data: Any, tokenizer: Any, key: str) -> dict[str, Any]:
    with extra("reward managers of verl", "train"):
        import torch
    batch, columns = data.batch, data.non_tensor_batch
    asked, answered = batch["prompts"], batch["responses"]
    width, n = asked.shape[-1], len(answered)
    mask = batch["attention_mask"]
    ends = mask[:, width:].sum(-1).tolist()
    begins = mask[:, :width].sum(-1).tolist()
    prompts = [
        tokenizer.decode(row[width - begin :], skip_special_tokens=True)
        for row, begin in zip(asked, begins, strict=True)
    ]
    completions = [
        tokenizer.decode(row[:end], skip_special_tokens=True)
        for row, end in zip(answered, ends, strict=True)
    ]
    uids = columns.get("uid", prompts)
    models = columns.get("reward_model", [{}] * n)
    values = reward(
        prompts=[{"uid": str(u), "content": p} for u, p in zip(uids, prompts, strict=True)],
        completions=completions,
        data_source=list(columns.get(key, [None] * n)),
        ground_truth=[(m or {}).get("ground_truth") for m in models],
        extra_info=list(columns.get("extra_info", [None] * n)),
    )
    paid = torch.zeros_like(answered, dtype=torch.float32)
    for i, (value, end) in enumerate(zip(values, ends, strict=True)):
        paid[i, max(int(end) - 1, 0)] = value or 0.0
    return {"reward_tensor": paid, "reward_extra_info": {"score": [v or 0.0 for v in values]}}
