"""What tables and columns of takeoff applications are called, beside the fields' own names.

A name stands here only if it means one thing wherever it stands in a table of its record.
"""

from __future__ import annotations

from collections.abc import Mapping

from exporter.takeoff.data import COSTS

TABLES: Mapping[str, tuple[str, ...]] = {
    "project": ("project", "job", "bid", "estimate", "jobsite"),
    "page": ("page", "sheet", "drawing", "plan", "planpage", "drawingsheet"),
    "condition": ("condition", "takeoffcondition", "lineitem", "takeoffitem", "item", "assembly", "layer"),
    "measurement": ("measurement", "takeoffmeasurement", "takeoff", "markup", "quantity", "measure", "shape", "annotation"),
}
DOCUMENTS = frozenset({"document", "drawingset", "planset", "upload", "file"})  # what pages of a project are of
PRICES = (
    "assembly",
    "cost",
    "costitem",
    "unitcost",
    "price",
    "pricelist",
    "rate",
)  # tables that lend conditions their costs
_NAMED: Mapping[str, str] = {"title": "name", "displayname": "name", "label": "name"}
_ABOUT: Mapping[str, str] = {"details": "description", "about": "description", "notes": "description"}
_COLOURS = ("color", "hexcolor", "colorhex", "linecolor", "fillcolor", "hex")
_UNITS: Mapping[str, str] = dict.fromkeys(("uom", "units", "unitofmeasure", "measureunit"), "?unit")
COST_COLUMNS: Mapping[str, str] = {
    **{f"{kind}{word}": f"{kind}_unit_cost" for kind in COSTS for word in ("unitcost", "costperunit", "unitprice", "rate")},
    **dict.fromkeys(("laborunitcost", "laborcostperunit", "laborrate"), "labour_unit_cost"),
    **dict.fromkeys(("costperunit", "unitprice", "priceperunit"), "unit_cost"),
    **dict.fromkeys(("markup", "markuppct", "overheadandprofit"), "markup_percent"),
}
COSTS_OF_ASSEMBLIES: Mapping[str, str] = {  # where a table is about costs, the kinds need no further word
    **{kind: f"{kind}_unit_cost" for kind in COSTS},
    "labor": "labour_unit_cost",
    **COST_COLUMNS,
}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "project": {
        **_NAMED,
        **_ABOUT,
        **dict.fromkeys(("clientname", "customer", "customername", "owner", "ownername"), "?client"),
    },
    "page": {
        **dict.fromkeys(("number", "pageno", "pagenum", "pageindex"), "page_number"),
        **dict.fromkeys(("sheet", "sheetno", "sheetnum", "drawingnumber", "drawingno"), "?sheet_number"),
        **dict.fromkeys(("title", "name", "sheetname", "drawingtitle", "pagetitle"), "?sheet_title"),
        **dict.fromkeys(("widthpx", "pagewidth", "pixelwidth", "imagewidth"), "width"),
        **dict.fromkeys(("heightpx", "pageheight", "pixelheight", "imageheight"), "height"),
        **dict.fromkeys(
            ("scalevalue", "pixelsperfoot", "pxperfoot", "pixelsperunit", "pxperunit", "pixelspermeter"), "?scale"
        ),
        **dict.fromkeys(("unit", "scaleunits", "lengthunit"), "?scale_unit"),
        **dict.fromkeys(("scalelabel", "scaledescription"), "scale_text"),
    },
    "condition": {
        **_NAMED,
        **_ABOUT,
        **_UNITS,
        **COST_COLUMNS,
        **dict.fromkeys(_COLOURS, "?colour"),
        **dict.fromkeys(("trade", "division", "discipline"), "scope"),
        **dict.fromkeys(("group", "subcategory", "categoryname"), "category"),
        **dict.fromkeys(("type", "kind", "measuretype", "conditiontype"), "?measurement_type"),
        **dict.fromkeys(("zone", "region"), "area"),
        **dict.fromkeys(("level", "floor", "storey", "story"), "elevation"),
        **dict.fromkeys(("total", "totalqty", "quantity", "qty"), "total_quantity"),
        **dict.fromkeys(("count", "measurements", "drawn", "itemcount"), "measurement_count"),
    },
    "measurement": {
        **_UNITS,
        **dict.fromkeys(("geometrydata", "geometryjson", "data", "geom", "shapedata", "coordinates"), "?geometry"),
        **dict.fromkeys(("type", "kind", "shape", "shapetype", "geomtype", "tool"), "?geometry_type"),
        **dict.fromkeys(("qty", "value", "amount", "realquantity"), "quantity"),
        **dict.fromkeys(("lengthpx", "perimeterpx"), "pixel_length"),
        **dict.fromkeys(("areapx",), "pixel_area"),
        **dict.fromkeys(("aigenerated", "isai", "bymodel", "autodetected", "isauto"), "is_ai_generated"),
        **dict.fromkeys(("verified", "approved", "isapproved", "reviewed", "isreviewed"), "is_verified"),
        **dict.fromkeys(("note", "comment", "comments", "remark", "remarks"), "notes"),
    },
}
