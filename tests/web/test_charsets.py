"""What bytes stand for: every label of the web, and pages that say nothing or the wrong thing about themselves."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines import extract
from pipelines.models import Article, HtmlPage, Rejected
from pipelines.web.charsets import NoTextError, decode_listing, decode_text, encoding_by_bytes, to_utf8
from pipelines.web.labels import UNREADABLE, readers
from pipelines.web.plausibility import strangeness

SENTENCES = {
    "vi": "Lò gạch cũ bên sông được người thợ trẻ mở lại sau nhiều năm bỏ hoang. Những viên ngói đỏ đầu tiên đã ra lò "
    "vào sáng thứ bảy, trước mắt cả làng.",
    "ru": "Старую кирпичную печь у реки снова растопили после многих лет. Первую красную черепицу достали в "
    "субботу утром "
    "на глазах у всей деревни.",
    "uk": "Стару цегляну піч біля річки знову розпалили після багатьох років. Її відновили молоді майстри з сусіднього "
    "села, які приїхали навесні.",
    "el": "Ο παλιός φούρνος δίπλα στο ποτάμι άναψε ξανά έπειτα από πολλά χρόνια. Τα πρώτα κεραμίδια βγήκαν το Σάββατο "
    "το πρωί.",
    "he": "התנור הישן על גדת הנהר הודלק שוב אחרי שנים רבות. הרעפים האדומים הראשונים יצאו ממנו בבוקר יום שבת לעיני כל "
    "הכפר.",
    "ar": "أعيد إشعال الفرن القديم على ضفة النهر بعد سنوات طويلة. وخرجت أولى قطع القرميد الحمراء صباح السبت أمام أعين "
    "القرية كلها.",
    "th": "เตาเผาอิฐเก่าริมแม่น้ำถูกจุดไฟอีกครั้งหลังจากปิดมานานหลายปี กระเบื้องสีแดงชุดแรกออกจากเตาในเช้าวันเสาร์",
    "ja": "川沿いの古い窯に、何年ぶりかで再び火が入った。"
    "最初の赤い瓦は、村の人たちが見守る中、土曜日の朝に取り出された。",
    "ko": "강가의 오래된 가마에 여러 해 만에 다시 불이 들어왔다. 첫 붉은 기와는 토요일 아침 온 마을이 지켜보는 "
    "가운데 나왔다.",
    "zh": "河边的老砖窑停了多年之后重新点火。星期六早上，第一批红瓦在全村人面前出窑，年轻的工匠们都笑了。",
    "zh-TW": "河邊的老磚窯停了多年之後重新點火。星期六早上，第一批紅瓦在全村人面前出窯，年輕的工匠們都笑了。",
    "pl": "Stary piec nad rzeką zapłonął znowu po wielu latach. Pierwsze czerwone dachówki wyjęto w sobotę rano, "
    "a cała "
    "wieś patrzyła, jak żółknie ogień; źle nie było.",
    "cs": "Stará pec u řeky se po mnoha letech znovu rozhořela. První červené tašky vyňali v sobotu ráno před "
    "očima celé "
    "vesnice, která přišla už před úsvitem.",
    "hu": "A folyóparti régi kemence sok év után újra tüzet kapott. Az első vörös cserepeket szombat reggel "
    "szedték ki, "
    "az egész falu szeme előtt, hűvös időben.",
    "ro": "Vechiul cuptor de lângă râu a fost aprins din nou după mulţi ani. Primele ţigle roşii au ieşit sâmbătă "
    "dimineaţă, în faţa întregului sat.",
    "tr": "Nehir kıyısındaki eski fırın yıllar sonra yeniden yakıldı. İlk kırmızı kiremitler cumartesi sabahı "
    "bütün köyün "
    "gözü önünde çıkarıldı, işçiler gülüyordu.",
    "lt": "Sena krosnis prie upės po daugelio metų vėl užkurta. Pirmosios raudonos čerpės išimtos šeštadienio rytą, "
    "matant visam kaimui, džiaugėsi jaunieji meistrai.",
    "fr": "Le vieux four au bord de la rivière a été rallumé après de longues années. Les premières tuiles sont "
    "sorties "
    "samedi matin, sous les yeux du village ébahi.",
    "de": "Der alte Ofen am Fluss brennt nach vielen Jahren wieder. Die ersten Ziegel kamen am Samstag heraus, früh am "
    "Morgen, vor den Augen des ganzen Dorfes; schön für die Töpfer.",
    "sv": "Den gamla ugnen vid ån har tänts igen efter många år. De första röda teglen togs ut på lördagen, tidigt på "
    "morgonen, inför hela byns ögon.",
}
# What each language was written in before UTF-8, and the label that its pages bore.
LEGACY = [
    ("vi", "cp1258", "windows-1258"), ("ru", "cp1251", "windows-1251"), ("ru", "koi8_r", "koi8-r"),
    ("ru", "iso8859_5", "iso-8859-5"), ("ru", "cp866", "ibm866"), ("uk", "cp1251", "x-cp1251"),
    ("uk", "koi8_u", "KOI8-U"), ("el", "cp1253", "windows-1253"), ("el", "iso8859_7", "greek"),
    ("he", "cp1255", "windows-1255"), ("ar", "cp1256", "windows-1256"), ("ar", "iso8859_6", "asmo-708"),
    ("th", "cp874", "tis-620"), ("ja", "cp932", "x-sjis"), ("ja", "euc_jp", "euc-jp"), ("ko", "cp949", "euc-kr"),
    ("zh", "gb18030", "gb2312"), ("zh-TW", "big5hkscs", "big5"), ("pl", "cp1250", "windows-1250"),
    ("pl", "iso8859_2", "iso-8859-2"), ("cs", "cp1250", "cp1250"), ("cs", "iso8859_2", "latin2"),
    ("hu", "cp1250", "windows-1250"), ("hu", "iso8859_2", "l2"), ("ro", "cp1250", "windows-1250"),
    ("tr", "cp1254", "iso-8859-9"), ("lt", "cp1257", "windows-1257"), ("lt", "iso8859_13", "iso-8859-13"),
    ("fr", "cp1252", "iso-8859-1"), ("de", "cp1252", "us-ascii"), ("sv", "iso8859_15", "iso-8859-15"),
]  # fmt: skip
EACH = pytest.mark.parametrize(("language", "codec", "label"), LEGACY, ids=[f"{c}-{lang}" for lang, c, _ in LEGACY])


def encode(text: str, codec: str) -> bytes:
    """As an editor would save it; in Windows-1258 the tones are characters of their own."""
    if codec != "cp1258":
        return text.encode(codec)
    found = b""
    for letter in text:
        tones = [mark for mark in unicodedata.normalize("NFD", letter) if mark in "\u0300\u0301\u0303\u0309\u0323"]
        base = "".join(mark for mark in unicodedata.normalize("NFD", letter) if mark not in tones)
        found += (unicodedata.normalize("NFC", base) + "".join(tones)).encode(codec)
    return found


def page(text: str, *, meta: str = "", language: str = "") -> str:
    """A small page around a text."""
    lang = f' lang="{language}"' if language else ""
    declared = f'<meta charset="{meta}">' if meta else ""
    return f"<!DOCTYPE html>\n<html{lang}><head>{declared}<title>x</title></head><body><p>{text}</p></body></html>"


def read(text: str, codec: str, header: str | None = None) -> str | None:
    """The text by way of its bytes; None where it is refused."""
    try:
        return unicodedata.normalize("NFC", decode_text(encode(text, codec), header)[0])
    except NoTextError:
        return None


# --- what is declared ----------------------------------------------------------------------------------------------


@EACH
def test_what_is_declared_is_read(language: str, codec: str, label: str) -> None:
    """In the header, in the page, in both, as an XHTML declaration, behind 20 kB of script."""
    text = SENTENCES[language]
    declared = page(text, meta=label.upper())
    assert read(declared, codec) == declared
    assert read(page(text), codec, f'text/html; charset="{label}"') == page(text)
    assert read(text, codec, f"text/plain;charset={label}") == text
    xhtml = f"<?xml version='1.0' encoding='{label}'?>{page(text)}"
    assert read(xhtml, codec) == xhtml
    equiv = page(text).replace("<head>", f"<head><meta http-equiv=Content-Type content='text/html; charset={label}'>")
    assert read(equiv, codec) == equiv
    late = declared.replace("<head>", f"<head><script>{'var a;' * 3000}</script>")
    assert read(late, codec) == late


@EACH
def test_a_wrong_declaration_does_not_matter_where_the_other_is_right(language: str, codec: str, label: str) -> None:
    """The server's default, UTF-8 or Latin-1, over a page that says what it is; the header right and the page wrong."""
    text = SENTENCES[language]
    declared = page(text, meta=label)
    for header in ("text/html; charset=utf-8", "text/html; charset=ISO-8859-1", "text/html; charset=utf8mb4"):
        assert read(declared, codec, header) == declared
    for meta in ("utf-8", "iso-8859-1", "made-up", "utf-16"):
        assert read(page(text, meta=meta), codec, f"text/html; charset={label}") == page(text, meta=meta)


