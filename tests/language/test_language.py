"""Claims, ties, too little text, mixed articles and the line shown to people."""

from __future__ import annotations

import json
from dataclasses import replace

import langdetect
import pytest
from labelled_set import paragraphs

from pipelines import HtmlPage, extract
from pipelines.extraction.extractor import ExtractionOptions
from pipelines.language import (
    DEFAULTS,
    TIES,
    LanguageFinding,
    _langdetect,
    _seconded,
    agreement,
    identify,
    summary,
)
from pipelines.models import Article
from pipelines.untranslated import untranslated


def _found(language):
    return LanguageFinding(language=language, script=None, score=1.0, detector="vote")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "1.234.567 VND; 12/9/2025",
        "10.000 20.000 30.000 VND/kg",
        "GDP 2025: 8,02%",
        "https://www.vietnam.vn/fr/mot-bai-viet-dai-ve-ca-phe",
        "banbientap@vietnam.vn 024.3822.1234",
        "vnews.gov.vn",
        "bna__dsc7263.jpg",
        "12 Trần Hưng Đạo, Hoàn Kiếm, Hà Nội",
        "18 Ly Thuong Kiet, Hoan Kiem, Hanoi",
        "Nguyễn Văn Toàn, Trần Quốc Hưng, Lê Thị Thúy Hằng",
        "Ảnh: Nguyễn Hoàng/TTXVN",
        "Photo: VNA",
        "사진: VNA",
        "图片：越通社",
        "รูปภาพ: VNA",
        "Infographic",
        "403 Forbidden",
        "def main():\n    return [x for x in range(10)]",
        "import os\nfor name in os.listdir(path):\n    print(name)",
        "<div class='post'>Hello</div>",
        "SELECT title FROM articles WHERE id = 3;",
        "asdf qwer zxcv hjkl",
        "越南股市大跌",  # the same in both scripts of Chinese
        "😀😀😀",
    ],
)
@pytest.mark.parametrize("claims", [(), ("fr",), ("ms", "ms")])
def test_too_little_text_gives_no_language(text, claims):
    """Captions, numbers, addresses, code and names alone give no language but a reason, whatever is claimed."""
    finding = identify(text, claims=claims)
    assert (finding.language, finding.score, finding.detector) == (None, 0.0, "none")
    assert finding.reason
    assert agreement(finding, "fr") is None


@pytest.mark.parametrize(
    ("text", "language", "script", "detector"),
    [
        ("ດານັງຕ້ອນຮັບເຮືອທ່ອງທ່ຽວລຳທຳອິດ", "lo", "Laoo", "script"),
        ("តម្លៃមាសថ្ងៃនេះកើនឡើង", "km", "Khmr", "script"),
        ("ดานังต้อนรับเรือสำราญลำแรก", "th", "Thai", "script"),
        ("다낭, 올해 첫 크루즈선 맞이", "ko", "Hang", "script"),
        ("ダナン、今年初のクルーズ船を歓迎", "ja", "Jpan", "script"),
        ("岘港迎来今年首艘邮轮", "zh-Hans", "Hans", "letters"),
        ("峴港迎來今年首艘郵輪", "zh-Hant", "Hant", "letters"),
        ("日越外相会談", "ja", "Jpan", "letters"),
        ("越日首脳会談", "ja", "Jpan", "letters"),
        ("Giữ hồn ca trù", "vi", "Latn", "letters"),
        ("Да Нанг встретил первый круизный лайнер", "ru", "Cyrl", "vote"),
        ("Turistene strømmer tilbake til kysten", "no", "Latn", "vote"),
    ],
)
def test_the_rung_of_the_ladder_that_decides(text, language, script, detector):
    """Script and letters settle what they can; the detectors vote on the rest."""
    finding = identify(text)
    assert (finding.language, finding.script, finding.detector) == (language, script, detector)
    assert 0.5 <= finding.score <= 1.0


def test_the_second_opinion_is_named_where_it_turns_the_vote():
    """`langdetect` decided where the vote without it has no or another language; a clear vote is not put to it."""
    title = "Preservare l'anima del canto Ca Trù"
    paragraphs_alone = replace(DEFAULTS, short_length=0)  # the n-grams know it themselves
    with_it = identify(title, options=paragraphs_alone)
    without = identify(title, options=replace(paragraphs_alone, second_opinion=False))
    assert (with_it.language, with_it.detector) == ("it", "langdetect")
    assert without.language != "it"
    clear = paragraphs()["fr"][0]
    assert identify(clear) == identify(clear, options=replace(DEFAULTS, second_opinion=False))


