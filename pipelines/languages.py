"""The one table of languages: the codes the record uses, their scripts, and the names others give them.

The record's code is the ISO 639-1 code where there is one, with the script for Chinese (`zh-Hans`, `zh-Hant`) and `no`
for Norwegian, as the site has it. `corpus` is the form of FLORES-200 and of the corpora that follow it (`fra_Latn`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from pipelines.errors import UsageError

_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language: the record's code, ISO 639-3 (the macrolanguage where 639-1 means one), ISO 15924, FLORES form."""

    code: str
    name: str
    iso639_3: str
    script: str
    corpus: str

    @property
    def iso639_1(self) -> str:
        """The two-letter code: the record's own without its script."""
        return self.code.partition("-")[0]


def _table(rows: str) -> dict[str, Language]:
    table = {}
    for row in rows.strip().splitlines():
        code, iso639_3, corpus, name = row.split(maxsplit=3)
        script = corpus.partition("_")[2]
        table[code] = Language(code=code, name=name, iso639_3=iso639_3, script=script, corpus=corpus)
    return table


# Sources: ISO 639-3 and ISO 15924 code tables; FLORES-200 language list (`arb_Arab`, `pes_Arab`, `zsm_Latn`,
# `nob_Latn` and `zho_*` name the member of the macrolanguage that is written on the site).
LANGUAGES = _table("""
ar      ara arb_Arab Arabic
bg      bul bul_Cyrl Bulgarian
bn      ben ben_Beng Bengali
bs      bos bos_Latn Bosnian
ca      cat cat_Latn Catalan
cs      ces ces_Latn Czech
da      dan dan_Latn Danish
de      deu deu_Latn German
el      ell ell_Grek Greek
en      eng eng_Latn English
es      spa spa_Latn Spanish
et      est est_Latn Estonian
fa      fas pes_Arab Persian
fi      fin fin_Latn Finnish
fr      fra fra_Latn French
gu      guj guj_Gujr Gujarati
he      heb heb_Hebr Hebrew
hi      hin hin_Deva Hindi
hr      hrv hrv_Latn Croatian
hu      hun hun_Latn Hungarian
hy      hye hye_Armn Armenian
id      ind ind_Latn Indonesian
it      ita ita_Latn Italian
ja      jpn jpn_Jpan Japanese
ka      kat kat_Geor Georgian
kk      kaz kaz_Cyrl Kazakh
km      khm khm_Khmr Khmer
kn      kan kan_Knda Kannada
ko      kor kor_Hang Korean
lo      lao lao_Laoo Lao
lt      lit lit_Latn Lithuanian
lv      lav lvs_Latn Latvian
ml      mal mal_Mlym Malayalam
mn      mon khk_Cyrl Mongolian
mr      mar mar_Deva Marathi
ms      msa zsm_Latn Malay
my      mya mya_Mymr Burmese
ne      nep npi_Deva Nepali
nl      nld nld_Latn Dutch
no      nor nob_Latn Norwegian
pa      pan pan_Guru Punjabi
pl      pol pol_Latn Polish
pt      por por_Latn Portuguese
ro      ron ron_Latn Romanian
ru      rus rus_Cyrl Russian
si      sin sin_Sinh Sinhala
sk      slk slk_Latn Slovak
sl      slv slv_Latn Slovenian
sr      srp srp_Cyrl Serbian
sv      swe swe_Latn Swedish
sw      swa swh_Latn Swahili
ta      tam tam_Taml Tamil
te      tel tel_Telu Telugu
th      tha tha_Thai Thai
tl      tgl tgl_Latn Filipino
tr      tur tur_Latn Turkish
uk      ukr ukr_Cyrl Ukrainian
ur      urd urd_Arab Urdu
vi      vie vie_Latn Vietnamese
zh-Hans zho zho_Hans Chinese (Simplified)
zh-Hant zho zho_Hant Chinese (Traditional)
""")
"""Every language the site is known or thought to have (SITE.md) and its neighbours, by the record's code."""

# Spellings that neither follow from the table's codes nor from dropping a region: former ISO 639 codes (in, iw, ji,
# jw, mo), members of a macrolanguage, and Chinese by region where the script is meant.
_ALIASES = {
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "nb": "no",
    "nn": "no",
    "nob": "no",
    "nno": "no",
    "fil": "tl",
    "arb": "ar",
    "pes": "fa",
    "prs": "fa",
    "zsm": "ms",
    "zlm": "ms",
    "lvs": "lv",
    "swh": "sw",
    "npi": "ne",
    "khk": "mn",
    "cmn": "zh",
    "zho": "zh",
    "chi": "zh",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-my": "zh-Hans",
    "zh-chs": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-cht": "zh-Hant",
    "zh-hant": "zh-Hant",
    # Addresses have been seen to use the country's code.
    "cn": "zh-Hans",
    "jp": "ja",
    "kr": "ko",
}
_UNDECLARED = frozenset({"", "und", "mul", "zxx", "mis", "x-default", "auto"})
# What people call languages: the table's names and forms, and bibliographic codes of ISO 639-2.
_NAMES = {
    **{language.corpus.casefold(): language.code for language in LANGUAGES.values()},
    **{language.name.casefold(): language.code for language in LANGUAGES.values()},
    "chinese": "zh",
    "simplified chinese": "zh-Hans",
    "traditional chinese": "zh-Hant",
    "farsi": "fa",
    "tagalog": "tl",
    "ekk_latn": "et",
    "arm": "hy",
    "bur": "my",
    "cze": "cs",
    "dut": "nl",
    "fre": "fr",
    "geo": "ka",
    "ger": "de",
    "gre": "el",
    "may": "ms",
    "per": "fa",
    "rum": "ro",
    "slo": "sk",
}
_BY_ISO639_3 = {language.iso639_3: language.code for language in LANGUAGES.values() if language.iso639_1 != "zh"}


