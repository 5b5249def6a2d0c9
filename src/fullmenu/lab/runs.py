"""Running an experiment: every arm on every seed, in processes, kept as they end."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path

from fullmenu.errors import BadInput, MissingExtra
from fullmenu.files import replace_file
from fullmenu.lab.experiment import Cell, Experiment, Outcome, Result, Settings
from fullmenu.lab.registry import experiment as load

Progress = Callable[[int, int, str], None]
"""Called with cells done, cells in all, and the last one's name."""


def run(
    experiment: Experiment | str,
    *,
    full: bool = False,
    seeds: int | Sequence[int] | None = None,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress = lambda done, total, name: None,
) -> Result:
    """Train every arm on every seed, and return the result.

    Parameters
    ----------
    experiment
        An experiment, or the name of a registered one. With more than one worker it is looked up
        by name in each.
    full
        The full setting instead of the quick one.
    seeds
        How many, from 0 on, or which; by default as many as the experiment says.
    folder
        Where cells are kept as they end. A run that was stopped goes on there; cells of other
        settings are left alone and not used.
    workers
        Processes; by default one a core. Each trains on one thread. With 0, everything runs here.
    progress
        Told of every cell that ended.

    Raises
    ------
    MissingExtra
        The experiment needs an extra that is not installed.
    BadInput
        ``seeds`` is less than 1, empty, negative or names a seed twice.

    Examples
    --------
    >>> from fullmenu.lab.experiment import Experiment, Number, Outcome
    >>> tossing = Experiment("tossing", "A coin.", {"fair": "…"}, {"heads": Number("of ten")},
    ...     cell=lambda arm, seed, settings: Outcome({"heads": 4.0 + seed}),
    ...     claims=lambda result: [], draw=lambda result: None, seeds=3, extras="")
    >>> print(run(tossing, workers=0).estimate("fair", "heads"))
    5 [2.52, 7.48]
    """
    chosen = load(experiment) if isinstance(experiment, str) else experiment
    settings = {**chosen.settings, **(chosen.full if full else {})}
    shipped = int(settings.pop("seeds", chosen.seeds))
    wanted_seeds = _seeds(shipped if seeds is None else seeds)
    _installed(chosen)
    if chosen.quick_arms and not full:
        chosen = replace(chosen, arms={arm: chosen.arms[arm] for arm in chosen.quick_arms})
    wanted = [(arm, seed) for seed in wanted_seeds for arm in chosen.arms]
    kept = _Kept(folder, settings)
    cells = [cell for pair in wanted if (cell := kept.find(*pair))]
    done = {(cell.arm, cell.seed) for cell in cells}
    left = [pair for pair in wanted if pair not in done]
    progress(len(cells), len(wanted), "")
    for cell in _train(chosen, left, settings, workers):
        kept.keep(cell)
        cells.append(cell)
        progress(len(cells), len(wanted), f"{cell.arm}, seed {cell.seed}")
    order = {pair: k for k, pair in enumerate(wanted)}
    cells.sort(key=lambda cell: order[cell.arm, cell.seed])
    return Result(chosen, settings, cells, full)


def _seeds(given: int | Sequence[int]) -> list[int]:
    found = list(range(given)) if isinstance(given, int) else list(given)
    if not found or min(found) < 0 or len(set(found)) < len(found):
        raise BadInput(
            f"seeds={given}: an experiment runs on at least 1 seed, better 5 or more, each 0 or "
            "more and named once, such as seeds=5 or seeds=range(8000, 8005)"
        )
    return found


def seeds_in(text: str) -> int | list[int]:
    """Read seeds as the command line takes them: how many, or which.

    Raises
    ------
    BadInput
        It is neither a count nor numbers and ranges.

    Examples
    --------
    >>> seeds_in("5"), seeds_in("8000-8004"), seeds_in("7,9-11")
    (5, [8000, 8001, 8002, 8003, 8004], [7, 9, 10, 11])
    """
    if text.strip().isdecimal():
        return int(text)
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not (last.isdecimal() and int(first) <= int(last))):
            raise BadInput(
                f"--seeds {text!r}: {part.strip()!r} is no seed and no range; give how many (5), a "
                "range (8000-8004), or both with commas (3,7-9)"
            )
        found += range(int(first), int(last or first) + 1)
    return found


def _installed(experiment: Experiment) -> None:
    from importlib.util import find_spec

    needs = {"": (), "lab": ("torch", "pytorch_optimizer"), "trl": ("torch", "trl")}
    for module in needs.get(experiment.extras, ("torch",)):
        if find_spec(module) is None:
            raise MissingExtra(f"the experiments like {experiment.name!r}", experiment.extras)


def _train(
    experiment: Experiment, left: list[tuple[str, int]], settings: Settings, workers: int | None
) -> Iterator[Cell]:
    workers = min(len(left), (os.cpu_count() or 1) if workers is None else workers)
    if workers == 0:
        yield from (_one(experiment, arm, seed, settings) for arm, seed in left)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_one_thread) as pool:
        futures: list[Future[Cell]] = [
            pool.submit(_named, experiment.name, arm, seed, settings) for arm, seed in left
        ]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one_thread() -> None:
    """Threads of small matrices only wait for one another."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    from importlib.util import find_spec

    if find_spec("torch"):
        import torch

        torch.set_num_threads(1)


def _named(name: str, arm: str, seed: int, settings: Settings) -> Cell:
    return _one(load(name), arm, seed, settings)


def _one(experiment: Experiment, arm: str, seed: int, settings: Settings) -> Cell:
    start = time.process_time()
    outcome = experiment.cell(arm, seed, settings)
    missing = set(experiment.numbers) - set(outcome.numbers)
    if missing:
        raise BadInput(
            f"{experiment.name}, {arm}, seed {seed}: the cell gave no "
            f"{', '.join(sorted(missing))}; it must give every number that the experiment lists"
        )
    return Cell(arm, seed, outcome, time.process_time() - start)


class _Kept:
    """Cells on disk, one file each, under a name that holds their settings."""

    def __init__(self, folder: Path | None, settings: Settings) -> None:
        digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]
        self.folder = folder / "cells" / digest if folder else None

    def _path(self, arm: str, seed: int) -> Path:
        assert self.folder is not None
        safe = "".join(c if c.isalnum() else "-" for c in arm)
        return self.folder / f"{safe}-{seed}.json"

    def find(self, arm: str, seed: int) -> Cell | None:
        if self.folder is None or not (path := self._path(arm, seed)).exists():
            return None
        try:
            found = json.loads(path.read_text("utf-8"))
            if (found["arm"], found["seed"]) != (arm, seed):
                return None
            return Cell(arm, seed, Outcome(**found["outcome"]), found["seconds"])
        except (ValueError, KeyError, TypeError):
            return None  # half written: trained again

    def keep(self, cell: Cell) -> None:
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self._path(cell.arm, cell.seed), json.dumps(asdict(cell)).encode())
