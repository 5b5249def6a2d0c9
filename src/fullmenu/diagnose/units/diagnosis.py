"""Polysemanticity: do units answer to several unrelated concepts?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fullmenu.diagnose.units.dimensions import concept_directions, feature_dimensionality
from fullmenu.diagnose.units.effects import Floats, chance_effects, checked, effects_of
from fullmenu.diagnose.units.intervals import half_spread
from fullmenu.diagnose.units.numbers import concepts_per_unit
from fullmenu.diagnose.units.similarity import co_occurrence, given
from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict
from fullmenu.stats.quantile import check_level, normal_quantile

PER_UNIT, ANSWERING, SEVERAL = range(3)


class Units(NamedTuple):
    """What units answer to.

    ``estimates``: concepts per answering unit, share that answers, share that answers to several.
    ``effects`` (d, C), ``numbers`` (d,): concepts of each unit. ``chance`` (C,): the largest effect
    by chance. ``threshold`` (C,): effects up to it count as 0.
    """

    estimates: tuple[Estimate, Estimate, Estimate]
    effects: Floats
    numbers: Floats
    chance: Floats
    threshold: Floats


def polysemanticity(
    activations: Any,
    concepts: Any,
    *,
    names: Any = None,
    similarity: Any = None,
    least: float = 1.5,
    floor: float = 0.3,
    level: float = 0.95,
    permutations: int = 200,
    draws: int = 40,
    seed: int = 0,
    subject: str = "activations",
) -> Finding:
    """Estimate how many unrelated concepts the units of a layer answer to.

    Of kind ``structure``. The gap is the effective number of unrelated concepts of a unit,
    mean over units that answer to any. ``present``: its whole interval lies above ``least``.
    ``absent``: it lies below, or no unit answers to any concept, and there are items enough to
    see every effect above ``floor``. Else ``inconclusive``.

    Effects below what permuted rows of concepts give, anywhere, in all but 1 − ``level`` of cases
    (:func:`~fullmenu.diagnose.units.effects.chance_effects`), or below ``floor``, count as 0. The
    others' squares are the weights of a Leinster–Cobbold number of order 1. Cannot see concepts
    that are not given; one that is not, and goes along with several that are, reads as several.
    Items must be independent. Intervals are over items: another training run of the same network
    may differ by more. After Elhage et al. 2022.

    Parameters
    ----------
    activations : (n, d)
        Of d units on n items; :func:`activations` reads them from any torch module.
    concepts : (n, C)
        0 or 1: whether each concept holds for each item; each for 10 items or more, and not for
        10 or more.
    names : (C,), optional
        Of the concepts, for the notes.
    similarity : (C, C), optional
        How alike concepts are, 0 to 1; by default how far their labels go together.
    least, floor
        Declared beforehand: concepts per answering unit above which units are polysemantic, and
        the size up to which effects (2·AUROC − 1) count as none.
    level
        Coverage of the intervals, over items; also how sure it is that chance gives no effect.
    permutations, draws, seed, subject
        Of the rows of concepts for the null; random halves of the items for the interval; seed of
        both; what the activations are of.

    Raises
    ------
    BadInput
        Shapes that do not fit, concepts other than 0 or 1, margins that are none.
    NotEnoughData
        A concept that is too rare, or too common.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = rng.random((400, 4)) < 0.3
    >>> single = y + 0.1 * rng.normal(size=y.shape)
    >>> polysemanticity(single, y).verdict
    'absent'
    >>> found = polysemanticity(single @ rng.normal(size=(4, 3)), y)
    >>> found.verdict, found.gap.value > 2
    ('present', True)
    """
    if not least >= 1:
        raise BadInput(f"least={least}: give a number of concepts of at least 1")
    units = answers(
        activations, concepts, similarity=similarity, least=least, floor=floor, level=level,
        permutations=permutations, draws=draws, seed=seed,
    )  # fmt: skip
    gap, answering, several = units.estimates
    verdict, why = _verdict(gap, units, least, floor)
    x, y = checked(activations, concepts)
    wide = feature_dimensionality(concept_directions(x, y))
    evidence = {
        "units that answer to a concept": answering,
        f"units that answer to {least:g} or more": several,
        "largest effect by chance": Estimate(
            float(units.chance.max()), None, None, len(x), "|2·AUROC − 1|",
            f"of the rarest concept; {level:.0%} of permutations of rows lie below", level,
        ),
        "dimensions of a concept (1: its own, ½: shared by two)": Estimate(
            float(wide.mean()), None, None, y.shape[1], "dimensions",
            "mean over concepts of D, whitened mean differences", level,
        ),
    }  # fmt: skip
    return Finding(
        cousin="polysemanticity",
        kind="structure",
        subject=subject,
        score="what the network was trained on",
        intention="units that can be read: one concept each",
        gap=gap,
        null="one concept a unit: 1; effects by chance from permuted rows of the concepts",
        items=len(x),
        seeds=1,
        verdict=verdict,
        why=why,
        caveat="Of the concepts given only: one that is not among them, and goes along with "
        "several that are, reads as several. Intervals are over items, not over training runs.",
        cure="A sparse autoencoder on these activations (fm.diagnose.sparse_autoencoder); "
        "fm.diagnose.dictionary_gain says whether its latents are easier to read.",
        evidence=evidence,
        notes=_examples(units, names, y.shape[1], least),
    )


def answers(
    activations: Any,
    concepts: Any,
    *,
    similarity: Any = None,
    least: float = 1.5,
    floor: float = 0.3,
    level: float = 0.95,
    permutations: int = 200,
    draws: int = 40,
    seed: int = 0,
) -> Units:
    """Say what each unit answers to; the parameters are those of :func:`polysemanticity`."""
    if not 0 <= floor < 1:
        raise BadInput(f"floor={floor}: give an effect from 0 to below 1")
    check_level(level)
    if permutations < 20 or draws < 10:
        raise BadInput(
            f"permutations={permutations}, draws={draws}: give 20 or more, and 10 or more"
        )
    x, y = checked(activations, concepts)
    z = co_occurrence(y) if similarity is None else given(similarity, y.shape[1])
    chance = chance_effects(x, y, level, permutations, seed)
    threshold = np.maximum(chance, floor)
    a = effects_of(x, y)
    numbers = concepts_per_unit(a, z, threshold)

    def of_half(x: Floats, y: Floats) -> Floats:
        related = co_occurrence(y) if similarity is None else z
        return _summary(concepts_per_unit(effects_of(x, y), related, threshold), least)

    values = _summary(numbers, least)
    half = normal_quantile(level) * half_spread(of_half, x, y, draws, seed)
    how = f"over items, normal, standard error from {draws} random halves"

    def told(k: int, what: str, unit: str, ends: tuple[float, float]) -> Estimate:
        low, high = np.clip([values[k] - half[k], values[k] + half[k]], *ends).tolist()
        return Estimate(values[k], low, high, len(x), unit, f"{what}; {how}", level)

    if values[ANSWERING] > 0:
        per_unit = told(PER_UNIT, "mean over answering units", "concepts", (1.0, y.shape[1]))
    else:
        how_none = "no unit answers to any concept"
        per_unit = Estimate(0.0, None, None, len(x), "concepts", how_none, level)
    shares = [told(k, "of units", "share", (0.0, 1.0)) for k in (ANSWERING, SEVERAL)]
    return Units((per_unit, shares[0], shares[1]), a, numbers, chance, threshold)


def _summary(numbers: Floats, least: float) -> Floats:
    answering = numbers > 0
    mean = float(numbers[answering].mean()) if answering.any() else 0.0
    return np.array([mean, answering.mean(), (numbers >= least).mean()])


def _verdict(gap: Estimate, units: Units, least: float, floor: float) -> tuple[FindingVerdict, str]:
    by_chance = float(units.chance.max())
    few = (
        f"on so few items chance alone gives effects of up to {by_chance:.2g} on one concept or "
        f"more, so that smaller ones, down to {floor:g}, are not seen; give more items, or "
        "leave rare concepts out"
    )
    if gap.low is None:
        if by_chance > floor:
            return "inconclusive", f"No unit is seen to answer to any of the concepts, but {few}."
        return "absent", (
            f"No unit answers to any of the concepts by more than {floor:g}, and effects that "
            f"large would be seen (chance: {by_chance:.2g})."
        )
    told = f"a unit that answers to any concept answers to {gap.value:.3g} unrelated ones"
    if gap.above(least):
        return "present", f"On average {told}, the interval above {least:g}."
    if gap.below(least):
        if by_chance > floor:
            return "inconclusive", f"On average {told}, but {few}."
        return "absent", f"On average {told}, the interval below {least:g}."
    return "inconclusive", f"On average {told}; the interval holds {least:g}."


def _examples(units: Units, names: Any, n_concepts: int, least: float) -> list[str]:
    if names is not None and len(names) != n_concepts:
        raise BadInput(f"{len(names)} names for {n_concepts} concepts: give one each")
    unit = int(units.numbers.argmax())
    if units.numbers[unit] < least:
        return []
    called = [str(n)[:60] for n in (range(n_concepts) if names is None else names)]
    row = units.effects[unit]
    order = np.argsort(-np.abs(row))[:5]
    kept = [f"{called[c]} ({row[c]:+.2f})" for c in order if abs(row[c]) > units.threshold[c]]
    return [f"Unit {unit} answers to {units.numbers[unit]:.3g}: {', '.join(kept)}."]
