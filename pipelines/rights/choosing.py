"""Texts chosen by what was said of their use: the usages asked for, and which answers close them."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.errors import UsageError
from pipelines.rights import USAGES, Answer, Usage

ANSWERS: tuple[Answer, ...] = ("disallowed", "unknown", "allowed", "unsaid")
"""Every answer, in the order of tables."""
CLOSED: tuple[Answer, ...] = ("disallowed", "unknown")
"""The answers that leave a usage closed: what was said and cannot be read is no permission."""


def require_usages(usages: Iterable[str]) -> tuple[Usage, ...]:
    """The usages of these names, in their order, each once. Raises `UsageError` for an unknown one."""
    asked = dict.fromkeys(usages)
    if unknown := [usage for usage in asked if usage not in USAGES]:
        raise UsageError(f"no usage {', '.join(unknown):.100}; the usages are: {', '.join(USAGES)}")
    return tuple(usage for usage in USAGES if usage in asked)


def read_usages(text: str) -> tuple[Usage, ...]:
    """The usages of a list with commas, in their order, each once. Raises `UsageError`.

    >>> read_usages("search, train-ai,search")
    ('train-ai', 'search')
    """
    return require_usages(sorted({name.strip() for name in text.split(",")} - {""}))
