"""Addresses that a site lists, served over loopback: asked for as listed, or not at all, and never on another host."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from forked import CLEAN
from raw_site import DAY, PATHS, Answer, RawSite, answer, article
from scenarios import IMPATIENT, _crawl_all
from scrapy import Request
from twisted.web.client import URI
from warcio.archiveiterator import ArchiveIterator

from pipelines.site import parse_address
from pipelines.storage import open_store
from pipelines.web.addresses import NoAddressError, read_address
from scraper.hosts import AllowedHosts

# As listed, and as it must be asked for: the same but for what no request line can hold.
LISTED = {
    "/ha-noi": "/ha-noi",
    "/da-nang": "/da-nang",
    "/an-do": "/an-do",
    "/ca-phe/": "/ca-phe/",
    "/go%00mot": "/go%00mot",
    "/go%0d%0aX-Go:%20hai": "/go%0d%0aX-Go:%20hai",
    "/..%2f..%2fetc": "/..%2f..%2fetc",
    "/..%5c..%5cetc": "/..%5c..%5cetc",
    "/%ff": "/%ff",
    "/%fe": "/%fe",
    "/%ed%a0%80": "/%ed%a0%80",
    "/%25ff": "/%25ff",
    "/lai-100%": "/lai-100%",
    "/m%e1%bb%99t": "/m%e1%bb%99t",
    "/sông-hai": "/s%C3%B4ng-hai",
    "/“lời-rao”": "/%E2%80%9Cl%E1%BB%9Di-rao%E2%80%9D",
    "/gỗ tốt": "/g%E1%BB%97%20t%E1%BB%91t",
    "/go;ba": "/go;ba",
    "/go'tu'": "/go'tu'",
    "/go[nam]|sau^": "/go%5Bnam%5D%7Csau%5E",
    "/go-bay?trang=2&utm_source=rss#cuoi": "/go-bay?trang=2",
    "/a/../go-tam": "/go-tam",
    "\\go-chin": "/go-chin",
    "//go-muoi": "//go-muoi",
    "/go:80@muoi-mot": "/go:80@muoi-mot",
}

# Hosts that some readers take for the site's and others for this machine's; TRAP is another server on it, and SITE the
# host and port of the site itself.
TRICKS = [
    "http://TRAP\\.SITE/bay", "http://TRAP\\@SITE/bay", "http://SITE@TRAP/bay", "http://SITE\\@TRAP/bay", "//TRAP/bay",
    "http://TRAP#@SITE/bay", "http://TRAP?@SITE/bay", "http:\\\\TRAP/bay", "/\\TRAP/bay", "http://TRAP\\x.vietnam.vn/bay",
    "http://TRAP;.vietnam.vn/bay", "http://TRAP\t.vietnam.vn/bay", "http://user:secret@SITE/bay", "http://[x/bay",
    "//[x", "http://*.vietnam.vn/bay", "http://a..vietnam.vn/bay", "http://a b.vietnam.vn/bay", "http://a%2fb.vietnam.vn/bay",
    "http://127.0.0.1:99999/bay", "javascript:alert(1)", "ftp://SITE/bay", "https://SITE/bay", "http://www.vietnam.vn/bay",
    "http://0x7f.1:TRAPPORT/bay", "http://2130706433:TRAPPORT/bay", "http://[::ffff:127.0.0.1]:TRAPPORT/bay",
    "http://\uff11\uff12\uff17.0.0.1:TRAPPORT/bay", "http://localhost.:TRAPPORT/bay",
]  # fmt: skip


@dataclass
class Served:
    """What two crawls of a site left."""

    codes: tuple[int, int]
    manifests: tuple[dict[str, Any], dict[str, Any]]
    asked: dict[str, int]
    again: dict[str, int]
    trapped: dict[str, int]
    store: str
    archive: Path


def urlset(rows: list[tuple[str, list[str]]]) -> bytes:
    """A day's sitemap: addresses with their alternates."""
    urls = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{DAY}</lastmod>"
        + "".join(f'<link rel="alternate" hreflang="fr" href="{escape(href)}"/>' for href in alternates)
        + "</url>"
        for url, alternates in rows
    )
    return answer(f"<urlset>{urls}</urlset>".encode())


def tricked(base: str, trap: str) -> list[str]:
    """The tricks, pointing at the two servers."""
    site, host = base.removeprefix("http://"), trap.removeprefix("http://")
    return [
        trick.replace("TRAPPORT", host.partition(":")[2]).replace("TRAP", host).replace("SITE", site)
        for trick in TRICKS
    ]


