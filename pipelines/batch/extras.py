"""Optional dependencies, imported where they are needed and named clearly where they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from pipelines.errors import UsageError


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional module, or raise a `UsageError` that names the extra which brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"{purpose} needs {module.partition('.')[0]}, which cannot be imported ({error}); "
            f"install the extra: pip install 'vietnamvn[{extra}]'"
        ) from error
