"""Connections to PostgreSQL, and which of its errors pass if one waits.

While connecting, libpq gives no SQLSTATE, only a message in the server's language. Whether the server takes connections
is asked with libpq's ping, which goes by the SQLSTATE. libpq's own messages are always English here: nothing in this
process sets LC_MESSAGES.
"""

from __future__ import annotations

import re
from typing import Any

from pipelines.storage.errors import StoreError, StoreUnavailableError
from pipelines.store_address import StoreAddress, masked

# Two attempts for what a server refuses: it may have been starting at the first and have started before the ping.
_ATTEMPTS = 2
_CONNECT_SECONDS = "10"
# A server whose machine has gone without a word is noticed within a minute, not after the two hours of TCP.
_ALIVE = {"keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
_PING_SECONDS = "2"
# libpq writes what a server answers as "FATAL:  words", in whatever language, and nothing of its own that way.
_SERVER_SAYS = re.compile(r"(?:^|failed: )[^:\"\n]{1,40}:  (?P<words>\S.*)", re.DOTALL)
# The one refusal that passes, which a ping cannot distinguish from a wrong password (53300): found by the message of a
# server that speaks English. With any other server it ends the command, as other refusals do.
_FULL = re.compile(r"too many (?:clients|connections)|connection slots are reserved", re.IGNORECASE)
_NO_SUCH_HOST = re.compile(r"could not translate host name|failed to resolve host|Name or service not known")
# What libpq itself says of a server that is away, or not the one wanted for now (a failover); all else it says is the
# same the next time: an option, a certificate, a server that is no PostgreSQL.
_AWAY = re.compile(
    r"Connection refused|Is the server running|closed the connection unexpectedly|connection to server was lost"
    r"|time(?:out|d out)|unreachable|No route to host|Host is down|reset by peer|Broken pipe|SYSCALL|EOF"
    r"|could not (?:receive|send)|Resource temporarily unavailable|Temporary failure|in (?:hot )?standby|read-write"
    r"|read-only|recovery",
    re.IGNORECASE,
)


def opened(address: StoreAddress, *, name: str, read_only: bool, reached: bool) -> Any:
    """A connection of psycopg's. Raises `StoreUnavailableError` for what waiting may heal, else `StoreError`.

    `reached`: this server has answered before, so a name that is not found is a fault of the network's, which passes.
    """
    import psycopg  # only where it is used: an extra

    parameters = {"connect_timeout": _CONNECT_SECONDS, **_ALIVE, **address.parameters(), "client_encoding": "utf8"}
    if read_only:
        parameters["options"] = f"{parameters.get('options', '')} -c default_transaction_read_only=on".strip()
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            connection = psycopg.connect(**parameters)  # type: ignore[arg-type]  # names only libpq knows
        except psycopg.Error as error:
            refusal, words = _refusal(psycopg, error, parameters)
            message = masked(" ".join(words.split()), address.secrets())
            if refusal == "passes" or (reached and refusal == "no such host"):
                raise StoreUnavailableError(f"{name}: the server does not answer ({message}); is it up?") from None
            if refusal == "refused" and attempt < _ATTEMPTS:
                continue
            meanings = {"refused": "the server refuses", "no such host": "no such host"}
            why = meanings.get(refusal, "cannot be opened as its address says")
            raise StoreError(f"{name}: {why} ({message}); see to the store's address") from None
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            connection.close()
            raise StoreError(
                f"{name}: is a database in {encoding}; the database has to be UTF8: create another one with "
                "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
            )
        return connection
    raise AssertionError("not reached: the last attempt returns or raises")


def _refusal(psycopg: Any, error: Exception, parameters: dict[str, str]) -> tuple[str, str]:
    """Passes, refused (by the server), no such host, or never (by libpq, and again the next time); and its words."""
    message = str(error)
    if not isinstance(error, psycopg.OperationalError):
        return "never", message  # an option that libpq does not know
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return "passes", message
    answer = _SERVER_SAYS.search(message)
    if answer is None:
        if _NO_SUCH_HOST.search(message):
            return "no such host", message
        return "passes" if _AWAY.search(message) else "never", message
    if _FULL.search(answer["words"]):
        return "passes", answer["words"]
    # It answered a moment ago, so it need not have long: the ping lets no signal in.
    asked = psycopg.conninfo.make_conninfo(**{**parameters, "connect_timeout": _PING_SECONDS})
    state = psycopg.pq.PGconn.ping(asked.encode())
    return "refused" if state == psycopg.pq.Ping.OK else "passes", answer["words"]


def worded(error: BaseException, *, name: str, address: StoreAddress, away: bool) -> StoreError:
    """An error of a connection that was open, by its SQLSTATE."""
    state: str = getattr(error, "sqlstate", None) or ""
    message = masked(" ".join(str(error).split()), address.secrets())
    if state in _CONFLICTS:
        return StoreUnavailableError(f"{name}: two writers were in each other's way ({message})", conflict=True)
    if state in _WORDS:
        return StoreError(f"{name}: {_WORDS[state]}")
    # Without a state nothing was answered.
    passes = not state or state in _PASSES or (state[:2] in _PASSING_CLASSES and state not in _LASTS)
    if away or passes:
        return StoreUnavailableError(
            f"{name}: the server does not answer ({message or type(error).__name__}); is it up?"
        )
    return StoreError(f"{name}: PostgreSQL says: {message}")


_CONFLICTS = frozenset({"40001", "40P01", "55P03"})  # serialisation, deadlock, lock not available
_PASSES = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03"})  # shut down, crashed, starting; idle for too long
_PASSING_CLASSES = frozenset({"08", "53"})  # connection lost; out of connections, of memory
_LASTS = frozenset({"08P01", "08004", "53100"})  # not the protocol, refused for good, disk full
_WORDS = {
    "53100": "the server's disk is full; make room and start again: nothing stored was lost",
    "25006": "the database is read-only; use an account and a server that may write",
    "42501": "this account may not do that; see to its rights (on the database, and on its schema public)",
}
