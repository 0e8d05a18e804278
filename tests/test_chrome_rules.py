# ruff: noqa: E501 # one sample a row reads best on one line
"""Every chrome rule: what it takes, in several languages, and the look-alikes that it must leave alone."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from pipelines import Article, HtmlPage, TextPage, extract
from pipelines.extraction import chrome, labels
from pipelines.extraction.chrome.source import alike

ROOT = Path(__file__).parents[1]
TESTS = Path(__file__).parent
DOCS = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

BODY = {
    "en": [
        "Early in the morning the boats come back to the harbour with the first fish of the new season.",
        "The traders have been waiting since midnight, and by nine o'clock everything has been sold.",
        "Next year the town wants to build a second pier, because the old one has become too small.",
    ],
    "de": [
        "Am frühen Morgen kehren die Boote mit den ersten Fischen der neuen Saison in den Hafen zurück.",
        "Die Händlerinnen warten seit Mitternacht, und gegen neun Uhr ist alles längst verkauft.",
        "Im nächsten Jahr will die Stadt einen zweiten Steg bauen, weil der alte zu klein geworden ist.",
    ],
    "ru": [
        "Рано утром лодки возвращаются в гавань с первой рыбой нового сезона, и на берегу становится шумно.",
        "Торговцы ждут с полуночи, а к девяти часам утра всё уже давно распродано до последней рыбки.",
        "В следующем году город хочет построить второй причал, потому что старый стал слишком тесным.",
    ],
    "ar": [
        "تعود القوارب في الصباح الباكر إلى الميناء محملة بأول أسماك الموسم الجديد وسط فرحة الأهالي.",
        "ينتظر التجار منذ منتصف الليل، وبحلول الساعة التاسعة يكون كل شيء قد بيع منذ وقت طويل.",
        "تريد المدينة في العام المقبل بناء رصيف ثان لأن الرصيف القديم أصبح ضيقا على القوارب.",
    ],
    "hu": [
        "Kora reggel a csónakok az új évad első halaival térnek vissza a kikötőbe, és megtelik a part.",
        "Az árusok éjfél óta várnak, és kilenc órára már régen minden elfogyott az utolsó halig.",
        "Jövőre a város egy második mólót akar építeni, mert a régi már túl kicsinek bizonyult.",
    ],
    "ja": [
        "早朝、船が新しい季節の最初の魚を積んで港に戻ってくると、岸辺は一気ににぎやかになります。",
        "商人たちは真夜中から待っており、朝九時ごろにはすべての魚がすっかり売り切れてしまいます。",
        "古い桟橋が手狭になったため、町は来年、二つ目の桟橋を建設する計画を進めているということです。",
    ],
}
TITLE = {
    "en": "A second pier for the old harbour",
    "de": "Ein zweiter Steg für den alten Hafen",
    "ru": "Второй причал для старой гавани",
    "ar": "رصيف ثان للميناء القديم",
    "hu": "Második móló a régi kikötőben",
    "ja": "古い港に二つ目の桟橋",
}
SITE = "Vietnam.vn - Nền tảng quảng bá Việt Nam"
BYLINE = "Báo Sơn LaBáo Sơn La02/03/2025"
SOURCE = "Quelle: https://baovidu.vn/cang-cu-12345.html"


def article(lines: list[str], language: str, slug: str = "cang-cu-don-mua-ca-moi-dau-nam") -> Article:
    """The article of a row."""
    found = extract(TextPage(text="\n".join(lines), url=f"https://www.vietnam.vn/{language}/{slug}"))
    assert isinstance(found, Article), found
    return found


def head(language: str, *lines: str) -> list[str]:
    """Lines above a body."""
    return [*lines, *BODY[language]]


def tail(language: str, *lines: str) -> list[str]:
    """Lines below a body."""
    return [*BODY[language], *lines]


def middle(language: str, *lines: str) -> list[str]:
    """Lines after the first paragraph of a body."""
    return [BODY[language][0], *lines, *BODY[language][1:]]


FOOTER = ["Chịu trách nhiệm: Nguyễn Văn Bình", "Giấy phép số 12/GP ngày 3/4/2024", "Trụ sở: 1 phố Cũ"]
ALT = "Chợ cá buổi sớm đông vui bên bến cảng cũ"

# rule -> (language, row, what is stripped as (text, name), alts, captions)
Taken = tuple[str, list[str], list[tuple[str, str]], list[str], list[str]]
TAKES: dict[str, list[Taken]] = {
    "site_line": [
        (code, head(code, SITE, TITLE[code], BYLINE), [(SITE, "site-line"), (BYLINE, "byline")], [], [])
        for code in ("de", "ru", "ja")
    ]
    + [
        (
            "hu",
            head("hu", SITE, "Độc lập - Tự do - Hạnh phúc", TITLE["hu"], BYLINE),
            [(SITE, "site-line"), ("Độc lập - Tự do - Hạnh phúc", "site-line"), (BYLINE, "byline")],
            [],
            [],
        )
    ],
    "byline": [
        ("en", head("en", TITLE["en"], "Báo Dân trí•25/08/2024"), [("Báo Dân trí•25/08/2024", "byline")], [], []),
        ("ar", head("ar", TITLE["ar"], "VOVVOV01/02/2025"), [("VOVVOV01/02/2025", "byline")], [], []),
        ("ja", head("ja", TITLE["ja"], "Znews • 5/9/2025"), [("Znews • 5/9/2025", "byline")], [], []),
    ],
    "comment_line": [
        ("en", tail("en", "", "Comment (0)"), [("Comment (0)", "comment-line")], [], []),
        ("ru", tail("ru", "", "Talvekin (0)", "Drop a word"), [("Talvekin (0)", "comment-line"), ("Drop a word", "after-comment-line")], [], []),
        ("hu", tail("hu", "Zdroj: https://baovidu.vn/a-1.html", "Бранел (12)"), [("Zdroj: https://baovidu.vn/a-1.html", "source-line"), ("Бранел (12)", "comment-line")], [], []),
        ("ja", tail("ja", "コメント（3）"), [("コメント（3）", "comment-line")], [], []),
        ("ar", tail("ar", "", "ጸሐፍቲ (0)", "No data"), [("ጸሐፍቲ (0)", "comment-line"), ("No data", "after-comment-line")], [], []),
    ],
    "related_boxes": [
        ("en", tail("en", "Same tag", "Rain on the old quarter"), [("Same tag", "related-box"), ("Rain on the old quarter", "related-box")], [], []),
        ("de", tail("de", "Gleiche Kategorie", "Regen über der Altstadt"), [("Gleiche Kategorie", "related-box"), ("Regen über der Altstadt", "related-box")], [], []),
        ("ru", tail("ru", "No data", "No data"), [("No data", "related-box")] * 2, [], []),
    ],
    "site_footer": [
        (code, tail(code, *FOOTER), [(line, "site-footer") for line in FOOTER], [], []) for code in ("en", "ru", "ja")
    ],
    "image_markers": [
        ("en", middle("en", "![]() |", "| A fishing boat |"), [("![]() |", "image-marker")], [], ["A fishing boat"]),
        ("ru", middle("ru", "![]() |", "![]() |", "Лодка у причала |"), [("![]() |", "image-marker")] * 2, [], ["Лодка у причала"]),
        ("ja", middle("ja", "| --- |"), [("| --- |", "table-rule")], [], []),
        ("de", middle("de", "![Boot](boot.jpg) |"), [], ["Boot"], []),
    ],
    "players": [
        (code, middle(code, clock), [(clock, "player")], [], [])
        for code, clock in (("en", "0:00 / 0:56 HD auto"), ("ar", "00:00 / 02:45"), ("ja", "1:02:03 / 1:10:00 HD"))
    ],
    "advertising_tokens": [
        (code, middle(code, token), [(token, "advertising-token")], [], [])
        for code, token in (("de", "[Anzeige_2]"), ("ru", "[реклама_2]"), ("ar", "[إعلان_1]"), ("ja", "[広告_1]"),
            ("en", "[quảng_cáo_1]"), ("de", "(Anzeige_1)"))
    ],
    "elsewhere_links": [
        (code, middle(code, f"{mark} {TITLE[code]}"), [(f"{mark} {TITLE[code]}", "elsewhere-link")], [], [])
        for code, mark in (("en", ">>>"), ("ru", ">>>"), ("ar", ">>>"), ("ja", ">>>"), ("en", "> > >"))
    ],
    "tag_line": [
        ("en", tail("en", "Tag: My Dinh"), [("Tag: My Dinh", "tag-line")], [], []),
        ("ru", tail("ru", "Теги: Хюэ", SOURCE), [("Теги: Хюэ", "tag-line"), (SOURCE, "source-line")], [], []),
        ("ja", tail("ja", "タグ：フエ"), [("タグ：フエ", "tag-line")], [], []),
    ],
    "source_line": [
        ("de", tail("de", SOURCE), [(SOURCE, "source-line")], [], []),
        ("hu", tail("hu", "Brunxo: https://baovidu.vn/a-1.html"), [("Brunxo: https://baovidu.vn/a-1.html", "source-line")], [], []),
        ("ar", tail("ar", "https://baovidu.vn/a-1.html"), [("https://baovidu.vn/a-1.html", "source-line")], [], []),
        ("ja", tail("ja", "vnews.gov.vn"), [("vnews.gov.vn", "source-line")], [], []),
        ("ru", tail("ru", "Источник", "", "Комментарий (0)"), [("Источник", "source-line"), ("Комментарий (0)", "comment-line")], [], []),
    ],
    "alt_lines": [
        (code, middle(code, alt), [], [alt], [])
        for code, alt in (("en", "bna__dsc7263.jpg"), ("de", ALT), ("ru", "photo 1"), ("ja", ALT), ("ar", "1.jpg"))
    ],
    "linked_boxes": [
        (code, tail(code, SOURCE, "", box, "", "Kommentar (0)"), [(SOURCE, "source-line"), (box, "related-box"), ("Kommentar (0)", "comment-line")], [], [])
        for code, box in (
            ("de", "![[Foto] Netze im Nebel](https://vphoto.vietnam.vn/thumb/1/a.webp)"),
            ("ru", "[![Сети [видео] в тумане](https://vphoto.vietnam.vn/a.webp)](https://www.vietnam.vn/ru/seti)"),
            ("ja", "[【写真】霧の中の網](https://www.vietnam.vn/ja/ami)"),
        )
    ],
    "table_rows": [(code, middle(code, "|:--|---|"), [("|:--|---|", "table-rule")], [], []) for code in ("en", "ru", "ar")],
    "photo_story": [
        (code, [*(x for i, text in enumerate(BODY[code]) for x in (f"anh-{i}.jpg", text, "")), SOURCE], [(SOURCE, "source-line")], [f"anh-{i}.jpg" for i in range(3)], [])
        for code in ("en", "ar", "ja")
    ],
    "list_items": [
        (code, middle(code, *(f"• {item}" for item in TITLE.values())), [("•", "list-mark")] * len(TITLE), [], [])
        for code in ("en", "ru", "ja")
    ],
    "publisher_boxes": [
        (code, middle(code, "", *lines, ""), [(line, "related-box") for line in lines], [], [])
        for code, lines in (
            ("en", ["The lighthouse gets a new lamp"] * 2 + ["From the spring on, its light can be seen from thirty miles at sea"]),
            ("hu", ["Új lámpát kap a világítótorony"] * 2 + ["Tavasztól harminc mérföldről is látszik majd a fénye a tengeren"]),
            ("ru", ["Маяк получит новую лампу"] * 2 + ["С весны его свет будет виден в море за тридцать миль от берега"]),
        )
    ],
    "repeated_lines": [
        ("en", head("en", BODY["en"][0]), [(BODY["en"][0], "repeated-line")], [], []),
        ("ar", tail("ar", BODY["ar"][-1]), [(BODY["ar"][-1], "repeated-line")], [], []),
        ("ja", head("ja", "", BODY["ja"][0]), [(BODY["ja"][0], "repeated-line")], [], []),
    ],
    "captions_beside_alts": [
        ("en", middle("en", "1.jpg", "The first boat of the day"), [], ["1.jpg"], ["The first boat of the day"]),
        ("ru", middle("ru", ALT, "Первая лодка этого утра"), [], [ALT], ["Первая лодка этого утра"]),
        ("hu", middle("hu", "anh-2.png", "A nap első csónakja"), [], ["anh-2.png"], ["A nap első csónakja"]),
    ],
}  # fmt: skip

# rule -> (language, row whose every line must stay a paragraph)
KEEPS: dict[str, list[tuple[str, list[str]]]] = {
    "site_line": [
        ("en", head("en", "Vietnam.vn was the first to write about the harbour, and many readers came to see it for themselves.")),
        ("de", middle("de", SITE + " – so heißt die Seite, auf der die Reportage zuerst erschienen ist, sagt die Wirtin am Hafen.")),
    ],
    "byline": [
        ("en", head("en", "The harbour of the old town was opened by the king himself on 02/03/1925")),
        ("ru", tail("ru", "Последний раз такой улов здесь видели ровно сто лет назад, 02/03/1925.")),
    ],
    "comment_line": [
        ("en", middle("en", "Comment (0)", "That is all that stood under the post, and the fishermen laughed about it for a whole evening, because nobody had read it. Then they went to sea again, as they always do.")),
        ("de", middle("de", "Kapitel (2)")),
        ("ru", tail("ru", "За год в гавани построили двенадцать новых лодок (12)")),
        ("hu", middle("hu", "A lap alján csak ennyi állt: Hozzászólás (0), és ezen mindenki jót nevetett.")),
    ],
    "related_boxes": [
        ("en", middle("en", "No data has been collected so far, the office says.")),
        ("de", middle("de", "Gleiches Thema", " ".join(BODY["de"]) + " " + " ".join(BODY["de"]))),
    ],
    "site_footer": [("en", tail("en", "Trụ sở is the Vietnamese word for a head office, the guide explains."))],
    "image_markers": [
        ("en", middle("en", "Boats | 12")),
        ("de", middle("de", "Wer a | b schreibt, meint das eine oder das andere, erklärt der Lehrer.")),
    ],
    "players": [
        ("en", middle("en", "0:00 / 0:56 was all that the screen showed, she says.")),
        ("de", middle("de", "9:30 bis 11:45 Uhr")),
        ("ru", middle("ru", "3 : 2 победили хозяева.")),
    ],
    "advertising_tokens": [
        ("en", middle("en", "He said that [the boats] were old, as the register [2] shows.")),
        ("de", middle("de", "Die Datei heißt hafen_2, sagt der Archivar [lacht].")),
    ],
    "elsewhere_links": [("en", middle("en", "> quoted once, in the way of old mails")), ("ru", middle("ru", "« Так было всегда » — говорят рыбаки."))],
    "tag_line": [("en", middle("en", "Tag: that is what the children call their game on the pier.")), ("de", tail("de", "Am Ende blieb nur eines: der alte Steg."))],
    "source_line": [
        ("en", tail("en", "Everything about the harbour can be read on the pages of the town at https://baovidu.vn/cang")),
        ("de", middle("de", SOURCE)),
        ("hu", tail("hu", "Csend.")),
        ("ru", tail("ru", "Ha Kien")),
        ("en", tail("en", "HA KIEN")),
    ],
    "alt_lines": [
        ("en", middle("en", "“Thuyền về bến cũ trong chiều muộn, sóng vỗ mạn thuyền nhớ người xưa”")),
        ("de", middle("de", "Ho, ho, holt die Netze ein!") * 2),
        ("ru", middle("ru", "Тишина")),
    ],
    "linked_boxes": [
        ("en", middle("en", "[The plan of the second pier](https://example.org/plan.pdf)")),
        ("de", middle("de", "Der Plan ([hier](https://example.org/plan.pdf)) liegt im Rathaus aus.")),
    ],
    "table_rows": [("en", middle("en", "Boats | 12")), ("de", middle("de", "Wer a | b schreibt, meint das eine oder das andere, erklärt der Lehrer."))],
    "photo_story": [("hu", head("hu", "A hajók", *BODY["hu"]))],
    "list_items": [
        ("ru", middle("ru", "- Кто там?", "- Это я, ваш сосед.", "- Тогда заходите.")),
        ("de", middle("de", "* Die Namen sind geändert.")),
    ],
    "publisher_boxes": [
        ("en", middle("en", "The lighthouse gets a new lamp", "From the spring on, its light can be seen from thirty miles at sea.")),
    ],
    "repeated_lines": [
        ("de", middle("de", "– Nein.", "– Nein.", "– Doch!", "– Doch!")),
        ("en", middle("en", "Pull the nets, pull the nets", "Pull the nets, pull the nets", "The morning star is high")),
    ],
    "captions_beside_alts": [("en", middle("en", "The first boat of the day")), ("hu", middle("hu", "A nap első csónakja"))],
}  # fmt: skip

NAMES = [rule.__name__ for rule in chrome.RULES]


def test_every_rule_has_samples_and_inverse_samples() -> None:
    """Each rule of the recipe, and nothing else, has samples in three languages and a look-alike that must stay."""
    for name, samples in (("TAKES", TAKES), ("KEEPS", KEEPS)):
        assert set(NAMES) - set(samples) == set(), f"rules without samples in {name}"
        assert set(samples) - set(NAMES) == set(), f"samples in {name} of rules that there are not"
    assert len(NAMES) >= 13
    for name in NAMES:
        assert len({taken[0] for taken in TAKES[name]}) >= 3, name
        assert len(KEEPS[name]) >= 1, name


@pytest.mark.parametrize(
    "taken",
    [pytest.param(taken, id=f"{name}-{i}-{taken[0]}") for name in NAMES for i, taken in enumerate(TAKES.get(name, []))],
)
def test_a_rule_takes_its_lines_and_nothing_else(taken: Taken) -> None:
    """The sample lines are gone under the rule's name, or have become pictures or items; every body line stays."""
    code, row, stripped, alts, captions = taken
    found = article(row, code)
    assert [(line.text, line.rule) for line in found.stripped] == stripped
    assert [image.alt for image in found.images if image.alt] == alts
    assert [image.caption for image in found.images if image.caption] == captions
    texts = [text for text, kind in zip(found.paragraphs, found.kinds, strict=True) if kind == "paragraph"]
    assert texts == BODY[code]


