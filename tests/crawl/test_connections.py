"""Whom the downloader connects to: inner addresses only where the user named them; and redirects of robots.txt."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_site import DAY, ODD, PATHS, Answer, RawSite, answer, redirect
from twisted.internet.error import DNSLookupError

from scraper import connections

# What the machine's resolver would say, in a process of its own.
_NAMES = """
import socket
def lookup(name, _names={names!r}, _real=socket.gethostbyname):
    return _names[name] if name in _names else _real(name)
socket.gethostbyname = lookup
"""


def _run(folder: Path, names: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(_NAMES.format(names=names), encoding="utf-8")
    paths = [str(folder), str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    return subprocess.run(
        [sys.executable, "-m", "scraper.cli", *arguments],
        env=environment | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.11.12.13", "169.254.169.254", "192.168.1.1", "0.0.0.0", "100.64.0.1"]
)
def test_a_name_of_the_site_that_leads_inwards_gets_nowhere(address: str, tmp_path: Path) -> None:
    """Not connected, and said with name and address; also where it is the base address itself."""
    names = {"www.vietnam.vn": address}
    done = _run(tmp_path, names, "scrape", "http://www.vietnam.vn/bai-viet", "--delay", "0")
    assert done.returncode not in (0, 2)
    assert f"www.vietnam.vn resolves to {address}, an address of an inner network" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_that_the_user_names_may_be_on_an_inner_network(tmp_path: Path) -> None:
    """A stand-in or mirror on one's own network is reached by its name."""
    with RawSite() as site:
        base = site.base_url.replace("127.0.0.1", "mirror.test")
        done = _run(tmp_path, {"mirror.test": "127.0.0.1"}, "scrape", base + ODD, "--base-url", base, "--delay", "0")
    assert done.returncode == 0, done.stderr
    assert "Xưởng mộc" in done.stdout


@given(st.ip_addresses())
def test_an_address_is_public_as_python_and_the_registries_say(ip: ipaddress.IPv4Address) -> None:
    """Never public: what the registries keep for special use, multicast, and IPv4 inside IPv6 of such a kind."""
    if connections.is_public(str(ip)):
        assert ip.is_global
        assert not any((ip.is_private, ip.is_loopback, ip.is_link_local, ip.is_multicast, ip.is_unspecified))
    elif ip.version == 4:
        assert not ip.is_global or ip.is_multicast


@pytest.mark.parametrize("address", ["::ffff:127.0.0.1", "fe80::1%eth0", "::1", "ff02::1", "fc00::1", "no address", ""])
def test_inner_addresses_in_other_forms(address: str) -> None:
    """IPv6 forms too, with a zone or IPv4 inside; what is no address is not public."""
    assert not connections.is_public(address)


def test_a_proxy_that_the_environment_names_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user named it, with or without a scheme; every other name stays refused."""
    monkeypatch.setenv("http_proxy", "proxy.test:3128")
    assert connections._checked("10.0.0.9", "proxy.test") == "10.0.0.9"
    with pytest.raises(DNSLookupError):
        connections._checked("10.0.0.9", "other.test")


@pytest.mark.parametrize(
    "given",
    ["http://u:s3cret@proxy.test:3128", "u:p@ss@proxy.test:3128/", "https://u@Proxy.Test", "socks5h://proxy.test"],
)
def test_a_proxy_may_want_a_password(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's name before its host makes it no other host."""
    monkeypatch.setenv("https_proxy", given)
    assert connections._checked("10.0.0.9", "proxy.test") == "10.0.0.9"


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY", "http_proxy"])
def test_no_name_leads_to_what_is_trusted_under_another_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts that are reached without a proxy are named by no option of ours, and a proxy's address is its own."""
    monkeypatch.setenv(name, "127.0.0.1")
    with pytest.raises(DNSLookupError):
        connections._checked("127.0.0.1", "www.vietnam.vn")


ROBOTS = b"User-agent: *\nDisallow: /xuong-go-ba\n"
# What robots.txt answers, and what else; whether its rules hold, or what it is told to be.
CASES: dict[str, tuple[dict[str, Answer], str]] = {
    "another path": ({"/robots.txt": redirect(b"/tep/robots.txt"), "/tep/robots.txt": answer(ROBOTS)}, "obeyed"),
    "several paths": (
        {
            "/robots.txt": redirect(b"/1", "301 Moved Permanently"),
            "/1": redirect(b"2", "307 Temporary Redirect"),
            "/2": redirect(b"/3", "308 Permanent Redirect"),
            "/3": answer(ROBOTS),
        },
        "obeyed",
    ),
    "no address": ({"/robots.txt": redirect(b"//[x")}, "redirected_away"),
    "another host": ({"/robots.txt": redirect(b"http://example.org/robots.txt")}, "redirected_away"),
    "itself": ({"/robots.txt": redirect(b"/robots.txt")}, "redirected_away"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_redirect_of_robots_txt(name: str, tmp_path: Path) -> None:
    """RFC 9309, 2.3.1.2: rules behind redirects hold; where they cannot be had, nothing is fetched, and it is said."""
    odd, expected = CASES[name]
    with RawSite(odd) as site:
        done = _run(
            tmp_path, {}, "crawl", "--base-url", site.base_url, "--since", DAY, "--until", DAY, "--lang", "vi",
            "--store", f"sqlite:///{tmp_path}/s.db", "--delay", "0",
        )  # fmt: skip
    pages = {path for path in site.asked if path in PATHS}
    if expected == "obeyed":
        assert pages == set(PATHS) - {"/xuong-go-ba"}
    else:
        assert pages == set()
        assert done.returncode == 3
        assert "robots.txt" in done.stderr
        assert expected in done.stderr


def test_the_crawl_delay_of_robots_txt_is_waited_for(tmp_path: Path) -> None:
    """Whatever --delay says, so many seconds lie between two requests to the host."""
    robots = b"User-agent: *\nCrawl-delay: 0.4\nDisallow: /api/\n"
    with RawSite({"/robots.txt": answer(robots)}, listed=PATHS[:4]) as site:
        done = _run(
            tmp_path, {}, "crawl", "--base-url", site.base_url, "--since", DAY, "--until", DAY, "--lang", "vi",
            "--store", f"sqlite:///{tmp_path}/s.db", "--delay", "0",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    moments = [moment for path, moment in site.moments if path != "/robots.txt"]
    assert len(moments) == 7  # the index, the day, tdmrep.json, four pages
    assert all(after - before > 0.35 for before, after in pairwise(moments))
