"""``croissant.json``: the dataset described for machines, in MLCommons Croissant 1.1 (JSON-LD)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.export.croissant_about import about
from pipelines.export.dataset import NOTHING, Config, Dataset
from pipelines.export.endings import file_facts
from pipelines.export.manifest import ExportedFile
from pipelines.export.splitting import SPLIT
from pipelines.record import Field

# The context that the standard prescribes word for word, with the terms used here and all others:
# https://docs.mlcommons.org/croissant/docs/croissant-spec.html#appendix-1-json-ld-context
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
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


_SPLITS = "splits"
_SPLIT_NAME = f"{_SPLITS}/name"
_TAKEN_FOR_TIME = re.compile(r".*(_at|_time)\Z|timestamp|modified\Z|date\Z", re.DOTALL)
_NONE = Config(name=NOTHING, languages=(), rows=0)  # a dataset without a row still has one file


def croissant(dataset: Dataset, files: Sequence[ExportedFile]) -> str:
    """The description of a dataset; every data file with its SHA-256, one record set for each configuration."""
    media_type = file_facts(dataset.ending).media_type
    encoding = media_type if isinstance(media_type, str) else [*media_type]
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
        if dataset.is_data(file.path)
    ]
    # Files that no reader of records takes are described only as a whole.
    configs = (dataset.configs or (_NONE,)) if dataset.loader is not None else ()
    sets = [
        {
            "@type": "cr:FileSet",
            "@id": f"files/{config.name}",
            "name": f"files/{config.name}",
            "description": f"The files of the configuration {config.name}.",
            "encodingFormat": encoding,
            "includes": f"{dataset.below}{config.name}/*.{dataset.ending}",
        }
        for config in configs
    ]
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        **about(dataset, files),
        "distribution": [*distribution, *sets],
        "recordSet": [*_splits(dataset), *(_record_set(config, dataset) for config in configs)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _splits(dataset: Dataset) -> Iterator[dict[str, Any]]:
    """The names of the splits, to which a column of each record set refers."""
    if dataset.split_rows:
        name = {"@type": "cr:Field", "@id": _SPLIT_NAME, "name": _SPLIT_NAME, "dataType": "sc:Text"}
        shares = ", ".join(f"{split} {rows:,}" for split, rows in dataset.split_rows.items())
        yield {
            "@type": "cr:RecordSet",
            "@id": _SPLITS,
            "name": _SPLITS,
            "dataType": "cr:Split",
            "description": f"The splits and their rows: {shares}.",
            "key": {"@id": _SPLIT_NAME},
            "field": [{**name, "description": "The name of a split, with which the names of its files begin."}],
            "data": [{_SPLIT_NAME: split} for split in dataset.split_rows],
        }


def _record_set(config: Config, dataset: Dataset) -> dict[str, Any]:
    code = config.name
    languages = f", in {', '.join(config.languages)}" if config.languages else ""
    key = {"key": {"@id": f"{code}/id"}} if any(column.name == "id" for column in dataset.columns) else {}
    return {
        "@type": "cr:RecordSet",
        "@id": code,
        "name": code,
        "description": f"{config.rows:,} rows{languages}.",
        **key,
        "field": [_field(code, column, dataset) for column in dataset.columns],
    }


def _type(field: Field, loader: str | None) -> str:
    """The type of a column as readers see it: in JSON Lines, pandas makes times of columns with certain names."""
    is_time = loader == "json" and field.type.flat and _TAKEN_FOR_TIME.match(field.name.lower()) is not None
    return "sc:DateTime" if is_time and field.type.croissant != "sc:Boolean" else field.type.croissant


def _field(code: str, field: Field, dataset: Dataset) -> dict[str, Any]:
    column, loader = field.name, dataset.loader
    source = {"fileSet": {"@id": f"files/{code}"}, "extract": {"column": column}}
    named = {"@type": "cr:Field", "@id": f"{code}/{column}", "name": f"{code}/{column}"}
    described: dict[str, Any] = {**named, "description": field.dataset_meaning}
    if loader == "csv" and not field.type.flat:  # a list is JSON in its cell
        return {**described, "dataType": "sc:Text", "source": source}
    if column == SPLIT and dataset.split_rows:
        described |= {"references": {"field": {"@id": _SPLIT_NAME}}}
    if not field.type.flat:
        described |= {"isArray": True, "arrayShape": "-1"}
    if not field.type.parts:
        return {**described, "dataType": _type(field, loader), "source": source}
    parts = [
        {
            "@type": "cr:Field",
            "@id": f"{code}/{column}/{part}",
            "name": f"{code}/{column}/{part}",
            "dataType": kind.croissant,
            "source": {**source, "transform": {"jsonPath": part}},
        }
        for part, kind in field.type.parts.items()
    ]
    return {**described, "subField": parts}