def page_of_tricks(base: str, trap: str) -> bytes:
    """An article whose alternates, canonical address, base, picture and source are tricks."""
    links = "".join(
        f'<link rel="alternate" hreflang="x{i}" href="{escape(t)}">' for i, t in enumerate(tricked(base, trap))
    )
    links += "".join(f'<link rel="canonical" href="{escape(t)}">' for t in tricked(base, trap))
    pictures = "".join(f'<img src="{escape(t)}">' for t in ("http://[x/1.jpg", "http://a..b/1.jpg"))
    head = f'<base href="http://[x/">{links}<link rel="alternate" hreflang="en" href="/en{PATHS[0]}">'
    page = article(PATHS[0]).replace(b"<h1>", head.encode() + b"<h1>", 1)
    return answer(page.replace(b"</div>", pictures.encode() + "<p>Nguồn: http://[bao/go-12345.html</p></div>".encode()))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Served]]:
    """Both sites crawled twice: one lists odd paths, the other tricks wherever an address may stand."""
    folder = tmp_path_factory.mktemp("addresses")
    day = f"/sitemap/sitemap-post/{DAY}.xml"
    with ExitStack() as stack:
        trap = stack.enter_context(RawSite())
        paths = RawSite()
        paths.odd[day] = urlset([(paths.base_url + path if path[0] == "/" else path, []) for path in LISTED])
        tricks = RawSite()
        odd: dict[str, Answer] = {
            day: urlset(
                [(tricks.base_url + path, tricked(tricks.base_url, trap.base_url)) for path in PATHS]
                + [(trick, []) for trick in tricked(tricks.base_url, trap.base_url)],
            ),
            PATHS[0]: page_of_tricks(tricks.base_url, trap.base_url),
            "/robots.txt": answer(
                b"User-agent: *\nAllow: /\n"
                + "".join(
                    f"Sitemap: {t}\n" for t in [*tricked(tricks.base_url, trap.base_url), "/sitemap.xml"]
                ).encode()
            ),
        }
        tricks.odd.update(odd)
        sites = {"paths": stack.enter_context(paths), "tricks": stack.enter_context(tricks)}
        results = []
        for _ in range(2):
            for site in sites.values():
                site.asked.clear()
            jobs = [
                (
                    name,
                    {
                        "base_url": site.base_url,
                        "since": DAY,
                        "until": DAY,
                        "lang": "vi,en,fr",
                        "store": f"sqlite:///{folder / name}.db",
                        "archive": str(folder / f"{name}.warc"),
                    },
                    {**IMPATIENT, "RETRY_TIMES": 0},
                )
                for name, site in sites.items()
            ]
            with ProcessPoolExecutor(1, mp_context=CLEAN) as pool:
                done = pool.submit(_crawl_all, jobs).result(timeout=600)
            results.append({name: (*done[name], dict(site.asked)) for name, site in sites.items()})
        yield {
            name: Served(
                codes=(results[0][name][0], results[1][name][0]),
                manifests=(results[0][name][1], results[1][name][1]),
                asked=results[0][name][3],
                again=results[1][name][3],
                trapped=dict(trap.asked),
                store=f"sqlite:///{folder / name}.db",
                archive=folder / f"{name}.warc",
            )
            for name in sites
        }


def test_what_is_listed_is_asked_for_as_it_is_listed(served: dict[str, Served]) -> None:
    """Each path once, as it stands in the sitemap, and nothing is asked for that is not listed."""
    found = served["paths"]
    assert found.codes[0] == 0, found.manifests[0]["reasons"]
    pages = {path: count for path, count in found.asked.items() if not path.endswith((".xml", ".txt", ".json"))}
    originals = {path: count for path, count in pages.items() if not path.startswith(("/en/", "/fr/"))}
    assert originals == dict.fromkeys(LISTED.values(), 1)


def test_translations_are_guessed_from_the_same_slug(served: dict[str, Served]) -> None:
    """The guessed address of a translation spells the slug as the original's does."""
    asked = served["paths"].asked
    for path in ("/ha-noi", "/%FF", "/%25ff", "/..%2F..%2Fetc", "/m%E1%BB%99t"):
        assert any(other.lower() == f"/fr{path}".lower() for other in asked), path


