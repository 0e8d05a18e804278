"""What a crawl's callbacks yield beside `Article` and `Rejected`."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.models import Rejected
from pipelines.outcomes import Outcome
from scraper.visits import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadAddress:
    """An address of the ledger that brought no page (or the same as before), with why; no feed has it.

    It passes the item pipelines, so that the archive keeps its response and the ledger its outcome: pipelines of your
    own pass on what is no `Article`. `rejected` is why a page that was read is no article, where that is
    to be stored.
    """

    visit: Visit
    url: str
    outcome: Outcome
    detail: str
    fetched_at: str
    rejected: Rejected | None = None
