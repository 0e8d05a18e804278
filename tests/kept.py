"""What comes out, as hashes: for tests that keep it in a file, and compare it with that of the next version."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def plain(value: Any) -> Any:
    """A value as JSON has it: sets and maps in order, numbers to six digits, whatever the machine's last ones are."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in sorted(value.items(), key=lambda item: str(item[0]))}
    if isinstance(value, frozenset | set):
        return sorted((plain(inner) for inner in value), key=repr)
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return round(float(value), 6)
    return value if value is None or isinstance(value, str | int) else str(value)


def hashed(value: Any) -> str:
    """A short hash of a value that JSON can write."""
    return _short(json.dumps(value, ensure_ascii=False, sort_keys=True))


def hashed_lines(values: Iterable[Any]) -> str:
    """A short hash of values one behind the other, each as it is in `plain`."""
    return _short("".join(json.dumps(plain(value), ensure_ascii=False) + "\n" for value in values))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
