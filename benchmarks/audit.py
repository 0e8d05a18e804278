"""The audit of 60 days of a replica with planted faults: precision, recall and cost.

    python benchmarks/audit.py [--days 60] [--per-day 4] [--seeds 3]

Each seed generates articles from the replica's words, in each of its languages, with the same numbers in their
paragraphs; their pages are extracted. One fault at a time is planted, from a day on: an unknown
footer in one language; the container's class renamed; a box of other articles' titles above the source line; a
publisher's box in the body; a rule that takes a real paragraph; in one language missing paragraphs, numbers
that differ, and paragraphs in English. An alarm is right if it names the planted line, or the day within one day;
a fault is found if one of its alarms is right. Runs without a fault count for precision. Also printed: the time of an
audit as a share of that of the extraction. Exit code 1 if precision or recall is below 0.9 or the cost above 10 %.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipelines import extract  # noqa: E402  # after the path: the project may not be installed
from pipelines.audit import Alarm, AuditedText, audit, text_of_article  # noqa: E402
from pipelines.models import Article, HtmlPage, Stripped  # noqa: E402
from pipelines.times import VIETNAM  # noqa: E402
from pipelines.unicode.words import has_unspaced  # noqa: E402
from scraper.replica import pages  # noqa: E402
from scraper.replica.texts import PUBLISHERS, STORIES  # noqa: E402

LANGUAGES = tuple(STORIES)
FIRST = date(2025, 9, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a seed's site; `paragraphs` are those of its body in HTML."""

    number: int
    day: date
    language: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    publisher: str
    source: str = ""


