"""How a run ended: one value, made last, from which all reports of the run follow.

The manifest, the run's row in the store, the exit code of the process and the last line on standard error all come
from a `RunEnd`; none of them is decided anywhere else. Pure: no clock, no files, no network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.errors import VietnamvnError, exit_code, in_words
from pipelines.exits import Exit, worst
from pipelines.printable import printable
from pipelines.store_address import masked

NOT_RUN = "not run"
RUNNING = "running"
_WORDS = {
    Exit.DONE: "complete",
    Exit.FAILED: "failed",
    Exit.USAGE: NOT_RUN,
    Exit.PARTIAL: "incomplete",
    Exit.BLOCKED: "blocked",
    Exit.INTERRUPTED: "interrupted",
}


class LockedError(VietnamvnError):
    """Another run is working on the store; `holder` names it."""

    exit_code = Exit.PARTIAL

    def __init__(self, message: str, *, holder: str) -> None:
        super().__init__(message)
        self.holder = holder


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """The exit code, one word for it (``complete``, ``incomplete``, ``blocked``, ``failed``, ``interrupted``, or
    ``not run`` where nothing was begun), and every reason in plain words, the one that decided last.

    `broke` are the reasons that are errors.
    """

    code: Exit
    word: str
    reasons: tuple[str, ...] = ()
    broke: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The end as manifest and store record it."""
        return {"exit_code": int(self.code), "result": self.word, "reasons": list(self.reasons)}

    def lines(self) -> list[str]:
        r"""The lines for standard error: one for each reason, the last one behind the word.

        If an error ended the run, only the error is printed, as by any other command.

        >>> RunEnd(code=Exit.PARTIAL, word="incomplete", reasons=("failed: 2 timeout", "not yet tried: 3")).lines()
        ['failed: 2 timeout', 'incomplete: not yet tried: 3']
        >>> RunEnd(code=Exit.DONE, word="complete").lines()
        []
        """
        if self.broke and (self.code in (Exit.FAILED, Exit.USAGE) or self.word == NOT_RUN):
            return [*map(printable, self.broke)]
        if not self.reasons:
            return [] if self.code == Exit.DONE else [self.word]
        *others, last = map(printable, self.reasons)
        return [*others, f"{self.word}: {last}"]


def end_of_run(
    codes: Iterable[Exit] = (),
    reasons: Iterable[str] = (),
    *,
    errors: Iterable[BaseException] = (),
    interrupted: bool = False,
    begun: bool = True,
) -> RunEnd:
    """The end that follows from the findings (`codes` with their `reasons`), the errors raised, and Ctrl-C.

    >>> end_of_run([Exit.PARTIAL], ["not yet tried: 3"], errors=[VietnamvnError("a.db: the disk is full")]).lines()
    ['a.db: the disk is full']
    """
    raised = list(errors)
    code = worst(*codes, *map(exit_code, raised), *([Exit.INTERRUPTED] if interrupted else []))
    broke = tuple(dict.fromkeys(masked(in_words(error)) for error in raised))
    every = [*reasons, *broke]
    if interrupted:
        kept = "what could not be stored is fetched again" if raised else "what was fetched is stored"
        every.append(f"{kept}, the next run goes on there" if begun else "nothing was begun")
    word = _WORDS[code] if begun or interrupted else NOT_RUN
    return RunEnd(code=code, word=word, reasons=tuple(every), broke=broke)
