# ruff: noqa: E501 # what is drawn from reads best on one line
"""HTML pages composed at random: what heads state, and what stands in an article besides its paragraphs.

As `composed_rows`, for the comparison of one version of the rules with the next. The same seed gives the same page.
"""

from __future__ import annotations

import json
from typing import Any

from composed_rows import ADDRESSES, CREDITS, LABELS, NAMES, Row

URL = "https://www.vietnam.vn/en/cho-ca-ben-cang"
URLS = (URL, URL, URL, URL, "https://bao.example/cho-ca-ben-cang-2025-10-20.html", "https://bao.example/cho-ca")
LAYOUTS = (
    "post-detail-body",
    "post-detail-body",
    "post-detail-body",
    "post-detail-container",
    "ant-layout-content",
    "td-post-content",
    "entry-content_x1",
    "news",
)
DATES = (
    "2025-10-22T18:30:00+07:00", "2025-10-21", "22/10/2025", "22/10/2025 18:30", "October 20, 2025", "19 octobre 2025",
    "ngày 2 tháng 9 năm 2025", "2025年10月22日", "Oct 18, 2025 at 9:15 AM", "1761132600", "soon", "", "31/02/2025", "10.9.2025",
    "Updated: 23/10/2025", "22. Oktober 2025", "2025-10-22, updated 2025-10-25",
)  # fmt: skip
METAS = (
    "article:published_time", "article:published", "datePublished", "pubdate", "publish-date", "dc.date", "date",
    "article:modified_time", "og:updated_time", "dateModified", "last-modified", "my:published", "x-publication-date",
    "datecreated", "revised", "citation_publication_date",
)  # fmt: skip
CLASSES = (
    "related", "related-posts", "read-more", "ads", "ad-slot", "banner", "player", "jwplayer", "share", "toolbar", "comments",
    "comment-list", "author-box", "authorBio", "caption", "photocms_caption", "instagram-media", "toc", "post-views", "x", "sapo",
    "lead", "intro", "box-news", "sr-only", "newsletter", "tags", "content", "adsbygoogle", "quote", "relate", "text-center",
)  # fmt: skip
DATED = (
    "date",
    "post-date",
    "published",
    "entry-date updated",
    "pubDate",
    "event-date",
    "last-modified",
    "dateline",
    "header-date",
    "posted",
    "time",
    "modified",
)
AUTHORED = ("author", "byline", "author-name", "authorBio", "reporter", "autor", "co-author card", "authored")
PEOPLE = (
    "An Nguyen",
    "By An Nguyen and Le Mau",
    "Von Jan Wolf, Köln",
    "Text: Le Mau; An Nguyen",
    "https://a.example/an",
    "An",
    "Updated 3 min",
    "Nguyễn Văn An | Báo Ví Dụ",
    "by Le Mau, PhD",
    "Báo Ví Dụ",
    "A" * 61,
)
LINKS = (
    "/en/another-article",
    "/en/cho-ca-ben-cang",
    "/en/tag/hue/",
    "https://bao.example/x-y-z-1.html",
    "#note",
    "https://bao.example/a.pdf",
    "mailto:a@bao.example",
    "https://www.vietnam.vn/fr/autre",
    "/en/",
    "javascript:void(0)",
    "https://khac.example/mot",
)
STYLES = (
    "display:none",
    "display: block",
    "visibility:hidden",
    "text-align:center",
    "display:table-cell",
    "color:red",
    "width:16px",
    "float:left",
    "display:inline",
)
MATHS = (
    "<math><mfrac><mn>1</mn><mrow><mi>x</mi><mo>+</mo><mn>2</mn></mrow></mfrac></math>",
    "<math alttext='a^2'><semantics><msup><mi>a</mi><mn>2</mn></msup><annotation>a^2</annotation></semantics></math>",
    "<math><msubsup><mi>x</mi><mn>1</mn><mrow><mi>n</mi><mo>-</mo><mn>1</mn></mrow></msubsup></math>",
    "<math><msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt><mroot><mn>8</mn><mn>3</mn></mroot></math>",
    "<span><math><msub><mi>v</mi><mi>max</mi></msub></math><span aria-hidden=true>vmax</span></span>",
    "<math><mtable><mtr><mtd><mn>1</mn></mtd></mtr><mtr><mtd><mtext>if so </mtext></mtd></mtr></mtable></math>",
    "<math alttext='E'></math>",
)  # fmt: skip
INDICES = ("10<sup>6</sup> boats", "H<sub>2</sub>O", "1<sup>er</sup> boat", "note<sup>(1)</sup>", "x<sub>12</sub>3", "m<sup>2</sup>", " <sup>3</sup> ", "2<sup>123456789</sup>", "a<sup>n</sup>", "5<sup><i>2</i></sup>", "CO<sub>2</sub>")  # fmt: skip


