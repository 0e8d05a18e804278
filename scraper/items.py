"""What a crawl's callbacks yield besides `Article` and `Rejected`."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.models import Rejected
from pipelines.outcomes import Outcome
from scraper.visits import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadAddress:
    """An address of the ledger that brought no page (or the same as before), and why. Feeds do not contain it.

    It passes the item pipelines, so that the archive keeps its response and the ledger its outcome; your own pipelines
    should pass on what is not an `Article`. `rejected` is set if a page was read that is not an article, and that is
    to be stored.
    """

    visit: Visit
    url: str
    outcome: Outcome
    detail: str
    fetched_at: str
    rejected: Rejected | None = None
