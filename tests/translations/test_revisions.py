"""Changes of language versions: edits of the article, new translations and chrome are told apart, or it is unknown."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.storage import open_store
from pipelines.translations.differences import ComparedText, difference
from pipelines.translations.revisions import KINDS, REASONS, Change, RevisionText, changes
from pipelines.translations.stored_revisions import revised
from scraper.cli import main

VI = ["Sáng nay có 1.200 khách.", "Chợ mở từ sớm.", "Ghe đến từ bốn tỉnh.", "Trời nắng đẹp."]
FR = ["Ce matin, 1 200 clients.", "Le marché ouvre tôt.", "Les barques viennent de loin.", "Il fait beau."]
JA = ["今朝は1200人の客が来た。", "市場は早く開く。", "舟は四つの省から来る。", "天気は良い。"]
AR = ["هذا الصباح جاء ١٬٢٠٠ ضيف.", "يفتح السوق مبكرا.", "تأتي القوارب من أربع مقاطعات.", "الطقس جميل."]
FR_ANEW = [
    "1 200 clients sont venus ce matin.",
    "Le marché commence de bonne heure.",
    "Des barques arrivent.",
    "Beau temps.",
]


def at(day: float) -> str:
    """The time so many days into the history."""
    return f"2025-10-{int(day) + 1:02}T{int(day % 1 * 24):02}:00:00Z"


def chain(*texts: tuple[Sequence[str], float, float], **more: Any) -> list[RevisionText]:
    """Revisions of a page: paragraphs, when they were first seen and last."""
    return [
        RevisionText(
            number=number,
            title="T",
            lead=None,
            paragraphs=tuple(said),
            first_seen=at(first),
            last_seen=at(last),
            **more,
        )
        for number, (said, first, last) in enumerate(texts, 1)
    ]


def put(said: Sequence[str], number: int, text: str) -> list[str]:
    """The paragraphs with another one in that place."""
    return [*said[:number], text, *said[number + 1 :]]


def told(found: Sequence[Change]) -> dict[str, tuple[str, str]]:
    """Kind and reason of the last change of each language."""
    return {change.language: (change.kind, change.reason) for change in found}


def judged(versions: Mapping[str, Sequence[RevisionText]], language: str) -> tuple[str, str]:
    """Kind and reason of the last change of one language."""
    return told(changes(versions))[language]


STILL = chain((VI, 0, 9))
EDITED = chain((VI, 0, 4), (put(VI, 0, "Sáng nay có 1.300 khách."), 5, 9))


def test_an_edit_of_the_original_is_found_in_every_script() -> None:
    """With the figures as each language writes them, the original's revision, and the languages that changed alike."""
    found = changes(
        {
            "vi": EDITED,
            "fr": chain((FR, 0, 4), (put(FR_ANEW, 0, "Ce matin, 1 300 clients."), 5, 9)),
            "ja": chain((JA, 0, 4), (put(JA, 0, "今朝は1300人の客が来た。"), 6, 9)),
            "ar": chain((AR, 0, 4), (put(AR, 0, "هذا الصباح جاء ١٬٣٠٠ ضيف."), 5, 9)),
        }
    )
    assert told(found) == {
        "vi": ("source edit", "original"),
        **dict.fromkeys(("fr", "ja", "ar"), ("source edit", "followed")),
    }
    french = next(change for change in found if change.language == "fr")
    assert (french.before, french.after, french.original, french.languages) == (1, 2, 2, ("ar", "ja"))
    assert (french.old, french.new, french.paragraphs) == (("1 200",), ("1 300",), 0)
    assert [change.language for change in found] == ["ar", "fr", "ja", "vi"]


def test_a_new_translation_of_an_unchanged_original() -> None:
    """Seen before and after, also where only a label of the original's page moved meanwhile."""
    again = chain((FR, 0, 4), (FR_ANEW, 5, 9))
    assert judged({"vi": STILL, "fr": again}, "fr") == ("re-translation", "unchanged")
    moved = chain((VI, 0, 4), ([*VI, "Nguồn:"], 5, 9))
    assert judged({"vi": moved, "fr": again}, "fr") == ("re-translation", "unchanged")