def test_the_second_opinion_abstains_on_what_it_does_not_know():
    """Nothing to read gives no opinion; Malay, which it lacks, stands level with Indonesian; an unknown leader wins."""
    assert _langdetect("123 456", "Latn") == {}
    opinion = _langdetect("Kerajaan mahu kereta elektrik kerana harga minyak naik", "Latn")
    assert opinion["ms"] == opinion["id"] == max(opinion.values())
    votes = {"xx": -1.0, "fr": -1.5, "de": -4.0}
    assert _seconded(votes, "xx", {"fr": 1.0, "de": 0.0}, 0.75, DEFAULTS) == votes
    votes = {"fr": -1.0, "xx": -1.5, "de": -4.0}
    seconded = _seconded(votes, "fr", {"fr": 0.2, "de": 0.8}, 0.75, DEFAULTS)
    assert seconded["fr"] - seconded["xx"] == pytest.approx(0.5)
    assert seconded["fr"] - seconded["de"] < 3.0


def test_the_seed_of_the_second_opinion_is_its_own(monkeypatch):
    """A seed that another part of the program gives langdetect changes nothing, and is left as it was."""
    text = "Hội An nova tura"
    expected = _langdetect(text, "Latn")
    for seed in (None, 1, 2):
        monkeypatch.setattr("langdetect.DetectorFactory.seed", seed)
        assert _langdetect(text, "Latn") == expected
        assert langdetect.DetectorFactory.seed is seed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Đà Nẵng Đón Tàu Du Lịch Đầu Tiên Trong Năm", "vi"),
        ("Thủ Tướng Tiếp Bộ Trưởng Thương Mại Thái Lan", "vi"),
        ("Nguyễn Văn An, Trần Thị Bình, Lê Hoàng Nam, Phạm Thị Hương", None),
        ("Prime Minister Phạm Minh Chính Receives Guests In Đà Nẵng", "en"),
    ],
)
def test_a_vietnamese_title_with_every_word_capitalised(text, language):
    """Seven capitalised Vietnamese words in a row are a title; a list of names is none, nor an English title."""
    assert identify(text).language == language


def test_one_detector_settles_a_long_article_that_agrees():
    """Where CLD2 is sure of a long text and the claim is the same, nothing else is asked."""
    text = "\n\n".join(paragraphs()["fr"])
    assert identify(text, claims=("fr",)).detector == "cld2"


def test_without_a_claim_the_other_detectors_are_asked_of_a_mixed_text():
    """A third of it in another language: what CLD2 says of the rest settles it only where the page claims the same."""
    english = (
        "The Ministry of Culture said on Tuesday that the festival would bring together artists of many provinces. "
    )
    french = "Le ministère a déclaré mardi que le festival réunirait des artistes de nombreuses provinces. "
    text = english * 6 + french * 4
    assert identify(text).detector == "vote"
    assert identify(text, claims=("en",)).detector == "cld2"
    assert identify(english * 10).detector == "cld2"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("FPT buka pusat kecerdasan buatan di Quy Nhon", "id"),
        ("FPT buka pusat kecerdasan buatan di Quy Nhon", "ms"),
        ("Vláda schválila nový plán rozvoje", "cs"),
        ("Unge bønder i Lâm Đồng satser digitalt", "no"),
        ("Unge bønder i Lâm Đồng satser digitalt", "da"),
    ],
)
def test_a_claim_breaks_a_tie_between_near_neighbours(text, claim):
    """A title that could be either of two near neighbours is given the claimed one, and the record says so."""
    finding = identify(text, claims=(claim,))
    assert finding.language == claim
    alone = identify(text)
    assert finding.detector == ("vote" if alone.language == claim else "vote+claim")


def test_a_tie_is_broken_at_least_once_by_the_claim():
    """One title is given to both neighbours in turn, so one of the two claims has decided."""
    title = "FPT buka pusat kecerdasan buatan di Quy Nhon"
    detectors = {identify(title, claims=(claim,)).detector for claim in ("id", "ms")}
    assert detectors == {"vote", "vote+claim"}


@pytest.mark.parametrize("claim", ["fr", "pt", "en", "vi", "zh-cn", "gibberish"])
def test_no_claim_helps_outside_the_ties(claim):
    """Claims outside the listed neighbours leave even a short title's finding as it is."""
    title = "Turismo verde en Quảng Nam"
    assert not any("es" in tie for tie in TIES)
    assert identify(title, claims=(claim,)) == identify(title)


def test_the_claim_is_kept_apart_from_the_finding():
    """A whole page left in Vietnamese under /fr/ is Vietnamese, and does not agree."""
    finding = identify("\n\n".join(paragraphs()["vi"]), claims=("fr", "fr"))
    assert finding.language == "vi"
    assert agreement(finding, "fr", "fr") is False


def test_an_article_left_mostly_in_vietnamese_is_vietnamese():
    """The larger part decides, and its share is the score."""
    vietnamese, french = paragraphs()["vi"], paragraphs()["fr"]
    finding = identify("\n\n".join([*vietnamese, french[0], *vietnamese]), claims=("fr",))
    assert finding.language == "vi"
    assert 0.5 < finding.score < 1.0


