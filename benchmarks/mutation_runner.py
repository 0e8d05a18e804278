"""For mutation.py: run tests, each time in a process forked from this one, which has loaded the libraries.

A line of JSON in asks for a run; its exit code comes out when it has ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

LIBRARIES = (
    "brotli", "fsspec", "hypothesis", "jinja2", "lxml.cssselect", "lxml.html", "numpy", "openpyxl", "psycopg",
    "py3langid", "pycld2", "pytest", "pyarrow.parquet", "scrapy.crawler", "scrapy.http", "scrapy.spiders",
    "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "starlette.applications", "tqdm", "warcio", "xdist",
    "xlsxwriter", "zstandard",
)  # fmt: skip


def run(asked: dict[str, Any]) -> int:
    """The tests, in this process."""
    os.setsid()
    os.chdir(asked["cwd"])
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.update(asked["environment"])
    sys.path[:0] = asked["path"]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    out = os.open(asked["out"], os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (asked["cpu"], asked["cpu"] + 5))
    import pytest  # not at the head, where workers of the tests would load it

    sys.argv = ["pytest", *asked["arguments"]]
    return int(pytest.main(asked["arguments"]))


def main() -> None:
    """Do what is asked, one run after the other."""
    sys.path.remove(str(Path(__file__).resolve().parent))
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    from hypothesis import settings

    settings.register_profile("some examples", max_examples=20)  # those of the tests take their number from here
    settings.load_profile("some examples")
    gc.freeze()  # pytest collects garbage at its end, and need not look at all of these
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            code = 3
            try:
                code = run(asked)
            finally:
                sys.stdout.flush()
                os._exit(code)
        until = time.monotonic() + asked["wall"]
        ended = status = 0
        while not ended:
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended and time.monotonic() > until:
                os.killpg(child, 9)
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):  # what the tests have left behind
            os.killpg(child, 9)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
