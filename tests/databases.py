"""Databases for tests: a file, a fresh database on the running PostgreSQL, a PostgreSQL cluster of our own.

`VIETNAMVN_TEST_POSTGRES` is the address of a server where databases may be created; with
`VIETNAMVN_REQUIRE_POSTGRES=1` a missing server is a failure, not a skip.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

SERVER = os.environ.get("VIETNAMVN_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


def _absent(reason: str) -> None:
    if os.environ.get("VIETNAMVN_REQUIRE_POSTGRES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def fresh_postgres_database() -> Iterator[str]:
    """A database of its own on the running server, dropped afterwards; skips where no server runs."""
    url = make_url(SERVER)
    try:
        admin = psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True, connect_timeout=5
        )
    except psycopg.OperationalError as error:
        _absent(f"no PostgreSQL at {url}: {error}")
    name = f"vietnamvn_test_{uuid.uuid4().hex}"
    with admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Cluster:
    """A PostgreSQL server of our own on a Unix socket, which may be stopped without disturbing anybody."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._data, self._binaries, self._socket = folder / "data", binaries, folder
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._user = "postgres" if os.geteuid() == 0 else os.environ.get("USER", "postgres")
        if os.geteuid() == 0:
            folder.chmod(0o755)
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(self._data), "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")

    @property
    def url(self) -> str:
        """The store's address on this server."""
        return f"postgresql+psycopg://{self._user}@/postgres?host={self._socket}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-c listen_addresses='' -k {self._socket} -c max_connections=20"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._socket / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop as a power cut would: no goodbye to anybody."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    def _run(self, command: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, str(self._binaries / command), *arguments], check=True, stdout=subprocess.DEVNULL, timeout=300
        )


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A running cluster of our own in a short path (a socket's name may have 100 characters), removed afterwards."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if initdb is None:
        _absent("PostgreSQL's server programs (initdb, pg_ctl) are not installed")
    assert initdb is not None
    folder = Path("/tmp") / f"vn-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    try:
        cluster = Cluster(folder, Path(initdb).parent)
        cluster.start()
        try:
            yield cluster
        finally:
            subprocess_error = None
            try:
                cluster.stop()
            except subprocess.CalledProcessError as error:  # a test may have left it stopped
                subprocess_error = error
            assert subprocess_error is None or not (folder / "data" / "postmaster.pid").exists()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
