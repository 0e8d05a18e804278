# ruff: noqa: E501 # one language a line of the word lists
"""Every kind of residue in text rows, in every language of ``tests/texts``, and for each kind what only looks like it.

A row is three paragraphs of a language with the residue put in by its form: tight, between blank lines, above the source
line, at the end. Chrome must go and nothing else; a look-alike must stay whole. Words are data of this file; some are of
no language at all, since the rules go by structure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from test_composed_texts import parts

from pipelines import Article, TextPage, extract
from pipelines.extraction import chrome

COMMENT = "Бранел (0)"
SOURCE = "Xorvelka: https://baovidu.vn/van-hoa/bai-thu-77.html"
BYLINE = "Báo Sơn LaBáo Sơn La05/11/2025"
CODES = {"zh-hans": "zh-cn", "zh-hant": "zh-tw"}
UNSPACED = ("ja", "zh-hans", "zh-hant")
WITHOUT_MARKS = ("km", "lo", "my")  # scripts of which no sentence has a mark at its end

ADVERTISING = {
    "ar": "إعلان", "bg": "Реклама", "bn": "বিজ্ঞাপন", "cs": "Reklama", "da": "Annonce", "de": "Anzeige", "el": "Διαφήμιση",
    "en": "Advertisement", "es": "Anuncio", "fa": "تبلیغات", "fi": "Mainos", "fr": "Publicité", "he": "פרסומת",
    "hi": "विज्ञापन", "hu": "Hirdetés", "id": "Iklan", "it": "Pubblicità", "ja": "広告", "ka": "რეკლამა", "kk": "Жарнама",
    "km": "ការផ្សាយពាណិជ្ជកម្ម", "ko": "광고", "lo": "ໂຄສະນາ", "lt": "Reklama", "mn": "Зар сурталчилгаа", "mr": "जाहिरात",
    "ms": "Iklan", "my": "ကြော်ငြာ", "ne": "विज्ञापन", "nl": "Advertentie", "no": "Annonse", "pl": "Reklama",
    "pt": "Anúncio", "ro": "Reclamă", "ru": "Реклама", "si": "දැන්වීම", "sk": "Reklama", "sq": "Reklamë", "sr": "Реклама",
    "sv": "Annons", "ta": "விளம்பரம்", "te": "ప్రకటన", "tl": "Patalastas", "tr": "Reklam", "uk": "Реклама", "ur": "اشتہار",
    "zh-hans": "广告", "zh-hant": "廣告",
}  # fmt: skip
PHOTO = {
    "ar": "صورة", "bg": "Снимка", "bn": "ছবি", "el": "Φωτογραφία", "en": "Photo", "fa": "عکس", "fi": "Kuva", "he": "תמונה",
    "hi": "फोटो", "hu": "Fotó", "ja": "写真", "ka": "ფოტო", "kk": "Фото", "km": "រូបភាព", "ko": "사진", "lo": "ຮູບ",
    "lt": "Nuotrauka", "mn": "Зураг", "ms": "Gambar", "my": "ဓာတ်ပုံ", "ne": "तस्बिर", "no": "Bilde", "pl": "Zdjęcie",
    "ru": "Фото", "si": "ඡායාරූපය", "sr": "Слика", "ta": "புகைப்படம்", "te": "ఫోటో", "tl": "Larawan", "tr": "Fotoğraf",
    "uk": "Фото", "ur": "تصویر", "zh-hans": "图", "zh-hant": "圖",
}  # fmt: skip
CAPTION = {
    "ar": "وصف الصورة", "bg": "Надпис към снимка", "cs": "Popisek fotografie", "da": "Billedtekst", "de": "Bildunterschrift",
    "el": "Λεζάντα φωτογραφίας", "en": "Photo caption", "es": "Pie de foto", "fa": "زیرنویس عکس", "fi": "Kuvateksti",
    "fr": "Légende de la photo", "he": "כיתוב תמונה", "hi": "फोटो कैप्शन", "hu": "Képaláírás", "id": "Keterangan foto",
    "it": "Didascalia", "ja": "写真のキャプション", "ko": "사진 캡션", "lo": "ຄຳບັນຍາຍຮູບ", "nl": "Bijschrift foto",
    "no": "Bildetekst", "pt": "Legenda da foto", "ro": "Legenda fotografiei", "ru": "Подпись к фотографии",
    "sv": "Bildtext", "tr": "Fotoğraf altyazısı", "uk": "Підпис до фото", "ur": "تصویر کا عنوان", "zh-hans": "图片说明",
}  # fmt: skip
LABELS = {
    "ar": ["رابط المصدر"], "bg": ["Връзка към източника"], "bn": ["উৎস লিঙ্ক"], "cs": ["Odkaz na zdroj"], "da": ["Link til kilde"],
    "de": ["Link zur Quelle", "Quelllink"], "el": ["Σύνδεσμος προς την πηγή"], "en": ["Link to the source", "Original link"],
    "es": ["Enlace a la fuente"], "fa": ["پیوند منبع"], "fi": ["Linkki lähteeseen"], "fr": ["Lien vers la source", "Lien d'origine"],
    "he": ["קישור מקור"], "hi": ["स्रोत लिंक"], "hu": ["Forrás linkje"], "id": ["Link sumber"], "it": ["Collegamento alla fonte"],
    "ja": ["元記事リンク"], "ka": ["წყაროს ბმული"], "kk": ["Дереккөз сілтемесі"], "km": ["តំណភ្ជាប់ប្រភព"], "ko": ["원문 링크"],
    "lo": ["ລິ້ງແຫຼ່ງທີ່ມາ"], "lt": ["Šaltinio nuoroda"], "mn": ["Эх сурвалжийн холбоос"], "mr": ["स्त्रोत दुवा"],
    "my": ["အရင်းအမြစ် လင့်ခ်"], "ne": ["स्रोत लिङ्क"], "nl": ["Link naar bron"], "no": ["Lenke til kilden"],
    "pl": ["Odnośnik do źródła"], "pt": ["Ligação da fonte"], "ro": ["Linkul sursei"], "ru": ["Ссылка на оригинал"],
    "si": ["මූලාශ්‍ර සබැඳිය"], "sk": ["Odkaz na zdroj"], "sq": ["Lidhja e burimit"], "sr": ["Веза до извора"],
    "sv": ["Länk till källan"], "ta": ["மூல இணைப்பு"], "te": ["మూల లింక్"], "tl": ["Link ng pinagmulan"], "tr": ["Kaynak linki"],
    "uk": ["Посилання на першоджерело"], "ur": ["ماخذ لنک"], "zh-hans": ["源链接", "原文链接"], "zh-hant": ["資料來源連結"],
}  # fmt: skip
CLOCKS = {
    "ar": ("الوقت الحالي", "المدة", "تلقائي"), "bn": ("বর্তমান সময়", "সময়কাল", "অটো"), "de": ("Aktuelle Zeit", "Dauer", "Automatisch"),
    "el": ("Τρέχων χρόνος", "Διάρκεια", "αυτόματο"), "en": ("Current Time", "Duration", "Auto"),
    "fa": ("زمان فعلی", "مدت زمان", "خودکار"), "fr": ("Temps actuel", "Durée", "Automatique"), "he": ("זמן נוכחי", "משך", "אוטומטי"),
    "hi": ("वर्तमान समय", "अवधि", "ऑटो"), "hu": ("Jelenlegi idő", "Időtartam", "Automatikus"), "id": ("Waktu", "Durasi", "otomatis"),
    "ka": ("მიმდინარე დრო", "ხანგრძლივობა", "ავტო"), "km": ("ពេលវេលា", "រយៈពេល", "ស្វ័យប្រវត្តិ"), "ko": ("현재 시간", "길이", "자동"),
    "lo": ("ເວລາປັດຈຸບັນ", "ໄລຍະເວລາ", "ອັດຕະໂນມັດ"), "my": ("လက်ရှိအချိန်", "ကြာချိန်", "အော်တို"), "ta": ("நேரம்", "கால அளவு", "தானியங்கி"),
    "tr": ("Şu anki zaman", "Süre", "otomatik"), "uk": ("Поточний час", "Тривалість", "Авто"), "zh-hans": ("当前时间", "时长", "自动"),
}  # fmt: skip


def bodies() -> Iterator[tuple[str, list[str]]]:
    """A language and three different paragraphs of it, none of them short."""
    for code, lent in sorted(parts()[0].items()):
        long = [p for p in dict.fromkeys(lent.paragraphs) if len(p) >= 65 or code[:2] in ("zh", "ja", "ko")]
        if len(long) >= 2:
            yield code, [*long, f"{long[0]} {long[1]}"][:3]


def words(code: str, text: str, count: int) -> str:
    """The first words of a paragraph: a heading, a verse, a caption."""
    found = text[: 3 * count] if code in UNSPACED else " ".join(text.split()[:count])
    if code in WITHOUT_MARKS:
        found = text[: 7 * count]
    return found.strip(' ,，、.。।:«»"“”„—–-')


def mark(code: str, paragraph: str) -> str:
    """What ends a sentence."""
    return "" if code in WITHOUT_MARKS else paragraph[-1] if paragraph[-1] in ".。।॥" else "."


Row = tuple[str, list[str], list[str]]  # language, lines, what must come out


def wrong(rows: Iterable[Row]) -> list[str]:
    """The rows that come out otherwise: what is more, what is less."""
    found: list[str] = []
    count = 0
    for code, lines, expected in rows:
        count += 1
        article = extract(TextPage(text="\n".join(lines), url=f"https://www.vietnam.vn/{CODES.get(code, code)}/bai-1"))
        paragraphs = list(article.paragraphs) if isinstance(article, Article) else [repr(article)]
        if paragraphs != expected:
            more = [p[:40] for p in paragraphs if p not in expected]
            less = [p[:40] for p in expected if p not in paragraphs]
            found.append(f"{code}: {len(paragraphs)} of {len(expected)}, more {more}, less {less}")
            if len(found) == 5:
                return found
    assert count >= 40, "the rows are too few to judge by"
    return found


def placed(code: str, body: list[str], lines: list[str], *, kept: list[str] | None = None) -> Iterator[Row]:
    """Lines after the first paragraph, tight, as a block of their own, each apart; and above the source line."""
    kept = kept or []
    expected = [body[0], *kept, *body[1:]]
    yield code, [body[0], *lines, *body[1:], COMMENT], expected
    yield code, [body[0], "", *lines, "", body[1], "", body[2], "", COMMENT], expected
    yield code, "\n\n".join([body[0], *lines, *body[1:], COMMENT]).split("\n"), expected
    if not kept:
        yield code, [*body, *lines, SOURCE, COMMENT], body


# --- advertising tokens ---------------------------------------------------------------------------------------

FORMS = ("[{} 1]", "[{}2]", "[{}_1]", "[{} _ 2]", "[{}\\_2]", "[{}-1]", "［{}2］", "【{} 1】", "[ {} 2 ]")


@pytest.mark.parametrize("form", FORMS)
def test_advertising_tokens_go(form: str) -> None:
    """In any language, with or without underscore and space, anywhere in the body, above a bare label too."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            token, small = form.format(ADVERTISING[code]), form.format(ADVERTISING[code].lower())
            yield from placed(code, body, [token])
            yield code, [*body, small, "Källa", COMMENT], body
            yield code, ["Một tiêu đề", "", BYLINE, "", token, body[0], small, *body[1:], COMMENT], body

    assert wrong(rows()) == []