@pytest.mark.parametrize(
    ("code", "row"),
    [
        pytest.param(code, row, id=f"{name}-{i}-{code}")
        for name in NAMES
        for i, (code, row) in enumerate(KEEPS.get(name, []))
    ],
)
def test_a_look_alike_stays(code: str, row: list[str]) -> None:
    """Every line of the row is a paragraph; nothing is stripped, nothing has become a title or a picture."""
    found = article(row, code)
    assert list(found.paragraphs) == [re.sub(r"(?<=\d) : (?=\d)", " : ", line) for line in row]
    assert found.stripped == ()
    assert found.images == ()


# --- the table of docs/rules.md -------------------------------------------------------------------------------


def names_in(source: str) -> set[str]:
    """Every rule name that a module can put into `stripped`, read from its syntax tree."""
    tree = ast.parse(source)
    found: set[str] = set()

    def strings(node: ast.AST) -> set[str]:
        return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}

    for node in ast.walk(tree):
        if (isinstance(node, ast.Assign) and any("rule" in ast.unparse(target) for target in node.targets)) or (
            isinstance(node, ast.keyword) and node.arg == "rule"
        ):
            found |= strings(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("_strip_rest", "strip_rest", "strip_whole")
        ):
            found |= {s for argument in node.args for s in strings(argument)}
        elif isinstance(node, ast.FunctionDef) and node.name in ("rule_of_markup", "link_rule", "link_box"):
            found |= {s for r in ast.walk(node) if isinstance(r, ast.Return) and r.value for s in strings(r.value)}
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "NAMED_PARTS" and node.value:
            found |= {s for s in strings(node.value) if not re.search(r"[^a-z-]", s)}
    return {name for name in found if re.fullmatch(r"[a-z]+(-[a-z]+)*", name)} - {"caption"}


