"""Which date of a page is the article's: its own data and its byline, never what stands elsewhere."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.dates import day_of_address, find_day

BODY = (
    "<div class='post-detail-body'><p>Cây cầu gỗ bắc qua con suối đã được người trong xóm dựng lại hôm qua.</p>"
    "<p>Ba mươi người khiêng gỗ từ sáng, và đến chiều thì lũ trẻ đã chạy qua chạy lại trên cầu.</p></div>"
)
TIME = '<time datetime="2025-03-04T08:00:00+07:00">4/3/2025</time>'
TOLD = "2025-03-04T08:00:00+07:00"


def published(above: str = "", below: str = "", head: str = "", text: str = BODY, url: str = "cau-go") -> str | None:
    """The date of a page with this around its title and body."""
    page = (
        f"<html lang='vi'><head><title>Cầu gỗ</title>{head}</head><body>{above}<h1>Cầu gỗ mới</h1>{text}{below}"
        "</body></html>"
    )
    found = extract(HtmlPage(body=page.encode(), url=f"https://www.vietnam.vn/{url}"))
    assert isinstance(found, Article)
    return found.published


@pytest.mark.parametrize(
    "elsewhere",
    [
        f"<header>{TIME}</header>",
        f"<div class='topbar'>{TIME}<p>Tin mới nhất trong ngày từ khắp nơi.</p></div>",
        f"<aside>{TIME}</aside>",
        f"<div class='relatedPosts'>{TIME}</div>",
        f"<nav>{TIME}</nav>",
    ],
)
def test_a_time_elsewhere_is_not_the_articles(elsewhere: str) -> None:
    """Above and below the article; the same time under the title is."""
    assert published(above=elsewhere) is None
    assert published(below=elsewhere) is None
    assert published(below=f"<footer>{TIME}</footer>") is None
    assert published(below=f"<div class='comment-list'>{TIME}</div>") is None
    assert published(text=f"<div>{TIME}</div>{BODY}") == TOLD
    assert published(above=elsewhere.replace("2025-03", "2024-01"), text=f"<div>{TIME}</div>{BODY}") == TOLD


def test_microdata_of_another_article_is_not_its_own() -> None:
    """In a teaser before the article; the article's own is read wherever it stands."""
    other = "<meta itemprop='datePublished' content='2019-01-02'>"
    own = "<meta itemprop='datePublished' content='2025-10-22'>"
    for box in (
        "<div itemscope>{}<h3><a href='/a'>Tin khác</a></h3></div>",
        "<article>{}<a href='/a'><h2>Tin</h2></a></article>",
    ):
        assert published(above=box.format(other)) is None
        assert published(above=box.format(other), below=own) == "2025-10-22"
        assert published(above=box.format("<time itemprop='datePublished' datetime='2019-01-02'></time>")) is None
    assert published(above=f"<div class='related'>{other}</div>") is None
    assert published(above=f"<div itemscope>{own}</div>") == "2025-10-22"


def test_what_follows_a_short_article_is_not_its_byline() -> None:
    """A box of no telling name below an article of one sentence; below a lead that is called so it is the byline."""
    short = "<div class='post-detail-body'><p>Cây cầu gỗ bắc qua con suối đã được người trong xóm dựng lại.</p></div>"
    assert published(text=short, below=f"<div><b>Lịch</b> {TIME}</div>") is None
    assert published(text=short.replace("post-detail-body", "sapo") + f"<div>{TIME}</div>{BODY}") == TOLD


def test_a_date_in_the_text_is_the_texts() -> None:
    """The day that a sentence tells of."""
    told = BODY.replace("hôm qua", f"ngày {TIME}")
    assert published(text=told) is None


@pytest.mark.parametrize(
    "other",
    [
        "<div class='event-info'><b>When</b> {}</div>",
        "<div itemscope itemtype='https://schema.org/Event'><b>Hội làng</b> {}</div>",
        "<div><meta itemprop='startDate' content='2025-03-04'><i itemprop='startDate'>4/3/2025</i></div>",
        "<figure><img src='/a.jpg'><figcaption>Cây cầu, {}</figcaption></figure>",
        "<div class='caption'>Cây cầu, {}</div>",
        "<div class='expires'>{}</div>",
        "<p>Hôm {} người trong xóm khiêng gỗ.</p>",
        "<p>Hôm 4/3/2025 người trong xóm khiêng gỗ.</p>",
        "<div><div>Cập nhật lần cuối</div><div>4/3/2025</div></div><div>22/10/2025</div>",
    ],
)
def test_a_date_below_the_title_can_be_of_another_thing(other: str) -> None:
    """An event, a picture, an end, a short sentence, the last change: by their names, words and microdata."""
    assert published(text=other.format(TIME) + BODY) in (None, "2025-10-22")