@pytest.mark.parametrize("word", ["Xorvel", "Ґарқали", "قشلوم", "ፈልፈል", "ಠಡಢ"])
def test_tokens_of_no_known_word_go_at_the_ends(word: str) -> None:
    """Below the byline and above the source line a token needs no word that is known; elsewhere it is a heading."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            yield code, ["Một tiêu đề", "", BYLINE, "", f"[{word} 1]", *body, f"[{word} 2]", SOURCE, COMMENT], body
            yield code, [*body, f"[{word} 2]", "Källa", COMMENT], body
            yield code, [body[0], f"[{word} 2]", *body[1:], COMMENT], [body[0], f"[{word} 2]", *body[1:]]

    assert wrong(rows()) == []


def test_remarks_in_brackets_stay() -> None:
    """Footnotes, headings in brackets, a bracketed word in a sentence (the word for an advertisement too)."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            short = [words(code, p, 5) for p in body]
            for lines in (
                [f"[1] {short[1]}.", f"[2] {short[2]}."],
                ["[Xorvel 1]", short[0], "[Xorvel 2]", short[1], "[Xorvel 3]", short[2]],
                [f"[{ADVERTISING[code]} 2] {short[0]}."],
                [f"{short[0]} [2]"],
                ["[…]"],
            ):
                yield from placed(code, body, lines, kept=lines)

    assert wrong(rows()) == []


