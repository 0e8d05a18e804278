"""The section of a report on what the site said of the use of its pages when they were fetched."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.report.model import Part, ReportTable, Section, counted
from pipelines.rights import USAGES, Rights
from pipelines.rights.choosing import ANSWERS
from pipelines.rights.counting import SignalCounts

_MOST = 20  # signals


def rights_section(found: Sequence[tuple[Rights, int]]) -> Section:
    """The rights that were recorded; `found` has them with the number of their texts."""
    counts = SignalCounts()
    for rights, texts in found:
        counts.count(rights, texts)
    number = sum(texts for _, texts in found)
    silent = sum(texts for rights, texts in found if not rights)
    parts: list[Part] = [
        f"Nothing was recorded of {counted(silent, 'text')} of {number:,}, which is no permission. "
        "What the signals of today would change, 'vietnamvn rights recheck' says."
    ]
    if silent < number:
        parts.append(
            ReportTable(
                caption="Texts by what was said of each use when they were fetched",
                columns=("use", *ANSWERS),
                rows=tuple((usage, *(counts.answers[usage, answer] for answer in ANSWERS)) for usage in USAGES),
            )
        )
        shown = counts.most()
        more = f", the {_MOST} that most texts have of {len(shown):,}" if len(shown) > _MOST else ""
        parts.append(
            ReportTable(
                caption=f"Signals{more}",
                columns=("where", "what", "texts"),
                rows=tuple((source, text, texts) for (source, text), texts in shown[:_MOST]),
                folded=True,
            )
        )
    return Section(anchor="rights", title="Rights", parts=tuple(parts))
