"""The one root of every error that a user can be shown."""

from __future__ import annotations

from pipelines.exits import Exit


class VietnamvnError(Exception):
    """Something the user can act on; its message names the thing, the cause and the remedy in one line.

    The command line prints it after ``vietnamvn: `` and ends with `exit_code`; no traceback is shown.
    """

    exit_code: Exit = Exit.FAILED


class UsageError(VietnamvnError):
    """The call itself is wrong: an option, a value or a combination that cannot work (exit code 2)."""

    exit_code = Exit.USAGE
