"""A sitemap's text as start tags, texts and end tags: strictly as XML, with repairs, or by scanning for tags.

The strict reading is expat's. It expands nothing: a document type ends it, so no entity is ever declared. If it fails,
`repaired` mends what does not change the meaning, for another strict reading; if that fails too, `scan` goes from tag
to tag. All three take time and memory in proportion to the text.
"""

from __future__ import annotations

import html.entities
import re
from collections import Counter
from typing import Protocol
from xml.parsers import expat

from pipelines.web.site_files import percent_encoded

UNKNOWN = "\ufffd"
"""Stands for an unknown character; an address that contains it is invalid."""


class Handler(Protocol):
    """Takes the parts of a document in order; names are as written, with their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """A piece of text, decoded."""


class BrokenError(ValueError):
    """The text is not well-formed XML, or has a document type; the message says where."""


def read_strictly(text: str, handler: Handler) -> None:
    """Hand the document to the handler; raises `BrokenError` if it is not well-formed or has a document type."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise BrokenError(f"a byte that is no UTF-8 in line {line}") from None
    parser = expat.ParserCreate("utf-8")  # whatever the declaration says: the text is decoded already
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BrokenError(f"{expat.ErrorString(error.code)} in line {error.lineno}") from None


def _refuse(*_: object) -> None:
    raise BrokenError("a document type, which no sitemap needs")


# ---- repairs

_NO_CHARACTER = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff"
_TOKEN = re.compile(
    r"<!\[CDATA\[|<!--|<\?|<!DOCTYPE\b"
    r"|&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});"
    rf"|&|<(?![A-Za-z_:/!?])|\]\]>|[{_NO_CHARACTER}]"
)
_ANY_NO_CHARACTER = re.compile(f"[{_NO_CHARACTER}]")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[\]]*>", re.I)
_ROOT_END = re.compile(r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>", re.I)
_MAX_PARTS = 1_000_000  # pieces between repairs; a real document needs far fewer
_XML_NAMES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def repaired(text: str) -> tuple[str, str] | None:
    """The text with XML faults mended, and the repairs in one line; None if it has none, or that is not enough.

    >>> repaired("<a>x & y</a>")
    ('<a>x &amp; y</a>', 'bare &: 1 (the first in line 1)')
    """
    found: Counter[str] = Counter()
    lines: dict[str, int] = {}

    def note(what: str, at: int) -> None:
        found[what] += 1
        if what not in lines:
            lines[what] = text.count("\n", 0, at) + 1

    begin = len(text) - len(text.lstrip("\ufeff\u200b \t\r\n"))
    if begin:
        note("blank or byte-order mark before its beginning", 0)
    bounds = [match.end() for match in _ROOT_END.finditer(text)][-1:]
    end = bounds[0] if bounds else len(text)
    if text[end:].strip("\ufeff\0 \t\r\n"):
        note("piece of something else behind its end", end)
    parts: list[str] = []
    at = begin
    while (match := _TOKEN.search(text, at, end)) is not None:
        mark, here = match[0], match.start()
        parts.append(text[at:here])
        at = match.end()
        if mark == "<![CDATA[":
            stop = text.find("]]>", at, end)
            if stop < 0:
                return None
            inner = text[at:stop]
            if (bad := _ANY_NO_CHARACTER.search(inner)) is not None:
                note("character that XML does not have", at + bad.start())
                inner = _ANY_NO_CHARACTER.sub(UNKNOWN, percent_encoded(inner))
            parts.append(f"{mark}{inner}]]>")
            at = stop + 3
        elif mark in ("<!--", "<?"):  # they are no part of what is listed
            stop = text.find("-->" if mark == "<!--" else "?>", at, end)
            if stop < 0 or text.find(mark, at, stop) >= 0:
                return None
            if mark == "<!--" and (text.find("--", at, stop) >= 0 or text[stop - 1] == "-"):
                note("hyphens in a comment", here)
            elif mark == "<?" and here > begin and text[at : at + 3].lower() == "xml":
                note("XML declaration where none may be", here)
            at = stop + (3 if mark == "<!--" else 2)
        elif mark == "<!DOCTYPE":
            doctype = _DOCTYPE.match(text, here, end)
            if doctype is None:
                return None
            note("document type, passed over", here)
            at = doctype.end()
        elif mark == "&":
            note("bare &", here)
            parts.append("&amp;")
        elif mark == "<":
            note("bare <", here)
            parts.append("&lt;")
        elif mark == "]]>":
            note("bare ]]>", here)
            parts.append("]]&gt;")
        elif mark.startswith("&"):
            if mark[1:-1] not in _XML_NAMES and (mark[1] != "#" or decoded(mark) == UNKNOWN):
                note("entity that XML does not know", here)
            parts.append("".join(f"&#{ord(c)};" for c in decoded(mark)))
        elif "\udc80" <= mark <= "\udcff":
            note("byte that is no UTF-8", here)
            parts.append(percent_encoded(mark))
        else:
            note("character that XML does not have", here)
            parts.append(UNKNOWN)
        if len(parts) > _MAX_PARTS:
            return None
    parts.append(text[at:end])
    if not found:
        return None
    repairs = ", ".join(f"{what}: {count} (the first in line {lines[what]})" for what, count in found.items())
    return "".join(parts), repairs


_REFERENCE = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});")


