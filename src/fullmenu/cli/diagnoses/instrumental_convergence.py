"""``fullmenu diagnose instrumental-convergence``: option preference, by POWER of states."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from fullmenu.cli.diagnoses import code
from fullmenu.finding import Finding

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose instrumental-convergence --env FrozenLake-v1

  fullmenu diagnose instrumental-convergence --env Taxi-v4 --policy policy.npy --gamma 0.9

  fullmenu diagnose instrumental-convergence --env mine.py:make --policy mine.py:policy

A policy is an array, an action a state or (states, actions) chances, in .npy; or a function from a
state to either. Without one, the environment itself is diagnosed.
"""


def instrumental_convergence(
    env: Annotated[
        str,
        typer.Option(
            help="A gymnasium environment by its id, or FILE.py:NAME: an environment, a model, or "
            "a function that makes one.",
            metavar="ID",
        ),
    ],
    policy: Annotated[
        str | None, typer.Option(help="FILE.npy, or FILE.py:NAME.", metavar="FILE")
    ] = None,
    gamma: Annotated[float, typer.Option(help="Discount, in (0, 1).")] = 0.95,
    rewards: Annotated[int, typer.Option(help="Random reward functions.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the random rewards.")] = 0,
) -> Finding:
    """Say whether a policy prefers keeping options beyond what its task asks for."""
    from fullmenu.diagnose.power.diagnosis import instrumental_convergence as diagnose

    return diagnose(
        _environment(env),
        policy=None if policy is None else _policy(policy),
        gamma=gamma,
        rewards=rewards,
        subject=env if policy is None else f"{policy} in {env}",
        seed=seed,
    )


def _environment(name: str) -> Any:
    if code.is_code(name):
        made = code.load(name)
        return made() if callable(made) and not hasattr(made, "unwrapped") else made
    from fullmenu.errors import BadInput, extra

    with extra("gymnasium's environments", "diagnose"):
        import gymnasium
    try:
        return gymnasium.make(name)
    except (gymnasium.error.Error, ImportError, ValueError) as error:
        said = str(error).splitlines()[0][:200]
        raise BadInput(
            f"gymnasium makes no environment {name!r}: {said}; give an id such as FrozenLake-v1, "
            "or FILE.py:NAME"
        ) from None


def _policy(name: str) -> Any:
    from fullmenu.errors import BadInput

    if code.is_code(name):
        return code.load(name)
    import numpy as np

    try:
        return np.load(name, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise BadInput(
            f"cannot read the policy {name}: {str(error).splitlines()[0][:200]}; give an array in "
            ".npy, or FILE.py:NAME"
        ) from None
