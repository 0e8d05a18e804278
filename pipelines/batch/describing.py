"""The card and croissant.json of a cleaned output, which is a dataset folder like every export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipelines.batch.cleaned_rows import added_names
from pipelines.batch.input_rows import PREFIX, RAW, CleanOptions
from pipelines.batch.job_columns import JobColumns, called
from pipelines.batch.output import CONFIG
from pipelines.batch.output_parts import OutputPart
from pipelines.batch.tally import Tally
from pipelines.languages import LANGUAGES
from pipelines.record import FIELDS, Field
from pipelines.record_types import BY_NAME, Type

_ABOUT = (
    "Articles of [Vietnam.vn](https://www.vietnam.vn/), a Vietnamese news portal that translates its articles by",
    "machine into some thirty languages, cleaned by `vietnamvn clean` out of archives or corpora. Each row is a row or",
    "record of the input.",
)
_LIMITS = (
    "All texts but the Vietnamese ones are machine translations, with their mistakes; no human has checked them.",
    "The language was found by a program from the text; the address's own claim is in `vn_url_language`.",
    "Paragraphs that the portal left in Vietnamese inside a translation are in the text (`vn_untranslated_share`).",
    "What the input did not have, such as pages that a crawl has not seen, is not here.",
)
# Croissant's names for types of `datasets`.
_CROISSANT = {"bool": "sc:Boolean", "date32": "sc:Date", "date64": "sc:Date"}
_CROISSANT |= {f"{sign}int{bits}": "sc:Integer" for sign in ("", "u") for bits in (8, 16, 32, 64)}
_CROISSANT |= {f"float{bits}": "sc:Float" for bits in (16, 32, 64)}


def describe(
    columns: JobColumns, tally: Tally, parts: Sequence[OutputPart], options: CleanOptions, *, version: str
) -> dict[str, bytes]:
    """README.md and croissant.json by their names. `version` is the program's."""
    # They load the store's libraries, which takes a while, and which the shards do without.
    from pipelines.export.card import card
    from pipelines.export.croissant import croissant
    from pipelines.export.dataset import Config, Dataset
    from pipelines.export.describing import DESCRIPTIONS
    from pipelines.export.manifest import ExportedFile

    codes = {LANGUAGES[code].iso639_1 for code in tally.languages if code in LANGUAGES}
    dataset = Dataset(
        title="Vietnam.vn, cleaned from archives and corpora",
        about=_ABOUT,
        ending=options.format,
        version=version,
        columns=(*_input_fields(columns, options), *_added_fields(options)),
        configs=(Config(name=CONFIG, languages=tuple(sorted(codes)), rows=tally.rows),),
        selection=tuple(_selection(options)),
        notes=(_note(columns, options),),
        limits=_LIMITS,
        extractors=tally.extractors,
        publishers=tally.publishers,
        hosts=tally.hosts,
        seen_since=tally.since,
        seen_until=tally.until,
        below="",
    )
    described = replace(dataset, columns=tuple(c for c in dataset.columns if c.type.croissant))
    files = [ExportedFile(path=part.name, rows=part.rows, bytes=part.bytes, sha256=part.sha256) for part in parts]
    return {
        name: text.encode("utf-8", "backslashreplace")
        for name, text in zip(DESCRIPTIONS, (card(dataset), croissant(described, files)), strict=True)
    }


def _note(columns: JobColumns, options: CleanOptions) -> str:
    text = options.text_column or "text"
    if options.text_into is not None:
        return (
            f"**Mind the column**: `{options.text_into}` is the clean text; what came in under that name is in `{RAW}`."
        )
    if text in columns.types:
        return (
            f"**Mind the column**: `{text}` is what came in, raw; the clean text is in `vn_text`. With\n"
            f"`vietnamvn clean --text-into {text}` the clean text is where readers look."
        )
    return "**Mind the column**: the clean text is in `vn_text`."


def _selection(options: CleanOptions) -> Iterator[str]:
    yield "- every row of the input that became an article of the site"
    if options.keep_others:
        yield "- rows of text of other sites too, as they were (`vn_outcome` is null)"
    if options.drop_duplicates:
        yield f"- of each cluster of {'near' if options.duplicates == 'near' else 'exact'} duplicates the best row"
    elif options.duplicates != "none":
        yield "- duplicates are in it, with their cluster (`vn_duplicate_cluster`) and its size"
    if options.drop_matches is not None:
        yield f"- no copy of a text on a list (`--drop-matches`, {options.match_share} of it or more)"


def _input_fields(columns: JobColumns, options: CleanOptions) -> Iterator[Field]:
    for name, kind in columns.types.items():
        if name == options.text_into:
            meaning = "the clean text, paragraphs joined by a blank line; of rows of other sites their own"
        else:
            meaning = f"came in under the name `{options.text_into}`" if name == RAW else "came in with the input"
        if name in columns.mixed:
            meaning += f", where it was of several types ({', '.join(columns.mixed[name])})"
        yield Field(name=name, type=_type(kind), nullable=True, meaning=meaning)


def _added_fields(options: CleanOptions) -> Iterator[Field]:
    for name in added_names(options):
        field = FIELDS[name]
        # `datasets` reads a column of JSON Lines that holds times alone as times, whatever the card says.
        as_column = field.type is BY_NAME or (name == "fetched_at" and options.format == "jsonl")
        kind = field.column_type if as_column and field.column_type else field.type
        meaning = field.dataset_meaning if as_column else field.meaning
        yield replace(field, name=PREFIX + name, type=kind, meaning=_plain(meaning), column_meaning="")


def _plain(meaning: str) -> str:
    """The text without links into the docs, which are not beside the card."""
    text, _, rest = meaning.partition(" ([")
    return text if rest.endswith("))") or not rest else meaning


def _type(kind: Any) -> Type:
    item = kind[1] if isinstance(kind, list) else kind
    return Type(
        name="list" if isinstance(kind, list) else "object" if isinstance(kind, dict) else "value",
        check=lambda value: None,
        arrow=lambda pa: None,
        card=called(kind),
        croissant="" if isinstance(item, (list, dict)) else _croissant(item),
        feature=_feature(kind),
    )


def _croissant(dtype: str) -> str:
    return "sc:DateTime" if dtype.startswith("timestamp") else _CROISSANT.get(dtype, "sc:Text")


def _feature(kind: Any) -> dict[str, Any]:
    """A type in the form that `datasets` uses in cards."""
    if isinstance(kind, list):
        inner = _feature(kind[1])
        length = {"length": kind[2]} if len(kind) > 2 else {}
        return {"list": inner.get("struct") or inner.get("dtype") or inner, **length}
    if isinstance(kind, dict):
        return {"struct": [{"name": name, **_feature(inner)} for name, inner in kind.items()]}
    return {"dtype": "string" if kind == "JSON" else kind}