@EACH
def test_an_undeclared_page_is_read_by_its_language(language: str, codec: str, label: str) -> None:
    """Nothing, or nothing that is true, about the charset; the page's language says what it is usually written in."""
    for meta in ("", "utf-8", "iso-8859-1", "no-such-charset"):
        text = page(SENTENCES[language], meta=meta, language=language)
        assert read(text, codec) == text
    commented = page(SENTENCES[language], language=language).replace("<head>", "<head><!-- <meta charset=big5> -->")
    assert read(commented, codec) == commented


@EACH
def test_without_any_hint_text_is_read_rightly_or_refused(language: str, codec: str, label: str) -> None:
    """Never garbage: what cannot be told is refused, also as plain text, and under the name of Latin-1."""
    right = read(SENTENCES[language], codec)
    assert right in (None, SENTENCES[language])
    for header in (
        None,
        "text/html; charset=iso-8859-1",
        "text/html; charset=utf-8",
        "text/html; charset=x-user-defined",
    ):
        text = page(SENTENCES[language])
        assert read(text, codec, header) in (None, text)
        wrong = page(SENTENCES[language], language="en")
        assert read(wrong, codec, header) in (None, wrong)


@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "shift_jis", "euc-kr", "gb2312", "windows-1256", "greek"])
@pytest.mark.parametrize("language", ["fr", "de", "sv"])
def test_a_declaration_of_another_script_is_not_believed(language: str, label: str) -> None:
    """Latin letters that are said to be in another script's table: read by their own, or not at all."""
    text = page(SENTENCES[language], meta=label, language=language)
    assert read(text, "cp1252") in (None, text)


