"""How alike models are in words, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fullmenu.cleaner import one_line
from fullmenu.report.models.document import AlikeModels
from fullmenu.report.plain import interval, number

COLUMNS = 13
"""Models whose sameness fits beside their names on a terminal."""


def name(given: str, limit: int = 40) -> str:
    """Return what a model is called."""
    return one_line(given, limit)


def sentences(models: AlikeModels) -> Iterator[str]:
    """Yield what is to be said of them, a sentence each."""
    count = len(models.models)
    yield (
        f"Two models' answers to a prompt are {interval(models.between)} alike, one model's own "
        f"{number(models.within.value)}, by chance {number(models.chance.value)} ({models.view})."
    )
    yield (
        f"The {count} models are as varied as {interval(models.effective)} with nothing in common."
    )
    called = dict(zip((model.name for model in models.models), short(models), strict=True))
    groups = "; ".join(_listed([called[x] for x in group]) for group in models.groups)
    if groups:
        yield f"Could replace one another: {groups}."
    else:
        first = models.pairs[0]
        yield (
            f"No two could replace one another; the most alike are {name(called[first.one])} and "
            f"{name(called[first.other])}, {interval(first.sameness)} of the way from chance to "
            "one model."
        )
    if models.teams:
        teams = "; ".join(
            f"{' + '.join(name(called[x]) for x in models.teams[k].models)} "
            f"({number(models.teams[k].answers.value)})"
            for k in dict.fromkeys((0, len(models.teams) - 1))
        )
        yield f"Most different answers in {models.outputs} outputs: {teams}."


def held_out(models: AlikeModels) -> str:
    """Say how well teams that are chosen on half of the prompts do on the other half."""
    shares = [100 * x.held_out for x in models.teams if isinstance(x.held_out, float)]
    if not shares:
        return ""
    return (
        f"The best teams of 1 to {len(shares)}, chosen on half of the prompts, give "
        f"{' / '.join(f'{share:.0f} %' for share in shares)} of what the best on the other half do."
    )


def sameness(models: AlikeModels) -> list[list[float]]:
    """Return how the same every two models are, in the order of the models."""
    found = {frozenset((x.one, x.other)): x.sameness.value for x in models.pairs}
    names = [model.name for model in models.models]
    return [[found.get(frozenset((a, b)), 1.0) for b in names] for a in names]


def table(models: AlikeModels) -> Iterator[tuple[str, ...]]:
    """Yield a row for each model, with a head; of up to 13 how the same every two are, in %."""
    some = len(models.models) <= COLUMNS
    numbers = [str(k + 1) for k in range(len(models.models))] if some else []
    yield ("", "model", "alike", "answers", "alone", *numbers)
    rows = zip(models.models, short(models), sameness(models), strict=True)
    for k, (model, called, row) in enumerate(rows):
        yield (
            str(k + 1),
            name(called, 17),
            number(model.likeness.value),
            number(model.answers.value),
            number(model.alone.value),
            *(("·" if j == k else f"{100 * x:.0f}") for j, x in enumerate(row) if some),
        )


def short(models: AlikeModels) -> list[str]:
    """Return names without the part before a slash, where they still differ."""
    names = [model.name for model in models.models]
    bare = [given if " " in given else given.rpartition("/")[2] for given in names]
    return bare if len({*bare}) == len(names) else names


def _listed(names: Sequence[str]) -> str:
    *most, last = map(name, names)
    return f"{', '.join(most)} and {last}"
