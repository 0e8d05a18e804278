"""``croissant.json``: the dataset described for machines, in MLCommons Croissant 1.0 (JSON-LD)."""

from __future__ import annotations

import json
from typing import Any

from pipelines.export.manifest import Manifest
from pipelines.record import DATASET, Field

NAME = "vietnamvn"
DESCRIPTION = (
    "Articles of Vietnam.vn, a Vietnamese news portal, in Vietnamese and in machine translations, cleaned of all that "
    "is not the article, one folder of Parquet for each language."
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


def croissant(manifest: Manifest) -> str:
    """The description of a Parquet export; every file with its SHA-256, one record set for each language."""
    parquet = [file for file in manifest.files if file.path.endswith(".parquet")]
    files = [
        {
            "@type": "cr:FileObject",
            "@id": file.path,
            "name": file.path,
            "contentUrl": file.path,
            "contentSize": f"{file.bytes} B",
            "encodingFormat": "application/x-parquet",
            "sha256": file.sha256,
        }
        for file in parquet
    ]
    sets = [
        {
            "@type": "cr:FileSet",
            "@id": f"files/{code}",
            "name": f"files/{code}",
            "encodingFormat": "application/x-parquet",
            "includes": f"{code}/*.parquet",
        }
        for code in manifest.languages
    ]
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "description": DESCRIPTION,
        "version": _semantic(manifest.version),
        "datePublished": (manifest.seen_until or "1970-01-01")[:10],
        "license": "The texts are under the copyright of their publishers; no licence is given with them.",
        "url": "https://www.vietnam.vn/",
        "distribution": [*files, *sets],
        "recordSet": [_record_set(code) for code in manifest.languages],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _record_set(code: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": code,
        "name": code,
        "key": {"@id": f"{code}/id"},
        "field": [_field(code, column, field) for column, field in DATASET.items()],
    }


def _field(code: str, column: str, field: Field) -> dict[str, Any]:
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
