"""Runs the command from the first moment of its process to the last: Ctrl-C and SIGTERM end it the same way.

It imports only what Python has loaded already; the command itself is loaded inside `run`.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

_INTERRUPTED = 128 + signal.SIGINT  # `Exit.INTERRUPTED`, which is not loaded yet


def run(load: Callable[[], Callable[[], int]]) -> int:
    """Call what `load` returns; returns its exit code. A signal during loading is reported like one during the command;
    once the work is done, signals are ignored and cannot change its result."""
    if threading.current_thread() is not threading.main_thread():  # the caller handles signals
        return load()()
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = load()()
    except KeyboardInterrupt:
        code = _INTERRUPTED
        if sys.stderr is not None:
            sys.stderr.write("vietnamvn: interrupted\n")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
    if code == _INTERRUPTED:
        _end_at_once()
    return code


def _end_at_once() -> None:
    """Exit with the code for an interrupt. If the interrupt came during an `exec` (named tuples and data classes use
    it), Python would remember it, though caught, and end by the signal instead."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(_INTERRUPTED)