def test_what_was_asked_for_is_stored_and_archived_under_its_own_key(served: dict[str, Served]) -> None:
    """Ledger, texts and archive name the same addresses; the second crawl asks for none of them again."""
    found = served["paths"]
    with open_store(found.store, hosts=["127.0.0.1"]) as store:
        done = {(row.slug, row.language): row.url for row in store.ledger(DAY) if row.language == "vi"}
        stored = {(version.slug, version.language): version.article.url for version in store.articles()}
        assert list(store.check()) == []
    assert len(done) == len(LISTED)
    assert {key: stored[key] for key in done} == done
    archived = set()
    for file in found.archive.glob("*.warc.gz"):
        with file.open("rb") as stream:
            records = [record for record in ArchiveIterator(stream) if record.rec_type == "response"]
            archived |= {record.rec_headers.get_header("WARC-Target-URI") for record in records}
    assert set(done.values()) <= archived
    assert {read_address(url).href for url in done.values()} == set(done.values())
    pages = [path for path in found.again if not path.endswith((".xml", ".txt", ".json"))]
    assert pages == []
    assert found.codes[1] == 0


def test_the_sums_hold(served: dict[str, Served]) -> None:
    """Every listed address has an outcome."""
    totals = served["paths"].manifests[0]["totals"]
    assert totals["left"] == 0
    assert served["paths"].manifests[0]["tried"]["ok"] >= len(LISTED)


def test_no_trick_reaches_another_host(served: dict[str, Served]) -> None:
    """Neither the other server nor a made-up path of the site is ever asked."""
    found = served["tricks"]
    assert found.trapped == {}
    assert not [path for path in found.asked if "bay" in path]
    assert not [path for path in found.again if "bay" in path]


def test_tricks_cost_themselves_alone(served: dict[str, Served]) -> None:
    """All six articles are stored in the first crawl, the one full of tricks too, with what is sound on it."""
    found = served["tricks"]
    assert all(found.asked.get(path) == 1 for path in PATHS)
    assert found.asked.get(f"/en{PATHS[0]}") == 1
    with open_store(found.store, hosts=["127.0.0.1"]) as store:
        stored = {version.slug: version.article for version in store.articles() if version.language == "vi"}
    assert set(stored) == {path[1:] for path in PATHS}
    odd = stored[PATHS[0][1:]]
    assert [image.src for image in odd.images if image.src] == []
    assert odd.source_url is None
    assert all(read_address(url).href == url.partition("#")[0] for url in odd.alternates.values())
    assert not {-1, 1} & set(found.codes)
    assert not [reason for manifest in found.manifests for reason in manifest["reasons"] if "secret" in reason]


@pytest.mark.parametrize("trick", TRICKS)
def test_the_client_connects_to_the_host_that_was_checked(trick: str) -> None:
    """What Scrapy's request and Twisted's agent make of an address is what was read of it."""
    text = trick.replace("TRAPPORT", "81").replace("TRAP", "127.0.0.1:81").replace("SITE", "www.vietnam.vn")
    try:
        address = read_address(text, "https://www.vietnam.vn/bai")
    except NoAddressError:
        assert not AllowedHosts(base_url="https://www.vietnam.vn").allows(text)
        return
    uri = URI.fromBytes(Request(address.href).url.encode())
    assert (uri.host.decode().strip("[]"), uri.port) == (address.host, address.port)
    if address.host != "www.vietnam.vn":
        assert not AllowedHosts(base_url="https://www.vietnam.vn").allows(text)


@pytest.mark.parametrize(
    ("path", "slug", "language"),
    [
        ("/ha-noi", "ha-noi", "vi"),
        ("/da-lat", "da-lat", "vi"),
        ("/ca-mau/", "ca-mau", "vi"),
        ("/vu-an", "vu-an", "vi"),
        ("/fr/ha-noi", "ha-noi", "fr"),
        ("/zh-cn/ha-noi", "ha-noi", "zh-cn"),
        ("/zh_TW/ha-noi", "ha-noi", "zh-tw"),
        ("/fil/ha-noi", "ha-noi", "fil"),
        ("/fr", None, "fr"),
        ("/zh-cn/", None, "zh-cn"),
        ("/pt-br", None, "pt-br"),
        ("/", None, "vi"),
        ("/da-nang/ha-noi", None, "vi"),
    ],
)
def test_a_path_of_one_part_is_a_slug(path: str, slug: str | None, language: str) -> None:
    """A slug of two short words is no language; a language's own page is no article."""
    address = parse_address(f"https://www.vietnam.vn{path}")
    assert (address.slug, address.language) == (slug, language)
