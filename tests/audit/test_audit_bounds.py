"""From how many articles on something is an alarm, and which lines are looked at: one more and one fewer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pipelines.audit.drift import Drift
from pipelines.audit.findings import Alarm, AuditedText
from pipelines.audit.lost import Losses
from pipelines.audit.survived import Survivors

WORDS = ("chợ", "bến", "thuyền", "mưa", "gạo", "muối", "đèn", "sông", "vườn", "bếp", "nón", "trăng", "gió", "cầu")


def prose(number: int) -> str:
    """A paragraph that no other article has, and that begins like none."""
    one, two, three = (WORDS[(number // 14**place) % 14] for place in range(3))
    return f"{one} {two} {three} {number} vào buổi sáng, rồi mọi người cùng về nhà nghỉ ngơi."


def text(number: int, *, language: str = "vi", day: str = "2025-10-01", **more: Any) -> AuditedText:
    """An article of its own."""
    values = {
        "title": f"{prose(number)} (tựa)", "paragraphs": tuple(prose(3 * number + at) for at in range(3)),
        "stripped": (), "stripped_at": (), "features": {}, "lengths": {}, **more,
    }  # fmt: skip
    return AuditedText(url=f"https://www.vietnam.vn/s{number}", slug=f"s{number}", language=language, day=day, **values)


def alarms(of: int, with_it: int, made: Any, *, finder: Any = Survivors) -> list[Alarm]:
    """Of so many articles, of which the first ones have what `made` gives."""
    counted = finder()
    for number in range(of):
        counted.add(text(number, **(made(number) if number < with_it else {})))
    return list(counted.alarms())


def line(number: int) -> dict[str, Any]:
    """The same line at the end."""
    return {"paragraphs": (*(prose(3 * number + at) for at in range(3)), "Theo dõi chúng tôi tại đây")}


def beginning(number: int) -> dict[str, Any]:
    """A line that begins the same way."""
    return {"paragraphs": (prose(3 * number), prose(3 * number + 1), f"Theo dõi chúng tôi {prose(900 + number)}")}


def headline(number: int) -> dict[str, Any]:
    """The title of another article."""
    return {"paragraphs": (prose(3 * number), prose(3 * number + 1), f"{prose(number + 1)} (tựa)")}


def loss(number: int) -> dict[str, Any]:
    """A sentence of its own that a rule took."""
    body = "Sáng nay người dân ở bến sông kể lại chuyện cũ về những chiếc thuyền chở gạo. " * 3
    own = f"Người dân ở bến sông kể lại chuyện cũ thứ {number} về những chiếc thuyền chở gạo qua {WORDS[number % 14]}."
    return {"paragraphs": (body,), "stripped": ((own, "tail"),), "stripped_at": (1,)}


@pytest.mark.parametrize(
    ("made", "kind", "of", "least"),
    [
        (line, "survived", 20, 4),  # so many at least
        (line, "survived", 500, 10),  # or two in a hundred
        (beginning, "survived", 40, 8),
        (beginning, "survived", 150, 15),  # one in ten: what only begins alike is often prose
        (headline, "headlines", 20, 4),
        (headline, "headlines", 500, 10),
    ],
)
def test_so_many_articles_are_an_alarm(made: Any, kind: str, of: int, least: int) -> None:
    """And one fewer are none."""
    (found,) = alarms(of, least, made)
    assert (found.kind, found.articles, found.of, found.languages) == (kind, least, of, ("vi",))
    assert alarms(of, least - 1, made) == []


@pytest.mark.parametrize(("of", "least"), [(20, 3), (400, 4)])
def test_so_many_articles_that_lost_a_sentence_are_an_alarm(of: int, least: int) -> None:
    """Three at least, and one in a hundred."""
    (found,) = alarms(of, least, loss, finder=Losses)
    assert (found.kind, found.rule, found.articles, found.of) == ("lost", "tail", least, of)
    assert alarms(of, least - 1, loss, finder=Losses) == []


@pytest.mark.parametrize(
    ("at", "paragraphs", "where"),
    [
        (0, 9, "begin"),
        (1, 9, "begin"),
        (2, 9, "middle"),
        (6, 9, "middle"),
        (7, 9, "end"),
        (8, 9, "end"),
        (1, 2, "begin"),
    ],
)
def test_the_place_of_a_line_is_told(at: int, paragraphs: int, where: str) -> None:
    """The first two and the last two paragraphs are the ends."""

    def made(number: int) -> dict[str, Any]:
        body = [prose(10 * number + place) for place in range(paragraphs)]
        body[at] = "Theo dõi chúng tôi tại đây"
        return {"paragraphs": tuple(body)}

    (found,) = alarms(10, 5, made)
    assert found.where == where


@pytest.mark.parametrize(
    ("shown", "is_found"),
    [("x" * 400, True), ("x" * 401, False), ("Ngày {} tháng {} theo dõi", True)],
)
def test_long_lines_are_prose(shown: str, is_found: bool) -> None:
    """Up to four hundred characters; what differs by its digits alone is the same line."""

    def made(number: int) -> dict[str, Any]:
        return {"paragraphs": (prose(3 * number), prose(3 * number + 1), shown.format(number, number + 1))}

    assert bool(alarms(10, 6, made)) is is_found


@pytest.mark.parametrize(
    ("title", "is_found"),
    [
        ("Chợ nổi sáng nay", True),
        ("Chợ nổi sáng nay.", False),
        ("今日の市場。", False),
        ("आज का बाज़ार।", False),
        ("آج کا بازار۔", False),
        ("x" * 200, True),
        ("x" * 201, False),
    ],
)
def test_a_headline_is_short_and_has_no_full_stop(title: str, is_found: bool) -> None:
    """Else it is a paragraph that somebody quotes."""
    counted = Survivors()
    counted.add(text(0, title=title))
    for number in range(1, 40):
        body = (prose(3 * number), prose(3 * number + 1), f"{title}" if number < 5 else prose(3 * number + 2))
        counted.add(text(number, paragraphs=body))
    assert ("headlines" in {alarm.kind for alarm in counted.alarms()}) is is_found


def test_the_title_of_the_article_itself_is_none_of_another() -> None:
    """Some pages repeat theirs."""
    assert alarms(20, 9, lambda n: {"paragraphs": (prose(3 * n), f"{prose(n)} (tựa)")}) == []


@pytest.mark.parametrize(
    ("shown", "rule", "is_lost"),
    [
        ({}, "tail", True),
        ({}, "repeated-line", False),  # such rules take what is repeated
        ({}, "image-caption", False),
        ({}, "duplicate-title", False),
        ({"end": ""}, "tail", False),  # no sentence
        ({"end": "\nvà."}, "tail", False),
        ({"short": True}, "tail", False),
        ({"other": True}, "tail", False),  # in another script
    ],
)
def test_what_reads_like_the_articles_own_is_lost(shown: dict[str, Any], rule: str, is_lost: bool) -> None:
    """A whole sentence in its script that shares its words."""

    def made(number: int) -> dict[str, Any]:
        found = loss(number)
        own = found["stripped"][0][0]
        if "end" in shown:
            own = own.removesuffix(".") + shown["end"]
        if "short" in shown:
            own = f"Chợ {number}."
        if "other" in shown:
            own = f"Вчера люди у реки рассказали старую историю номер {number} о лодках с рисом, что шли под мостом."
        return {**found, "stripped": ((own, rule),)}

    assert bool(alarms(10, 5, made, finder=Losses)) is is_lost


def test_a_line_that_comes_again_is_no_loss() -> None:
    """It is chrome, whatever it reads like; so is one that stands in the text as well."""
    same = loss(1)
    assert alarms(10, 5, lambda number: same, finder=Losses) == []
    own = loss(1)["stripped"][0][0]
    kept = {**loss(1), "paragraphs": (own,)}
    counted = Losses()
    assert counted.add(text(1, **kept)) is False
    assert counted.add(text(2, **loss(2))) is True


def test_of_very_many_days_the_first_thousand_are_counted() -> None:
    """So that memory ends; a change in the days behind them is not seen, one in those is."""
    first = date(2020, 1, 1)

    def found(since: int) -> list[str]:
        counted = Drift()
        for number in range(1_200):
            day = (first + timedelta(days=number)).isoformat()
            for at in range(3):
                counted.add(text(3 * number + at, day=day, features={"images is there": number < since}))
        return [alarm.what for alarm in counted.alarms()]

    assert found(1_020) == []
    assert found(900) == ["images is there"]
