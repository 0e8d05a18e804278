"""Near duplicates of a store, where they are computed for one question: nothing is stored, and progress is told."""

from __future__ import annotations

import pytest
from making_articles import make_article

from pipelines.record import COPIES
from pipelines.storage import Store, copies
from pipelines.storage.copies import duplicates_of, sign

pytest.importorskip("rensa", reason="the extra batch is not installed")

SEEN = "2025-11-01T00:00:00Z"
BODY = "Chợ nổi Cái Răng mở cửa từ sáng sớm, có một nghìn chiếc ghe ghé bến mỗi ngày trong mùa nước."


def fill(store: Store, number: int) -> None:
    """Copies of one text, and one of another."""
    with store.transaction():
        for at in range(number):
            body = BODY if at else "Một câu chuyện khác hẳn về làng gốm bên sông, nơi lò nung đỏ lửa suốt đêm dài."
            store.add(make_article(f"s{at}", "vi", paragraphs=(body,), kinds=("paragraph",)), seen_at=SEEN)


@pytest.mark.parametrize(("number", "told"), [(1, []), (2, [2]), (5, [2, 4])])
def test_progress_is_told_now_and_then(
    number: int, told: list[int], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the texts that lack a signature; with all of them there is nothing to read."""
    monkeypatch.setattr(copies, "_OFTEN", 2)
    fill(store, number)
    seen: list[int] = []
    found = store.read(lambda connection: duplicates_of(connection, store._read_row, progress=seen.append))
    assert seen == told
    sizes = sorted(cluster[1] for cluster in (found.of(at + 1) for at in range(number)) if cluster)
    assert sizes == sorted([1] + [number - 1] * (number - 1))
    assert store.unmeasured(COPIES) == number  # nothing is kept of it
    sum(store.measure(names=COPIES))
    store.read(lambda connection: duplicates_of(connection, store._read_row, progress=seen.append))
    assert seen == told


@pytest.mark.parametrize(
    ("text", "joins"), [("một hai ba bốn năm", False), ("một hai ba bốn năm sáu", True), ("", False)]
)
def test_a_line_joins_no_articles(text: str, joins: bool) -> None:
    """Fewer than six words are a contact, or say that there is no text."""
    assert sign(text)[0] is joins