@pytest.mark.parametrize(
    ("language", "said", "later"),
    [
        ("fr", FR, [*FR, "Source:"]),
        ("de", FR, [*FR, "Kommentar (12)"]),
        ("ja", JA, [*JA, "コメント (3)"]),
        ("ar", AR, [*AR, "تعليق (0)"]),
        ("vi", VI, ["Vietnam.vn - Nền tảng quảng bá Việt Nam", *VI]),
        ("fr", FR, [*FR, "Source : https://baocantho.com.vn/cho-noi-cai-rang-a123456.html"]),
        ("fr", FR, [text.replace(" ", "\u00a0") for text in FR]),
        ("fr", ["« Beau », dit-il – enfin."], ["“Beau”, dit-il - enfin."]),
        ("fr", FR, [*FR, FR[2]]),
        ("fr", FR, ["T", *FR]),
        ("fr", [*FR[:2], f"{FR[2]} {FR[3]}"], FR),
        ("fr", FR, [*FR, "* * *"]),
        ("fr", FR, [unicodedata.normalize("NFD", text) for text in FR]),
        ("vi", VI, [*VI, "No data", "Giấy phép số 123/GP"]),
    ],
)
def test_what_is_chrome(language: str, said: list[str], later: list[str]) -> None:
    """Labels, the site's line, an address with its label, spaces, quotation marks, doubled lines: either way round."""
    for one, other in ((said, later), (later, said)):
        found = judged({"vi": STILL, language: chain((one, 0, 4), (other, 5, 9))}, language)
        assert found == ("chrome", "lines")


@pytest.mark.parametrize("later", ["Il fait 35 degrés.", "Il fait 3,5 degrés", "Il faisait 3,5 degrés.", ""])
def test_what_is_not_chrome(later: str) -> None:
    """The mark of a number, the end of a sentence, a word, a paragraph that is gone."""
    found = difference(
        ComparedText("fr", "T", None, (*FR, "Il fait 3,5 degrés.")), ComparedText("fr", "T", None, (*FR, later))
    )
    assert not found.chrome


def test_what_another_extractor_made_of_a_page_is_chrome() -> None:
    """A line that one text has and the other's extractor stripped; all of it where both are readings of one page."""
    first, second = chain((FR, 0, 4), ([*FR, "Il pleut à verse ici"], 5, 9))
    stripping = RevisionText(**{**_values(first), "stripped": ("Il  pleut à verse ici",)})
    assert judged({"vi": STILL, "fr": [stripping, second]}, "fr") == ("chrome", "lines")
    assert judged({"vi": STILL, "fr": [first, second]}, "fr") != ("chrome", "lines")
    one, other = chain((FR, 0, 4), (FR_ANEW[:2], 5, 9), fetched_at=at(4), extractor="a 1")
    newer = RevisionText(**{**_values(other), "extractor": "a 2"})
    assert judged({"vi": STILL, "fr": [one, newer]}, "fr") == ("chrome", "extraction")
    assert judged({"vi": STILL, "fr": [one, other]}, "fr")[0] != "chrome"


def _values(revision: RevisionText) -> dict[str, Any]:
    return {name: getattr(revision, name) for name in RevisionText.__dataclass_fields__}


def test_without_the_original_nothing_is_said_of_one_language() -> None:
    """Not stored, seen only before, seen only after."""
    again = chain((FR, 0, 4), (FR_ANEW, 5, 9))
    assert judged({"fr": again}, "fr") == ("unknown", "no original")
    assert judged({"vi": chain((VI, 0, 4)), "fr": again}, "fr") == ("unknown", "not seen")
    assert judged({"vi": chain((VI, 5, 9)), "fr": again}, "fr") == ("unknown", "not seen")
    assert judged({"vi": chain((VI, 4.4, 4.6)), "fr": again}, "fr")[0] == "re-translation"  # one crawl, hours apart