def test_languages_are_told_by_their_words() -> None:
    """Latin letters without a word on charset or language: the words say which table, through the wrong accents."""
    for language, codec in (
        ("tr", "cp1254"),
        ("pl", "cp1250"),
        ("cs", "iso8859_2"),
        ("hu", "cp1250"),
        ("vi", "cp1258"),
    ):
        assert read(page(SENTENCES[language]), codec) == page(SENTENCES[language])
        assert read(SENTENCES[language], codec) == SENTENCES[language]


def test_names_in_a_page_do_not_hide_its_language() -> None:
    """A German page full of Vietnamese names, those that its charset lacks in entities, as the site writes them."""
    menu = "<a>Chính tr&#7883;</a><a>Xã h&#7897;i</a><a>Kinh t&#7871;</a><a>Giáo d&#7909;c</a>"
    text = page(f"{menu}</p><p>{SENTENCES['de']} H&#7891; V&#259;n Hòa, Bình H&#432;ng", meta="utf-8")
    assert read(text, "cp1252") == text


# "Lớp học nghề của làng mở cửa vào sáng thứ bảy, và người thợ già rất vui" in what Vietnamese was written in before
# Windows-1258, by fonts: the tables are Western ones with other pictures.
FONTS = {
    "TCVN3": b"L\xedp h\xe4c ngh\xd2 c\xf1a l\xb5ng m\xeb c\xf6a v\xb5o s\xb8ng th\xf8 b\xb6y, "
    b"v\xb5 ng\xad\xeai th\xee gi\xb5 r\xcat vui",
    "VNI": "Lôùp hoïc ngheà cuûa laøng môû cöûa vaøo saùng thöù baûy, vaø ngöôøi thôï giaø raát vui".encode("latin-1"),
    "VISCII": b"L\xber h\xf7c ngh\xab c\xfca l\xe0ng m\xb7 c\xd8a v\xe0o s\xe1ng th\xd1 b\xe4y, "
    b"v\xe0 ng\xdf\xb6i th\xfe gi\xe0 r\xa4t vui",
}  # fmt: skip


