"""Where each field of an article comes from, and what the page says of it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """What one part of a page says of a field; `origin` is one of `ORIGINS`."""

    field: str
    origin: str
    value: str
