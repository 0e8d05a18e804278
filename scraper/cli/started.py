"""How the command was started, so that commands in its messages work in the user's shell as printed."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

NAME = "vietnamvn"
"""The command's name."""


def started_as() -> str:
    """The words before the arguments, quoted for a shell.

    ``vietnamvn`` if a shell finds it; else ``.venv/bin/vietnamvn`` or ``.venv/bin/python -m vietnamvn``, as typed.
    """
    program = Path(sys.argv[0])
    if program.stem == NAME and program.suffix != ".py":
        found = shutil.which(NAME)
        if found is not None and Path(found).exists() and program.exists() and program.samefile(found):
            return NAME
        return shlex.quote(str(program))
    if program.name == f"{NAME}.py" or program.parts[-2:] == ("cli", "__main__.py"):
        return shlex.join(sys.orig_argv[: len(sys.orig_argv) - len(sys.argv) + 1])
    return NAME  # called from Python