@pytest.mark.parametrize("header", [None, "text/html; charset=iso-8859-1", "text/html; charset=utf-8"])
@pytest.mark.parametrize("meta", ["", "x-user-defined", "iso-8859-1", "windows-1252", "viscii"])
@pytest.mark.parametrize("language", ["", "vi", "en"])
@pytest.mark.parametrize("font", FONTS)
def test_what_was_written_by_fonts_is_refused(font: str, language: str, meta: str, header: str | None) -> None:
    """No table reads it, and all of Western Europe's give text: never an article of such."""
    start, end = page("|", meta=meta, language=language).encode().split(b"|")
    with pytest.raises(NoTextError):
        decode_text(start + FONTS[font] + b". " + FONTS[font] + end, header)
    with pytest.raises(NoTextError):
        decode_text(FONTS[font])


# --- the web's table -----------------------------------------------------------------------------------------------

# The WHATWG Encoding Standard's encodings, with a text that each can hold and its neighbours read otherwise.
STANDARD = {
    "UTF-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "IBM866": "866 cp866 csibm866 ibm866",
    "ISO-8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "ISO-8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "ISO-8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "ISO-8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "ISO-8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 "
    "iso_8859-8 "
    "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "ISO-8859-13": "iso-8859-13 iso8859-13 iso885913",
    "ISO-8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "KOI8-R": "cskoi8r koi koi8 koi8-r koi8_r",
    "KOI8-U": "koi8-ru koi8-u",
    "windows-874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "windows-1250": "cp1250 windows-1250 x-cp1250",
    "windows-1251": "cp1251 windows-1251 x-cp1251",
    "windows-1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "windows-1253": "cp1253 windows-1253 x-cp1253",
    "windows-1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
    "windows-1254 x-cp1254",
    "windows-1255": "cp1255 windows-1255 x-cp1255",
    "windows-1256": "cp1256 windows-1256 x-cp1256",
    "windows-1257": "cp1257 windows-1257 x-cp1257",
    "windows-1258": "cp1258 windows-1258 x-cp1258",
    "GBK": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
    "gb18030": "gb18030",
    "Big5": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "EUC-JP": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "ISO-2022-JP": "csiso2022jp iso-2022-jp",
    "Shift_JIS": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "EUC-KR": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
    "windows-949",
    "macintosh": "csmacintosh mac macintosh x-mac-roman",
    "x-mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "ISO-8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "ISO-8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "ISO-8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "ISO-8859-14": "iso-8859-14 iso8859-14 iso885914",
    "ISO-8859-16": "iso-8859-16",
    "UTF-16BE": "unicodefffe utf-16be",
    "UTF-16LE": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
}
SAMPLES = {
    "UTF-8": ("utf-8", "vi"), "IBM866": ("cp866", "ru"), "ISO-8859-2": ("iso8859_2", "pl"),
    "ISO-8859-5": ("iso8859_5", "ru"), "ISO-8859-6": ("iso8859_6", "ar"), "ISO-8859-7": ("iso8859_7", "el"),
    "ISO-8859-8": ("iso8859_8", "he"), "ISO-8859-13": ("iso8859_13", "lt"), "ISO-8859-15": ("iso8859_15", "fr"),
    "KOI8-R": ("koi8_r", "ru"), "KOI8-U": ("koi8_u", "uk"), "windows-874": ("cp874", "th"),
    "windows-1250": ("cp1250", "cs"), "windows-1251": ("cp1251", "uk"), "windows-1252": ("cp1252", "sv"),
    "windows-1253": ("cp1253", "el"), "windows-1254": ("cp1254", "tr"), "windows-1255": ("cp1255", "he"),
    "windows-1256": ("cp1256", "ar"), "windows-1257": ("cp1257", "lt"), "windows-1258": ("cp1258", "vi"),
    "GBK": ("gbk", "zh"), "gb18030": ("gb18030", "zh"), "Big5": ("big5hkscs", "zh-TW"), "EUC-JP": ("euc_jp", "ja"),
    "ISO-2022-JP": ("iso2022_jp", "ja"), "Shift_JIS": ("cp932", "ja"), "EUC-KR": ("cp949", "ko"),
    "macintosh": ("mac_roman", "fr"), "x-mac-cyrillic": ("mac_cyrillic", "ru"), "ISO-8859-3": ("iso8859_3", "de"),
    "ISO-8859-4": ("iso8859_4", "de"), "ISO-8859-10": ("iso8859_10", "sv"), "ISO-8859-14": ("iso8859_14", "fr"),
    "ISO-8859-16": ("iso8859_16", "hu"), "UTF-16BE": ("utf-16-be", "ja"), "UTF-16LE": ("utf-16-le", "vi"),
}  # fmt: skip


