"""What PostgreSQL refuses: what waiting cannot heal ends at once, what heals is waited for, in every language."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from databases import Cluster, own_cluster
from processes import fork, wait
from sqlalchemy.engine import make_url

from pipelines.storage import StoreError, StoreUnavailableError, open_store
from scraper.cli import main
from scraper.waiting import patient

SSL_REQUEST, GSS_REQUEST = bytes([4, 210, 22, 47]), bytes([4, 210, 22, 48])


@contextmanager
def server(answer: bytes, *, ssl: bytes = b"N") -> Iterator[int]:
    """Something that listens, declines encryption as a PostgreSQL does, and answers every start so; its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(client,), daemon=True).start()

    def talk(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(10)
            while len(start := client.recv(8)) == 8 and start[4:] in (SSL_REQUEST, GSS_REQUEST):
                client.sendall(ssl)
            client.recv(4096)
            client.sendall(answer)
            client.shutdown(socket.SHUT_WR)
            client.recv(4096)

    # In a process of its own: libpq's ping holds this one's interpreter.
    child = fork(serve)
    port = listening.getsockname()[1]
    listening.close()
    try:
        yield port
    finally:
        os.kill(child, signal.SIGKILL)
        wait(child)


def error_message(severity: str, state: str, words: str) -> bytes:
    """PostgreSQL's ErrorResponse, in the server's language; the SQLSTATE has none."""
    fields = b"".join(
        kind + text.encode() + b"\x00"
        for kind, text in ((b"S", severity), (b"V", "FATAL"), (b"C", state), (b"M", words), (b"R", "auth_failed"))
    )
    return b"E" + (len(fields) + 5).to_bytes(4, "big") + fields + b"\x00"


FINAL = [
    error_message("FATAL", "28P01", 'password authentication failed for user "u"'),
    error_message("ВАЖНО", "28P01", "пользователь не прошёл проверку подлинности"),
    error_message("致命的エラー", "3D000", "データベースは存在しません"),
    error_message("치명적오류", "28000", "롤이 없음"),
    error_message("ÖLÜMCÜL (FATAL)", "42501", "izin yok"),
    error_message("FATAL", "08P01", "no such database: news"),
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
]
HEALING = [
    error_message("FATAL", "57P03", "the database system is starting up"),
    error_message("ВАЖНО", "57P03", "система баз данных запускается"),
    error_message("FATAL", "53300", "sorry, too many clients already"),
    error_message("FATAL", "53300", "remaining connection slots are reserved for roles with the SUPERUSER attribute"),
    b"",
]


@pytest.mark.parametrize("answer", FINAL, ids=range(len(FINAL)))
def test_what_cannot_heal_ends_at_once(answer: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the server's language: exit code 1, one line, no word of waiting, no password."""
    with server(answer) as port:
        started = time.monotonic()
        assert main(["store", "stats", "--store", f"postgresql://u:s3cret@127.0.0.1:{port}/news"]) == 1
        assert time.monotonic() - started < 8
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "aiting" not in err
    assert "s3cret" not in err
    assert f"postgresql://u:***@127.0.0.1:{port}/news" in err


@pytest.mark.parametrize("answer", HEALING, ids=range(len(HEALING)))
def test_what_heals_is_waited_for(answer: bytes) -> None:
    """A server that starts, is full, or breaks off: those who wait are asked to."""
    asked = []

    def pause(attempt: int, cause: str) -> bool:
        asked.append(cause)
        return attempt < 3

    with server(answer) as port, pytest.raises(StoreUnavailableError):
        open_store(f"postgresql://u@127.0.0.1:{port}/news", wait=pause)
    assert len(asked) == 3
    assert all("does not answer" in cause and "\n" not in cause for cause in asked)


@pytest.mark.parametrize(
    "ssl", [b"H", b"SSH-2.0-OpenSSH_9.2\r\n", b"-ERR unknown command\r\n", b"J\x00\x00\x00\x0a5.7.1\x00"]
)
def test_a_server_that_is_no_postgresql(ssl: bytes) -> None:
    """Something else listens at the port: that will be so the next time too."""
    with server(ssl, ssl=ssl) as port, pytest.raises(StoreError) as caught:
        open_store(f"postgresql://u@127.0.0.1:{port}/news", wait=lambda attempt, _: attempt < 2)
    assert not isinstance(caught.value, StoreUnavailableError), caught.value


def test_an_encryption_that_the_server_lacks() -> None:
    """It will lack it the next time too."""
    with server(HEALING[0]) as port, pytest.raises(StoreError, match="does not support SSL") as caught:
        open_store(f"postgresql://u@127.0.0.1:{port}/news?sslmode=require", wait=lambda *_: pytest.fail("waited"))
    assert not isinstance(caught.value, StoreUnavailableError)


@pytest.mark.parametrize(
    "options",
    [
        "bogus=1",
        "sslmode=bogus",
        "connect_timeout=soon",
        "options=-c%20no_such_setting%3D1",
        "service=nowhere",
        "require_auth=scram-sha-256",
        "target_session_attrs=whichever",
    ],
)
def test_an_option_that_cannot_be(cluster: Cluster, options: str) -> None:
    """An unknown option, a value that is none, an encryption that the server lacks: at once."""
    with pytest.raises(StoreError) as caught:
        open_store(f"{cluster.url}&{options}", wait=lambda *_: pytest.fail("waited"))
    assert not isinstance(caught.value, StoreUnavailableError)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of our own, with a role that needs a password."""
    with own_cluster() as running:
        with psycopg.connect(plain(running.url), autocommit=True) as admin:
            admin.execute("CREATE ROLE reader LOGIN PASSWORD 's3cret'")
            (rules,) = admin.execute("SHOW hba_file").fetchone() or ("",)
            path = Path(rules)
            path.write_text("local all reader scram-sha-256\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
            admin.execute("SELECT pg_reload_conf()")
            time.sleep(0.5)
            admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
            admin.execute("CREATE DATABASE bytes ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'")
        yield running


def plain(url: str) -> str:
    """The address as libpq writes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def refusals(cluster: Cluster) -> list[tuple[str, str]]:
    """Addresses of the cluster that it refuses, and a word of what is said."""
    url = make_url(cluster.url)
    given = [
        (url.set(database="nothing"), "nothing"),
        (url.set(username="nobody_here"), "nobody_here"),
        (url.set(username="reader", password="wr0ng!"), "reader"),
        (url.set(username="reader"), "password"),
        (url.set(database="latin"), "LATIN1"),
        (url.set(database="bytes"), "SQL_ASCII"),
    ]
    return [(address.render_as_string(hide_password=False), word) for address, word in given]


def test_a_server_refuses_in_one_line(cluster: Cluster) -> None:
    """An unknown database and role, a wrong password and none, encodings: no waiting, the cause, no password."""
    tried = refusals(cluster)
    assert len(tried) == 6
    for url, word in tried:
        for read_only in (True, False):
            with pytest.raises(StoreError) as caught:
                open_store(url, read_only=read_only, wait=lambda *_: pytest.fail("waited"))
            assert not isinstance(caught.value, StoreUnavailableError), url
            assert word in str(caught.value)
            assert "\n" not in str(caught.value)
            assert "wr0ng" not in str(caught.value)
            assert ("has to be UTF8" in str(caught.value)) == (word in ("LATIN1", "SQL_ASCII"))


def test_a_password_that_is_right_opens(cluster: Cluster) -> None:
    """In the address, in its options, percent-encoded."""
    url = make_url(cluster.url)
    for address in (
        url.set(username="reader", password="s3cret").render_as_string(hide_password=False),
        f"postgresql://reader:s%33cret@/postgres?host={url.query['host']}",
        f"postgresql://reader@/postgres?host={url.query['host']}&password=s3cret",
    ):
        with pytest.raises(StoreError, match="holds no store") as caught:
            open_store(address, read_only=True)
        assert "cret" not in str(caught.value)


def test_ctrl_c_ends_the_waiting(tmp_path: Path) -> None:
    """SIGINT and SIGTERM end a command that waits for its server: 130, within two seconds, one more line."""
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            [sys.executable, "-m", "scraper.cli", "store", "stats", "--store", "postgresql://u@127.0.0.1:1/x"],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        assert "Waiting for it" in process.stderr.readline()
        started = time.monotonic()
        process.send_signal(number)
        assert process.stderr.read() == "vietnamvn: interrupted\n"
        assert process.wait(10) == 130
        assert time.monotonic() - started < 2
        process.stderr.close()


def test_whoever_handles_signals_hears_of_them_while_waiting() -> None:
    """As in a crawl, whose handler only asks for an end: the pause ends at once, and no further one is made."""
    heard = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        pause = patient(60)
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        started = time.monotonic()
        assert [pause(attempt, "away.") for attempt in (1, 2, 3)][-1] is False
        assert time.monotonic() - started < 2
        assert heard == [signal.SIGINT]
        assert pause(1, "still away.") is False
        assert time.monotonic() - started < 2
    finally:
        signal.signal(signal.SIGINT, before)
