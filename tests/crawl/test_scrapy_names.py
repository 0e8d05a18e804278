"""Every private name of Scrapy and Twisted that the crawl uses is there and means the same: an upgrade says so."""

from __future__ import annotations

import argparse
import ast
import atexit
import inspect
import os
import subprocess
import sys
from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Spider
from scrapy.commands.crawl import Command
from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.settings import Settings
from scrapy.statscollectors import StatsCollector
from twisted.web._newclient import HTTP11ClientProtocol, HTTPClientParser, TransportProxyProducer
from twisted.web.client import HTTPConnectionPool, _HTTP11ClientFactory

from scraper import engine

SCRAPER = Path(__file__).resolve().parents[2] / "scraper"

METHODS: list[tuple[type, str, list[str]]] = [
    (RetryMiddleware, "_retry", ["self", "request", "reason"]),
    (BaseRedirectMiddleware, "_redirect", ["self", "redirected", "request", "reason"]),
    (BaseRedirectMiddleware, "_build_redirect_request", ["self", "source_request", "response", "url", "kwargs"]),
    (BaseRedirectMiddleware, "handle_referer", ["self", "request", "response"]),
    (Command, "_create_crawler", ["self", "spidercls"]),
    (HTTP11ClientProtocol, "request", ["self", "request"]),
    (HTTPClientParser, "lineReceived", ["self", "line"]),
    (HTTPClientParser, "lineLengthExceeded", ["self", "line"]),
    (HTTPClientParser, "headerReceived", ["self", "name", "value"]),
]
"""What is called or replaced: its class, its name, its parameters."""

ELSEWHERE = {
    "_engine",
    "_max_size",
    "_slot",
    "_stopping",
    "_pool",
    "_factory",
    "_quiescentCallback",
    "_producer",
    "_parser",
}
"""Attributes of objects: tried below, each where it lives."""

STANDARD = {"_exit", "_actions", "_option_string_actions", "_run_exitfuncs", "_SubParsersAction", "_choices_actions"}
"""Of the standard library: `os._exit`, and what shtab and others ask of a parser of argparse too."""


@pytest.mark.parametrize(("owner", "name", "parameters"), METHODS, ids=[f"{o.__name__}.{n}" for o, n, _ in METHODS])
def test_methods_are_there_with_their_parameters(owner: type, name: str, parameters: list[str]) -> None:
    """They are called by these names, and replaced with these parameters."""
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_attributes_of_middlewares_are_there() -> None:
    """The bound of decompression, and the jars of cookies."""
    crawler = Crawler(Spider, Settings({"DOWNLOAD_MAXSIZE": 1234}))
    crawler.stats = StatsCollector(crawler)
    assert HttpCompressionMiddleware.from_crawler(crawler)._max_size == 1234
    assert CookiesMiddleware().jars == {}
    assert BaseRedirectMiddleware(Settings({"REDIRECT_MAX_TIMES": 7})).max_redirect_times == 7


def test_parts_of_connections_are_there() -> None:
    """The lenient protocol of Scrapy, by its private classes, and what of Twisted's lies beneath it."""
    assert issubclass(http11._LenientHTTP11ClientFactory, _HTTP11ClientFactory)
    assert issubclass(http11._LenientHTTP11ClientProtocol, HTTP11ClientProtocol)
    assert issubclass(http11._LenientHTTPClientParser, HTTPClientParser)
    assert HTTPConnectionPool._factory is _HTTP11ClientFactory
    factory = http11._LenientHTTP11ClientFactory(lambda protocol: None, None)
    protocol: Any = factory.buildProtocol(None)
    assert isinstance(protocol, http11._LenientHTTP11ClientProtocol)
    assert callable(factory._quiescentCallback)
    assert protocol._parser is None  # until a request is sent
    transport = TransportProxyProducer("a producer")
    assert transport._producer == "a producer"
    assert HTTPClientParser.MAX_LENGTH > 0


PROBE = """
import asyncio
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scraper import engine
from scraper.connections import BoundedHTTP11ClientFactory, BoundedHTTP11DownloadHandler

class Probe(scrapy.Spider):
    name = "probe"
    start_urls = ["data:,one"]

    async def parse(self, response):
        raw = self.crawler._engine
        assert raw is self.crawler.engine and raw._slot.closing is None and raw._stopping is False
        scheduled = raw._slot.nextcall.schedule
        assert callable(scheduled)
        assert BoundedHTTP11DownloadHandler(self.crawler)._pool._factory is BoundedHTTP11ClientFactory
        assert not engine.is_ending(self.crawler) and not engine.is_interrupted(self.crawler)
        engine.wake(self.crawler)
        engine.close(self.crawler, "probed")
        await asyncio.sleep(0)
        assert raw._slot.closing is not None and engine.is_ending(self.crawler)
        engine.close(self.crawler, "again")
        stopping = asyncio.ensure_future(raw.stop_async())
        await asyncio.sleep(0)
        assert engine.is_interrupted(self.crawler)
        print("probed", flush=True)

    async def closed(self, reason):
        assert engine.is_ending(self.crawler)
        print(reason, flush=True)

process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False})
process.crawl(Probe)
process.start()
"""


