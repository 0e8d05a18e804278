"""Processes of this machine.

Not `concurrent.futures`: there, one worker that dies breaks the pool and fails every task that was waiting, and nobody
knows whose fault it was. Here each worker has its own pipe, so that a death costs only the task it was at.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import reduction, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any, TypeVar

from pipelines.batch.engines import Lost, Task, presentable
from pipelines.errors import VietnamvnError

T = TypeVar("T")

# A task that ends its worker three times is itself the cause (memory, a crash in a library).
_ATTEMPTS = 3


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    tasks: deque[tuple[int, Task[Any]]] = field(default_factory=deque)  # the one in work, and those that wait
    is_up: bool = False  # it has imported all it needs, with the script that started the job


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalEngine:
    """Runs tasks in `workers` processes; with one worker too, so that a crash never takes the job down."""

    workers: int = 1

    @property
    def is_here(self) -> bool:
        """Always true."""
        return True

    def run(self, tasks: Iterable[Task[T]], *, ahead: int = 0) -> Iterator[tuple[int, T | Lost]]:
        """As `Engine.run`. However the loop over it ends, all processes are ended."""
        # Started fresh rather than forked: the parent may have threads, and every platform does it the same way.
        context = multiprocessing.get_context("spawn")
        coming = iter(enumerate(tasks))
        again: deque[tuple[int, Task[T]]] = deque()
        attempts: Counter[int] = Counter()
        workers: list[_Worker] = []
        try:
            while True:
                while self._takes_more(workers, ahead):
                    following = again.popleft() if again else next(coming, None)
                    if following is None:
                        break
                    _give(self._least_busy(workers, context), following)
                busy = [w.pipe for w in workers if w.tasks]
                if not busy:
                    return
                ready = wait(busy)
                for worker in [w for w in workers if w.pipe in ready]:
                    try:
                        answer = worker.pipe.recv()
                    except (EOFError, OSError, pickle.UnpicklingError):
                        workers.remove(worker)
                        _end(worker)
                        _require_script(worker)
                        number, task = worker.tasks.popleft()
                        again.extendleft(reversed(worker.tasks))  # which it had not begun
                        attempts[number] += 1
                        if attempts[number] < _ATTEMPTS:
                            again.appendleft((number, task))
                        else:
                            yield number, Lost(detail=f"its worker died {_ATTEMPTS} times ({_death(worker)})")
                        continue
                    if answer is None:
                        worker.is_up = True
                        continue
                    result, error = answer
                    number, _ = worker.tasks.popleft()
                    if error is not None:
                        raise error
                    yield number, result
        finally:
            for worker in workers:
                _end(worker)

    def _takes_more(self, workers: list[_Worker], ahead: int) -> bool:
        return len(workers) < self.workers or any(len(worker.tasks) <= ahead for worker in workers)

    def _least_busy(self, workers: list[_Worker], context: Any) -> _Worker:
        """The worker for the next task: a new one before any has two."""
        worker = min(workers, key=lambda w: len(w.tasks), default=None)
        if worker is None or (worker.tasks and len(workers) < self.workers):
            worker = _start(context)
            workers.append(worker)
        return worker


def _start(context: Any) -> _Worker:
    own_end, worker_end = context.Pipe()
    with _interrupts_held(), _standard_error_aside() as aside:
        process = context.Process(target=_work, args=(worker_end, aside), daemon=True)
        process.start()
    worker_end.close()  # in this process: so the worker's death closes the pipe
    return _Worker(process=process, pipe=own_end)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process started in this block ignores Ctrl-C: while it imports, it could only answer by a traceback."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where a process passes no mask on
        yield
        return
    resource_tracker.ensure_running()  # its start, which would come in between, would unblock them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True, slots=True)
class _Descriptor:
    """A file that a process gets from the one that starts it; unpickled there, it is the file's number."""

    number: int

    def __reduce__(self) -> tuple[Callable[[Any], int], tuple[Any]]:
        return _received, (reduction.DupFd(self.number),)


def _received(duplicate: Any) -> int:
    return int(duplicate.detach())


@contextmanager
def _standard_error_aside() -> Iterator[_Descriptor | None]:
    """A process started in this block is silent until it takes over the standard error that this gives.

    A child whose parent is killed right then could only print a traceback.
    """
    if os.name != "posix":  # elsewhere a process cannot hand its files on so
        yield None
        return
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error
        yield None
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield _Descriptor(kept)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _give(worker: _Worker, following: tuple[int, Task[Any]]) -> None:
    worker.tasks.append(following)
    # A worker that died while it was idle: its pipe says so when the result is waited for.
    with suppress(OSError):
        worker.pipe.send(following[1])


def _end(worker: _Worker) -> None:
    worker.process.terminate()
    worker.process.join()
    worker.pipe.close()


def _death(worker: _Worker) -> str:
    code = worker.process.exitcode
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}; out of memory?"
    return f"exit code {code}"


def _require_script(worker: _Worker) -> None:
    """Raise `VietnamvnError` where a worker ended before it was up, by an error: so would each one after it.

    What the interpreter said of it nobody saw (see `_standard_error_aside`).
    """
    if not worker.is_up and worker.process.exitcode == 1:
        raise VietnamvnError(
            "the processes of this job cannot start: each imports the script that starts it, which ended with an error "
            "there; a script has to start a job under 'if __name__ == \"__main__\":'"
        )


def _work(pipe: Connection, standard_error: int | None) -> None:
    """The worker: None once it is up, then task in, result or error out, until the parent is gone."""
    if standard_error is not None:
        os.dup2(standard_error, 2)
        os.close(standard_error)
    with suppress(OSError):  # the parent is gone: so is this one in a moment
        pipe.send(None)
    # Ctrl-C goes to the whole group of processes; it is the parent's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    packed: SimpleQueue[bytes | None] = SimpleQueue()
    # Received at once, always: otherwise a parent that waits to hand over a task, and this worker that waits to hand
    # over a result, would wait for each other.
    threading.Thread(target=_receive, args=(pipe, packed), daemon=True).start()
    is_warm = False
    while (task := packed.get()) is not None:
        try:
            answer: tuple[Any, Exception | None] = (pickle.loads(task)(), None)  # noqa: S301  # from the parent process
        except Exception as error:  # the parent raises it; here it would be a traceback on a terminal
            answer = (None, presentable(error))
        try:
            pipe.send(answer)
        except OSError:
            return
        if not is_warm:
            # What the first task has loaded stays: collecting garbage in it would take a twentieth of the time.
            gc.freeze()
            is_warm = True


def _receive(pipe: Connection, packed: SimpleQueue[bytes | None]) -> None:
    while True:
        try:
            packed.put(pipe.recv_bytes())
        except (EOFError, OSError):
            packed.put(None)
            return


def _end_with_parent() -> None:
    """A killed parent ends no child: without this, its workers would go on with their shards beside a rerun."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