# --- players --------------------------------------------------------------------------------------------------


def test_a_player_on_several_lines_goes() -> None:
    """Clock, stroke, duration and settings, with labels or without, each on a line of its own."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            if code not in CLOCKS:
                continue
            now, long, auto = CLOCKS[code]
            for lines in (
                [f"{now} 0:00", "/", f"{long} 1:32", "HD", auto],
                ["0:00", "/", "2:07", "HD", auto],
                ["0:00", "/", "12:41"],
                ["0:00", "/ 1:32", "1x"],
                [f"{now}0:00", "/", f"{long}1:32", "720p"],
                [f"{now}: 0:00", "/", f"{long}: 01:32", "1.5x", auto],
                ["00:00:00", "/", "01:02:03", auto, "1080p"],
                [f"{now} 0:00", f"{long} 1:32", "HD", auto],
                [f"{now} 0:00", "/", f"{long} 1:32", "-1:32", "1x"],
                [f"{now} 0:00 / {long} 1:32 HD {auto}"],
                ["0:03", "/", "1:20", "SD", auto],
            ):
                yield from placed(code, body, lines)

    assert wrong(rows()) == []


@pytest.mark.parametrize("lines", [["0:00", "/", "2:07"], ["0:00", "/", "2:07", "HD", "auto"], ["0:00 / 0:56 HD auto"]])
def test_a_player_may_be_the_last_of_a_text(lines: list[str]) -> None:
    """Nothing stands below it."""
    body = ["Boats come in.", "The boats come in to harbour before the storm, as they do every year in October."]
    article = extract(TextPage(text="\n\n".join([*body, *lines])))
    assert isinstance(article, Article)
    assert article.paragraphs == tuple(body)


def test_times_that_are_text_stay() -> None:
    """A programme, a list of results, a score, a time table."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            short = [words(code, p, 4) for p in body]
            for lines in (
                ["9:00", short[0], "11:30", short[1], "13:00", short[2]],
                ["0:00", short[0], "1:30", short[1]],
                ["Lan 0:58", "Hoa 1:02", "Minh 1:07"],
                ["12:00 / 14:30"],
                ["Start 0:00", "Ziel 2:07"],
                ["HD", short[0]],
            ):
                yield from placed(code, body, lines, kept=lines)

    assert wrong(rows()) == []


