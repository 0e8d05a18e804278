"""Every setting of the crawl, and the only place that reads the environment.

Scrapy reads the upper-case names of this module (`scrapy.cfg` names it), so ``scrapy crawl articles``, scrapyd and
``vietnamvn crawl`` run with the same ones. Variables of the environment, all optional:

- ``VIETNAMVN_CONTACT``: an address or a page where the site's operators reach you; it becomes part of the user agent.
- ``VIETNAMVN_USER_AGENT``: replaces the user agent altogether.
- ``VIETNAMVN_STORE``, ``VIETNAMVN_ARCHIVE``, ``VIETNAMVN_BASE_URL``: the defaults of the options of these names.
- ``VIETNAMVN_TOMBSTONES``: a file for the tombstones of a PostgreSQL store (docs/removal.md).
- ``VIETNAMVN_CACHE``: a folder for what can be fetched again (``vietnamvn`` in ``$XDG_CACHE_HOME`` or ``~/.cache``).
- ``VIETNAMVN_DEBUG``: with any value, an internal error shows its traceback and not only one line.
"""

from __future__ import annotations

import os

from pipelines.site import LARGEST_BODY, SITE_URL
from pipelines.store_address import DEFAULT_STORE

BOT_NAME = "vietnamvn"
SPIDER_MODULES = ["scraper.spiders"]
NEWSPIDER_MODULE = "scraper.spiders"

# ---- who we are

VIETNAMVN_CONTACT = os.environ.get("VIETNAMVN_CONTACT", "")
# An honest name: what this program is and, if its operator set a contact, where to complain.
USER_AGENT = os.environ.get("VIETNAMVN_USER_AGENT") or (
    f"vietnamvn/0.1 (article archive; {VIETNAMVN_CONTACT or 'no contact configured'})"
)

VIETNAMVN_DEBUG = bool(os.environ.get("VIETNAMVN_DEBUG"))

# ---- where things are

VIETNAMVN_BASE_URL = os.environ.get("VIETNAMVN_BASE_URL", SITE_URL)
VIETNAMVN_STORE = os.environ.get("VIETNAMVN_STORE") or DEFAULT_STORE
VIETNAMVN_ARCHIVE = os.environ.get("VIETNAMVN_ARCHIVE", "")
VIETNAMVN_TOMBSTONES = os.environ.get("VIETNAMVN_TOMBSTONES", "")
VIETNAMVN_CACHE = os.environ.get("VIETNAMVN_CACHE") or f"{os.environ.get('XDG_CACHE_HOME') or '~/.cache'}/{BOT_NAME}"

# The languages seen in addresses. This list is only a start: a page's own alternates add to it.
VIETNAMVN_LANGUAGES = [
    "vi", "ar", "bn", "cs", "de", "el", "en", "es", "fa", "fr", "he", "hi", "hu", "id", "ja", "km", "ko", "lo", "ms",
    "nl", "no", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "ur",
]  # fmt: skip

# ---- politeness: one request a second to the host, slower when the host is slow

DOWNLOAD_DELAY = 1.0
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 2
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
ROBOTSTXT_OBEY = True
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

# ---- bounds

DOWNLOAD_TIMEOUT = 60
DNS_TIMEOUT = 20
# A limit both for the bytes on the wire and for the bytes after decompression.
DOWNLOAD_MAXSIZE = LARGEST_BODY
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
# Bytes of pages that were read and wait for their transaction.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 128_000_000
# Response headers are bounded too, and a name may resolve to an inner address only if the user gave that host.
DOWNLOAD_HANDLERS = {
    "http": "scraper.connections.BoundedHTTP11DownloadHandler",
    "https": "scraper.connections.BoundedHTTP11DownloadHandler",
    **dict.fromkeys(("data", "file", "ftp", "s3")),  # only web pages are fetched
}
TWISTED_DNS_RESOLVER = "scraper.connections.PublicResolver"

# ---- of this crawl

