"""Between the last paragraph and the comment line: labels of many languages, and words that are no label."""

from __future__ import annotations

import pytest

from pipelines import Article, TextPage, extract

BODY = [
    "The bakery on the quay has opened again, and from six in the morning a queue reaches round the corner.",
    "Its owner has kept the old oven, which needs four hours and two armfuls of wood before it is hot enough.",
]
URL = "https://baotest.vn/lo-banh-cu-ben-song-mo-lai-12345.html"


def article(*lines: str) -> Article:
    """The article of the body with these lines below it."""
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join([*BODY, *lines])))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize("name", ["HÀ VY", "(VNA)", "Trần Hà Vy"])
@pytest.mark.parametrize(
    "label",
    ["Link to source", "Lien vers la source", "Enlace a la fuente", "Ссылка на источник", "رابط المصدر", "来源链接"],
)
def test_a_signature_glued_to_the_label_of_a_link_stays(name: str, label: str) -> None:
    """The label of several words goes, with an address behind it or without."""
    for line in (f"{name}{label}", f"{name}{label}: {URL}"):
        found = article(line, "", "Talvekin (0)")
        assert list(found.paragraphs) == [*BODY, name]
        assert found.source_url == (URL if "://" in line else None)


@pytest.mark.parametrize("label", ["出典URL", "الرابط إلى المصدر", "קישור אל המקור", "پیوند به منبع"])
def test_a_label_of_several_words_has_no_signature(label: str) -> None:
    """The inverse: a known word at its end, or another script in it, does not make the rest a name."""
    assert list(article(f"{label}: {URL}", "", "Talvekin (0)").paragraphs) == BODY


def test_a_known_label_is_parted_from_a_paragraph_that_has_no_mark_at_its_end() -> None:
    """In Thai and Lao; a short line before the label is the label's own."""
    paragraph = "ร้านขนมปังริมแม่น้ำกลับมาเปิดอีกครั้งตั้งแต่วันเสาร์ และเจ้าของร้านยังคงใช้เตาเก่าที่ต้องเผาฟืนอยู่นานถึงสี่ชั่วโมง"
    found = article(f"{paragraph}ที่มา: {URL}", "", "ความคิดเห็น (0)")
    assert (list(found.paragraphs), found.source_url) == ([*BODY, paragraph], URL)
    assert list(article(f"หน้าที่มา: {URL}", "", "ความคิดเห็น (0)").paragraphs) == BODY


@pytest.mark.parametrize(
    "note", ["[2] 旧炉子要烧四个小时。", "[2] 古い窯は四時間かけて温める。", "(1) पुराना तंदूर चार घंटे में गरम होता है।"]
)
def test_a_sentence_behind_a_bracket_is_no_label(note: str) -> None:
    """A footnote at the end of the article stays whole, whatever mark ends it."""
    for comment in ("Comment (0)", "Talvekin (0)"):
        assert list(article(note, "", comment).paragraphs) == [*BODY, note]


@pytest.mark.parametrize(
    ("closing", "comment"),
    [
        ("Continuará", "Comentario"),
        ("Bersambung", "Komentar"),
        ("Nočniče", "Komentář"),
        ("Ночница", "Комментарий"),
        ("คืนนี้เจอกันนะ", "ความคิดเห็น"),
        ("ຂ້າວໜຽວໜຶ່ງຕິບ", "ຄຳເຫັນ"),
        ("கடைசிவரி", "கருத்து"),
        ("Folytatjuk", "Talvekin"),
        ("つづく", "Talvekin"),
    ],
)
def test_a_last_word_above_a_known_comment_label_is_text(closing: str, comment: str) -> None:
    """The lists hold such a language's label of the source, and this word is none of them; so is a known closing."""
    assert list(article(closing, "", f"{comment} (0)").paragraphs) == [*BODY, closing]


@pytest.mark.parametrize("word", ["Ночница", "คืนนี้เจอกัน", "கடைசிவரி"])
def test_a_comment_label_in_another_script_says_nothing_about_a_word(word: str) -> None:
    """The inverse: the site has left it in another language, so the word may be a label that no list knows."""
    assert list(article(word, "", "Kommentar (0)").paragraphs) == BODY
    assert list(article("Brunxo", URL, "", "Kommentar (0)").paragraphs) == BODY