# --- tables, captions in bars, lists --------------------------------------------------------------------------


def test_tables_become_rows_of_cells() -> None:
    """Bars at the ends or not, a rule or none, ragged rows, empty cells, sentences in cells."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            a, b, c = (words(code, p, 2) for p in body)
            for lines, kept in (
                ([f"| {a} | {b} |", "|---|---|", f"| {c} | 12 |"], [f"{a} | {b}", f"{c} | 12"]),
                ([f"{a} | {b}", "--- | ---", f"{c} | 12 |"], [f"{a} | {b}", f"{c} | 12"]),
                ([f"| {a} | {b} |", "|:-:|--:|", f"{c} | 12 | 5 |", f"| {a} |"], [f"{a} | {b}", f"{c} | 12 | 5", a]),
                ([f"| {a} | {b}", f"| {c} | 12"], [f"{a} | {b}", f"{c} | 12"]),
                ([f"| | {b} |", "|---|---|", f"| {c} | |"], [b, c]),
                ([f"| {a} | {b} | 7 |", "|---|---|---|", f"| {c} | | 12 |"], [f"{a} | {b} | 7", f"{c} | | 12"]),
                ([f"{a} | {b} | 7", f"{c} | | 12"], [f"{a} | {b} | 7", f"{c} | | 12"]),
                ([f"| {a} | | 7 |", f"| {c} | | 12 |", f"| {b} |"], [f"{a} | 7", f"{c} | 12", b]),
                ([f"{a} | 7 \\|", "--- | ---", f"{c} | 12 \\|"], [f"{a} | 7 \\|", f"{c} | 12 \\|"]),
                ([f"| {a} | {body[1]} |", f"| {c} | {body[2]} |"], [f"{a} | {body[1]}", f"{c} | {body[2]}"]),
            ):
                yield from placed(code, body, lines, kept=kept)

    assert wrong(rows()) == []
    for code, body in bodies():
        found = extract(TextPage(text=f"{body[0]}\n| a | {code} |\n|---|---|\n| b | 12 |\n{body[1]}"))
        assert isinstance(found, Article)
        assert found.kinds == ("paragraph", "table_row", "table_row", "paragraph"), code


def test_captions_in_bars_are_captions() -> None:
    """A bar at its end makes a caption, of two sentences too; below pictures, bars on both sides."""
    for code, body in bodies():
        dot = mark(code, body[0])
        short, other = words(code, body[1], 4), words(code, body[2], 5)
        two = f"{words(code, body[1], 9)}{dot} {words(code, body[2], 11)}{dot}"
        for lines, captions in (
            ([f"{short} |", f"{two} |", f"{other} |"], [short, two, other]),
            (["![]() |", f"| {two} |"], [two]),
            (["![]() |", "---|", f"{two} |"], [two]),
            (["![]() | ![]() |", f"| {short} | {other} |"], [f"{short} | {other}"]),
        ):
            found = extract(TextPage(text="\n".join([body[0], *lines, *body[1:], COMMENT])))
            assert isinstance(found, Article)
            assert list(found.paragraphs) == body, code
            assert [i.caption for i in found.images if i.caption] == captions, code


def test_items_lose_their_marks_and_speech_keeps_its_dash() -> None:
    """Bullets, two and more; hyphens below a colon or where none ends as a sentence. Speech, verses, numbers stay."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            items = [words(code, p, 4) for p in body]
            dot = mark(code, body[0])
            for bullet in "•*●▪·":
                yield from placed(code, body, [f"{bullet} {item}" for item in items], kept=items)
            announced = [f"{body[0].rstrip(dot)}:", *body[1:]]
            yield from placed(code, announced, [f"- {item}" for item in items], kept=items)
            for lines in (
                [f"- {items[0]}?", f"- {items[1]}{dot}"],
                [f"– {item}" for item in items],
                [f"— {item}!" for item in items],
                [f"* {items[0]}"],
                ["-5", "-3"],
            ):
                yield from placed(code, body, lines, kept=lines)

    assert wrong(rows()) == []