class Page(Row):
    """Draws one page."""

    def attributes(self) -> str:
        """A class, a style, or nothing."""
        draw = self.draw()
        if draw < 0.35:
            return f' class="{self.one(CLASSES)}"'
        if draw < 0.45:
            return f' style="{self.one(STYLES)}"'
        return self.one(
            ("", "", "", "", "", " hidden", ' id="comments"', ' role="button"', " align=center", ' lang="de"')
        )

    def image(self) -> str:
        """A picture, as pages load it."""
        n = int(self.draw() * 90)
        alt = self.one(
            ("", f' alt="{self.line(self.code, 20)}"', ' alt="☺"', ' alt="x"', " alt=''", ' alt="Báo Ví Dụ"')
        )
        size = self.one(
            (
                "",
                "",
                "",
                " width=16",
                " width=33 height=20",
                " width=32",
                ' width="640" height="480"',
                " width=1 height=1",
                ' style="width:2em"',
                ' style="width:2.5em"',
                ' style="display:block"',
            )
        )
        name = self.one(("", "", "", ' class="icon"', ' class="wp-emoji"', ' class="latex"', ' role="math"'))
        source = self.one((
            f' src="/a/{n}.jpg"', f' src="/a/{n}.jpg"', f' src="/blank.gif" data-src="/b/{n}.png"', f' data-original="/c/{n}.webp"',
            f' src="data:image/gif;base64,x" srcset="/d/{n}.jpg 400w, /d/{n}-2.jpg 800w, /d/3.jpg 2x"', f' src="/thumb/48x48/{n}.jpg"',
            f' srcset="/e/{n}.jpg, /e/{n}-2.jpg 2x" src="/e/0.jpg"', f' data-x="/f/{n}.avif"', f' src="/latex/{n}"', "",
            f' src="/icons/{n}.svg"', f' src="/x.gif" data-srcset="/g/{n}.jpg 1x"', ' src="about:blank"',
        ))  # fmt: skip
        image = f"<img{source}{alt}{size}{name}>"
        draw = self.draw()
        if draw < 0.06:
            return f'<picture><source srcset="/p/{n}.webp 900w">{image}</picture>'
        if draw < 0.12:
            return f'{image}<noscript><img src="/n/{n}.jpg" alt="n"></noscript>'
        if draw < 0.15:
            return f'<noscript><img src="{self.one(("/n/1.jpg", "/track?x", "/pixel.gif", "/m/2"))}"></noscript>'
        return f'<amp-img src="/amp/{n}.jpg"><span>wait</span></amp-img>' if draw < 0.17 else image

    def link(self, text: str | None = None) -> str:
        """A link."""
        return f'<a href="{self.one(LINKS)}">{text or self.line(self.code, self.length() % 70 + 2)}</a>'

    def inline(self) -> str:
        """A paragraph's inside: text with something in it."""
        text = self.one((self.paragraph(), self.paragraph(), self.short()))
        cut = int(self.draw() * len(text))
        before, after = text[:cut], text[cut:]
        draw = self.draw()
        if draw < 0.35:
            return text
        if draw < 0.43:
            return before + self.link() + after
        if draw < 0.50:
            return before + self.image() + after
        if draw < 0.55:
            return f"{before}<br>{after}"
        if draw < 0.60:
            return f"{before} {self.one(INDICES)} {after}"
        if draw < 0.64:
            return before + self.one(MATHS) + after
        if draw < 0.68:
            return f"<q>{before}<q>in</q></q> {after}" if self.draw() < 0.5 else f"{before}<q>«x»</q>{after}"
        if draw < 0.72:
            tag = self.one(
                (
                    "button",
                    "label",
                    "span",
                    "ins",
                    "em",
                    "x-part",
                    "svg",
                    "select",
                    "video",
                    "iframe",
                    "noscript",
                    "script",
                )
            )
            return f"{before}<{tag}{self.attributes()}>{self.line(self.code, 9)}</{tag}>{after}"
        if draw < 0.76:
            return f"<x-card>{text}</x-card>"
        if draw < 0.80:
            return f"<em>{self.line(self.code, 40)}</em>"
        if draw < 0.86:
            return f"{self.line(self.code, 5)}: {self.link()}"
        if draw < 0.92:
            return self.link()
        return f"<b>{before}</b><i{self.attributes()}>{after}</i>"

    def figure(self) -> str:
        """A picture with what may be its caption."""
        caption = self.one(("", self.short(), self.line(self.code, 40) + f" {self.one(CREDITS)}", self.paragraph()))
        return self.one((
            f"<figure>{self.image()}<figcaption>{caption}</figcaption></figure>",
            f"<figure>{self.image()}{self.image()}<figcaption>{caption}</figcaption><figcaption>b</figcaption></figure>",
            f"<figure{self.attributes()}>{self.image()}<p>{caption}</p></figure>",
            f"<figure><video poster='/v.jpg'></video><figcaption>{caption}</figcaption></figure>",
            f"<figure><iframe src=/x></iframe><figcaption>{caption}</figcaption></figure>",
            f"<p>{self.image()}<em>{caption}</em></p>", f"<center>{self.image()}<br>{caption}</center>",
            f"<p>{self.image()}</p><p style='text-align:center'><i>{caption}</i></p>", f"<div>{self.image()}{caption}</div>",
            f"<div{self.attributes()}>{self.image()}</div><div class=caption>{caption}</div>", f"<p>{caption}{self.image()}</p>",
            f"<table><tr><td>{self.image()}</td></tr><tr><td>{caption}</td></tr></table>",
            f"<table><tr><td>{self.image()}</td><td>{self.image()}</td></tr><tr><td>{caption}</td><td>c</td></tr></table>",
            f"<a href=/en/x>{self.image()}</a>",
        ))  # fmt: skip

    def block(self, depth: int = 0) -> str:
        """Something between two paragraphs."""
        draw = self.draw()
        if draw < 0.2:
            return f"<p{self.attributes()}>{self.inline()}</p>"
        if draw < 0.38:
            return self.figure()
        if draw < 0.46:
            tag = self.one(("ul", "ol", "div", "section", "aside"))
            items = [
                self.link() if self.draw() < 0.7 else self.line(self.code, 9) for _ in range(1 + int(self.draw() * 4))
            ]
            inner = "".join(f"<li>{item}</li>" if tag in ("ul", "ol") else f"<p>{item}</p>" for item in items)
            heading = f"<h3>{self.line(self.code, 12)}</h3>" if self.draw() < 0.3 else ""
            return f"{heading}<{tag}{self.attributes()}>{heading if self.draw() < 0.3 else ''}{inner}</{tag}>"
        if draw < 0.54:
            cell = self.one(("td", "td", "th"))
            rows = "".join(
                "<tr>"
                + "".join(
                    f"<{cell}>{self.line(self.code, 3 + int(self.draw() * 20))}</{cell}>"
                    for _ in range(1 + int(self.draw() * 3))
                )
                + "</tr>"
                for _ in range(1 + int(self.draw() * 3))
            )
            stray = self.one(("", "", "", "stray", f"<caption>{self.line(self.code, 10)}</caption>"))
            return f"<table>{stray}{rows}</table>"
        if draw < 0.58:
            return f"<blockquote{self.attributes()}>{self.inline()}</blockquote>"
        if draw < 0.64:
            level = 1 + int(self.draw() * 4)
            return f"<h{level}{self.attributes()}>{self.one((self.link(), self.line(self.code, self.length()), self.title))}</h{level}>"
        if draw < 0.72 and depth < 3:
            tag = self.one(
                ("div", "section", "aside", "article", "footer", "nav", "form", "details", "header", "x-box", "td")
            )
            return f"<{tag}{self.attributes()}>{''.join(self.block(depth + 1) for _ in range(1 + int(self.draw() * 3)))}</{tag}>"
        if draw < 0.78:
            return self.one(
                (
                    "<div class=player>0:00 / 1:20</div>",
                    "<video controls>no video</video>",
                    "<amp-ad>Buy</amp-ad>",
                    "<ins class=adsbygoogle>Buy</ins>",
                    "<button>Share</button>",
                    "<object>old</object>",
                )
            )
        if draw < 0.84:
            return self.line(self.code, self.length())
        if draw < 0.90:
            return f"<div{self.attributes()}>{self.link()}</div>"
        if draw < 0.95:
            return f'<p>{self.one(LABELS)}: <a href="{self.one(ADDRESSES)}">{self.line(self.code, 20)}</a></p>'
        return f'<div class="{self.one(DATED)}">{self.one(DATES)}</div>'

    def data(self) -> str:
        """The page's JSON-LD."""
        kind = self.one(
            (
                "NewsArticle",
                "Article",
                ["Article", "Thing"],
                "https://schema.org/NewsArticle",
                "WebPage",
                "Organization",
                "schema:BlogPosting",
            )
        )
        found: dict[str, Any] = {"@type": kind}
        for key, values in (
            ("headline", (self.title, self.title + " - Vietnam.vn", "Another thing", [self.title])), ("datePublished", DATES),
            ("dateModified", DATES), ("dateCreated", DATES), ("description", (self.line(self.code, 60), "")),
            ("author", ("An Nguyen", {"name": "By Le Mau"}, [{"name": "A B"}, {"name": "C D"}], {"@id": "#an"}, "https://x.example")),
            ("publisher", ({"name": "Báo Ví Dụ"}, "Vietnam.vn", {"name": ["B"]})), ("keywords", ("a, b", ["a", "b"], ["a,b"])),
            ("articleSection", ("News", ["Sea", "News"])), ("commentCount", (3, "4", -1, True)), ("mainEntityOfPage", (URL, {"@id": URL}, "https://khac.example/")),
        ):  # fmt: skip
            if self.draw() < 0.45:
                found[key] = self.one(values)
        other = {"@type": "NewsArticle", "headline": "Something else", "url": "https://khac.example/x"}
        whole: Any = self.one(
            (
                found,
                [found],
                [other, found],
                {"@graph": [other, found]},
                {"@graph": [{"@id": "#an", "name": "An"}, found]},
            )
        )
        text = json.dumps(whole, ensure_ascii=self.draw() < 0.5)
        text = self.one(
            (
                text,
                text,
                text,
                f"<!--{text}-->",
                text[:-1] + ",}" if text.endswith("}") else text,
                text + ";",
                text.replace('"', "&quot;"),
                f"/*<![CDATA[*/{text}/*]]>*/",
            )
        )
        return f'<script type="application/ld+json">{text}</script>'

    def head_of_page(self) -> str:
        """The head."""
        parts = (
            [f"<title>{self.title}{self.one(('', ' - Vietnam.vn', ' | Báo Ví Dụ', ' – The Daily'))}</title>"]
            if self.draw() < 0.8
            else []
        )
        for _ in range(int(self.draw() * 4)):
            parts.append(
                f'<meta {self.one(("name", "property", "itemprop"))}="{self.one(METAS)}" content="{self.one(DATES)}">'
            )
        for name, values in (
            ("og:title", (self.title, self.title + " | Vietnam.vn", "Another title of a page", "")), ("og:type", ("article", "Article", "article", "article", "website")),
            ("og:site_name", ("Báo Ví Dụ", "The Daily", "Vietnam.vn")), ("author", PEOPLE), ("article:author", PEOPLE), ("keywords", ("a, b,c", "một，hai")),
            ("description", (self.line(self.code, 80), "Vietnam.vn - x", "Nền tảng quảng bá Việt Nam")), ("og:description", (self.line(self.code, 90), self.paragraph())),
            ("article:tag", ("Huế", "#Biển")), ("article:section", ("News", " ")), ("og:url", (URL, "http://[x")), ("news_keywords", ("d, e",)),
        ):  # fmt: skip
            if self.draw() < (0.7 if name == "og:type" else 0.3):
                parts.append(f'<meta property="{name}" content="{self.one(values)}">')
        if self.draw() < 0.3:
            parts.append(
                '<link rel="canonical" href="/en/cho-ca-ben-cang"><link rel="alternate" hreflang="fr_FR" href="/fr/marche">'
            )
        if self.draw() < 0.5:
            parts.append(self.data())
        return "".join(parts)

    def dated(self) -> str:
        """A byline with a date, if there is one."""
        draw, day = self.draw(), self.one(DATES)
        if draw < 0.2:
            return f"<time{self.one(('', f' datetime={chr(34)}{self.one(DATES)}{chr(34)}', ' class=updated', ' itemprop=datePublished'))}>{day}</time>"
        if draw < 0.35:
            return f'<{self.one(("span", "div", "p"))} class="{self.one(DATED)}">{self.one(("", "Updated ", "Published "))}{day}</div>'
        if draw < 0.45:
            return f'<div class="{self.one(AUTHORED)}"><a{self.one((" rel=author", "", " itemprop=author"))}>{self.one(PEOPLE)}</a> {day}</div>'
        if draw < 0.55:
            return f"<p>{self.one(NAMES)} {day}</p>"
        if draw < 0.62:
            return f'<span class="{self.one(AUTHORED)}">{self.one(PEOPLE)}</span>'
        return f"<div>Báo Ví DụBáo Ví Dụ{day}</div>" if draw < 0.68 else ""

    def page(self) -> str:
        """The whole page."""
        heading = self.one(
            (
                f"<h1>{self.title}</h1>",
                f"<h1>{self.title}</h1>",
                f"<header><h1>{self.title}</h1>{self.dated()}</header>",
                "<h1>Báo Ví Dụ</h1>",
                f"<h1>News</h1><h1>{self.title}</h1>",
                f"<h2>{self.title}</h2>",
            )
        )
        crumbs = self.one(
            (
                "",
                '<nav class="breadcrumb"><a href=/>Home</a><a href=/en/sea>Sea</a></nav>',
                '<ul class="breadcrumbs"><li><a href=/>Home</a></ul>',
            )
        )
        lead = self.one(
            (
                "",
                f"<p class=sapo>{self.paragraph()}</p>",
                f"<div>{self.paragraph()}</div>",
                f"<h2>{self.line(self.code, 80)}</h2>",
            )
        )
        body = "".join(
            f"<p>{self.paragraph()}</p>" + "".join(self.block() for _ in range(int(self.draw() * 4)))
            for _ in range(2 + int(self.draw() * 5))
        )
        source = self.one(
            (
                "",
                f"<p>{self.one(LABELS)}: {self.one(ADDRESSES)}</p>",
                f'<p><a href="{self.one(ADDRESSES)}">{self.one(LABELS)}</a></p>',
            )
        )
        below = "".join(self.one((
            f"<div class=comments>{self.one(('Comment (0)', 'Talvekin (3)', 'Bình luận (12)'))}</div>", f"<p>{self.one(LABELS)}: {self.one(ADDRESSES)}</p>",
            f"<div class=related><h3>{self.link()}</h3>{self.dated()}</div>", f"<a href=/en/tag/bien/{self.one(('', ' rel=tag'))}>Biển</a>", "<span>Comment (2)</span>",
            f"<article><h2>{self.link()}</h2><time>{self.one(DATES)}</time><p>{self.paragraph()}</p></article>", f"<footer><a href=/tag/x>x</a> {self.one(DATES)}</footer>",
            f'<p><a href="{self.one(ADDRESSES)}">{self.one(LABELS)}</a></p>', "",
        )) for _ in range(int(self.draw() * 4)))  # fmt: skip
        layout = self.one(LAYOUTS)
        above = f"{heading}{self.dated()}{lead}{self.dated()}"
        inside = layout in ("post-detail-container", "ant-layout-content", "news") and self.draw() < 0.8
        container = f"<div class={layout}>{above if inside else ''}{body}{source}</div>"
        menu = "".join(f"<li>{self.link()}</li>" for _ in range(int(self.draw() * 5)))
        return (
            f"<html lang={self.one(('en', 'de', 'vi', 'fr'))}><head><meta charset=utf-8>{self.head_of_page()}</head><body>"
            f"<header><ul>{menu}</ul>{self.one(('', '<time>2024-01-01</time>'))}</header>{crumbs}<main>{'' if inside else above}{container}{below}</main>"
            "<footer>© 2025</footer></body></html>"
        )


def composed_page(seed: int) -> tuple[bytes, str]:
    """A page and its address."""
    page = Page(seed)
    body = page.page().encode()
    return body, page.one(URLS)
