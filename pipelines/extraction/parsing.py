"""A page's bytes into a tree: charset by what the bytes are, markup that can only be an attack refused."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_NON_ASCII = re.compile("[^\x00-\x7f]")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def sniff_charset(body: bytes, content_type: str | None = None) -> str:
    """The charset the bytes are really in. The site is UTF-8; a wrong or missing declaration does not change that.

    Bytes that are valid UTF-8 (a cut last character or a few flipped bytes allowed) are UTF-8 whatever is declared;
    else the HTTP header, then the page's own `meta`, is believed if it can decode the page; else Windows-1252.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return name
    if body.isascii():
        return "utf-8"
    try:
        body.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    decoded = body.decode("utf-8", "replace")
    bad = decoded.count("\ufffd")
    # In UTF-8 that was damaged, sound multi-byte characters outnumber the damage; in a legacy charset hardly any
    # accented byte happens to continue a sequence.
    if len(_NON_ASCII.findall(decoded)) - bad > 4 * bad:
        return "utf-8"
    declared = [content_type.encode("ascii", "ignore")] if content_type else []
    declared.append(body[:4096])
    for source in declared:
        match = _CHARSET.search(source)
        if match is None:
            continue
        name = match.group(1).decode("ascii").lower()
        try:
            body.decode(name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
        return "windows-1252" if name in ("iso-8859-1", "latin-1", "latin1") else name
    return "windows-1252"


# libxml2 compares every attribute of a tag with all before it: its time grows with the square of their number. 20,000
# attributes cost 0.4 s (measured); a page of the site has some 3,000 spaces and equals signs in all its tags together.
_ATTRIBUTE_COST = 4e8
_TAG = re.compile(rb"""<[a-zA-Z](?:[^>"']+|"[^"]*"|'[^']*')*""")
_BETWEEN_ATTRIBUTES = re.compile(rb"[\s=/\"']+")


def _is_attribute_bomb(body: bytes) -> bool:
    """Whether parsing the attributes alone would take longer than a page may take."""
    if len(body) < 40_000 or len(body) - len(body.translate(None, b" \t\r\n\f/=")) < 20_000:
        return False
    cost = 0.0
    for tag in _TAG.finditer(body):
        if tag.end() - tag.start() > 2000:
            cost += float(len(_BETWEEN_ATTRIBUTES.findall(tag.group()))) ** 2
    return cost > _ATTRIBUTE_COST


def parse_html(body: bytes, content_type: str | None = None) -> etree._Element | str:
    """The tree of a page, or why there is none. Never touches the network; entities are HTML's."""
    charset = sniff_charset(body, content_type)
    if charset != "utf-8":
        body = body.decode(charset, "replace").encode("utf-8", "replace")
    if _is_attribute_bomb(body):
        return "a tag has so many attributes that it can only be an attack"
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    try:
        tree = etree.fromstring(body.replace(b"\x00", b""), parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        tree = None
    return "the bytes hold no HTML" if tree is None else tree