@cache
def documented() -> set[str]:
    """What stands in backticks in the first two columns of the tables."""
    rows = [line for line in DOCS.splitlines() if line.startswith("| `")]
    return {name for row in rows for cell in row.split(" | ")[:2] for name in re.findall(r"`([^`]+)`", cell)}


def test_every_rule_is_documented() -> None:
    """The rules of the recipe, and every name that the code or any case puts into `stripped`, are in docs/rules.md."""
    names: set[str] = set()
    for path in (ROOT / "pipelines" / "extraction").rglob("*.py"):
        names |= names_in(path.read_text(encoding="utf-8"))
    assert len(names) >= 20
    for path in (TESTS / "texts").glob("*.json"):
        case = json.loads(path.read_bytes())
        found = extract(TextPage(text=case["text"], url=case["url"]))
        assert isinstance(found, Article)
        seen = {line.rule for line in found.stripped}
        assert seen <= names
    for path in (TESTS / "pages").glob("*/*/page.html"):
        result = extract(HtmlPage(body=path.read_bytes()))
        if isinstance(result, Article):
            seen = {line.rule for line in result.stripped}
            beside = {rule for rule in seen if rule.startswith("not-article: ")}  # one name and its reasons
            assert seen - beside <= names
            for rule in beside:
                assert f"`{rule}`" in DOCS or f"`{rule.partition(': ')[2]}`" in DOCS, rule
    assert (names | set(NAMES)) - documented() == set(), "docs/rules.md has no row of these"


