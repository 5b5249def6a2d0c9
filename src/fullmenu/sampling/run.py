"""A run: requests side by side until the plan is done, each answer on disk before the next goes."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from os import PathLike
from typing import Any, TypeVar

from fullmenu.errors import BadInput, FullmenuError
from fullmenu.samples import Samples
from fullmenu.sampling.budget import Budget, Spending
from fullmenu.sampling.functions import Function, target_of
from fullmenu.sampling.journal import Journal, lines_of
from fullmenu.sampling.plans import Evenly, Plan
from fullmenu.sampling.prompts import Prompts, prompts_of
from fullmenu.sampling.request import OverBudget, Refused, Request, Target, Unreachable
from fullmenu.sampling.rows import samples_of
from fullmenu.text.amounts import amount

T = TypeVar("T")

GRACE = 5.0
"""Seconds that requests in flight have left where the target can be asked no more."""
REFUSED = 5
"""So many refusals, and no answer yet, end a run: every prompt would be refused."""
_WINDOW = 30.0  # seconds over which a rate is taken


@dataclass(frozen=True)
class Status:
    """How far a run is.

    Parameters
    ----------
    done, total
        Samples that are there, and that there will be.
    requests, failed, in_flight
        Requests sent, those that brought nothing, and those without an answer yet.
    rate
        Samples a second, over the last half minute.
    tokens, money
        Spent; ``money`` is ``None`` where nobody says what a token costs.
    stopping
        Whether nothing more goes out, and only what is in flight is waited for.
    """

    done: int
    total: int
    requests: int
    failed: int
    in_flight: int
    rate: float
    tokens: int
    money: float | None
    stopping: bool = False

    @property
    def seconds_left(self) -> float | None:
        """At this rate; ``None`` where nothing came yet."""
        return (self.total - self.done) / self.rate if self.rate else None


Progress = Callable[[Status], None]


@dataclass
class RunOutcome:
    """What a run brought.

    Parameters
    ----------
    status
        How far it came.
    refused
        Prompts that get no answer, by id, and why.
    stopped
        Why it ended before the plan was done; empty where it was not.
    remarks
        What was noticed on the way, such as a server that ignores ``n``.
    """

    status: Status
    refused: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    interrupted: bool = False
    remarks: list[str] = field(default_factory=list)


def sample(
    prompts: Prompts,
    target: Target | Function,
    n: int = 20,
    *,
    parameters: Mapping[str, Any] | None = None,
    path: str | PathLike[str] | None = None,
    seed: int | None = None,
    concurrency: int = 8,
    per_request: int | None = None,
    budget: Budget | None = None,
    progress: Progress | None = None,
) -> Samples:
    """Ask a model the same prompts, n times each.

    Parameters
    ----------
    prompts
        A file, a list of texts or of conversations, a dict of ids to them, or samples; see
        :func:`prompts_of`.
    target
        What is asked: ``fm.endpoint(…)``, ``fm.causal_model(…)``, or a function, async or not, of
        the prompt (a text, or messages where there are several) that returns an output or a list
        of them. A function is given ``parameters`` by name.
    n
        Samples of each prompt.
    parameters
        Of the model, such as ``{"temperature": 1.0, "max_tokens": 200}``.
    path
        A JSONL file that keeps every sample before more is asked. A run that was stopped goes on
        where it was: give the same file again.
    seed
        From it each request gets a seed of its own; by default requests carry none.
    concurrency
        Requests in flight at most.
    per_request
        Outputs that one request asks for; by default what the target says.
    budget
        What the run may cost.
    progress
        Called with a :class:`Status` twice a second.

    Returns
    -------
    Samples
        All that is there, also from earlier runs on the same file. The notes say what is missing.

    Raises
    ------
    BadInput
        A prompt, a parameter or the file is not what it should be.
    Unreachable
        The target cannot be asked; what came before is in the file.

    Notes
    -----
    A killed program loses what was in flight; a power cut, the last second too. Whether samples are
    independent is not tested here: see :func:`probe`, and what ``fm.check`` says of the pipe.

    Examples
    --------
    >>> from itertools import cycle
    >>> fruits = cycle(["fig", "kiwi"])
    >>> sample(["Name a fruit."], lambda prompt: next(fruits), n=3).outputs
    ['fig', 'kiwi', 'fig']
    """
    asked = prompts_of(prompts)
    _check(n, "n")
    model = target_of(target)
    plan = Evenly(asked, n, parameters, per_request=per_request or model.per_request, seed=seed)
    journal = None if path is None else Journal(path)
    rows: list[Mapping[str, Any]] = []
    outcome = collect(
        plan,
        model,
        journal,
        parameters=parameters,
        concurrency=concurrency,
        budget=budget,
        progress=progress,
        keep=rows.append if journal is None else None,
    )
    if outcome.interrupted:
        raise KeyboardInterrupt
    notes = [*outcome.remarks]
    if outcome.stopped:
        notes.append(f"{plan.done:,} of {plan.total:,} samples: {outcome.stopped}")
    if outcome.refused:
        name, why = next(iter(outcome.refused.items()))
        notes.append(f"prompts refused: {len(outcome.refused):,}, such as {name[:60]!r}: {why}")
    return samples_of(rows if path is None else path, notes)


def collect(
    plan: Plan,
    target: Target,
    journal: Journal | None = None,
    *,
    parameters: Mapping[str, Any] | None = None,
    concurrency: int = 8,
    budget: Budget | None = None,
    progress: Progress | None = None,
    keep: Callable[[Mapping[str, Any]], object] | None = None,
    afresh: bool = False,
    spent: Mapping[str, int] | None = None,
) -> RunOutcome:
    """Ask what a plan says until it is done, the budget is used up, or Ctrl-C is pressed.

    Parameters
    ----------
    plan, target
        What is asked, and who.
    journal
        Where samples are kept; what it holds of the plan is not asked again.
    parameters
        That all requests share: a journal of others is refused.
    keep
        Called with each sample, as it stands in the file.
    afresh
        What the journal holds is not looked at; samples are added to it, whatever it holds.
    spent
        What was spent before, and counts: ``requests``, ``prompt_tokens``, ``completion_tokens``.

    Raises
    ------
    BadInput, Unreachable
        As :func:`sample`.
    """
    _check(concurrency, "concurrency")
    run = _Run(plan, target, journal, budget or Budget(), progress, keep)
    run.spending.restore(spent or {})
    try:
        if journal is not None:
            journal.open()
        if journal is not None and not afresh:
            run.restore(journal.samples(target.name, parameters or {}))
        return finished(run.go(min(concurrency, target.at_once or concurrency)))
    finally:
        if journal is not None:
            journal.close()


class _Run:
    def __init__(
        self,
        plan: Plan,
        target: Target,
        journal: Journal | None,
        budget: Budget,
        progress: Progress | None,
        keep: Callable[[Mapping[str, Any]], object] | None,
    ) -> None:
        self.plan, self.target, self.journal = plan, target, journal
        self.spending = Spending(budget)
        self.progress, self.keep = progress, keep
        self.refused: dict[str, str] = {}
        self.remarks: dict[str, None] = {}
        self.answered = False
        self.stopped = ""
        self.interrupted = False
        self.error: FullmenuError | None = None
        self.came: deque[tuple[float, int]] = deque()

    def restore(self, rows: Iterator[Mapping[str, Any]]) -> None:
        texts = {p.prompt_id: p.text for p in self.plan.prompts}
        for row in rows:
            name = row["prompt_id"]
            if texts.get(name, row.get("prompt")) != row.get("prompt"):
                raise BadInput(
                    f"the file holds samples of another prompt {name[:60]!r}: "
                    f"{str(row.get('prompt'))[:60]!r}, now {texts[name][:60]!r}; give the prompt "
                    "another id, or another file"
                )
            self.plan.restore(row)
            self.spending.restore(row.get("usage") or {})

    async def go(self, concurrency: int) -> RunOutcome:
        self.changed = asyncio.Condition()
        workers = [asyncio.ensure_future(self._work()) for _ in range(concurrency)]
        ticks = asyncio.ensure_future(self._tick())
        self.workers = workers
        try:
            with self._interruptible():
                ended, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            for worker in ended:
                if not worker.cancelled() and (fault := worker.exception()):
                    raise fault
        finally:
            for task in (*workers, ticks):
                task.cancel()
            await asyncio.gather(*workers, ticks, return_exceptions=True)
            await self.target.close()
            self._show()
        if self.error is not None:
            raise self.error
        return RunOutcome(
            self.status(), self.refused, self.stopped, self.interrupted, list(self.remarks)
        )

    async def _work(self) -> None:
        while not (self.stopped or self.error):
            allowed = self.spending.allows()
            request = self.plan.next() if allowed else None
            if request is None:
                if not self.spending.in_flight:
                    if not allowed:
                        self.stopped = self.spending.said()
                    return
                async with self.changed:
                    await self.changed.wait()
                continue
            self.spending.in_flight += 1
            try:
                await self._ask(request)
            finally:
                self.spending.in_flight -= 1
            async with self.changed:
                self.changed.notify_all()

    async def _ask(self, request: Request) -> None:
        spending, tries, began = self.spending, 0, time.monotonic()

        def sent() -> None:
            nonlocal tries, began
            if self.stopped:
                raise OverBudget(self.stopped)
            spending.sent()
            tries += 1
            spending.failed += tries > 1
            began = time.monotonic()

        try:
            answer = await self.target.ask(request, sent)
            if not answer.replies:
                raise Refused("the answer holds no output")
        except Refused as error:
            spending.failed += 1
            self.refused[request.prompt.prompt_id] = str(error)
            self.plan.took(request, ())
            self.plan.drop(request.prompt)
            if len(self.refused) >= REFUSED and not self.answered:
                self._fail(Unreachable(f"every prompt so far was refused: {error}"))
            return
        except OverBudget as error:
            self.plan.took(request, ())
            self.stopped = str(error)
            return
        except FullmenuError as error:
            self.plan.took(request, ())
            self._fail(error)
            return
        self.answered = True
        replies = answer.replies[: request.n]
        money = spending.take(answer)
        lines = lines_of(request, answer, self.target.name, time.monotonic() - began, money)
        try:
            if self.journal is not None:
                self.journal.write(lines)
            for line in lines if self.keep else ():
                self.keep(line)  # type: ignore[misc]
        except OSError as error:
            self._fail(BadInput(f"the samples cannot be written: {error.strerror}"))
            return
        if len(answer.replies) < request.n and self.plan.per_request > 1:
            self.plan.per_request = 1
            self._remark(
                f"n={request.n} brought {amount(len(answer.replies), 'output')}: "
                f"{self.target.name} does not honour n, so each is asked for by itself"
            )
        self.plan.took(request, replies)
        self.came.append((time.monotonic(), len(replies)))
        try:
            spending.check(answer)
        except BadInput as error:
            self._fail(error)

    def _remark(self, sentence: str) -> None:
        self.remarks[sentence] = None

    def _fail(self, error: FullmenuError) -> None:
        """Go on no more; what is in flight has a little time left."""
        if self.error is None:
            self.error = error
            asyncio.get_running_loop().call_later(GRACE, self._cancel)

    def _cancel(self) -> None:
        for worker in self.workers:
            worker.cancel()

    async def _tick(self) -> None:
        """Have the disk keep what was written once a second, and show how far it is."""
        for tick in count():
            await asyncio.sleep(0.25)
            if tick % 2:
                self._show()
            if self.journal is not None and self.journal.is_due:
                await asyncio.to_thread(self.journal.sync)

    def _show(self) -> None:
        if self.progress is not None:
            self.progress(self.status())

    def status(self) -> Status:
        now, spending = time.monotonic(), self.spending
        while self.came and now - self.came[0][0] > _WINDOW:
            self.came.popleft()
        since = now - self.came[0][0] if self.came else 0.0
        return Status(
            self.plan.done,
            self.plan.total,
            spending.requests,
            spending.failed,
            spending.in_flight,
            sum(k for _, k in self.came) / max(since, 0.5),
            spending.tokens,
            None if spending.unpriced else spending.money,
            bool(self.stopped or self.error),
        )

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Ctrl-C: wait for what is in flight, as it is paid for; a second one waits no longer."""

        def stop() -> None:
            if self.interrupted:
                self._cancel()
            self.interrupted = True
            self.stopped = self.stopped or "it was stopped"

        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        added = []
        if threading.current_thread() is threading.main_thread():
            for one in signals:
                with suppress(NotImplementedError, RuntimeError):  # Windows
                    loop.add_signal_handler(one, stop)
                    added.append(one)
        try:
            yield
        finally:
            for one in added:
                loop.remove_signal_handler(one)


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end, in a thread of its own where an event loop runs already (a notebook)."""
    if not _in_a_loop():
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _check(count: int, name: str) -> None:
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise BadInput(f"{name}={count!r}: give a whole number from 1 on")
