# ruff: noqa: E501 # what is drawn from reads best on few lines
"""Versions of articles composed at random from the project's own: with figures, times, units and marks put in.

What they show is compared between one version of the code and the next (`test_kept_alignments`), so a seed always
gives the same text. What is put in is written as the languages write it, right and wrong.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from disturbances import OTHER_SHAPES, PARALLEL, Group, own_groups

FIGURES = (
    "1.200", "1,200", "1 200", "1\u202f200", "12,5", "12.5", "0,5 %", "75%", "3/4", "2.700.000", "2,700,000", "1.5", "150", "15",
    "12", "13", "7", "0", "100", "2025", "2568", "٢٠٢٥", "१२३", "๑๒", "22/10", "22/10/2025", "10/22/2025", "2025-10-22", "22.10.2025",
    "22-10", "1/2", "13/13", "3-4", "19–20", "(12)", "№ 5", "A380", "5G", "COVID-19", "+84 28", "1.234.567,89", "-12", "~40", "12e3",
    "2.0", "007", "1.000.000", "10 000 000", "8½", "10²", "m³", "1:2", "2025–2026", "4.000đ", "4,5 tỷ", "20万", "1億", "1.5 million",
)  # fmt: skip
TIMES = (
    "7:30", "19:30", "07.30", "7h30", "19 h 30", "7 giờ 30 phút", "19時30分", "19시 30분", "19点30分", "午後7時30分", "klo 7.30",
    "7:30 p.m.", "24:00", "12:00", "0:05", "25:61", "7:5", "19H30", "о 7:30", "ساعة ٧:٣٠", "7:30:15", "7u30", "7 часов 30 минут",
)  # fmt: skip
MEASURES = (
    "5 km", "5km", "5 kilomètres", "5 км", "5公里", "5 กิโลเมตร", "20 m2", "20 m²", "20 km/h", "20 kg", "20 tonnes", "20 tấn", "3 ha",
    "30 °C", "30°C", "30 độ", "5 %", "5 phần trăm", "12 USD", "$12", "12 đồng", "10 MW", "10 lít", "2 cm", "100 mm", "1 km²", "1,5 km",
)  # fmt: skip
MONTHS = (
    "tháng 9", "tháng chín", "September", "septembre", "сентября", "вересня", "9月", "9월", "กันยายน", "سبتمبر", "in May", "März",
    "ngày 2 tháng 9", "tháng 12 năm 2025", "12月22日", "mai", "March", "august", "Décembre",
)  # fmt: skip
MARKS = (
    "Dr. Nam", "Mr. An", "TP. HCM", "U.S.", "e.g.", "z. B.", "т. е.", "No. 5", "St. John", "vol. 2", "v.v.", "...", "…", "?!", "!", "“a.”",
    "«b».", "(c.)", "“", "”", "«", "(", "]", "'", "—", "- ", "• ", "1. ", "a) ", "www.a.vn", "https://a.vn/b.c?d=1", "a@b.vn", "@an", "#hue",
    "3.14.", "J. R. R.", "etc.", "approx. 5", "。", "！", "？", "、", "।", "؟", "።", "»", ":", ";", "A.", "I.", "UNESCO", "Hồ Chí Minh", "iPhone",
)  # fmt: skip
POOLS = (FIGURES, TIMES, MEASURES, MONTHS, MARKS)


def groups() -> list[Group]:
    """The project's own articles, of both shapes."""
    return [*own_groups(PARALLEL), *own_groups(OTHER_SHAPES)]


def filled(paragraph: str, rng: random.Random, most: int = 3) -> str:
    """A paragraph with up to `most` things put in between its words."""
    words = paragraph.split(" ")
    for _ in range(rng.randrange(most + 1)):
        words.insert(rng.randrange(len(words) + 1), rng.choice(rng.choice(POOLS)))
    if rng.random() < 0.1:  # a loop, as translation machines leave them
        at = rng.randrange(len(words))
        words[at:at] = words[at : at + rng.randrange(1, 5)] * rng.randrange(2, 9)
    return " ".join(words)


def texts() -> Iterator[tuple[str, str]]:
    """(language, text): every paragraph filled, and what is put in alone, in each language."""
    rng = random.Random(19)
    for group in groups():
        for language in sorted(group):
            yield from ((language, filled(paragraph, rng, 5)) for paragraph in group[language])
    for language in ("vi", "en", "de", "ja", "th", "ar", "ru", "zh", "ko", "hi"):
        for pool in POOLS:
            for one in pool:
                yield language, one
                yield language, f"{one} {rng.choice(rng.choice(POOLS))}"


def versions(number: int) -> Group:
    """The versions of one article, some of them with other figures, an untranslated or a missing paragraph."""
    rng = random.Random(f"versions {number}")
    every = groups()
    group = every[number % len(every)]
    found: Group = {}
    shared = [rng.choice(rng.choice(POOLS)) for _ in group["vi"]]
    for language in sorted(group):
        paragraphs = [f"{text} {put}" for text, put in zip(group[language], shared, strict=True)]
        for at in range(len(paragraphs)):
            if rng.random() < 0.15:
                paragraphs[at] = filled(paragraphs[at], rng)
        draw = rng.random()
        if draw < 0.2 and language != "vi":
            at = rng.randrange(len(paragraphs))
            paragraphs[at] = group["vi"][at]
        elif draw < 0.3:
            del paragraphs[rng.randrange(len(paragraphs))]
        elif draw < 0.4:
            paragraphs = paragraphs[: len(paragraphs) // 2]
        found[language] = paragraphs
    return found
