"""How a job uses Ray: what it asks of it, and what becomes of errors. Ray itself stands in for here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.batch.engines import Lost
from pipelines.batch.engines.ray import RayEngine
from pipelines.errors import UsageError, VietnamvnError


class RayTaskError(Exception):
    """A task has raised."""

    def __init__(self, cause: Exception | None) -> None:
        super().__init__("traceback of another machine")
        self.cause = cause


class RayError(Exception):
    """A worker has died."""


@dataclass(frozen=True)
class Reference:
    """To a result."""

    call: Callable[..., Any]
    task: Callable[[], Any]


class StandIn(SimpleNamespace):
    """As much of the module `ray` as the engine uses; tasks run when they are waited for, the last one first."""

    def __init__(self, cpus: float | None = 2) -> None:
        self.connected = False
        self.asked: list[dict[str, Any]] = []
        self.most_at_once = 0
        self.options: dict[str, Any] = {}
        super().__init__(exceptions=SimpleNamespace(RayTaskError=RayTaskError, RayError=RayError))
        self._resources = {} if cpus is None else {"CPU": cpus}
        self._running = 0

    def is_initialized(self) -> bool:
        """Whether this process is connected."""
        return self.connected

    def init(self, **asked: Any) -> None:
        """Connect."""
        if asked.get("address") == "nowhere:1":
            raise ConnectionError("no answer\nfrom nowhere")
        self.asked.append(asked)
        self.connected = True

    def cluster_resources(self) -> dict[str, float]:
        """What the cluster has."""
        return self._resources

    def remote(self, **options: Any) -> Callable[[Callable[..., Any]], Any]:
        """A function that starts tasks."""
        self.options = options

        def start(call: Callable[..., Any], task: Callable[[], Any]) -> Any:
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
            return Reference(call, task)

        return lambda call: SimpleNamespace(remote=lambda task: start(call, task))

    def wait(self, references: Sequence[Any], *, num_returns: int) -> tuple[list[Any], list[Any]]:
        """What is done, and what is not."""
        assert num_returns == 1
        return [references[-1]], list(references[:-1])

    def get(self, reference: Any) -> Any:
        """A result."""
        self._running -= 1
        try:
            return reference.call(reference.task)
        except RayError:
            raise
        except Exception as error:
            raise RayTaskError(error) from error


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """In place of the module."""
    made = StandIn()
    monkeypatch.setitem(sys.modules, "ray", made)  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(
    ("engine", "asked"),
    [
        (RayEngine(address="10.0.0.1:6379"), {"address": "10.0.0.1:6379"}),
        (RayEngine(address="10.0.0.1:6379", workers=3), {"address": "10.0.0.1:6379"}),
        (RayEngine(workers=3), {"num_cpus": 3, "include_dashboard": False}),
        (RayEngine(), {"num_cpus": None, "include_dashboard": False}),
    ],
)
def test_a_cluster_is_joined_where_one_is_named(engine: RayEngine, asked: dict[str, Any], ray: StandIn) -> None:
    """Else Ray is started here, with as many CPUs as workers; a process that is connected stays so."""
    for _ in range(2):
        assert sorted(engine.run([lambda: 1, lambda: 2])) == [(0, 1), (1, 2)]
    (found,) = ray.asked
    assert {**found, **asked} == found
    assert set(found) - set(asked) == {"log_to_driver", "logging_level"}
    assert not engine.is_here  # other machines do not see this one's files


@pytest.mark.parametrize(
    ("cpus", "workers", "ahead", "most"),
    [(2, None, 0, 4), (2, 3, 0, 3), (2, 3, 1, 6), (None, None, 0, 2), (0.5, None, 0, 2)],
)
def test_so_many_tasks_are_given_out_at_a_time(
    cpus: float | None, workers: int | None, ahead: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two for each CPU of the cluster, or as many as were asked for; `ahead` more wait with each worker."""
    made = StandIn(cpus)
    monkeypatch.setitem(sys.modules, "ray", made)  # type: ignore[arg-type]
    tasks = [lambda number=number: number for number in range(10)]
    given = {"ahead": ahead} if ahead else {}
    assert sorted(RayEngine(workers=workers).run(tasks, **given)) == [(number, number) for number in range(10)]
    assert made.most_at_once == most
    assert made.options == {"num_cpus": 1, "max_retries": 2}  # tried three times


def test_an_error_of_a_task_is_that_of_the_job(ray: StandIn) -> None:
    """One of this program's as it is, any other as a bug; a worker that died is told of, and the rest goes on."""

    def full() -> int:
        raise UsageError("no space; free some")

    def wrong() -> int:
        raise ZeroDivisionError("of a task")

    def dead() -> int:
        raise RayError("the worker\ndied " + "x" * 1000)

    with pytest.raises(UsageError, match="no space; free some"):
        list(RayEngine().run([full]))
    with pytest.raises(VietnamvnError, match=r"ZeroDivisionError: of a task.*please report it"):
        list(RayEngine().run([wrong]))
    results = dict(RayEngine().run([dead, lambda: 7]))
    assert results[1] == 7
    assert isinstance(results[0], Lost)
    assert results[0].detail.startswith("its Ray worker died 3 times (the worker died xxx")
    assert len(results[0].detail) < 400


def test_a_cluster_that_does_not_answer_is_named(ray: StandIn) -> None:
    """With what it said, in one line, and the option to look at."""
    with pytest.raises(VietnamvnError, match=r"Ray at nowhere:1: no answer from nowhere; check --ray-address"):
        list(RayEngine(address="nowhere:1").run([lambda: 1]))