@pytest.mark.parametrize("name", STANDARD)
def test_every_label_of_the_standard(name: str) -> None:
    """Each label reads a text in its encoding back, in any letter case and with space around it."""
    codec, language = SAMPLES[name]
    for label in STANDARD[name].split():
        text = page(SENTENCES[language], meta=label)
        assert read(text, codec) == text, label
        assert read(page(SENTENCES[language]), codec, f"text/html; charset= {label.upper()} ;x=y") == page(
            SENTENCES[language]
        )


def test_the_labels_are_those_of_the_standard() -> None:
    """None is missing and none is for another encoding, by a second table where one is installed."""
    ours = {label for labels in STANDARD.values() for label in labels.split()}
    assert len(ours) > 200
    table = pytest.importorskip("webencodings.labels").LABELS
    assert ours | {"csiso2022kr", "iso-2022-kr", "hz-gb-2312"} | UNREADABLE == set(table)


def test_scrapys_own_table_agrees() -> None:
    """w3lib knows a part of the labels; where it knows one, it reads it alike."""
    encoding = pytest.importorskip("w3lib.encoding")
    agreed = 0
    for label in (label for labels in STANDARD.values() for label in labels.split()):
        theirs = encoding.resolve_encoding(label)
        if theirs is not None:
            name = theirs.replace("-", "_")
            assert name in readers(label) or label == "utf-16", label
            agreed += 1
    assert agreed > 140


@pytest.mark.parametrize(
    "label",
    ["rot13", "utf-7", "idna", "punycode", "unicode_escape", "base64", "hex", "undefined", "mbcs", "cp037", "utf8mb4",
     "none", "", "x" * 40, "iso-8859-12", "\x00utf-8", "é", *sorted(UNREADABLE)],
)  # fmt: skip
def test_names_that_are_no_charset(label: str) -> None:
    """Python's codecs that are no text, EBCDIC, made-up names: none of them reads a page."""
    assert readers(label) == ()


@pytest.mark.parametrize(
    ("label", "codec"),
    [("latin-1", "cp1252"), ("win-1251", "cp1251"), ("windows1258", "cp1258"), ("CP936", "gb18030"), ("UTF_8", "utf_8"),
     ("ibm-819", "cp1252"), ("x-cp1251", "cp1251"), ("ms874", "cp874"), ("dos-866", "cp866"), ("cp65001", "utf_8"),
     ("euc_jp", "euc_jp"), ("Shift_JIS_2004", "shift_jis_2004"), ("cp437", "cp437")],
)  # fmt: skip
def test_names_that_people_make_of_them(label: str, codec: str) -> None:
    """Not in the standard, and clear all the same."""
    assert readers(label)[0] == codec


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("euc-kr", "cp949", "아이들은 썰매에 햏님호라는 이름을 붙이고 뚱땅거렸다고 한다"),
        ("gb2312", "gb18030", "老街口的修伞铺由朱镕基和喆先生经营，㐀字也在其中，邻居都说好"),
        ("shift_jis", "cp932", "髙砂湯の①番札は㈱山里が届けたという話である"),
        ("iso-8859-9", "cp1254", "Köyün “eski” fırını – yıllar sonra – yeniden yakıldı…"),
        ("iso-8859-1", "cp1252", "Le “vieux” four – l’été – coûte 5 €, œuvre ébahie"),
        ("big5", "big5hkscs", "香港的㗎喺佢哋嘅茶餐廳，老闆話嘢食好平"),
    ],
)
def test_old_names_stand_for_what_windows_writes(label: str, codec: str, text: str) -> None:
    """Characters beyond the old standard, under its name."""
    assert read(page(text, meta=label), codec) == page(text, meta=label)