RETRY_TIMES = 3
"""Further attempts within a run for failures that may pass: 429, 5xx, timeouts, broken connections."""
VIETNAMVN_BACKOFF = 2.0
"""Seconds before the first further attempt, doubled for each later one. The whole host waits."""
VIETNAMVN_MAX_RETRY_AFTER = 600.0
"""A Retry-After of more seconds is not waited for: the address fails, and the run counts a block."""
VIETNAMVN_MAX_CRAWL_DELAY = 600.0
"""With a Crawl-delay of more seconds the site is not crawled at all: one day's articles would take weeks."""
VIETNAMVN_STOP_AFTER_BLOCKS = 10
"""This many blocked or challenged pages in a row end the run early."""
VIETNAMVN_STOP_AFTER_FAILURES = 30
"""This many pages in a row without an answer (timeouts, broken connections, 5xx) end the run: the site is down."""
VIETNAMVN_BLOCKED_SHARE = 0.2
"""A run in which more than this share of the tried addresses was blocked ends with exit code 4."""
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # a page that sends its reader on is not an article; its target is in the archive
VIETNAMVN_LEASE_SECONDS = 300.0
"""How long a lease lasts without renewal. Longer than all waits for one address together."""
VIETNAMVN_BATCH = 64
"""Addresses leased at a time, and results stored in one transaction."""
VIETNAMVN_COMMIT_SECONDS = 1.0
"""Results wait at most this long for their transaction."""
VIETNAMVN_EXTRACTION_SHARE = 0.2
"""If extraction takes more than this share of the time, a separate process does it; 1: never."""
VIETNAMVN_LAYOUT_SHARE = 0.1
"""If no known layout matched on more than this share of the articles, the run warns of a changed layout."""
VIETNAMVN_AUDIT_ARTICLES = 100
"""A run audits its new texts as `vietnamvn audit` does, in languages with at least this many of them; 0: never."""
VIETNAMVN_RIGHTS = "record"
"""What the site says about the use of a page is recorded with it; `respect` also leaves out pages with reserved uses,
and `respect:train-ai,tdm` only those that reserve these uses (docs/rights.md)."""
VIETNAMVN_WARC_BYTES = 1_000_000_000
"""An archive file that has grown beyond this many bytes is closed, and the next one begun."""

# ---- the way of a request, and back

SCHEDULER = "scraper.scheduler.LedgerScheduler"  # the store's ledger, whose key recognises duplicates
VIETNAMVN_SOURCES = ["scraper.sources.site.SitemapIndexSource"]
"""Where addresses come from, once robots.txt allows the crawl: classes like those of `scraper.sources`."""

# Requests go down this table, responses up. Scrapy's own middlewares have Scrapy's numbers; put yours, in
# DOWNLOADER_MIDDLEWARES, at 543, where a response is decoded and judged. Those marked * replace one of Scrapy's that
# loses outcomes.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scraper.middlewares.gate.GateMiddleware": 40,  # an answer that is not a page goes to the errback, with its verdict
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": 49,  # for requests of users' own code
    "scraper.middlewares.hosts.HostsMiddleware": 50,  # * the same for this program's requests
    "scraper.middlewares.robots.RobotsMiddleware": 100,  # * RobotsTxtMiddleware
    "scraper.middlewares.site_rights.RightsMiddleware": 110,  # tdmrep.json, and what the site reserves
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": 300,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scraper.middlewares.retry.TypedRetryMiddleware": 550,  # * RetryMiddleware
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": 580,
    "scraper.middlewares.redirect.SameArticleRedirectMiddleware": 590,  # * RedirectMiddleware
    "scraper.middlewares.outcome.OutcomeMiddleware": 600,  # the verdict on every response
    "scraper.middlewares.decoding.DecodingMiddleware": 610,  # * HttpCompressionMiddleware
    "scraper.middlewares.cookies.RedirectCookiesMiddleware": 700,  # * CookiesMiddleware
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
    "scraper.middlewares.pauses.PausesMiddleware": 760,  # Retry-After and Crawl-delay, for the whole host
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
    "scraper.middlewares.wire.WireMiddleware": 880,  # the bytes for the archive
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": 900,
}