@pytest.mark.parametrize("name", ["responses", "disqus_thread", "kommentare", "site-footer", "most-read"])
def test_a_named_date_in_a_box_of_others_is_not_the_articles(name: str) -> None:
    """Comments in several languages, the page's foot, lists of articles."""
    date = "<span class='date'>4/3/2025</span>"
    assert published(below=f"<div class='post-foot'>{date}</div>") == "2025-03-04"
    assert published(below=f"<div class='{name}'>{date}</div>") is None
    comment = (
        "<div itemscope itemtype='http://schema.org/Comment'><meta itemprop='datePublished' content='2025-03-04'></div>"
    )
    assert published(below=comment) is None


@pytest.mark.parametrize(
    "line", ["Ngày đăng: 22/10/2025", "Published on 22 October 2025 by An", "发布时间：2025-10-22"]
)
def test_a_line_that_begins_with_a_word_for_the_publication_counts_wherever_it_is(line: str) -> None:
    """Where no other place has a date, and all such lines have one day."""
    below = f"<div>{line}</div>"
    assert published(below=f"<p>Hết</p>{below}") == "2025-10-22"
    assert published(below=f"{below}<div>Published on 1 May 2019</div>") is None
    assert published(below=f"<div class='related'>{below}</div>") is None
    assert published(below=f"<p>Hết {line}</p>".replace(" ", " Hết " * 5, 1)) is None


def test_a_date_right_above_the_title_is_the_articles() -> None:
    """In the article's own box; above it, it can be a clock's."""
    above = "<p>Thời sự | 22/10/2025</p>"
    assert published(above=f"<article>{above}", below="</article>") == "2025-10-22"
    assert published(above=above) is None


def test_an_attribute_of_a_date_has_its_time() -> None:
    """Scripts write what readers see from it."""
    assert published(below="<i class='datestamp' data-date-time='2025-10-22 08:30:13'>Hôm qua</i>") == (
        "2025-10-22T08:30:13+07:00"
    )


def test_a_time_in_the_articles_head_counts_before_the_title_too() -> None:
    """With the title in one head that holds little else."""
    head = f"<article><header>{TIME}<h1>Cầu gỗ mới</h1></header>{BODY}</article>"
    page = f"<html><head><title>T</title></head><body>{head}</body></html>"
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/cau-go"))
    assert isinstance(found, Article)
    assert found.published == TOLD


def test_the_foot_of_the_article_itself_has_its_date() -> None:
    """The page's foot and that of another article have not."""
    foot = f"<footer>{TIME.replace('<time', '<time class=entry-date')}</footer>"
    assert published(above="<article>", below=f"{foot}</article>") == TOLD
    assert published(below=f"<article>{foot}</article>") is None


def test_a_link_in_a_heading_of_the_article_makes_it_no_teaser() -> None:
    """What announces another article is short."""
    box = "<article><h4><a href='/an'>Ann Miller</a></h4><div class='pub-date'>4/3/2025</div>{}</article>"
    assert published(below=box.format("")) is None
    assert published(text=box.format(BODY + "<p>Ba mươi người khiêng gỗ từ sáng.</p>" * 80)) == "2025-03-04"


