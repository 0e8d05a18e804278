"""Under which key a text is stored: its host-independent slug and the language its address claims."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from urllib.parse import quote

from pipelines.languages import language_code_problem
from pipelines.models import Article, Rejected
from pipelines.site import claimed_language, has_site_addresses, is_site_host, normalise_url, parse_address
from pipelines.web.addresses import NoAddressError, read_address

# Slugs are lower case, so a key that begins with a capital can be no slug: made-up keys never meet real ones.
BY_CONTENT, _BY_PATH, BY_URL, _BY_BYTES, _BY_HASH, BY_MARK = "SHA256:", "PATH:", "URL:", "RAW:", "LONG:", "REMOVED:"
_LONGEST = 2_000  # bytes; an index of PostgreSQL holds 2,700, and what stands beside the key is in it too
REVISION_DIGITS = 16
"""So many digits of a text's hash stand behind ``#`` in the id of a revision."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes no NUL, UTF-8 no lone surrogate
_LANGUAGE_UNKNOWN = "und"


def article_key(article: Article, *, hosts: Collection[str] = ()) -> tuple[str, str]:
    """(slug, language) of an article.

    The slug alone on the site's hosts (and `hosts`, and this machine), whatever the rest of the address; the whole
    address elsewhere, since another site's slug is another article; the content where there is no address, which
    keeps two different texts apart.

    >>> article_key(Article(url="https://vjs.vietnam.vn/fr/bai-viet/", slug="bai-viet", url_language="fr",
    ...                     extractor="x", extractor_version="1"))
    ('bai-viet', 'fr')
    """
    language = (article.url_language or "").lower()
    if article.slug and language and article.url is not None and is_site_host(article.host):
        return _slug(article.slug), _column(language)  # by far the most, without taking the address apart
    if article.url is not None:
        key = address_key(article.url, hosts=hosts, slug=article.slug)
        if key is not None:
            return key[0], _column(language) or key[1]
    if article.slug is not None:
        return _slug(article.slug), _column(language) or _LANGUAGE_UNKNOWN
    stated = (article.html_language or "").lower()  # whatever a page wrote there
    claimed = language or (_LANGUAGE_UNKNOWN if language_code_problem(stated) else stated)
    return BY_CONTENT + article.content_sha256, _column(claimed)


def address_key(url: str, *, hosts: Collection[str] = (), slug: str | None = None) -> tuple[str, str] | None:
    """(slug, language) by an address alone; None where it is no http(s) address. A known `slug` is taken as it is.

    >>> address_key("http://Vietnam.vn//en/bai-viet?utm_source=x#top")
    ('bai-viet', 'en')
    >>> address_key("https://example.org/en/bai-viet")
    ('URL:https://example.org/en/bai-viet', 'en')
    """
    try:
        web = read_address(url)
    except NoAddressError:
        return None
    address, plain = parse_address(web), normalise_url(web)
    language = _column(claimed_language(address, hosts=hosts) or "") or _LANGUAGE_UNKNOWN
    if not (has_site_addresses(address.host) or address.host in hosts):
        return _slug(plain, BY_URL), language
    found = slug or address.slug
    if found is not None:
        return _slug(found), language
    return _slug(plain.removeprefix(web.origin), _BY_PATH), language


def reject_key(rejected: Rejected) -> str:
    """The key of a rejection: its address in one spelling, else a hash of what is known of it."""
    if rejected.url is not None:
        try:
            return _slug(normalise_url(rejected.url), BY_URL)
        except ValueError:
            return _slug(rejected.url, BY_URL)
    known = f"{rejected.detail}\n{rejected.fetched_at}".encode("utf-8", "surrogatepass")
    return BY_CONTENT + hashlib.sha256(known).hexdigest()


def storable(value: str | None) -> str | None:
    """A text as both databases can hold it in a column: what they cannot hold becomes U+FFFD."""
    return None if value is None else _UNSTORABLE.sub("�", value)


def _column(value: str) -> str:
    return bounded(_UNSTORABLE.sub("�", value))


def _slug(value: str, prefix: str = "") -> str:
    if _UNSTORABLE.search(value):
        key = _BY_BYTES + prefix + quote(value.encode("utf-8", "surrogatepass"), safe="/:?&=-._~")
    else:
        key = prefix + (value if prefix else value.lower())
    return bounded(key)


def bounded(key: str) -> str:
    """A key as it is, or its hash where an index could not hold it; no address of the site is so long.

    >>> bounded("bai-viet"), bounded("x" * 3_000)[:13]
    ('bai-viet', 'LONG:e1630f84')
    """
    if len(key) * 4 > _LONGEST and len(encoded := key.encode()) > _LONGEST:
        return _BY_HASH + hashlib.sha256(encoded).hexdigest()
    return key