@pytest.mark.parametrize(
    ("found", "claims", "verdict"),
    [
        ("fr", ("fr",), True),
        ("fr", ("fr", "fr-FR"), True),
        ("fr", ("fr", "vi"), False),
        ("fr", (None, "fr"), True),
        ("fr", (None, None), None),
        ("fr", ("", "x-default"), None),
        ("fr", (), None),
        (None, ("fr",), None),
        ("zh-Hans", ("zh-cn", "zh-Hans-CN"), True),
        ("zh-Hans", ("zh",), True),
        ("zh-Hant", ("zh-tw", "zh"), True),
        ("zh-Hant", ("zh-cn",), False),
        ("no", ("nb",), True),
        ("he", ("iw",), True),
        ("id", ("in",), True),
        ("tl", ("fil",), True),
        ("tl", ("tl",), True),
        ("vi", ("vi-VN", "vi"), True),
        ("pt", ("pt_BR",), True),
    ],
)
def test_agreement(found, claims, verdict):
    """True only where every declared claim agrees, null where nothing is declared or found."""
    assert agreement(_found(found), *claims) is verdict


def test_untranslated_of_an_unknown_language_is_empty():
    """Nothing is foreign to an article whose language is not known."""
    assert untranslated(paragraphs()["vi"], None) == ()


def test_untranslated_in_a_vietnamese_article():
    """In the Vietnamese original a paragraph left in English is listed, the Vietnamese ones are not."""
    assert untranslated([*paragraphs()["vi"], paragraphs()["en"][0]], "vi") == (4,)


def test_near_neighbours_are_not_called_untranslated():
    """An Indonesian paragraph in a Malay article is no alarm: the two are too close for that."""
    assert untranslated([*paragraphs()["ms"], paragraphs()["id"][2]], "ms") == ()


def test_hostile_text():
    """Control characters, lone surrogates, endless words and markup neither raise nor hang."""
    for text in (
        "\x00\x01\x02 bonjour",
        "\ud800 le monde entier",
        "a" * 100_000,
        "<" * 50_000,
        "é" * 20_000,
        "\u202e abc",
    ):
        assert identify(text).score <= 1.0
        assert untranslated([text], "fr") in ((), (0,))


def _article(**values):
    return Article(url=None, extractor="test", extractor_version="1", **values)


def test_summary():
    """One line names the finding, its score and detector, and whether the claims agree."""
    article = _article(
        language="vi", language_score=1.0, language_detector="letters", url_language="fr", html_language="fr",
        language_agrees=False,
    )  # fmt: skip
    assert summary(article) == "language: vi 1.00 (letters), DISAGREES with address fr, html fr"
    assert summary(_article()) == "language: unknown 0.00 (none), nothing declared"


@pytest.mark.parametrize(("code", "corpus"), [("fr", "fra_Latn"), ("zh-Hant", "zho_Hant"), ("no", "nob_Latn")])
def test_corpus_code_of_a_finding(code, corpus):
    """A finding gives the form corpora use."""
    assert LanguageFinding(language=code, script=None, score=1.0, detector="vote").corpus == corpus


def test_real_excerpts(shared_dir):
    """The interview of the seeds is found in its five languages, and every long paragraph of it."""
    files = sorted((shared_dir / "gold").glob("*.json"))
    assert len(files) == 5
    for file in files:
        gold = json.loads(file.read_text(encoding="utf-8"))
        finding = identify("\n\n".join(gold["paragraphs"]), claims=(gold["language"],))
        assert finding.language == gold["language"]
        assert untranslated(gold["paragraphs"], gold["language"]) == ()
        long = [p for p in gold["paragraphs"] if len(p) > 60]
        assert len(long) >= 15
        assert {identify(p).language for p in long} == {gold["language"]}


