"""What croissant.json says of a dataset as a whole: who, what version, out of what, made how, with which limits.

The terms are those of schema.org, of Croissant's extension for responsible AI (``rai:``) and of PROV-O (``prov:``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.export import facts
from pipelines.export.dataset import Dataset
from pipelines.export.manifest import ExportedFile
from pipelines.rights import USAGES
from pipelines.rights.choosing import ANSWERS
from pipelines.rights.counting import SignalCounts

CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKED = re.compile(r"\*\*|^#+ |^- ", re.MULTILINE)


def data_sha256(dataset: Dataset, files: Sequence[ExportedFile]) -> str:
    """One hash over all data files: of what ``sha256sum data/*/*`` prints, in the byte order of the paths."""
    data = sorted((file.path, file.sha256) for file in files if dataset.is_data(file.path))
    return hashlib.sha256("".join(f"{sha256}  {path}\n" for path, sha256 in data).encode()).hexdigest()


def version(dataset: Dataset, files: Sequence[ExportedFile]) -> str:
    """The version of the data in the form of semantic versions: day of the last sighting, and hash of the files."""
    day = (dataset.seen_until or "0-0-0")[:10].split("-")
    return ".".join(str(int(part)) for part in day) + "+" + data_sha256(dataset, files)[:12]


def about(dataset: Dataset, files: Sequence[ExportedFile]) -> dict[str, Any]:
    """The properties of the dataset, without its files and records."""
    properties: dict[str, Any] = {
        "conformsTo": CONFORMS_TO,
        "name": dataset.title,
        "description": _description(dataset),
        "url": facts.SITE,
        "version": version(dataset, files),
        "identifier": f"sha256:{data_sha256(dataset, files)}",
        "license": {"@type": "sc:CreativeWork", "name": "other", "description": " ".join(facts.RIGHTS)},
        "copyrightNotice": facts.RIGHTS[0],
        "conditionsOfAccess": " ".join(facts.SIGNALS),
        "creator": [{"@type": "sc:Organization", "name": facts.SITE_NAME, "url": facts.SITE}],
        "citeAs": citation(dataset, files),
        "keywords": list(facts.KEYWORDS),
    }
    if dataset.rights is not None:
        properties["usageInfo"] = list(_usages(dataset.rights))
    if dataset.languages:
        properties["inLanguage"] = list(dataset.languages)
    if dataset.seen_until:  # without a row nothing was ever seen, and there is no day
        properties["datePublished"] = dataset.seen_until[:10]
    return {**properties, **_responsible(dataset), **_provenance(dataset)}


def _usages(rights: SignalCounts) -> Iterator[dict[str, Any]]:
    """What the site said of each use of its pages, in numbers of rows."""
    for usage in USAGES:
        rows = {answer: rights.answers[usage, answer] for answer in ANSWERS}
        counts = ", ".join(f"{answer}: {number:,} rows" for answer, number in rows.items() if number) or "no rows"
        yield {"@type": "sc:CreativeWork", "name": usage, "description": f"{counts}. {' '.join(facts.RECORDED)}"}


def _description(dataset: Dataset) -> str:
    sentences = [*dataset.about, *dataset.notes, f"{dataset.rows:,} rows. Which texts:", *dataset.selection]
    sentences += dataset.splitting
    plain = " ".join(_MARKED.sub("", _LINK.sub(r"\1", text)) for text in sentences if not text.startswith("|"))
    return " ".join(plain.split())


def citation(dataset: Dataset, files: Sequence[ExportedFile]) -> str:
    """How to cite this version, as an entry of BibTeX."""
    made = version(dataset, files)
    year = (dataset.seen_until or "")[:4]
    return (
        f"@misc{{vietnamvn-{made.partition('+')[2]}, title = {{{dataset.title}}}, author = {{{{{facts.SITE_NAME}}}}}, "
        + (f"year = {{{year}}}, " if year else "")
        + f"version = {{{made}}}, url = {{{facts.SITE}}}, note = {{Compiled with vietnamvn {dataset.version}}}}}"
    )


def _responsible(dataset: Dataset) -> dict[str, Any]:
    seen = sorted({day[:10] for day in (dataset.seen_since, dataset.seen_until) if day})
    properties: dict[str, Any] = {
        "rai:dataCollection": facts.COLLECTION,
        "rai:dataCollectionType": ["Web Scraping"],
        "rai:dataCollectionMissingData": "Not known: " + " ".join(facts.UNKNOWN),
        "rai:dataPreprocessingProtocol": list(facts.PREPROCESSING),
        "rai:dataLimitations": [_LINK.sub(r"\1", limit) for limit in dataset.limits],
        "rai:dataBiases": list(facts.BIASES),
        "rai:dataUseCases": list(facts.USES),
        "rai:personalSensitiveInformation": list(facts.PERSONAL),
        "rai:dataReleaseMaintenancePlan": " ".join(
            (facts.MAINTENANCE, *facts.removal(dataset.contact, dataset.removed))
        ),
    }
    if seen:
        properties["rai:dataCollectionTimeFrame"] = seen
    return {name: value for name, value in properties.items() if value}


def _provenance(dataset: Dataset) -> dict[str, Any]:
    names = {column.name for column in dataset.columns}
    records = " Each row names its page: `url`, and `fetched_at`." if {"url", "fetched_at"} <= names else ""
    source = {
        "@type": "prov:Entity",
        "@id": facts.SITE,
        "prov:label": f"Pages of {facts.SITE_NAME}, as they were fetched.{records}",
    }
    return {"prov:wasDerivedFrom": [source], "prov:wasGeneratedBy": list(_activities(dataset))}


def _activities(dataset: Dataset) -> Iterator[dict[str, Any]]:
    times = {"prov:startedAtTime": dataset.seen_since, "prov:endedAtTime": dataset.seen_until}
    yield {
        "@type": "prov:Activity",
        "prov:label": "Collection: pages were fetched, by a crawl or by those who made an archive",
        **{name: time for name, time in times.items() if time},
    }
    if dataset.extractors:
        yield {
            "@type": "prov:Activity",
            "prov:label": "Extraction of the articles",
            "prov:wasAssociatedWith": [
                _agent(name, number, f"; {rows:,} rows") for (name, number), rows in sorted(dataset.extractors.items())
            ],
        }
    yield {
        "@type": "prov:Activity",
        "prov:label": "Choice of the texts and writing of the files",
        "prov:wasAssociatedWith": [_agent("vietnamvn", dataset.version, "")],
    }


def _agent(name: str, number: str, more: str) -> dict[str, Any]:
    return {"@type": "prov:SoftwareAgent", "prov:label": f"{name}, version {number}{more}"}
