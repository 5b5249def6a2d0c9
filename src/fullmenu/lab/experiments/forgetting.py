"""A small net learns five tasks of handwritten digits one after another: what is left of the
earlier ones, with and without replay?
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from fullmenu.lab.experiment import Cell, Claim, Experiment, Number, Outcome, Result, Settings
from fullmenu.lab.experiments._gradients import descend
from fullmenu.lab.experiments._plots import Course, courses
from fullmenu.report.forms import Axis, Picture, Plot

TASKS = 5
ARMS = {
    "split": "ten digits, two a task; one output for all ten; each task trains on its own data",
    "split, replay": "the same, with 200 kept examples of each earlier task mixed in",
    "permuted": "all ten digits in each task, the pixels in another order each time",
    "permuted, replay": "the same, with 200 kept examples of each earlier task mixed in",
}
COLOURS = ["#e4572e", "#54a24b", "#eeb422", "#4c78a8"]
MARGIN = 0.15
"""A loss that is called none here. The default is 0.02."""
REPLAYED = (
    "at first with 50 a task, whose permuted arm lay at the margin (−0.10 to −0.16); 200 were "
    "chosen on seeds 100 to 102"
)


def cell(arm: str, seed: int, settings: Settings) -> Outcome:
    """Train on the tasks in turn, and score every task after every stage."""
    from fullmenu.diagnose import forgetting
    from fullmenu.diagnose.checkpoints.transfers import ACC, BWT, FIRST, FWT, MAX, named_transfer

    tasks = _tasks(arm.startswith("permuted"), seed)
    keep = int(settings["replay"]) if arm.endswith("replay") else 0
    start, right = _train(tasks, seed, keep, settings)
    matrix = np.array([[float(np.mean(r)) for r in stage] for stage in right])
    measured = named_transfer(matrix, start)
    before = {f"task {k + 1}": right[k][k] for k in range(TASKS - 1)}
    after = {f"task {k + 1}": right[-1][k] for k in range(TASKS - 1)}
    changes = [np.subtract(after[name], before[name]) for name in before]  # item by item
    return Outcome(
        {
            "accuracy": float(measured[ACC][0]),
            "backward": float(measured[BWT][0]),
            "forward": float(measured[FWT][0]),
            "forgotten_max": float(measured[MAX][0]),
            "forgotten_first": float(measured[FIRST][0]),
            "lost": float(np.mean([(d < 0).mean() for d in changes])),
            "gained": float(np.mean([(d > 0).mean() for d in changes])),
        },
        {"forgetting": forgetting(before, after, margin=MARGIN).verdict},
        {
            "matrix": matrix.tolist(),
            "start": start,
            "before": {name: [int(x) for x in r] for name, r in before.items()},
            "after": {name: [int(x) for x in r] for name, r in after.items()},
        },
    )


@lru_cache(maxsize=2)
def _tasks(permuted: bool, seed: int) -> Any:
    """Return train and test data of each task; the test items are the same for every seed."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    x = (x / 16.0).astype(np.float32)
    test = np.random.default_rng(0).permutation(len(x)) < len(x) // 5
    rng = np.random.default_rng([seed, 1])
    found = []
    for k in range(TASKS):
        order = rng.permutation(64) if permuted and k else np.arange(64)
        mine = np.ones(len(y), bool) if permuted else y // 2 == k
        found.append([(x[mine & part][:, order], y[mine & part]) for part in (~test, test)])
    return found


