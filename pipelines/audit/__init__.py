"""The corpus watches itself: chrome that survived, body that was lost, what changed on a day, and translations.

One pass over the texts of some weeks, in bounded memory; nothing of the pages themselves is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.audit.beside import Beside
from pipelines.audit.drift import Drift
from pipelines.audit.findings import Alarm, AuditedText, Example
from pipelines.audit.lost import Losses
from pipelines.audit.survived import Survivors
from pipelines.models import Article
from pipelines.storage.values import Revision
from pipelines.times import day_in_vietnam

__all__ = ["Alarm", "Audit", "AuditedText", "Auditor", "Example", "audit", "text_of", "text_of_article"]

_FIELDS = ("title", "lead", "publisher", "published", "source_url", "images", "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found in so many `texts`, in `languages`, seen on `days` days; `alarms` in groups, the worst first."""

    texts: int
    languages: int
    days: int
    alarms: tuple[Alarm, ...]


class Auditor:
    """Examines texts one by one, in any order that is the same each time."""

    def __init__(self) -> None:
        self._survivors, self._losses, self._drift, self._beside = Survivors(), Losses(), Drift(), Beside()
        self._texts = 0
        self._languages: set[str] = set()
        self._days: set[str] = set()

    def add(self, text: AuditedText) -> None:
        """Examine one text."""
        self._texts += 1
        self._languages.add(text.language)
        self._days.add(text.day)
        self._survivors.add(text)
        self._losses.add(text)
        self._drift.add(text)
        self._beside.add(text)

    def watching(self, texts: Iterable[Revision]) -> Iterator[Revision]:
        """Pass stored texts on, and examine each on the way."""
        for stored in texts:
            self.add(text_of(stored))
            yield stored

    def result(self) -> Audit:
        """What was found so far."""
        parts = (self._survivors, self._losses, self._drift, self._beside)
        alarms = tuple(alarm for part in parts for alarm in part.alarms())
        return Audit(texts=self._texts, languages=len(self._languages), days=len(self._days), alarms=alarms)


def audit(texts: Iterable[AuditedText]) -> Audit:
    """Examine texts once, in any order that is the same each time."""
    auditor = Auditor()
    for text in texts:
        auditor.add(text)
    return auditor.result()


def text_of(stored: Revision) -> AuditedText:
    """What an audit examines of a stored text; its day is that of the first sighting."""
    day = day_in_vietnam(stored.first_seen)
    return text_of_article(stored.article, slug=stored.slug, language=stored.language, day=day)


def text_of_article(article: Article, *, slug: str, language: str, day: date | None) -> AuditedText:
    """The same for an article that was seen on a day."""
    rules = {line.rule for line in article.stripped}
    return AuditedText(
        url=article.url or f"{language}/{slug}",
        slug=slug,
        language=language,
        day="" if day is None else day.isoformat(),
        title=article.title,
        paragraphs=article.paragraphs,
        stripped=tuple((line.text, line.rule) for line in article.stripped),
        stripped_at=article.stripped_at,
        features={
            **{f"layout {article.extractor}": True},
            **{f"rule {rule}": True for rule in sorted(rules)},
            **{f"{name} is there": bool(getattr(article, name)) for name in _FIELDS},
            "the language is the one claimed": article.language_agrees is not False,
            "a paragraph is in another language": bool(article.untranslated),
        },
        lengths={
            "paragraphs of an article": float(len(article.paragraphs)),
            "characters of an article": float(sum(map(len, article.paragraphs))),
            "stripped lines of an article": float(len(article.stripped)),
        },
    )