@pytest.mark.parametrize(
    ("french", "japanese"),
    [
        (put(FR_ANEW, 0, "1 300 clients sont venus."), put(JA, 0, "今朝は1300人が来た。")),
        ([*FR_ANEW, "Il y a foule."], [*JA, "人が多い。"]),
        (put(FR, 2, "Des barques arrivent."), put(JA, 2, "舟が来る。")),
    ],
)
def test_the_same_change_in_several_languages_is_an_edit(french: list[str], japanese: list[str]) -> None:
    """The same figure, as many paragraphs more, the same passage: without the original, and not weeks apart."""
    versions = {"fr": chain((FR, 0, 4), (french, 5, 9)), "ja": chain((JA, 0, 4), (japanese, 5, 9))}
    assert set(told(changes(versions)).values()) == {("source edit", "languages")}
    apart = {**versions, "ja": chain((JA, 0, 19), (japanese, 20, 22))}
    assert set(told(changes(apart)).values()) == {("unknown", "no original")}
    anew = {"fr": versions["fr"], "ja": chain((JA, 0, 4), ([f"{text}と。" for text in JA], 5, 9))}
    assert set(told(changes(anew)).values()) == {("unknown", "no original")}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [("27", "28", "source edit"), ("7", "8", "unknown"), ("7h30", "8h30", "source edit")],
)
def test_figures_that_no_translator_words_tell_an_edit(before: str, after: str, kind: str) -> None:
    """Two digits from 13 on and times of day, not what may be a word in one translation and a digit in the next."""
    versions = {
        "fr": chain((["Il y a " + before, *FR[1:]], 0, 4), ([after + " en tout", *FR_ANEW[1:]], 5, 9)),
        "es": chain((["Hay " + before, *FR[1:]], 0, 4), ([after + " en total", *FR_ANEW[1:3], "Sol."], 5, 9)),
    }
    versions["es"] = [RevisionText(**{**_values(seen), "title": f"T{seen.number}"}) for seen in versions["es"]]
    assert {found for found, _ in told(changes(versions)).values()} == {kind}


def test_rows_of_a_table_count_each_time() -> None:
    """A short line that is said twice is no doubled paragraph."""
    one, other = (ComparedText("fr", "T", None, (*FR, *("Oui | 3",) * times)) for times in (1, 2))
    assert not difference(one, other).chrome


def test_names_that_changed_must_have_changed_in_three_languages() -> None:
    """Two translators may write one name anew."""
    said = {"fr": FR, "de": FR, "nl": FR}
    versions = {
        language: chain((text, 0, 4), ([f"{line} Vinamilk, {language} {line}" for line in text], 5, 9))
        for language, text in said.items()
    }
    assert set(told(changes(versions)).values()) == {("source edit", "languages")}
    del versions["nl"]
    assert set(told(changes(versions)).values()) == {("unknown", "no original")}


def test_a_text_that_did_not_follow_an_edit_was_translated_anew() -> None:
    """It has the old figure still, or as many paragraphs as before, or changed in another passage."""
    again = chain((FR, 0, 4), (FR_ANEW, 5, 9))
    assert judged({"vi": EDITED, "fr": again}, "fr") == ("re-translation", "other edit")
    longer = chain((VI, 0, 4), ([*VI, "Khách rất đông."], 5, 9))
    assert judged({"vi": longer, "fr": again}, "fr") == ("re-translation", "other edit")
    assert judged({"vi": longer, "fr": chain((FR, 0, 4), ([*FR_ANEW, "Foule."], 5, 9))}, "fr")[1] == "followed"
    passage = chain((VI, 0, 4), (put(VI, 1, "Chợ mở rất sớm."), 5, 9))
    assert judged({"vi": passage, "fr": chain((FR, 0, 4), (put(FR, 1, "Tôt."), 5, 9))}, "fr")[1] == "followed"
    elsewhere = chain((FR, 0, 4), (put(FR, 3, "Soleil."), 5, 9))
    assert judged({"vi": passage, "fr": elsewhere}, "fr") == ("re-translation", "other edit")