def test_the_engine_says_whether_it_ends() -> None:
    """A run that is being closed is known as that, whoever closes it, and is closed once."""
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.split() == ["probed", "probed"], done.stderr
    assert done.stderr == ""


OPEN, CLOSING = SimpleNamespace(closing=None), SimpleNamespace(closing="a deferred")


@pytest.mark.parametrize(
    ("raw", "ending", "closing", "interrupted"),
    [
        (None, True, False, False),
        ({"running": True, "_slot": OPEN}, False, False, False),
        ({"running": True, "_slot": CLOSING}, True, True, False),
        ({"running": False, "_slot": OPEN}, True, False, False),
        ({"running": True, "_slot": None}, True, False, False),
        ({"running": True, "_slot": OPEN, "spider": None}, True, False, False),
        ({"running": True, "_slot": OPEN, "_stopping": True}, False, False, True),
    ],
)
def test_how_an_engine_stands(raw: dict[str, Any] | None, ending: bool, closing: bool, interrupted: bool) -> None:
    """Before it runs, while it runs and while it is closed: a run that waits for its store goes on in the first two."""
    made = None if raw is None else SimpleNamespace(**{"spider": "a spider", "_stopping": False, **raw})
    crawler: Any = SimpleNamespace(_engine=made)
    assert (engine.is_ending(crawler), engine.is_closing(crawler), engine.is_interrupted(crawler)) == (
        ending, closing, interrupted
    )  # fmt: skip


@pytest.mark.parametrize(("slot", "asked"), [(OPEN, 1), (CLOSING, 0), (None, 0)])
def test_only_an_engine_that_goes_on_is_woken(slot: Any, asked: int) -> None:
    """One that is closed must not ask for a further request; where there is none, nothing is woken."""
    calls: list[str] = []
    given = slot and SimpleNamespace(
        closing=slot.closing, nextcall=SimpleNamespace(schedule=lambda: calls.append("now"))
    )
    crawler: Any = SimpleNamespace(_engine=SimpleNamespace(_slot=given))
    engine.wake(crawler)
    crawler._engine = None
    engine.wake(crawler)
    assert len(calls) == asked


def test_requests_that_wait_for_a_delay_are_let_go() -> None:
    """All, of every host, each with the error; before there is an engine, none waits."""
    errors: list[Exception] = []
    waiting = [("a request", SimpleNamespace(errback=errors.append)) for _ in range(3)]
    slots = {"a": SimpleNamespace(queue=deque(waiting[:2])), "b": SimpleNamespace(queue=deque(waiting[2:]))}
    crawler: Any = SimpleNamespace(_engine=None)
    engine.release_waiting(crawler, TimeoutError)
    crawler._engine = SimpleNamespace(downloader=SimpleNamespace(slots=slots))
    engine.release_waiting(crawler, TimeoutError)
    assert [type(error) for error in errors] == [TimeoutError] * 3
    assert not any(slot.queue for slot in slots.values())


def test_private_names_of_the_standard_library_are_there() -> None:
    """As they are asked for."""
    parser = argparse.ArgumentParser()
    assert parser._actions == list(parser._option_string_actions.values())[:1]
    commands = parser.add_subparsers()
    assert isinstance(commands, argparse._SubParsersAction)
    commands.add_parser("crawl", help="find pages")
    assert [action.help for action in commands._choices_actions] == ["find pages"]
    assert callable(os._exit)
    assert callable(atexit._run_exitfuncs)


def test_every_private_name_is_in_this_test() -> None:
    """Who uses another private name adds it here."""
    used: set[str] = set()
    defined: set[str] = set()
    for path in SCRAPER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                is_own = isinstance(node.ctx, ast.Store) and owner in ("self", "cls", "spider")
                (defined if is_own else used).add(node.attr)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                defined.add(node.name)
            elif isinstance(node, ast.Name):
                defined.add(node.id)
    assert len(used) > 100  # most of them our own
    asked = {name for _, name, _ in METHODS if name.startswith("_")} - {"_create_crawler"}
    assert used - defined == STANDARD | ELSEWHERE | asked