def test_japanese_as_windows_writes_it_in_the_other_encodings() -> None:
    """①, ㈱ and 髙 under EUC-JP and ISO-2022-JP, which Python's codecs do not hold; half-width katakana; JIS X 0212."""
    text = "髙砂湯の①番札は㈱山里が届けたという話である。ｱｲｽも売る。"
    packed, seven = b"", b""
    for letter in text:
        pair = letter.encode("cp932")
        if len(pair) == 1:
            packed += b"\x8e" + pair
            seven += b"\x1b(I" + bytes([pair[0] & 0x7F])
            continue
        # Shift_JIS to row and cell.
        row = (pair[0] - (0x81 if pair[0] < 0xA0 else 0xC1)) * 2 + (1 if pair[1] < 0x9F else 2)
        cell = pair[1] - 0x9E if pair[1] >= 0x9F else pair[1] - (0x3F if pair[1] < 0x7F else 0x40)
        packed += bytes((row + 0xA0, cell + 0xA0))
        seven += b"\x1b$B" + bytes((row + 0x20, cell + 0x20))
    assert decode_text(packed, "text/plain; charset=euc-jp") == (text, "euc_jp")
    assert decode_text(b"<p>" + seven + b"\x1b(B</p>") == (f"<p>{text}</p>", "iso2022_jp")
    old = "丂丄丅 彁 侔 " + SENTENCES["ja"]
    assert decode_text(old.encode("euc_jp"), "text/plain; charset=euc-jp")[0] == old


# --- what the bytes themselves say ---------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("meta", ["", "iso-8859-1", "shift_jis", "utf-8"])
@pytest.mark.parametrize("language", ["vi", "ar", "ja", "de"])
def test_a_byte_order_mark_goes_before_all(codec: str, meta: str, language: str) -> None:
    """Whatever the page or the header says; the mark is no part of the text."""
    text = page(SENTENCES[language], meta=meta)
    packed = text.encode(codec) if codec in ("utf-8-sig", "utf-16", "utf-32") else ("\ufeff" + text).encode(codec)
    assert decode_text(packed, "text/html; charset=windows-1251")[0] == text
    assert to_utf8(packed) == text.encode()


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("language", ["vi", "ar", "ja", "de", "th"])
def test_utf_16_and_32_without_a_mark(codec: str, language: str) -> None:
    """By the pattern of zero bytes; a last character that is cut off costs itself alone."""
    text = page(SENTENCES[language], meta="utf-16")
    assert decode_text(text.encode(codec)) == (text, codec)
    assert decode_text(text.encode(codec)[:-1])[0] == text[:-1]


@pytest.mark.parametrize("header", [None, "text/html; charset=iso-8859-1", "text/html; charset=shift_jis"])
@pytest.mark.parametrize("language", SENTENCES)
def test_valid_utf_8_is_utf_8(language: str, header: str | None) -> None:
    """Whatever is declared; a cut last character and a flipped byte do not change that."""
    text = page(SENTENCES[language], meta="windows-1252")
    assert decode_text(text.encode(), header) == (text, "utf-8")
    assert to_utf8(text.encode(), header) == text.encode()
    cut = SENTENCES[language].encode() + "ế".encode()[:-1]
    assert decode_text(cut, header)[0].startswith(SENTENCES[language])


def test_korean_and_chinese_in_seven_bits() -> None:
    """ISO-2022-KR by its escape, HZ where it is declared; ISO-2022-CN is refused, since nothing here reads it."""
    text = page(SENTENCES["ko"])
    assert decode_text(text.encode("iso2022_kr")) == (text, "iso2022_kr")
    text = page(SENTENCES["zh"], meta="hz-gb-2312")
    assert decode_text(text.encode("hz")) == (text, "hz")
    with pytest.raises(NoTextError, match="ISO-2022-CN"):
        decode_text(b"<p>\x1b$)A\x0eVPND\x0f</p>")
    assert decode_text(b"<script>a = '~{}'</script>") == ("<script>a = '~{}'</script>", "utf-8")