@pytest.mark.parametrize(
    ("line", "comment"),
    [("(Laughs)Until tomorrow", "Comment"), ("[2]Archive of the town", "Comment"), ("(1)古いパン屋の窓", "コメント")],
)
def test_words_behind_a_remark_or_a_number_are_no_label_of_a_listed_language(line: str, comment: str) -> None:
    """The language's own label is known, so these words are text; a number in brackets signs nothing anywhere."""
    assert list(article(line, "", f"{comment} (0)").paragraphs) == [*BODY, line]
    assert list(article("(VNA)Brunxo", "", "Talvekin (0)").paragraphs) == [*BODY, "(VNA)"]
    if line[1].isdigit():
        assert list(article(line, "", "Talvekin (0)").paragraphs) == [*BODY, line]


@pytest.mark.parametrize("line", ["(Laughs) Goodbye", "(Applause)Takk", "[Smiles] Perhaps"])
def test_a_word_behind_a_remark_is_no_label(line: str) -> None:
    """A label is glued to what is before it, and is no word of thanks."""
    assert list(article(line, "", "Talvekin (0)").paragraphs) == [*BODY, line]


@pytest.mark.parametrize("words", ["First published at:", "Brunxo talva ostek:"])
def test_words_with_a_colon_above_a_newspapers_address_are_its_label(words: str) -> None:
    """As in one line with it; above another address, or longer, they are text."""
    for comment in ("Comment (0)", "Talvekin (0)"):
        found = article(words, URL, "", comment)
        assert (list(found.paragraphs), found.source_url) == (BODY, URL)
        for lines in ((words, "https://baotest.vn/"), ("All of the forms are on this page:", URL)):
            assert lines[0] in article(*lines, "", comment).paragraphs


@pytest.mark.parametrize(
    "label",
    [
        "Vínculo a la fuente",
        "Koppeling naar bron",
        "Adres źródła",
        "Adresa zdroje",
        "Legătura sursei",
        "Διεύθυνση πηγής",
        "Kaynağa bağlantı",
        "عنوان المصدر",
        "لینک خبر اصلی",
        "כתובת המקור",
        "မူရင်းလင့်ခ်",
        "出典URL",
        "来源连结",
        "Quellenverweis",
        "Πηγή συνδέσμου",
        "Исходная ссылка",
        "Вихідне посилання",
        "原始链接",
    ],
)
def test_more_words_for_a_link_and_a_source_are_labels(label: str) -> None:
    """Alone above the comment line, and with the address."""
    assert list(article(label, "", "Comment (0)").paragraphs) == BODY
    assert list(article(f"{label}: {URL}", "", "Comment (0)").paragraphs) == BODY


@pytest.mark.parametrize("line", ["Адрес редакции", "عنوان المكتب", "주소 안내"])
def test_an_address_is_no_link(line: str) -> None:
    """The inverse: a word for an address counts beside one for a source alone."""
    assert list(article(line, "", "Comment (0)").paragraphs) == [*BODY, line]


@pytest.mark.parametrize("line", ["Mối liên kết bền lâu", "Liên kết vùng"])
def test_a_bond_is_no_link(line: str) -> None:
    """The inverse: Vietnamese has one word for both."""
    body = "Lò bánh cũ bên sông vừa mở lại, từ sáu giờ sáng người mua đã xếp hàng dài quanh góc phố."
    found = extract(TextPage(url="https://www.vietnam.vn/bai-viet", text=f"{body}\n{line}\n\nBình luận (0)"))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == [body, line]


@pytest.mark.parametrize("line", ["Schlagworte: Sơn La", "Ключови думи: Sơn La", "Hashtags: Sơn La, Mộc Châu"])
def test_more_labels_of_tags_are_known(line: str) -> None:
    """Above the comment line; in mid-text they are text."""
    assert list(article(line, "", "Talvekin (0)").paragraphs) == BODY
    assert line in article(line, BODY[0][:-1] + ", too.", "", "Talvekin (0)").paragraphs