def test_the_last_change_is_not_the_publication() -> None:
    """A time that says so of itself, or whose label does."""
    later = TIME.replace("03-04", "05-06").replace("4/3", "6/5")
    for label in ("Cập nhật: ", "<span>Updated</span> ", "<b>Aktualisiert</b> "):
        assert published(text=f"<div>{label}{later}</div><div>{TIME}</div>{BODY}") == TOLD
    marked = later.replace("<time", "<time class='entry-date updated'")
    assert published(text=f"<div>{marked}{TIME}</div>{BODY}") == TOLD
    only = TIME.replace("<time", "<time class='updated'")
    assert published(text=f"<div>{only}</div>{BODY}") == TOLD


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("<meta property='article:published_time' content='2025-10-22T18:30:00Z'>", "2025-10-23T01:30:00+07:00"),
        ("<meta name='DC.date.issued' content='2025-10-22'>", "2025-10-22"),
        ("<meta itemprop='datePublished' content='2025-10-22T08:00+07:00'>", "2025-10-22T08:00:00+07:00"),
        ("<meta name='parsely-pub-date' content='1761121800'>", "2025-10-22T15:30:00+07:00"),
        ("<meta property='article:published_time' content='2568-10-22T08:00:00+07:00'>", "2025-10-22T08:00:00+07:00"),
        ("<meta property='article:published_time' content='0001-01-01T00:00:00'>", TOLD),
    ],
)
def test_the_pages_own_data_comes_before_a_time_on_it(head: str, wanted: str) -> None:
    """Under any of its names; what is no time is passed over."""
    assert published(head=head, text=f"<div>{TIME}</div>{BODY}") == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("By An Nguyen, Oct. 2, 2025", "2025-10-02"),
        ("Veröffentlicht am 22. Oktober 2025, 18:30 Uhr", "2025-10-22"),
        ("Publié le 3 août 2025", "2025-08-03"),
        ("22 de março de 2025", "2025-03-22"),
        ("12 июля 2025, 10:30", "2025-07-12"),
        ("22 lipca 2025", "2025-07-22"),
        ("2025年10月22日 18時30分", "2025-10-22"),
        ("2025년 10월 22일", "2025-10-22"),
        ("Thứ Tư, 22/10/2025 18:30 (GMT+7)", "2025-10-22"),
        ("Ngày 2 tháng 9 năm 2025", "2025-09-02"),
        ("10/22/2025", "2025-10-22"),
        ("Oct 22, 2025 - Updated Nov 1, 2025", "2025-10-22"),
        ("Revista del Puerto, 22/10/2025", "2025-10-22"),
        ("22 ตุลาคม 2568 เวลา 08.30 น.", "2025-10-22"),
        ("22/10/2568", "2025-10-22"),
        ("२२ अक्टूबर २०२५", "2025-10-22"),
        ("২২ অক্টোবর ২০২৫", "2025-10-22"),
        ("22 Οκτωβρίου 2025, 08:30", "2025-10-22"),
        ("22 באוקטובר 2025", "2025-10-22"),
        ("٢٢ أكتوبر ٢٠٢٥", "2025-10-22"),
        ("2025. október 22., 08:30", "2025-10-22"),
        ("2025 m. gegužės 12 d.", "2025-05-12"),
        ("22 ຕຸລາ 2025", "2025-10-22"),
        ("22 ต.ค. 2568 08:30 น.", "2025-10-22"),
        ("22 ต.ค. 68 (08:30 น.)", "2025-10-22"),
        ("22 ต.ค. 08:30 น.", None),
        ("ថ្ងៃទី២២ ខែតុលា ឆ្នាំ២០២៥", "2025-10-22"),
        ("၂၀၂၅ ခုနှစ် အောက်တိုဘာလ ၂၂ ရက်", "2025-10-22"),
        ("အောက်တိုဘာ ၂၂၊ ၂၀၂၅", "2025-10-22"),
        ("2025 ඔක්තෝබර් 22", "2025-10-22"),
        ("22 ഒക്ടോബർ 2025", "2025-10-22"),
        ("22 кастрычніка 2025", "2025-10-22"),
        ("22 tetor 2025", "2025-10-22"),
        ("2025. gada 22. oktobris", "2025-10-22"),
        ("2025 жылғы 22 қазан", "2025-10-22"),
        ("2025 оны 10 сарын 22", "2025-10-22"),
        ("2025(e)ko urriaren 22a", "2025-10-22"),
        ("22 d’octubre de 2025", "2025-10-22"),
        ("22. listopada 2025.", "2025-10-22"),
        ("22 listopada 2025", "2025-11-22"),
        ("22. lipnja 2025.", "2025-06-22"),
        ("22.out.2025 às 8h30", "2025-10-22"),
        ("22-Oct-2025", "2025-10-22"),
        ("22-Oct-25", "2025-10-22"),
        ("22 Oct '25", "2025-10-22"),
        ("22. 10. 2025 8:30", "2025-10-22"),
        ("2025. 10. 22. 오전 8:30", "2025-10-22"),
        ("22.10.25, 08:30 Uhr", "2025-10-22"),
        ("Le 02/10/25 à 8h30", "2025-10-02"),
        ("Python 3.10.12 is out", None),
        ("Saal 2 am 22.10.25", None),
        ("Tháng Mười 22, 2025", "2025-10-22"),
        ("2 Tháng Mười Một, 2025", "2025-11-02"),
        ("22 Th10, 2025", "2025-10-22"),
        ("22 تشرين الأول 2025", "2025-10-22"),
        ("٢٢ أكتوبر/ تشرين الأول ٢٠٢٥", "2025-10-22"),
        ("1447/4/30هـ الموافق 2025/10/22م", "2025-10-22"),
        ("۳۰ مهر ۱۴۰۴ - ۰۸:۳۰", "2025-10-22"),
        ("۱۴۰۳/۱۲/۳۰", "2025-03-20"),
        ("۳۱ مهر ۱۴۰۴", None),
        ("令和7年10月22日", "2025-10-22"),
        ("中華民國114年10月22日", "2025-10-22"),
        ("2025 người 22", None),
        ("31/02/2025", None),
        ("1.234.2025", None),
        ("Tel. 22-10-20251", None),
        ("Platz 3 Sitze 2025", None),
    ],
)
def test_a_byline_names_the_day_in_any_language(line: str, wanted: str | None) -> None:
    """Alone, and under the title of a page that has no other date."""
    assert find_day(line) == wanted
    assert (published(text=f"<div class='info'><span>{line}</span></div>{BODY}") or "")[:10] == (wanted or "")


