"""``fullmenu diagnose goal-misgeneralization``: is it the goal that is followed, or a proxy?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fullmenu.cli.diagnoses import columns
from fullmenu.finding import Finding

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose goal-misgeneralization episodes.csv

  fullmenu diagnose goal-misgeneralization grades.csv --html grader.html

  fullmenu diagnose goal-misgeneralization answers.csv --json

Three kinds of table, told by their columns. Episodes: policy, seed, level, condition (apart: the
goal at its own cell; together: moved to the proxy's), visited, proxy_first, dead (0 or 1 each);
rows of a policy named random are the null. Scores of a grader: item, content (1 good, 0 bad), cue
(1 on, 0 off), score, and seed of several graders. Answers of a classifier: content, cue (empty: no
cue), answer, and seed of several runs.
"""

_CONDITIONS = {"apart": False, "together": True}


def goal_misgeneralization(
    table: Annotated[Path, typer.Argument(help="CSV, TSV or JSON lines; see below.")],
) -> Finding:
    """Say whether a policy, a grader or a classifier follows the goal or what went with it."""
    from fullmenu.errors import BadInput

    known = dict.fromkeys(name for needs in _KINDS.values() for name in needs)
    found = columns.read(table, [], list(known))
    for judge, needs in _KINDS.items():
        if set(needs) <= set(found):
            return judge(found, table)
    ways = "; or ".join(", ".join(needs) for needs in _KINDS.values())
    raise BadInput(
        f"{table} has of the columns that are known only {', '.join(found) or 'none'}; give {ways}"
    )


def _episodes(found: dict[str, list[Any]], path: Path) -> Finding:
    from fullmenu.diagnose.goals.diagnosis import judge_episodes
    from fullmenu.diagnose.goals.rollouts import Episode
    from fullmenu.errors import BadInput

    odd = next((c for c in found["condition"] if c not in _CONDITIONS), None)
    if odd is not None:
        raise BadInput(f"{path}: condition {str(odd)[:60]!r}: use apart or together")
    names = ("visited", "proxy_first", "dead")
    for name in names:
        if any(x not in (0, 1) for x in found[name]):
            raise BadInput(f"{path}: {name} must be 0 or 1 in every row")
    told = ("policy", "seed", "level", "condition", *names)
    rows = zip(*(found[name] for name in told), strict=True)
    episodes = [
        Episode(str(policy), seed, level, _CONDITIONS[condition], *map(bool, came))
        for policy, seed, level, condition, *came in rows
    ]
    return judge_episodes(episodes, subject=path.stem)


def _scores(found: dict[str, list[Any]], path: Path) -> Finding:
    from fullmenu.diagnose.goals.graders import grader_cue_against_content

    return grader_cue_against_content(
        found["item"], found["content"], found["cue"], found["score"],
        seeds=found.get("seed"), subject=path.stem,
    )  # fmt: skip


def _answers(found: dict[str, list[Any]], path: Path) -> Finding:
    from fullmenu.diagnose.goals.classifiers import cue_against_content

    cue = [None if c == "" else c for c in found["cue"]]
    return cue_against_content(
        found["answer"], found["content"], cue,
        seeds=found.get("seed"), items=found.get("item"), subject=path.stem,
    )  # fmt: skip


_KINDS = {
    _episodes: (
        "policy", "seed", "level", "condition", "visited", "proxy_first", "dead",
    ),
    _scores: ("item", "content", "cue", "score"),
    _answers: ("content", "cue", "answer"),
}  # fmt: skip