@pytest.mark.parametrize("token", ["(Espace publicitaire_2)", "（広告 枠_1）", "(বিজ্ঞাপন ব্লক_2)", "(two words _ 3)"])
def test_an_underscored_token_in_round_brackets_may_have_several_words(token: str) -> None:
    """Alone on its line; in a sentence, or without the underscore, it is a remark."""
    assert list(article(token, "", "Comment (0)").paragraphs) == BODY
    for line in (f"The file {token} is lost.", token.replace("_", "").replace("  ", " ")):
        assert line in article(line, BODY[0][:-1] + ", too.", "", "Comment (0)").paragraphs


@pytest.mark.parametrize("zero", "໐០၀௦")
def test_a_players_clock_is_at_zero_in_any_digits(zero: str) -> None:
    """A time of a programme is not at zero."""
    clock = f"{zero}:{zero}{zero} / {chr(ord(zero) + 1)}:{zero}{chr(ord(zero) + 5)}"
    assert list(article(clock, "", "Comment (0)").paragraphs) == BODY
    programme = clock.replace(f"{zero}:", f"{chr(ord(zero) + 8)}:", 1)
    assert list(article(programme, "", "Comment (0)").paragraphs) == [*BODY, programme]


BOXES = [
    "Nel medesimo argomento",
    "Storks return to the flooded fields",
    "Della stessa rubrica qui",
    "A bridge for one day",
]


@pytest.mark.parametrize("label", ["Link alla fonte", "Ссылка на источник", "来源链接"])
def test_boxes_with_any_heading_stand_below_the_label_of_a_link(label: str) -> None:
    """Their headings need not be alike, for such a label is no heading of the article's; a word for a source can be."""
    found = article(label, *BOXES, "", "Talvekin (0)")
    assert list(found.paragraphs) == BODY
    assert [x.text for x in found.stripped if x.rule == "related-box"] == BOXES
    for heading in ("Fonte", "Storks"):
        assert list(article(heading, *BOXES, "", "Talvekin (0)").paragraphs) == [*BODY, heading, *BOXES]


def test_a_row_that_breaks_off_below_the_boxes_has_its_source_line() -> None:
    """Without a comment line the address must spell the slug of the page, and sentences show that the text goes on."""
    lines = [f"Brunxo: {URL}", *BOXES]
    for slug, kept in (("lo-banh-cu-ben-song-mo-lai", []), ("mot-bai-viet-khac-han", lines)):
        url = f"https://www.vietnam.vn/en/{slug}"
        found = extract(TextPage(url=url, text="\n".join([*BODY, *lines])))
        assert isinstance(found, Article)
        assert (list(found.paragraphs), found.source_url) == ([*BODY, *kept], None if kept else URL)
        prose = [f"{text}, and nobody knows why it is so." for text in BOXES]
        found = extract(TextPage(url=url, text="\n".join([*BODY, lines[0], *prose])))
        assert isinstance(found, Article)
        assert list(found.paragraphs) == [*BODY, lines[0], *prose]


@pytest.mark.parametrize("label", ["Source", "Quelle:", "Джерело", "出典："])
@pytest.mark.parametrize("below", ["baotest.vn", "VNA", "Link to source"])
def test_a_known_label_above_what_it_labels_goes(label: str, below: str) -> None:
    """Above a host, an agency or the label of a link; any other word there is text."""
    assert list(article(label, below, "", "Talvekin (0)").paragraphs) == BODY
    assert list(article("Chapter", below, "", "Talvekin (0)").paragraphs) == [*BODY, "Chapter"]


@pytest.mark.parametrize(
    "token", ["\\[advert\\_2\\]", "{Anzeige_2}", "<реклама_1>", "«annonce_2»", "「広告_1」", "[\\_]"]
)
def test_a_token_may_have_other_brackets_or_backslashes(token: str) -> None:
    """Translators change the brackets, converters write backslashes; without a word it is none."""
    kept = [] if any(map(str.isalpha, token)) else [token]
    assert list(article(token, BODY[0][:-1] + ", too.").paragraphs) == [*BODY, *kept, BODY[0][:-1] + ", too."]
    for text in (token.replace("_", ""), f"Words {token.strip('[]{}<>«»「」')} and more"):
        assert text in article(text, BODY[0][:-1] + ", too.").paragraphs
