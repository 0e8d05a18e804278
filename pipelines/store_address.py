"""Where a store is: the one reader of ``--store`` and similar options, and the one place that hides passwords.

Needs neither database library: commands read addresses, and refuse wrong ones, before they load any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

from pipelines.errors import UsageError

DEFAULT_STORE = "sqlite:///vietnamvn.db"
FORMS = "FILE, sqlite:///FILE or postgresql://USER@HOST/DATABASE"
HIDDEN = "***"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://(.*)", re.DOTALL)
# A user and a password before a host, without the scheme; `C:\\a@b` is a file.
_NO_SCHEME = re.compile(r"(?![A-Za-z]:[\\/])([^/\\:@?#\s]+):(?!//)(.+)@[^@/]+(?:/.*)?", re.DOTALL)
_POSTGRESQL = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
_CONNINFO = re.compile(r"\s*(?:\w+\s*=\s*(?:'(?:[^'\\]|\\.)*'|\S*)\s*)+", re.DOTALL)
_CONNINFO_KEYS = re.compile(r"\b(?:host|hostaddr|port|dbname|user|password|service|sslmode)\s*=")
_HOST = re.compile(r"(?:[\w.\-]+|\[[0-9A-Fa-f:.%]+\]|/.*)?", re.DOTALL)
_SECRET_OPTIONS = frozenset({"password", "sslpassword", "oauth_client_secret"})

# What may hold a password in any text: the user's part of an address, and `password=` of libpq and of queries, as
# `X-Amz-Signature=` of signed addresses. An address of the web ends its user's part before its path; of others
# everything up to the last @ is hidden.
_WEB = r"(?:https?|ftps?|wss?|socks[45]h?)"
_IN_WEB_ADDRESS = re.compile(rf"\b({_WEB}://[^\s:/?#@]*):[^\s/?#@]*@", re.IGNORECASE)
_BEFORE_PASSWORD = re.compile(rf"\b(?!{_WEB}://)[a-z][a-z0-9+.\-]{{0,60}}://[^\s:/?#@]*:", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_IN_OPTION = re.compile(
    r"\b((?:ssl)?password|oauth_client_secret|sig|(?:[\w\-]{0,40}[_\-])?(?:signature|token))(\s*=\s*)"
    r"('(?:[^'\\]|\\.)*'|[^\s&'\"]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoreAddress:
    """A file of SQLite (`path`), or a database on a PostgreSQL server; as text it never shows a password.

    `options` are those behind the ``?`` of an address, by libpq's names.
    """

    kind: Literal["sqlite", "postgresql"]
    path: str = ""
    user: str | None = None
    password: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        if self.kind == "sqlite":
            return self.path
        userinfo = quote(self.user or "", safe="") + (f":{HIDDEN}" if self.password is not None else "")
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host or ""
        port = f":{self.port}" if self.port is not None else ""
        options = "&".join(f"{name}={HIDDEN if name in _SECRET_OPTIONS else value}" for name, value in self.options)
        tail = f"/{self.database or ''}" + (f"?{options}" if options else "")
        return f"postgresql://{userinfo}{'@' if userinfo else ''}{host}{port}{tail}"

    def __repr__(self) -> str:
        return f"StoreAddress({str(self)!r})"

    def secrets(self) -> tuple[str, ...]:
        """The passwords in every spelling: none may be shown."""
        plain = [self.password, *(value for name, value in self.options if name in _SECRET_OPTIONS)]
        return tuple(
            dict.fromkeys(spelling for word in plain if word for spelling in (word, quote(word, safe=""), quote(word)))
        )

    def parameters(self) -> dict[str, str]:
        """The connection's parameters by libpq's names."""
        named = dict(self.options)
        for name, value in (("user", self.user), ("password", self.password), ("host", self.host)):
            if value is not None:
                named[name] = value
        if self.port is not None:
            named["port"] = str(self.port)
        if self.database:
            named["dbname"] = self.database
        return named


def read_store_address(text: str) -> StoreAddress:
    """The store that a text names: a path, or an address of a database.

    Raises `UsageError` that says what to write, and never shows a password.

    >>> read_store_address("news/vietnamvn.db").path
    'news/vietnamvn.db'
    >>> str(read_store_address("postgres://reader:s3cret@db.example/news"))
    'postgresql://reader:***@db.example/news'
    """
    if "\x00" in text or not text.strip():
        raise UsageError(f"an empty name is no store; give {FORMS}")
    match = _SCHEME.fullmatch(text)
    if match is None:
        return _path(text)
    scheme, rest = match[1].lower(), match[2]
    if scheme in _SQLITE:
        return _sqlite(text, rest)
    if scheme in _POSTGRESQL:
        return _postgresql(text, rest)
    if scheme.startswith(("postgres", "pg")):
        raise _wrong(text, "is an address for another driver; write postgresql://USER@HOST/DATABASE")
    raise _wrong(text, f"is no store that is known; give {FORMS}")


def address_of(given: str | Path | StoreAddress) -> StoreAddress:
    """The store that a caller names: an address as text, a file's path, or what was read already.

    Raises `UsageError` as `read_store_address` does, `TypeError` for anything else.
    """
    if isinstance(given, StoreAddress):
        return given
    if isinstance(given, Path):
        return _file(str(given), str(given))
    if not isinstance(given, str):
        raise TypeError(f"a store is named by a text ({FORMS}) or a pathlib.Path, not by {type(given).__name__}")
    return read_store_address(given)


def shown_address(text: str) -> str:
    """A store's address with `***` in place of every password, even where it is no valid address.

    >>> shown_address("mysql://u:s3cret@host/db")
    'mysql://u:***@host/db'
    """
    try:
        return _as_given(text)
    except UsageError:
        return _hidden(text)


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """A message without passwords: those in addresses and in `password=`, and `secrets` anywhere in it.

    >>> masked("no such option: postgresql://u:s3cret@host/db?password=x")
    'no such option: postgresql://u:***@host/db?password=***'
    """
    # The longest first: one may be a part of another.
    for secret in sorted(secrets, key=len, reverse=True):
        # As a word of its own: a password "a" must not take the letter out of every word.
        before, after = (r"(?<!\w)" if secret[0].isalnum() else ""), (r"(?!\w)" if secret[-1].isalnum() else "")
        text = re.sub(before + re.escape(secret) + after, HIDDEN, text)
    text = _IN_OPTION.sub(rf"\1\2{HIDDEN}", text)
    text = _IN_WEB_ADDRESS.sub(rf"\1:{HIDDEN}@", text)
    return _WORD.sub(_without_password, text) if "@" in text else text


def _without_password(word: re.Match[str]) -> str:
    end = word[0].rfind("@")  # a search from each address to an @ that is not there would take quadratic time
    found = _BEFORE_PASSWORD.search(word[0], 0, max(0, end))
    return word[0] if found is None else f"{word[0][: found.end()]}{HIDDEN}{word[0][end:]}"


def secrets_in(text: str) -> tuple[str, ...]:
    """The passwords of a text that may be an address of a store (or ``--store=ADDRESS``)."""
    found: list[str] = []
    for given in (text, text.partition("=")[2]):
        with suppress(UsageError):  # whoever reads the address reports it; its password is hidden anyway
            found += read_store_address(given).secrets() if "://" in given else ()
        match = _USERINFO.match(given) or _NO_SCHEME.fullmatch(given)
        found += [match[2]] if match and match[2] and "://" not in match[2] else []
        found += [match[3].strip("'") for match in _IN_OPTION.finditer(given)]
    return tuple(dict.fromkeys(secret for secret in found if secret and secret != HIDDEN))


_USERINFO = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://([^:/?#@]*):(.*)@", re.DOTALL)


def _as_given(text: str) -> str:
    address = read_store_address(text)
    return text if address.kind == "sqlite" else str(address)


def _hidden(text: str) -> str:
    match = _USERINFO.match(text) or _NO_SCHEME.fullmatch(text)
    return masked(text if match is None else text[: match.start(2)] + HIDDEN + text[match.end(2) :])


def _wrong(text: str, why: str) -> UsageError:
    return UsageError(f"{_hidden(text)!r} {why}")


def _is_conninfo(text: str) -> bool:
    return bool(_CONNINFO.fullmatch(text) and _CONNINFO_KEYS.search(text))


def _path(text: str) -> StoreAddress:
    if re.match(r"(?:sqlite|postgres(?:ql)?|file)[+\w]*:", text, re.IGNORECASE):
        raise _wrong(text, f"is no store; give {FORMS}")
    if _is_conninfo(text):
        raise _wrong(text, "is written as libpq's programs want it; write postgresql://USER@HOST/DATABASE")
    if _NO_SCHEME.fullmatch(text):
        raise _wrong(text, "has no scheme; write postgresql://USER@HOST/DATABASE, or ./FILE for a file of that name")
    if text in ("-", ":memory:"):
        raise _wrong(text, f"is no file that keeps anything; give {FORMS}")
    return _file(text, text)


def _file(text: str, path: str) -> StoreAddress:
    path = _at_home(path)
    if Path(path).name in ("", ".."):
        raise _wrong(text, "is a folder; give the store a file name")
    return StoreAddress(kind="sqlite", path=path)


def _at_home(path: str) -> str:
    if not path.startswith("~"):
        return path  # as it was written
    try:
        return str(Path(path).expanduser())
    except RuntimeError:  # no such user: a file of that name
        return path


def _sqlite(text: str, rest: str) -> StoreAddress:
    if not rest.startswith("/"):
        raise _wrong(text, "names no file; write sqlite:///FILE (with three slashes), or the file's name alone")
    path = rest[1:]
    if path in ("", ":memory:") or "?" in path:
        raise _wrong(text, "names no file; give sqlite:///FILE, or the file's name alone")
    return _file(text, path)


def _postgresql(text: str, rest: str) -> StoreAddress:
    # The user's part ends at the last @ before the path; a password that holds / or ? raw moves it further.
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    before = authority if "@" in authority else rest.partition("?")[0]
    userinfo, at, _ = before.rpartition("@")
    rest = rest[len(userinfo) + len(at) :]
    place, _, query = rest.partition("?")
    host_and_port, _, database = place.partition("/")
    user, colon, password = userinfo.partition(":")
    host, port = _host_and_port(host_and_port)
    database = unquote(database)
    # A raw @ after the ? may end a password that holds the ?: it is hidden, not guessed at.
    if not _HOST.fullmatch(host) or "@" in database + query or (not host.startswith("/") and "/" in database):
        raise _wrong(
            text, "cannot be read; write / @ : ? # % in names, passwords and options as %2F %40 %3A %3F %23 %25"
        )
    number = _port(text, port)
    options = _options(text, query)
    return StoreAddress(
        kind="postgresql",
        user=unquote(user) or None,
        password=unquote(password) if colon else None,
        host=unquote(host.strip("[]")) or None,
        port=number,
        database=database or None,
        options=options,
    )


def _host_and_port(text: str) -> tuple[str, str | None]:
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", text, re.DOTALL)
    return (text, None) if match is None else (unquote(match[1]), match[2])


def _port(text: str, port: str | None) -> int | None:
    if not port:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65_535:
        raise _wrong(text, "has no port that could be: give a number from 1 to 65535")
    return int(port)


def _options(text: str, query: str) -> tuple[tuple[str, str], ...]:
    # As libpq reads them: a plus is a plus.
    found = [(unquote(name), unquote(value)) for name, _, value in (part.partition("=") for part in query.split("&"))]
    found = [(name, value) for name, value in found if name]
    if len({name for name, _ in found}) < len(found):
        raise _wrong(text, "gives an option twice; give it once")
    for name, value in found:
        if name == "port":
            _port(text, value or "0")
    return tuple(found)