@pytest.mark.parametrize("body", [b"\xad\xff" * 60_000, b"\x1b$B$\x1b(B" * 30_000], ids=["pairs", "escapes"])
def test_what_would_be_repaired_without_end_is_refused(body: bytes) -> None:
    """Ten megabytes of it took minutes."""
    with pytest.raises(NoTextError):
        decode_text(body, "text/html; charset=euc-jp")


@pytest.mark.parametrize("language", ["pl", "cs", "hu", "tr"])
def test_a_guess_has_to_spell_the_language(language: str) -> None:
    """Western text under the tag of another language is no text of that language's table."""
    text = page("ÿ ÿÿ þþ ÿþ ÿ " * 6, language=language)
    with pytest.raises(NoTextError):
        decode_text(text.encode("cp1252"))


# --- what is no text -----------------------------------------------------------------------------------------------

BINARY = {
    "zeros": bytes(500),
    "pdf": b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n" * 20,
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)),
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)) * 2,
    "gif": b"GIF89a" + bytes(range(256)) * 2,
    "zip": b"PK\3\4\x14\0\0\0" + bytes(range(256)) * 2,
    "word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Bao cao\0\0" * 60,
    "rtf": b"{\\rtf1\\ansi Mot lang gom ben song.}",
    "elf": b"\x7fELF\2\1\1" + b"\0\0lib.so\0printf\0\0" * 30,
    "mz": b"MZ\x90\0\3" + b"This program cannot be run\r\n\0\0\0\0" * 20,
    "sqlite": b"SQLite format 3\0" + bytes(300),
    "words-between-zeros": b"".join(b"word\0\0\1" for _ in range(200)),
    "controls": bytes(range(1, 32)) * 20,
    "mp3": b"ID3\3\0\0\0\0\x1f\x76TPE1" + bytes(range(256)) * 2,
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0" + bytes(range(7, 250)) * 2,
    "utf-16-mark-alone": b"\xff\xfe" + bytes(range(256)) * 3,
}


@pytest.mark.parametrize("kind", BINARY)
def test_what_is_no_text_is_refused(kind: str) -> None:
    """With a line that says what it is; as a page it is a rejection, whatever the header says."""
    with pytest.raises(NoTextError):
        decode_text(BINARY[kind])
    result = extract(HtmlPage(body=BINARY[kind], content_type="text/html; charset=utf-8"))
    assert isinstance(result, Rejected)
    assert result.outcome == "parse_failed"


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=100, max_size=2000))
def test_random_bytes_are_refused(data: bytes) -> None:
    """Never an article, and never another error."""
    try:
        text, _ = decode_text(data)
    except NoTextError:
        return
    assert len(text) < len(data)  # hypothesis shrinks to text and to zero bytes around little
    assert not isinstance(extract(HtmlPage(body=data)), Article)


@pytest.mark.parametrize("stray", [b"\0", b"\x1a", b"\x0b", b"\x1b", b"\x07"])
def test_one_stray_byte_does_not_make_a_text_binary(stray: bytes) -> None:
    """A zero byte, the end-of-file mark of DOS, a bell: the text is read."""
    body = page(SENTENCES["fr"]).encode() + stray
    assert decode_text(body)[0].startswith(page(SENTENCES["fr"]))
    assert decode_text(page(SENTENCES["fr"], meta="cp1252").encode("cp1252") + stray)[1] == "cp1252"


def test_a_broken_character_does_not_make_a_page_unreadable() -> None:
    """A text that a program cut between the two bytes of a character, as summaries are: the rest is read."""
    for language, codec, label in (("ko", "cp949", "euc-kr"), ("zh", "gb18030", "gbk"), ("ja", "cp932", "shift_jis")):
        whole = page(SENTENCES[language] * 3, meta=label).encode(codec)
        cut = whole.replace(b"</p>", SENTENCES[language][0].encode(codec)[:1] + b"</p>")
        text, found = decode_text(cut)
        assert found == codec
        assert SENTENCES[language][:20] in text


