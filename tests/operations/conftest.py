"""A small site and crawls of it in processes of their own, as cron and systemd start them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from forked import run_forked
from watched_crawls import ROOT, Crawl

from pipelines.storage import open_store
from scraper.replica import ReplicaServer, ReplicaSite


@pytest.fixture
def site() -> ReplicaSite:
    """Six articles in two languages, on two days."""
    return ReplicaSite(articles=6, per_day=3, languages=("vi", "en"), last_day=date(2025, 10, 23))


@pytest.fixture
def server(site: ReplicaSite) -> Iterator[ReplicaServer]:
    """The site, served."""
    with ReplicaServer(site) as running:
        yield running


@pytest.fixture
def command(server: ReplicaServer, tmp_path: Path) -> list[str]:
    """A crawl of the whole site into a store of its own."""
    crawl = [sys.executable, "-m", "scraper.cli", "crawl", "--base-url", server.base_url, "--delay", "0"]
    return [*crawl, "--since", "2025-10-20", "--until", "2025-10-23", "--store", f"sqlite:///{tmp_path}/store.db"]


@pytest.fixture
def crawl(command: list[str]) -> Crawl:
    """Run it with more options, and more in its environment."""

    def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_forked([*command, *options], folder=ROOT, environment={**os.environ, **environment})

    return run


@pytest.fixture
def empty_store(tmp_path: Path) -> str:
    """The address of a store without an article."""
    address = f"sqlite:///{tmp_path}/store.db"
    with open_store(address):
        return address