# --- labels are not the evidence ------------------------------------------------------------------------------


@pytest.fixture
def without_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """No label of any language is known."""
    for name in ("SOURCE", "COMMENT", "RELATED", "TAG", "PHOTO"):
        assert len(getattr(labels, name)) > 20
        monkeypatch.setattr(labels, name, frozenset())


def ablation_cases() -> list[dict[str, str]]:
    """The cases that end in a labelled address and a comment line with count 0, in this order and side by side."""
    cases = []
    for path in sorted((TESTS / "texts").glob("*.json")):
        case = json.loads(path.read_bytes())
        expected = case["expected"]
        if path.stem.startswith("inverse-") or not expected["source_url"] or expected["comment_count"] != 0:
            continue
        lines = [line.strip() for line in case["text"].splitlines() if line.strip()]
        source = [i for i, line in enumerate(lines) if line.endswith(expected["source_url"])]
        comment = [i for i, line in enumerate(lines) if re.search(r"[(（]\s?0\s?[)）]$", line)]
        if len(source) == 1 and len(comment) == 1 and comment[0] == source[0] + 1:
            cases.append(
                {"name": path.stem, "text": case["text"], "url": case["url"], "source": lines[source[0]],
                 "comment": lines[comment[0]], "address": expected["source_url"]}
            )  # fmt: skip
    return cases


