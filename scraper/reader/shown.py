"""What a request gives: a page to be drawn, or a file to be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import VietnamvnError
from pipelines.storage import Store


class NotThereError(VietnamvnError):
    """The store has not what an address names."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A template with its values; `path` says which of the main pages it is."""

    template: str
    values: Mapping[str, Any]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A file: whole, or made while it is sent, of a store of its own; without a name it is shown as it is."""

    content: bytes | Callable[[Store], Iterator[bytes]]
    media_type: str
    name: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What a browser is told of it."""
        return {} if self.name is None else {"content-disposition": f'attachment; filename="{self.name}"'}