# --- series of alt texts --------------------------------------------------------------------------------------


def four(code: str, body: list[str]) -> list[str]:
    """Four paragraphs."""
    return [*body, f"{words(code, body[2], 6)} {body[0]}"]


def between(paragraphs: list[str], lines: list[str]) -> list[str]:
    """A line below each paragraph."""
    return [line for pair in zip(paragraphs, lines, strict=True) for line in pair]


def headline(code: str, body: list[str]) -> str:
    """A wording as wide as headlines are, which says nothing and so is no paragraph's beginning."""
    return f"{words(code, body[1], 7)} ({words(code, body[2], 3)})"


@pytest.mark.parametrize("end", ["", "mark", "!", "?"])
def test_repeated_alts_go(end: str) -> None:
    """The same headline below every paragraph, with whatever mark at its end."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            paragraphs = four(code, body)
            alt = words(code, body[1], 8 if code not in UNSPACED else 7) + (
                mark(code, body[0]) if end == "mark" else end
            )
            if len(alt.encode()) < 45 or body[1][0] in '„«"“':
                continue
            yield code, [*between(paragraphs, [alt] * 4), COMMENT], paragraphs
            yield code, "\n\n".join([*between(paragraphs, [alt] * 4), COMMENT]).split("\n"), paragraphs
            yield code, "\n\n".join(between(paragraphs, [alt] * 4)).split("\n"), paragraphs

    assert wrong(rows()) == []


@pytest.mark.parametrize("form", ["{alt} {word} {n}", "{alt} - {word} {n}.", "{word} {n}: {alt}", "{alt} ({word} {n})"])
def test_numbered_alts_go(form: str) -> None:
    """One wording and several numbers, with a word for a picture: two are enough."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            paragraphs = four(code, body)
            alts = [form.format(alt=words(code, body[1], 6), word=PHOTO.get(code, "Foto"), n=n) for n in (1, 2, 4, 6)]
            yield code, [*between(paragraphs, alts), COMMENT], paragraphs
            yield code, ["Một tiêu đề", BYLINE, *between(paragraphs, alts), COMMENT], paragraphs
            yield code, [body[0], alts[0], body[1], body[2], alts[3], COMMENT], body

    assert wrong(rows()) == []


