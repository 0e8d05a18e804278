"""What an audit finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["survived", "headlines", "lost", "drift", "translations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedText:
    """The parts of a text that an audit examines.

    `day` is that on which it was first seen (in Vietnam), `language` is the address's.
    """

    url: str
    slug: str
    language: str
    day: str
    title: str | None
    paragraphs: tuple[str, ...]
    stripped: tuple[tuple[str, str], ...]  # text, rule
    stripped_at: tuple[int, ...]
    features: Mapping[str, bool]  # what is counted by day, see `drift`
    lengths: Mapping[str, float]  # what is measured by day


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A line on one page, or the page alone."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing that somebody should look at.

    `kind` is "survived" (a line, or how lines begin, that many articles share), "headlines" (paragraphs that are titles
    of other articles), "lost" (stripped lines that read like the article's own), "drift" (a share or a length that
    changed on a day) or "translations" (the same for the share of texts that differ from those in the other languages).
    `what` is the line, its beginning, or the name of what changed; `articles` of `of` have it. For the last two kinds
    `before` and `after` are shares or means, `day` the first day of the new state. `where` is begin, middle or end of
    the article; `rule` the rule that took the line, or that nearly caught it.
    """

    kind: Kind
    languages: tuple[str, ...]
    what: str
    articles: int
    of: int
    day: str | None = None
    where: str | None = None
    rule: str | None = None
    before: float | None = None
    after: float | None = None
    examples: tuple[Example, ...] = field(default=())

    @property
    def share(self) -> float:
        """The share of the articles that could have it."""
        return self.articles / self.of if self.of else 0.0

    def __str__(self) -> str:
        tongues = ", ".join(self.languages)
        if self.kind in ("drift", "translations"):
            # Lengths are 1 or more, and one that changes is over 1 on one side.
            is_share = max(self.before or 0.0, self.after or 0.0) <= 1
            before, after = (_figure(value, is_share=is_share) for value in (self.before, self.after))
            return f"{tongues}: from {self.day} on {self.what} {before} -> {after}"
        part = f"{tongues}: {self.articles:,} of {self.of:,} articles ({self.share:.0%})"
        if self.kind == "survived":
            near = f", near what {self.rule} took" if self.rule else ""
            return f"{part} share a line that was not stripped, at the {self.where}{near}: {self.what}"
        if self.kind == "headlines":
            return f"{part} have titles of other articles as paragraphs, at the {self.where}: {self.what}"
        return f"{part} lost a line of their own to the rule {self.rule}: {self.what}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "kind": self.kind,
            "languages": list(self.languages),
            "what": self.what,
            "articles": self.articles,
            "of": self.of,
            "day": self.day,
            "where": self.where,
            "rule": self.rule,
            "before": self.before,
            "after": self.after,
            "examples": [{"url": example.url, "text": example.text} for example in self.examples],
        }


def _figure(value: float | None, *, is_share: bool) -> str:
    if value is None:
        return "-"
    return f"{value:.0%}" if is_share else f"{value:,.1f}"
