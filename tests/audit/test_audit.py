"""What is planted in quiet weeks is found, and quiet weeks are quiet."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.audit import Alarm, AuditedText, audit, beside, lost
from pipelines.audit.sketch import Frequent
from pipelines.models import Article, Stripped
from pipelines.storage import open_store
from scraper.cli import main

DAYS, PER_DAY = 40, 5
LANGUAGES = ("vi", "en", "ja")
WORDS = {
    "vi": [
        "chợ",
        "nổi",
        "sông",
        "thuyền",
        "lúa",
        "mùa",
        "nước",
        "làng",
        "nghề",
        "gốm",
        "lụa",
        "đèo",
        "biển",
        "cảng",
        "tàu",
        "cầu",
        "đường",
        "rừng",
        "núi",
    ],
    "en": [
        "market",
        "river",
        "boat",
        "rice",
        "season",
        "village",
        "craft",
        "pottery",
        "silk",
        "pass",
        "harbour",
        "ship",
        "bridge",
        "road",
        "hill",
    ],
    "ja": [*"市場川船米季節村工芸陶器絹峠港橋道森丘水田海"],
}
MENU = ("Comment (0)", "Same tag", "No data")


def sentence(random_: random.Random, language: str, size: int) -> str:
    """Prose that does not come again."""
    words = [random_.choice(WORDS[language]) for _ in range(size)]
    words.insert(size // 2, str(random_.randrange(1000)))
    return ("" if language == "ja" else " ").join(words).capitalize() + ("。" if language == "ja" else ".")


def weeks(seed: int = 1) -> list[AuditedText]:
    """The texts of some quiet weeks."""
    random_ = random.Random(seed)
    found = []
    for number in range(DAYS * PER_DAY):
        day = date(2025, 9, 1) + timedelta(days=number // PER_DAY)
        size = random_.randrange(4, 9)
        for language in LANGUAGES:
            paragraphs = tuple(
                " ".join(sentence(random_, language, 14) for _ in range(random_.randrange(1, 4))) for _ in range(size)
            )
            found.append(
                AuditedText(
                    url=f"https://www.vietnam.vn/{language}/a-{number}",
                    slug=f"a-{number}",
                    language=language,
                    day=day.isoformat(),
                    title=sentence(random_, language, 9)[:-1],
                    paragraphs=paragraphs,
                    stripped=tuple((line, "tail") for line in MENU),
                    stripped_at=(len(paragraphs),) * 3,
                    features={"layout A": True, "title is there": True, "images is there": random_.random() < 0.7},
                    lengths={"paragraphs of an article": float(len(paragraphs))},
                )
            )
    return found


QUIET = weeks()
Change = Callable[[AuditedText], AuditedText]


def alarms(change: Change, *, language: str | None = None, since: str = "2025-09-01") -> tuple[Alarm, ...]:
    """What is found where some texts are changed."""
    texts = [change(t) if t.day >= since and language in (None, t.language) else t for t in QUIET]
    return audit(texts).alarms


@pytest.mark.parametrize("seed", range(4))
def test_quiet_weeks_are_quiet(seed: int) -> None:
    """Ordinary texts, whose menus are stripped each time, and whose images are there now and then."""
    assert audit(weeks(seed)).alarms == ()


def test_a_line_that_all_articles_share_is_found_with_its_place_and_the_rule_beside_it() -> None:
    """In one language, from a day on, with a number that changes."""
    numbers = iter(range(10_000))
    found = alarms(
        lambda t: replace(t, paragraphs=(*t.paragraphs, f"Rate this page: {next(numbers)} votes")),
        language="en",
        since="2025-10-01",
    )
    assert [(a.kind, a.languages, a.where, a.rule, a.day) for a in found] == [
        ("survived", ("en",), "end", "tail", "2025-10-01")
    ]
    assert found[0].what.startswith("Rate this page")
    assert (found[0].articles, found[0].of) == (50, 200)
    assert len(found[0].examples) == 3


def test_lines_that_only_begin_alike_are_found() -> None:
    """The box of a publisher, whose headline changes each time; in a script without spaces too."""
    random_ = random.Random(3)
    for language, words in (("en", "Read more at our paper:"), ("ja", "当社の記事をもっと読む")):
        found = alarms(
            lambda t, words=words: replace(  # type: ignore[misc]
                t, paragraphs=(t.paragraphs[0], words + " " + sentence(random_, t.language, 12), *t.paragraphs[1:])
            ),
            language=language,
            since="2025-09-10",
        )
        assert [(a.kind, a.languages) for a in found] == [("survived", (language,))]
        assert found[0].what.startswith(words[:6])


def test_the_same_line_in_several_languages_is_one_alarm() -> None:
    """A line that nobody translates."""
    found = alarms(lambda t: replace(t, paragraphs=(*t.paragraphs, "Bản quyền thuộc về Toà soạn")))
    assert [(a.kind, a.languages, a.articles) for a in found] == [("survived", ("en", "ja", "vi"), 600)]


def test_titles_of_other_articles_are_found() -> None:
    """Each of them on one page alone."""
    titles = {code: [t.title or "" for t in QUIET if t.language == code] for code in LANGUAGES}
    found = alarms(
        lambda t: replace(t, paragraphs=(*t.paragraphs, titles[t.language][-1 - int(t.slug[2:])])), since="2025-10-05"
    )
    assert {a.kind for a in found} == {"headlines"}
    assert {code for a in found for code in a.languages} == set(LANGUAGES)
    assert {a.day for a in found} == {"2025-10-05"}
    own = alarms(lambda t: replace(t, paragraphs=(t.title or "", *t.paragraphs)))
    assert own == ()  # its own headline is no other article's


def test_a_rule_that_takes_paragraphs_is_found() -> None:
    """Sentences of the article's own, each on one page; a sentence that comes on every page is chrome."""

    def eat(t: AuditedText) -> AuditedText:
        return replace(
            t,
            paragraphs=t.paragraphs[:-1],
            stripped=(*t.stripped, (t.paragraphs[-1], "related")),
            stripped_at=(*t.stripped_at, len(t.paragraphs) - 1),
        )

    found = alarms(eat, language="vi", since="2025-10-03")
    assert [(a.kind, a.languages, a.rule) for a in found] == [
        ("lost", ("vi",), "related"),
        ("translations", ("vi",), None),
    ]
    assert {a.day for a in found} == {"2025-10-03"}
    footer = " ".join(sentence(random.Random(9), "vi", 14) for _ in range(2))
    assert alarms(lambda t: replace(t, stripped=(*t.stripped, (footer, "tail")))) == ()
    # What still stands in the text was there twice.
    assert alarms(lambda t: replace(t, stripped=(*t.stripped, (t.paragraphs[0], "related")))) == ()


