"""JSON as its standard has it (RFC 8259), for rows from elsewhere: what programs read in different ways is refused."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any


def loads(raw: bytes | str) -> Any:
    """The value of a JSON text. Raises `ValueError` with its cause for what is invalid or ambiguous.

    Invalid are ``NaN`` and ``Infinity``, a key that an object has twice, nesting deeper than Python's parser goes, and
    integers longer than it accepts. Bytes are UTF-8 (a byte-order mark is passed over), UTF-16 or UTF-32.

    >>> loads('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ValueError: the key 'a' stands twice in one object
    """
    try:
        return json.loads(raw, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def utf8(line: bytes) -> str:
    """A line of JSON Lines as text: UTF-8. Raises `ValueError` for any other encoding.

    A line of UTF-16 cannot be read by itself: it begins with half of the line end before it, so that its bytes read as
    other characters.

    >>> utf8('{"a": 1}'.encode("utf-8-sig"))
    '{"a": 1}'
    >>> utf8('{"a": 1}'.encode("utf-16-le"))
    Traceback (most recent call last):
    ValueError: a zero byte, as UTF-16 has them; JSON Lines are UTF-8
    """
    if b"\0" in line:
        raise ValueError("a zero byte, as UTF-16 has them; JSON Lines are UTF-8")
    return line.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogatepass")


def other_encoding(head: bytes) -> str | None:
    """The encoding of JSON Lines by their first bytes, where it is not UTF-8; None elsewhere (RFC 4627, 3).

    >>> other_encoding('{"a"'.encode("utf-16-le")), other_encoding(b'{"a"')
    ('UTF-16', None)
    """
    name = json.detect_encoding(head[:4])
    if name.startswith("utf-8") or not head[:16].decode(name, "ignore").lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return None
    return name[:6].upper()


def elements(raw: bytes) -> Iterator[Any | ValueError]:
    """The elements of a JSON list, or its one value; an invalid element does not cost the others.

    An element that `loads` would refuse comes as its `ValueError`. Raises `ValueError` where the text as
    a whole is no JSON.

    >>> list(elements(b'[1, NaN, {"a": 3}]'))
    [1, ValueError('NaN is no JSON'), {'a': 3}]
    """
    try:
        whole = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(whole, list):
        yield _strictly(raw)
        return
    text = raw.decode(json.detect_encoding(raw), "surrogatepass").removeprefix("\ufeff")
    measure, at = json.JSONDecoder(), text.index("[") + 1
    for _ in whole:
        while text[at] in " \t\r\n,":
            at += 1
        _, end = measure.raw_decode(text, at)
        yield _strictly(text[at:end])
        at = end


def _strictly(text: bytes | str) -> Any | ValueError:
    try:
        return loads(text)
    except ValueError as error:
        return error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice!r:.60} stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
