"""What tests of every part share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A deadline would be one of the machine: beside other tests an example may wait for its turn.
settings.register_profile("beside other tests", deadline=None)
settings.load_profile("beside other tests")


TESTS = Path(__file__).parent
# Folders and modules that take longest: they wait for processes, servers and browsers of their own, or have many
# examples. With the rest of the tests, the quick ones, a change can be tried every few minutes.
SLOW = (
    *("archives", "audit", "backfill", "batch", "crawl", "folders", "operations", "reader", "removals"),
    "cli/test_first_steps.py",
    "export/test_export_workers.py",
    "export/test_increments.py",
    "export/test_splits.py",
    "rights/test_rights_command.py",
    "storage/test_counts_for_reports.py",
    "storage/test_store_processes.py",
    "translations/test_align.py",
    "translations/test_align_workers.py",
    "translations/test_sentence_alignment.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the quick tests; of those that run on both databases, the ones on SQLite."""
    for item in items:
        place = item.path.relative_to(TESTS)
        is_slow = place.parts[0] in SLOW or place.as_posix() in SLOW or "postgresql" in item.name
        if not is_slow and item.get_closest_marker("soak") is None:
            item.add_marker(pytest.mark.quick)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database: what asks for it runs on both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.db"
    else:
        from databases import fresh_postgres_database  # only where it is used

        with fresh_postgres_database() as url:
            yield url


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real data beside the repository (`VIETNAMVN_SHARED` overrides it); skips where there is none."""
    default = Path(__file__).resolve().parents[1].parent / "shared"
    path = Path(os.environ.get("VIETNAMVN_SHARED", default))
    if not path.is_dir():
        pytest.skip(f"no shared data at {path}")
    return path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores, since crawls wait for their pauses; at most 8: PostgreSQL admits 100 clients."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores + 1, 8)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Of ``-n``, where no ``--dist`` is named: a module's tests stay together, since many share one crawl or export."""
    from xdist.scheduler import LoadFileScheduling

    if config.option.dist != "load":
        return None
    config.option.loadscopereorder = False  # by name: the modules that take longest are not the last
    return LoadFileScheduling(config, log)


def pytest_sessionstart(session: pytest.Session) -> None:
    """A shell starts what it puts in the background deaf to Ctrl-C, and with it every command that a test starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With `VIETNAMVN_SKIP_NOTHING=1` a run in which anything was skipped has failed (CI, all extras installed)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("VIETNAMVN_SKIP_NOTHING") == "1" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
