"""What the words and the codes of a PostgreSQL server mean, one by one: wait, or tell."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from pipelines.storage import StoreError, StoreUnavailableError
from pipelines.storage.postgresql import opened, worded
from pipelines.store_address import read_store_address

ADDRESS = read_store_address("postgresql://u:s3cret@db.example.org/news")
AWAY = [
    'connection failed: connection to server at "127.0.0.1", port 5432 failed: Connection refused',
    'connection to server at "10.0.0.1" failed: No route to host',
    'connection to server at "10.0.0.1" failed: Host is down',
    "connection is bad: Network is unreachable",
    "server closed the connection unexpectedly",
    "connection to server was lost",
    "connection timeout expired",
    "Connection timed out",
    "connection reset by peer",
    "could not send startup packet: Broken pipe",
    "could not receive data from server: Success",
    "SSL SYSCALL error: EOF detected",
    "Resource temporarily unavailable",
    "connection to server failed: Temporary failure in name resolution",
    "connection failed: server is in hot standby mode",
    "connection failed: session is read-only",
    "connection failed: session is not read-write",
    "Is the server running on that host and accepting TCP/IP connections?",
]
NEVER = [
    'invalid sslmode value: "bogus"',
    "server does not support SSL, but SSL was required",
    'root certificate file "/x" does not exist',
    "expected authentication request from server, but received H",
]
NO_HOST = [
    'could not translate host name "db" to address: Name or service not known',
    "failed to resolve host 'db': [Errno -2]",
    "[Errno -2] Name or service not known",
]


def tried(
    monkeypatch: pytest.MonkeyPatch, *errors: Exception, reached: bool = False, ping: Any = None, encoding: str = "UTF8"
) -> tuple[Any, list[dict[str, Any]]]:
    """Open a connection where the first attempts fail so; it, and with what parameters was asked."""
    asked: list[dict[str, Any]] = []
    failing = iter(errors)
    closed: list[bool] = []

    def connect(**parameters: Any) -> Any:
        asked.append(parameters)
        error = next(failing, None)
        if error is not None:
            raise error
        info = SimpleNamespace(parameter_status=lambda name: encoding if name == "server_encoding" else None)
        return SimpleNamespace(info=info, close=lambda: closed.append(True), closed=closed)

    monkeypatch.setattr(psycopg, "connect", connect)
    monkeypatch.setattr(psycopg.pq, "PGconn", SimpleNamespace(ping=lambda conninfo: ping))
    return opened(ADDRESS, name="news", read_only=True, reached=reached), asked


@pytest.mark.parametrize("words", AWAY)
def test_a_server_that_is_away_is_waited_for(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What libpq says of the network, and of a server that is not the one wanted for now."""
    with pytest.raises(StoreUnavailableError, match="the server does not answer"):
        tried(monkeypatch, psycopg.OperationalError(words))