def test_times_of_an_edit_and_of_a_translation() -> None:
    """By the time alone it follows within a day and a half, never before the original was last seen as it was."""
    words = chain((VI, 0, 4.5), (put(VI, 1, "Chợ mở rất sớm."), 5, 9))

    def french(since: float, there: float, new: list[str] = FR_ANEW) -> list[RevisionText]:
        return chain((FR, 0, since), (new, there, 9))

    assert judged({"vi": words, "fr": french(6, 6.5)}, "fr") == ("source edit", "followed")
    assert judged({"vi": words, "fr": french(7, 7.5)}, "fr") == ("re-translation", "unchanged")
    assert judged({"vi": words, "fr": french(4, 4.25)}, "fr") == ("re-translation", "unchanged")
    figure = put(FR_ANEW, 0, "1 300 clients sont venus.")
    assert judged({"vi": EDITED, "fr": french(7, 7.5, figure)}, "fr") == ("source edit", "followed")
    assert judged({"vi": EDITED, "fr": french(8.5, 8.75, figure)}, "fr")[1] != "followed"
    assert judged({"vi": EDITED, "fr": french(2, 3, figure)}, "fr")[1] != "followed"


def test_what_the_change_itself_tells_may_come_late() -> None:
    """Two days and more: as many paragraphs more, the same passage; also where the earlier text came back since."""
    longer = chain((VI, 0, 4), ([*VI, "Khách rất đông."], 5, 9))
    late = chain((FR, 0, 7), ([*FR_ANEW, "Foule."], 7.5, 9))
    assert judged({"vi": longer, "fr": late}, "fr") == ("source edit", "followed")
    passage = chain((VI, 0, 4), (put(VI, 1, "Chợ mở rất sớm."), 5, 9))
    late = chain((FR, 0, 7), (put(FR, 1, "Le marché ouvre très tôt."), 7.5, 9))
    assert judged({"vi": passage, "fr": late}, "fr") == ("source edit", "followed")
    back = chain((FR, 0, 9), (put(FR_ANEW, 0, "1 300 clients."), 5, 6))
    assert judged({"vi": EDITED, "fr": back}, "fr") == ("source edit", "followed")


def test_a_late_text_can_take_in_two_edits() -> None:
    """Both are then done: a further new text did not follow the one that was matched second."""
    named = put(VI, 2, "Ghe Vinamilk đến từ bốn tỉnh.")
    original = chain((VI, 0, 4), (named, 4.25, 4.5), (put(named, 0, "Sáng nay có 1.300 khách."), 4.75, 9))
    late = put(put(FR, 2, "Les barques de Vinamilk viennent de loin."), 0, "Ce matin, 1 300 clients.")
    again = ["1 300 clients sont venus.", FR_ANEW[1], "Des barques Vinamilk arrivent.", FR_ANEW[3]]
    found = changes({"vi": original, "fr": chain((FR, 0, 4), (late, 5, 5.1), (again, 5.25, 9))})
    assert [(c.kind, c.reason, c.original) for c in found if c.language == "fr"] == [
        ("source edit", "followed", 3),
        ("re-translation", "unchanged", None),
    ]


def test_names_tell_which_of_two_edits_a_text_followed() -> None:
    """Where nothing else does: not the nearer one, but the one that has the name."""
    named = put(VI, 2, "Ghe Vinamilk đến từ bốn tỉnh.")
    original = chain((VI, 0, 4), (named, 4.25, 4.5), (put(named, 1, "Chợ mở rất sớm."), 4.75, 9))
    for line, edit in (("Des barques Vinamilk arrivent.", 2), ("Des barques arrivent.", 3)):
        french = chain((FR, 0, 4), (put(FR_ANEW, 2, line), 5, 9))
        found = changes({"vi": original, "fr": french})
        assert [(c.reason, c.original) for c in found if c.language == "fr"] == [("followed", edit)]


def test_chrome_belongs_to_the_text_that_it_came_with() -> None:
    """Whatever the order in which the original's revisions are given."""
    edited = put(VI, 0, "Sáng nay có 1.300 khách.")
    original = chain((VI, 0, 2), (edited, 3, 4), ([*edited, "Nguồn:"], 5, 9))
    french = chain((put(FR, 0, "1 300 clients."), 0, 4), (put(FR_ANEW, 0, "1 300 ce matin."), 5, 9))
    for revisions in (original, original[::-1], [original[1], original[2], original[0]]):
        assert judged({"vi": revisions, "fr": french}, "fr") == ("re-translation", "unchanged")


