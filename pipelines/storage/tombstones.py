"""How the store recognises what was taken down, without keeping a word of it.

A tombstone is a mark: the HMAC-SHA256 of a key (a slug, one language of a slug, a common source) with a random key of
the store. Whoever holds the store can ask whether a name that they know was taken down, and learns no name from it.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from sqlalchemy import Connection, select, update

from pipelines.languages import language_code_problem
from pipelines.models import Article, Rejected
from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.storage.keys import BY_CONTENT, BY_MARK, address_key
from pipelines.storage.notes import noted
from pipelines.storage.schema import TOMBSTONES, meta, tombstones
from pipelines.translations.groups import claims_of

KEYS = "tombstone_keys"
"""The row of `meta` with the keys of the marks, in hexadecimal digits, by blanks."""

# What can be an address or a key in a text that this program wrote: a run's options, the detail of a reject.
_WORD = re.compile(r"[^\s\"'<>,;()\[\]{}\\]+")


class Tombstones:
    """The marks of a store. Empty ones say no to everything, and cost nothing."""

    def __init__(self, keys: Sequence[bytes], marks: Collection[str], hosts: Collection[str]) -> None:
        self.keys, self.marks = tuple(keys), frozenset(marks)
        self._hosts = hosts
        self._holds = lru_cache(maxsize=10_000)(self._ask)

    def __bool__(self) -> bool:
        return bool(self.marks)

    def mark(self, kind: str, *names: str) -> str:
        """The mark of a key under the first key of the store: of a ``slug``; of a ``version``, by its language and
        slug; of a ``source``."""
        return _mark(self.keys[0], kind, names)

    def marks_of(self, kind: str, *names: str) -> list[str]:
        """The same under every key."""
        return [_mark(key, kind, names) for key in self.keys]

    def hit(self, slug: str, language: str) -> str | None:
        """The mark by which a text under this key is taken down; that of the article goes before that of a version."""
        marks = [*self.marks_of("slug", slug), *self.marks_of("version", language, slug)] if self.marks else []
        return next((mark for mark in marks if mark in self.marks), None)

    def holds_slug(self, slug: str) -> bool:
        """Whether the whole article of this slug was taken down."""
        return bool(self.marks) and self._holds("slug", slug)

    def holds(self, slug: str, language: str) -> bool:
        """Whether a text under this key was taken down: the article, or this version of it."""
        return bool(self.marks) and (self._holds("slug", slug) or self._holds("version", language, slug))

    def holds_address(self, url: str | None) -> bool:
        """Whether the text of an address was."""
        if not self.marks or url is None:
            return False
        key = address_key(url, hosts=self._hosts)
        return key is not None and self.holds(*key)

    def holds_article(self, key: tuple[str, str], article: Article) -> bool:
        """Whether an article under this key was, or is another address of one that was."""
        if not self.marks:
            return False
        if self.holds(*key) or self.holds_address(article.url):
            return True
        if article.url is None and self.holds(BY_CONTENT + article.content_sha256, key[1]):
            return True
        claims = claims_of(key[0], article.alternates, article.source_url, article.url)
        # The site's own word, and a common source: by these the store knows several slugs for one article.
        if any(self.holds_slug(slug) for slug in claims.named):
            return True
        return claims.path is not None and self._holds("source", claims.path)

    def holds_rejected(self, rejected: Rejected) -> bool:
        """Whether a page that is no article came from such an address, or its detail names one."""
        return bool(self.marks) and (self.holds_address(rejected.url) or self.are_in(rejected.detail))

    def are_in(self, text: str | None) -> bool:
        """Whether a text names an address or a key of what was taken down."""
        return bool(self.marks) and any(self.is_named(word) for word in _WORD.findall(text or ""))

    def without(self, text: str, instead: str = "(removed)") -> str:
        """A text without the words that name such an address or key."""
        if not self.marks:
            return text
        return _WORD.sub(lambda match: instead if self.is_named(match[0]) else match[0], text)

    def hits_in(self, text: str) -> set[str]:
        """The marks of those addresses and keys."""
        keys = [key for word in _WORD.findall(text) if (key := self._key(word)) is not None]
        return {mark for key in keys if (mark := self.hit(*key)) is not None}

    def is_named(self, word: str) -> bool:
        """Whether a word is such an address, ``fr/slug`` or a slug of several words."""
        key = self._key(word)
        return key is not None and self.holds(*key)

    def _key(self, word: str) -> tuple[str, str] | None:
        word = word.rstrip(".:")
        if "://" in word:
            return address_key(word[max(word.find("http"), 0) :], hosts=self._hosts)
        first, _, slug = word.rpartition("/")
        first = first.rpartition("/")[2].lower()
        if first and language_code_problem(first) is None:
            return (slug, first) if slug else None
        # A slug without a hyphen is any word or number: who names "404" does not mean every page with this status.
        return (slug, ORIGINAL_LANGUAGE) if "-" in slug or ":" in slug else None

    def in_ledger(self, slug: str, language: str) -> str:
        """The name of an address in the ledger: its slug, or the mark in its place."""
        return self.buried(slug, language) if self.holds(slug, language) else slug

    def buried(self, slug: str, language: str) -> str:
        """What stands in the place of a slug where its name must not stand: the mark by which it was taken down."""
        return BY_MARK + (self.hit(slug, language) or self.mark("version", language, slug))

    def _ask(self, kind: str, *names: str) -> bool:
        return not self.marks.isdisjoint(self.marks_of(kind, *names))


def _mark(key: bytes, kind: str, names: Sequence[str]) -> str:
    name = "\0".join((kind, *(unicodedata.normalize("NFC", name).lower() for name in names)))
    return hmac.digest(key, name.encode("utf-8", "surrogatepass"), "sha256").hex()


def load(connection: Connection, hosts: Collection[str]) -> Tombstones:
    """The tombstones of a store."""
    marks: Iterable[str] = connection.execute(select(tombstones.c.mark)).scalars()
    return Tombstones(keys_of(connection), set(marks), hosts)


def keys_of(connection: Connection) -> list[bytes]:
    """The keys of a store's marks; none where nothing was ever taken down."""
    return [bytes.fromhex(key) for key in (noted(connection, KEYS) or "").split()]


def change(connection: Connection) -> None:
    """Let everybody who stores something know that there are other tombstones now."""
    connection.execute(update(meta).where(meta.c.name == TOMBSTONES).values(value=secrets.token_hex(8)))
