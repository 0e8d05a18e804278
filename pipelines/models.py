"""The values that flow through the project: a page comes in, an article or a reasoned rejection goes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pipelines import notebook
from pipelines.outcomes import Outcome
from pipelines.record import FIELDS, names
from pipelines.record_types import BY_NAME, IMAGES, INTEGERS, RIGHTS, STRIPPED, TEXTS, Type
from pipelines.record_types import Kind as Kind
from pipelines.rights import Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlPage:
    """A page as it came over the wire or out of an archive.

    `body` is undecoded; `content_type` the HTTP header of that name, if known; `status` the HTTP status;
    `fetched_at` an ISO 8601 time with offset. `url` is the address the bytes were served from. `headers` are all of the
    answer's as they came, pairs of name and value: what they say of the page's use is in its record. Raises `TypeError`
    where `body` is no bytes: decoding is part of the work, and a text that was decoded elsewhere may be wrong.
    """

    body: bytes
    url: str | None = None
    content_type: str | None = None
    status: int = 200
    fetched_at: str | None = None
    headers: Sequence[tuple[str, str]] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.body, bytes):
            raise TypeError(
                f"HtmlPage(body=…) takes the page's bytes, not {type(self.body).__name__}: give Path.read_bytes() or a "
                "response's content; a text without markup is a TextPage(text=…)"
            )
        _require_address(self.url, "HtmlPage")

    def __repr__(self) -> str:  # its body may be megabytes, in a notebook and in every traceback
        status = "" if self.status == 200 else f"status {self.status}"
        return notebook.line("HtmlPage", self.url, status, f"{len(self.body):,} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """A page as web corpora hold it: the visible text, one block a line, its address and time if the row has them.

    Raises `TypeError` where `text` is no text.
    """

    text: str
    url: str | None = None
    fetched_at: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(
                f"TextPage(text=…) takes a text, not {type(self.text).__name__}: decode it first; the bytes of a page "
                "of HTML are an HtmlPage(body=…)"
            )
        _require_address(self.url, "TextPage")

    def __repr__(self) -> str:
        return notebook.line("TextPage", self.url, f"{len(self.text):,} characters")


def _require_address(url: object, name: str) -> None:
    if url is not None and not isinstance(url, str):
        raise TypeError(f"{name}(url=…) takes an address as text or None, not {type(url).__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of the article. `alt` is often the untranslated Vietnamese title or a file name (SITE.md)."""

    src: str | None = None
    alt: str | None = None
    caption: str | None = None


NOT_ARTICLE = "not-article: "
"""Begins the rule of what stands beside the article on its page; what kind of part it was in follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripped:
    """A line or text node that was taken away, and the name of the rule that took it."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A page that is no article: its outcome, one of `pipelines.outcomes.REJECTED`, and a line of detail for people."""

    url: str | None
    outcome: Outcome
    detail: str
    fetched_at: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON types, in the order of the fields."""
        return {"url": self.url, "outcome": self.outcome, "detail": self.detail, "fetched_at": self.fetched_at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One language version of one article, with where it came from and everything that was taken away.

    Field names are those of the JSON record. Dates are ISO 8601: a day alone (the day in Vietnam, UTC+7) where
    only the day is known, else a time with its offset. `text` is `paragraphs` joined by a blank line;
    `untranslated` and `stripped_at` hold indices into `paragraphs`; `content_sha256` covers title, lead and paragraphs
    (see `content_hash`).
    """

    url: str | None
    host: str | None = None
    slug: str | None = None
    url_language: str | None = None
    html_language: str | None = None
    language: str | None = None
    language_script: str | None = None
    language_score: float = 0.0
    language_detector: str = "none"
    language_agrees: bool | None = None
    title: str | None = None
    lead: str | None = None
    paragraphs: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    untranslated: tuple[int, ...] = ()
    images: tuple[Image, ...] = ()
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    source_url: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    comment_count: int | None = None
    alternates: Mapping[str, str] = field(default_factory=dict)
    canonical_url: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    stripped: tuple[Stripped, ...] = ()
    stripped_at: tuple[int, ...] = ()
    confidence: float | None = None
    extractor: str
    extractor_version: str
    fetched_at: str | None = None
    capture: str | None = None
    rights: Rights = field(default_factory=Rights)
    outcome: Literal["ok"] = "ok"

    def __repr__(self) -> str:
        key = f"{self.url_language or '?'}/{self.slug}" if self.slug else self.url
        return notebook.line("Article", key, notebook.cut(self.title), f"{len(self.paragraphs)} paragraphs")

    def _repr_html_(self) -> str:
        return notebook.article(self)

    @property
    def text(self) -> str:
        """The paragraphs, joined by a blank line."""
        return "\n\n".join(self.paragraphs)

    @property
    def content_sha256(self) -> str:
        """Lower-case hexadecimal SHA-256 over title, lead and paragraphs: equal for equal content, wherever seen."""
        return content_hash(self.title, self.lead, self.paragraphs)

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON types, `text` and `content_sha256` included; keys in a fixed order."""
        return {name: getattr(self, name) if plain is None else plain(getattr(self, name)) for name, plain in _AS_JSON}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Article:
        """The inverse of `to_dict`; `text` and `content_sha256` are derived, so they are not read.

        Raises `KeyError` where a required field is missing, `TypeError` where a value has the wrong shape.
        """
        values: dict[str, Any] = {name: record[name] for name in _FIELD_NAMES if name in record}
        if "extractor" not in values or "extractor_version" not in values or "url" not in values:
            raise KeyError("url, extractor and extractor_version are required in an article record")
        for name in _LISTS:
            if name in values:
                values[name] = tuple(values[name])
        values["images"] = tuple(Image(**image) for image in values.get("images", ()))
        values["stripped"] = tuple(Stripped(**line) for line in values.get("stripped", ()))
        if not isinstance(rights := values.get("rights", ()), Rights):
            values["rights"] = Rights.of_plain(rights)
        return cls(**values)


def _images(images: tuple[Image, ...]) -> list[dict[str, str | None]]:
    return [{"src": image.src, "alt": image.alt, "caption": image.caption} for image in images]


def _stripped(lines: tuple[Stripped, ...]) -> list[dict[str, str]]:
    return [{"text": line.text, "rule": line.rule} for line in lines]


_PLAIN: dict[Type, Callable[[Any], Any]] = {
    TEXTS: list,
    INTEGERS: list,
    IMAGES: _images,
    STRIPPED: _stripped,
    BY_NAME: dict,
    RIGHTS: Rights.plain,
}
_AS_JSON = tuple((name, _PLAIN.get(FIELDS[name].type)) for name in names("record"))
OBJECTS = {name: plain for name, plain in _AS_JSON if plain is not None and plain is not list}
"""The fields of a record that JSON knows in another shape than `Article`, and what makes that of them."""

_FIELD_NAMES = tuple(f.name for f in fields(Article))
_LISTS = tuple(name for name in _FIELD_NAMES if FIELDS[name].type in (TEXTS, INTEGERS))
"""The fields of a record whose JSON form differs from `Article`'s, and what converts them."""


def content_hash(title: str | None, lead: str | None, paragraphs: tuple[str, ...] | list[str]) -> str:
    """SHA-256 over the compact JSON array ``[title, lead, [paragraphs]]`` in UTF-8, lower-case hexadecimal.

    The array keeps the parts apart, so text moving from the lead into a paragraph is a different content.
    """
    payload = json.dumps([title, lead, list(paragraphs)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()