def _train(tasks: Any, seed: int, keep: int, settings: Settings) -> tuple[list[float], Any]:
    """Return the scores at the start, and right or wrong of every item after every stage."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    hidden = int(settings["hidden"])
    model = torch.nn.Sequential(
        torch.nn.Linear(64, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 10)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=settings["learning_rate"])
    tests = [(torch.tensor(x), torch.tensor(y)) for _, (x, y) in tasks]

    def right() -> list[Any]:
        with torch.no_grad():
            return [(model(x).argmax(1) == y).float().numpy() for x, y in tests]

    start, stages = [float(r.mean()) for r in right()], []
    kept: list[tuple[Any, Any]] = []
    for (x, y), _ in tasks:
        own = (torch.tensor(x), torch.tensor(y))
        x_all, y_all = (torch.cat(parts) for parts in zip(own, *kept, strict=True))
        for _ in range(int(settings["epochs"])):
            for rows in torch.randperm(len(y_all), generator=generator).split(32):
                loss = torch.nn.functional.cross_entropy(model(x_all[rows]), y_all[rows])
                descend(optimizer, loss)
        if keep:
            rows = torch.randperm(len(own[1]), generator=generator)[:keep]
            kept.append((own[0][rows], own[1][rows]))
        stages.append(right())
    return start, stages


def judged(result: Result, arm: str) -> tuple[str, str]:
    """Return what the diagnosis says of all seeds: from the matrices, and item by item."""
    from fullmenu.diagnose import forgetting, transfer

    traces = [c.outcome.traces for c in result.of(arm)]
    matrices = transfer([t["matrix"] for t in traces], margin=MARGIN)
    items = forgetting(*([t[side] for t in traces] for side in ("before", "after")), margin=MARGIN)
    return matrices.verdict, items.verdict


def spreads(result: Result, arm: str) -> tuple[float, float]:
    """Return how much backward transfer differs between runs, and with the items of one run."""
    errors = []
    for one in result.of(arm):
        before, after = (one.outcome.traces[side] for side in ("before", "after"))
        changes = [np.subtract(after[task], before[task]) for task in before]
        errors.append(np.sqrt(sum(d.var(ddof=1) / d.size for d in changes)) / len(changes))
    return float(np.std(result.values(arm, "backward"), ddof=1)), float(np.mean(errors))


def claims(result: Result) -> list[Claim]:
    """Judge: without replay nearly all is lost, with it little; the diagnosis says so."""
    bare, kept = (result.mean(arm, "backward") for arm in ("split", "split, replay"))
    found = {arm: judged(result, arm) for arm in ARMS}
    gain = result.difference("permuted, replay", "backward", "permuted")
    runs, items = spreads(result, "permuted")
    return [
        Claim(
            "split, no replay: backward transfer at most −0.95",
            f"{bare:.3f}",
            bare <= -0.95,
            blind="networks with an output for each task, which forget less",
        ),
        Claim(
            "split, replay of 200 a task: backward transfer at least −0.15",
            f"{kept:.3f}",
            kept >= -0.15,
            blind="how little replay would do: 200 are most of a split task",
            history=REPLAYED,
        ),
        Claim(
            f"the diagnosis of the matrices, margin {MARGIN}: failure without replay, ok with",
            f"{found['split'][0]}, {found['split, replay'][0]}",
            (found["split"][0], found["split, replay"][0]) == ("failure", "ok"),
            blind="losses near the margin: these lie at −0.99 and −0.04",
            history=REPLAYED,
        ),
        Claim(
            "item by item it says failure without replay, and never failure with",
            ", ".join(f"{arm}: {said}" for arm, (_, said) in found.items()),
            all((said == "failure") != arm.endswith("replay") for arm, (_, said) in found.items()),
            blind="a verdict where the truth lies at the margin: there it goes either way",
            history=f"{REPLAYED}, where one of three sets of five fresh seeds said failure",
        ),
        Claim(
            "permuted: training again moves backward transfer by more than other items would",
            f"standard deviation over runs {runs:.3f}, over items {items:.3f}",
            runs > items,
            blind="by how much: a standard deviation of five runs is known within a factor of two",
        ),
        Claim(
            "permuted: replay helps, interval above 0",
            str(gain),
            gain.above(0),
            blind="other remedies",
            history=REPLAYED,
        ),
    ]


def draw(result: Result) -> Picture:
    """Draw the score of the first task after every stage, a line a seed."""

    def course(cell: Cell) -> Course:
        scores = [row[0] for row in cell.outcome.traces["matrix"]]
        return range(1, len(scores) + 1), scores

    plot = Plot(
        x=Axis(title="after the training for task", ticks=[1.0, 2.0, 3.0, 4.0, 5.0]),
        y=Axis(title="accuracy on task 1", low=0.0, high=1.0, percent=True),
        lines=courses(result, ARMS, course),
        height=280,
    )
    return Picture(title="What is left of task 1", about="A line a seed.", forms=[plot])


EXPERIMENT = Experiment.of(
    __name__,
    arms=ARMS,
    numbers={
        "accuracy": Number("over all tasks at the end (ACC, GEM)", "accuracy"),
        "backward": Number("change since each was learned (BWT, GEM)", "accuracy", 3),
        "forward": Number("before each was learned, above the start (FWT, GEM)", "accuracy"),
        "forgotten_max": Number("best earlier − last (Chaudhry)", "accuracy", 3),
        "forgotten_first": Number("first − last (Avalanche)", "accuracy", 3),
        "lost": Number("test items that were right and became wrong", "share"),
        "gained": Number("that were wrong and became right", "share", 3),
    },
    settings={
        "hidden": (100, 400),
        "epochs": (20, 50),
        "learning_rate": 0.001,
        "replay": 200,
        "seeds": (5, 20),
    },
    published={
        "a prototype of ours with a replay of 50, 5 seeds, ± their standard deviation": {
            "split": {"backward": "−0.993 ± 0.003", "accuracy": "0.190 ± 0.003"},
            "split, replay": {"backward": "−0.096 ± 0.015", "accuracy": "0.897 ± 0.013"},
            "permuted": {"backward": "−0.543 ± 0.065"},
            "permuted, replay": {"backward": "−0.108 ± 0.014"},
        },
    },
    caveat="Digits of 8 × 8 pixels and one hidden layer. In the split tasks one output serves all "
    "ten classes, which is the hardest case for a net without replay.",
)