def canonical(code: str | None) -> str | None:
    """The record's code for a spelling sites use: `zh-cn` -> `zh-Hans`, `nb` -> `no`, `iw` -> `he`, `pt_BR` -> `pt`.

    `zh` alone stays `zh`: it claims Chinese in either script. None where nothing is declared
    (`und`, `x-default`, empty). An unknown code comes back in lower case without its region.
    """
    tag = (code or "").strip().lower().replace("_", "-")
    if tag in _UNDECLARED:
        return None
    parts = tag.split("-")
    if parts[0] in ("zh", "cmn", "zho", "chi"):
        for part in parts[1:]:  # zh-Hant-HK, zh-Hans-CN: the script comes first and decides
            if found := _ALIASES.get(f"zh-{part}"):
                return found
        return "zh"
    base = parts[0]
    return _ALIASES.get(base) or _BY_ISO639_3.get(base) or base


def named_language(text: str) -> str | None:
    """The record's code for what people write: a code or tag, a corpus's code, ISO 639-3 or 639-2, the English name.

    A region is dropped, but for Chinese, where it gives the script. None for what is neither a name nor has the form of
    a code. A code outside the table is accepted: the site may have that language tomorrow.

    >>> [named_language(text) for text in ("pt-BR", "French", "fra_Latn", "eng", "zh_TW", "Chinese", "klingon")]
    ['pt', 'fr', 'fr', 'en', 'zh-Hant', 'zh', None]
    """
    name = " ".join(text.split()).casefold()
    if found := _NAMES.get(name):
        return found
    return canonical(name) if language_code_problem(name) is None else None


def read_languages(text: str) -> tuple[str, ...]:
    """The record's codes for a list of languages with commas, each once, in its order; empty for ``all``.

    Raises `UsageError` if it is not a language.

    >>> read_languages("zh-Hant, English,fra_Latn,fr"), read_languages("all")
    (('zh-Hant', 'en', 'fr'), ())
    """
    if text.strip().casefold() == "all":
        return ()
    codes = []
    for name in text.split(","):
        code = named_language(name)
        if code is None:
            raise UsageError(
                f"{name.strip()[:40]!a} is no language code and no language's English name; "
                "write such as fr, zh-Hant, fra_Latn or French"
            )
        codes.append(code)
    return tuple(dict.fromkeys(codes))


def is_in(code: str | None, asked: Collection[str]) -> bool:
    """Whether a code of an address or a record means one of the languages asked for (codes of `read_languages`).

    ``zh`` asks for Chinese in either script.

    >>> is_in("zh-tw", ["zh-Hant"]), is_in("zh-cn", ["zh"]), is_in("pt-br", ["pt"]), is_in("zh", ["zh-Hant"])
    (True, True, True, False)
    """
    found = canonical(code)
    return code in asked or (found is not None and (found in asked or found.partition("-")[0] in asked))


def corpus_code(code: str | None, script: str | None = None) -> str | None:
    """The form corpora use (`fra_Latn`, `zho_Hant`) for a code of the record; None for a language not in the table.

    `script` overrides the table's where the language is written in another one (`srp_Latn`).
    """
    language = LANGUAGES.get(canonical(code) or "")
    if language is None:
        return None
    if script and script != language.script and script not in ("Zyyy", "Zzzz"):
        return f"{language.corpus.partition('_')[0]}_{script}"
    return language.corpus


# FineWeb-2 has GlotLID's labels, which are those of FLORES-200 but for these: Chinese is one language whatever its
# script, Persian and Filipino have other codes, Estonian that of its standard form.
_FINEWEB2 = {"et": "ekk_Latn", "fa": "fas_Arab", "tl": "fil_Latn", "zh-Hans": "cmn_Hani", "zh-Hant": "cmn_Hani"}


def fineweb2_code(code: str | None, script: str | None = None) -> str | None:
    """The name that FineWeb-2 has for a code of the record and its script; None for a language not in the table.

    >>> fineweb2_code("zh-Hant"), fineweb2_code("fa"), fineweb2_code("sr", "Latn"), fineweb2_code("xx")
    ('cmn_Hani', 'fas_Arab', 'srp_Latn', None)
    """
    known = canonical(code) or ""
    if known.startswith("zh"):
        return _FINEWEB2["zh-Hans"]
    corpus = corpus_code(code, script)
    name = _FINEWEB2.get(known)
    if name is None or corpus is None:
        return corpus
    return f"{name.partition('_')[0]}_{corpus.partition('_')[2]}"


def language_code_problem(code: object) -> str | None:
    """Why a value is no language code; None where it has the form of one, whether a language has it or not.

    Codes become names of files and folders, and records come from anybody's files: every place that makes a name from
    a code, or takes one in, asks here.

    >>> language_code_problem("zh-Hant"), language_code_problem("fil")
    (None, None)
    >>> language_code_problem("../outside")
    "'../outside' is no language code (two or three letters, and parts such as -Hant)"
    """
    if isinstance(code, str) and _CODE.fullmatch(code):
        return None
    shown = ascii(code if not isinstance(code, str) or len(code) <= 40 else code[:40] + "…")
    return f"{shown} is no language code (two or three letters, and parts such as -Hant)"
