"""Ray as an engine: the parts of a log are read, each by one task, on whatever machines there are.

Only parts go out, and only states come back; no data passes through Ray's own readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from fullmenu.errors import BadInput, extra

RETRIES = 3
"""How often a task is begun anew when its worker dies."""

_AHEAD = 2  # tasks handed out for each processor
Item = TypeVar("Item")


class Ray:
    """Runs a job on Ray: on the cluster at ``$RAY_ADDRESS``, or on this machine.

    The cluster's machines need this version of Fullmenu, and the files under the same names.

    ``workers`` is then how many processors there are.

    Parameters
    ----------
    workers
        Tasks at a time on this machine, where no cluster is named; by default one a processor.

    Raises
    ------
    MissingExtra
        Ray is not installed.
    """

    def __init__(self, workers: int | None = None) -> None:
        import os

        with extra("engines on Ray", "ray"):
            import ray
        self._ray = ray
        if not ray.is_initialized():
            given: dict[str, Any] = {"log_to_driver": False, "include_dashboard": False}
            if "RAY_ADDRESS" not in os.environ:
                given["num_cpus"] = workers
            ray.init(**given)
        self.workers = max(int(ray.cluster_resources().get("CPU", 1)), 1)

    def map(
        self, job: Callable[[Item], bytes], items: Sequence[Item]
    ) -> Iterator[tuple[int, bytes]]:
        """Yield what the job makes of each item, with the item's place, as they are done.

        Raises
        ------
        BadInput
            The workers on one item died, again and again. An error of the job is raised as it is.
        """
        ray = self._ray
        task = ray.remote(num_cpus=1, max_retries=RETRIES)(_done)
        held = ray.put(job)
        ahead = _AHEAD * self.workers
        waiting: dict[Any, int] = {}
        left = iter(enumerate(items))
        try:
            while True:
                while len(waiting) < ahead and (one := next(left, None)) is not None:
                    waiting[task.remote(held, one[1])] = one[0]
                if not waiting:
                    return
                (done, *_), _ = ray.wait(list(waiting))
                place = waiting.pop(done)
                yield place, self._result(done, items[place])
        finally:
            for task_left in waiting:
                ray.cancel(task_left, force=True)

    def _result(self, done: Any, item: object) -> bytes:
        from ray.exceptions import RayTaskError, WorkerCrashedError

        try:
            return bytes(self._ray.get(done))
        except RayTaskError as error:
            raise error.cause from None
        except WorkerCrashedError:
            raise BadInput(
                f"the workers that read {item!r:.300} died {RETRIES + 1} times: there may be too "
                "little memory for it"
            ) from None


def _done(job: Callable[[Any], bytes], item: Any) -> bytes:
    """Run a job, which may be of any kind that can be called; Ray takes functions alone."""
    return job(item)
