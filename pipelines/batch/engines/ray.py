"""A Ray cluster, or one that is started on this machine: one Ray task a shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pipelines.batch.engines import Lost, Task, presentable
from pipelines.batch.extras import require
from pipelines.errors import VietnamvnError

T = TypeVar("T")

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RayEngine:
    """Runs tasks on Ray: `workers` at a time, as many as the cluster has CPUs where it is None.

    `address` is the cluster's, as `ray.init` takes it; without one, Ray is started here with `workers` CPUs. Input
    and output have to be where all nodes can reach them.
    """

    workers: int | None = None
    address: str | None = None

    @property
    def is_here(self) -> bool:
        """Always false: nodes may be other machines."""
        return False

    def run(self, tasks: Iterable[Task[T]], *, ahead: int = 0) -> Iterator[tuple[int, T | Lost]]:
        """As `Engine.run`; Ray restarts the tasks of dead workers."""
        ray = require("ray", extra="ray", purpose="--engine ray")
        self._connect(ray)
        # Ray itself repeats the task of a dead worker, but no task that raised.
        call = ray.remote(num_cpus=1, max_retries=_ATTEMPTS - 1)(_call)
        # Without a given number of workers each CPU gets two tasks, so that none waits for this process.
        workers = self.workers or 2 * max(1, int(ray.cluster_resources().get("CPU", 1)))
        limit = workers * (1 + ahead)
        waiting = iter(enumerate(tasks))
        running: dict[Any, int] = {}
        while True:
            while len(running) < limit and (following := next(waiting, None)):
                running[call.remote(following[1])] = following[0]
            if not running:
                return
            done, _ = ray.wait(list(running), num_returns=1)
            for reference in done:
                number = running.pop(reference)
                try:
                    result = ray.get(reference)
                except ray.exceptions.RayTaskError as error:
                    raise presentable(error.cause or error) from None
                except ray.exceptions.RayError as error:
                    detail = " ".join(str(error).split())[:300]
                    yield number, Lost(detail=f"its Ray worker died {_ATTEMPTS} times ({detail})")
                else:
                    yield number, result

    def _connect(self, ray: Any) -> None:
        """Connect or start, unless the process is connected already. Ray ends the connection with the process."""
        if ray.is_initialized():
            return
        try:
            if self.address is not None:
                ray.init(address=self.address, log_to_driver=False, logging_level="ERROR")
            else:
                ray.init(num_cpus=self.workers, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        except Exception as error:  # Ray raises many kinds here, from ConnectionError to bare RuntimeError
            cause = " ".join(str(error).split())[:300]
            raise VietnamvnError(f"Ray at {self.address or 'this machine'}: {cause}; check --ray-address") from error


def _call(task: Task[T]) -> T:
    return task()
