"""Results of a request: a page to render, or a file to download."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import VietnamvnError
from pipelines.storage import Store


class NotThereError(VietnamvnError):
    """The store does not have what an address names."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A template with its values; `path` is set for the main pages."""

    template: str
    values: Mapping[str, Any]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A file: its bytes, or a function that makes them from a store while sending; without a name it is shown."""

    content: bytes | Callable[[Store], Iterator[bytes]]
    media_type: str
    name: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The response headers: with a name, the browser saves the file."""
        return {} if self.name is None else {"content-disposition": f'attachment; filename="{self.name}"'}