class Words:
    """Prose of one language, generated from its stories' words."""

    def __init__(self, language: str) -> None:
        text = " ".join(p for story in STORIES[language] for p in (story.lead, *story.paragraphs))
        self._unspaced = has_unspaced(text)
        self._pieces = re.findall(r"\w{1,3}", text) if self._unspaced else re.findall(r"[^\W\d_]+", text)
        self._stop = "。" if language.startswith(("zh", "ja")) else "." if language not in ("hi", "bn") else "।"

    def sentence(self, random_: random.Random, size: int, number: int | None = None) -> str:
        """A sentence of about `size` words, one of them a number: `number`, or a random one."""
        pieces = [random_.choice(self._pieces) for _ in range(size)]
        pieces.insert(size // 2, str(random_.randrange(10, 9_999) if number is None else number))
        text = ("" if self._unspaced else " ").join(pieces)
        return text[0].upper() + text[1:] + self._stop

    def title(self, random_: random.Random) -> str:
        """A headline."""
        return self.sentence(random_, 8)[:-1]


VOICES = {language: Words(language) for language in LANGUAGES}


def site(seed: int, days: int, per_day: int) -> list[Page]:
    """All pages of a seed."""
    random_ = random.Random(seed)
    found = []
    for number in range(days * per_day):
        publisher, day = random_.choice(PUBLISHERS), FIRST + timedelta(days=number // per_day)
        # The languages share the number of paragraphs and sentences, and these numbers.
        numbers = [
            [random_.randrange(10, 9_999) for _ in range(random_.randrange(1, 4))]
            for _ in range(random_.randrange(4, 9))
        ]
        for language in LANGUAGES:
            voice = VOICES[language]
            paragraphs = tuple(
                " ".join(voice.sentence(random_, random_.randrange(9, 22), one) for one in some) for some in numbers
            )
            found.append(
                Page(
                    number=number,
                    day=day,
                    language=language,
                    title=voice.title(random_),
                    lead=voice.sentence(random_, 20),
                    paragraphs=paragraphs,
                    publisher=publisher,
                )
            )
    return found


def read(page: Page, change: Callable[[str], str] | None = None) -> Article:
    """The article of a page, after `change` to its HTML."""
    base, path = "https://www.vietnam.vn", f"/{page.language}/story-{page.number}"
    if page.language == "vi":
        path = f"/story-{page.number}"
    head, body = pages.article_head_and_body(
        base=base,
        path=path,
        language=page.language,
        title=page.title,
        lead=page.lead,
        paragraphs=page.paragraphs,
        publisher=page.publisher,
        published=datetime(page.day.year, page.day.month, page.day.day, 7, tzinfo=VIETNAM).isoformat(),
        day=page.day.strftime("%d/%m/%Y"),
        source=f"https://bao.example/story-{page.number}.html",
        alternates=[],
        number=page.number,
    )
    text = (
        pages.opening(page.language)
        + head
        + pages.middle(page.language, LANGUAGES)
        + body
        + pages.closing(page.language)
    )
    if change is not None:
        text = change(text)
    found = extract(HtmlPage(body=text.encode(), url=base + path, content_type="text/html; charset=utf-8"))
    if not isinstance(found, Article):
        raise SystemExit(f"{path}: {found}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A planted fault: the `touched` pages, their articles with it, and the planted `lines`.

    If the container is renamed, lines of the page's frame get into the body: they are `frame`, first seen since then.
    """

    name: str
    day: date
    touched: Callable[[Page], bool]
    made: Callable[[Page], Article]
    lines: Callable[[], set[str]]
    frame: bool = False

    def explains(self, alarm: Alarm) -> bool:
        """Whether an alarm reports this fault."""
        if alarm.day is not None and alarm.kind in ("drift", "headlines", "lost", "translations"):
            return abs((date.fromisoformat(alarm.day) - self.day).days) <= 1
        return alarm.what in self.lines() or (self.frame and (alarm.day or "") >= self.day.isoformat())


def faults(seed: int, site_pages: list[Page], quiet: dict[tuple[int, str], Article]) -> Iterable[Fault]:
    """One fault of each kind, from a day chosen by the seed."""
    random_ = random.Random(-seed - 1)
    last = max(page.day for page in site_pages)

    def begin() -> date:
        return FIRST + timedelta(days=random_.randrange(10, (last - FIRST).days - 8))

    language = random_.choice(LANGUAGES)
    footer = VOICES[language].sentence(random_, 7)[:-1]
    day = begin()

    def end_of_body(added: str) -> Callable[[str], str]:
        return lambda text: text.replace(
            '</div><p class="post-detail-source">', added + '</div><p class="post-detail-source">'
        )

    yield Fault(
        name="footer",
        day=day,
        touched=lambda page, day=day, code=language: page.day >= day and page.language == code,  # type: ignore[misc]
        made=lambda page: read(page, end_of_body(f"<p>{escape(footer)}</p>")),
        lines=lambda: {footer},
    )
    day = begin()
    yield Fault(
        name="renamed",
        day=day,
        touched=lambda page, day=day: page.day >= day,  # type: ignore[misc]
        made=lambda page: read(page, lambda text: text.replace("post-detail-", "story-v2-")),
        lines=set,
        frame=True,
    )
    day, titles = begin(), {code: [p.title for p in site_pages if p.language == code] for code in LANGUAGES}
    planted: set[str] = set()

    def with_box(page: Page) -> Article:
        others = random.Random(page.number).sample(titles[page.language], 3)
        planted.update(others)
        return read(page, end_of_body("".join(f"<p>{escape(title)}</p>" for title in others)))

    yield Fault(
        name="titles",
        day=day,
        touched=lambda page, day=day: page.day >= day,  # type: ignore[misc]
        made=with_box,
        lines=lambda: planted,
    )
    day, publisher = begin(), random_.choice(PUBLISHERS)
    boxes = {code: VOICES[code].sentence(random_, 9)[:-1] for code in LANGUAGES}
    yield Fault(
        name="publisher",
        day=day,
        touched=lambda page, day=day, name=publisher: page.day >= day and page.publisher == name,  # type: ignore[misc]
        made=lambda page: read(
            replace(page, paragraphs=(*page.paragraphs[:2], boxes[page.language], *page.paragraphs[2:]))
        ),
        lines=lambda: set(boxes.values()),
    )
    day, code = begin(), random_.choice(LANGUAGES)
    eaten: set[str] = set()

    def eat(page: Page) -> Article:
        article = quiet[page.number, page.language]
        taken = article.paragraphs[-1]
        eaten.add(taken)
        return replace(
            article,
            paragraphs=article.paragraphs[:-1],
            kinds=article.kinds[:-1],
            untranslated=(),
            stripped=(*article.stripped, Stripped(text=taken, rule="tail")),
            stripped_at=(*article.stripped_at, len(article.paragraphs) - 1),
        )

    yield Fault(
        name="eaten",
        day=day,
        touched=lambda page, day=day, code=code: page.day >= day and page.language == code,  # type: ignore[misc]
        made=eat,
        lines=lambda: eaten,
    )
    yield from translation_faults(begin, random_, {(page.number, page.language): page for page in site_pages})


def translation_faults(
    begin: Callable[[], date], random_: random.Random, by_place: Mapping[tuple[int, str], Page]
) -> Iterator[Fault]:
    """Each in one language and in two of three articles: a missing paragraph, a changed number, a paragraph in
    English."""

    def missing(page: Page) -> Article:
        return read(replace(page, paragraphs=(*page.paragraphs[:1], *page.paragraphs[2:])))

    def numbers(page: Page) -> Article:
        other = re.sub(r"[0-9]+", lambda match: str(int(match[0]) + 1), page.paragraphs[1])
        return read(replace(page, paragraphs=(page.paragraphs[0], other, *page.paragraphs[2:])))

    def untranslated(page: Page) -> Article:
        english = by_place[page.number, "en"].paragraphs[1]
        return read(replace(page, paragraphs=(page.paragraphs[0], english, *page.paragraphs[2:])))

    for made in (missing, numbers, untranslated):
        day, code = begin(), random_.choice([code for code in LANGUAGES if code != "en"])
        yield Fault(
            name=made.__name__,
            day=day,
            touched=lambda page, day=day, code=code: (  # type: ignore[misc]
                page.day >= day and page.language == code and page.number % 3 > 0
            ),
            made=made,
            lines=set,
        )


def text_of(page: Page, article: Article) -> AuditedText:
    """A page's text as the audit reads it."""
    return text_of_article(article, slug=f"story-{page.number}", language=page.language, day=page.day)


def main() -> int:
    """Print precision, recall and cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--per-day", type=int, default=4, help="articles a day, each in all languages of the replica")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--show", action="store_true", help="print every alarm")
    options = parser.parse_args()
    right = wrong = found = planted = 0
    extracting = auditing = 0.0
    looked_at = 0
    for seed in range(options.seeds):
        all_pages = site(seed, options.days, options.per_day)
        began = time.process_time()
        quiet = {(page.number, page.language): read(page) for page in all_pages}
        extracting += time.process_time() - began
        texts = [text_of(page, quiet[page.number, page.language]) for page in all_pages]
        began = time.process_time()
        result = audit(texts)
        auditing += time.process_time() - began
        looked_at += len(texts)
        wrong += len(result.alarms)
        print(f"seed {seed}: {len(texts):,} texts, quiet: {len(result.alarms)} alarms")
        for alarm in result.alarms:
            print(f"  false: {alarm}"[:200])
        for fault in faults(seed, all_pages, quiet):
            changed = [
                text_of(page, fault.made(page)) if fault.touched(page) else text
                for page, text in zip(all_pages, texts, strict=True)
            ]
            alarms = audit(changed).alarms
            explained = [alarm for alarm in alarms if fault.explains(alarm)]
            planted += 1
            found += bool(explained)
            right += len(explained)
            wrong += len(alarms) - len(explained)
            kinds = ", ".join(sorted({alarm.kind for alarm in explained})) or "NOT FOUND"
            others = len(alarms) - len(explained)
            print(f"  {fault.name} from {fault.day}: {len(explained)} right ({kinds}), {others} wrong")
            for alarm in alarms:
                if options.show or alarm not in explained:
                    print(f"    {'right' if alarm in explained else 'false'}: {alarm}"[:200])
    precision, recall, cost = right / max(right + wrong, 1), found / planted, auditing / extracting
    print(f"precision of alarms {precision:.3f}, recall of faults {recall:.3f} ({found} of {planted})")
    own, page = auditing / looked_at * 1000, extracting / looked_at * 1000
    print(f"audit {own:.3f} ms a text, extraction {page:.3f} ms a page: {cost:.1%}")
    return 0 if precision >= 0.9 and recall >= 0.9 and cost <= 0.1 else 1


if __name__ == "__main__":
    sys.exit(main())
