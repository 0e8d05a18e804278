"""What a user's file holds: by its name, and by how it begins."""

from __future__ import annotations

import pytest

from pipelines.models import HtmlPage, TextPage
from pipelines.web.page_files import page_of_file

_BEGINNINGS = (
    "<!DOCTYPE html>",
    "<html>",
    "<?xml version='1.0'?>",
    "<!doctype foo>",
    "<head>",
    "<body>",
    "<div>",
    "<p>",
)


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml", "a.html.gz"])
def test_the_name_of_a_page_decides(name: str) -> None:
    """Whatever it begins with."""
    assert isinstance(page_of_file(b"Xin", name, limit=100), HtmlPage)


@pytest.mark.parametrize("beginning", [*_BEGINNINGS, "<article>", "<meta charset=utf-8>", "<h1>"])
def test_with_any_other_name_the_beginning_decides(beginning: str) -> None:
    """Upper or lower case, behind spaces too; a text named so is a page only where it begins as a whole document."""
    data = f"\n {beginning}Xin".encode()
    assert isinstance(page_of_file(data, "a", limit=100), HtmlPage)
    whole = beginning.lower().startswith(("<!doctype html", "<html", "<?xml"))
    assert isinstance(page_of_file(data, "a.txt", limit=100), HtmlPage if whole else TextPage)
