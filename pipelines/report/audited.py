"""The section of a report on what the texts say of themselves: lines that survived, lines that were lost, drift."""

from __future__ import annotations

from pipelines.audit import Alarm, Audit
from pipelines.report.model import Excerpts, Part, ReportTable, Section, counted, share
from pipelines.report.stripped import cut

_MOST = 20  # of a kind


def audited_section(found: Audit, *, of: int) -> Section:
    """What an audit found in a sample of `of` texts."""
    lines = [alarm for alarm in found.alarms if alarm.kind in ("survived", "headlines")]
    lost = [alarm for alarm in found.alarms if alarm.kind == "lost"]
    drift = [alarm for alarm in found.alarms if alarm.kind in ("drift", "translations")]
    parts: list[Part] = [
        f"Looked through: {counted(found.texts, 'text')} of {of:,}, first seen on {counted(found.days, 'day')}. "
        "All of them are looked through by 'vietnamvn audit'."
    ]
    parts.append(_excerpts("Lines that many articles share and that were not stripped", lines))
    parts.append(_excerpts("Stripped lines that read like their article's own", lost))
    if drift:
        parts.append(
            ReportTable(
                caption="What changed on a day",
                columns=("from", "what", "before", "after", "languages", "first page"),
                rows=tuple(
                    (
                        alarm.day,
                        alarm.what,
                        alarm.before,
                        alarm.after,
                        ", ".join(alarm.languages),
                        alarm.examples[0].url if alarm.examples else None,
                    )
                    for alarm in drift
                ),
            )
        )
    else:
        parts.append("No share and no length changed on a day.")
    return Section(anchor="audit", title="What to look at", parts=tuple(parts))


def _excerpts(caption: str, alarms: list[Alarm]) -> Excerpts:
    shown = alarms[:_MOST]
    more = f"; {len(alarms) - _MOST:,} more are not shown" if len(alarms) > _MOST else ""
    return Excerpts(
        caption=caption + (more if alarms else ": none in the sample"),
        lines=tuple((alarm.languages[0], cut(alarm.what), _words(alarm)) for alarm in shown),
    )


def _words(alarm: Alarm) -> str:
    number = f"{counted(alarm.articles, 'article')} of the sample ({share(alarm.articles, alarm.of)})"
    words = f"{', '.join(alarm.languages)}: in {number}"
    if alarm.kind == "headlines":
        words += ", titles of other articles"
    if alarm.where:
        words += f", at the {alarm.where}"
    if alarm.rule:
        words += f"; rule {alarm.rule}" if alarm.kind == "lost" else f"; near what {alarm.rule} took"
    return words
