"""Waiting for a database beside an event loop: the loop goes on, one call waits at a time, a signal ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from scraper.waiting import Turns, patient


def _waiting(wait: object, attempts: int, done: list[str], name: str) -> str:
    for attempt in range(1, attempts + 1):
        if not wait(attempt, "the server is away."):  # type: ignore[operator]
            done.append(f"{name} gave up")
            raise TimeoutError(name)
    done.append(name)
    return name


def test_the_loop_goes_on_while_a_call_waits(capsys: pytest.CaptureFixture[str]) -> None:
    """What else is to be done is done meanwhile; calls of the store come one after another, in their order."""

    async def run() -> tuple[int, list[str]]:
        turns, wait, done, ticks = Turns(), patient(30), [], 0
        calls = [
            asyncio.ensure_future(turns(_waiting, wait, attempts, done, name))
            for attempts, name in ((2, "a"), (0, "b"))
        ]
        while not all(call.done() for call in calls):
            await asyncio.sleep(0.01)
            ticks += 1
        assert [call.result() for call in calls] == ["a", "b"]
        return ticks, done

    ticks, done = asyncio.run(run())
    assert done == ["a", "b"]
    assert ticks > 20, "the loop stood still for most of a second and a half"
    assert capsys.readouterr().err.count("the server is away.") == 1


def test_a_call_that_need_not_wait_is_a_plain_call() -> None:
    """No switch to another task between the call and its result, and its errors come out as they are."""

    async def run() -> list[str]:
        turns, seen = Turns(), []

        async def other() -> None:
            seen.append("other")

        task = asyncio.ensure_future(other())
        seen.append(await turns(str.upper, "call"))
        await task
        with pytest.raises(ZeroDivisionError):
            await turns(divmod, 1, 0)
        return seen

    assert asyncio.run(run()) == ["CALL", "other"]


def test_ctrl_c_ends_the_waiting_and_is_heard_by_its_handler() -> None:
    """Whoever handles the signal is told, and the call gives up within a second, not after its pause."""
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:

        async def run() -> tuple[float, list[str]]:
            done: list[str] = []
            began = time.monotonic()
            asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGINT)
            with pytest.raises(TimeoutError):
                await Turns()(_waiting, patient(300), 99, done, "a")
            return time.monotonic() - began, done

        seconds, done = asyncio.run(run())
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]
    assert done == ["a gave up"]
    assert seconds < 60, "it would have waited for five minutes"


def test_who_is_cancelled_while_it_waits_is_not_waited_for_again() -> None:
    """A crawl that is being ended cancels its tasks: what it still has to say to the store is then tried once."""

    async def run() -> list[str]:
        turns, wait, done = Turns(), patient(300), []
        task = asyncio.ensure_future(turns(_waiting, wait, 99, done, "a"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(turns(_waiting, wait, 99, done, "b"), timeout=60)
        return done

    assert asyncio.run(run()) == ["b gave up"]


def test_outside_a_loop_it_waits_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    """Commands have no loop: the thread sleeps, and the cause is said once."""
    done: list[str] = []
    assert _waiting(patient(30), 1, done, "a") == "a"
    assert capsys.readouterr().err.count("Waiting for it") == 1
