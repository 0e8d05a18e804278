"""Writes a text to a file whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from pipelines.listing import is_special


def write_whole(path: Path, text: str) -> None:
    """Write UTF-8 to a temporary file, then rename it. Raises `OSError`, and then leaves what was there.

    Lone surrogates, which UTF-8 cannot hold, become question marks.
    """
    content = text.encode("utf-8", "replace")
    if is_special(path):  # /dev/stdout, a pipe: it cannot be replaced by a rename
        # Otherwise opening a pipe that nobody reads would wait for ever.
        number = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        os.set_blocking(number, True)
        with os.fdopen(number, "wb") as special:
            special.write(content)
        return
    path = path.resolve()  # so that a link stays a link
    temporary = path.with_name(f".{path.name[:200]}.{os.getpid()}-{uuid.uuid4().hex[:8]}.part")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
