"""Whether a column is one of any number of values: more than a statement can have parameters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, any_, cast, func, select


def among(dialect: str, column: Any, values: Sequence[int] | Sequence[str], kind: ARRAY[Any]) -> Any:
    """Whether a column is one of any number of values, which are one parameter."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))
    return column == any_(cast(list(values), kind))