def test_numbered_headings_stay() -> None:
    """Days, steps and a list of places are counted too."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            for form in ("Xorvel {}", "{}. Xorvel", "Xorvel {}:", "Mirun {} - {}"):
                lines = [line for n, p in enumerate(body, 1) for line in (form.format(n, n), p)]
                yield code, [*lines, COMMENT], lines
                yield code, "\n\n".join([*lines, COMMENT]).split("\n"), lines

    assert wrong(rows()) == []


def test_placeholders_go() -> None:
    """The same words above each caption: known ones, and any above captions with a credit; with a gap or without."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            word = PHOTO.get(code, "Foto")
            for placeholder in (CAPTION.get(code, "Xorvel pratun"), "Xorvel pratun", "Ґарқали"):
                captions = [f"{words(code, p, 4)} {n}. {word}: Minh An/VNA" for n, p in enumerate(body)]
                for gap in ("\n", "\n\n"):
                    blocks = [f"{placeholder}{gap}{c}\n\n{p}" for c, p in zip(captions, body, strict=True)]
                    yield code, "\n\n".join(blocks).split("\n"), body
            if code in CAPTION:
                blocks = [f"{CAPTION[code]}\n{words(code, p[4:], 4)}\n\n{p}" for p in body]
                yield code, "\n\n".join(blocks).split("\n"), body

    assert wrong(rows()) == []


@pytest.mark.parametrize("name", ["Reporter", "PV", "Nguyen Van A", "記者", "Фотограф", "الصحفي", "Minh Châu"])
def test_speakers_and_their_answers_stay(name: str) -> None:
    """Who speaks stands above each sentence, with a colon or without; an answer may be given again and again."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            asked = [words(code, p, 6) + "?" for p in body]
            for colon in (":", ""):
                turns = [x for q, a in zip(asked, body, strict=True) for x in (name + colon, q, "Hoa Mai" + colon, a)]
                yield code, [*turns, COMMENT], turns
                yield code, "\n\n".join([*turns, COMMENT]).split("\n"), turns
            alone = [x for q, a in zip(asked, body, strict=True) for x in (q, name, a)]
            yield code, [*alone, COMMENT], alone
            answer = words(code, body[0], 3) + mark(code, body[0])
            answers = [x for p in body for x in (p.rstrip(mark(code, p) or " ") + "?", answer)]
            yield code, [*answers, COMMENT], answers

    assert wrong(rows()) == []


# --- what stands twice running --------------------------------------------------------------------------------


def test_neighbours_that_are_the_same_are_once() -> None:
    """A lead, a paragraph, a heading, a caption and its alt text with and without a full stop."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            if code in WITHOUT_MARKS:
                continue  # their samples are as short as verses
            for i in range(3):
                lines = [*body[:i], body[i], body[i], *body[i + 1 :], COMMENT]
                yield code, lines, body
                yield code, "\n\n".join(lines).split("\n"), body
                yield code, [*body[: i + 1], body[i], *body[i:], COMMENT], body
            heading = words(code, body[1], 6)
            for twice, kept in (
                ([heading] * 2, heading),
                ([heading + mark(code, body[0])] * 2, heading + mark(code, body[0])),
                ([heading, heading + mark(code, body[0])], heading + mark(code, body[0])),
            ):
                lines = [body[0], "", *twice, "", body[1], "", body[2], COMMENT]
                if all(len(p) >= 70 or code in (*UNSPACED, "ko") for p in body):
                    yield code, lines, [body[0], kept, *body[1:]]

    assert wrong(rows()) == []


