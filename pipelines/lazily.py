"""Modules that are loaded when they are first used, so that a command which needs few of them starts quickly."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any


class Later:
    """Stands for the module of this name, and imports it when its first attribute is read.

    For type checkers the module is imported beside it, under ``if TYPE_CHECKING``.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | None = None

    def __getattr__(self, attribute: str) -> Any:
        """The module's attribute."""
        if self._module is None:
            self._module = import_module(self._name)
        return getattr(self._module, attribute)
