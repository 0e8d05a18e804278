"""Addresses that the user gives directly, or in a file with one on each line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.errors import UsageError


def given_addresses(given: object) -> list[str]:
    """The addresses of a list, of a text with commas, or of a named file; each once.

    Raises `UsageError` if there is none, or the file cannot be read.
    """
    if isinstance(given, (list, tuple)):
        return _once(str(url) for url in given)
    if not given:
        raise UsageError("no addresses; give -a urls=https://…,https://… or a file with one on each line")
    text = str(given)
    if text[:8].lower().startswith(("http://", "https://")):
        return _once(text.split(","))
    return addresses_in_file(Path(text))


def addresses_in_file(path: Path) -> list[str]:
    """The addresses of a UTF-8 file, one on each line. Raises `UsageError`."""
    try:
        return _once(path.read_text(encoding="utf-8-sig").splitlines())
    except OSError as error:
        raise UsageError(f"{path}: no addresses can be read from it ({error.strerror})") from None
    except ValueError as error:
        raise UsageError(f"{path}: no addresses can be read from it ({error}); write it in UTF-8") from None


def _once(urls: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(url.strip() for url in urls if url.strip()))