ABLATION = 68


@pytest.mark.usefixtures("without_labels")
def test_without_any_label_the_tail_is_still_known() -> None:
    """Source lines with an address and comment lines with count 0 come out clean on structure alone, in all cases."""
    cases = ablation_cases()
    assert len(cases) == ABLATION
    assert len({case["name"].split("-")[0] for case in cases}) >= 20
    for case in cases:
        found = extract(TextPage(text=case["text"], url=case["url"]))
        assert isinstance(found, Article)
        assert (found.source_url, found.comment_count) == (case["address"], 0), case["name"]
        assert case["comment"] not in found.paragraphs, case["name"]
        assert not any(case["address"] in paragraph for paragraph in found.paragraphs), case["name"]


@pytest.mark.parametrize(
    "tail",
    [
        "ប្រភព៖ https://baotest.vn/x.html",
        "ប្រភព៖ https://baotest.vn/x.html\n\nមតិយោបល់ (0)",
        "Xguzkia - https://baotest.vn/x.html",
        "מָקוֹר: https://baotest.vn/x.html",
        "מָקוֹר",
        "المَصْدَر",
    ],
)
def test_labels_as_their_scripts_write_them(tail: str) -> None:
    """A Khmer colon, a dash for a colon, vowel points on a label that stands alone: it goes, and nothing else does."""
    for language in ("en", "ar"):
        body = BODY[language]
        result = extract(TextPage(url=f"https://www.vietnam.vn/{language}/bai-viet", text="\n\n".join([*body, tail])))
        assert isinstance(result, Article)
        assert list(result.paragraphs) == body


