"""Which articles a run read and which fields they had: the figures that are compared from run to run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipelines.models import Article

_FIELDS = ("title", "publisher", "published", "source_url", "images")
_NO_LAYOUT = ("json-ld", "trafilatura")  # what extraction falls back on if no layout matches


class Coverage:
    """Counts of articles: `articles` by language of the address, `fields` by the fields they have, `layout_unknown`
    those that matched no layout, `rights` by usage and answer.
    """

    def __init__(self) -> None:
        self.articles: Counter[str] = Counter()
        self.fields: Counter[str] = Counter(dict.fromkeys(_FIELDS, 0))
        self.rights: Counter[tuple[str, str]] = Counter()
        self.layout_unknown = 0

    def add(self, article: Article) -> None:
        """Count one article."""
        self.layout_unknown += article.extractor.startswith(_NO_LAYOUT)
        self.articles[article.url_language or "?"] += 1
        self.rights.update((u, a) for u, a in article.rights.answers().items() if a != "unsaid")
        self.fields.update([name for name in _FIELDS if getattr(article, name)])

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """The counts as the manifest has them."""
        rights: dict[str, dict[str, int]] = {}
        for usage, answer in sorted(self.rights):
            rights.setdefault(usage, {})[answer] = self.rights[usage, answer]
        return {"articles": dict(sorted(self.articles.items())), "fields": dict(self.fields), "rights": rights}
