"""``croissant.json``: the dataset described for machines, in MLCommons Croissant 1.0 (JSON-LD)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pipelines.export.dataset import DATA, Config, Dataset
from pipelines.export.manifest import File
from pipelines.record import Field

NAME = "vietnamvn"
DESCRIPTION = (
    "Articles of Vietnam.vn, a Vietnamese news portal, in Vietnamese and in machine translations, cleaned of all that "
    "is not the article, one folder for each language."
)
# The context that the standard prescribes word for word, with the terms used here and all others:
# https://docs.mlcommons.org/croissant/docs/croissant-spec.html#appendix-1-json-ld-context
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


_ENCODINGS = {
    "parquet": "application/x-parquet",
    "jsonl": "application/jsonlines",
    "jsonl.gz": "application/gzip",
    "jsonl.zst": "application/zstd",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sqlite": "application/vnd.sqlite3",
}
_ANY = "application/octet-stream"


def croissant(dataset: Dataset, files: Sequence[File]) -> str:
    """The description of a dataset; every data file with its SHA-256, one record set for each configuration."""
    encoding = _ENCODINGS.get(dataset.ending, _ANY)
    distribution = [
        {
            "@type": "cr:FileObject",
            "@id": file.path,
            "name": file.path,
            "contentUrl": file.path,
            "contentSize": f"{file.bytes} B",
            "encodingFormat": encoding,
            "sha256": file.sha256,
        }
        for file in files
        if file.path.startswith(f"{DATA}/")
    ]
    # Of files that no reader of records takes, the whole is all that can be described.
    configs = dataset.configs if dataset.loader is not None else ()
    sets = [
        {
            "@type": "cr:FileSet",
            "@id": f"files/{config.name}",
            "name": f"files/{config.name}",
            "encodingFormat": encoding,
            "includes": f"{DATA}/{config.name}/*.{dataset.ending}",
        }
        for config in configs
    ]
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "description": DESCRIPTION,
        "version": _semantic(dataset.version),
        "datePublished": (dataset.seen_until or "1970-01-01")[:10],
        "license": "The texts are under the copyright of their publishers; no licence is given with them.",
        "url": "https://www.vietnam.vn/",
        "distribution": [*distribution, *sets],
        "recordSet": [_record_set(config, dataset) for config in configs],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _record_set(config: Config, dataset: Dataset) -> dict[str, Any]:
    code = config.name
    key = {"key": {"@id": f"{code}/id"}} if any(column.name == "id" for column in dataset.columns) else {}
    return {
        "@type": "cr:RecordSet",
        "@id": code,
        "name": code,
        **key,
        "field": [_field(code, column) for column in dataset.columns],
    }


def _field(code: str, field: Field) -> dict[str, Any]:
    column = field.name
    source = {"fileSet": {"@id": f"files/{code}"}, "extract": {"column": column}}
    named = {"@type": "cr:Field", "@id": f"{code}/{column}", "name": f"{code}/{column}"}
    described: dict[str, Any] = {**named, "description": field.told_in_dataset}
    if not field.flat:
        described["repeated"] = True
    if not field.type.parts:
        return {**described, "dataType": field.type.croissant, "source": source}
    parts = [
        {
            "@type": "cr:Field",
            "@id": f"{code}/{column}/{part}",
            "name": f"{code}/{column}/{part}",
            "dataType": field.type.croissant,
            "source": {**source, "transform": {"jsonPath": part}},
        }
        for part in field.type.parts
    ]
    return {**described, "subField": parts}


def _semantic(version: str) -> str:
    # The standard wants MAJOR.MINOR.PATCH; ours may have a local part.
    parts = version.split("+")[0].split(".")
    return ".".join([*(part for part in parts if part.isdecimal()), "0", "0", "0"][:3])
