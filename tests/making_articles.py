"""Articles of our own making for tests of storing and exporting."""

from __future__ import annotations

from typing import Any

from pipelines.models import Article, Image, Stripped

TEXTS: dict[str, tuple[str, ...]] = {
    "vi": ("Chợ nổi Cái Răng mở cửa từ sáng sớm.", "Năm 2025, có 1.200 chiếc ghe ghé bến mỗi ngày."),
    "fr": ("Le marché flottant de Cái Răng ouvre à l'aube.", "En 2025, 1 200 barques y accostent chaque jour."),
    "en": ("The Cái Răng floating market opens at dawn.", "In 2025, 1,200 boats moor there every day."),
    "ja": ("カイラン水上市場は夜明けに開きます。", "2025年には毎日1200隻の舟が集まります。"),
    "th": ("ตลาดน้ำก๋ายรังเปิดตั้งแต่เช้ามืด", "ในปี 2025 มีเรือ 1,200 ลำจอดทุกวัน"),
    "ar": ("يفتح سوق كاي رانغ العائم عند الفجر.", "في عام 2025 يرسو هناك 1200 قارب كل يوم."),
    "ru": ("Плавучий рынок Кайранг открывается на рассвете.", "В 2025 году сюда ежедневно причаливает 1200 лодок."),
    "hi": ("काई रांग का तैरता बाज़ार भोर में खुलता है।", "2025 में यहाँ रोज़ 1200 नावें आती हैं।"),
}
SCRIPTS = {
    "vi": "Latn",
    "fr": "Latn",
    "en": "Latn",
    "ja": "Jpan",
    "th": "Thai",
    "ar": "Arab",
    "ru": "Cyrl",
    "hi": "Deva",
}


def make_article(slug: str = "cho-noi-cai-rang", language: str = "fr", **changes: Any) -> Article:
    """A whole article at its own address; `changes` replace fields."""
    prefix = "" if language == "vi" else f"/{language}"
    values: dict[str, Any] = {
        "url": f"https://www.vietnam.vn{prefix}/{slug}",
        "host": "www.vietnam.vn",
        "slug": slug,
        "url_language": language,
        "html_language": language,
        "language": language,
        "language_script": SCRIPTS.get(language),
        "language_score": 0.98,
        "language_detector": "test",
        "language_agrees": True,
        "title": {"vi": "Chợ nổi", "fr": "Le marché flottant"}.get(language, "Cái Răng"),
        "lead": None,
        "paragraphs": TEXTS.get(language, ()),
        "kinds": ("paragraph", "heading"),
        "untranslated": (),
        "images": (Image(src="https://vstatic.vietnam.vn/a.jpg", alt="Chợ nổi", caption=None),),
        "publisher": "Báo Cần Thơ",
        "published": "2025-10-23",
        "source_url": f"https://baocantho.com.vn/{slug}.html",
        "tags": ("du lịch",),
        "comment_count": 0,
        "alternates": {"vi": f"https://www.vietnam.vn/{slug}"},
        "stripped": (Stripped(text="No data", rule="no_data"),),
        "extractor": "test",
        "extractor_version": "1.0",
        "fetched_at": "2025-10-24T01:00:00+00:00",
    }
    return Article(**{**values, **changes})
