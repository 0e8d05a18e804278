"""What holds for every dataset of the site's texts: the card and croissant.json take it from here.

Each text stands for itself, in plain English without Markdown but for the names of columns.
"""

from __future__ import annotations

from pipelines.site import SITE_NAME as SITE_NAME
from pipelines.site import SITE_URL

SITE = f"{SITE_URL}/"
RIGHTS = (
    "The texts are news articles, and machine translations of such, that are under the copyright of their publishers.",
    "No licence to them is given with this dataset, and none was asked for. Whether you may use them depends on "
    "the law of your country and on your purpose: research and text mining are often allowed, publishing the "
    "texts again mostly is not.",
    "The publishers are named in `publisher`, the originals in `source_url`, where a row has these columns.",
)
SIGNALS = (
    "What the publishers of the originals say on their own sites (robots.txt, TDM reservation protocol, terms of use) "
    "was not looked at: look there before you train on them. The crawl of `vietnamvn` obeys the robots.txt of the "
    "portal; texts out of the archives of others were fetched under the rules of those.",
)
RECORDED = (
    "Recorded when each page was fetched: the portal's robots.txt with its Content-Usage and Content-Signal, its TDM "
    "reservation protocol (TDMRep), and the headers and `meta` of the page itself; of several signals the most "
    "restrictive counts. `unknown` was said, but cannot be read: take it for disallowed.",
    "`unsaid` is no permission: it says that no signal was found, or that the page was fetched before signals were "
    "recorded. What a site says changes, and these are the days of the fetches.",
)
NOT_IN_DATASET = (
    "What the portal said of the use of its pages is recorded when they are fetched, but not told in this dataset; "
    "`vietnamvn export` has it in columns, and a filter by it. That nothing is told here is no permission."
)
_OFF_THE_PORTAL = "To have an article taken off the portal, ask Vietnam.vn or the publisher of the original."
_OUT_OF_IT = (
    "To have it taken out of this dataset, {} the `id` or `url` of its rows. "
    "Without them the data have another version."
)
_ASKED = "write to {} and name"
_ANYBODY = "tell whoever published it (on the Hugging Face hub: the Community tab of the dataset)"
_LISTED = (
    "What had been taken down before is not in it: `removals.jsonl` lists that by hashes ({} texts), so that it can be "
    "taken out of older copies too, in any format: `vietnamvn apply-removals removals.jsonl FOLDER`."
)
_NOT_LISTED = (
    "What is taken down later is listed by hashes in the `removals.jsonl` of a later version; "
    "`vietnamvn apply-removals removals.jsonl FOLDER` takes it out of this one."
)
UNKNOWN = (
    "which program translated a text, and when that program was changed;",
    "whether a publisher has agreed to the translation, or to any use of it;",
    "what is missing: only what was fetched is here, and nothing tells what the portal had deleted before;",
    "how good the translations are: nobody has rated them.",
)
PERSONAL = (
    "News names persons: those of public life, and private ones in reports of accidents, courts and charity. "
    "Names, ages and places stand as they were published, in every language; nothing was masked. `author` is the "
    "name of a person.",
)
BIASES = (
    "The publishers are Vietnamese media, which by Vietnam's press law are organs of authorities and "
    "organisations: subjects, tone and what is left out are theirs.",
    "Machine translation has words and mistakes of its own (names, numbers, idioms); a model learns them with the "
    "rest.",
    "The portal chooses what it takes over and translates, so languages and subjects are there in unequal numbers.",
)
USES = (
    "Suited, with the limits in mind: language models of languages with little text, language identification, "
    "removal of boilerplate, search across languages, detection of machine translation.",
    "Not suited: to measure how well a program translates (no side is a human translation), or as a source of facts.",
)
MAKERS = (
    "The publishers wrote the originals, the portal had them translated. The folder and this card were made by "
    "`vietnamvn`, a program for the portal's texts. In its source `docs/record.md` and `docs/rules.md` tell every "
    "value of columns such as `kinds`, `origins`, `language_detector`, `extractor`, and every `rule`.",
    "Who ran it, and why, the program does not know: whoever publishes the folder should say so here{}.",
)
MAINTENANCE = (
    "This is a state of a collection at a time, and nothing is promised about further ones. An export can be "
    "brought up to date in place (`vietnamvn export --update`), and increments name every row that was added, "
    "changed or removed."
)
COLLECTION = (
    "Pages of the portal were fetched by a crawler, or taken out of web archives and web corpora; of each page "
    "the article alone was kept, its text as it stood."
)
PREPROCESSING = (
    "Navigation, related titles, comment and source lines and captions were taken away by rules and by a learned "
    "choice of blocks; what stayed was not edited, but for halves of characters, which became U+FFFD.",
    "The language of each text was found by programs (CLD2, fastText, n-grams of letters, langdetect).",
)
KEYWORDS = ("news", "Vietnam", "machine translation", "multilingual", "web text", "Vietnam.vn")


def removal(contact: str | None, removed: int) -> tuple[str, ...]:
    """How to have a text taken out: whom to ask (None: nobody is named), and what happens then; `removed` texts are in
    the list of the dataset.

    >>> removal("corpus@example.org", 0)[1].partition(" and")[0]
    'To have it taken out of this dataset, write to corpus@example.org'
    """
    asked = _ANYBODY if contact is None else _ASKED.format(contact)
    return _OFF_THE_PORTAL, _OUT_OF_IT.format(asked), _LISTED.format(f"{removed:,}") if removed else _NOT_LISTED


def makers(contact: str | None) -> tuple[str, ...]:
    """Who made the dataset, and whom to ask."""
    where = ", with an address for questions" if contact is None else f". Questions: {contact}"
    return tuple(sentence.format(where) for sentence in MAKERS)
