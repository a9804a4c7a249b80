"""croissant.json: what the CSV files hold, for search engines of data sets and loaders (Croissant 1.0, MLCommons)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from exporter.context import ExportContext
from exporter.parts import Part, Receipt
from exporter_csv_manifest.columns import COLUMNS, Column

NAME = "croissant.json"
_JSON = {"@type": "@json"}
_TERMS = (
    "citeAs column conformsTo data dataType examples extract field fileProperty fileObject fileSet format includes isLiveDataset "
    "jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate separator source subField "
    "transform equivalentProperty isArray"
)


def _context() -> dict[str, Any]:
    """The names that Croissant's specification lists in its appendix, and those that its own library takes for the standard."""
    terms: dict[str, Any] = {term: f"cr:{term}" for term in _TERMS.split()}
    terms |= {
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", **_JSON},
        "examples": {"@id": "cr:examples", **_JSON},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    }
    spaces = {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }
    return dict(sorted({**spaces, **terms}.items()))


def croissant_part(ctx: ExportContext, about: Sequence[str]) -> Part:
    """The file; the CSV files have been written, so that their digests are known.

    :param about: name and description of the data set.
    """
    receipts = {receipt.name: receipt for receipt in ctx.receipts}
    name, description = about
    found: dict[str, Any] = {
        "@context": _context(),
        "@type": "sc:Dataset",
        "name": name,
        "description": description or f"Images of {name} with their classes, exported from {ctx.source.name}.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "datePublished": ctx.clock().date().isoformat(),
    }
    if ctx.options.license is not None:
        found["license"] = ctx.options.license
    found["distribution"] = [_file(receipts[file]) for file in COLUMNS]
    found["recordSet"] = [_record_set(file, columns) for file, columns in COLUMNS.items()]
    return Part(NAME, [orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)], rows=0)


def _file(receipt: Receipt) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": receipt.name,
        "name": receipt.name,
        "contentUrl": receipt.name,
        "contentSize": f"{receipt.bytes} B",
        "encodingFormat": "text/csv",
        "sha256": receipt.sha256,
    }


def _record_set(file: str, columns: Sequence[Column]) -> dict[str, Any]:
    name = file.removesuffix(".csv")
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "field": [_field(file, name, column) for column in columns],
    }


def _field(file: str, record_set: str, column: Column) -> Mapping[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{record_set}/{column.name}",
        "name": column.name,
        "description": column.description,
        "dataType": column.data_type,
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
