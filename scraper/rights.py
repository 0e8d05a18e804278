"""What a run does with the rights that pages state: it records them, or also respects them (`--rights`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pipelines.errors import UsageError
from pipelines.outcomes import Verdict
from pipelines.printable import printable
from pipelines.rights import USAGES, Rights, Usage

RESPECTED: Final[tuple[Usage, ...]] = ("train-ai", "tdm", "archive")
"""The usages that making and using a corpus needs: a page that disallows one is left out if rights are respected."""


def read_rights(text: str) -> tuple[Usage, ...]:
    """The usages whose reservation is respected (none for `record`). Raises `UsageError`.

    >>> read_rights("record"), read_rights("respect"), read_rights("respect:index,train-ai")
    ((), ('train-ai', 'tdm', 'archive'), ('train-ai', 'index'))
    """
    mode, colon, names = text.strip().partition(":")
    if mode == "record" and not colon:
        return ()
    wanted = {name.strip() for name in names.split(",")}
    if mode == "respect" and not colon:
        return RESPECTED
    if mode == "respect" and wanted <= set(USAGES):
        return tuple(usage for usage in USAGES if usage in wanted)
    raise UsageError(
        f"{printable(text[:100])!r} is not a mode; give record, respect, or respect: and some of {', '.join(USAGES)} "
        "(respect:train-ai,tdm)"
    )


def respected(settings: Mapping[str, Any]) -> tuple[Usage, ...]:
    """The usages that `VIETNAMVN_RIGHTS` respects. Raises `UsageError`."""
    try:
        return read_rights(str(settings.get("VIETNAMVN_RIGHTS") or "record"))
    except UsageError as error:
        raise UsageError(f"VIETNAMVN_RIGHTS: {error}") from None


def reservation(rights: Rights, usages: tuple[Usage, ...]) -> Verdict | None:
    """Why a page is left out; None if none of the usages is disallowed."""
    reserved = rights.disallowed(usages)
    if not reserved:
        return None
    signals = dict.fromkeys(
        f"{signal.source}: {signal.said}"
        for signal in rights.signals
        if any(signal.usages.get(usage) == "disallowed" for usage in reserved)
    )
    detail = f"the site reserves {', '.join(reserved)} ({'; '.join(signals)})"
    return Verdict(outcome="reserved", detail=printable(detail))
