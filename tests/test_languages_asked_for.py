"""Every command that takes languages reads them in the same way, whatever people call them."""

from __future__ import annotations

import argparse
import importlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from making_articles import make_article

from pipelines.errors import UsageError
from pipelines.languages import LANGUAGES, is_in, named_language, read_languages
from pipelines.storage import open_store
from scraper.backfill.options import backfill_options
from scraper.cli import COMMANDS, main
from scraper.cli.values import languages
from scraper.options import crawl_options
from scraper.settings import VIETNAMVN_LANGUAGES

SPELLINGS = {
    "zh-Hant": ("zh-Hant", "ZH-hant", "zh-TW", "zh_HK", "zho_Hant", "zh-Hant-HK", "Chinese (Traditional)"),
    "zh-Hans": ("zh-Hans", "zh-cn", "zho_Hans", "simplified chinese"),
    "pt": ("pt", "pt-BR", "pt_PT", "por", "por_Latn", "Portuguese", " PORTUGUESE "),
    "fr": ("fr", "fra", "fre", "fra_Latn", "French", "fr-CA"),
    "en": ("en", "eng", "EN", "eng_Latn", "English", "en-GB"),
}
EVERY = [(code, spelling) for code, spellings in SPELLINGS.items() for spelling in spellings]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of one article whose addresses have codes as the site writes them, and one in French alone."""
    address = f"sqlite:///{tmp_path_factory.mktemp('store') / 's.db'}"
    with open_store(address) as opened:
        for code in ("vi", "zh-tw", "zh-cn", "pt", "fr", "en"):
            found = named_language(code) or ""
            article = replace(
                make_article("mot", alternates={}, source_url=None),
                url=f"https://www.vietnam.vn/{code}/mot",
                url_language=code,
                language=found,
                language_script=LANGUAGES[found].script,
                title=f"Cái Răng {code}",
            )
            opened.add(article, seen_at="2025-11-01T00:00:00+00:00")
        opened.add(make_article("hai", "fr", alternates={}, source_url=None), seen_at="2025-11-01T00:00:00+00:00")
    return address


def _options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    found = []
    for action in parser._actions:  # argparse tells its options in no other way
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found += _options(inner)
        elif {"--lang", "--langs", "--missing"} & {*action.option_strings} or (
            action.option_strings and "LANGUAGE" in str(action.metavar or "")
        ):
            found.append(action)
    return found


def test_every_option_for_languages_is_read_by_one_function() -> None:
    """Of all commands; a new option called --lang or --langs has to be read by `values.languages` too."""
    found = {}
    for name in COMMANDS:
        parser = argparse.ArgumentParser(prog=name)
        importlib.import_module(f"scraper.cli.{name.replace('-', '_')}").add_arguments(parser)
        found[name] = _options(parser)
    assert {name for name, options in found.items() if options} >= {"export", "align", "groups", "store", "crawl"}
    assert all(option.type is languages for options in found.values() for option in options), found


@pytest.mark.parametrize(("code", "spelling"), EVERY)
def test_spellings(code: str, spelling: str) -> None:
    """Every spelling is the record's code, for commands and for `scrapy crawl -a lang=` alike."""
    assert read_languages(f"vi,{spelling}") == ("vi", code)
    settings = {"VIETNAMVN_BASE_URL": "https://www.vietnam.vn", "VIETNAMVN_STORE": "s.db", "VIETNAMVN_ARCHIVE": ""}
    crawl = crawl_options({"lang": spelling}, settings, today=date(2025, 11, 1))
    assert crawl.languages == (code,)
    assert [other for other in ("vi", "zh-tw", "zh-cn", "pt", "pt-br", "fr", "en") if crawl.wants(other)] == [
        other for other in ("vi", "zh-tw", "zh-cn", "pt", "pt-br", "fr", "en") if is_in(other, [code])
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_by_each_of_its_names(code: str) -> None:
    """Code, corpus's form, ISO 639-3 and name of every language of the table."""
    language = LANGUAGES[code]
    assert [named_language(name) for name in (code, language.corpus, language.name)] == [code] * 3
    assert is_in(code, [named_language(language.iso639_3) or ""])


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    return code, capsys.readouterr().out


@pytest.mark.parametrize("code", SPELLINGS)
def test_spellings_mean_the_same_to_every_command(
    code: str, store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a command gives for one spelling of a language it gives for every other, and it is not nothing."""
    commands = {
        "show": ("store", "show", "mot", "--json", "--store", store, "--lang"),
        "search": ("store", "search", "Răng", "--json", "--store", store, "--lang"),
        "groups": ("groups", "--format", "jsonl", "--store", store, "--missing"),
        "export": ("export", "jsonl", "--store", store, "--out", str(tmp_path / "e"), "--lang"),
        "align": ("align", "--without-filter", "all", "--store", store, "--out", str(tmp_path / "a"), "--langs"),
    }
    for name, arguments in commands.items():
        said = set()
        for spelling in SPELLINGS[code]:
            said.add(_said(capsys, *arguments, f"vi,{spelling}" if name == "align" else spelling))
        assert len(said) == 1, name
        ((status, output),) = said
        assert status == 0, name
        assert (code == "fr") == (output == "") if name == "groups" else output, name
    assert {
        json.loads(line)["record"]["language"] for line in _said(capsys, *commands["show"], code)[1].splitlines()
    } == {code}


def test_chinese_is_both_scripts(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`zh` asks for Chinese in either script; a pair is named by the record's codes."""
    out = str(tmp_path / "a")
    status, said = _said(capsys, "align", "--langs", "en,zh", "--without-filter", "all", "--store", store, "--out", out)
    assert status == 0
    assert [line.split("\t")[0] for line in said.splitlines()] == ["en-zh-Hans", "en-zh-Hant", "zh-Hans-zh-Hant"]
    lines = _said(capsys, "store", "show", "mot", "--lang", "Chinese", "--json", "--store", store)[1].splitlines()
    assert [json.loads(line)["language"] for line in lines] == ["zh-cn", "zh-tw"]


@pytest.mark.parametrize("wrong", ["klingon", "fr,", "", "../fr", "und", "x"])
def test_what_is_no_language_is_wrong_usage(
    wrong: str, store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the remedy, exit code 2, in every command."""
    for arguments in (
        ["store", "show", "mot", "--store", store, "--lang"],
        ["store", "search", "a", "--store", store, "--lang"],
        ["groups", "--store", store, "--missing"],
        ["export", "csv", "--store", store, "--out", str(tmp_path / "e"), "--lang"],
        ["align", "--store", store, "--out", str(tmp_path / "a"), "--langs"],
        ["crawl", "--store", store, "--lang"],
    ):
        assert main([*arguments, wrong]) == 2
        error = capsys.readouterr().err
        assert "is no language code and no language's English name; write such as fr" in error
        assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("said", "languages_of_the_run"),
    [((), None), (("--lang", "all"), None), (("--lang", "fr"), ("fr",)), (("--lang", "zh-TW,en"), ("zh-Hant", "en"))],
)
def test_a_crawl_and_a_backfill_fetch_what_was_asked_for(
    said: tuple[str, ...], languages_of_the_run: tuple[str, ...] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The languages of the command are those of its run: pages of others cost the site requests for nothing."""
    from scraper import crawling

    runs: list[dict[str, Any]] = []

    def begun(overrides: object, **arguments: Any) -> None:
        runs.append(arguments)
        raise UsageError("far enough")

    monkeypatch.setattr(crawling, "crawl_articles", begun)
    monkeypatch.setattr(crawling, "backfill", begun)
    assert main(["crawl", *said]) == main(["backfill", "--from", "internetarchive", *said]) == 2
    settings = {"VIETNAMVN_BASE_URL": "https://www.vietnam.vn", "VIETNAMVN_STORE": "x.db", "VIETNAMVN_ARCHIVE": ""}
    crawl, backfill = runs
    assert crawl_options(crawl, settings, today=date(2025, 11, 1)).languages == languages_of_the_run
    assert backfill_options(backfill, settings).languages == languages_of_the_run


def test_what_the_site_has_is_what_is_guessed() -> None:
    """Addresses by the slug rule are written as the site writes them, whatever the spelling asked for."""
    from scraper.discovery import _in_addresses

    assert _in_addresses(None, VIETNAMVN_LANGUAGES) == {*VIETNAMVN_LANGUAGES}
    assert _in_addresses(("pt", "zh-Hant", "it"), VIETNAMVN_LANGUAGES) == {"pt", "zh-tw", "it"}
    assert _in_addresses(("zh",), ["vi", "zh-cn"]) == {"zh-cn"}
