"""Engines: what runs the tasks of a job. Each takes the same tasks and gives the same results."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pipelines.errors import VietnamvnError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Task(Protocol[T_co]):
    """Work that can be done in another process: it can be pickled, and so can its result."""

    def __call__(self) -> T_co:
        """Do it."""
        ...


TaskT = TypeVar("TaskT", bound=Task[Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A task whose worker died each time it was tried."""

    detail: str


def presentable(error: BaseException) -> VietnamvnError:
    """An error of a task as one for users: this program's as it is, any other as a bug to report."""
    if isinstance(error, VietnamvnError):
        return error
    cause = " ".join(f"{type(error).__name__}: {error}".split())
    return VietnamvnError(f"a task failed ({cause}); this is a bug, please report it")


class Engine(Protocol):
    """Runs tasks that can be pickled, in any order; each result comes with the number of its task.

    An error that a task raises is raised here: tasks record what is wrong with their input, so an error means that
    the job cannot go on (no space, no permission). A worker that dies is replaced and its task done again.
    """

    @property
    def is_here(self) -> bool:
        """Whether tasks run on this machine, and can read its files."""
        ...

    def run(self, tasks: Iterable[Task[T]], *, ahead: int = 0) -> Iterator[tuple[int, T | Lost]]:
        """Run all tasks; gives (number, result) as they are done.

        Tasks are drawn when they can be handed out. `ahead` is how many wait with a busy worker: one where
        tasks are short, so that no worker waits for this process; none where another worker could take them.
        """
        ...


def in_order(
    engine: Engine | None, tasks: Iterable[TaskT], *, lost: str = "a part of the store cannot be read"
) -> Generator[tuple[TaskT, Any], None, None]:
    """Short tasks with their results, in the order of the tasks; without an engine they are done in this process.

    Early results wait for their turn. Raises `VietnamvnError`, which says what is `lost`, where a
    worker died of one.
    """
    if engine is None:
        for task in tasks:
            yield task, task()
        return
    handed_out: dict[int, TaskT] = {}

    def handing_out() -> Iterator[TaskT]:
        for number, task in enumerate(tasks):
            handed_out[number] = task
            yield task

    waiting: dict[int, Any] = {}
    following = 0
    for number, result in engine.run(handing_out(), ahead=1):
        if isinstance(result, Lost):
            raise VietnamvnError(f"{lost}: {result.detail}")
        waiting[number] = result
        while following in waiting:
            yield handed_out.pop(following), waiting.pop(following)
            following += 1