def decoded(text: str) -> str:
    """The text with character references and the named entities of XML and HTML decoded.

    An unknown entity, and a reference to an invalid character, becomes `UNKNOWN`.

    >>> decoded("a&#x2f;b&amp;c&nbsp;&made-up;&other;")
    'a/b&c\\xa0&made-up;\ufffd'
    """
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    name = match[0][1:-1]
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        character = chr(code) if code < 0x110000 else "\0"
        return UNKNOWN if _ANY_NO_CHARACTER.match(character) else character
    return _XML_NAMES.get(name) or html.entities.html5.get(f"{name};", UNKNOWN)


# ---- tag by tag

_TAG = re.compile(r"<!\[CDATA\[|<!--|<([^<>]*)>|<")
_NAME = re.compile(r"/?([A-Za-z_:][^\s/=\"']*)")
_ATTRIBUTE = re.compile(r"(?:(?<=[\"'])|\s)([^\s=/\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_ENTRY_TAG = re.compile(r"(</?)(?:[\w.-]{1,40}:)?(?:url|sitemap|loc)[\s>]", re.I)
_LONGEST_TAG = 8_192


def scan(text: str, handler: Handler) -> None:
    """Hand on tags between < and >, and the text between them, without comments and declarations.

    Of a comment or CDATA section without an end only the opening mark is handed on, which no address contains.
    The handler may get end tags without start tags.
    """
    at = 0
    while (match := _TAG.search(text, at)) is not None:
        if match.start() > at:
            handler.text(decoded(percent_encoded(text[at : match.start()])))
        mark = match[0]
        at = match.end()
        if mark in ("<![CDATA[", "<!--"):
            close = "]]>" if mark == "<![CDATA[" else "-->"
            stop = _close(text, mark, close, at)
            if stop is None:
                handler.text("<")
            else:
                if mark == "<![CDATA[":
                    handler.text(percent_encoded(text[at:stop]))
                at = stop + 3
        elif mark == "<" or mark.startswith("<!"):
            handler.text("<")
        elif not mark.startswith("<?"):
            _hand_tag(match[1], handler)
    if at < len(text):
        handler.text(decoded(percent_encoded(text[at:])))


def _close(text: str, mark: str, close: str, at: int) -> int | None:
    """Where a comment or CDATA section ends; None if another one, or the rest of an entry, comes before its end."""
    again = text.find(mark, at)
    stop = text.find(close, at, len(text) if again < 0 else again)
    if stop < 0:
        return None
    tags = _ENTRY_TAG.findall(text, at, stop)
    return None if tags and (tags[0] == "</" or tags[-1] == "<") else stop


def _hand_tag(content: str, handler: Handler) -> None:
    match = _NAME.match(content)
    if match is None or len(content) > _LONGEST_TAG:
        handler.text("<")
    elif content.startswith("/"):
        handler.end(match[1])
    else:
        attributes: dict[str, str] = {}
        if "hreflang" in content:  # no other attribute is wanted
            for found in _ATTRIBUTE.finditer(content):
                attributes.setdefault(found[1], decoded(percent_encoded(found[2] or found[3] or found[4] or "")))
        handler.start(match[1], attributes)
        if content.endswith("/"):
            handler.end(match[1])