@settings(max_examples=200, deadline=None)
@example(("pl", "iso8859_2", "iso-8859-2"), "\x80")
@example(("ja", "cp932", "x-sjis"), "0000\x00")
@example(("ar", "iso8859_6", "asmo-708"), "\x19\x08\x80")
@given(st.sampled_from(LEGACY), st.text(max_size=60))
def test_any_text_that_was_declared_is_read_or_refused(row: tuple[str, str, str], extra: str) -> None:
    """Sound text with anything behind it that its charset holds."""
    language, codec, label = row
    text = page(SENTENCES[language] + extra.encode(codec, "ignore").decode(codec, "ignore"), meta=label)
    try:
        packed = encode(text, codec)
    except UnicodeEncodeError:
        return
    try:
        found, _ = decode_text(packed)
    except NoTextError:
        return
    assert SENTENCES[language][:30] in unicodedata.normalize("NFC", found)


@pytest.mark.parametrize(
    "text",
    [
        "नाव पानी में उतरी और गाँव देखता रहा।",
        "Лодку спустили на воду.",
        "เรือลงน้ำแล้ว ทุกคน ดู",
        "船 は 水 に 入った",
        "Thuyền ra khơi",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_without_a_mark_is_seen_in_every_script(text: str, encoding: str) -> None:
    """By its zero bytes, which are few where a script has other high bytes."""
    assert encoding_by_bytes((f"{text}\r\n" * 9).encode(encoding)) == encoding


@pytest.mark.parametrize("offset", [0, 1])
def test_a_few_zeros_in_a_short_file_do_not_make_it_wide(offset: int) -> None:
    """In a file of a hundred bytes three zeros are a share; at odd places all of them, they made it UTF-16."""
    body = bytearray(b"User-agent: *\nDisallow: /kho\n" * 4)
    for at in (10, 40, 70):
        body[at + offset] = 0
    assert encoding_by_bytes(bytes(body)) is None
    assert "Disallow: /kho" in decode_listing(bytes(body))


@pytest.mark.parametrize(
    ("wrong", "of", "read"),
    [(0, 10, True), (1, 10, True), (1, 9, False), (2, 20, True), (2, 19, False), (3, 20, False)],
)
def test_a_tenth_of_the_words_may_be_strange(wrong: int, of: int, read: bool) -> None:
    """A damaged word here and there is no wrong table; more are one."""
    words = ["làng", "sông", "gốm", "nghề", "chợ"] * 4
    text = " ".join([*words[: of - wrong], *["cuÒa"] * wrong])
    found = strangeness(text)
    assert found == wrong / of if read else found is None


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_is_no_part_of_a_damaged_text(codec: str) -> None:
    """It says which encoding it is, also where some bytes behind it are wrong or zero."""
    text = "Làng gốm bên sông vẫn đỏ lửa mỗi sáng, và người ta kể lại chuyện cũ. " * 3
    body = f"\ufeff{text}".encode(codec)
    assert decode_text(body) == (text, codec)
    assert encoding_by_bytes(body) == codec
    if codec == "utf-8":
        for wrong, read in ((b"\xff", "\ufffd"), (b"\0", "")):
            assert decode_text(body + wrong) == (text + read, codec)


@pytest.mark.parametrize(
    ("mark", "kind"),
    [
        (b"%PDF-1.7", "PDF"), (b"{\\rtf1", "RTF"), (b"%!PS-Adobe", "PostScript"), (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"), (b"PK\3\4", "ZIP"),
        (b"\xd0\xcf\x11\xe0", "office"), (b"\x7fELF", "program"), (b"\x1f\x8b", "gzip"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"), (b"SQLite format 3\0", "database"),
    ],
)  # fmt: skip
def test_a_file_of_letters_is_known_by_its_mark(mark: bytes, kind: str) -> None:
    """Whatever readable text stands behind it: a person is told what it is."""
    text = b" The boats come back to the harbour early in the morning." * 9
    for read in (decode_text, to_utf8):
        with pytest.raises(NoTextError, match=kind):
            read(mark + text)
