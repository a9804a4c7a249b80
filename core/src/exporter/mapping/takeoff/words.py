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
ORDERS = (
    "position",
    "sortorder",
    "sort",
    "sortindex",
    "displayorder",
    "seq",
    "sequence",
    "ordinal",
    "lineno",
    "linenumber",
    "number",
)
_UNITS: Mapping[str, str] = dict.fromkeys(("uom", "units", "unitofmeasure", "measureunit"), "?unit")
_KINDS: Mapping[str, str] = {  # of costs, as people spell them
    **{kind: kind for kind in COSTS},
    "materials": "material",
    "labor": "labour",
    "equip": "equipment",
    "subcontractor": "subcontract",
    "sub": "subcontract",
}
_PER_UNIT = ("unitcost", "unitprice", "unitrate", "costperunit", "priceperunit", "rate")
COST_COLUMNS: Mapping[str, str] = {
    **{name: f"{_KINDS[k]}_unit_cost" for k in _KINDS for word in _PER_UNIT for name in (f"{k}{word}", f"{word}{k}")},
    **dict.fromkeys(("costperunit", "unitprice", "unitrate", "priceperunit"), "unit_cost"),
    **dict.fromkeys(("markup", "markuppct", "overheadandprofit"), "markup_percent"),
}
COSTS_OF_ASSEMBLIES: Mapping[str, str] = {  # where a table is about costs, the kinds need no further word
    **{name: f"{_KINDS[k]}_unit_cost" for k in _KINDS for name in (k, f"{k}cost", f"{k}price")},
    **COST_COLUMNS,
}
KINDS_SPELT: Mapping[str, str] = {
    **dict.fromkeys(("length", "lineal", "line"), "linear"),
    **dict.fromkeys(("surface", "square"), "area"),
    **dict.fromkeys(("cubic",), "volume"),
    **dict.fromkeys(("each", "number", "item", "items"), "count"),
}
SHAPES: Mapping[str, str] = {  # what else types of geometry are called
    **dict.fromkeys(("segment",), "line"),
    **dict.fromkeys(("linestring", "path"), "polyline"),
    **dict.fromkeys(("rect", "box"), "rectangle"),
    **dict.fromkeys(("marker", "pin", "dot"), "point"),
}
SHAPES_OF_KINDS: Mapping[str, str] = {  # where most are named as shapes are, and the geometry does not tell
    **dict.fromkeys(("linear", "length"), "polyline"),
    "area": "polygon",
    "count": "point",
}
NEEDED: Mapping[str, tuple[str, ...]] = {  # without which quantities mean something else, or nothing
    "page": ("scale_unit",),
    "condition": ("unit",),
    "measurement": ("quantity", "unit", "geometry"),
}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "project": {
        **_NAMED,
        **dict.fromkeys(("projectname", "jobname", "projecttitle", "jobtitle", "bidname", "estimatename"), "name"),
        **_ABOUT,
        **dict.fromkeys(("clientname", "customer", "customername", "owner", "ownername"), "?client"),
    },
    "page": {
        **dict.fromkeys(("number", "pageno", "pagenum", "pageindex"), "page_number"),
        **dict.fromkeys(("sheet", "sheetno", "sheetnum", "drawingnumber", "drawingno"), "?sheet_number"),
        **dict.fromkeys(("title", "name", "sheetname", "drawingtitle", "pagetitle"), "?sheet_title"),
        **dict.fromkeys(("widthpx", "pagewidth", "pixelwidth", "imagewidth", "imgwidth"), "width"),
        **dict.fromkeys(("heightpx", "pageheight", "pixelheight", "imageheight", "imgheight"), "height"),
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
        **dict.fromkeys(
            ("total", "totalqty", "quantitytotal", "runningtotal", "runningqty", "quantity", "qty"), "total_quantity"
        ),
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