@pytest.mark.parametrize(
    "text",
    [
        "★★★★☆ der Hafen ★★★★★★★★★★★★ die Boote ★★★★★★★★★★★ und das Wasser ★★★★★★★★★★★★★★★★★★★★★★★★",
        "★★★★★★★★★★ A ★★★★★★★★★★",
        "Wetter: +21 °C ... +24 °C ... +19 °C ... Wind 3,5 m/s ... Regen 0,3 mm ... 12,5 mm ... 7:30 ... 9:45 ...",
    ],
)
def test_what_is_mostly_no_words_has_no_language(text: str) -> None:
    """Tables of figures and rows of signs: a few words among them are no ground for a language."""
    finding = identify(text)
    assert (finding.language, finding.reason) == (None, "mostly not words")
    words = " ".join(word for word in text.split() if word.isalpha())
    assert identify(words).reason != "mostly not words"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("사진은 어제 항구(부산)에서 찍은 것이다(1면).", "ko"),
        ("이 배(45)와 저 배(33)는 내일 떠난다.", "ko"),
        ("港(みなと)の祭り(まつり)は明日(あす)です。", "ja"),
        ("Πότε φεύγει το πλοίο; Ποιος το ξέρει; Εσύ;", "el"),
        ("El puerto[1] abre[2] mañana[3] a las ocho.", "es"),
        ("नदी किनारे", "hi"),
        ("Tickets cost $5, $8 or $12 ($20 for two).", "en"),
    ],
)
def test_signs_of_prose_are_no_code(text: str, language: str) -> None:
    """Brackets without a space, the Greek question mark, footnotes, sums and words with vowel signs are prose."""
    finding = identify(text)
    assert finding.reason not in ("code or markup", "too little text besides names")
    assert finding.language in (language, None if len(text) < 12 else language)


def test_code_points_that_are_no_characters_cost_nothing_but_themselves():
    """CLD2 refuses a text that holds one."""
    assert identify("\U0001fffe The boats came home before noon, and the buyers were waiting at the old mole." * 3)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Il-gvern se jibni port ġdid għas-sajjieda", "mt"),
        ("O goberno construirá un novo porto para os pescadores", "gl"),  # near Portuguese, and hardly likelier
        ("Көймәләр кайтты", "tt"),
        ("Кайыктар кайтып келди", "ky"),
        ("Gwamnati za ta gina sabuwar tashar jiragen ruwa", None),  # Hausa, which fastText does not know
        ("Gwamnati za ta gina", None),  # four words
        ("Gouvènman an pral konstwi yon nouvo pò pou pechè yo", None),  # Haitian, which it hardly knows
        ("Pamarentah bakal mbangun pelabuhan anyar kanggo para nelayan", "id"),  # CLD2 is not sure that it is Javanese
        ("Ka hangaia e te kawanatanga he wapu hou", "mi"),  # the n-grams know Maori themselves
    ],
)
def test_a_language_outside_the_table_is_named_where_two_detectors_know_it(text, language):
    """CLD2, sure of it, and fastText, which gives it a tenth at least; what CLD2 alone believes in is left open."""
    finding = identify(text)
    assert finding.language == language
    if language is None:
        assert finding.reason == "in a language outside the table, or the detectors do not agree"
    else:
        assert finding.detector == "vote"


def test_fewer_words_of_a_stranger_are_put_to_the_vote():
    """Three words are too few to say that they are in no language of the table."""
    assert identify("Bato yo tounen").reason == "the detectors do not agree"


def test_a_long_text_of_a_stranger_needs_half_the_probability():
    """No n-grams are asked there: three are named, not their neighbours; Haitian, which is hardly known, is not."""
    luxembourgish = "D'Regierung wëll en neien Hafe fir d'Fëscher bauen. D'Schëffer sinn zréck. "
    malagasy = "Hanorina seranan-tsambo vaovao ho an'ny mpanjono ny fanjakana. Tonga ny sambo. "
    galician = "O goberno construirá un novo porto para os pescadores. Os barcos volveron ao porto esta mañá. "
    assert [identify(text * 4).language for text in (luxembourgish, malagasy, galician)] == ["lb", "mg", "gl"]
    haitian = "Gouvènman an pral konstwi yon nouvo pò pou pechè yo, epi bato yo tounen nan maten nan ansyen pò a. "
    assert identify(haitian * 3).language != "ht"


def test_a_language_that_only_the_ngrams_know_is_weighed():
    """Zulu: neither CLD2 nor fastText names it for two words, and the n-grams fit no other so well."""
    assert identify("Izikebhe zibuyile").language == "zu"


@pytest.mark.parametrize(
    "text",
    [
        "www.example.xyz/the-boats-come-back-to-the-old-harbour",
        "https://example.xyz/the-boats-come-back-to-the-old-harbour",
        "thuyenvebencangcuvaobuoisom@harbour.example",
    ],
)
def test_words_within_an_address_are_no_text(text):
    """Each form of it, alone in the line."""
    assert identify(text).reason == "no letters"


def test_without_identification_the_claim_stands_and_has_no_score():
    """For benchmarks of extraction alone: nothing is said to be found."""
    page = "<html lang=fr><h1>Le port</h1><div class=post-detail-body><p>Les bateaux reviennent ce matin au port.</p>"
    options = ExtractionOptions(identify_language=False)
    for url, code in (("https://www.vietnam.vn/fr/le-port", "fr"), ("https://www.vietnam.vn/de/le-port", "de")):
        found = extract(HtmlPage(body=page.encode(), url=url), options)
        assert (found.language, found.language_score, found.language_detector) == (code, 0.0, "none")
