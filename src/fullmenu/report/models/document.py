"""How alike models are, as a part of a trend's document, typed."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from fullmenu.estimate import Estimate


class OneModel(Struct, frozen=True, kw_only=True):
    """One model among others.

    Parameters
    ----------
    name
        What it is called.
    likeness
        How alike two of its own answers to a prompt are.
    answers
        Different answers to a prompt, of so many outputs as are compared.
    alone
        Of these, those that no other model gives.
    """

    name: str
    likeness: Estimate
    answers: Estimate
    alone: Estimate


class ModelPair(Struct, frozen=True, kw_only=True):
    """Two models.

    Parameters
    ----------
    one, other
        What they are called.
    likeness
        How alike their answers to a prompt are, one of each.
    sameness
        The same on the scale from chance (0: answers to different prompts) to two answers of one
        model (1: either could stand for the other).
    """

    one: str
    other: str
    likeness: Estimate
    sameness: Estimate


class ModelTeam(Struct, frozen=True, kw_only=True):
    """The models that give the most different answers, together and each.

    Parameters
    ----------
    models
        What they are called.
    answers
        Different answers to a prompt among as many outputs as are compared of one model, drawn
        from all of theirs.
    held_out
        Chosen on half of the prompts, the share that they reach of the best there is on the other
        half.
    """

    models: list[str]
    answers: Estimate
    held_out: float | UnsetType = UNSET


class AlikeModels(Struct, frozen=True, kw_only=True):
    """Which models could replace one another, and which add most.

    Parameters
    ----------
    view
        Seen by which view; likeness is its k, not k².
    prompts, outputs
        How many prompts all have, and how many outputs of each are compared, of each model.
    within, between, chance
        How alike two answers are: of one model to a prompt, of two models to a prompt, of two
        models to different prompts.
    beyond_chance
        Between less chance.
    effective
        The effective number of models: so many that have nothing in common would be as varied.
    models
        Each of them, like ones side by side.
    pairs
        Every two, the most alike first.
    groups
        Models so alike that they could replace one another, of two or more.
    teams
        The best one, two and three.
    """

    view: str
    prompts: int
    outputs: int
    within: Estimate
    between: Estimate
    chance: Estimate
    beyond_chance: Estimate
    effective: Estimate
    models: Annotated[list[OneModel], Meta(min_length=3)]
    pairs: list[ModelPair]
    groups: list[list[str]]
    teams: list[ModelTeam]