def test_a_share_that_changes_on_a_day_is_named_with_the_day() -> None:
    """Another layout in all languages is one alarm for each name; images that vanish in one language another."""
    found = alarms(
        lambda t: replace(t, features={**t.features, "layout A": False, "layout B": True}), since="2025-09-20"
    )
    assert {(a.kind, a.what, a.day, len(a.languages), a.before, a.after) for a in found} == {
        ("drift", "layout A", "2025-09-20", 3, 1.0, 0.0),
        ("drift", "layout B", "2025-09-20", 3, 0.0, 1.0),
    }
    assert all(example.url for a in found for example in a.examples)
    found = alarms(
        lambda t: replace(t, features={**t.features, "images is there": False}), language="ja", since="2025-10-06"
    )
    assert [(a.what, a.day, a.languages) for a in found] == [("images is there", "2025-10-06", ("ja",))]


def test_an_article_with_several_titles_counts_once() -> None:
    """Three titles of others on each of a few pages are a few articles."""
    titles = [t.title or "" for t in QUIET if t.language == "vi"]

    def with_box(t: AuditedText) -> AuditedText:
        number = int(t.slug[2:])
        return replace(t, paragraphs=(*t.paragraphs, *(titles[(number + 50 + n) % len(titles)] for n in range(3))))

    [alarm] = [a for a in alarms(with_box, language="vi", since="2025-10-09") if a.kind == "headlines"]
    assert alarm.articles == 2 * PER_DAY


def test_losses_are_counted_beyond_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many lost lines some are kept, which stand for all."""
    monkeypatch.setattr(lost, "_MOST_KEPT", 16)

    def eat(t: AuditedText) -> AuditedText:
        stripped, at = (*t.stripped, (t.paragraphs[-1], "related")), (*t.stripped_at, len(t.paragraphs) - 1)
        return replace(t, paragraphs=t.paragraphs[:-1], stripped=stripped, stripped_at=at)

    [alarm] = [a for a in alarms(eat, language="vi") if a.kind == "lost"]
    assert alarm.of == DAYS * PER_DAY
    assert abs(alarm.articles - alarm.of) <= 40


def numbered(t: AuditedText) -> AuditedText:
    """With a number that all languages of the article have."""
    return replace(t, paragraphs=(f"{t.paragraphs[0]} {1234 + 7 * int(t.slug[2:])}", *t.paragraphs[1:]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_that_begin_to_differ_are_found(language: str) -> None:
    """A paragraph less, another number: in the language and from the day on; not where it was always so."""

    def shorter(t: AuditedText) -> AuditedText:
        return replace(t, paragraphs=(t.paragraphs[0], *t.paragraphs[2:]))

    def other(t: AuditedText) -> AuditedText:
        return replace(t, paragraphs=(t.paragraphs[0] + "1", *t.paragraphs[1:]))

    def compared(texts: Iterable[AuditedText]) -> list[Alarm]:
        kept = beside.Beside()
        for text in texts:
            kept.add(text)
        return list(kept.alarms())

    quiet = [numbered(t) for t in QUIET]
    assert compared(quiet) == []
    for change, what in ((shorter, "paragraph"), (other, "number")):
        texts = [change(t) if t.language == language and t.day >= "2025-09-25" else t for t in quiet]
        [alarm] = compared(texts)
        assert (alarm.kind, alarm.languages) == ("translations", (language,))
        assert "2025-09-24" <= (alarm.day or "") <= "2025-09-26"  # half of the articles are looked at
        assert what in alarm.what
        assert alarm.examples[0].url.startswith(f"https://www.vietnam.vn/{language}/")
        assert f"from {alarm.day} on" in str(alarm)
        assert compared(change(t) if t.language == language else t for t in quiet) == []


def test_translations_are_compared_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many articles some are chosen, whole; what rises is seen in these."""
    monkeypatch.setattr(beside, "_MOST_KEPT", 150)
    kept = beside.Beside()
    for t in QUIET:
        kept.add(replace(t, paragraphs=t.paragraphs[1:]) if t.language == "en" and t.day >= "2025-09-20" else t)
    assert sum(map(len, kept._kept.values())) <= 150
    assert {len(versions) for versions in kept._kept.values()} == {len(LANGUAGES)}
    assert [a.languages for a in kept.alarms()] == [("en",)]


