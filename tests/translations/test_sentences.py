"""Ends of sentences, where the splitter underneath cuts too early or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.languages import LANGUAGES
from pipelines.translations.sentences import cuts, sentence_ends, sentences

# `|` stands where a sentence ends; nothing else of the text is changed.
CASES = [
    ("zh", "大桥去年通车。|2019年开工。|“真快！”渔民说。"),
    ("zh-Hans", "他查了B.C.的资料。|然后回家。"),
    ("zh-Hant", "橋開通了。|“很快吧？”阿明說。|大家笑了。"),
    ("ja", "橋が開通した。|2019年に着工した。|「早い！」"),
    ("fi", "Silta on valmis. |”Hyvä niin”, Aino sanoo. |”Me odotimme kauan.”"),
    ("sv", "Bron är klar. |”Vi väntade länge på det. |Nu kan vi åka”, säger hon. |Sedan gick hon."),
    ("hu", "A híd kész. |„Miért most?” – kérdezte Anna. |Az 5. napon esett."),
    ("vi", "Hội thảo ở TP. Huế đã mở. |GS. Lan và PGS. TS. Minh tới Q. 3. |Giá 28. 000 đồng."),
    ("id", "Kapal tiba. |Tn. Budi dan Ny. Sari menunggu. |Ia senang."),
    ("ms", "Kapal tiba. |En. Ali dan Pn. Siti menunggu di Jln. Laut."),
    ("hi", "पुल बन गया। |डॉ. मीरा आईं। |सब खुश हैं।"),
    ("ar", "وصل د. سامي إلى الميناء. |ثم عاد."),
    ("fr", "Le pont est prêt. |M. Duval et Mme. Roche y sont. |« Enfin ! » dit-elle."),
    ("pl", "Most otwarto w 2015 r. w Gdyni. |Zajął 4. miejsce. |„Dlaczego?” – pyta Ewa."),
    ("tr", "Köprü açıldı. |Bu, ülkenin 45. köprüsü. |“Geldik.” dedi Ayşe."),
    ("cs", "Most má 3. pilíř. |„Proč?“ ptá se Jana. |Stojí u řeky."),
    ("no", "Broen åpner 4. mai. |Den koster mye."),
    ("de", "Er geht in die 4. Klasse. |Am 3. Mai kam er. |Das war alles."),
    ("de", "Die Brücke war lange unmöglich. |2019 begann der Bau."),
    ("en", "She studied at the School of Art. |“I loved the light there,” she said."),
    ("en", "“Is it far?” asked Lan. |He shook his head."),
    ("en", "1. Mend the nets |2. Paint the boat |3. Wait for the tide"),
    ("ko", '다리가 열렸다. |"벌써?" 라고 그가 물었다. |모두 웃었다.'),
    ("nl", "De brug is klaar. |,,Eindelijk'', zegt Anna. |Zij wachtte lang."),
    ("es", "Llegó el barco. |El Sr. Ruiz y la Dra. Gil bajaron. |¿Quién más?"),
    ("uk", "Міст відкрили у 2019 р. на річці. |Він довгий."),
    ("th", "สะพานเปิดแล้ว เมื่อวานนี้"),
]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_where_sentences_end(language, marked):
    """Each text is cut where it is marked, and nowhere else."""
    assert sentences(marked.replace("|", ""), language) == tuple(part.strip() for part in marked.split("|"))


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_one_function_counts_and_splits(language, marked):
    """As many sentences are counted as are split, but for a last one without a mark; the cuts lie between them."""
    text = marked.replace("|", "")
    parts = sentences(text, language)
    assert len(parts) - sentence_ends(text, language) in (0, 1)
    ends = [place for place, weight in cuts(text, language) if weight == 1]
    if language != "th":
        assert len(ends) <= len(parts) - 1
        assert {round(place * len(text)) for place in ends} <= {text.index(part) + len(part) for part in parts}


PIECES = st.sampled_from(
    ["Lan", "the", "2019", "4", "r", "TP", "”", "“", '"', "'", "''", ",,", "«", "»", ".", "!", "?", "...", "。", "1.",
     "2.", "a.", "b.", " ", " ", "  ", "\n", "\n\n", ",", "-", "(", ")", "的", "说", "라고", "é", "S.", "U.S."]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(sorted(LANGUAGES)))
def test_nothing_is_lost_or_added(text, language):
    """Whatever the text, its sentences in a row are the text but for spaces, and none is empty."""
    parts = sentences(text, language)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(parts) or parts == (text,)
    assert 0 <= sentence_ends(text, language) <= len(parts)


def test_half_a_character_costs_nothing():
    """A record may hold a surrogate without its other half, from a page's JSON: the sentences are found around it."""
    assert sentences("Một \ud800 hai. Ba bốn.", "vi") == ("Một \ud800 hai.", "Ba bốn.")
