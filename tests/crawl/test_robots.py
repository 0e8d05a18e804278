"""robots.txt in every form that sites are found with: what they forbid is not fetched."""

from __future__ import annotations

from scraper.sources.robots import parse_robots


def test_robots() -> None:
    """robots.txt is read for our user agent, with its delay and sitemaps; broken bytes do not hurt."""
    robots = parse_robots(
        b"User-agent: *\nDisallow: /api/\nCrawl-delay: 3\nSitemap: https://x/s.xml\n\xff\xfe", "https://x/robots.txt"
    )
    assert robots.allows("https://x/a", "vietnamvn/0.1")
    assert not robots.allows("https://x/api/a", "vietnamvn/0.1")
    assert robots.delay("vietnamvn/0.1") == 3.0
    assert robots.sitemaps == ("https://x/s.xml",)