def test_verses_and_replies_that_are_the_same_stay() -> None:
    """Refrains, replies, cries, quotations, numbers; what a colon introduces."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            a, b, c = (words(code, p, 4) for p in body)
            if a == c:
                continue
            for lines in (
                [a, b, a, b, c, a, b],
                [a, a, b, c, c],
                [f"{a},", f"{a},", f"{b}."],
                [f"– {a}", f"– {a}", f"– {b}"],
                [f"- {a}?", f"- {b}.", f"- {a}?", f"- {b}."],
                [f"“{a}!”", f"“{a}!”"],
                [f"{a}!", f"{a}!"],
                ["12", "12", "7"],
            ):
                yield from placed(code, body, lines, kept=lines)
            sung = [f"{body[0].rstrip(mark(code, body[0]) or ' ')}:", a, a, *body[1:]]
            yield code, [*sung, COMMENT], sung

    assert wrong(rows()) == []


def test_a_newspapers_own_boxes_go() -> None:
    """Headline, headline, summary, in mid-text and at its end, one and two; a heading twice over a paragraph is once."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            if code in WITHOUT_MARKS or body[2] == words(code, body[2], 14):
                continue
            box = [words(code, body[1], 6)] * 2 + [words(code, body[2], 13 if code not in UNSPACED else 8)]
            other = [words(code, body[0], 7)] * 2 + [words(code, body[1], 13 if code not in UNSPACED else 9)]
            if any(
                line[-1] in mark(code, body[0]) or len(lines[2].encode()) < 60
                for lines in (box, other)
                for line in lines
            ):
                continue
            yield code, [body[0], "", *box, "", body[1], "", body[2], COMMENT], body
            yield code, [body[0], "", *box, *other, "", body[1], "", body[2], COMMENT], body
            yield code, [*body, "", *box, "", SOURCE, COMMENT], body

    assert wrong(rows()) == []


def test_a_box_in_two_places_goes() -> None:
    """A headline with its summary twice: both, where the summary has no mark at its end; else the second."""
    box = [
        "The mill on the brook grinds again",
        "After ten years the old mill supplies the farmers around with fine flour",
    ]
    for code, body in bodies():
        for end, kept in ((" ", []), (".", [box[0], f"{box[1]}."])):
            lines = [body[0], "", box[0], box[1] + end, "", body[1], "", box[0], box[1] + end, "", body[2]]
            found = extract(TextPage(text="\n".join([*lines, COMMENT])))
            assert isinstance(found, Article)
            assert list(found.paragraphs) == [body[0], *kept, *body[1:]], code


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "新しい橋の工事費を市と県がそれぞれどれだけ負担するのか、まだ決まっていないという{}回目の話は本当ですか。",
            "その点については今はお答えできません。",
        ),
        (
            "새 다리의 공사비를 시와 도가 각각 얼마나 부담하는지 {}월에도 정해지지 않았다는 말이 사실입니까?",
            "그 점에 대해서는 지금 말씀드릴 수 없습니다.",
        ),
        (
            "Wer bezahlt die neue Brücke, wenn das Geld des Landes im Jahr {} nicht mehr ausreicht?",
            "Das kann ich Ihnen heute leider noch nicht sagen.",
        ),
        (
            "من سيدفع ثمن الجسر الجديد إذا لم تكف أموال المحافظة في العام {} كما يقول السكان؟",
            "لا أستطيع أن أجيب عن هذا السؤال اليوم مع الأسف.",
        ),
    ],
)
def test_an_answer_as_long_as_a_headline_stays(question: str, answer: str) -> None:
    """Below a question it is an answer, in languages without a question mark too."""
    lines = [line for n in (2, 3, 4) for line in (question.format(n), answer)]
    found = extract(TextPage(text="\n".join([*lines, COMMENT])))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == lines


# --- the end --------------------------------------------------------------------------------------------------

HOSTS = ["baovidu.vn", "Baovidu.vn", "BAOVIDU.VN", "www.baovidu.vn", "bao-vidu.com.vn", "https://baovidu.vn/"]


