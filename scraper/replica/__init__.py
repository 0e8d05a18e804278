"""A small server that stands in for the site, for tests and for ``vietnamvn demo``."""

from __future__ import annotations

from scraper.replica.content import ReplicaSite
from scraper.replica.faults import Fault
from scraper.replica.server import ReplicaServer

__all__ = ["Fault", "ReplicaServer", "ReplicaSite"]