@pytest.mark.parametrize(
    "line",
    [
        "Updated: 01/11/2025 10:15 | Published: 22/10/2025 08:30",
        "Cập nhật 01/11/2025 - Đăng ngày 22/10/2025",
        "Mis à jour le 1 novembre 2025, publié le 22 octobre 2025",
        "Actualizado: 1 de noviembre de 2025. Publicado: 22 de octubre de 2025",
        "Aktualisiert am 1. November 2025, veröffentlicht am 22. Oktober 2025",
        "Обновлено: 01.11.2025 / Опубликовано: 22.10.2025",
        "更新：2025年11月1日 公開：2025年10月22日",
        "수정 2025.11.01 입력 2025.10.22",
        "Diperbarui 01/11/2025, diterbitkan 22/10/2025",
        "22/10/2025 (güncelleme 01/11/2025)",
        "Published 22/10/2025, modified 01/11/2025, updated 02/11/2025",
    ],
)
def test_a_day_behind_a_word_for_the_last_change_is_not_the_publication(line: str) -> None:
    """In one line with that of the publication, before or behind it."""
    assert (published(text=f"<div class='info'><span>{line}</span></div>{BODY}") or "")[:10] == "2025-10-22"


def test_the_day_in_an_address_is_the_last_resort() -> None:
    """Only whole days in a path; a name of a series is none."""
    assert day_of_address("https://example.vn/2025/10/22/cau-go/") == "2025-10-22"
    assert day_of_address("https://example.vn/tin/20251022/cau-go") == "2025-10-22"
    assert day_of_address("https://example.vn/cau-go-20251022083012345.htm") == "2025-10-22"
    assert day_of_address("https://example.vn/n1/2025/1022/c1-4.html") == "2025-10-22"
    assert day_of_address("https://example.vn/202510/22/cau-go.html") == "2025-10-22"
    assert day_of_address("https://example.vn/world/2025/oct/22/cau-go") == "2025-10-22"
    assert day_of_address("https://example.vn/22-10-2025/cau-go") == "2025-10-22"
    assert day_of_address("https://example.vn/gia-vang-22-10-2025") is None
    assert day_of_address("https://example.vn/2025/13/22/cau-go/") is None


@pytest.mark.parametrize("name", ["post-date", "article__date", "publishedDate", "dateline small", "entry-date"])
def test_an_element_that_calls_itself_the_date_is_read_where_nothing_else_tells_it(name: str) -> None:
    """Behind the text too; not in a box, in a list of several days, on a card, or where it is another day's."""
    date = f"<div class='{name}'>October 22, 2025</div>"
    assert published(below=date) == "2025-10-22"
    assert published(below=f"<p>by</p>{date}", head="<meta name='pubdate' content='2025-01-02'>") == "2025-01-02"
    assert published(below=date + date.replace("22", "23")) is None
    assert published(below=f"<div class='related'>{date}</div>") is None
    assert published(below=f"<footer>{date}</footer>") is None
    assert published(below=f"<li><h3><a href='/a'>The old mole is rebuilt in spring</a></h3>{date}</li>") is None
    assert (
        published(
            below=f"<a href='/a'>The old mole is rebuilt after a winter of storms, and who pays for it all {date}</a>"
        )
        is None
    )
    assert published(above=f"<div><div>{date}</div></div>", text=f"<p>{'Tin ' * 9}</p>{BODY}") is None
    assert published(below=date.replace(name, "event-date")) is None
    # A part of the page with a headline of another article in it, but too much text for a card.
    link = "<h3><a href='/a'>The old mole is rebuilt in spring</a></h3>"
    assert published(below=f"<section>{link}<p>{'Tin ' * 200}</p>{date}</section>") == "2025-10-22"


