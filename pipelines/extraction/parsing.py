"""A page into a tree; markup that can only be an attack is refused."""

from __future__ import annotations

import re

from lxml import etree

from pipelines.extraction.forms import settle

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


def parse_html(body: bytes) -> etree._Element | str:
    """The tree of a page in UTF-8, or why there is none. Never touches the network; entities are HTML's."""
    if _is_attribute_bomb(body):
        return "a tag has so many attributes that it can only be an attack"
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
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return f"the parser gave up: {last.message.partition(',')[0]}"
    return settle(tree, body)
