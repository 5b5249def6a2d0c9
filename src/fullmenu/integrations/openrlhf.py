"""OpenRLHF: a reward function for ``--remote_rm_url my_reward.py``.

In that file::

    import fullmenu as fm
    from fullmenu.integrations.openrlhf import reward_func as adapt

    reward_func = adapt(fm.cure.mix(my_quality, at=1.0))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fullmenu.cure.rewards.reward import Quality
from fullmenu.errors import extra


def reward_func(reward: Quality) -> Callable[..., dict[str, object]]:
    """Return a reward in OpenRLHF's shape.

    A group is what one call holds: let it hold all samples of a prompt, and give the reward
    ``num_generations`` to be warned where it does not.

    From ``queries``, ``prompts`` and ``labels`` to ``{"rewards", "scores", "extra_logs"}``,
    tensors of one number a query. OpenRLHF's queries are prompt and response in one string; the
    prompt is taken off. ``None`` is paid 0.

    Parameters
    ----------
    reward
        Of :mod:`fullmenu.cure`, or in TRL's shape; called with ``prompts=``, ``completions=`` and
        ``labels=``.
    """

    def adapted(
        queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any] = (), **rest: Any
    ) -> dict[str, object]:
        with extra("rewards of OpenRLHF", "train"):
            import torch
        completions = [q.removeprefix(p) for q, p in zip(queries, prompts, strict=True)]
        values = reward(prompts=prompts, completions=completions, labels=labels, **rest)
        paid = torch.tensor([v or 0.0 for v in values], dtype=torch.float32)
        name = getattr(reward, "__name__", "reward")
        return {"rewards": paid, "scores": paid, "extra_logs": {name: paid}}

    return adapted
