"""How alike models are, as a section of a trend's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fullmenu.report.models import words
from fullmenu.report.models.document import AlikeModels
from fullmenu.report.plain import interval

if TYPE_CHECKING:
    from markupsafe import Markup

WIDE, HIGH, NAMES = 34, 26, 210
"""A cell of the picture, and the room for names, in pixels."""

SHADE = 0.45
"""The darkest cell: numbers on it can still be read."""

NUMBERS = 20
"""Models up to which numbers stand in the cells."""

PAIRS = 20
"""Pairs in the table; the JSON holds all."""


def contents(models: AlikeModels) -> Mapping[str, object]:
    """Return what the template shows."""
    pairs = models.pairs
    return {
        "said": [*words.sentences(models), *filter(None, [words.held_out(models)])],
        "map": heat_map(models),
        "alt": "How the same every two models are, from 0 (chance) to 100 (one model). "
        + "; ".join(
            f"{words.name(p.one)} and {words.name(p.other)}: {100 * p.sameness.value:.0f}"
            for p in pairs[:5]
        ),
        "rows": [
            (
                words.name(model.name),
                [interval(x) for x in (model.likeness, model.answers, model.alone)],
            )
            for model in models.models
        ],
        "pairs": [
            (f"{words.name(p.one)} and {words.name(p.other)}",
             [interval(p.sameness), interval(p.likeness)])
            for p in pairs[:PAIRS]
        ],
        "teams": [
            (" + ".join(map(words.name, team.models)), interval(team.answers))
            for team in models.teams
        ],
        "outputs": models.outputs,
        "prompts": models.prompts,
    }  # fmt: skip


def heat_map(models: AlikeModels) -> Markup:
    """Return the picture: a cell for every two models, the darker the more the same."""
    from markupsafe import Markup, escape

    rows = words.sameness(models)
    m = len(rows)
    width, height = NAMES + WIDE * m, HIGH * (m + 1)
    parts = [
        f'<svg class="heat" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'aria-hidden="true" focusable="false">'
    ]
    for k in range(m):
        x = NAMES + WIDE * k + WIDE // 2
        parts.append(f'<text class="middle" x="{x}" y="17">{k + 1}</text>')
    for i, (row, called) in enumerate(zip(rows, words.short(models), strict=True)):
        y = HIGH * (i + 1)
        shown = escape(f"{i + 1} {words.name(called, 24)}")
        parts.append(f'<text class="lane" x="0" y="{y + 18}">{shown}</text>')
        for j, value in enumerate(row):
            x = NAMES + WIDE * j
            parts.append(
                f'<rect x="{x + 1}" y="{y + 1}" width="{WIDE - 2}" height="{HIGH - 2}" '
                f'fill-opacity="{SHADE * value**2:.3f}"/>'
            )
            if m <= NUMBERS and i != j:
                parts.append(
                    f'<text class="cell middle" x="{x + WIDE // 2}" y="{y + 17}">'
                    f"{100 * value:.0f}</text>"
                )
    return Markup("".join([*parts, "</svg>"]))
