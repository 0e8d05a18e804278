"""Which revisions share a claim: where the other slugs of an article are looked for, without reading the store.

A claim (another slug that is named, a source address) is kept as a number made of it. Equal numbers are a hint;
`pipelines.translations.groups` decides from the texts themselves what joins slugs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

from sqlalchemy import Connection, bindparam, delete, exists, func, select

from pipelines.models import Article
from pipelines.storage.reading import is_current
from pipelines.storage.schema import articles, claims, revisions
from pipelines.storage.sets import parts_of
from pipelines.translations.groups import Claims, claims_of

_FORGET = delete(claims).where(claims.c.revision_id == bindparam("revision"))
_AT_ONCE = 500  # claims in one question


def numbers(article_claims: Claims) -> set[int]:
    """The numbers of claims; those of slugs are negative."""
    found = {slug_number(slug) for slug in article_claims.named}
    return found | {
        _number(f"{kind}:{value}")
        for kind, value in (("path", article_claims.path), ("number", article_claims.number))
        if value
    }


def slug_number(slug: str) -> int:
    """The number of the claim that this slug is the article's."""
    return -1 - _number(f"slug:{slug}")


def _number(claim: str) -> int:
    return int.from_bytes(blake2b(claim.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def numbers_of(slug: str, article: Article) -> set[int]:
    """The numbers of the claims of an article under this slug."""
    return numbers(claims_of(slug, article.alternates, article.source_url, article.url))


def write(connection: Connection, by_revision: Mapping[int, Collection[int]]) -> None:
    """Keep the claims of revisions that have none yet."""
    rows = [(claim, revision) for revision, numbers in by_revision.items() for claim in numbers]
    if rows:  # in the order of the table, whose pages are then read once each
        connection.execute(
            claims.insert(), [{"claim": claim, "revision_id": revision} for claim, revision in sorted(rows)]
        )


def forget(connection: Connection, revision_ids: Iterable[int]) -> None:
    """Take away the claims of these revisions."""
    if rows := [{"revision": revision} for revision in revision_ids]:
        connection.execute(_FORGET, rows)


def slugs_with(connection: Connection, wanted: Collection[int], *, current_only: bool = True) -> set[str]:
    """The slugs of current revisions, or of any, that have one of these claims."""
    found: set[str] = set()
    asked = sorted(wanted)
    query = (
        select(articles.c.slug)
        .join(revisions, is_current() if current_only else revisions.c.article_id == articles.c.id)
        .join(claims, claims.c.revision_id == revisions.c.id)
        .where(claims.c.claim.in_(bindparam("wanted", expanding=True)))
        .distinct()
    )
    for some in parts_of(asked, _AT_ONCE):
        found |= set(connection.execute(query, {"wanted": some}).scalars())
    return found


def joining(connection: Connection, *, current_only: bool = True) -> set[str]:
    """The slugs of current revisions, or of any, that name another slug, or share a claim with one."""
    claimed = (
        select(claims.c.claim, articles.c.slug)
        .join(revisions, revisions.c.id == claims.c.revision_id)
        .join(articles, is_current() if current_only else revisions.c.article_id == articles.c.id)
    )
    shared = claimed.with_only_columns(claims.c.claim).group_by(claims.c.claim)
    shared = shared.having(func.min(articles.c.slug) < func.max(articles.c.slug))
    naming: Iterable[str] = connection.execute(
        claimed.with_only_columns(articles.c.slug).where(claims.c.claim < 0).distinct()
    ).scalars()
    sharing = list(connection.execute(shared).scalars())
    return set(naming) | slugs_with(connection, sharing, current_only=current_only)


def languages_of(connection: Connection) -> dict[str, int]:
    """How many articles each language (of the addresses) has."""
    has_text = exists().where(is_current())
    query = select(articles.c.language, func.count()).where(has_text).group_by(articles.c.language)
    return {row[0]: row[1] for row in connection.execute(query)}