def test_nothing_looked_at_is_no_good_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A language that the store has not is named."""
    place = f"sqlite:///{tmp_path / 'store.db'}"
    with open_store(place) as store:
        store.add(make_article("bai", "fr"), seen_at="2025-10-24T01:00:00Z")
    assert main(["audit", "--store", place, "--lang", "zu,fr"]) == 0
    said = capsys.readouterr().err
    assert "holds no text at addresses of the language 'zu'" in said
    assert "no text was audited" not in said
    assert main(["audit", "--store", place, "--lang", "zu"]) == 0
    assert "no text was audited" in capsys.readouterr().err


def test_a_length_that_changes_on_a_day_is_named() -> None:
    """Half as many paragraphs."""
    found = alarms(
        lambda t: replace(t, lengths={"paragraphs of an article": t.lengths["paragraphs of an article"] / 2}),
        since="2025-10-01",
    )
    assert [(a.kind, a.what, a.day) for a in found] == [("drift", "paragraphs of an article", "2025-10-01")]
    assert found[0].before is not None
    assert found[0].after is not None
    assert found[0].before > 1.8 * found[0].after


@given(st.lists(st.integers(0, 40), max_size=3000), st.sampled_from((0.01, 0.05, 0.2)))
def test_what_is_frequent_is_kept_and_never_counted_too_high(keys: list[int], share: float) -> None:
    """Beside a counter of everything."""
    frequent: Frequent[int, None] = Frequent(share)
    for key in keys:
        frequent.add(key)
    truth = Counter(keys)
    for key, count in truth.items():
        assert count - share * len(keys) - 1 <= frequent.count(key) <= count
    assert all(frequent.count(key) for key, count in truth.items() if count > share * len(keys) + 1)


def test_memory_is_bounded() -> None:
    """A million different keys leave few."""
    frequent: Frequent[int, int] = Frequent(0.001)
    for key in range(200_000):
        if frequent.add(key):
            frequent.values[key] = key
    assert len(frequent) <= 1000
    assert len(frequent.values) <= 1000


def test_the_command_gives_alarms_and_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a store: lines, objects, periods, languages."""
    place = f"sqlite:///{tmp_path / 'store.db'}"
    with open_store(place) as store:
        for text in QUIET:
            if text.language != "ja" and text.day < "2025-09-15":
                line = () if text.language == "vi" else ("Rate this page now",)
                store.add(
                    Article(
                        url=text.url,
                        slug=text.slug,
                        url_language=text.language,
                        title=text.title,
                        paragraphs=(*text.paragraphs, *line),
                        kinds=("paragraph",) * (len(text.paragraphs) + len(line)),
                        stripped=(Stripped(text="Comment (0)", rule="tail"),),
                        stripped_at=(len(text.paragraphs),),
                        extractor="vietnamvn",
                        extractor_version="1",
                    ),
                    seen_at=f"{text.day}T08:00:00+07:00",
                )
    assert main(["audit", "--store", place, "--fail-on", "alarm"]) == 1
    out, error = capsys.readouterr()
    shared = "share a line that was not stripped, at the end, near what tail took: Rate this page now"
    assert out.splitlines() == [f"en: 70 of 70 articles (100%) {shared}"]
    assert "140 texts, languages: 2, days of their first sighting: 14; 1 alarm" in error
    assert main(["audit", "--store", place, "--lang", "vi", "--fail-on", "alarm"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["audit", "--store", place, "--since", "2025-09-08", "--format", "jsonl"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["kind"], record["articles"], record["where"]) == ("survived", 35, "end")
    assert record["examples"][0]["text"] == "Rate this page now"


def test_a_mean_length_of_one_is_no_share() -> None:
    """Lengths and shares are told apart, whichever side is 1."""
    drift = Alarm(
        kind="drift", languages=("fr",), what="stripped lines of an article", articles=9, of=9, day="2025-10-01"
    )
    assert str(replace(drift, before=1.0, after=6.0)).endswith(" 1.0 -> 6.0")
    assert str(replace(drift, before=6.0, after=1.0)).endswith(" 6.0 -> 1.0")
    assert str(replace(drift, before=1.0, after=0.25)).endswith(" 100% -> 25%")
