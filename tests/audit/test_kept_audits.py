# ruff: noqa: E501 # records read best on few lines
"""What an audit and a comparison of runs find in composed weeks is kept: each bound between quiet and alarm.

``audit_outputs.json`` has a hash for each kind of output. After a change that is meant:
``python tests/audit/test_kept_audits.py`` writes the file anew; the changelog says what changed.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from kept import hashed_lines

from pipelines.audit import AuditedText, audit
from pipelines.baseline import compare
from pipelines.storage.values import RunRecord
from pipelines.times import VIETNAM

KEPT = Path(__file__).with_name("audit_outputs.json")
HOW = f"python {Path(__file__).relative_to(Path(__file__).parents[2])}"
LANGUAGES = ("vi", "en", "ja", "ar")
WORDS = [
    "chợ",
    "sông",
    "boat",
    "rice",
    "市場",
    "川",
    "船",
    "harbour",
    "bridge",
    "قارب",
    "نهر",
    "hill",
    "road",
    "đèo",
    "lụa",
    "season",
    "village",
    "craft",
]
LINES = (
    "Comment (0)", "Rate this page: {} votes", "Read more in our app", "Photo: archive", "{} people like this", "Same tag",
    "Bản tin {}/10", "この記事をシェアする", "Follow us for the news of the day, every day at seven in the evening", "No data",
)  # fmt: skip


def _sentence(rng: random.Random, size: int, figure: int) -> str:
    return " ".join([*(rng.choice(WORDS) for _ in range(size)), str(figure)]).capitalize() + "."


def weeks(seed: int) -> list[AuditedText]:
    """Texts of some weeks, in which lines, titles, shares and lengths come and go at rates of the seed's own."""
    rng = random.Random(f"weeks {seed}")
    days, per_day = rng.randrange(1, 30), rng.choice((1, 3, 6, 10))
    often = (0.0,) if seed % 5 == 0 else (0.0, 0.02, 0.1, 0.3, 0.6, 1.0)
    rates = {line: rng.choice(often) for line in LINES}
    since, shares = rng.randrange(days), (rng.random(), rng.random())
    longer, differing = rng.choice((1, 1, 2, 4)), rng.choice((0.0, 0.3, 0.6, 1.0))
    titles: list[str] = []
    found = []
    for number in range(days * per_day):
        day = number // per_day
        size = rng.randrange(2, 7) * (longer if day >= since else 1)
        shared = [[rng.randrange(10_000) for _ in range(rng.randrange(1, 4))] for _ in range(size)]
        for language in LANGUAGES[: 1 + seed % 4]:
            body = [" ".join(_sentence(rng, 9, figure) for figure in of) for of in shared]
            if language == "en" and day >= since and rng.random() < differing:
                if seed % 2:
                    body.pop()
                else:
                    body[0] += f" {rng.randrange(10_000)}"
                    body[-1] = _sentence(rng, 9, rng.randrange(10_000))
            for line in LINES:
                if rng.random() < rates[line] and (day >= since or seed % 3):
                    body.insert(rng.choice((0, len(body) // 2, len(body))), line.format(rng.randrange(500)))
            if titles and rng.random() < 0.05 * (seed % 5):
                body.append(rng.choice(titles))
            titles.append(_sentence(rng, 7, rng.randrange(10_000))[:-1])
            stripped = [(line, "tail") for line in rng.sample(LINES, 3)]
            if rng.random() < 0.1 * (seed % 4):
                stripped.append(
                    (body.pop(rng.randrange(len(body))), rng.choice(("related-box", "source-line", "byline")))
                )
            found.append(
                AuditedText(
                    url=f"https://www.vietnam.vn/{language}/a-{number}", slug=f"a-{number}", language=language,
                    day=(date(2025, 9, 1) + timedelta(days=day)).isoformat() if rng.random() < 0.98 else "",
                    title=titles[-1] if rng.random() < 0.95 else None, paragraphs=tuple(body), stripped=tuple(stripped),
                    stripped_at=tuple(rng.randrange(len(body) + 1) for _ in stripped),
                    features={
                        "layout A": rng.random() < shares[day >= since], "title is there": True,
                        "images is there": rng.random() < 0.9,
                    },
                    lengths={"paragraphs of an article": float(len(body)), "characters": float(sum(map(len, body)))},
                )
            )  # fmt: skip
    return found


def audits() -> Iterator[Any]:
    """The alarms of some weeks."""
    for seed in range(60):
        yield audit(weeks(seed))


def _run(rng: random.Random, number: int, scale: float) -> RunRecord:
    started = datetime(2025, 6, 1, 6, tzinfo=VIETNAM) + timedelta(days=number, hours=rng.randrange(3))
    finished = started + timedelta(seconds=rng.randrange(500, 700) * scale)
    articles = {code: int(rng.randrange(80, 120) * scale) for code in LANGUAGES if rng.random() < 0.95}
    total = sum(articles.values())
    summary: dict[str, Any] = {
        "exit_code": rng.choice((0, 0, 0, 3, 130)), "tried": {"ok": total, "not_found": rng.randrange(9), "http_error": rng.randrange(4)},
        "texts": {"new": total // 2, "revision": rng.randrange(30), "unchanged": total // 3},
        "articles": articles, "fields": {"title": total, "images": int(total * rng.uniform(0.7, 1)), "tags": total // 9},
    }  # fmt: skip
    for name in ("articles", "fields", "texts", "exit_code"):
        if rng.random() < 0.05:
            del summary[name]
    return RunRecord(
        id=number, command=rng.choice(("crawl", "crawl", "crawl", "backfill")), holder="h", started_at=started.isoformat(),
        finished_at=finished.isoformat() if rng.random() < 0.95 else None, outcome="finished", options={}, summary=summary,
    )  # fmt: skip


def runs_compared() -> Iterator[Any]:
    """The figures of a run that are far from those of earlier ones; there are few of these, or many."""
    for seed in range(60):
        rng = random.Random(f"runs {seed}")
        before = [_run(rng, number, 1.0) for number in range(rng.randrange(70))]
        found = compare(_run(rng, len(before), rng.choice((0.0, 0.3, 0.6, 1.0, 1.3, 1.7, 3.0))), before)
        yield found
        yield [str(unusual) for unusual in found.unusual] if found else []


OUTPUTS: dict[str, Callable[[], Iterator[Any]]] = {read.__name__: read for read in (audits, runs_compared)}


@pytest.mark.parametrize("name", list(OUTPUTS))
def test_what_is_found_in_composed_weeks_is_as_it_was(name: str) -> None:
    """A bound that moved makes an alarm, or loses one: whoever means it writes the file anew."""
    assert hashed_lines(OUTPUTS[name]()) == json.loads(KEPT.read_text())[name], (
        f"{name} changed; if that is meant: {HOW}"
    )


def test_composed_weeks_have_alarms_of_every_kind() -> None:
    """Else nothing would be compared: alarms of each kind, and weeks without any."""
    found = [audit(weeks(seed)).alarms for seed in range(60)]
    assert {alarm.kind for alarms in found for alarm in alarms} == {
        "survived",
        "headlines",
        "lost",
        "drift",
        "translations",
    }
    assert () in found


if __name__ == "__main__":
    KEPT.write_text(json.dumps({name: hashed_lines(OUTPUTS[name]()) for name in OUTPUTS}, indent=1) + "\n")
