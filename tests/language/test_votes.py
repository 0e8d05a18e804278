"""Each vote of the ladder is needed: texts that are found by it, and not without."""

from __future__ import annotations

import pytest

from pipelines.language import identify

# The vote without which the text is called another language, the language, and the text.
NEEDED = [
    ("fasttext", "en", "Prime Minister Pham Minh Chinh on"),
    ("cld2", "hr", "Premijer je primio tajlandsku ministricu trgovine"),
    ("cld2", "no", "Bevare og fremme kulturarven i Hội An"),
    ("markers", "en", "Bún chả, phở, nem rán and bánh cuốn are the"),
    ("ngrams", "es", "Médicos del hospital Chợ Rẫy salvan a un paciente en estado crítico"),
    ("ngrams_unknown", "pt", "Preservando a alma do canto Ca Trù"),
    ("rare", "nl", "Groen toerisme in Quảng Nam"),
]


@pytest.mark.parametrize(("vote", "code", "text"), NEEDED)
def test_each_vote_is_needed(vote: str, code: str, text: str) -> None:
    """With all of them it is found."""
    assert identify(text).language == code, vote