def test_bare_labels_go_and_what_signs_the_text_stays() -> None:
    """Any words for a link and a source, the host above them too; signatures stay."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            for label in LABELS.get(code, ["Xorvelka pratun"]):
                for comment in (COMMENT, "Kommentar (0)"):
                    if code in LABELS:
                        yield code, [*body, label, comment], body
                        yield code, "\n\n".join([*body, f"{label}:", comment]).split("\n"), body
                    for host in HOSTS:
                        yield code, [*body, host, label, comment], body
                    for signature in ("MINH AN", "Minh An", "(VNA)", "Hà Linh (t/h)", "N.T.H."):
                        if code in LABELS:
                            yield code, [*body, signature, label, comment], [*body, signature]
            for last in (
                "MINH AN",
                "(VNA)",
                "Danke",
                "Gracias",
                "Merci beaucoup",
                "Спасибо",
                "ありがとう",
                "ขอบคุณ",
                "شكرا",
            ):
                yield code, [*body, last, "Kommentar (0)"], [*body, last]

    assert wrong(rows()) == []


PICTURE = "https://vphoto.vietnam.vn/thumb/1200x675/vietnam/resource/IMAGE/2025/11/05/1_a_(2).webp"


def test_boxes_below_the_source_line_go() -> None:
    """Pictures and links with brackets in brackets, even or not, under any source line and any number of blank lines."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            title = words(code, body[1], 5)
            for box in (
                [f"![[Foto] {title}]({PICTURE})", f"![{title} [特集]]({PICTURE})"],
                [f"![[a [b]] {title}]({PICTURE})", f"![[Foto {title}]({PICTURE})", f"![Foto] {title}]({PICTURE})"],
                [f'![{title} (2)]({PICTURE} "{title}")'],
                [f"[![[F] {title}]({PICTURE})](https://www.vietnam.vn/xx/anh)", f"[F] {title}"],
                [f"- [[F] {title}](https://www.vietnam.vn/xx/anh)", f"### [{title}](https://www.vietnam.vn/xx/anh-b)"],
            ):
                for source in (SOURCE, "Källa", "HA KIENQuelle: https://baovidu.vn/bai-1.html", "vnews.gov.vn"):
                    kept = [*body, "HA KIEN"] if source.startswith("HA") else body
                    yield code, [*body, source, "", *box, "", COMMENT], kept
                    yield code, [*body, source, *[""] * 70, *box, "", COMMENT, "No data"], kept

    assert wrong(rows()) == []


def test_links_and_pictures_of_the_article_stay() -> None:
    """A link in a sentence; a picture above the source line is the article's own, whatever brackets its words hold."""
    for code, body in bodies():
        sentence = (
            f"{words(code, body[1], 4)} [{words(code, body[2], 2)}](https://example.org/a) {words(code, body[0], 3)}."
        )
        picture = f"![[Foto] {words(code, body[1], 3)}]({PICTURE})"
        found = extract(TextPage(text="\n".join([body[0], sentence, picture, *body[1:], SOURCE, COMMENT])))
        assert isinstance(found, Article)
        assert list(found.paragraphs) == [body[0], sentence, *body[1:]], code
        assert [(i.alt, i.src) for i in found.images] == [(f"[Foto] {words(code, body[1], 3)}", PICTURE)], code


@pytest.mark.parametrize("name", ["anh-{}.jpg", "DSC_000{}", "photo {}"])
def test_a_story_in_pictures_keeps_its_text(name: str) -> None:
    """Every paragraph under a picture's name: with a byline, a source line, blank lines or none of them."""

    def rows() -> Iterator[Row]:
        for code, body in bodies():
            blocks = [line for i, p in enumerate(body) for line in (name.format(i), p, "")]
            for above, below in (([], []), (["Một tiêu đề", "", BYLINE, ""], []), ([], [SOURCE, "", COMMENT])):
                yield code, [*above, *blocks, *below], body
            yield code, [line for line in [*blocks, COMMENT] if line], body

    assert wrong(rows()) == []


# --- the tests can fail ---------------------------------------------------------------------------------------

GUARDED = {
    "advertising_tokens": lambda: test_advertising_tokens_go(FORMS[0]),
    "players": test_a_player_on_several_lines_goes,
    "table_rows": test_tables_become_rows_of_cells,
    "image_markers": test_captions_in_bars_are_captions,
    "list_items": test_items_lose_their_marks_and_speech_keeps_its_dash,
    "alt_lines": test_placeholders_go,
    "repeated_lines": test_neighbours_that_are_the_same_are_once,
    "publisher_boxes": test_a_newspapers_own_boxes_go,
    "source_line": test_bare_labels_go_and_what_signs_the_text_stays,
    "linked_boxes": test_boxes_below_the_source_line_go,
    "photo_story": lambda: test_a_story_in_pictures_keeps_its_text("anh-{}.jpg"),
}


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_without_its_rule_each_of_them_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is taken out of the recipe is missed."""
    monkeypatch.setattr(chrome, "RULES", tuple(rule for rule in chrome.RULES if rule.__name__ != name))
    with pytest.raises(AssertionError):
        GUARDED[name]()
