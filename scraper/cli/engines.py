"""The options for engines, which run the parts of a job; the same for every command that has them."""

from __future__ import annotations

import argparse
import re
import socket
from typing import TYPE_CHECKING

from pipelines.errors import UsageError, VietnamvnError
from pipelines.processors import usable_processors
from scraper.cli.values import whole_number

if TYPE_CHECKING:
    from pipelines.batch.engines import Engine

_REACH_SECONDS = 10


def add_engine_arguments(parser: argparse.ArgumentParser, *, workers: str) -> None:
    """Declare ``--engine``, ``--workers`` (with this help) and ``--ray-address``."""
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help="what runs the parts of the job")
    parser.add_argument("--workers", type=whole_number(1), metavar="N", help=workers)
    parser.add_argument("--ray-address", metavar="ADDRESS", help="the Ray cluster (default: one started for this run)")


def is_parallel(options: argparse.Namespace) -> bool:
    """Whether any of these arguments is given; without, some commands work in their own process."""
    return bool(options.workers or options.engine == "ray" or options.ray_address)


def engine_of(options: argparse.Namespace) -> Engine:
    """The requested engine; without ``--workers`` it has one worker per processor."""
    if options.engine == "ray":
        from pipelines.batch.engines.ray import RayEngine

        if options.ray_address:
            _reach(options.ray_address)
        return RayEngine(workers=options.workers, address=options.ray_address)
    if options.ray_address:
        raise UsageError("--ray-address is for --engine ray")
    from pipelines.batch.engines.local import LocalEngine  # loads `multiprocessing`, which most commands do not need

    return LocalEngine(workers=options.workers or usable_processors())


def _reach(address: str) -> None:
    """Check that something listens at a cluster's address; Ray itself would try for a minute, or end the process."""
    match = re.fullmatch(r"(?:ray://)?(.+):(\d+)", address)
    if match is None:
        return  # `auto` and the like, which Ray finds by itself
    try:
        socket.create_connection((match[1].strip("[]"), int(match[2])), timeout=_REACH_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise VietnamvnError(
            f"--ray-address {address}: nothing answers there ({error}); check the address, or start the cluster"
        ) from error
