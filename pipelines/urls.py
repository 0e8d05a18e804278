"""Former home of `pipelines.site`, for code that still imports it from here."""

from pipelines.site import (
    ORIGINAL_LANGUAGE,
    SITE_DOMAIN,
    Address,
    article_url,
    is_site_host,
    normalise_url,
    parse_address,
)

__all__ = [
    "ORIGINAL_LANGUAGE",
    "SITE_DOMAIN",
    "Address",
    "article_url",
    "is_site_host",
    "normalise_url",
    "parse_address",
]
