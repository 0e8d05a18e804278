"""The command as a process of its own, from its first moment to its last: Ctrl-C and SIGTERM end it in one way.

It loads nothing but what Python has loaded already: what the command needs is loaded inside.
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
    """What `load` gives, called; its exit code. A signal while it loads is told as one in the command is, and once the
    work is done none changes what came of it."""
    if threading.current_thread() is not threading.main_thread():  # somebody's program, who sees to signals themselves
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
    """Python ends by the signal itself, and not with our code, where that came while a text was executed (as modules
    with named tuples and data classes do): it keeps that in mind, whoever has caught the interrupt."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(_INTERRUPTED)
