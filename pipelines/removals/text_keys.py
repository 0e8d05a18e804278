"""Whose texts a row of a dataset holds: the ids and hashes by which a list of removals knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pipelines.batch.cleaned_rows import record_of
from pipelines.batch.input_rows import PREFIX
from pipelines.batch.output import CLEANED, is_row
from pipelines.export.manifest import EXPORT
from pipelines.manifests import Kind
from pipelines.models import Article
from pipelines.removal_list import RemovalList
from pipelines.storage.keys import address_key, article_key

Row = Mapping[str, Any]


class TextKey(NamedTuple):
    """A text in a row: its id and its hash, as far as the row has them."""

    id: str | None
    content_sha256: str | None


def texts_of(kind: Kind) -> Callable[[Row], Iterator[TextKey]]:
    """A function that finds the texts in a row of a dataset of this kind."""
    return {EXPORT.name: _of_export, CLEANED.name: _of_cleaned}.get(kind.name, _of_corpus)


def is_listed(row: Row, texts: Callable[[Row], Iterator[TextKey]], listed: RemovalList) -> bool:
    """Whether a row holds a text that was taken down."""
    return any(listed.has(*text) for text in texts(row))


def _of_export(row: Row) -> Iterator[TextKey]:
    identifier = row.get("id") or None
    if identifier is None and row.get("slug") and row.get("url_language"):
        identifier = f"{row['url_language']}/{row['slug']}"
    if identifier is None and row.get("url"):
        identifier = _id_by_address(row["url"])
    yield TextKey(identifier, row.get("content_sha256") or None)


def _of_corpus(row: Row) -> Iterator[TextKey]:
    """Sides of pairs, and of rows of many languages; by address where nothing else identifies them."""
    slug = row.get("slug")
    for side in row.get("texts") or row.get("versions") or ():
        yield TextKey(f"{side['language']}/{slug}", side.get("content_sha256"))
    for side in ("source", "target", "src", "trg"):
        language = row.get(f"{side}_language") or row.get(f"{side}_lang")
        if slug and language:
            yield TextKey(f"{language}/{slug}", row.get(f"{side}_content_sha256"))
        elif url := row.get(f"{side}_url"):
            yield TextKey(_id_by_address(url), None)


def _of_cleaned(row: Row) -> Iterator[TextKey]:
    record = record_of(row)
    if record is not None:
        article = Article.from_dict(record)
        slug, language = article_key(article)
        yield TextKey(f"{language}/{slug}", article.content_sha256)
        return
    url = row.get(f"{PREFIX}url") if is_row(row) else row.get("url")
    if isinstance(url, str):
        yield TextKey(_id_by_address(url), None)


def _id_by_address(url: str) -> str | None:
    key = address_key(url)
    return None if key is None else f"{key[1]}/{key[0]}"
