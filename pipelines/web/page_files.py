"""A page or a text in a user's file, for all commands that read them."""

from __future__ import annotations

from pathlib import PurePath

from pipelines.models import HtmlPage, TextPage
from pipelines.web.charsets import NoTextError, decode_text
from pipelines.web.decoding import unpack

_HTML = (".html", ".htm", ".xhtml")
_PACKED = (".gz", ".zst")
# A text that begins so is a page, whatever its name; with any other name one that begins with any block is, too.
_DOCUMENT = ("<!doctype html", "<html", "<?xml")
_MARKUP = (*_DOCUMENT, "<!doctype", "<head", "<body", "<div", "<p", "<article", "<meta", "<h1")
_HEAD = 2048


def kind_of(name: str) -> str:
    """The last suffix of a file's name in lower case, leaving out a packer's.

    >>> kind_of("A.HTML.gz"), kind_of("notes")
    ('.html', '')
    """
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def page_of_file(data: bytes, name: str, *, url: str | None = None, limit: int) -> HtmlPage | TextPage:
    """A file's bytes as a page or a text; packing (gzip, Zstandard) and charset are found in the bytes.

    A name that ends in .html or .txt decides which of the two it is. Raises `TooLargeError` over
    `limit` bytes, `NoTextError` if it is no text, cut off or damaged.
    """
    unpacked = unpack(data, limit=limit)
    if unpacked.state != "whole":
        raise NoTextError(unpacked.detail)
    kind = kind_of(name)
    if kind in _HTML:
        return HtmlPage(body=unpacked.body, url=url)
    text, _ = decode_text(unpacked.body)
    if text[:_HEAD].lstrip().lower().startswith(_DOCUMENT if kind == ".txt" else _MARKUP):
        return HtmlPage(body=unpacked.body, url=url)
    return TextPage(text=text, url=url)