# Scrapy's defaults that are left out: Referer (none is sent), UrlLength (it drops without an outcome), Depth (leased
# pages have none), MetaCopyDetection (a help for development). HttpError is for requests of users' own code: for this
# program's the gate comes before it.
SPIDER_MIDDLEWARES_BASE = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": 50,
}

_OF_THE_SITE = "scraper.middlewares.site_rights.RightsMiddleware"
# The same table for web archives (`scraper.spiders.backfill`), with their own middlewares for judging and waiting.
_ARCHIVES = {
    "scraper.middlewares.hosts.HostsMiddleware": "scraper.middlewares.archives.ArchiveHostsMiddleware",
    "scraper.middlewares.robots.RobotsMiddleware": "scraper.middlewares.archives.ArchiveRobotsMiddleware",
    "scraper.middlewares.retry.TypedRetryMiddleware": "scraper.middlewares.archives.PatienceMiddleware",
    "scraper.middlewares.redirect.SameArticleRedirectMiddleware": (
        "scraper.middlewares.archives.ArchiveRedirectMiddleware"
    ),
    "scraper.middlewares.outcome.OutcomeMiddleware": "scraper.middlewares.archives.ArchiveAnswerMiddleware",
}

# Items go down this table. Yours, in ITEM_PIPELINES, are added to it: from 300 to 800 they see an article before it is
# stored, and may change or drop it; from 910 on, once it is durable.
ITEM_PIPELINES_BASE = {
    "scraper.item_pipelines.ArchivePipeline": 100,
    "scraper.item_pipelines.StoragePipeline": 900,
    "scraper.item_pipelines.RecordPipeline": 950,
}
# For each response, which has one item; with Scrapy's default of 100, a hundred tasks are started for each page.
CONCURRENT_ITEMS = 1

EXTENSIONS_BASE = {
    "scraper.extensions.crawl_run.RunExtension": 0,  # lock, store, ledger, account and manifest
    "scraper.extensions.stop.StopAfterSeries": 0,  # a site that refuses or is down is not hammered
    "scraper.extensions.progress.ProgressExtension": 0,
    "scraper.extensions.systemd.SystemdNotify": 0,  # only under systemd
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.telnet.TelnetConsole": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.memdebug.MemoryDebugger": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,  # `-o FILE`
    "scrapy.extensions.logstats.LogStats": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}

# ---- web archives: what these services ask for

VIETNAMVN_INDEX_DELAY = 1.0
"""Seconds between two requests to an index; one at a time."""
VIETNAMVN_DATA_DELAY = 0.5
"""Seconds between two requests to Common Crawl's data host."""
VIETNAMVN_WAYBACK_DELAY = 6.0
"""Seconds between two requests to the Internet Archive."""
VIETNAMVN_WAYBACK_LINES = 25_000
"""Lines to ask of the Internet Archive's index at once: some megabytes."""
VIETNAMVN_PIECE_BYTES = 8_000_000
"""Bytes of one request for a file that is read whole; three pieces are in memory."""
VIETNAMVN_LONGEST_BACKOFF = 60.0
"""Longest pause in seconds that doubling may reach; a Retry-After may ask for more."""
VIETNAMVN_PATIENCE = 21_600.0
"""How many seconds to wait for an archive that does not answer at all."""
BACKFILL_SETTINGS = {
    "DOWNLOADER_MIDDLEWARES_BASE": {
        "scraper.middlewares.archives.AtHandMiddleware": 30,  # records of files that are read whole
        **{_ARCHIVES.get(name, name): at for name, at in DOWNLOADER_MIDDLEWARES_BASE.items() if name != _OF_THE_SITE},
    },
    # No stop after a series: captured refusals were not addressed to this client.
    "EXTENSIONS_BASE": {
        name: at for name, at in EXTENSIONS_BASE.items() if name != "scraper.extensions.stop.StopAfterSeries"
    },
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,  # the pauses above are by service
    "RETRY_TIMES": 5,
    "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*"},
}

# ---- how Scrapy runs

COMMANDS_MODULE = "scraper.commands"  # `scrapy crawl` ends with the account's exit code
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
LOG_FORMATTER = "scraper.log_formatter.AddressLogFormatter"
LOG_LEVEL = "WARNING"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False
