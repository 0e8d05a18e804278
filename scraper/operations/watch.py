"""Reports a command's start and end by ``--ping`` and ``--metrics``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import VietnamvnError, exit_code, in_words
from pipelines.exits import Exit
from pipelines.store_address import masked
from scraper.cli.values import given, path
from scraper.messages import tell
from scraper.operations.metrics import Labels, require_metrics, update_metrics

WATCH_OPTIONS = frozenset({"metrics", "ping"})


def add_watch_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--metrics` and `--ping`."""
    watched = parser.add_argument_group("for monitoring the job")
    watched.add_argument(
        "--metrics",
        type=path,
        metavar="FILE",
        help="write metrics there for Prometheus (textfile collector), such as vietnamvn_crawl.prom; extra operations",
    )
    watched.add_argument(
        "--ping",
        type=given,
        metavar="URL",
        help="ping this address at start and end (URL/start, URL/<exit code>, as for healthchecks.io)",
    )


@dataclass(slots=True)
class Watch:
    """A job's report of its end; `values` are metrics by their names (`metrics.METRICS`)."""

    code: int | None = None
    account: str = ""
    values: dict[str, Mapping[Labels, float]] = field(default_factory=dict)


@contextmanager
def watching(options: argparse.Namespace, job: str) -> Iterator[Watch]:
    """Report the start, and the end with what the job put into its `Watch`; after an error, with its message.

    Raises `UsageError` for an invalid address, and if the extra for metrics is not installed. Later failures are one
    line on standard error and do not change the job's exit code.
    """
    ping = None
    if options.ping is not None:
        from scraper.operations.ping import Ping  # loads network modules, which most commands do not need

        ping = Ping(options.ping)
    if options.metrics is not None:
        require_metrics()
    began = time.time()
    _write(options.metrics, job, {"last_start_timestamp_seconds": {(): began}})
    if ping is not None:
        ping.start()
    watch = Watch()
    try:
        yield watch
    except BaseException as error:
        watch.code = Exit.INTERRUPTED if isinstance(error, KeyboardInterrupt) else exit_code(error)
        watch.account = "interrupted" if isinstance(error, KeyboardInterrupt) else masked(in_words(error))
        raise
    finally:
        ended = time.time()
        code = int(Exit.FAILED if watch.code is None else watch.code)
        values = {"last_end_timestamp_seconds": ended, "last_duration_seconds": ended - began, "last_exit_code": code}
        if code == Exit.DONE:
            values["last_success_timestamp_seconds"] = ended
        _write(options.metrics, job, {**{name: {(): value} for name, value in values.items()}, **watch.values})
        if ping is not None:
            ping.end(code, watch.account)


def _write(file: Path | None, job: str, values: Mapping[str, Mapping[Labels, float]]) -> None:
    if file is None:
        return
    try:
        update_metrics(file, job, values)
    except VietnamvnError as error:
        tell(f"--metrics: {error}")