def test_a_line_that_was_put_in_has_a_place() -> None:
    """That of the line before which it stands now: an edit there is not one elsewhere."""

    def places(*said: str) -> list[int]:
        return sorted(difference(ComparedText("fr", "T", None, tuple(FR)), ComparedText("fr", "T", None, said)).places)

    assert places(FR[0], "Il y a foule.", *FR[1:]) == [3]
    assert places(*FR, "Il y a foule.") == [6]
    assert places("Il y a foule.", *FR) == [2]
    assert places(FR[0], *FR[2:]) == [3]


def test_a_text_that_had_the_new_figure_before_followed_nothing() -> None:
    """Its change is another one."""
    french = [put(text, 0, text[0].replace("1 200", "1 300")) for text in (FR, FR_ANEW)]
    found = judged({"vi": EDITED, "fr": chain((french[0], 0, 4), (french[1], 5, 9))}, "fr")
    assert found == ("re-translation", "other edit")


def test_an_edit_reaches_a_language_once() -> None:
    """Of two new texts the one that has the figure followed it; by the time alone the one nearest to it."""
    figure = put(FR_ANEW, 0, "1 300 clients sont venus.")
    words = chain((VI, 0, 4), (put(VI, 1, "Chợ mở rất sớm."), 5, 9))
    for original, second in ((EDITED, figure), (words, [*FR[:2], *FR_ANEW[2:]])):
        french = chain((FR, 0, 3.9), (FR_ANEW, 4.3, 4.9), (second, 5, 9))
        found = [change for change in changes({"vi": original, "fr": french}) if change.language == "fr"]
        assert [(change.kind, change.original) for change in found] == [("re-translation", None), ("source edit", 2)]


def test_what_the_original_contradicts_is_unknown() -> None:
    """A figure that it has not, in one language; a text that lost its end."""
    wrong = chain((FR, 0, 4), (put(FR_ANEW, 0, "1 500 clients sont venus."), 5, 9))
    assert judged({"vi": STILL, "fr": wrong}, "fr") == ("unknown", "figures")
    cut = chain((FR, 0, 4), (FR[:2], 5, 9))
    assert judged({"vi": STILL, "fr": cut}, "fr") == ("unknown", "paragraphs")
    whole = chain((FR[:2], 0, 4), (FR, 5, 9))
    assert judged({"vi": STILL, "fr": whole}, "fr") == ("re-translation", "unchanged")


def test_figures_put_right_in_several_languages_are_new_translations() -> None:
    """What is new in them is in the original, which did not change; a figure that it has not is an edit of it."""
    french, japanese = put(FR, 0, "Ce matin, 1 300 clients."), put(JA, 0, "今朝は1300人の客が来た。")
    versions = {"vi": STILL, "fr": chain((french, 0, 4), (FR_ANEW, 5, 9)), "ja": chain((japanese, 0, 4), (JA, 5, 9))}
    assert told(changes(versions)) == dict.fromkeys(("fr", "ja"), ("re-translation", "unchanged"))
    versions = {"vi": STILL, "fr": chain((FR, 0, 4), (french, 5, 9)), "ja": chain((JA, 0, 4), (japanese, 5, 9))}
    assert told(changes(versions)) == dict.fromkeys(("fr", "ja"), ("source edit", "languages"))


def test_an_edit_from_before_the_original_was_seen() -> None:
    """It may have reached the translations days later; not weeks."""
    passage = {"fr": put(FR, 2, "Des barques arrivent."), "ja": put(JA, 2, "舟が来る。")}
    before = {"fr": FR, "ja": JA}
    for first, kind in ((3.9, "source edit"), (0, "re-translation")):
        versions = {language: chain((before[language], 0, 4), (text, 5, 9)) for language, text in passage.items()}
        found = told(changes({"vi": chain((VI, first, 9)), **versions}))
        assert {said for said, _ in found.values()} == {kind}


