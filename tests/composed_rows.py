# ruff: noqa: E501 # what is drawn from reads best on one line
"""Rows of text composed at random of what pages leave between and around paragraphs, in lengths at which rules decide.

What should come out is not said here: other modules say it of cases that a person read. These are for the comparison
of one version of the rules with the next, so they are many, and on both sides of every bound. The same seed gives the
same row with every version of Python.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# Where rules say that a line is short, or wide, or a paragraph: a line is a little shorter, as long, or a little longer.
BOUNDS = (4, 8, 12, 14, 15, 18, 20, 22, 24, 28, 30, 31, 32, 36, 39, 40, 44, 48, 60, 64, 80, 110, 120, 160, 200, 240, 300, 320, 400)  # fmt: skip
WORDS = {
    "en": ("the", "boats", "of", "harbour", "come", "back", "early", "and", "market", "is", "fish", "a", "new", "pier"),
    "de": ("die", "Boote", "kommen", "früh", "in", "den", "Hafen", "zurück", "und", "Fische", "neue", "Mole", "Markt"),
    "ru": ("лодки", "рано", "утром", "в", "гавань", "рыба", "и", "новый", "причал", "рынок", "сезона"),
    "vi": ("chợ", "cá", "buổi", "sớm", "đông", "vui", "bên", "bến", "cảng", "cũ", "thuyền", "về", "người", "được"),
    "zh": ("早上", "渔船", "回到", "港口", "市场", "新的", "码头", "很", "热闹", "大家"),
    "th": ("เรือ", "กลับ", "ท่าเรือ", "ตลาด", "เช้า", "ปลา", "ใหม่ ", "สะพาน"),
    "ar": ("القوارب", "تعود", "إلى", "الميناء", "في", "الصباح", "سوق", "السمك", "جديد"),
}
ENDS = {"zh": "。", "th": "", "ar": "."}
NAMES = (
    "Nguyễn Văn An",
    "NGOC HA",
    "Lê Minh",
    "(VNA)",
    "John Smith",
    "PV",
    "Tran Hung",
    "T.H.",
    "Báo Sơn La",
    "Ngọc Hà - Lê An",
)
LABELS = (
    "Quelle", "Source", "Nguồn", "Источник", "出典", "المصدر", "Fuente", "Brunxo", "Щуковня", "Link source", "Source link",
    "Ursprungsli vo Text", "Vnews", "VOV", "ที่มา", "Mehr zu dem Thema", "Contact", "Lien", "출처", "Enlace de origen",
)  # fmt: skip
COMMENTS = (
    "Comment",
    "Kommentar",
    "Комментарий",
    "Talvekin",
    "コメント",
    "Bình luận",
    "Chapter",
    "A few more words here",
)
RELATED = (
    "Same category",
    "Same tag",
    "Same author",
    "Cùng chuyên mục",
    "Gleiches Thema",
    "Same thing",
    "No data",
    "Same news",
)
ADDRESSES = (
    "https://baovidu.vn/cho-ca-ben-cang-cu-12345.html", "https://baovidu.vn/", "https://baovidu.vn/tin-moi",
    "http://www.baovidu.vn/mot-hai-ba", "www.baovidu.vn/cho-ca-ben-cang", "baovidu.vn/cho-ca-ben-cang-cu.htm",
    "vnews.gov.vn", "baohoabinh.com.vn", "https://baovidu.vn/cho-ca- ben-cang-cu.html", "https://baovidu.vn/a_(b)-c-d.html",
    "https ://baovidu.vn/cho-ca-ben-cang", "https：//baovidu.vn/cho-ca-moi", "https://baovidu.vn/cho-ca-ben-cang-cu).",
)  # fmt: skip
FILES = (
    "1.jpg",
    "bna__dsc7263.jpg",
    "IMG_1234",
    "a b c.png",
    "anh cho ca.webp?w=600",
    "z70.avif",
    "one two three four five six seven eight.jpg",
    "IMG_12",
    "End.jpg",
    "a/b.jpg",
)
PHOTOS = (
    "photo 1",
    "Photo 12.",
    "Ảnh 3",
    "foto 100",
    "Rock 2",
    "Picture number 4",
    "Bild 5:",
    "In photo 7",
    "写真 2",
    "Photo no. 3",
    "6",
)
CREDITS = (
    "(Photo: VNA)",
    "Photo: VNA",
    "Ảnh: Nguyễn An",
    "(Foto: John Smith)",
    "Bild: dpa.",
    "(see: below)",
    "Rock: An",
    "（写真：VNA）",
)
PLACEHOLDERS = (
    "Photo caption",
    "Resim altyazısı",
    "Bildtext",
    "Words here",
    "Picture words",
    "Foto",
    "Speaker:",
    "3 boats",
)
TOKENS = (
    "[ad_2]",
    "[Anzeige 2]",
    "[広告2]",
    "[word_1]",
    "[quảng cáo 2]",
    "[Word 3]",
    "[Anzeige]",
    "[Note 1]",
    "[a b c_12]",
    "[Anzeige 1][Anzeige 2]",
    "[ad_1] Quelle",
    "[Foto 2]",
    "【广告3】",
    "[two words 7]",
)
PLAYERS = (
    ["0:00 / 0:56 HD auto"], ["Current Time 0:00", "/", "Duration 1:32", "HD"], ["0:00", "/ 1:07", "1x"],
    ["1:05 / 2:07"], ["1:05 / 2:07 HD"], ["Aktualny czas 0:00", "Czas trwania 1:32", "HD", "auto"], ["12:30", "14:45"],
    ["0:00", "1:20", "720p", "two words", "-0:30"], ["00:00 / 02:45", "Remaining -1:20", "tự động", "x1.5", "100 %"],
    ["Live 0:00", "|", "0:45", "SD", "a word or more here"],
)  # fmt: skip
BARS = ("![]() |", "![](https://a.example/1.jpg)", "| ![An alt](https://a.example/2.jpg) |", "|---|---|", "| --- |", "![one](1.jpg) ![two](2.jpg)", "[![x](https://a.example/3.jpg \"Title\")](https://a.example/x)", "![a](4.jpg) | words")  # fmt: skip
ELSEWHERE = (">>> ", ">> ", "»» ", "&gt;&gt; ", "» ", "> ", ">>>")
FOOTER = ("Chịu trách nhiệm: Nguyễn Văn Bình", "Giấy phép số 12/GP ngày 3/4/2024", "Trụ sở: 1 phố Cũ", "Cục trưởng: An")
SITE = (
    "Vietnam.vn - Nền tảng quảng bá Việt Nam",
    "Vietnam.vn",
    "Nền tảng quảng bá Việt Nam",
    "Độc lập - Tự do - Hạnh phúc",
    "Vietnam.vn – Nền tảng quảng bá Việt Nam and more",
    "Vietnam.vn is here",
)
BYLINES = (
    "Báo Sơn LaBáo Sơn La02/03/2025",
    "Báo Dân trí•25/08/2024",
    "VOV VOV 1/2/2025",
    "Báo Sơn La02/03/2025",
    "02/03/2025",
    "VNA | 3.4.2025",
    "Znews·31/02/2025",
    "An•1-2-2025 10:30",
    "In the year of 02/03/2025",
)


class Row:
    """Draws one row."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed).random  # the one method whose numbers no version of Python changes
        self.code = self.one(tuple(WORDS))
        self.title = self.line(self.code, self.one((24, 30, 40, 60)))

    def one(self, of: Sequence[T]) -> T:
        """One of several."""
        return of[int(self.draw() * len(of))]

    def words(self, code: str, length: int) -> str:
        """Exactly so many characters of words."""
        glue, text = "" if code in ("zh", "th") else " ", ""
        while len(text) < length:
            text += (glue if text else "") + self.one(WORDS[code])
        text = text[:length].rstrip()
        return (text[:1].upper() + text[1:]).ljust(length, text[-1])

    def line(self, code: str, length: int) -> str:
        """A headline: words without a mark."""
        if code == "vi" and self.draw() < 0.3:
            return self.words(code, max(30, length))
        return self.words(code, max(2, length))

    def length(self) -> int:
        """At a bound or beside it."""
        found = self.one(BOUNDS) + self.one((-2, -1, 0, 0, 1, 2))
        return found if self.code != "zh" or self.draw() < 0.5 else found * 2 // 5

    def paragraph(self) -> str:
        """A paragraph of the article."""
        text = self.words(self.code, 70 + int(self.draw() * 120))
        return text[:-1] + ENDS.get(self.code, ".")

    def short(self) -> str:
        """A line of any length and any end."""
        code = self.one((self.code, self.code, self.code, "vi", "en"))
        text = self.line(code, self.length())
        kind = self.draw()
        if kind < 0.15:
            text = text[:-1] + self.one("?:!;,.…：。？")
        elif kind < 0.25:
            text = self.one("-–\"“«'•*") + self.one(("", " ")) + text[2:]
        elif kind < 0.3:
            text = f"{text[:-4]} {int(self.draw() * 120)}"
        elif kind < 0.36:
            text = f"{text} {self.one(CREDITS)}"
        elif kind < 0.4:
            text = f"{self.one('123456789')}. {text}"
        return text.strip() or "x"

    def between(self) -> list[list[str]]:
        """What stands between two paragraphs, as blocks."""
        draw = self.draw()
        if draw < 0.16:
            return [[self.short()]]
        if draw < 0.24:
            line = self.short()
            return [
                [line],
                [self.one((line, line + ".", line.rstrip(".") + " ", self.short()))],
                *[[line]] * int(self.draw() * 2),
            ]
        if draw < 0.30:
            line, below = self.line(self.code, self.length()), self.line(self.code, self.length())
            return (
                [[line, line, below], [self.paragraph()]]
                if self.draw() < 0.6
                else [[line, below], [self.paragraph()], [line, below]]
            )
        if draw < 0.36:
            return [[self.one(FILES + PHOTOS)], *([[self.short()]] if self.draw() < 0.5 else [])]
        if draw < 0.44:
            return [[self.one(FILES + PHOTOS + (self.title,)), self.short()]]
        if draw < 0.50:
            base, word = (
                self.line(self.code, self.length()),
                self.one((" ", " photo ", " - Photo ", " Nr. ", ": ", " ảnh ")),
            )
            after = self.one(("", "", ".", ")", " photo", " of the harbour"))
            return [
                block
                for n in range(1 + int(self.draw() * 4))
                for block in ([f"{base}{word}{n}{after}"], [self.paragraph()])
            ]
        if draw < 0.56:
            words = self.one(PLACEHOLDERS)
            return [
                [words, self.short() + self.one(("", " " + self.one(CREDITS)))] for _ in range(1 + int(self.draw() * 3))
            ]
        if draw < 0.64:
            cells = [self.line(self.code, 3 + int(self.draw() * 30)) for _ in range(4)]
            form = self.one(("| {} | {} |", "{} | {}", "| {} |", "{} |", "| {}", "| {} | | {} |"))
            rows = [form.format(*cells[n : n + 2]) for n in range(1 + int(self.draw() * 3))]
            return [
                [
                    *([self.one(BARS)] if self.draw() < 0.6 else []),
                    *rows[:1],
                    *(["|---|---|"] if self.draw() < 0.3 else []),
                    *rows[1:],
                ]
            ]
        if draw < 0.68:
            return [[self.one(BARS), *([f"| {self.short()} |"] if self.draw() < 0.6 else [])]]
        if draw < 0.76:
            mark, end = self.one("•-*+"), self.one(("", "", ".", "?"))
            above = [self.line(self.code, 20) + self.one((":", "", "."))] if self.draw() < 0.5 else []
            return [
                [
                    *above,
                    *(f"{mark} {self.line(self.code, self.length())}{end}" for _ in range(1 + int(self.draw() * 4))),
                ]
            ]
        if draw < 0.81:
            return [[self.one(ELSEWHERE) + self.short()]]
        if draw < 0.89:
            return [self.one(PLAYERS)]
        if draw < 0.94:
            return [
                [
                    self.one(
                        (self.one(TOKENS), f"{self.one(TOKENS)} {self.short()}", f"{self.short()} {self.one(TOKENS)}")
                    )
                ]
            ]
        return [[self.one(NAMES)]]

    def source(self) -> list[str]:
        """The end of the article."""
        label, address, draw = self.one(LABELS), self.one(ADDRESSES), self.draw()
        if draw < 0.35:
            return [label + self.one((": ", ":", " : ", "： ", " ")) + address]
        if draw < 0.45:
            return [self.one(NAMES) + self.one(("", " ")) + label + self.one(("", ":", ": " + address))]
        if draw < 0.55:
            return [self.short() + self.one(("", " ")) + label + self.one((": ", ":", "")) + address]
        if draw < 0.65:
            return [label + self.one(("", ":"))]
        if draw < 0.72:
            return [label, address]
        if draw < 0.79:
            return [address, label]
        if draw < 0.84:
            return [f"{label}: {address} {self.line(self.code, self.one((5, 20, 40, 60)))}"]
        if draw < 0.9:
            return [f"[{self.line(self.code, 12)}]({address})"]
        if draw < 0.95:
            return [self.line(self.code, self.length()) + self.one((":", "", " ")), address]
        return []

    def tail(self) -> list[list[str]]:
        """What follows the article."""
        blocks: list[list[str]] = []
        if self.draw() < 0.1:
            blocks.append([self.line(self.code, 20 + int(self.draw() * 50)) for _ in range(3)])
        if self.draw() < 0.2:
            blocks.append(
                [self.one(("Tag", "Tags", "Từ khóa", "Words", "Day")) + self.one((": ", ":")) + self.line("vi", 9)]
            )
        blocks.append(self.source())
        if self.draw() < 0.12:
            blocks.append(self.source())
        if self.draw() < 0.25:
            blocks.append([self.one(RELATED)])
            blocks.append(
                [self.line(self.code, self.length()) + self.one(("", "", ".")) for _ in range(1 + int(self.draw() * 4))]
            )
            if self.draw() < 0.5:
                blocks += [[self.one(RELATED)], [self.line(self.code, self.length())]]
        if self.draw() < 0.12:
            link = self.one(
                (
                    "[{}](https://www.vietnam.vn/en/x)",
                    "![{}](https://a.example/1.webp)",
                    "[{}](https://other.example/x)",
                )
            )
            title = self.line(self.code, 30)
            blocks.append([link.format(title), *([title] if self.draw() < 0.3 else [])] * (1 + int(self.draw() * 2)))
        if self.draw() < 0.7:
            count = self.one(("(0)", " (0)", " (3)", "（2）", " (1.234)", ": (0)", " [0]", " (1234567)", "\n(4)"))
            blocks.append([""] * self.one((0, 0, 0, 1, 2, 3, 4, 8)) + [self.one(COMMENTS) + count])
            if self.draw() < 0.4:
                blocks += [[self.one(RELATED)] for _ in range(int(self.draw() * 3))]
                blocks += [
                    [self.line(self.code, self.length()) + self.one(("", "", "."))] for _ in range(int(self.draw() * 4))
                ]
            if self.draw() < 0.1:
                blocks.append([self.one(COMMENTS) + " (0)"])
        if self.draw() < 0.08:
            blocks.append([self.one(FOOTER) for _ in range(1 + int(self.draw() * 3))])
        return blocks

    def head(self) -> list[list[str]]:
        """What stands above the article."""
        blocks: list[list[str]] = []
        if self.draw() < 0.35:
            blocks.append([self.one(SITE) for _ in range(1 + int(self.draw() * 2))])
        if self.draw() < 0.5:
            blocks.append([self.title])
            if self.draw() < 0.4:
                blocks.append(
                    [self.one((self.paragraph(), self.short(), self.title, self.one(FILES), self.line("vi", 40)))]
                )
        if self.draw() < 0.45:
            name = self.one(NAMES)
            blocks.append(
                self.one(
                    (
                        [self.one(BYLINES)],
                        [self.one(BYLINES)],
                        [name, f"{name}02/03/2025"],
                        [name, name, "02/03/2025"],
                        [name, "02/03/2025"],
                    )
                )
            )
        return blocks

    def text(self) -> str:
        """The whole row."""
        blocks = self.head()
        repeated = self.short()
        again = self.draw() < 0.25
        for _ in range(2 + int(self.draw() * 4)):
            blocks.append([self.paragraph()])
            if again:
                blocks += [[repeated]] * self.one((0, 1, 1, 2))
            if self.draw() < 0.5:
                blocks += self.between()
        if self.draw() < 0.06:
            blocks = [[self.one(FILES), self.short()] for _ in range(3)]
        blocks += self.tail()
        separator = self.one(("\n", "\n", "\n\n", "\n\n", "\n\n\n"))
        return separator.join("\n".join(block) for block in blocks if block)


def composed_row(seed: int) -> tuple[str, str]:
    """A row's text, and its address."""
    row = Row(seed)
    text = row.text()
    slug = row.one(("cho-ca-buoi-som-dong-vui-ben-ben-cang-cu", "mot-bai-viet", "cho-ca-ben-cang-cu-12345"))
    code = {"zh": "zh-cn"}.get(row.code, row.code)
    return text, f"https://www.vietnam.vn/{code}/{slug}" if code != "vi" else f"https://www.vietnam.vn/{slug}"