@pytest.mark.parametrize("last", ["Read it in full - it is worth your while.", "The second pier - the harbour's pride"])
def test_a_dash_without_an_address_stays(last: str) -> None:
    """A short line with a dash is text where no address follows it."""
    text = "\n\n".join([*BODY["en"], last])
    result = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text=text))
    assert isinstance(result, Article)
    assert list(result.paragraphs) == [*BODY["en"], last]


def test_a_count_of_none_behind_a_wide_gap_ends_the_article() -> None:
    """Also in a language whose label no list knows, and where what follows reads like prose."""
    rules = (
        "Readers are asked to keep to the rules of the forum when they write, and to sign with their own names. " * 3
    )
    row = "\n".join(BODY["en"]) + f"\n\n\n\n\nMaoni ya wasomaji (0)\n{rules}"
    article = extract(TextPage(text=row))
    assert isinstance(article, Article)
    assert article.comment_count == 0
    assert list(article.paragraphs) == BODY["en"]
    for blank, count in ((3, 0), (2, None), (0, None)):
        close = extract(TextPage(text=row.replace("\n\n\n\n\n", "\n" * (blank + 1))))
        assert isinstance(close, Article)
        assert close.comment_count == count, "without so wide a gap it is a line of the text"


def test_a_verse_in_vietnamese_is_no_gallery() -> None:
    """Short lines of Vietnamese under one another are quoted; long ones without a full stop are pictures' texts."""
    around = BODY["de"]
    verse = ["Con cò bay lả bay la", "Bay từ cửa phủ bay ra cánh đồng", "Cha sinh mẹ đẻ tay không"]
    alts = [f"Những con thuyền trở về bến cảng cũ vào buổi sáng sớm mùa thu năm nay {n}" for n in ("ấy", "này", "nọ")]
    for lines, kept in ((verse, True), (alts, False)):
        row = "\n".join([around[0], *lines, *around[1:], "", "", "Kommentar (0)"])
        article = extract(TextPage(text=row, url="https://www.vietnam.vn/de/ben-cang-cu"))
        assert isinstance(article, Article)
        assert [line in article.paragraphs for line in lines] == [kept] * 3