def test_the_order_of_what_is_given_does_not_count() -> None:
    """Languages and revisions in any order."""
    versions = {
        "vi": EDITED,
        "ja": chain((JA, 0, 4), (put(JA, 0, "今朝は1300人の客が来た。"), 6, 9)),
        "fr": chain((FR, 0, 2), (FR_ANEW, 3, 4), (put(FR, 0, "Ce matin, 1 300 clients."), 5, 9)),
    }
    found = changes(versions)
    assert found == changes({code: versions[code][::-1] for code in reversed(versions)})
    assert {change.kind for change in found} <= set(KINDS)
    assert {change.reason for change in found} <= set(REASONS)
    assert changes({}) == changes({"vi": STILL}) == []


def test_a_time_that_is_none_is_refused() -> None:
    """By its name."""
    bad = RevisionText(**{**_values(STILL[0]), "first_seen": "soon"})
    with pytest.raises(ValueError, match="'soon' is no time"):
        changes({"vi": [bad]})


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A store with an article that was edited and translated anew, in two slugs, and one that never changed."""
    making = pytest.importorskip("making_articles")
    address = f"sqlite:///{tmp_path}/store.db"
    with open_store(address) as store:

        def see(day: int, language: str, said: Sequence[str], slug: str = "a") -> None:
            article = making.make_article(slug, language, paragraphs=tuple(said), kinds=("paragraph",) * len(said))
            store.add(article, seen_at=at(day))

        for day in range(6):
            see(day, "vi", EDITED[day // 4].paragraphs)
            see(day, "fr", put(FR, 0, "Ce matin, 1 300 clients.") if day >= 4 else FR)
            see(day, "ja", JA if day < 2 else [f"{text}と。" for text in JA])
            see(day, "en", ["Hello."], "b")
        alternates = {"vi": "https://www.vietnam.vn/a"}
        for day, text in enumerate(("ابن.", "ابنة.")):
            article = making.make_article("a-2", "ar", paragraphs=(text,), kinds=("paragraph",), alternates=alternates)
            store.add(article, seen_at=at(day))
    return address


def test_the_changes_of_a_store(address: str) -> None:
    """Of articles that changed, their slugs joined; of a slug that is asked for also where nothing changed."""
    with open_store(address, read_only=True) as store:
        found = list(revised(store))
        assert [group.slug for group, _ in found] == ["a"]
        assert told(found[0][1]) == {
            "ar": ("re-translation", "unchanged"),
            "fr": ("source edit", "followed"),
            "ja": ("re-translation", "unchanged"),
            "vi": ("source edit", "original"),
        }
        assert [(group.slug, seen) for group, seen in revised(store, slug="b")] == [("b", [])]
        assert list(revised(store, slug="a-2")) == found
        assert list(revised(store, slug="c")) == []


def test_the_command_prints_a_row_for_each_change(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With tabs and as JSON; not with --missing or --lens, and not of a slug that is not there."""
    command = ["groups", "--store", address, "--revisions"]
    assert main(command) == 0
    out, said = capsys.readouterr()
    table = [line.split("\t") for line in out.splitlines()]
    assert table[0][:7] == ["slug", "language", "before", "after", "first_seen", "kind", "reason"]
    assert table[2] == [
        *("a", "fr", "1", "2", "2025-10-05T00:00:00.000000Z", "source edit", "followed", "2", "", "1 200", "1 300", "0")
    ]
    assert said == "4 changes, articles 1: source edit 2, re-translation 2\n"
    assert main([*command, "--format", "jsonl", "--slug", "a"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["language"] for row in rows] == ["ar", "fr", "ja", "vi"]
    assert (rows[1]["old"], rows[1]["original"]) == (["1 200"], 2)
    assert main([*command, "--missing", "fr"]) == 2
    assert "--revisions: looks at the versions that there are" in capsys.readouterr().err
    assert main([*command, "--lens"]) == 2
    assert main([*command, "--slug", "c"]) == 1
