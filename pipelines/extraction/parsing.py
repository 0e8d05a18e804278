"""A page into a tree; markup that can only be an attack is refused."""

from __future__ import annotations

import re

from lxml import etree

from pipelines.extraction.forms import settle

# libxml2 compares every attribute of a tag with all before it: its time grows with the square of their number. 20,000
# attributes cost 0.4 s (measured); a page of the site has some 3,000 spaces and equals signs in all its tags together.
_ATTRIBUTE_COST = 4e8
_TAG = re.compile(rb"""<[a-zA-Z](?:[^>"']+|"[^"]*"|'[^']*')*""")
_VALUE = re.compile(rb"""=\s*(?:"[^"]*"|'[^']*')""")  # data in a value are no attributes, however long they are
_PROGRAM = re.compile(rb"<(script|style)\b", re.I)
_BETWEEN_ATTRIBUTES = re.compile(rb"[\s=/\"']+")

# No tree may be changed where these stand, written out or by number. White space becomes a space; for the others stands
# DELETE, which is as unseen, and may stand in a tree.
_CONTROLS = bytes(range(32)).translate(None, b"\t\n\r\v\f")
_SAID_OTHERWISE = bytes.maketrans(b"\v\f" + _CONTROLS, b"  " + b"\x7f" * len(_CONTROLS))
_BY_NUMBER = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|x0*(?:[0-8bcef]|1[\da-f]|fff[ef])(?![\da-f]));?", re.I
)
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")

# What libxml2 would read otherwise than a browser: it drops what stands behind the end of the page, and the end of a
# template or a list of choices does not end what is open in it, so that the rest of the page would be part of it.
_READ_OTHERWISE = re.compile(rb"<(?:template|select)[\s/>]|</(?:body|html)\s*>(?!\s*(?:</html\s*>)?\s*\Z)", re.I)
_MARKS = re.compile(
    rb"<(?:!--|(/?)(template|select|body|html|script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>]))", re.I
)
_UNSEEN = (b"template", b"select")
_ENDS = {b"!--": re.compile(rb"--!?>")}
_RESOURCE_LIMIT = 114  # libxml2's number of the error; only lxml 6 has a name for it


def as_browsers_read(body: bytes) -> bytes:
    """A page without what is in its templates and lists of choices, and with one end.

    >>> as_browsers_read(b"<p>a<template><div>b</template>c</body></html><p>d</body></html>")
    b'<p>a<template></template>c<p>d'
    >>> as_browsers_read(b'<script>"</html>"</script><select><div>a</select>b')
    b'<script>"</html>"</script><select></select>b'
    """
    if not _READ_OTHERWISE.search(body):
        return body
    kept: list[bytes] = []
    done = at = close = 0
    opened: list[tuple[bytes, int]] = []
    count = dict.fromkeys(_UNSEEN, 0)
    ended: set[bytes] = set()
    while mark := _MARKS.search(body, at):
        at = mark.end()
        name = (mark[2] or b"!--").lower()
        if name in (b"body", b"html"):
            if mark[1] and not opened:
                kept.append(body[done : mark.start()])
                at = done = _behind_tag(body, at)
        elif name not in _UNSEEN:
            if not mark[1]:
                at = _end_of(name, body, at, ended)
        elif mark[1]:
            if count[name]:
                last, start = b"", 0
                while last != name:
                    last, start = opened.pop()
                    count[last] -= 1
                if not opened:
                    kept.append(body[done:start])
                    done = mark.start()
        else:
            if opened and opened[-1][0] == name == b"select":  # a list within a list ends it
                opened.pop()
                count[name] -= 1
                if not opened:
                    kept += (body[done : mark.start()], b"</select>")
                    done = mark.start()
            count[name] += 1
            close = _behind_tag(body, at, close)
            opened.append((name, close))
    return b"".join((*kept, body[done:]))


def _end_of(name: bytes, body: bytes, at: int, ended: set[bytes]) -> int:
    """Where the text of an element without markup in it, or a comment, ends; `ended` remembers what ends nowhere."""
    if name in ended:
        return at
    pattern = _ENDS.setdefault(name, re.compile(rb"</" + name + rb"(?=[\s/>])", re.I))
    end = pattern.search(body, at)
    if end is None:
        ended.add(name)
        return at
    return end.end()


def _is_attribute_bomb(body: bytes) -> bool:
    """Whether parsing the attributes alone would take longer than a page may take."""
    if len(body) < 40_000 or len(body) - len(body.translate(None, b" \t\r\n\f/=")) < 20_000:
        return False
    # What looks like a tag may be a comparison in a program; most pages need no look without their programs.
    return _attribute_cost(body) > _ATTRIBUTE_COST and _attribute_cost(_without_programs(body)) > _ATTRIBUTE_COST


def _without_programs(body: bytes) -> bytes:
    """A page without what is in its programs and styles; those that end nowhere stay, and are looked for once."""
    kept: list[bytes] = []
    done = at = close = 0
    ended: set[bytes] = set()
    while mark := _PROGRAM.search(body, at):
        close = _behind_tag(body, mark.end(), close)
        at = _end_of(mark[1].lower(), body, close, ended)
        if at > close:
            kept.append(body[done:close])
            done = at
    return b"".join((*kept, body[done:]))


def _behind_tag(body: bytes, at: int, known: int = 0) -> int:
    """Where the tag around `at` is over; `known` is the last such place: a tag that never ends is looked at once."""
    return known if known > at else (body.find(b">", at) + 1) or len(body)


def _attribute_cost(body: bytes) -> float:
    cost = 0.0
    for tag in _TAG.finditer(body):
        if tag.end() - tag.start() > 2000:
            cost += float(len(_BETWEEN_ATTRIBUTES.findall(_VALUE.sub(b" ", tag.group())))) ** 2
    return cost


def parse_html(body: bytes) -> etree._Element | str:
    """The tree of a page in UTF-8, or why there is none. Never touches the network; entities are HTML's."""
    if _is_attribute_bomb(body):
        return "a tag has so many attributes that it can only be an attack"
    body = body.translate(_SAID_OTHERWISE)
    body = as_browsers_read(_NO_CHARACTER.sub(b"\x7f", _BY_NUMBER.sub(b"\x7f", body)))
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, recover=True
    )
    try:
        tree = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        tree = None
    if tree is None:
        return "the bytes hold no HTML"
    # Where the parser gives up at a depth, it drops what follows: no article is better than a part of one.
    last = parser.error_log.last_error
    if last is not None and last.type == _RESOURCE_LIMIT:
        return f"the parser gave up: {last.message.partition(',')[0]}"
    return settle(tree, body)
