"""The audiovisual extension: media in the terms of Audiovisual Core (https://ac.tdwg.org/termlist/), boxes as regions of interest.

A medium is known by its address, because that is what a crop knows of the capture it was cut from. A crop is itself the region: its
row has ac:isROIOf with the address of the capture. A box in a row that is no crop is a region of that row's own medium: it has
ac:hasROI, and a second row is the region.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, null, true

from exporter.context import ExportContext
from exporter.records import Field
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value
from exporter_dwca.measurements import identifier
from exporter_dwca.regions import DECIMALS, Regions, regions

_AC, _DC, _DCTERMS = "http://rs.tdwg.org/ac/terms/", "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
_XMP, _EXIF, _DWC = "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/exif/1.0/", "http://rs.tdwg.org/dwc/terms/"

# The terms of the simple multimedia extension (http://rs.gbif.org/terms/1.0/Multimedia), and the occurrence that rows are about.
SIMPLE = frozenset(
    {
        *("occurrenceID", "type", "format", "identifier", "references", "title", "description", "created", "creator"),
        *("contributor", "publisher", "audience", "source", "license", "rightsHolder", "datasetID"),
    }
)
# Where a term has two forms, dc: takes words and dcterms: addresses.
_COLUMNS = {
    "id": Field("id", str),
    "identifier": Field("identifier", str, term=_DCTERMS + "identifier"),
    "occurrenceID": Field("occurrence_id", str, term=_DWC + "occurrenceID"),
    "accessURI": Field("access_uri", str, term=_AC + "accessURI"),
    "type": Field("type", str, term=_DC + "type"),
    "format": Field("format", str, term=_DC + "format"),
    "isROIOf": Field("is_roi_of", str, term=_AC + "isROIOf"),
    "xFrac": Field("x_frac", float, term=_AC + "xFrac", decimals=DECIMALS),
    "yFrac": Field("y_frac", float, term=_AC + "yFrac", decimals=DECIMALS),
    "widthFrac": Field("width_frac", float, term=_AC + "widthFrac", decimals=DECIMALS),
    "heightFrac": Field("height_frac", float, term=_AC + "heightFrac", decimals=DECIMALS),
    "hasROI": Field("has_roi", str, term=_AC + "hasROI"),
    "providerManagedID": Field("media_id", str, term=_AC + "providerManagedID"),
    "title": Field("title", str, term=_DCTERMS + "title"),
    "description": Field("description", str, term=_DCTERMS + "description"),
    "CreateDate": Field("created", dt.datetime, term=_XMP + "CreateDate"),
    "creator": Field("creator", str, term=_DC + "creator"),
    "Owner": Field("rights_holder", str, term=_XMP + "rights/Owner"),
    "rights": Field("rights", str, term=_DCTERMS + "rights"),
    "UsageTerms": Field("usage_terms", str, term=_XMP + "rights/UsageTerms"),
    "furtherInformationURL": Field("references", str, term=_AC + "furtherInformationURL"),
    "derivedFrom": Field("source_identifier", str, term=_AC + "derivedFrom"),
    "PixelXDimension": Field("width", int, term=_EXIF + "PixelXDimension"),
    "PixelYDimension": Field("height", int, term=_EXIF + "PixelYDimension"),
}
_ALWAYS = tuple(_COLUMNS)[: tuple(_COLUMNS).index("hasROI")]
_FRACTIONS = ("xFrac", "yFrac", "widthFrac", "heightFrac")
_AS_THEY_ARE = {  # a column, and the field of the medium that it has
    "id": "id",
    "accessURI": "identifier",
    **dict.fromkeys(("identifier", "occurrenceID", "type", "format", "title", "description", "creator")),
    "CreateDate": "created",
    "Owner": "rightsHolder",
    "furtherInformationURL": "references",
    "derivedFrom": "source_identifier",
    "providerManagedID": "media_id",
}


def audiovisual(
    ctx: ExportContext,
    media: RecordRows | None,
    query: Select[Any] | None = None,
    values: Mapping[str, Value] | None = None,
    *,
    proven: bool,
) -> Table:
    """The table audiovisual.txt.

    :param query: the media to write; :param values: their cells, by the headers of multimedia.txt and the fields without a term.
    """
    columns = {h: _COLUMNS[h] for h in _ALWAYS}
    queries: list[TableQuery] = []
    if media is not None and query is not None:
        made = _Media(ctx, media, query, values or {})
        queries = made.queries()
        further = {f.spelling: f for f in media.fields if f.term and f.spelling not in SIMPLE | {"eventID"}}
        columns |= {h: f for h, f in _COLUMNS.items() if h in queries[0].values}
        columns |= {h: f for h, f in further.items() if h not in columns}
    return Table("audiovisual.txt", "media", columns, tuple(queries), whole=len(queries) == 1, proven=proven)


class _Media:
    """The media of a run on their way into other terms."""

    def __init__(self, ctx: ExportContext, row: RecordRows, query: Select[Any], values: Mapping[str, Value]) -> None:
        self._ctx = ctx
        self._row = row
        self._query = query
        self._values = values
        self._name = values.get("identifier") or values.get("media_id")
        self._is_crop = self._cut_out()
        self._regions = regions(ctx.connection, row) if self._name is not None else None

    def queries(self) -> list[TableQuery]:
        """The media, and then the regions of those that are no crops."""
        media = {h: v for h, given in _AS_THEY_ARE.items() if (v := self._values.get(given or h)) is not None}
        media |= {h: v for h, v in self._values.items() if h not in SIMPLE and h not in media}
        if self._name is not None:
            media["identifier"] = self._name
        media |= self._license() | self._pixels()
        if self._regions is None:
            return [TableQuery(self._query, media, self._row.key)]
        own = and_(self._regions.there, ~self._is_crop)
        media["hasROI"] = _where(own, self._region_id())
        found = [TableQuery(self._query, media | self._of_crops(self._regions), self._row.key)]
        region = {h: v for h, v in media.items() if h in ("id", "occurrenceID", "type")}
        region |= {"identifier": self._region_id(), "isROIOf": media["identifier"]}
        region |= {h: Value(f) for h, f in zip(_FRACTIONS, self._regions.fractions, strict=True)}
        return [*found, TableQuery(self._query.where(own), region, self._row.key)]

    def _of_crops(self, found: Regions) -> dict[str, Value]:
        """What a crop says of itself as a region of its capture."""
        if "source_identifier" not in self._values:
            return {}
        is_region = and_(found.there, self._is_crop)
        values = {h: _where(is_region, Value(f)) for h, f in zip(_FRACTIONS, found.fractions, strict=True)}
        return {"isROIOf": _where(is_region, self._values["source_identifier"]), **values}

    def _cut_out(self) -> ColumnElement[bool]:
        """Whether a row is a crop: it names a capture, and that is not itself."""
        if not self._row.has("source_identifier"):
            return ~true()
        capture = self._row.columns["source_identifier"]
        another = capture != self._row.columns["identifier"] if self._row.has("identifier") else true()
        return and_(capture.is_not(None), case((another, True), else_=False))

    def _region_id(self) -> Value:
        if self._row.has("media_id"):
            return identifier(self._row, "region of interest")
        assert self._name is not None
        return Value(self._name.expression.concat("#region-of-interest"), text_only=True)

    def _license(self) -> dict[str, Value]:
        """The licence, as an address or in words."""
        given = self._values.get("license")
        if given is None:
            return {}
        address = given.expression.like("http%")
        return {"rights": _where(address, given), "UsageTerms": _where(~address, given)}

    def _pixels(self) -> dict[str, Value]:
        """The size of the picture. Of a crop, width and height are those of its capture."""
        found = {"PixelXDimension": "width", "PixelYDimension": "height"}
        return {h: _where(~self._is_crop, self._values[f]) for h, f in found.items() if f in self._values}


def _where(condition: ColumnElement[bool], given: Value) -> Value:
    return Value(case((condition, given.expression), else_=null()), given.minted, given.text_only)
