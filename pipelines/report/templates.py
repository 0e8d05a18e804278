"""What all pages share: their templates, the style sheet, and how texts from elsewhere are shown."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from pipelines.batch.extras import require
from pipelines.languages import LANGUAGES
from pipelines.printable import printable

# Scripts that are written from right to left (ISO 15924).
_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo"})


def templates(*packages: str, purpose: str) -> Any:
    """A `jinja2.Environment` over the templates beside this module, and, before them, those of `packages`.

    Everything is escaped; an undefined name is an error. Raises `UsageError` where the extra is missing.
    """
    jinja2 = require("jinja2", extra="view", purpose=purpose)
    loaders = [jinja2.PackageLoader(package, ".") for package in (*packages, "pipelines.report")]
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def style() -> str:
    """The style sheet of all pages."""
    return files("pipelines.report").joinpath("style.css").read_text(encoding="utf-8")


def visible(text: str) -> str:
    """A text with its invisible signs as escapes: they could reorder the line, or hide what it holds."""
    return printable(text, lines=True)


def direction(language: str | None) -> str:
    """The attribute ``dir`` of a text in a language; with ``auto`` its first letters decide."""
    known = LANGUAGES.get(language or "")
    return "rtl" if known and known.script in _RIGHT_TO_LEFT else "auto"
