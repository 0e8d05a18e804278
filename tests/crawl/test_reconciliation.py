"""The account of a run, and how it ends: from numbers alone."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.audit import Alarm
from pipelines.errors import UsageError, VietnamvnError
from pipelines.exits import Exit
from scraper.ending import RunEnd, end_of_run
from scraper.findings import Findings, Series, details, judge, statistics
from scraper.frontier import PageOutcome
from scraper.reconciliation import AddressRow, DayAccount, SourceDocument, judge_run, reconcile

DAY, NEXT = "2025-10-23", "2025-10-24"


def address(slug: str, language: str = "vi", state: str = "done", outcome: str | None = "ok") -> AddressRow:
    """An address of the ledger."""
    return AddressRow(slug=slug, language=language, state=state, outcome=outcome)


def judged(
    accounts: dict[tuple[str, str], DayAccount] | None = None, tried: dict[str, int] | None = None, **more: Any
) -> RunEnd:
    """The end of a run with usual bounds."""
    bounds = {"blocked_share": 0.2, "layout_share": 0.1, "documents": [], **more}
    return judge_run(accounts={} if accounts is None else accounts, tried=tried or {}, **bounds)  # type: ignore[arg-type]


# ---- the account


def test_days_and_languages_are_told_apart() -> None:
    """In order; a day of which nothing was listed, and one of which the ledger has nothing."""
    found = reconcile(
        {DAY: frozenset({"a"}), NEXT: frozenset({"b"})},
        {DAY: [address("a"), address("a", "fr"), address("a", "en", "pending", None)]},
        original="vi",
    )
    assert list(found) == [(DAY, "en"), (DAY, "fr"), (DAY, "vi"), (NEXT, "vi")]
    assert {key: (one.listed, one.stored, one.left, one.unaccounted) for key, one in found.items()} == {
        (DAY, "en"): (1, 0, 1, 0), (DAY, "fr"): (1, 1, 0, 0), (DAY, "vi"): (1, 1, 0, 0), (NEXT, "vi"): (1, 0, 0, 1)
    }  # fmt: skip
    assert found[DAY, "vi"].holds
    assert not found[NEXT, "vi"].holds


def test_what_is_listed_no_more_is_counted_apart() -> None:
    """Of originals, where the day could be read; translations are in no list."""
    rows = {DAY: [address("cu"), address("cu", "fr"), address("a")]}
    found = reconcile({DAY: frozenset({"a"})}, rows, original="vi")
    assert (found[DAY, "vi"].listed, found[DAY, "vi"].delisted) == (1, 1)
    assert (found[DAY, "fr"].listed, found[DAY, "fr"].delisted) == (1, 0)
    unread = reconcile({}, rows, original="vi")[DAY, "vi"]
    assert (unread.listed, unread.delisted) == (2, 0)


def test_where_the_original_is_not_wanted_its_list_says_nothing() -> None:
    """A run for French alone lacks no Vietnamese address."""
    found = reconcile({DAY: frozenset({"a", "b"})}, {DAY: [address("a", "fr"), address("x")]}, original=None)
    assert {key: (one.listed, one.unaccounted, one.delisted) for key, one in found.items()} == {
        (DAY, "fr"): (1, 0, 0), (DAY, "vi"): (1, 0, 0)
    }  # fmt: skip


def test_a_guess_that_is_none_is_not_listed() -> None:
    """One that is tried yet, is."""
    rows = [address("a", "fr", "failed", "no_translation"), address("b", "fr", "pending", "no_translation")]
    account = reconcile({}, {DAY: rows}, original="vi")[DAY, "fr"]
    assert (account.listed, account.no_translation, account.left) == (1, 1, 1)


def test_an_account_as_json_has_its_sum() -> None:
    """With reasons in order."""
    account = DayAccount(listed=5, stored=1, unchanged=1, failed=Counter({"timeout": 1, "gone": 1}), left=1, delisted=2)
    told = account.to_dict()
    assert told["holds"] is True
    assert list(told["failed"]) == ["gone", "timeout"]
    assert (told["listed"], told["delisted"], told["removed"], told["unaccounted"]) == (5, 2, 0, 0)
    for name in ("stored", "unchanged", "left"):
        assert not DayAccount(**{"listed": 5, "stored": 2, "unchanged": 2, "left": 1, name: 9}).holds


# ---- how it ends

ACCOUNT = {(DAY, "vi"): DayAccount(listed=3, stored=3)}


def test_a_run_with_nothing_left_is_complete() -> None:
    """Where there was nothing to do, that is said."""
    assert judged(ACCOUNT, {"ok": 3}) == RunEnd(code=Exit.DONE, word="complete")
    idle = judged(ACCOUNT)
    assert (idle.code, idle.lines()) == (
        Exit.DONE, ["complete: nothing to do: everything the site lists for these days is already stored"]
    )  # fmt: skip
    assert judged(ACCOUNT, notes=["warning: x"]).reasons[0] == "warning: x"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"accounts": {(DAY, "vi"): DayAccount(listed=2, left=2)}}, 3, "not yet tried: 2; the next run goes on there"),
        (
            {"accounts": {(DAY, "vi"): DayAccount(listed=2, left=2)}, "limited": True},
            3,
            "not yet tried: 2 (--limit reached); the next run goes on there",
        ),
        (
            {"accounts": {(DAY, "fr"): DayAccount(listed=3, failed=Counter({"timeout": 2, "gone": 1}))}},
            3,
            "failed: 1 gone, 2 timeout",
        ),
        ({"accounts": {(DAY, "vi"): DayAccount(listed=2, stored=1)}}, 3, "the sums do not hold: 0 listed addresses"),
        ({"accounts": {(DAY, "vi"): DayAccount(listed=1, unaccounted=1)}}, 3, "the sums do not hold: 1 listed"),
        ({"days_missing": "no day of the window"}, 3, "no day of the window"),
        ({"stopped": "stopped early: x"}, 3, "stopped early: x"),
        ({"stopped": "stopped early: x", "stopped_by_blocks": True}, 4, "stopped early: x"),
        ({"stopped_by_blocks": True}, 0, "nothing to do"),
        ({"tried": {"ok": 8, "blocked": 1, "challenge": 1}}, 0, None),  # a fifth
        ({"tried": {"ok": 7, "blocked": 1, "challenge": 1}}, 4, "2 of 9 pages were blocked or challenged"),
        ({"tried": {"blocked": 1}}, 4, "1 of 1 pages"),
        ({"documents": [SourceDocument(name="day", url="u", outcome="ok", detail="")]}, 0, "nothing to do"),
        (
            {"documents": [SourceDocument(name="day", url="u", outcome="timeout", detail="60 s")]},
            3,
            "day: timeout (60 s)",
        ),
        ({"errors": [VietnamvnError("the disk is full")]}, 1, "the disk is full"),
        ({"interrupted": True}, 130, "what was fetched is stored, the next run goes on there"),
    ],
)
def test_what_lacks_is_the_reason(more: dict[str, Any], code: int, said: str | None) -> None:
    """And decides how the run ended."""
    end = judged(**more)
    assert end.code == code
    if said is None:
        assert end.reasons == ()
    else:
        assert any(reason.startswith(said) for reason in end.reasons), end.reasons


def test_an_account_that_cannot_be_read_is_told() -> None:
    """Nothing is known then: the run is not complete."""
    end = judge_run([], None, {"ok": 1}, blocked_share=0.2, layout_share=0.1)
    assert (end.code, end.word) == (3, "incomplete")
    assert end.reasons == ("what became of the listed addresses could not be read from the store",)


@pytest.mark.parametrize(
    ("given", "code", "word", "last"),
    [
        ({"codes": [Exit.PARTIAL, Exit.BLOCKED]}, 4, "blocked", None),
        ({"errors": [VietnamvnError("a"), VietnamvnError("a")]}, 1, "failed", "a"),
        ({"errors": [UsageError("give another")]}, 2, "not run", "give another"),
        ({"interrupted": True, "errors": [VietnamvnError("a")]}, 130, "interrupted", "what could not be stored is"),
        ({"interrupted": True, "begun": False}, 130, "interrupted", "nothing was begun"),
        ({"begun": False, "errors": [VietnamvnError("a")]}, 1, "not run", "a"),
    ],
)
def test_the_worst_decides(given: dict[str, Any], code: int, word: str, last: str | None) -> None:
    """An error is told once."""
    end = end_of_run(**given)
    assert (end.code, end.word) == (code, word)
    if last is not None:
        assert end.reasons[-1].startswith(last)
        assert sum(reason == last for reason in end.reasons) <= 1


@pytest.mark.parametrize(
    ("end", "lines"),
    [
        (RunEnd(code=Exit.FAILED, word="failed", reasons=("left: 3", "full"), broke=("full",)), ["full"]),
        (
            RunEnd(code=Exit.INTERRUPTED, word="interrupted", reasons=("full", "stored"), broke=("full",)),
            ["full", "interrupted: stored"],
        ),
        (RunEnd(code=Exit.PARTIAL, word="not run", reasons=("held",), broke=("held",)), ["held"]),
        (RunEnd(code=Exit.PARTIAL, word="incomplete"), ["incomplete"]),
        (RunEnd(code=Exit.DONE, word="complete", reasons=("note",)), ["complete: note"]),
    ],
)
def test_what_is_said_at_the_end(end: RunEnd, lines: list[str]) -> None:
    """An error alone, where it ended the run; else each reason, the one that decided last."""
    assert end.lines() == lines


# ---- what a run finds out


def page(outcome: str) -> PageOutcome:
    """What became of a page."""
    return PageOutcome(lease=None, outcome=outcome, detail="so it was", fetched_at="")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "stops"),
    [
        (["blocked"] * 3, "3 pages in a row were blocked (so it was)"),
        (["challenge", "blocked", "challenge"], "3 pages in a row were blocked"),
        (["blocked", "blocked", "ok", "blocked"], None),
        (["timeout"] * 5, "5 pages in a row brought no answer (so it was)"),
        (["timeout"] * 4, None),
        (["timeout", "timeout", "not_found", "timeout", "timeout", "timeout"], None),
        # One that was not asked for says nothing of the site, and each kind is counted for itself.
        (["blocked", "blocked", "offsite", "blocked"], "3 pages in a row were blocked"),
        (["blocked", "timeout", "blocked", "timeout", "blocked"], "3 pages in a row were blocked"),
    ],
)
def test_a_row_of_refusals_ends_the_run(outcomes: list[str], stops: str | None) -> None:
    """Three refusals, or five pages without an answer."""
    series = Series(blocks=3, failures=5)
    said = [series.stop(page(outcome)) for outcome in outcomes]
    assert said[:-1] == [None] * (len(outcomes) - 1)
    if stops is None:
        assert said[-1] is None
    else:
        assert said[-1] is not None
        assert stops in said[-1]
    assert series.is_blocked is (stops is not None and "blocked" in stops)


def test_alarms_are_told_in_a_few_lines() -> None:
    """Five of them, each in a line that ends; how many more there are is told."""
    alarms = [
        Alarm(kind="survived", languages=("fr",), what=f"line {n} " + "x" * 300, articles=9, of=10) for n in range(7)
    ]
    for number, more in ((5, []), (6, ["1 more alarms"]), (7, ["2 more alarms"])):
        notes = Findings(alarms=tuple(alarms[:number])).notes
        assert [f"line {n} " in note for n, note in enumerate(notes[:5])] == [True] * 5
        assert all(len(note) < 240 for note in notes)
        assert [note.partition("texts: ")[2].partition(" are")[0] for note in notes[5:]] == more


def test_articles_that_make_up_languages_are_told() -> None:
    """How many, and the first one."""
    assert Findings(overfull={"bai": 150, "khac": 120}).notes == [
        "warning: 2 articles name more language versions than there can be (the first, bai, 150); "
        "those of languages that are not known are left"
    ]
    assert Findings().notes == []


def options(**more: Any) -> Any:
    """Of a run without bounds."""
    return SimpleNamespace(**{"limit": None, **more})


SHARES = {"VIETNAMVN_BLOCKED_SHARE": 0.2, "VIETNAMVN_LAYOUT_SHARE": 0.1}


@pytest.mark.parametrize(
    ("documents", "more", "code"),
    [
        ([("robots.txt", "ok")], {}, 3),  # no source named a document
        ([("robots.txt", "ok"), ("sitemap index", "ok")], {}, 0),
        ([("robots.txt", "ok")], {"listed": {"2025-10-23": {"a"}}}, 0),
        ([], {}, 0),
    ],
)
def test_a_run_of_which_no_source_knew_anything_is_not_complete(
    documents: list[tuple[str, Any]], more: dict[str, Any], code: int
) -> None:
    """A source that gives nothing is no site without articles."""
    made = [SourceDocument(name=name, url="u", outcome=outcome, detail="") for name, outcome in documents]
    end = judge(Findings(documents=made, **more), {}, {}, options(), SHARES, errors=[], interrupted=False)
    assert end.code == code
    assert ("no source named a document" in " ".join(end.reasons)) is (code == 3)


@pytest.mark.parametrize(("limit", "left", "said"), [(5, 2, True), (None, 2, False), (5, 0, False)])
def test_a_limit_is_named_where_it_was_reached(limit: int | None, left: int, said: bool) -> None:
    """Not where something else was left, or nothing."""
    accounts = {(DAY, "vi"): DayAccount(listed=3, stored=3 - left, left=left)}
    end = judge(Findings(), accounts, {"ok": 1}, options(limit=limit), SHARES, errors=[], interrupted=False)
    assert ("(--limit reached)" in " ".join(end.reasons)) is said


def test_the_manifest_tells_all_that_was_found_out() -> None:
    """What could not be read is null, never 0."""
    document = SourceDocument(name="day", url="u", day=DAY, outcome="timeout", detail="60 s")
    found = Findings(documents=[document], not_articles=4)
    accounts = {(DAY, "vi"): DayAccount(listed=2, stored=1, failed=Counter({"timeout": 1}))}
    told = details(found, accounts, {"timeout": 1, "ok": 1}, {"new": 1, "removed": 7})
    assert list(told["tried"]) == ["ok", "timeout"]
    assert told["texts"] == {"new": 1, "revision": 0, "unchanged": 0}
    assert told["documents"] == [{"name": "day", "url": "u", "day": DAY, "outcome": "timeout", "detail": "60 s"}]
    assert told["not_articles_by_address"] == 4
    assert (told["totals"]["listed"], told["totals"]["failed"]) == (2, {"timeout": 1})
    assert [(day["day"], day["language"], day["stored"]) for day in told["days"]] == [(DAY, "vi", 1)]
    assert statistics({**told, "exit_code": 3, "result": "incomplete"}) == {
        "vietnamvn/exit_code": 3,
        "vietnamvn/result": "incomplete",
        "vietnamvn/tried/ok": 1,
        "vietnamvn/tried/timeout": 1,
        "vietnamvn/texts/new": 1,
        "vietnamvn/texts/revision": 0,
        "vietnamvn/texts/unchanged": 0,
        "vietnamvn/failed/timeout": 1,
        **{f"vietnamvn/{name}": value for name, value in told["totals"].items() if name != "failed"},
    }
    unread = details(found, None, {}, {})
    assert (unread["totals"], unread["days"]) == (None, None)
    assert statistics(unread)["vietnamvn/exit_code"] is None
