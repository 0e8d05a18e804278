"""Work in forked processes that may be killed: quick to start, since everything is imported already."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable


def fork(work: Callable[[], None]) -> int:
    """Do `work` in a child process that ends with 0, or with 1 and its traceback on standard error; its id."""
    child = os.fork()
    if child:
        return child
    code = 0
    try:
        work()
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stderr.flush()
        os._exit(code)


def wait(child: int) -> int:
    """The child's exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_after(child: int, seconds: float) -> bool:
    """Kill a child that is still at work after so long; whether it was."""
    time.sleep(seconds)
    ended, _ = os.waitpid(child, os.WNOHANG)
    if ended:
        return False
    os.kill(child, signal.SIGKILL)
    return wait(child) == -signal.SIGKILL