@pytest.mark.parametrize("words", NEVER)
def test_what_will_be_so_the_next_time_too_is_told(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option, a certificate, something else that listens there."""
    with pytest.raises(StoreError, match="cannot be opened as its address says") as caught:
        tried(monkeypatch, psycopg.OperationalError(words))
    assert not isinstance(caught.value, StoreUnavailableError)


@pytest.mark.parametrize("words", NO_HOST)
def test_a_name_that_is_not_found_is_told_at_first_and_waited_for_later(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mistyped in the first case; in the second, where it has answered before, the network is away."""
    with pytest.raises(StoreError, match="no such host") as caught:
        tried(monkeypatch, psycopg.OperationalError(words))
    assert not isinstance(caught.value, StoreUnavailableError)
    with pytest.raises(StoreUnavailableError):
        tried(monkeypatch, psycopg.OperationalError(words), reached=True)


def test_an_option_that_libpq_does_not_know_is_never_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its words are; a timeout of psycopg's own always is."""
    with pytest.raises(StoreError) as caught:
        tried(monkeypatch, psycopg.ProgrammingError('invalid connection option "timeout"'))
    assert not isinstance(caught.value, StoreUnavailableError)
    with pytest.raises(StoreUnavailableError):
        tried(monkeypatch, psycopg.errors.ConnectionTimeout("no words"))


REFUSED = 'connection to server at "x" failed: FATAL:  password authentication failed for user "u"'


def test_what_a_server_refuses_it_is_asked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been starting; if it refuses again while it takes connections, that is its word."""
    connection, asked = tried(monkeypatch, psycopg.OperationalError(REFUSED), ping=psycopg.pq.Ping.OK)
    assert connection.info is not None
    assert len(asked) == 2
    again = [psycopg.OperationalError(REFUSED)] * 2
    with pytest.raises(StoreError, match=r"the server refuses \(password authentication failed") as caught:
        tried(monkeypatch, *again, ping=psycopg.pq.Ping.OK)
    assert not isinstance(caught.value, StoreUnavailableError)


@pytest.mark.parametrize(
    "words",
    [
        "connection failed: ВАЖНО:  система баз данных запускается",
        "connection failed: FATAL:  sorry, too many clients already",
        "connection failed: FATAL:  too many connections for role",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
    ],
)
def test_a_server_that_starts_or_is_full_is_waited_for(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one by its answer to a ping, in whatever language; the other by its words, since it answers pings."""
    full = "connections" in words or "clients" in words or "slots" in words
    ping = psycopg.pq.Ping.OK if full else psycopg.pq.Ping.REJECT
    with pytest.raises(StoreUnavailableError):
        tried(monkeypatch, psycopg.OperationalError(words), ping=ping)


def test_a_connection_is_asked_for_as_the_address_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """For reading only where nothing is written; a machine that has gone without a word is noticed."""
    _, (asked,) = tried(monkeypatch)
    assert (asked["host"], asked["dbname"], asked["password"]) == ("db.example.org", "news", "s3cret")
    assert asked["options"] == "-c default_transaction_read_only=on"
    assert asked["client_encoding"] == "utf8"
    silent = asked["keepalives_idle"] + asked["keepalives_interval"] * asked["keepalives_count"]
    assert 10 <= silent <= 60
    assert asked["tcp_user_timeout"] <= 60_000  # milliseconds


def test_a_database_of_another_encoding_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vietnamese would be lost in it."""
    with pytest.raises(StoreError, match="is a database in LATIN1"):
        tried(monkeypatch, encoding="LATIN1")


def test_no_password_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the server repeats."""
    with pytest.raises(StoreError) as caught:
        tried(monkeypatch, psycopg.OperationalError("invalid option s3cret\nin a line"))
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("state", "away", "kind", "said"),
    [
        ("40001", False, "conflict", "in each other's way"),
        ("40P01", False, "conflict", "in each other's way"),
        ("55P03", False, "conflict", "in each other's way"),
        ("57P01", False, "passes", "does not answer"),
        ("57P02", False, "passes", "does not answer"),
        ("57P03", False, "passes", "does not answer"),
        ("57P05", False, "passes", "does not answer"),
        ("25P03", False, "passes", "does not answer"),
        ("08006", False, "passes", "does not answer"),
        ("53300", False, "passes", "does not answer"),
        ("53200", False, "passes", "does not answer"),
        ("08P01", False, "lasts", "PostgreSQL says"),
        ("08004", False, "lasts", "PostgreSQL says"),
        ("53100", False, "lasts", "disk is full"),
        ("25006", False, "lasts", "read-only"),
        ("42501", False, "lasts", "may not do that"),
        ("42P01", False, "lasts", "PostgreSQL says"),
        ("42P01", True, "passes", "does not answer"),
        (None, False, "passes", "does not answer"),
    ],
)
def test_codes_of_an_open_connection(state: str | None, away: bool, kind: str, said: str) -> None:
    """Two writers try again, a server that restarts is waited for, and what stays so is told."""
    error = SimpleNamespace(sqlstate=state)
    failure: Any = type("Failure", (Exception,), {"sqlstate": error.sqlstate})("some words of s3cret")
    found = worded(failure, name="news", address=ADDRESS, away=away)
    assert said in str(found)
    assert "s3cret" not in str(found)
    if kind == "lasts":
        assert not isinstance(found, StoreUnavailableError)
    else:
        assert isinstance(found, StoreUnavailableError)
        assert found.conflict is (kind == "conflict")


def test_an_error_without_words_has_its_name() -> None:
    """So that a line says something."""
    assert "(TimeoutError)" in str(worded(TimeoutError(), name="news", address=ADDRESS, away=True))