def test_the_last_change_is_the_pages_day_where_it_shows_no_other() -> None:
    """In the byline or by the name of its element; any other date goes before it, and it is the change's too."""
    line = "<div><span>Updated October 22, 2025</span></div>"
    assert published(text=line + BODY) == "2025-10-22"
    assert published(below="<p class='last-modified'>Last modified: October 22, 2025</p>") == "2025-10-22"
    assert published(text=line + BODY, below="<i class='post-date'>October 1, 2025</i>") == "2025-10-01"


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("<meta property='article:published_time' content='Wed, 10/22/2025 - 11:38'>", "2025-10-22"),
        ("<meta name='x-published-date' content='2025-10-22T06:03:43.274Z'>", "2025-10-22T13:03:43+07:00"),
        ("<meta name='site:date' content='October 22, 2025'>", "2025-10-22"),
        ("<meta name='event-start-date' content='2025-10-22'>", None),
        ("<meta name='publisher' content='2025-10-22'>", None),
        (
            '<script type="application/ld+json">{"@type": "WebPage", "name": "Cầu gỗ mới", '
            '"datePublished": "2025-10-22"}</script>',
            "2025-10-22",
        ),
        (
            '<script type="application/ld+json">{"@type": "WebPage", "name": "Một bài khác hẳn", '
            '"url": "https://www.vietnam.vn/khac", "datePublished": "2025-10-22"}</script>',
            None,
        ),
    ],
)
def test_the_pages_data_tells_the_day_under_other_names_and_in_words(head: str, wanted: str | None) -> None:
    """Names that end in words for the publication, and the object of the page itself where there is no article's."""
    assert published(head=head) == wanted


def test_of_several_dates_in_one_place_the_first_is_asked() -> None:
    """A list in JSON-LD: its first, whatever stands behind it."""
    data = '{"@type": "NewsArticle", "headline": "Cầu gỗ mới", "datePublished": %s}'
    head = f'<script type="application/ld+json">{data}</script>'
    assert published(head=head % '["2025-03-04", "2025-03-05"]') == "2025-03-04"
    assert published(head=head % '["soon", "2025-03-05"]') is None


@pytest.mark.parametrize(("words", "told"), [(20, "2025-03-04"), (400, None)])
def test_a_date_above_the_title_counts_in_a_short_head(words: int, told: str | None) -> None:
    """With the title in one box of title, lead and byline; a box with much text is a page's, and its days anyone's."""
    head = f"<div><span>4/3/2025</span><h1>Cầu gỗ mới</h1><div>{'cầu ' * words}</div></div>"
    page = f"<html><head><title>Cầu gỗ mới</title></head><body><section>{head}</section>{BODY}</body></html>"
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/cau-go"))
    assert isinstance(found, Article)
    assert found.published == told


# The names under which programs of publishers state it, the surest first; those of one program are together.
PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datePublished",
    "date_published", "pubdate", "publishdate", "publish-date", "publish_date", "published_time", "published-date",
    "publication_date", "publication-date", "OriginalPublicationDate", "article.published", "parsely-pub-date",
    "sailthru.date", "cXenseParse:recs:publishtime", "rnews:datePublished", "citation_publication_date",
    "DCTERMS.issued", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "DC.date", "date",
    "article.created", "dateCreated", "article:created_time", "article_date_original", "ptime", "created",
)  # fmt: skip
MODIFIED = (
    "article:modified_time", "article:modified", "og:article:modified_time", "og:updated_time", "og:modified_time",
    "dateModified", "date_modified", "dcterms.modified", "dc.date.modified", "article.updated", "last-modified",
    "lastmod", "revised",
)  # fmt: skip


@pytest.mark.parametrize("place", range(len(PUBLISHED)))
def test_each_name_of_the_day_of_publication_goes_before_those_below_it(place: int) -> None:
    """In whatever order a page has them, and in small letters or not."""
    below = PUBLISHED[place + 1 :][-1:]
    head = "".join(f'<meta name="{name}" content="2024-01-02">' for name in below)
    assert published(head=f'{head}<meta property="{PUBLISHED[place]}" content="2025-03-04">') == "2025-03-04"


@pytest.mark.parametrize("place", range(len(MODIFIED)))
def test_each_name_of_the_last_change_goes_before_those_below_it(place: int) -> None:
    """It says nothing of the publication."""
    metas = [f'<meta name="{MODIFIED[place]}" content="2025-03-04T08:00:00+07:00">']
    metas += [f'<meta name="{name}" content="2024-01-02T08:00:00+07:00">' for name in MODIFIED[place + 1 :]]
    page = (
        f"<html><head><title>Cầu gỗ</title>{''.join(reversed(metas))}</head><body><h1>Cầu gỗ</h1>{BODY}</body></html>"
    )
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/cau-go"))
    assert isinstance(found, Article)
    assert (found.published, found.modified) == (None, TOLD)
