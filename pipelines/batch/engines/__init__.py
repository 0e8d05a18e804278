"""Engines: what runs the tasks of a job. Each takes the same tasks and gives the same results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pipelines.errors import VietnamvnError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A task whose worker died each time it was tried."""

    detail: str


def presentable(error: BaseException) -> VietnamvnError:
    """An error of a task as one that a user can be shown; one of ours as it is, any other as the bug it is."""
    if isinstance(error, VietnamvnError):
        return error
    cause = " ".join(f"{type(error).__name__}: {error}".split())
    return VietnamvnError(f"a task failed ({cause}); this is a bug, please report it")


class Engine(Protocol):
    """Runs tasks that can be pickled, in any order; each result comes with the number of its task.

    An error that a task raises is raised here: tasks record what is wrong with their input, so an error means that
    the job cannot go on (no space, no permission). A worker that dies is replaced and its task done again.
    """

    def run(self, tasks: Sequence[Callable[[], T]]) -> Iterator[tuple[int, T | Lost]]:
        """Run them all; results come as they are done."""
        ...
