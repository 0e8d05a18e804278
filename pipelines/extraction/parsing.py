"""A page into a tree; markup that can only be an attack is refused."""

from __future__ import annotations

import re

from lxml import etree

from pipelines.extraction.forms import settle

# libxml2 compares every attribute of a tag with all before it: the time grows with the square of their number. 20,000
# attributes cost 0.4 s (measured); a page of the site has some 3,000 spaces and equals signs in all its tags together.
_ATTRIBUTE_COST = 4e8
_TAG = re.compile(rb"""<[a-zA-Z](?:[^>"']+|"[^"]*"|'[^']*')*""")
_VALUE = re.compile(rb"""=\s*(?:"[^"]*"|'[^']*')""")  # text in a value is no attribute, however long
_PROGRAM = re.compile(rb"<(script|style)\b", re.I)
_BETWEEN_ATTRIBUTES = re.compile(rb"[\s=/\"']+")

# Characters that a tree must not hold, written out or by number. White space becomes a space; the others become DELETE,
# which is just as invisible and allowed.
_CONTROLS = bytes(range(32)).translate(None, b"\t\n\r\v\f")
_REPLACEMENTS = bytes.maketrans(b"\v\f" + _CONTROLS, b"  " + b"\x7f" * len(_CONTROLS))
_AROUND_ATTRIBUTES = b" \t\r\n/="
_FEW_ATTRIBUTES = 20_000  # of these bytes: too few for a costly tag
_BY_NUMBER = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|x0*(?:[0-8bcef]|1[\da-f]|fff[ef])(?![\da-f]));?", re.I
)
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")

# What libxml2 reads differently from a browser: it drops everything after the end of the page, and elements left open
# in a template or a list of choices stay open after its end, so that the rest of the page would be part of them.
_READ_OTHERWISE = re.compile(rb"<(?:template|select)[\s/>]|</(?:body|html)\s*>(?!\s*(?:</html\s*>)?\s*\Z)", re.I)
_MARKS = re.compile(
    rb"<(?:!--|(/?)(template|select|body|html|script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>]))", re.I
)
_UNSEEN = (b"template", b"select")
_ENDS = {b"!--": re.compile(rb"--!?>")}


def as_browsers_read(body: bytes) -> bytes:
    """A page without the content of its templates and lists of choices, and with one end.

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
    """Where the text of a comment, or of an element without markup, ends; `ended` remembers names without an end."""
    if name in ended:
        return at
    pattern = _ENDS.setdefault(name, re.compile(rb"</" + name + rb"(?=[\s/>])", re.I))
    end = pattern.search(body, at)
    if end is None:
        ended.add(name)
        return at
    return end.end()


def _is_attribute_bomb(body: bytes) -> bool:
    """Whether parsing the attributes alone would take longer than any page should."""
    # What looks like a tag may be a comparison in a program; most pages pass before their programs are taken out.
    return _attribute_cost(body) > _ATTRIBUTE_COST and _attribute_cost(_without_programs(body)) > _ATTRIBUTE_COST


def _without_programs(body: bytes) -> bytes:
    """A page without the content of its programs and styles; those without an end stay, and are searched once."""
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
    """Where the tag around `at` ends; `known` is the last such place, so that a tag without an end is searched once."""
    return known if known > at else (body.find(b">", at) + 1) or len(body)


def _attribute_cost(body: bytes) -> float:
    cost = 0.0
    for tag in _TAG.finditer(body):
        if tag.end() - tag.start() > 2000:
            cost += float(len(_BETWEEN_ATTRIBUTES.findall(_VALUE.sub(b" ", tag.group())))) ** 2
    return cost


def parse_html(body: bytes) -> etree._Element | str:
    """The tree of a page in UTF-8, or a message why there is none. Never uses the network; entities are HTML's."""
    rest = body.translate(_REPLACEMENTS, _AROUND_ATTRIBUTES)
    if b" " in rest or b"\x7f" in rest:  # most pages hold no such character
        body = body.translate(_REPLACEMENTS)
        rest = body.translate(None, _AROUND_ATTRIBUTES)
    if len(body) - len(rest) > _FEW_ATTRIBUTES and _is_attribute_bomb(body):
        return "a tag has so many attributes that it can only be an attack"
    body = _BY_NUMBER.sub(b"\x7f", body)
    if b"\xef" in body:
        body = _NO_CHARACTER.sub(b"\x7f", body)
    body = as_browsers_read(body)
    parser = etree.HTMLParser(
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        recover=True,
        collect_ids=False,
    )
    try:
        tree = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        tree = None
    if tree is None:
        return "the bytes hold no HTML"
    # A parser that gives up at some depth drops the rest: no article is better than a part of one.
    last = parser.error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return f"the parser gave up: {last.message.partition(',')[0]}"
    _open_body(tree)
    return settle(tree, body)


# What may stand in a head; at anything else a browser begins the body, whose tags may be left out. libxml2 knows that
# of the elements of HTML 4 alone.
_OF_THE_HEAD = frozenset({"title", "meta", "link", "script", "style", "base", "noscript", "template", "object"})


def _open_body(tree: etree._Element) -> None:
    """Move what the parser left in the head, but is no part of one, to the beginning of the body."""
    head = next(tree.iterchildren("head"), None)
    shown = [] if head is None else [e for e in head if e.tag not in _OF_THE_HEAD]
    if not shown:
        return
    body = next(tree.iterchildren("body"), None)
    if body is None:
        body = etree.SubElement(tree, "body")
    elif body.text:
        shown[-1].tail = (shown[-1].tail or "") + body.text
        body.text = None
    for place, element in enumerate(shown):
        body.insert(place, element)