def _page_with(inner: str) -> Article:
    first, *rest = (f"<p>{paragraph}</p>" for paragraph in BODY["en"])
    body = f'<h1>{TITLE["en"]}</h1><div class="post-detail-body">{first}{inner}{"".join(rest)}</div>'
    page = f'<html lang="en"><meta charset="utf-8">{body}</html>'
    article = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/en/ben-cang-cu"))
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize("ending", [".pdf", ".PDF", ".docx?v=2", ".xlsx", ".zip"])
def test_a_list_of_documents_belongs_to_the_article(ending: str) -> None:
    """Papers of one host are the article's references; pages of one newspaper are its other articles."""
    names = ["Plan of the second pier", "Depth of the harbour by month", "What the pier will cost"]
    papers, pages = (
        "<ul>"
        + "".join(f'<li><a href="https://port.example/{i}{e}">{n}</a></li>' for i, n in enumerate(names))
        + "</ul>"
        for e in (ending, ".html")
    )
    assert [name in _page_with(papers).paragraphs for name in names] == [True] * 3
    article = _page_with(pages)
    assert [name in article.paragraphs for name in names] == [False] * 3
    assert {line.rule for line in article.stripped} == {"related-box"}


@pytest.mark.parametrize("control", ["<button>{}</button>", '<div role="button">{}</div>', "<form>{}</form>"])
def test_controls_are_no_text(control: str) -> None:
    """Buttons and forms go, by the rule of that name; prose inside one stays."""
    article = _page_with(control.format("Share this page"))
    assert list(article.paragraphs) == BODY["en"]
    assert [(line.text, line.rule) for line in article.stripped] == [("Share this page", "control")]
    prose = " ".join(BODY["en"])
    assert prose in _page_with(control.format(f"<p>{prose}</p>")).paragraphs


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Same tag", "Same category", True),
        ("Read more", "See more", True),
        ("Same tag", "Other news", False),
        ("Same tag", "SAME TAG", False),
        ("Same tag", "Same tag as in four others", False),
        ("同じタグ", "同じ分類", True),
        ("同じタグ", "別の分類", False),
    ],
)
def test_headings_of_boxes_begin_or_end_alike(one: str, other: str, expected: bool) -> None:
    """With the same word, where they are not the same heading; a sentence is none."""
    assert alike(one, other) is expected
