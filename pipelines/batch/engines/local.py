"""Processes of this machine.

Not `concurrent.futures`: there, one worker that dies breaks the pool and fails every task that was waiting, and nobody
can tell whose fault it was. Here each worker has a pipe of its own, so that a death costs the one task it was at.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import reduction, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar, cast

from pipelines.batch.engines import Lost, presentable

T = TypeVar("T")

# A task that takes its worker down three times does it by itself (memory, a crash in a library).
_ATTEMPTS = 3


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    task: int | None = field(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalEngine:
    """Runs tasks in `workers` processes; with one worker too, so that a crash never takes the job down."""

    workers: int = 1

    def run(self, tasks: Sequence[Callable[[], T]]) -> Iterator[tuple[int, T | Lost]]:
        """See `Engine.run`. However the loop over it ends, all processes are ended."""
        # Started fresh rather than forked: the parent may have threads, and every platform does it the same way.
        context = multiprocessing.get_context("spawn")
        waiting = deque(range(len(tasks)))
        attempts = [0] * len(tasks)
        workers: list[_Worker] = []
        try:
            while waiting or any(w.task is not None for w in workers):
                while len(workers) < min(self.workers, len(waiting) + sum(w.task is not None for w in workers)):
                    workers.append(_start(context))
                for worker in workers:
                    if worker.task is None and waiting:
                        _give(worker, waiting, tasks)
                ready = wait([w.pipe for w in workers if w.task is not None])
                for worker in [w for w in workers if w.pipe in ready]:
                    number = cast(int, worker.task)
                    try:
                        result, error = worker.pipe.recv()
                    except (EOFError, OSError, pickle.UnpicklingError):
                        workers.remove(worker)
                        _end(worker)
                        attempts[number] += 1
                        if attempts[number] < _ATTEMPTS:
                            waiting.appendleft(number)
                        else:
                            yield number, Lost(detail=f"its worker died {_ATTEMPTS} times ({_death(worker)})")
                        continue
                    worker.task = None
                    if error is not None:
                        raise error
                    yield number, result
        finally:
            for worker in workers:
                _end(worker)


def _start(context: Any) -> _Worker:
    ours, theirs = context.Pipe()
    with _interrupts_held(), _standard_error_aside() as aside:
        process = context.Process(target=_work, args=(theirs, aside), daemon=True)
        process.start()
    theirs.close()  # so that the worker's end is the only one, and its death is the end of the pipe
    return _Worker(process=process, pipe=ours)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """What starts meanwhile never hears Ctrl-C: while it is still importing, it could only answer by a traceback."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where a process cannot pass its mask on
        yield
        return
    resource_tracker.ensure_running()  # its own start, which would come in between, ends by letting them through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True, slots=True)
class _Descriptor:
    """A file that a process gets from the one that starts it: there, its number."""

    number: int

    def __reduce__(self) -> tuple[Callable[[Any], int], tuple[Any]]:
        return _received, (reduction.DupFd(self.number),)


def _received(duplicate: Any) -> int:
    return int(duplicate.detach())


@contextmanager
def _standard_error_aside() -> Iterator[_Descriptor | None]:
    """What starts meanwhile is silent until it takes its standard error from what this gives.

    A parent that is killed right then leaves a child that can only say so by a traceback: it knows nothing yet.
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


def _give(worker: _Worker, waiting: deque[int], tasks: Sequence[Callable[[], T]]) -> None:
    worker.task = waiting.popleft()
    # A worker that died while it was idle: its pipe says so when the result is waited for.
    with suppress(OSError):
        worker.pipe.send(tasks[worker.task])


def _end(worker: _Worker) -> None:
    worker.process.terminate()
    worker.process.join()
    worker.pipe.close()


def _death(worker: _Worker) -> str:
    code = worker.process.exitcode
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}; out of memory?"
    if code == 1:  # nothing of ours gives it; what the interpreter said of it nobody saw (see `_standard_error_aside`)
        return "exit code 1; a script that starts a job has to do so under 'if __name__ == \"__main__\":'"
    return f"exit code {code}"


def _work(pipe: Connection, standard_error: int | None) -> None:
    """The worker: task in, result or error out, until the parent is gone."""
    if standard_error is not None:
        os.dup2(standard_error, 2)
        os.close(standard_error)
    # Ctrl-C goes to the whole group of processes; it is the parent's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[Any, Exception | None] = (task(), None)
        except Exception as error:  # it is the parent's to raise; here it would be a traceback on a terminal
            answer = (None, presentable(error))
        try:
            pipe.send(answer)
        except OSError:
            return


def _end_with_parent() -> None:
    """A parent that is killed ends nobody: without this, its workers would go on with their shards beside a rerun."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
